/* assess_values.h - private to assess*.c: what the scheme's sources hold for each unit. */
#pragma once

#include "ledger/assess/assess.h"

struct assess_work {
    const struct ledger *ledger;
    const struct view *view;
    const struct assess_scheme *scheme;
    struct arena *arena;
    struct assessment *out;
    const struct bulletin *bulletin;
    size_t *figures;           /* the bulletin's row of each of out->rows, before they are sorted */
    uint32_t *row_of_unit;     /* index + 1; 0: not assessed */
    struct measures *unlanded; /* of the projects signed in the period and not landed */
};

/* Sums over projects that the bulletin does not have: signings that have not landed (R7). */
void assess_values_prepare(struct assess_work *work);
/* numbers: one a row. False: the arena is too small. */
bool assess_values(struct assess_work *work, const struct assess_source *source,
                   struct assess_number *numbers, bool *is_amount);
/* A project's own part of the measures, when it counts at all; false: it does not. */
bool assess_project_measures(const struct ledger *ledger, const struct view *view, size_t subject,
                             struct arena *scratch, struct project_view *project,
                             struct measures *measures);
bool assess_is_signing(enum measure measure); /* what an un-landed signing adds to */
int64_t assess_denied(const struct ledger *ledger, const struct assertion *assertion,
                      const struct view *view); /* 1: a finding that it was untrue */
