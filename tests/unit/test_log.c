/* test_log.c - the broker's log, its unit rows and its head file. */
#include "store_scene.h"

#include <fcntl.h>

#include "store/log.h"

static struct store_options log_options(const struct scene *scene)
{
    struct store_options options = scene_options(scene);
    options.tables = log_tables;
    return options;
}

static struct bytes record_of(uint64_t position, char text[64])
{
    (void)snprintf(text, 64, "record %u of the city", (unsigned)position);
    return bytes_of_text(text);
}

static enum err append(struct store_txn *txn, uint64_t position)
{
    char text[64];
    struct bytes record = record_of(position, text);
    struct hash hash = hash_of(record);
    return log_append(txn, position, &record, &hash, 1);
}

static struct store *open_with_records(const struct scene *scene, uint64_t count)
{
    struct store_options options = log_options(scene);
    struct store *store = scene_open(&options);
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(store, &txn), OK);
    for (uint64_t position = 1; position <= count; position++)
        assert_int_equal(append(txn, position), OK);
    assert_int_equal(store_commit(txn), OK);
    return store;
}

static void an_empty_log_has_head_0(void **state)
{
    struct store *store = open_with_records(*state, 0);
    struct store_txn *txn = NULL;
    struct log_head head = {.position = 9};
    struct bytes row;
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(log_head(txn, &head), OK);
    assert_int_equal(head.position, 0);
    assert_true(hash_is_zero(&head.hash));
    assert_int_equal(log_row(txn, 1, &row), ERR_NOT_FOUND);
    store_txn_abort(txn);
    store_close(store);
}

static void a_record_comes_back_behind_its_hash(void **state)
{
    struct store *store = open_with_records(*state, 300);
    struct store_txn *txn = NULL;
    struct log_head head;
    struct bytes row;
    char text[64];
    struct bytes record = record_of(300, text);
    struct hash hash = hash_of(record);
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(log_head(txn, &head), OK);
    assert_int_equal(head.position, 300);
    assert_true(hash_equal(&head.hash, &hash));
    assert_int_equal(log_row(txn, 300, &row), OK);
    assert_true(bytes_equal(bytes_of(row.data, HASH_SIZE), hash_bytes(&hash)));
    assert_true(bytes_equal(bytes_of(row.data + HASH_SIZE, row.size - HASH_SIZE), record));
    store_txn_abort(txn);
    store_close(store);
}

static void a_position_that_is_not_the_next_is_refused(void **state)
{
    static const uint64_t wrong[] = {1, 3, 5, 1000};
    struct store *store = open_with_records(*state, 3);
    struct store_txn *txn = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        assert_int_equal(store_begin(store, &txn), OK);
        assert_int_equal(append(txn, wrong[i]), ERR_CORRUPT);
        store_txn_abort(txn);
    }
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(append(txn, 4), OK);
    assert_int_equal(append(txn, 5), OK);
    assert_int_equal(store_commit(txn), OK);
    store_close(store);
}

/* Rewrites a stored row behind the log's back. */
static void spoil(struct store *store, unsigned table, struct bytes key, size_t at)
{
    struct store_txn *txn = NULL;
    struct bytes found;
    uint8_t copy[512] = {0};
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(store_get(txn, table, key, &found), OK);
    assert_true(at < found.size && found.size <= sizeof(copy));
    memcpy(copy, found.data, found.size);
    copy[at] ^= 0x10;
    assert_int_equal(store_put(txn, table, key, bytes_of(copy, found.size)), OK);
    assert_int_equal(store_commit(txn), OK);
}

static void a_flipped_bit_is_found_by_every_way_of_reading(void **state)
{
    static const size_t places[] = {0, HASH_SIZE - 1, HASH_SIZE, HASH_SIZE + 10};
    struct store *store = open_with_records(*state, 5);
    struct store_txn *txn = NULL;
    struct log_reader reader = {0};
    struct log_head head;
    struct bytes row;
    uint8_t key[8];
    u64_put(key, 5);
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        spoil(store, LOG_LOG, bytes_of(key, sizeof(key)), places[i]);
        assert_int_equal(store_begin_read(store, &txn), OK);
        assert_int_equal(log_row(txn, 5, &row), ERR_CORRUPT);
        assert_int_equal(log_head(txn, &head), ERR_CORRUPT);
        assert_int_equal(log_reader_open(txn, 4, &reader), OK);
        assert_int_equal(log_read(&reader, HASH_GROUP, SIZE_MAX), OK);
        assert_int_equal(reader.count, 1);
        assert_int_equal(log_read(&reader, HASH_GROUP, SIZE_MAX), ERR_CORRUPT);
        log_reader_close(&reader);
        assert_int_equal(log_row(txn, 4, &row), OK);
        store_txn_abort(txn);
        spoil(store, LOG_LOG, bytes_of(key, sizeof(key)), places[i]); /* and back */
    }
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(log_row(txn, 5, &row), OK);
    store_txn_abort(txn);
    store_close(store);
}

static struct unit_row some_row(void)
{
    struct unit_row row = {
        .epoch = 3,
        .last_seq = UINT64_MAX - 1,
        .last_position = 1ULL << 40,
        .refused_count = 17,
        .last_contact_ms = 1700000000123,
        .clock_offset_ms = -86400000,
        .announced_seq = 99,
        .token = {.counter = 7},
        .token_before = {.counter = 6},
    };
    memset(row.chain.bytes, 0xc1, sizeof(row.chain.bytes));
    memset(row.token.random, 0xa7, sizeof(row.token.random));
    memset(row.token_before.random, 0xb6, sizeof(row.token_before.random));
    return row;
}

static bool rows_equal(const struct unit_row *left, const struct unit_row *right)
{
    return left->epoch == right->epoch && left->last_seq == right->last_seq &&
           left->last_position == right->last_position && hash_equal(&left->chain, &right->chain) &&
           left->token.counter == right->token.counter &&
           memcmp(left->token.random, right->token.random, LOG_TOKEN_SIZE) == 0 &&
           left->token_before.counter == right->token_before.counter &&
           memcmp(left->token_before.random, right->token_before.random, LOG_TOKEN_SIZE) == 0 &&
           left->refused_count == right->refused_count &&
           left->last_contact_ms == right->last_contact_ms &&
           left->clock_offset_ms == right->clock_offset_ms &&
           left->announced_seq == right->announced_seq;
}

static void a_unit_row_comes_back_in_every_field(void **state)
{
    struct store *store = open_with_records(*state, 0);
    struct store_txn *txn = NULL;
    struct unit_row row = some_row();
    struct unit_row found;
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(log_unit_get(txn, bytes_of_text("3415"), &found), ERR_NOT_FOUND);
    assert_int_equal(log_unit_put(txn, bytes_of_text("3415"), &row), OK);
    assert_int_equal(log_unit_get(txn, bytes_of_text("3415"), &found), OK);
    assert_true(rows_equal(&row, &found));
    assert_int_equal(log_unit_get(txn, bytes_of_text("341502"), &found), ERR_NOT_FOUND);
    store_txn_abort(txn);
    store_close(store);
}

/* The layout is what other versions of the program will read: version, epoch, seq, position, then
 * the chain. */
static void a_unit_rows_layout_is_the_table_in_log_c(void **state)
{
    static const uint8_t start[] = {1,    0,    0, 0, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xfe, 0, 0, 1, 0,    0,    0,    0,    0,    0xc1};
    struct store *store = open_with_records(*state, 0);
    struct store_txn *txn = NULL;
    struct unit_row row = some_row();
    struct bytes stored;
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(log_unit_put(txn, bytes_of_text("3415"), &row), OK);
    assert_int_equal(store_get(txn, LOG_UNITS, bytes_of_text("3415"), &stored), OK);
    assert_int_equal(stored.size, 173);
    assert_memory_equal(stored.data, start, sizeof(start));
    assert_int_equal(u64_get(stored.data + 53), 7);
    assert_int_equal(u64_get(stored.data + 93), 6);
    assert_int_equal((int64_t)u64_get(stored.data + 149), -86400000);
    assert_int_equal(u64_get(stored.data + 157), 99);
    store_txn_abort(txn);
    store_close(store);
}

static void a_rotten_unit_row_is_not_taken_for_a_county(void **state)
{
    struct store *store = open_with_records(*state, 0);
    struct store_txn *txn = NULL;
    struct unit_row row = some_row();
    struct unit_row found;
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(log_unit_put(txn, bytes_of_text("3415"), &row), OK);
    assert_int_equal(store_commit(txn), OK);
    for (size_t at = 0; at < 173; at += 4) {
        spoil(store, LOG_UNITS, bytes_of_text("3415"), at);
        assert_int_equal(store_begin(store, &txn), OK);
        assert_int_equal(log_unit_get(txn, bytes_of_text("3415"), &found), ERR_CORRUPT);
        assert_int_equal(log_unit_put(txn, bytes_of_text("3415"), &row), ERR_CORRUPT);
        store_txn_abort(txn);
        spoil(store, LOG_UNITS, bytes_of_text("3415"), at);
    }
    store_close(store);
}

static void a_unit_row_under_another_name_is_not_believed(void **state)
{
    struct store *store = open_with_records(*state, 0);
    struct store_txn *txn = NULL;
    struct unit_row row = some_row();
    struct bytes stored;
    uint8_t copy[173];
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(log_unit_put(txn, bytes_of_text("3415"), &row), OK);
    assert_int_equal(store_get(txn, LOG_UNITS, bytes_of_text("3415"), &stored), OK);
    memcpy(copy, stored.data, sizeof(copy));
    struct bytes other = bytes_of_text("3416");
    assert_int_equal(store_put(txn, LOG_UNITS, other, bytes_of(copy, sizeof(copy))), OK);
    assert_int_equal(log_unit_get(txn, other, &row), ERR_CORRUPT);
    store_txn_abort(txn);
    store_close(store);
}

static enum err collect(void *context, struct bytes unit, const struct unit_row *row)
{
    struct buffer *seen = context;
    buffer_add(seen, unit);
    buffer_add_format(seen, "/%u ", row->epoch);
    return seen->size < 20 ? OK : ERR_LIMIT;
}

static void all_units_are_visited_until_the_visitor_stops(void **state)
{
    CLEANUP(buffer_release) struct buffer seen = {0};
    struct store *store = open_with_records(*state, 0);
    struct store_txn *txn = NULL;
    struct unit_row row = {.epoch = 1};
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(log_units(txn, collect, &seen), OK);
    assert_int_equal(seen.size, 0);
    assert_int_equal(log_unit_put(txn, bytes_of_text("341502"), &row), OK);
    row.epoch = 2;
    assert_int_equal(log_unit_put(txn, bytes_of_text("3415"), &row), OK);
    assert_int_equal(log_units(txn, collect, &seen), OK);
    assert_true(bytes_equal_text(buffer_bytes(&seen), "3415/2 341502/1 "));
    assert_int_equal(log_units(txn, collect, &seen), ERR_LIMIT);
    store_txn_abort(txn);
    store_close(store);
}

static void signatures_and_marks_append_and_meta_is_by_name(void **state)
{
    struct store *store = open_with_records(*state, 0);
    struct store_txn *txn = NULL;
    struct bytes found;
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(log_signature_append(txn, 7, bytes_of_text("signed")), OK);
    assert_int_equal(log_mark_append(txn, 8), OK);
    assert_int_equal(log_mark_append(txn, 9), OK);
    assert_int_equal(log_meta_get(txn, "log_id", &found), ERR_NOT_FOUND);
    assert_int_equal(log_meta_put(txn, "log_id", bytes_of_text("x")), OK);
    assert_int_equal(log_meta_put(txn, "log_id", bytes_of_text("y")), OK);
    assert_int_equal(log_meta_get(txn, "log_id", &found), OK);
    assert_true(bytes_equal_text(found, "y"));
    assert_int_equal(store_get(txn, LOG_META, bytes_of_text("log_id"), &found), OK);
    uint8_t rotten[9];
    assert_int_equal(found.size, sizeof(rotten));
    memcpy(rotten, found.data, sizeof(rotten));
    rotten[0] ^= 1;
    struct bytes row = bytes_of(rotten, sizeof(rotten));
    assert_int_equal(store_put(txn, LOG_META, bytes_of_text("log_id"), row), OK);
    assert_int_equal(log_meta_get(txn, "log_id", &found), ERR_CORRUPT);
    uint8_t key[8];
    u64_put(key, 9);
    assert_int_equal(store_get(txn, LOG_MARKS, bytes_of(key, sizeof(key)), &found), OK);
    assert_int_equal(found.size, 0);
    assert_int_equal(log_mark_append(txn, 9), ERR_CORRUPT);
    store_txn_abort(txn);
    store_close(store);
}

static void the_head_file_comes_back_and_is_replaced(void **state)
{
    const struct scene *scene = *state;
    struct log_head head = {.position = 41};
    struct log_head found;
    assert_int_equal(log_head_file_read(scene->root, &found), ERR_NOT_FOUND);
    for (; head.position < 44; head.position++) {
        memset(head.hash.bytes, (int)head.position, HASH_SIZE);
        assert_int_equal(log_head_file_write(scene->root, &head), OK);
        assert_int_equal(log_head_file_read(scene->root, &found), OK);
        assert_int_equal(found.position, head.position);
        assert_true(hash_equal(&found.hash, &head.hash));
    }
    assert_int_equal(log_head_file_write("/nowhere/at/all", &head), ERR_NOT_FOUND);
}

static void a_torn_head_file_is_not_believed(void **state)
{
    const struct scene *scene = *state;
    struct log_head head = {.position = 41};
    struct log_head found = {.position = 5};
    char path[128];
    uint8_t byte;
    (void)snprintf(path, sizeof(path), "%s/head", scene->root);
    assert_int_equal(log_head_file_write(scene->root, &head), OK);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    for (off_t at = 0; at < 80; at++) {
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        assert_int_equal(log_head_file_read(scene->root, &found), ERR_CORRUPT);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    assert_int_equal(ftruncate(fd, 81), 0);
    assert_int_equal(log_head_file_read(scene->root, &found), ERR_CORRUPT);
    for (off_t size = 79; size >= 0; size--) {
        assert_int_equal(ftruncate(fd, size), 0);
        assert_int_equal(log_head_file_read(scene->root, &found), ERR_CORRUPT);
    }
    close(fd);
    assert_int_equal(found.position, 5);
    assert_int_equal(log_head_file_write(scene->root, &head), OK);
    assert_int_equal(log_head_file_read(scene->root, &found), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(an_empty_log_has_head_0),
        SCENE_TEST(a_record_comes_back_behind_its_hash),
        SCENE_TEST(a_position_that_is_not_the_next_is_refused),
        SCENE_TEST(a_flipped_bit_is_found_by_every_way_of_reading),
        SCENE_TEST(a_unit_row_comes_back_in_every_field),
        SCENE_TEST(a_unit_rows_layout_is_the_table_in_log_c),
        SCENE_TEST(a_rotten_unit_row_is_not_taken_for_a_county),
        SCENE_TEST(a_unit_row_under_another_name_is_not_believed),
        SCENE_TEST(all_units_are_visited_until_the_visitor_stops),
        SCENE_TEST(signatures_and_marks_append_and_meta_is_by_name),
        SCENE_TEST(the_head_file_comes_back_and_is_replaced),
        SCENE_TEST(a_torn_head_file_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
