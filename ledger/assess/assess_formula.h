/* assess_formula.h - an item's points as a line of Chinese with its numbers put in. */
#pragma once

#include "ledger/assess/assess.h"

struct formula {
    const struct assess_scheme *scheme;
    const struct assess_item *item;
    const struct assess_item_result *result;
    const struct assess_part_result *least, *most; /* of a SPREAD */
};

struct bytes formula_text(const struct formula *formula, struct arena *arena);
