/*
 * monthly.h - a month as its close published it (R57): up to its last day, by what was recorded
 * before the close. What comes later stands in the next month's publication, on its own day.
 */
#pragma once

#include "ledger/view/view.h"

struct monthly {
    int32_t month;     /* ledger/view/calendar.h; 0: not a month's publication */
    int32_t closed_on; /* at the end of this day; DAY_NONE: the city closes no month, and all that
                          is known counts */
};

/* "2022-08". ERR_MALFORMED: no month from 1900 to 2199. */
MUST_CHECK enum err month_parse(struct bytes text, int32_t *out);
/*
 * From 1 January, or from when given, to the month's last day, as known at the close that is in
 * force on that day; definitions as they were known then. In the arena. problem: a definition that
 * does not parse and is passed over; empty: none.
 */
struct monthly monthly_view(const struct ledger *ledger, int32_t month, int32_t from,
                            struct arena *arena, struct view *out, struct problem *problem);
