/* test_ledger_snapshot.c - a ledger saved and loaded is the same ledger; bytes that are none are
 * refused, whatever is wrong with them. */
#include "tests/unit/streams_scene.h"

#include "ledger/fold/ledger.h"
#include "tests/unit/ledger_scene.h"

enum { SEEDS = 6, EVENTS = 100, OTHER_SEED = 99 };

static struct streams streams;

static struct ledger *loaded(const struct buffer *snapshot)
{
    struct ledger *ledger = NULL;
    assert_int_equal(ledger_load(buffer_bytes(snapshot), OTHER_SEED, &ledger), OK);
    return ledger;
}

static void a_ledger_saved_and_loaded_is_the_same_at_every_position(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        CLEANUP(buffer_release) struct buffer snapshot = {0}, again = {0};
        streams_open(&streams, seed, EVENTS);
        struct streams_order order = {.seed = seed};
        struct ledger *ledger = streams_fold(&streams, &order);
        ledger_save(ledger, &snapshot);
        struct ledger *copy = loaded(&snapshot);
        for (uint64_t position = 1; position <= ledger_position(ledger); position += 37) {
            struct hash left = streams_portrait(ledger, position);
            struct hash right = streams_portrait(copy, position);
            assert_true(hash_equal(&left, &right));
        }
        ledger_save(copy, &again);
        assert_true(bytes_equal(buffer_bytes(&snapshot), buffer_bytes(&again)));
        ledger_free(copy);
        ledger_free(ledger);
        streams_close(&streams);
    }
}

static void a_loaded_ledger_goes_on_where_the_saved_one_stood(void **state)
{
    struct ledger_scene scene;
    CLEANUP(buffer_release) struct buffer snapshot = {0}, again = {0}, straight = {0};
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_rename(&scene, "341502", "金安新区", "2020-06-01");
    uint64_t said = ledger_scene_project(&scene, "341502/1", 5, "2022-01-05");
    (void)ledger_scene_record(&scene, "341502", RECORD_REFUSAL);
    (void)ledger_scene_project(&scene, "341502/1", 5, "2022-01-05");
    ledger_save(scene.ledger, &snapshot);
    struct ledger *kept = scene.ledger;
    struct ledger_scene first = scene;
    (void)ledger_scene_withdraw(&first, "341502", said);
    ledger_save(kept, &straight);
    scene.ledger = loaded(&snapshot);
    uint64_t taken_back = ledger_scene_withdraw(&scene, "341502", said);
    ledger_save(scene.ledger, &again);
    assert_true(bytes_equal(buffer_bytes(&straight), buffer_bytes(&again)));
    const struct assertion *target = ledger_find_event(scene.ledger, scene.ids[said]);
    assert_int_equal(ledger_correction_of(scene.ledger, target, UINT64_MAX)->position, taken_back);
    assert_int_equal(ledger_next_repeat(scene.ledger, target, 0), said + 2);
    struct bytes name = ledger_unit_name(scene.ledger, ledger_scene_unit(&scene, "341502"),
                                         scene_day("2021-01-01"), UINT64_MAX);
    assert_true(bytes_equal_text(name, "金安新区"));
    assert_true(ledger_unit_is_city(scene.ledger, ledger_scene_unit(&scene, "3415"), 1));
    ledger_free(kept);
    ledger_scene_close(&scene);
}

static void an_empty_ledger_is_saved_too(void **state)
{
    CLEANUP(buffer_release) struct buffer snapshot = {0};
    (void)state;
    struct ledger *ledger = ledger_new(1);
    ledger_save(ledger, &snapshot);
    struct ledger *copy = loaded(&snapshot);
    assert_int_equal(ledger_position(copy), 0);
    ledger_free(copy);
    ledger_free(ledger);
}

static void every_flipped_bit_and_every_cut_is_refused(void **state)
{
    CLEANUP(buffer_release) struct buffer snapshot = {0};
    struct ledger_scene scene;
    struct ledger *ledger = NULL;
    (void)state;
    ledger_scene_open(&scene);
    (void)ledger_scene_project(&scene, "341502/1", 5, "2022-01-05");
    ledger_save(scene.ledger, &snapshot);
    for (size_t at = 0; at < snapshot.size; at++) {
        snapshot.data[at] ^= (uint8_t)(1 << at % 8);
        assert_int_equal(ledger_load(buffer_bytes(&snapshot), 1, &ledger), ERR_MALFORMED);
        snapshot.data[at] ^= (uint8_t)(1 << at % 8);
        assert_int_equal(ledger_load(bytes_of(snapshot.data, at), 1, &ledger), ERR_MALFORMED);
    }
    buffer_add_text(&snapshot, "x");
    assert_int_equal(ledger_load(buffer_bytes(&snapshot), 1, &ledger), ERR_MALFORMED);
    assert_null(ledger);
    ledger_scene_close(&scene);
}

/* With the right sum behind it, as somebody would write it who wants to do harm. */
static void reseal(struct buffer *snapshot)
{
    struct bytes body = bytes_of(snapshot->data, snapshot->size - HASH_SIZE);
    assert_true(body.size <= 64 << 10); /* one part */
    struct hash part = hash_of(body);
    struct hash sum = hash_of(hash_bytes(&part));
    memcpy(snapshot->data + body.size, sum.bytes, HASH_SIZE);
}

static void a_snapshot_of_another_schema_or_version_is_refused(void **state)
{
    static const size_t places[] = {24, 26, 57}; /* version; the schema's digest */
    CLEANUP(buffer_release) struct buffer snapshot = {0};
    struct ledger *ledger = ledger_new(1);
    (void)state;
    ledger_save(ledger, &snapshot);
    ledger_free(ledger);
    ledger = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        snapshot.data[places[i]] ^= 1;
        reseal(&snapshot);
        assert_int_equal(ledger_load(buffer_bytes(&snapshot), 1, &ledger), ERR_MALFORMED);
        snapshot.data[places[i]] ^= 1;
    }
    reseal(&snapshot);
    ledger_free(loaded(&snapshot));
}

static void a_forged_snapshot_is_refused_or_is_a_ledger(void **state)
{
    CLEANUP(buffer_release) struct buffer snapshot = {0};
    struct random random;
    size_t refused = 0;
    (void)state;
    streams_open(&streams, 8, 20);
    struct streams_order order = {.seed = 8};
    struct ledger *ledger = streams_fold(&streams, &order);
    ledger_save(ledger, &snapshot);
    ledger_free(ledger);
    random_init(&random, 31);
    for (int round = 0; round < 3000; round++) {
        size_t at = 58 + random_below(&random, snapshot.size - HASH_SIZE - 58);
        uint8_t before = snapshot.data[at];
        snapshot.data[at] = (uint8_t)random_next(&random);
        reseal(&snapshot);
        ledger = NULL;
        enum err err = ledger_load(buffer_bytes(&snapshot), 1, &ledger);
        if (err == OK)
            (void)streams_portrait(ledger, UINT64_MAX);
        else
            assert_int_equal(err, ERR_MALFORMED);
        refused += err != OK;
        ledger_free(ledger);
        snapshot.data[at] = before;
    }
    assert_in_range(refused, 100, 2900);
    reseal(&snapshot);
    ledger_free(loaded(&snapshot));
    streams_close(&streams);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ledger_saved_and_loaded_is_the_same_at_every_position),
        cmocka_unit_test(a_loaded_ledger_goes_on_where_the_saved_one_stood),
        cmocka_unit_test(an_empty_ledger_is_saved_too),
        cmocka_unit_test(every_flipped_bit_and_every_cut_is_refused),
        cmocka_unit_test(a_snapshot_of_another_schema_or_version_is_refused),
        cmocka_unit_test(a_forged_snapshot_is_refused_or_is_a_ledger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
