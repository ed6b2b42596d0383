/*
 * ledger_add.c - the ledger's tables, each with what must stay true of it: chains in order of
 * position, ids found again, corrections found from their targets whichever came first.
 */
#include <assert.h>
#include <stdlib.h>

#include "ledger/fold/kept.h"
#include "ledger/fold/ledger_parts.h"

bool ledger_add_unit(struct ledger *ledger, struct bytes unit, uint16_t *index)
{
    uint32_t number = text_pool_find(&ledger->unit_texts, unit);
    if (number == 0) {
        size_t count = ledger->unit_texts.count;
        if (count == LEDGER_UNITS_MAX || unit.size == 0 || unit.size > TEXT_POOL_TEXT_MAX)
            return false;
        ledger->units =
            array_grown(ledger->units, count, &ledger->unit_capacity, sizeof *ledger->units);
        number = text_pool_add(&ledger->unit_texts, unit);
        ledger->units[count] =
            (struct unit_entry){.face.unit = text_pool_get(&ledger->unit_texts, number)};
    }
    ledger->unit_texts.newest = number;
    *index = (uint16_t)(number - 1);
    return true;
}

bool ledger_add_subject(struct ledger *ledger, struct bytes subject, uint32_t *number)
{
    *number = text_pool_find(&ledger->subject_texts, subject);
    if (*number != 0) {
        ledger->subject_texts.newest = *number;
        return true;
    }
    const uint8_t *slash = memchr(subject.data, '/', subject.size);
    uint16_t unit;
    if (!slash ||
        !ledger_add_unit(ledger, bytes_of(subject.data, (size_t)(slash - subject.data)), &unit))
        return false;
    size_t count = ledger->subject_texts.count;
    ledger->subjects =
        array_grown(ledger->subjects, count, &ledger->subject_capacity, sizeof *ledger->subjects);
    ledger->subjects[count] = (struct subject_entry){.unit = unit};
    *number = text_pool_add(&ledger->subject_texts, subject);
    return true;
}

void ledger_add_name(struct ledger *ledger, size_t unit, const struct unit_name *name)
{
    struct unit_entry *row = &ledger->units[unit];
    row->names = array_grown(row->names, row->name_count, &row->name_capacity, sizeof *row->names);
    row->names[row->name_count++] = *name;
}

void ledger_add_moment(struct ledger *ledger, const struct moment *moment)
{
    if (moment->kind == MOMENT_DUPLICATE)
        assertion_at(ledger, moment->again)->flags |= ASSERTION_REPEATED;
    ledger->moments = array_grown(ledger->moments, ledger->moment_count, &ledger->moment_capacity,
                                  sizeof *ledger->moments);
    ledger->moments[ledger->moment_count++] = *moment;
}

uint32_t ledger_find_said(const struct ledger *ledger, const struct id_key *key, uint16_t unit)
{
    struct id_walk walk = id_index_find(&ledger->ids, key);
    uint32_t index = id_index_next(&walk);
    while (index != ID_INDEX_NONE && assertion_at(ledger, index)->unit != unit)
        index = id_index_next(&walk);
    return index;
}

static struct assertion *new_assertion(struct ledger *ledger)
{
    if (ledger->assertion_count == ledger->block_count * ASSERTION_BLOCK) {
        ledger->blocks = array_grown((void *)ledger->blocks, ledger->block_count,
                                     &ledger->block_capacity, sizeof(void *));
        if (ledger->assertion_count > UINT32_MAX - 2 * ASSERTION_BLOCK)
            abort();
        ledger->blocks[ledger->block_count] =
            large_pages_block(ledger->block_count, ASSERTION_BLOCK_SIZE);
        ledger->block_count++;
    }
    return assertion_at(ledger, ledger->assertion_count++);
}

static void add_correction(struct ledger *ledger, uint32_t index, const uint8_t *target)
{
    struct id_key key = id_key_of(ledger->seed, target);
    struct id_walk walk = id_index_find(&ledger->targets, &key);
    uint32_t first = id_index_next(&walk);
    ledger->corrections = array_grown(ledger->corrections, ledger->correction_count,
                                      &ledger->correction_capacity, sizeof *ledger->corrections);
    uint32_t number = (uint32_t)ledger->correction_count++;
    struct correction *correction = &ledger->corrections[number];
    *correction = (struct correction){.assertion = index};
    memcpy(correction->target, target, EVENT_ID_SIZE);
    if (first == ID_INDEX_NONE) {
        id_index_add(&ledger->targets, &key, number);
    } else {
        correction->next = ledger->corrections[first].next;
        ledger->corrections[first].next = number + 1;
    }
    walk = id_index_find(&ledger->ids, &key);
    for (uint32_t at; (at = id_index_next(&walk)) != ID_INDEX_NONE;)
        assertion_at(ledger, at)->flags |= ASSERTION_TARGETED;
}

static void link_assertion(struct ledger *ledger, struct assertion *assertion, uint32_t number)
{
    uint32_t *first = &ledger->units[assertion->about].first;
    uint32_t *last = &ledger->units[assertion->about].last;
    if (assertion->subject != 0) {
        first = &ledger->subjects[assertion->subject - 1].first;
        last = &ledger->subjects[assertion->subject - 1].last;
    }
    if (*last != 0)
        assertion_at(ledger, *last - 1)->next = number;
    else
        *first = number;
    *last = number;
}

static void add_said(struct ledger *ledger, const struct assertion *assertion, uint32_t index)
{
    struct unit_entry *unit = &ledger->units[assertion->unit];
    unit->face.last_position = assertion->position;
    unit->face.last_recorded_ms = assertion->recorded_at_ms;
    unit->said =
        array_grown(unit->said, unit->said_count, &unit->said_capacity, sizeof *unit->said);
    unit->said[unit->said_count++] = index;
    if (unit->said_count % DIGEST_BLOCK != 0)
        return;
    unit->digests = array_grown(unit->digests, unit->digest_count, &unit->digest_capacity,
                                sizeof *unit->digests);
    unit->digests[unit->digest_count] = ledger_digest_of_said(ledger, unit, unit->said_count);
    unit->digest_count++;
}

/* It may change how other things are seen than those that it is said of. */
static bool is_rule(uint8_t kind)
{
    return kind == EVENT_CORRECTION || kind == EVENT_DEFINITION || kind == EVENT_EXCHANGE_RATE;
}

void ledger_add_assertion(struct ledger *ledger, const struct assertion *assertion,
                          const struct id_key *key, struct bytes kept)
{
    struct assertion *placed = new_assertion(ledger);
    uint32_t index = (uint32_t)ledger->assertion_count - 1;
    *placed = *assertion;
    placed->next = 0;
    placed->kept = byte_store_add(&ledger->kept, kept);
    link_assertion(ledger, placed, index + 1);
    add_said(ledger, placed, index);
    struct id_walk walk = id_index_find(&ledger->targets, key);
    if (id_index_next(&walk) != ID_INDEX_NONE)
        placed->flags |= ASSERTION_TARGETED;
    id_index_add(&ledger->ids, key, index);
    if (is_rule(assertion->kind))
        ledger->rules_position = assertion->position;
    if (assertion->kind != EVENT_CORRECTION)
        return;
    struct ledger_fact fact = {.event.envelope.kind = EVENT_CORRECTION};
    struct kept_wish wish = {assertion->recorded_at_ms, 0, NULL};
    size_t size = kept_read(kept, &wish, &ledger->texts, &fact);
    assert(size > 0);
    if (fact.event.correction.target.size == EVENT_ID_SIZE)
        add_correction(ledger, index, fact.event.correction.target.data);
}
