/* test_log_index.c - from (unit, epoch, seq) to positions. */
#include "store_scene.h"

#include "base/random.h"
#include "store/log.h"

static struct store *open_log(const struct scene *scene)
{
    struct store_options options = scene_options(scene);
    options.tables = log_tables;
    return scene_open(&options);
}

static void put_run(struct store_txn *txn, const char *unit, uint32_t epoch, uint64_t first_seq,
                    uint64_t first_position)
{
    assert_int_equal(log_run_put(txn, bytes_of_text(unit), epoch, first_seq, first_position), OK);
}

static void put_unit(struct store_txn *txn, const char *unit, uint32_t epoch, uint64_t last_seq)
{
    struct unit_row row = {.epoch = epoch, .last_seq = last_seq};
    assert_int_equal(log_unit_put(txn, bytes_of_text(unit), &row), OK);
}

/* 0: ERR_NOT_FOUND */
static uint64_t find(struct store_txn *txn, const char *unit, uint32_t epoch, uint64_t seq)
{
    uint64_t position = 0;
    enum err err = log_find(txn, bytes_of_text(unit), epoch, seq, &position);
    assert_true(err == OK || (err == ERR_NOT_FOUND && position == 0));
    return position;
}

static void a_seq_is_found_within_its_run(void **state)
{
    struct store *store = open_log(*state);
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(store, &txn), OK);
    put_run(txn, "341502", 1, 1, 100);
    put_run(txn, "341502", 1, 4, 500);
    put_unit(txn, "341502", 1, 9);
    assert_int_equal(find(txn, "341502", 1, 1), 100);
    assert_int_equal(find(txn, "341502", 1, 3), 102);
    assert_int_equal(find(txn, "341502", 1, 4), 500);
    assert_int_equal(find(txn, "341502", 1, 9), 505);
    assert_int_equal(find(txn, "341502", 1, 10), 0);
    assert_int_equal(find(txn, "341502", 1, 0), 0);
    assert_int_equal(find(txn, "341502", 2, 1), 0);
    assert_int_equal(find(txn, "341502", 0, 1), 0);
    store_txn_abort(txn);
    store_close(store);
}

static void a_run_is_keyed_by_unit_zero_epoch_and_seq(void **state)
{
    static const uint8_t key[] = "3415\0\x00\x00\x01\x02\0\0\0\0\0\0\x03\x04";
    static const uint8_t value[] = {0, 0, 0, 0, 0, 0, 5, 6};
    struct store *store = open_log(*state);
    struct store_txn *txn = NULL;
    struct bytes found;
    assert_int_equal(store_begin(store, &txn), OK);
    put_run(txn, "3415", 0x0102, 0x0304, 0x0506);
    assert_int_equal(store_get(txn, LOG_RUNS, bytes_of(key, sizeof(key) - 1), &found), OK);
    assert_true(bytes_equal(found, bytes_of(value, sizeof(value))));
    store_txn_abort(txn);
    store_close(store);
}

static void names_that_begin_alike_do_not_mix(void **state)
{
    static const char *const units[] = {"34", "3415", "3415-zsj", "341502", "341502-a", "341503"};
    struct store *store = open_log(*state);
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(store, &txn), OK);
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        put_unit(txn, units[i], 1, 50);
        if (i % 2 == 0) /* every other one has said nothing that a run tells of */
            put_run(txn, units[i], 1, 10, 1000 * (i + 1));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        assert_int_equal(find(txn, units[i], 1, 20), i % 2 == 0 ? 1000 * (i + 1) + 10 : 0);
        assert_int_equal(find(txn, units[i], 1, 9), 0);
    }
    assert_int_equal(find(txn, "3416", 1, 20), 0);
    store_txn_abort(txn);
    store_close(store);
}

static void an_epoch_ends_where_its_unit_row_ended(void **state)
{
    struct store *store = open_log(*state);
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(store, &txn), OK);
    put_run(txn, "341502", 1, 1, 100);
    put_unit(txn, "341502", 1, 5);
    put_unit(txn, "341502", 2, 0); /* enrolled anew */
    assert_int_equal(find(txn, "341502", 2, 1), 0);
    put_run(txn, "341502", 2, 1, 900);
    put_unit(txn, "341502", 2, 3);
    assert_int_equal(find(txn, "341502", 1, 5), 104);
    assert_int_equal(find(txn, "341502", 1, 6), 0);
    assert_int_equal(find(txn, "341502", 1, 1000), 0);
    assert_int_equal(find(txn, "341502", 2, 3), 902);
    assert_int_equal(find(txn, "341502", 2, 4), 0);
    assert_int_equal(find(txn, "341502", 3, 1), 0);
    store_txn_abort(txn);
    store_close(store);
}

static void every_seq_of_a_random_history_is_found(void **state)
{
    enum { UNITS = 4, EPOCHS = 3, SEQS = 200 };
    static const char *const units[UNITS] = {"3415", "341502", "341502-x", "341503"};
    static uint64_t positions[UNITS][EPOCHS + 1][SEQS + 1];
    uint64_t last[UNITS] = {0};
    uint32_t epochs[UNITS] = {1, 1, 1, 1};
    struct store *store = open_log(*state);
    struct store_txn *txn = NULL;
    struct random random;
    uint64_t position = 0;
    random_init(&random, 3);
    assert_int_equal(store_begin(store, &txn), OK);
    for (int commit = 0; commit < 300; commit++) {
        size_t unit = random_below(&random, UNITS);
        uint64_t count = 1 + random_below(&random, 9);
        if (epochs[unit] < EPOCHS && random_chance(&random, 3)) {
            epochs[unit]++;
            last[unit] = 0;
        } else if (last[unit] + count <= SEQS) {
            put_run(txn, units[unit], epochs[unit], last[unit] + 1, position + 1);
            while (count-- > 0)
                positions[unit][epochs[unit]][++last[unit]] = ++position;
        }
        put_unit(txn, units[unit], epochs[unit], last[unit]);
    }
    for (size_t unit = 0; unit < UNITS; unit++)
        for (uint32_t epoch = 0; epoch <= EPOCHS; epoch++)
            for (uint64_t seq = 0; seq <= SEQS; seq++)
                assert_int_equal(find(txn, units[unit], epoch, seq), positions[unit][epoch][seq]);
    assert_true(position > 500);
    store_txn_abort(txn);
    store_close(store);
}

static void the_next_refusal_is_of_the_same_unit_and_epoch(void **state)
{
    struct store *store = open_log(*state);
    struct store_txn *txn = NULL;
    struct bytes unit = bytes_of_text("3415");
    uint64_t seq = 0;
    uint64_t position = 0;
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(log_refusal_next(txn, unit, 1, 1, &seq, &position), ERR_NOT_FOUND);
    assert_int_equal(log_refusal_put(txn, unit, 1, 4, 40), OK);
    assert_int_equal(log_refusal_put(txn, unit, 1, 9, 90), OK);
    assert_int_equal(log_refusal_put(txn, unit, 2, 1, 200), OK);
    assert_int_equal(log_refusal_put(txn, bytes_of_text("341502"), 1, 2, 20), OK);
    assert_int_equal(log_refusal_next(txn, unit, 1, 1, &seq, &position), OK);
    assert_int_equal(seq, 4);
    assert_int_equal(position, 40);
    assert_int_equal(log_refusal_next(txn, unit, 1, 4, &seq, &position), OK);
    assert_int_equal(seq, 4);
    assert_int_equal(log_refusal_next(txn, unit, 1, 5, &seq, &position), OK);
    assert_int_equal(seq, 9);
    assert_int_equal(log_refusal_next(txn, unit, 1, 10, &seq, &position), ERR_NOT_FOUND);
    assert_int_equal(log_refusal_next(txn, unit, 2, 1, &seq, &position), OK);
    assert_int_equal(position, 200);
    assert_int_equal(log_refusal_next(txn, unit, 2, 2, &seq, &position), ERR_NOT_FOUND);
    store_txn_abort(txn);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_seq_is_found_within_its_run),
        SCENE_TEST(a_run_is_keyed_by_unit_zero_epoch_and_seq),
        SCENE_TEST(names_that_begin_alike_do_not_mix),
        SCENE_TEST(an_epoch_ends_where_its_unit_row_ended),
        SCENE_TEST(every_seq_of_a_random_history_is_found),
        SCENE_TEST(the_next_refusal_is_of_the_same_unit_and_epoch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
