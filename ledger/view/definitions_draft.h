/*
 * definitions_draft.h - private to definitions*.c: definitions while they are put together, so that
 * a text that does not parse changes nothing.
 */
#pragma once

#include "ledger/view/definitions.h"
#include "ledger/view/json_value.h"

struct definitions_draft {
    struct definitions definitions;
    struct rate_definition rates[DEFINITION_RATES_MAX];
    size_t rate_count;
    struct arena *arena;
    const char *name;    /* of the DEFINITION: the id of a rate that says none; or NULL */
    const char *version; /* of what says none */
    struct problem *problem;
};

void definitions_draft_begin(struct definitions_draft *draft, const struct definitions *base,
                             struct arena *arena, struct problem *problem);
/* Is some member of the object a setting of ours? */
bool definitions_draft_concerns(const struct json_value *value);
/* ERR_MALFORMED with draft->problem, that names the member; draft is then as it was. */
MUST_CHECK enum err definitions_draft_apply(struct definitions_draft *draft,
                                            const struct json_value *value);
/* The draft's rates and versions text moved to the arena; false: it is too small. */
bool definitions_draft_finish(struct definitions_draft *draft, struct definitions **out);
