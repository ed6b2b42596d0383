/* ledger_ask.c - what the ledger knows of texts, units, times and counts; see ledger.h. */
#include "ledger/fold/ledger_parts.h"

uint64_t ledger_position(const struct ledger *ledger)
{
    return ledger->position;
}

uint64_t ledger_rules_position(const struct ledger *ledger)
{
    return ledger->rules_position;
}

/* ---- positions and times: assertions and moments, each in order of both ---- */

size_t assertions_until(const struct ledger *ledger, uint64_t position)
{
    size_t low = 0, high = ledger->assertion_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (assertion_at(ledger, middle)->position <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t moments_until(const struct ledger *ledger, uint64_t position)
{
    size_t low = 0, high = ledger->moment_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ledger->moments[middle].position <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t said_until(const struct ledger *ledger, const struct unit_entry *unit, uint64_t position)
{
    size_t low = 0, high = unit->said_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (assertion_at(ledger, unit->said[middle])->position <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t ledger_recorded_at_ms(const struct ledger *ledger, uint64_t position)
{
    size_t assertions = assertions_until(ledger, position);
    size_t moments = moments_until(ledger, position);
    const struct assertion *said = assertions > 0 ? assertion_at(ledger, assertions - 1) : NULL;
    const struct moment *moment = moments > 0 ? &ledger->moments[moments - 1] : NULL;
    if (said && (!moment || said->position > moment->position))
        return said->recorded_at_ms;
    return moment ? moment->recorded_at_ms : 0;
}

uint64_t ledger_position_at(const struct ledger *ledger, int64_t unix_ms)
{
    size_t low = 0, high = ledger->assertion_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (assertion_at(ledger, middle)->recorded_at_ms < unix_ms)
            low = middle + 1;
        else
            high = middle;
    }
    uint64_t position = low > 0 ? assertion_at(ledger, low - 1)->position : 0;
    low = 0;
    high = ledger->moment_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ledger->moments[middle].recorded_at_ms < unix_ms)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && ledger->moments[low - 1].position > position)
        position = ledger->moments[low - 1].position;
    return position;
}

/* ---- texts, subjects, units ---- */

struct bytes ledger_text(const struct ledger *ledger, uint32_t text)
{
    return text_pool_get(&ledger->texts, text);
}

uint32_t ledger_find_text(const struct ledger *ledger, struct bytes bytes)
{
    return text_pool_find(&ledger->texts, bytes);
}

size_t ledger_subject_count(const struct ledger *ledger)
{
    return ledger->subject_texts.count;
}

struct bytes ledger_subject(const struct ledger *ledger, size_t index)
{
    return text_pool_get(&ledger->subject_texts, (uint32_t)index + 1);
}

uint16_t ledger_subject_unit(const struct ledger *ledger, size_t index)
{
    return ledger->subjects[index].unit;
}

uint64_t ledger_subject_position(const struct ledger *ledger, size_t index)
{
    uint32_t last = ledger->subjects[index].last;
    return last != 0 ? assertion_at(ledger, last - 1)->position : 0;
}

uint64_t ledger_unit_position(const struct ledger *ledger, size_t index)
{
    uint32_t last = ledger->units[index].last;
    return last != 0 ? assertion_at(ledger, last - 1)->position : 0;
}

bool ledger_find_subject(const struct ledger *ledger, struct bytes subject, size_t *index)
{
    uint32_t number = text_pool_find(&ledger->subject_texts, subject);
    if (number == 0)
        return false;
    *index = number - 1;
    return true;
}

size_t ledger_unit_count(const struct ledger *ledger)
{
    return ledger->unit_texts.count;
}

const struct ledger_unit *ledger_unit(const struct ledger *ledger, size_t index)
{
    return &ledger->units[index].face;
}

bool ledger_find_unit(const struct ledger *ledger, struct bytes unit, uint16_t *index)
{
    uint32_t number = text_pool_find(&ledger->unit_texts, unit);
    if (number == 0)
        return false;
    *index = (uint16_t)(number - 1);
    return true;
}

bool ledger_unit_is_city(const struct ledger *ledger, size_t index, uint64_t known_at)
{
    uint64_t from = ledger->units[index].city_from;
    return from != 0 && from <= known_at;
}

/*
 * The newest that is in force on the day; of two from the same day the later said. A city's books
 * go back further than its enrolments: before the first name, the first name.
 */
struct bytes ledger_unit_name(const struct ledger *ledger, size_t index, int32_t day,
                              uint64_t known_at)
{
    const struct unit_entry *unit = &ledger->units[index];
    const struct unit_name *best = NULL, *first = NULL;
    for (size_t i = 0; i < unit->name_count; i++) {
        const struct unit_name *name = &unit->names[i];
        if (name->position > known_at)
            break;
        if (!first || name->from_day < first->from_day)
            first = name;
        if (name->from_day <= day && (!best || name->from_day >= best->from_day))
            best = name;
    }
    if (!best)
        best = first;
    return best ? text_pool_get(&ledger->texts, best->text) : unit->face.unit;
}

int64_t ledger_unit_complete_to_ms(const struct ledger *ledger, size_t index, uint64_t known_at)
{
    const struct unit_entry *unit = &ledger->units[index];
    size_t count = said_until(ledger, unit, known_at);
    return count > 0 ? assertion_at(ledger, unit->said[count - 1])->recorded_at_ms : 0;
}

/* ---- counts ---- */

static bool is_orphan(const struct ledger *ledger, const struct correction *correction,
                      uint64_t known_at)
{
    struct id_key key = id_key_of(ledger->seed, correction->target);
    struct id_walk walk = id_index_find(&ledger->ids, &key);
    for (uint32_t index; (index = id_index_next(&walk)) != ID_INDEX_NONE;) {
        if (assertion_at(ledger, index)->position <= known_at)
            return false;
    }
    return true;
}

void ledger_counts(const struct ledger *ledger, uint64_t known_at, struct ledger_counts *out)
{
    uint64_t counts[MOMENT_DUPLICATE + 1] = {0};
    size_t moments = moments_until(ledger, known_at);
    for (size_t i = 0; i < moments; i++)
        counts[ledger->moments[i].kind]++;
    *out = (struct ledger_counts){
        .events = assertions_until(ledger, known_at),
        .duplicates = counts[MOMENT_DUPLICATE],
        .refusals = counts[MOMENT_REFUSAL],
        .not_understood = counts[MOMENT_NOT_UNDERSTOOD],
    };
    for (size_t i = 0; i < ledger->correction_count; i++) {
        const struct correction *correction = &ledger->corrections[i];
        if (assertion_at(ledger, correction->assertion)->position > known_at)
            continue;
        out->corrections++;
        out->orphans += is_orphan(ledger, correction, known_at);
    }
}
