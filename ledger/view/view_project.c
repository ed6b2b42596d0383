/*
 * view_project.c - a project's fields: each as the newest PROJECT assertion that gives it by as_of
 * has it. One day's words of several units: its own unit's count. A registration is also lent to
 * earlier days on which nothing else is said: ledgers lend it the day of signing, and that day may
 * be corrected (import_facts.c).
 */
#include "ledger/event/schema.h"
#include "ledger/view/view_parts.h"

/* Does the new word replace what the source has? Both from this ledger; as_of parts them. */
static bool replaces(const struct view_work *work, const struct field_source *source,
                     const struct field_source *word)
{
    if (!source->is_set || source->is_later != word->is_later)
        return !source->is_set || source->is_later;
    if (source->day != word->day)
        return word->is_later ? word->day < source->day : word->day > source->day;
    return view_compare_units(work, word->unit, source->unit) <= 0;
}

static size_t size_of(const struct field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ID:
        return sizeof(struct bytes);
    case FIELD_TEXTS:
    case FIELD_DIGESTS:
        return sizeof(struct texts);
    case FIELD_ENUM:
    case FIELD_DAY:
        return sizeof(int32_t);
    case FIELD_MONEY:
        return sizeof(struct money);
    case FIELD_COUNT:
        return sizeof(int64_t);
    case FIELD_FLAG:
        return sizeof(bool);
    }
    return 0;
}

void project_say(struct view_work *work, const struct assertion *assertion,
                 const struct project_fact *fact)
{
    const struct kind *kind = kind_of_number(EVENT_PROJECT);
    struct field_source word = {.day = assertion->day,
                                .unit = assertion->unit,
                                .is_set = true,
                                .is_later = assertion->day > work->view->as_of};
    if (word.is_later && fact->action != PROJECT_ACTION_REGISTERED)
        return;
    work->is_registered |= fact->action == PROJECT_ACTION_REGISTERED;
    for (size_t i = 0; i < kind->field_count && i < PROJECT_FIELDS_MAX; i++) {
        const struct field *field = &kind->fields[i];
        const uint8_t *value = (const uint8_t *)fact + field->offset;
        if (!field_is_given(field, value) || !replaces(work, &work->sources[i], &word))
            continue;
        memcpy((uint8_t *)&work->fact + field->offset, value, size_of(field));
        work->sources[i] = word;
    }
}

static bool is_excluded(const struct view_work *work)
{
    const struct project_fact *fact = &work->fact;
    const struct definitions *definitions = work->definitions;
    for (size_t i = 0; i < definitions->excluded_industry_count; i++) {
        if (bytes_equal(fact->industry, definitions->excluded_industries[i]))
            return true;
    }
    return fact->scope == SCOPE_EXCLUDED ||
           (fact->government_money && definitions->exclude_government_money) ||
           (fact->endogenous && definitions->exclude_endogenous);
}

/* The day that the amount was last said: a foreign one is counted at that day's rate. */
static struct amount_view amount_of(struct view_work *work, const struct money *money)
{
    size_t index = 0;
    const struct kind *kind = kind_of_number(EVENT_PROJECT);
    size_t offset = (size_t)((const uint8_t *)money - (const uint8_t *)&work->fact);
    while (kind->fields[index].offset != offset)
        index++;
    return view_amount(work, money, work->sources[index].day);
}

void project_settle(struct view_work *work)
{
    struct project_view *out = work->out;
    const struct project_fact *fact = &work->fact;
    out->name = fact->name;
    out->investor = fact->investor;
    out->credit_code = fact->credit_code;
    out->investor_place = fact->investor_place;
    out->industry = fact->industry;
    out->industry_code = fact->industry_code;
    out->chain = fact->chain;
    out->park = fact->park;
    out->responsible_unit = fact->responsible_unit;
    out->project_code = fact->project_code;
    out->origin = fact->origin;
    out->chain_effect = fact->chain_effect;
    out->land_supply_class = fact->land_supply_class;
    out->scope = fact->scope;
    out->channel = fact->channel;
    out->investor_classes = fact->investor_classes;
    out->tags = fact->tags;
    out->carried_over = fact->carried_over;
    out->endogenous = fact->endogenous;
    out->government_money = fact->government_money;
    out->excluded = is_excluded(work);
    out->planned_total = amount_of(work, &fact->planned_total);
    out->planned_fixed = amount_of(work, &fact->planned_fixed);
    out->phase_one = amount_of(work, &fact->phase_one);
    if (out->is_project && !work->is_registered)
        view_flag(work, ANOMALY_UNREGISTERED);
}
