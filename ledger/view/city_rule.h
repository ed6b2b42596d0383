/*
 * city_rule.h - a rule the city has set as an event (contract 7): the DEFINITION of a kind and a
 * name that is in force on a day, as known at a position. Only the city's own agent sets rules.
 */
#pragma once

#include "ledger/fold/ledger.h"

struct city_rule {
    struct bytes name, version, content; /* in the arena */
    int32_t from;
    uint64_t position;
};

struct rule_moment {
    int32_t day;
    uint64_t known_at;
};

/* Names of the rules of a kind in force, each once, by their bytes; in the arena. ERR_LIMIT: it is
 * full. */
struct city_rule_names {
    const struct bytes *names;
    size_t count;
};
MUST_CHECK enum err city_rule_names_find(const struct ledger *ledger, enum definition kind,
                                         struct rule_moment moment, struct arena *arena,
                                         struct city_rule_names *out);

/* False: none. Of several the latest day counts, then the latest position. */
bool city_rule_find(const struct ledger *ledger, enum definition kind, const char *name,
                    struct rule_moment moment, struct arena *arena, struct city_rule *out);
