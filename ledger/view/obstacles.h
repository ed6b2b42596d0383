/*
 * obstacles.h - each obstacle of a project as an entity (R41): raised, assigned, transferred,
 * answered, closed; open until it is closed, whatever was answered. Who had it, for how many days
 * (R43), and whether anybody proposed a way out (R42).
 */
#pragma once

#include "ledger/view/view.h"

struct obstacle_holding { /* one department's time with it */
    struct bytes owner;
    int32_t from, days; /* up to the day the next one got it, or it was closed, or the view's */
};

struct obstacle_view {
    struct bytes id, owner;      /* owner empty: nobody was named */
    int32_t kind;                /* enum obstacle; 0: not said */
    int32_t state;               /* enum obstacle_action: the last step */
    int32_t raised, due, closed; /* days; raised anew after closing counts from then */
    int32_t days_open;
    int32_t transfers; /* 转办次数: to another department, or to one not named */
    bool has_solution; /* some step proposed one, or carried it out */
    uint64_t position; /* of what raised it */
    uint16_t unit;     /* who raised it */
    struct obstacle_holding *holdings;
    size_t holding_count;
};

struct obstacle_list {
    struct obstacle_view *rows; /* by id */
    size_t count;
    bool truncated; /* the arena was full */
};

static inline bool obstacle_is_open(const struct obstacle_view *obstacle)
{
    return obstacle->closed == DAY_NONE;
}
static inline bool obstacle_is_overdue(const struct obstacle_view *obstacle, int32_t as_of)
{
    return obstacle_is_open(obstacle) && obstacle->due != DAY_NONE && as_of > obstacle->due;
}
const char *obstacle_kind_text(const struct obstacle_view *obstacle); /* Chinese */

/* Those of one project that were raised by the view's day. In the arena. */
void obstacle_list_make(const struct ledger *ledger, size_t subject, const struct view *view,
                        struct arena *arena, struct obstacle_list *out);
/* The open one that was raised last, the first by id among those of a day; NULL: none is open. */
const struct obstacle_view *obstacle_newest_open(const struct obstacle_list *list);

/* Ageing by department (R43). */
struct owner_load {
    struct bytes owner;
    int64_t open, overdue; /* obstacles it has now */
    int64_t days;          /* that it has had any, summed over the obstacles */
    int64_t passed_on;     /* times it handed one over to another */
};
struct owner_load_list {
    struct owner_load *rows; /* most days first, then by name */
    size_t count;
    bool truncated;
};
/* One row for each holding of the obstacle, not yet added up. Appends. */
void obstacle_add_loads(const struct obstacle_view *obstacle, int32_t as_of, struct buffer *out);
/* unit: whose projects; LEDGER_UNITS_MAX for all. */
void owner_load_make(const struct ledger *ledger, const struct view *view, size_t unit,
                     struct arena *arena, struct owner_load_list *out);
