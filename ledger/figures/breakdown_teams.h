/* breakdown_teams.h - private to breakdown*.c: which 招商小分队 had done contacts about which
 * project, and what trips each made within the period. */
#pragma once

#include "ledger/view/view.h"

struct team_touch {
    size_t subject;
    struct bytes team;
};

struct team_trip {
    struct bytes team; /* empty: not said */
    int64_t firms;
    bool is_without_lead;
};

struct breakdown_teams {
    const struct ledger *ledger;
    const struct view *view;
    struct arena *arena;
    struct arena scratch;       /* one contact's lists */
    struct team_touch *touches; /* by subject */
    size_t touch_count, touch_capacity;
    struct team_trip *trips;
    size_t trip_count, trip_capacity;
    bool is_short; /* of memory */
};

/* Texts are the ledger's, lists the arena's. */
void breakdown_teams_init(struct breakdown_teams *teams, const struct ledger *ledger,
                          const struct view *view, struct arena *arena);
void breakdown_teams_release(struct breakdown_teams *teams);
/* All touches, and the trips that units speak of without a project. */
void breakdown_teams_gather(struct breakdown_teams *teams);
/* Those said of one project. */
void breakdown_teams_take_trips(struct breakdown_teams *teams, size_t subject);
/* touches[*first] and the count given. */
size_t breakdown_teams_of(const struct breakdown_teams *teams, size_t subject, size_t *first);
