/* fuzz_definitions.c - any bytes as the text of a definition: what is accepted can be computed
 * with, and what is refused says why. */
#include <assert.h>

#include "ledger/view/definitions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_LIMIT = 1 << 20 };

static void check(const struct definitions *definitions)
{
    static const char *const needed[] = {"TARGET_RATE", "PACE_POINTS", "SHARE", "GROWTH"};
    assert(definitions->rate_count <= DEFINITION_RATES_MAX);
    for (size_t i = 0; i < definitions->rate_count; i++) {
        const struct rate_definition *rate = &definitions->rates[i];
        bool has_both = rate->numerator != MEASURE_NONE && rate->denominator != MEASURE_NONE;
        assert(rate->digits >= 0 && rate->digits <= PERCENT_DIGITS_MAX);
        assert(rate->id[0] && rate->name[0] && rate->formula[0] && rate->version[0]);
        assert(has_both || rate->numerator == rate->denominator);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(needed); i++)
        assert(definitions_find(definitions, needed[i]));
    assert(definitions->landed_milestone > 0 && definitions->landed_milestone < MILESTONES);
    assert(definitions->body_order[ARRAY_LENGTH(definitions->body_order) - 1] == BODY_NONE);
    assert(definitions->versions.size > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena;
    struct problem problem = {0};
    const struct definitions *out = NULL;
    arena_init(&arena, ARENA_LIMIT);
    if (definitions_with(definitions_shipped(), bytes_of(data, size), &arena, &out, &problem) == OK)
        check(out);
    else
        assert(problem.text[0] != '\0' && !out);
    return 0;
}
