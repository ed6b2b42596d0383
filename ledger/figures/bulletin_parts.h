/* bulletin_parts.h - private to bulletin*.c and breakdown.c: rows while they are added up. */
#pragma once

#include "ledger/figures/bulletin.h"
#include "ledger/figures/targets.h"

enum {
    BULLETIN_SCRATCH_BYTES = 64 << 20, /* one project's lists at a time */
    BULLETIN_CITIES_MAX = 4            /* units that speak for the whole: one, or one renumbered */
};

struct bulletin_work {
    const struct ledger *ledger;
    struct view view; /* with definitions */
    struct arena *arena;
    struct arena scratch;
    struct view_memo *memo; /* NULL: every project is looked at */
    struct bulletin_row
        *rows; /* [unit] of the ledger; all of them, before those without are left */
    size_t unit_count;
    uint16_t cities[BULLETIN_CITIES_MAX];
    size_t city_count;
    struct targets targets;
    struct measures city_plans; /* what the city itself plans: beats the sum of its units */
    bool is_short;              /* of memory */
};

/* bulletin_rows.c */
/* The investor's class; of one that was not said, the one class that money came from. */
enum origin origin_of_project(const struct project_view *project);
void row_add_project(struct bulletin_row *row, const struct project_view *project,
                     const struct view *view);
void row_add_row(struct bulletin_row *total, const struct bulletin_row *row);
void row_finish(struct bulletin_row *row, const struct view *view, struct arena *arena);

/* bulletin_units.c: what is said about units and not about projects */
void unit_take_targets(struct bulletin_work *work);
void unit_take_words(struct bulletin_work *work, uint16_t unit);
