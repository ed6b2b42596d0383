/* standpoint.h - what a report is asked of: the ledger, the day and the position, and who looks. */
#pragma once

#include "ledger/view/view.h"

struct standpoint {
    const struct ledger *ledger;
    const struct view *view; /* known_at is a position of the log; definitions are in force */
    struct arena *arena;     /* of what the answer is made from */
    bool for_wall;           /* nothing about private persons (report/privacy.h) */
};

/* As it is called on the day of the view, by what is known. */
struct bytes standpoint_unit_name(const struct standpoint *standpoint, size_t unit);
/* Its key; empty for SIZE_MAX: none. */
struct bytes standpoint_subject(const struct standpoint *standpoint, size_t subject);
