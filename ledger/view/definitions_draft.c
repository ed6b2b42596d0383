/*
 * definitions_draft.c - see definitions_draft.h. The versions text says all that a figure depends
 * on, so that two sets of definitions with one text give the same figures.
 */
#include "ledger/view/definitions_draft.h"
#include "ledger/event/schema.h"

void definitions_draft_begin(struct definitions_draft *draft, const struct definitions *base,
                             struct arena *arena, struct problem *problem)
{
    *draft = (struct definitions_draft){
        .definitions = *base, .rate_count = base->rate_count, .arena = arena, .problem = problem};
    memcpy(draft->rates, base->rates, base->rate_count * sizeof(*base->rates));
}

static void add_bytes(struct buffer *out, const char *before, struct bytes text)
{
    buffer_add_text(out, before);
    buffer_add(out, text);
}

static void add_rates(struct buffer *out, const struct definitions_draft *draft)
{
    for (size_t i = 0; i < draft->rate_count; i++) {
        const struct rate_definition *rate = &draft->rates[i];
        buffer_add_format(out, "%s@%s %s/%s %s %d%s;", rate->id, rate->version,
                          measure_id(rate->numerator), measure_id(rate->denominator),
                          rate->rounding == ROUND_TRUNCATE ? "TRUNCATE" : "HALF_UP", rate->digits,
                          rate->headline ? " headline" : "");
    }
}

static void add_settings(struct buffer *out, const struct definitions *definitions)
{
    const struct words *milestones = words_of_name("milestone");
    buffer_add_text(out, "body_order");
    for (size_t i = 0; i < ARRAY_LENGTH(definitions->body_order); i++) {
        const struct word *word = word_of_number(words_body(), definitions->body_order[i]);
        if (word)
            buffer_add_format(out, " %s", word->id);
    }
    buffer_add_format(out, ";landed %s;government %d;endogenous %d;close_day %u;excluded",
                      word_of_number(milestones, definitions->landed_milestone)->id,
                      definitions->exclude_government_money, definitions->exclude_endogenous,
                      definitions->close_day);
    for (size_t i = 0; i < definitions->excluded_industry_count; i++)
        add_bytes(out, " ", definitions->excluded_industries[i]);
    buffer_add_text(out, ";approvals");
    for (size_t i = 0; i < definitions->approval_count; i++)
        add_bytes(out, " ", definitions->approvals[i]);
}

bool definitions_draft_finish(struct definitions_draft *draft, struct definitions **out)
{
    CLEANUP(buffer_release) struct buffer versions = {0};
    struct definitions *definitions = arena_alloc(draft->arena, sizeof(*definitions));
    struct rate_definition *rates = arena_alloc(draft->arena, draft->rate_count * sizeof(*rates));
    if (!definitions || !rates)
        return false;
    memcpy(rates, draft->rates, draft->rate_count * sizeof(*rates));
    *definitions = draft->definitions;
    definitions->rates = rates;
    definitions->rate_count = draft->rate_count;
    add_rates(&versions, draft);
    add_settings(&versions, definitions);
    definitions->versions = arena_copy(draft->arena, buffer_bytes(&versions));
    *out = definitions;
    return definitions->versions.data != NULL;
}
