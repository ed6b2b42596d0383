/* board_memory.h - private to board*.c: what is kept from one frame to the next; see board.h. */
#pragma once

#include "base/map.h"
#include "ledger/lists/alert_tally.h"

enum { TREND_MONTHS = 12 };

/* Open obstacles of one kind and owner, or what one owner had; added up anew for each frame, under
 * a number that stays. */
struct obstacle_sum {
    struct bytes owner;
    int32_t kind, longest;
    int64_t count, open, overdue, days;
};
struct obstacle_sums {
    struct map numbers; /* 1 + index of the row, by kind and owner */
    struct buffer rows; /* struct obstacle_sum */
};

struct board_part { /* of one subject, while its project is seen as it was */
    uint64_t look;  /* at the project (view_memo.h); 0: none */
    bool counts;    /* it is a project that counts in figures: the rest down to obstacles */
    bool is_negotiating, is_short;
    uint8_t signed_at, started_at, completed_at; /* months of the trend; TREND_MONTHS: not in it */
    uint32_t obstacles_open, obstacles_overdue;
    int32_t since[GAP_CLASSES]; /* DAY_NONE: not in the class */
    int64_t received_yuan[TREND_MONTHS];
    struct buffer obstacles; /* struct part_obstacle, the open ones */
    struct buffer loads;     /* struct part_load, whether it counts or not */
};

struct board_memory {
    struct view_memo now, before;
    struct alert_memory *alerts;
    struct board_part *parts; /* by subject */
    size_t part_count, part_capacity;
    struct obstacle_sums kinds, owners;
};
