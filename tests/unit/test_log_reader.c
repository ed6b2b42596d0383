/* test_log_reader.c - the walk over the log: groups, and what is said of a bad row in one. */
#include "store_scene.h"

#include "store/log.h"

enum { RECORDS = 2 * HASH_GROUP + 22, ROW_SIZE = HASH_SIZE + 40 };

static struct bytes record_of(uint64_t position, char text[64])
{
    (void)snprintf(text, 64, "record %33u", (unsigned)position);
    return bytes_of_text(text);
}

static struct store *open_with_records(const struct scene *scene, uint64_t count)
{
    struct store_options options = scene_options(scene);
    options.tables = log_tables;
    struct store *store = scene_open(&options);
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(store, &txn), OK);
    for (uint64_t position = 1; position <= count; position++) {
        char text[64];
        struct bytes record = record_of(position, text);
        struct hash hash = hash_of(record);
        assert_int_equal(record.size, ROW_SIZE - HASH_SIZE);
        assert_int_equal(log_append(txn, position, &record, &hash, 1), OK);
    }
    assert_int_equal(store_commit(txn), OK);
    return store;
}

static void expect_rows(const struct log_reader *reader, uint64_t first, size_t count)
{
    assert_int_equal(reader->position, first);
    assert_int_equal(reader->count, count);
    for (size_t i = 0; i < count; i++) {
        char text[64];
        struct bytes row = reader->rows[i];
        struct bytes record = record_of(first + i, text);
        struct hash hash = hash_of(record);
        assert_memory_equal(row.data, hash.bytes, HASH_SIZE);
        assert_true(bytes_equal(bytes_of(row.data + HASH_SIZE, row.size - HASH_SIZE), record));
    }
}

static void a_walk_hands_out_every_row_in_groups_from_where_it_was_put(void **state)
{
    struct store *store = open_with_records(*state, RECORDS);
    struct store_txn *txn = NULL;
    struct log_reader reader = {0};
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(log_reader_open(txn, 17, &reader), OK);
    assert_int_equal(log_read(&reader, UINT64_MAX, SIZE_MAX), OK);
    expect_rows(&reader, 17, HASH_GROUP);
    assert_int_equal(log_read(&reader, 1, SIZE_MAX), OK);
    expect_rows(&reader, 17 + HASH_GROUP, 1);
    assert_int_equal(log_read(&reader, UINT64_MAX, SIZE_MAX), OK);
    expect_rows(&reader, 18 + HASH_GROUP, HASH_GROUP);
    assert_int_equal(log_read(&reader, UINT64_MAX, SIZE_MAX), OK);
    expect_rows(&reader, 18 + 2 * HASH_GROUP, RECORDS - 17 - 2 * HASH_GROUP);
    assert_int_equal(log_read(&reader, UINT64_MAX, SIZE_MAX), ERR_NOT_FOUND);
    assert_int_equal(reader.position, RECORDS + 1);
    log_reader_close(&reader);
    store_txn_abort(txn);
    store_close(store);
}

static void a_group_ends_at_the_bytes_asked_for_and_the_next_goes_on_there(void **state)
{
    struct store *store = open_with_records(*state, 9);
    struct store_txn *txn = NULL;
    struct log_reader reader = {0};
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(log_reader_open(txn, 1, &reader), OK);
    assert_int_equal(log_read(&reader, HASH_GROUP, 3UL * ROW_SIZE), OK);
    expect_rows(&reader, 1, 3);
    assert_int_equal(log_read(&reader, HASH_GROUP, 5 * ROW_SIZE - 1), OK);
    expect_rows(&reader, 4, 4);
    assert_int_equal(log_read(&reader, HASH_GROUP, 0), OK); /* one always, or it would stand */
    expect_rows(&reader, 8, 1);
    assert_int_equal(log_read(&reader, HASH_GROUP, SIZE_MAX), OK);
    expect_rows(&reader, 9, 1);
    assert_int_equal(log_read(&reader, HASH_GROUP, SIZE_MAX), ERR_NOT_FOUND);
    log_reader_close(&reader);
    store_txn_abort(txn);
    store_close(store);
}

static void behind_the_last_row_there_is_nothing(void **state)
{
    static const uint64_t froms[] = {1, 2, 900};
    struct store *store = open_with_records(*state, 0);
    struct store_txn *txn = NULL;
    struct log_reader reader = {0};
    log_reader_close(&reader); /* never opened: harmless */
    assert_int_equal(store_begin_read(store, &txn), OK);
    for (size_t i = 0; i < ARRAY_LENGTH(froms); i++) {
        assert_int_equal(log_reader_open(txn, froms[i], &reader), OK);
        assert_int_equal(log_read(&reader, HASH_GROUP, SIZE_MAX), ERR_NOT_FOUND);
        assert_int_equal(log_read(&reader, HASH_GROUP, SIZE_MAX), ERR_NOT_FOUND);
        assert_int_equal(reader.count, 0);
        assert_int_equal(reader.position, froms[i]);
        log_reader_close(&reader);
    }
    store_txn_abort(txn);
    store_close(store);
}

/* Everything before the bad position comes, in one group or over several; then it is named, and
 * again when asked again. */
static void expect_failure_at(struct store_txn *txn, uint64_t bad, uint64_t count_max)
{
    struct log_reader reader = {0};
    uint64_t next = 1;
    enum err err;
    assert_int_equal(log_reader_open(txn, 1, &reader), OK);
    while ((err = log_read(&reader, count_max, SIZE_MAX)) == OK) {
        expect_rows(&reader, next, reader.count);
        next += reader.count;
    }
    assert_int_equal(next, bad);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(err, ERR_CORRUPT);
        assert_int_equal(reader.position, bad);
        assert_int_equal(reader.count, 0);
        err = log_read(&reader, count_max, SIZE_MAX);
    }
    log_reader_close(&reader);
}

static const uint64_t bad_positions[] = {
    1,          2, HASH_GROUP - 1, HASH_GROUP, HASH_GROUP + 1, HASH_GROUP + 40, 2UL * HASH_GROUP,
    RECORDS - 1};

static void what_is_before_a_damaged_row_comes_and_its_position_is_named(void **state)
{
    static const size_t places[] = {0, HASH_SIZE - 1, HASH_SIZE, ROW_SIZE - 1};
    struct store *store = open_with_records(*state, RECORDS);
    for (size_t i = 0; i < ARRAY_LENGTH(bad_positions); i++) {
        struct store_txn *txn = NULL;
        struct bytes row;
        uint8_t key[8], copy[ROW_SIZE];
        u64_put(key, bad_positions[i]);
        assert_int_equal(store_begin(store, &txn), OK);
        assert_int_equal(store_get(txn, LOG_LOG, bytes_of(key, 8), &row), OK);
        memcpy(copy, row.data, ROW_SIZE);
        copy[places[i % ARRAY_LENGTH(places)]] ^= 0x10;
        assert_int_equal(store_put(txn, LOG_LOG, bytes_of(key, 8), bytes_of(copy, ROW_SIZE)), OK);
        expect_failure_at(txn, bad_positions[i], HASH_GROUP);
        expect_failure_at(txn, bad_positions[i], 7);
        expect_failure_at(txn, bad_positions[i], 1);
        store_txn_abort(txn);
    }
    store_close(store);
}

static void what_is_before_a_missing_row_comes_and_its_position_is_named(void **state)
{
    struct store *store = open_with_records(*state, RECORDS);
    for (size_t i = 0; i < ARRAY_LENGTH(bad_positions); i++) {
        struct store_txn *txn = NULL;
        uint8_t key[8];
        u64_put(key, bad_positions[i]);
        assert_int_equal(store_begin(store, &txn), OK);
        assert_int_equal(store_remove(txn, LOG_LOG, bytes_of(key, 8)), OK);
        expect_failure_at(txn, bad_positions[i], HASH_GROUP);
        expect_failure_at(txn, bad_positions[i], 1);
        store_txn_abort(txn);
    }
    store_close(store);
}

static void a_row_without_room_for_a_hash_is_damaged(void **state)
{
    struct store *store = open_with_records(*state, 5);
    struct store_txn *txn = NULL;
    uint8_t key[8], row[HASH_SIZE - 1] = {0};
    u64_put(key, 3);
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(store_put(txn, LOG_LOG, bytes_of(key, 8), bytes_of(row, sizeof row)), OK);
    expect_failure_at(txn, 3, HASH_GROUP);
    store_txn_abort(txn);
    store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_walk_hands_out_every_row_in_groups_from_where_it_was_put),
        TEST(a_group_ends_at_the_bytes_asked_for_and_the_next_goes_on_there),
        TEST(behind_the_last_row_there_is_nothing),
        TEST(what_is_before_a_damaged_row_comes_and_its_position_is_named),
        TEST(what_is_before_a_missing_row_comes_and_its_position_is_named),
        TEST(a_row_without_room_for_a_hash_is_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
