/* city_rule.c - see city_rule.h. */
#include "ledger/view/city_rule.h"

#include "ledger/fold/assertions.h"

enum { SCRATCH_BYTES = 256 << 10 }; /* one event with its evidence */

struct search {
    const struct ledger *ledger;
    enum definition kind;
    const char *name;
    struct rule_moment moment;
    struct arena *arena;
    struct city_rule *out;
    bool found;
};

static void consider(struct search *search, const struct assertion *assertion,
                     const struct definition_fact *fact)
{
    int32_t from = fact->from != DAY_NONE ? fact->from : assertion->day;
    if (fact->definition != (int32_t)search->kind || !bytes_equal_text(fact->name, search->name) ||
        from > search->moment.day)
        return;
    if (search->found && from < search->out->from) /* positions rise along the walk */
        return;
    *search->out = (struct city_rule){.name = arena_copy(search->arena, fact->name),
                                      .version = arena_copy(search->arena, fact->version),
                                      .content = arena_copy(search->arena, fact->content),
                                      .from = from,
                                      .position = assertion->position};
    search->found = true;
}

static void search_unit(struct search *search, size_t unit)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    struct ledger_walk walk = ledger_walk_unit(search->ledger, unit, search->moment.known_at);
    const struct assertion *assertion = NULL;
    while ((assertion = ledger_next(&walk))) {
        if (assertion->kind != EVENT_DEFINITION || assertion->unit != unit)
            continue;
        arena_reset(&scratch);
        struct ledger_fact fact;
        ledger_read(search->ledger, assertion, &scratch, &fact);
        consider(search, assertion, &fact.event.definition);
    }
}

bool city_rule_find(const struct ledger *ledger, enum definition kind, const char *name,
                    struct rule_moment moment, struct arena *arena, struct city_rule *out)
{
    struct search search = {ledger, kind, name, moment, arena, out, false};
    for (size_t unit = 0; unit < ledger_unit_count(ledger); unit++) {
        if (ledger_unit(ledger, unit)->type == UNIT_CITY)
            search_unit(&search, unit);
    }
    return search.found;
}
