/*
 * lists.h - which named lists a project is on, and since when (R13, R63, R117): 挂牌督办,
 * 重点跟踪, at the level of province, city or county each for itself. Leaving without a level
 * leaves the list at all levels.
 */
#pragma once

#include "ledger/view/view.h"

enum { LIST_LEVELS_MAX = 16 }; /* levels of one list a project may be on: there are five */

struct list_membership {
    struct bytes list, level, basis;
    int32_t since, left;      /* left DAY_NONE: on it */
    bool left_without_reason; /* R63: leaving a supervised list needs one */
    uint64_t position;        /* of the word that put it there, or took it away */
};

struct list_memberships {
    struct list_membership *rows; /* by list, then in the order joined; those left as well */
    size_t count;
    bool truncated; /* the arena was full */
};
void list_memberships_make(const struct ledger *ledger, size_t subject, const struct view *view,
                           struct arena *arena, struct list_memberships *out);

/* On the list on the view's day, at any level; since: of the one it has been on longest. */
bool list_holds(const struct list_memberships *memberships, struct bytes list, int32_t *since);
/* The locality's name has 督办 in it, or is "SUPERVISED" (R63). */
bool list_is_supervised(struct bytes list);
