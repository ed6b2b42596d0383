/*
 * targets.h - targets as TARGET events set them, and what was done toward each: by unit, or by all
 * units for the city's own. A target may count only projects of a size (R60) or of a list (R23),
 * each within its own period; a rate's target is in basis points.
 */
#pragma once

#include "ledger/figures/bulletin.h"
#include "ledger/figures/periods.h"

enum { TARGETS_MAX = 65536 }; /* in force at once, of all units */

struct target {
    struct bulletin_target face;
    uint16_t unit; /* whose */
    bool is_citys; /* all projects count toward it */
    bool by_city;  /* said by the city: beats what the unit says of itself */
    bool is_later; /* dated after as_of, for a period that as_of lies in: better than none */
    int32_t day;
    size_t order; /* as said */
    struct bytes parent;
    struct period period;
    const struct metric *metric;        /* NULL: of a figure that this program does not know */
    const struct rate_definition *rate; /* of a rate */
    struct measures measures;           /* of a rate: of what counts toward it */
};

struct targets {
    struct target *rows; /* by unit's index, then metric, list, threshold, period */
    size_t count, capacity;
    bool truncated;
};

/* A TARGET event of the unit, said by itself or by the city. */
void targets_take(struct targets *targets, const struct ledger *ledger, const struct view *view,
                  const struct assertion *assertion, struct arena *arena);
/* Of one figure: the same metric of the same projects over the same days. */
int target_compare_figures(const struct target *left, const struct target *right);
/* In order, the newest of each, at most BULLETIN_TARGETS_MAX a unit. Call once, after the last was
 * taken. */
void targets_sort(struct targets *targets);
/* The unit's: rows[*first] and the count given. */
size_t targets_of(const struct targets *targets, uint16_t unit, size_t *first);
void target_add_project(struct target *target, const struct project_view *project,
                        const struct view *view);
void target_add_trips(struct target *target, int32_t day, int64_t firms, const struct view *view);
/* Rates, paces and sums of children, when all was added; definitions: of the view. */
void targets_settle(struct targets *targets, const struct ledger *ledger, const struct view *view,
                    struct arena *arena);
/* The city's; of a figure that it has no target for, the sums of its units'. In the arena. */
struct bulletin_target *targets_total(struct targets *targets, const struct view *view,
                                      struct arena *arena, size_t *count);
