/*
 * assignments.h - who answers for a project, a unit or a team on a day (R78, R82, R85). A new
 * sponsor, lead, owner, responsible unit or first responsible follows the one before, whose last
 * day is then the day before; task forces, team members, helpers and chain leaders stand side by
 * side.
 */
#pragma once

#include "ledger/view/view.h"

struct assignment {
    int32_t role; /* enum role */
    struct bytes name, team, basis;
    int32_t from, to; /* first and last day; to DAY_NONE: no end is known */
    uint16_t unit;    /* who says it */
    uint64_t position;
};

struct assignments {
    struct assignment *rows; /* by role, then from, then name */
    size_t count;
    bool truncated; /* the arena was full */
};

/* Said by the view's day; they may begin later. In the arena. */
void assignments_of_subject(const struct ledger *ledger, size_t subject, const struct view *view,
                            struct arena *arena, struct assignments *out);
void assignments_of_unit(const struct ledger *ledger, size_t unit, const struct view *view,
                         struct arena *arena, struct assignments *out);

static inline bool assignment_holds(const struct assignment *assignment, int32_t day)
{
    return assignment->from <= day && (assignment->to == DAY_NONE || day <= assignment->to);
}
/* The first in order that holds the role on the day; NULL: nobody. */
const struct assignment *assignment_on(const struct assignments *assignments, enum role role,
                                       int32_t day);
