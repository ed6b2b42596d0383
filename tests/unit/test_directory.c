/* test_directory.c - reading a broker's directory: range, filter, signatures beside their records.
 */
#include "tests/unit/audit_scene.h"

#include "audit/directory.h"

struct seen {
    uint64_t positions[CITY_RECORDS_MAX];
    size_t count;
    uint64_t signatures, scanned_to;
};

static enum err on_record(void *context, const struct record *record, const struct hash *hash)
{
    struct seen *seen = context;
    assert_false(hash_is_zero(hash));
    seen->positions[seen->count++] = record->position;
    return OK;
}

static enum err on_signature(void *context, const struct push_signature *signature)
{
    struct seen *seen = context;
    /* Behind its record; a record that the filter leaves out has its signature all the same. */
    assert_true(seen->count == 0 || signature->position >= seen->positions[seen->count - 1]);
    seen->signatures++;
    return OK;
}

static enum err on_turn(void *context, uint64_t scanned_to)
{
    struct seen *seen = context;
    seen->scanned_to = scanned_to;
    return OK;
}

static enum err read_city(struct city *city, const struct reading *reading, struct seen *seen,
                          struct problem *problem)
{
    CLEANUP(store_close) struct store *store = NULL;
    struct reading_sink sink = {seen, on_record, on_signature, on_turn};
    *seen = (struct seen){0};
    *problem = (struct problem){0};
    if (!*city->root)
        city_store(city);
    enum err err = directory_open(city->root, &store, problem);
    return err == OK ? directory_read(store, reading, &sink, problem) : err;
}

static void a_range_is_read_with_its_ends(void **state)
{
    struct city city;
    struct seen seen = {0};
    struct problem problem;
    (void)state;
    city_live(&city);
    struct reading reading = {.from = 4, .to = 8, .filter.all_records = true};
    assert_int_equal(read_city(&city, &reading, &seen, &problem), OK);
    assert_int_equal(seen.count, 5);
    assert_int_equal(seen.positions[0], 4);
    assert_int_equal(seen.positions[4], 8);
    assert_int_equal(seen.signatures, 3);
    assert_int_equal(seen.scanned_to, 8);
    reading = (struct reading){.from = 14, .to = 900, .filter.all_records = true};
    assert_int_equal(read_city(&city, &reading, &seen, &problem), OK);
    assert_int_equal(seen.count, 2);
    reading.from = 16; /* behind the head: nothing yet */
    assert_int_equal(read_city(&city, &reading, &seen, &problem), OK);
    assert_int_equal(seen.count, 0);
    reading.from = 17;
    assert_int_equal(read_city(&city, &reading, &seen, &problem), ERR_NOT_FOUND);
    assert_non_null(strstr(problem.text, "ends before position 17"));
    city_close(&city);
}

static void a_filter_takes_what_the_broker_would_send(void **state)
{
    struct city city;
    struct seen seen = {0};
    struct problem problem;
    struct bytes unit = bytes_of_text("341503");
    (void)state;
    city_live(&city);
    struct reading reading = {.from = 1, .filter.units = {&unit, 1}};
    assert_int_equal(read_city(&city, &reading, &seen, &problem), OK);
    assert_int_equal(seen.count, 3); /* events only */
    reading.filter.all_records = true;
    assert_int_equal(read_city(&city, &reading, &seen, &problem), OK);
    assert_int_equal(seen.count, 4); /* and its refusal, not the city's roster */
    reading = (struct reading){.from = 1, .filter = {.kinds = {EVENT_NOTE}, .kind_count = 1}};
    assert_int_equal(read_city(&city, &reading, &seen, &problem), OK);
    assert_int_equal(seen.count, 9);
    reading.filter.kinds[0] = EVENT_FUNDS;
    assert_int_equal(read_city(&city, &reading, &seen, &problem), OK);
    assert_int_equal(seen.count, 0);
    struct bytes project = bytes_of_text("341502/341502-0001");
    reading = (struct reading){.from = 1, .filter.projects = {&project, 1}};
    assert_int_equal(read_city(&city, &reading, &seen, &problem), OK);
    assert_int_equal(seen.count, 0);
    city_close(&city);
}

static void damage_is_named_and_what_is_before_it_is_handed_out(void **state)
{
    static const uint64_t positions[] = {1, 7, 15};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(positions); i++) {
        struct city city;
        struct seen seen = {0};
        struct problem problem;
        uint8_t key[8];
        char words[24];
        struct store_txn *txn = NULL;
        city_live(&city);
        city_store(&city);
        struct store *store = city_store_open(&city);
        u64_put(key, positions[i]);
        assert_int_equal(store_begin(store, &txn), OK);
        assert_int_equal(store_put(txn, LOG_LOG, bytes_of(key, 8), bytes_of(city.root, 60)), OK);
        assert_int_equal(store_commit(txn), OK);
        store_close(store);
        struct reading reading = {.from = 1, .filter.all_records = true};
        assert_int_equal(read_city(&city, &reading, &seen, &problem), ERR_CORRUPT);
        (void)snprintf(words, sizeof words, "position %d:", (int)positions[i]);
        assert_non_null(strstr(problem.text, words));
        assert_int_equal(seen.count, positions[i] - 1);
        city_close(&city);
    }
}

static void the_brokers_own_records_are_found_without_the_rest(void **state)
{
    struct city city;
    struct seen seen = {0};
    struct problem problem = {0};
    struct store *store = NULL;
    (void)state;
    city_live(&city);
    city_store(&city);
    struct reading_sink sink = {.context = &seen, .on_record = on_record};
    assert_int_equal(directory_open(city.root, &store, &problem), OK);
    assert_int_equal(directory_read_own(store, &sink, &problem), OK);
    assert_int_equal(seen.count, 5);
    assert_int_equal(seen.positions[3], 10);
    store_close(store);
    city_close(&city);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_is_read_with_its_ends),
        cmocka_unit_test(a_filter_takes_what_the_broker_would_send),
        cmocka_unit_test(damage_is_named_and_what_is_before_it_is_handed_out),
        cmocka_unit_test(the_brokers_own_records_are_found_without_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
