/*
 * commitments.h - what was promised to investors (R106): by what document, how much, due when,
 * honoured or not. A promise is the unit's, whoever leads it: no change of people ends it. One
 * without a 公平竞争审查 result is marked, for whoever shows it (domain.md 8).
 */
#pragma once

#include "ledger/view/view.h"

struct commitment {
    struct bytes id, basis, review;
    int32_t made, due, honoured, cancelled; /* days; made DAY_NONE: only its end was told */
    int32_t postponed;                      /* how often a later due day was set */
    int64_t amount_yuan;
    bool has_amount, is_reviewed;
    uint16_t unit;     /* whose promise */
    uint64_t position; /* of the first word about it */
};

struct commitments {
    struct commitment *rows; /* by id */
    size_t count;
    bool truncated; /* the arena was full */
};

static inline bool commitment_is_open(const struct commitment *commitment)
{
    return commitment->honoured == DAY_NONE && commitment->cancelled == DAY_NONE;
}
/* From the day after it was due. */
static inline bool commitment_is_overdue(const struct commitment *commitment, int32_t as_of)
{
    return commitment_is_open(commitment) && commitment->due != DAY_NONE && as_of > commitment->due;
}

/* Of a project, and those of a unit that name no project. In the arena. */
void commitments_of_subject(const struct ledger *ledger, size_t subject, const struct view *view,
                            struct arena *arena, struct commitments *out);
void commitments_of_unit(const struct ledger *ledger, size_t unit, const struct view *view,
                         struct arena *arena, struct commitments *out);
