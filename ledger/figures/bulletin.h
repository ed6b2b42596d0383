/*
 * bulletin.h - 通报: every figure of every unit, as of a day, as known at a position (contract 8).
 * Totals are computed from sums. What is printed is decided by who prints it; nothing is rounded
 * here but percents.
 */
#pragma once

#include "ledger/lists/gaps.h"
#include "ledger/view/definitions.h"
#include "ledger/view/view_memo.h"

enum { BULLETIN_SIZES = 6, BULLETIN_TARGETS_MAX = 64 };

struct bulletin_rate {
    const struct rate_definition *definition;
    int64_t numerator, denominator;
    bool has_percent;
    char percent[PERCENT_TEXT_SIZE];
};

struct bulletin_target {
    struct bytes metric;   /* "received_wan_out_of_province" … as TARGET events name it */
    int64_t base, stretch; /* yuan, or a count */
    bool is_amount, has_stretch;
    int64_t actual;
    bool has_rate;
    struct bytes list;     /* only projects on it count (R23); empty: all */
    int64_t threshold;     /* only projects of at least this total, yuan (R60); 0: all */
    struct bytes document; /* 目标责任书 */
    char rate_percent[PERCENT_TEXT_SIZE];
    char pace_points[PERCENT_TEXT_SIZE]; /* with its sign: "+42.31"; rate minus month / 12 */
    int64_t children;                    /* sum of the bases that name this unit as parent */
    bool has_children;
    bool sum_differs; /* the parent is not the sum of its children (R58) */
};

struct bulletin_growth { /* over the same period of last year (R27) */
    bool has_base;
    int64_t before;
    char percent[PERCENT_TEXT_SIZE];
};

struct bulletin_row {
    uint16_t unit; /* of a unit's row */
    struct bytes code, name;
    int64_t projects, signed_count, performing, terminated, landed, started, completed, producing;
    int64_t in_period[MILESTONES];           /* whatever the cohort: reached within the period */
    int64_t signed_fixed_ge[BULLETIN_SIZES]; /* >= bulletin_sizes[i] yuan of fixed investment */
    int64_t signed_new, signed_carried_over;
    int64_t contract_yuan, received_yuan, received_in_period_yuan, verified_yuan;
    int64_t received_by_origin[ORIGINS], projects_by_origin[ORIGINS];
    char share_percent_by_origin[ORIGINS][PERCENT_TEXT_SIZE]; /* "" when there is nothing */
    int64_t trips, trips_without_lead, firms_visited;         /* R67, R86, R87 */
    int64_t gaps[GAP_CLASSES];
    int64_t obstacles_open, anomalies, masked;
    int64_t rank; /* by the headline start rate, ties share it; 0 for the total */
    struct bulletin_rate *rates;
    size_t rate_count;
    struct bulletin_target *targets;
    size_t target_count;
    struct bulletin_growth signed_growth, received_growth; /* of the period, whatever the cohort */
    struct measures measures;
    int64_t complete_to_ms; /* recorded time of the unit's last event; 0: none */
};
extern const int64_t bulletin_sizes[BULLETIN_SIZES]; /* 0.05, 0.5, 1, 5, 10, 50 亿元 in yuan */

struct bulletin {
    struct view view;
    struct bulletin_row *rows; /* one a unit that has an enrolment or events, by unit text */
    size_t row_count;
    struct bulletin_row total;
    struct hash facts, frame; /* contract 8.3 */
    struct problem problem;   /* a definition of the city that did not parse; empty: none */
    bool incomplete;          /* the arena was too small: say so, show nothing */
};

/* In the arena. The city's own unit has a row only when it has projects of its own. */
void bulletin_make(const struct ledger *ledger, const struct view *view, struct arena *arena,
                   struct bulletin *out);
/* The same; of projects that the memo has as they are now, it takes its word. memo: of this ledger,
 * kept from one bulletin to the next; NULL: as bulletin_make. */
void bulletin_make_with(struct view_memo *memo, const struct ledger *ledger,
                        const struct view *view, struct arena *arena, struct bulletin *out);
