/*
 * fuzz_snapshot.c - any bytes between a snapshot's head and its sum, both as they should be: it is
 * refused, or it is a ledger that answers everything and is saved and loaded as the same.
 */
#include <assert.h>

#include "ledger/fold/assertions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD_SIZE = 26 + HASH_SIZE, PART_SIZE = 64 << 10, ARENA_LIMIT = 8 << 20 };

static void seal(struct bytes body, struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer sums = {0};
    struct ledger *empty = ledger_new(1);
    ledger_save(empty, out);
    ledger_free(empty);
    out->size = HEAD_SIZE;
    buffer_add(out, body);
    for (size_t at = 0; at < out->size; at += PART_SIZE) {
        size_t left = out->size - at;
        struct hash part = hash_of(bytes_of(out->data + at, left < PART_SIZE ? left : PART_SIZE));
        buffer_add(&sums, hash_bytes(&part));
    }
    struct hash sum = hash_of(buffer_bytes(&sums));
    buffer_add(out, hash_bytes(&sum));
}

static void ask_walk(const struct ledger *ledger, struct ledger_walk walk, struct arena *arena)
{
    const struct assertion *said;
    while ((said = ledger_next(&walk))) {
        struct ledger_fact fact;
        arena_reset(arena);
        ledger_read(ledger, said, arena, &fact);
        assert(ledger_find_event(ledger, said->event_id));
        (void)ledger_next_repeat(ledger, said, 0);
    }
}

static void ask_everything(const struct ledger *ledger)
{
    CLEANUP(arena_release) struct arena arena;
    struct ledger_counts counts;
    struct hash digest;
    arena_init(&arena, ARENA_LIMIT);
    uint64_t middle = ledger_position(ledger) / 2;
    ledger_counts(ledger, middle, &counts);
    ledger_facts_digest(ledger, middle, &digest);
    (void)ledger_position_at(ledger, ledger_recorded_at_ms(ledger, middle));
    for (size_t i = 0; i < ledger_subject_count(ledger); i++)
        ask_walk(ledger, ledger_walk_subject(ledger, i, UINT64_MAX), &arena);
    for (size_t i = 0; i < ledger_unit_count(ledger); i++) {
        ask_walk(ledger, ledger_walk_unit(ledger, i, middle), &arena);
        (void)ledger_unit_name(ledger, i, 19000, middle);
        (void)ledger_unit_complete_to_ms(ledger, i, middle);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(buffer_release) struct buffer snapshot = {0};
    CLEANUP(buffer_release) struct buffer first = {0};
    CLEANUP(buffer_release) struct buffer second = {0};
    struct ledger *ledger = NULL, *again = NULL;
    enum err err = ledger_load(bytes_of(data, size), 1, &ledger);
    assert(err == ERR_MALFORMED); /* nobody's sum fits by chance */
    seal(bytes_of(data, size), &snapshot);
    if (ledger_load(buffer_bytes(&snapshot), 1, &ledger) != OK)
        return 0;
    ask_everything(ledger);
    ledger_save(ledger, &first);
    err = ledger_load(buffer_bytes(&first), 2, &again);
    assert(err == OK);
    ledger_save(again, &second);
    assert(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    ledger_free(ledger);
    ledger_free(again);
    return 0;
}
