/* city_rule.c - see city_rule.h. */
#include "ledger/view/city_rule.h"

#include <stdlib.h>

#include "ledger/fold/assertions.h"

enum { SCRATCH_BYTES = 256 << 10 }; /* one event with its evidence */

/* The city's rules of a kind that are in force, each as often as it was said. */
struct search {
    const struct ledger *ledger;
    enum definition kind;
    struct rule_moment moment;
    void *context;
    void (*see)(void *context, const struct definition_fact *fact, int32_t from, uint64_t position);
};

static void search_unit(const struct search *search, size_t unit)
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
        const struct definition_fact *definition = &fact.event.definition;
        int32_t from = definition->from != DAY_NONE ? definition->from : assertion->day;
        if (definition->definition == (int32_t)search->kind && from <= search->moment.day)
            search->see(search->context, definition, from, assertion->position);
    }
}

static void search_all(const struct search *search)
{
    for (size_t unit = 0; unit < ledger_unit_count(search->ledger); unit++) {
        if (ledger_unit(search->ledger, unit)->type == UNIT_CITY)
            search_unit(search, unit);
    }
}

/* ---- one of a name ---- */

struct wanted {
    const char *name;
    struct arena *arena;
    struct city_rule rule;
    bool found;
};

static void see_wanted(void *context, const struct definition_fact *fact, int32_t from,
                       uint64_t position)
{
    struct wanted *wanted = context;
    if (!bytes_equal_text(fact->name, wanted->name))
        return;
    if (wanted->found && from < wanted->rule.from) /* positions rise along the walk */
        return;
    wanted->rule = (struct city_rule){.name = arena_copy(wanted->arena, fact->name),
                                      .version = arena_copy(wanted->arena, fact->version),
                                      .content = arena_copy(wanted->arena, fact->content),
                                      .from = from,
                                      .position = position};
    wanted->found = true;
}

bool city_rule_find(const struct ledger *ledger, enum definition kind, const char *name,
                    struct rule_moment moment, struct arena *arena, struct city_rule *out)
{
    struct wanted wanted = {.name = name, .arena = arena};
    struct search search = {ledger, kind, moment, &wanted, see_wanted};
    search_all(&search);
    if (wanted.found)
        *out = wanted.rule;
    return wanted.found;
}

/* ---- all names ---- */

struct naming {
    struct buffer names; /* struct bytes */
    struct arena *arena;
    bool is_full;
};

static void see_name(void *context, const struct definition_fact *fact, int32_t from,
                     uint64_t position)
{
    struct naming *naming = context;
    const struct bytes *names = (const struct bytes *)(void *)naming->names.data;
    (void)from;
    (void)position;
    for (size_t i = 0; i < naming->names.size / sizeof(*names); i++) {
        if (bytes_equal(names[i], fact->name))
            return;
    }
    struct bytes name = arena_copy(naming->arena, fact->name);
    naming->is_full = naming->is_full || !name.data;
    buffer_add(&naming->names, bytes_of(&name, sizeof(name)));
}

static int compare_names(const void *left, const void *right)
{
    return bytes_compare(*(const struct bytes *)left, *(const struct bytes *)right);
}

enum err city_rule_names_find(const struct ledger *ledger, enum definition kind,
                              struct rule_moment moment, struct arena *arena,
                              struct city_rule_names *out)
{
    struct naming naming = {.arena = arena};
    struct search search = {ledger, kind, moment, &naming, see_name};
    search_all(&search);
    size_t count = naming.names.size / sizeof(*out->names);
    if (count > 1)
        qsort(naming.names.data, count, sizeof(*out->names), compare_names);
    struct bytes kept = arena_copy(arena, buffer_bytes(&naming.names));
    buffer_release(&naming.names);
    if (naming.is_full || (count > 0 && !kept.data))
        return ERR_LIMIT;
    *out = (struct city_rule_names){(const struct bytes *)(const void *)kept.data, count};
    return OK;
}
