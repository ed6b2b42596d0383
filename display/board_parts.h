/*
 * board_parts.h - private to board*.c: what the sections of one frame are made from. Projects are
 * walked once; what the bulletin has is taken from it.
 */
#pragma once

#include "display/board.h"
#include "display/board_json.h"
#include "display/board_memory.h"
#include "ledger/figures/bulletin.h"
#include "ledger/lists/lights.h"
#include "ledger/view/definitions.h"

enum {
    GAP_AGES_MAX = 400, /* ticks that a row of the widest wall tells apart */
    BOARD_SCRATCH_BYTES = 64 << 20,
};

struct gap_sum {
    struct buffer ages; /* int32_t, of all projects in the class */
    int64_t count, over_limit;
    int32_t longest;
};

struct board_walk {      /* what one walk over the projects gives */
    int32_t first_month; /* of the trend, as month_of_day */
    int64_t signed_count[TREND_MONTHS], started[TREND_MONTHS], completed[TREND_MONTHS];
    int64_t received_yuan[TREND_MONTHS];
    int64_t negotiating;
    struct gap_sum gaps[GAP_CLASSES];
    int64_t obstacles_open, obstacles_overdue, without_reason;
    bool is_short; /* of memory */
};

struct board_work {
    const struct ledger *ledger;
    const struct board_question *question;
    struct board_memory *memory;
    struct view view;         /* known_at is a position of the log */
    struct bulletin bulletin; /* as of the day */
    struct bulletin before;   /* as of the end of the month before, known now */
    struct board_walk walk;
    struct alert_tally alerts;
    const struct light_rules *lights;
    struct arena *arena;
    bool is_short; /* of memory: no figures are shown */
};

/* board_walk.c */
void board_walk_make(struct board_work *work);
void board_walk_release(struct board_walk *walk);

/* board_obstacles.c */
void obstacle_sums_init(struct obstacle_sums *sums);
void obstacle_sums_release(struct obstacle_sums *sums);
void part_take_obstacles(struct board_work *work, size_t subject, struct arena *scratch,
                         struct board_part *part);
void part_add_obstacles(struct board_memory *memory, const struct board_part *part);
void obstacle_sums_clear(struct board_memory *memory);
json_t *obstacles_json(struct board_work *work);

/* board_lights.c */
/* The setting's set, else board_lights_shipped; of an id that nobody has the shipped as well. */
const struct light_rules *board_light_rules(const struct ledger *ledger, const struct view *view,
                                            struct bytes id, struct arena *arena);
json_t *target_json(const struct bulletin_target *target); /* NULL: null */
/* Of all projects: no list, no size. NULL: none is set. */
const struct bulletin_target *target_of_metric(const struct bulletin_row *row, const char *metric);
/* How far ahead of its pace the target is; NULL: 未设目标. */
json_t *light_of_target(const struct board_work *work, const struct bulletin_target *target);

/* board_head.c */
json_t *head_json(const struct board_work *work);
json_t *units_json(const struct board_work *work);

/* board_figures.c */
json_t *headlines_json(const struct board_work *work);
json_t *stages_json(const struct board_work *work);
json_t *trend_json(const struct board_work *work);

/* board_ranking.c */
json_t *ranking_json(struct board_work *work);
json_t *map_json(struct board_work *work);
/* A unit's place in the ranking; rank 0: none. */
struct board_place {
    int64_t rank, of;
};
struct standpoint;
struct board_place board_place_of(const struct standpoint *standpoint,
                                  const struct bulletin *bulletin, uint16_t unit,
                                  struct bytes ranked_by);
/* Is it shown as a place: a county, a park, or whoever has projects of the period. */
bool row_is_place(const struct board_work *work, const struct bulletin_row *row);
/* The headline rate of the name, in the order of the definitions in force; NULL: none. */
const struct rate_definition *rate_named(const struct board_work *work, const char *name);

/* board_stuck.c */
json_t *gaps_json(struct board_work *work);
json_t *alerts_json(struct board_work *work);
json_t *supervised_json(struct board_work *work);
bool board_alert_is_bad(enum alert_class class);
