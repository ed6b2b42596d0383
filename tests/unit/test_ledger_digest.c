/* test_ledger_digest.c - the same facts make the same ledger, in whatever order the units' events
 * came; and a past evening's ledger is the one of that evening. */
#include "tests/unit/streams_scene.h"

enum { SEEDS = 12, EVENTS = 60, LONG_EVENTS = 700 };

static struct streams streams;

static void assert_same(struct hash left, struct hash right, uint64_t seed)
{
    if (!hash_equal(&left, &right))
        fail_msg("seed %lu", (unsigned long)seed);
}

static void any_interleaving_of_units_gives_the_same_facts_and_the_same_walks(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        streams_open(&streams, seed, EVENTS);
        struct streams_order order = {.seed = 1000 + seed}, other = {.seed = 2000 + seed};
        struct ledger *left = streams_fold(&streams, &order);
        struct ledger *right = streams_fold(&streams, &other);
        assert_same(streams_portrait(left, UINT64_MAX), streams_portrait(right, UINT64_MAX), seed);
        ledger_free(left);
        ledger_free(right);
        streams_close(&streams);
    }
}

static void what_is_said_again_changes_nothing_but_the_count(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        streams_open(&streams, seed, EVENTS);
        struct streams_order order = {.seed = seed}, once = {.seed = seed, .without_repeats = true};
        struct ledger *left = streams_fold(&streams, &order);
        struct ledger *right = streams_fold(&streams, &once);
        struct ledger_counts repeated, distinct;
        ledger_counts(left, UINT64_MAX, &repeated);
        ledger_counts(right, UINT64_MAX, &distinct);
        assert_true(repeated.duplicates > 0);
        assert_int_equal(distinct.duplicates, 0);
        assert_int_equal(repeated.events, distinct.events);
        assert_same(streams_portrait(left, UINT64_MAX), streams_portrait(right, UINT64_MAX), seed);
        ledger_free(left);
        ledger_free(right);
        streams_close(&streams);
    }
}

static void a_ledger_asked_as_of_a_position_is_the_ledger_of_that_evening(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        streams_open(&streams, seed, EVENTS);
        struct streams_order order = {.seed = seed};
        struct ledger *whole = streams_fold(&streams, &order);
        for (order.records = 1; order.records < (size_t)STREAM_UNITS * EVENTS;
             order.records += 23) {
            struct ledger *then = streams_fold(&streams, &order);
            assert_same(streams_portrait(whole, ledger_position(then)),
                        streams_portrait(then, UINT64_MAX), seed);
            ledger_free(then);
        }
        ledger_free(whole);
        streams_close(&streams);
    }
}

static void a_digest_names_the_facts_of_its_position_at_every_length(void **state)
{
    struct hash before = {0}, digest;
    (void)state;
    streams_open(&streams, 77, LONG_EVENTS); /* beyond a block of each unit */
    struct streams_order order = {.seed = 5, .without_repeats = true};
    struct ledger *ledger = streams_fold(&streams, &order);
    for (uint64_t position = 2; position <= ledger_position(ledger); position++) {
        ledger_facts_digest(ledger, position, &digest);
        assert_false(hash_equal(&before, &digest));
        before = digest;
    }
    struct hash middle, again;
    order.records = 2000;
    struct ledger *then = streams_fold(&streams, &order);
    ledger_facts_digest(ledger, ledger_position(then), &middle);
    ledger_facts_digest(then, UINT64_MAX, &again);
    assert_true(hash_equal(&middle, &again));
    ledger_free(then);
    ledger_free(ledger);
    streams_close(&streams);
}

static void every_event_id_is_in_the_digest(void **state)
{
    static const size_t indexes[] = {0, 1, 255, 256, 257, 511, 512, 599};
    struct hash before, after;
    (void)state;
    streams_open(&streams, 78, 600);
    struct stream *stream = &streams.units[1];
    struct streams_order order = {.seed = 5};
    for (size_t i = 0; i < stream->count; i++) /* all distinct, whatever they say */
        u32_put(stream->ids[i], (uint32_t)i);
    for (size_t i = 0; i <= ARRAY_LENGTH(indexes); i++) {
        if (i > 0)
            stream->ids[indexes[i - 1]][EVENT_ID_SIZE - 1] ^= 1;
        for (size_t n = 0; n < stream->count; n++)
            stream->events[n].envelope.event_id = bytes_of(stream->ids[n], EVENT_ID_SIZE);
        struct ledger *ledger = streams_fold(&streams, &order);
        ledger_facts_digest(ledger, UINT64_MAX, &after);
        ledger_free(ledger);
        assert_true(i == 0 || !hash_equal(&before, &after));
        before = after;
    }
    streams_close(&streams);
}

static void the_order_in_which_one_unit_speaks_is_part_of_the_facts(void **state)
{
    struct hash left, right;
    (void)state;
    streams_open(&streams, 3, 2);
    struct stream *stream = &streams.units[1];
    struct streams_order order = {.seed = 5};
    struct ledger *ledger = streams_fold(&streams, &order);
    ledger_facts_digest(ledger, UINT64_MAX, &left);
    ledger_free(ledger);
    struct event first = stream->events[0];
    stream->events[0] = stream->events[1];
    stream->events[1] = first;
    ledger = streams_fold(&streams, &order);
    ledger_facts_digest(ledger, UINT64_MAX, &right);
    ledger_free(ledger);
    assert_false(hash_equal(&left, &right));
    streams_close(&streams);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_interleaving_of_units_gives_the_same_facts_and_the_same_walks),
        cmocka_unit_test(what_is_said_again_changes_nothing_but_the_count),
        cmocka_unit_test(a_ledger_asked_as_of_a_position_is_the_ledger_of_that_evening),
        cmocka_unit_test(a_digest_names_the_facts_of_its_position_at_every_length),
        cmocka_unit_test(every_event_id_is_in_the_digest),
        cmocka_unit_test(the_order_in_which_one_unit_speaks_is_part_of_the_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
