/* test_fold.c - a log on the disk becomes a ledger; a snapshot spares the reading, and one that
 * does not fit the log is not believed. */
#include "tests/unit/audit_scene.h"

#include "audit/fold.h"
#include "reader/folding.h"
#include "store/file.h"

enum { MANY = FOLD_TAIL_RECORDS + 50 };

static struct ledger *fold(const struct city *city, uint64_t known_at, const char *cache)
{
    struct source source = {SOURCE_DIRECTORY, city->root};
    struct problem problem = {0};
    struct ledger *ledger = NULL;
    if (fold_source(&source, known_at, cache, &ledger, &problem) != OK)
        fail_msg("%s", problem.text);
    return ledger;
}

static struct ledger_counts counts_of(const struct ledger *ledger)
{
    struct ledger_counts counts;
    ledger_counts(ledger, UINT64_MAX, &counts);
    return counts;
}

static struct hash record_hash(const struct city *city, size_t position)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    wire_record_encode(&city->records[position - 1], &bytes);
    return hash_of(buffer_bytes(&bytes));
}

/* A snapshot that says it ends with the record of this hash. */
static void write_snapshot(const struct city *city, const struct ledger *ledger,
                           const struct hash *last)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    buffer_add(&bytes, hash_bytes(last));
    ledger_save(ledger, &bytes);
    assert_int_equal(file_replace(city->root, FOLDING_SNAPSHOT_NAME, buffer_bytes(&bytes)), OK);
}

static bool has_snapshot(const struct city *city)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/%s", city->root, FOLDING_SNAPSHOT_NAME);
    return access(path, F_OK) == 0;
}

static uint64_t snapshot_position(const struct city *city)
{
    struct folding kept;
    folding_init(&kept);
    folding_load(&kept, city->root);
    uint64_t position = ledger_position(kept.ledger);
    folding_release(&kept);
    return position;
}

/* A ledger at the position that knows nothing but one refusal there: it can be told apart. */
static struct ledger *strange_ledger(uint64_t position)
{
    struct ledger *ledger = ledger_new(1);
    struct record record = {.kind = RECORD_REFUSAL, .position = position};
    struct ledger_input input = {.record = &record};
    assert_int_equal(ledger_apply(ledger, &input), OK);
    return ledger;
}

static void a_directory_becomes_the_ledger_of_its_records(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    city_store(&city);
    struct ledger *ledger = fold(&city, UINT64_MAX, NULL);
    assert_int_equal(ledger_position(ledger), city.count);
    assert_int_equal(counts_of(ledger).events, 7);
    assert_int_equal(counts_of(ledger).duplicates, 2); /* enrolled anew, it said two again */
    assert_int_equal(counts_of(ledger).refusals, 1);
    assert_int_equal(counts_of(ledger).not_understood, 0);
    uint16_t unit;
    assert_true(ledger_find_unit(ledger, bytes_of_text("341502"), &unit));
    assert_true(bytes_equal_text(ledger_unit_name(ledger, unit, 19300, UINT64_MAX), "金安区"));
    assert_false(has_snapshot(&city)); /* audit never writes to SOURCE */
    ledger_free(ledger);
    city_close(&city);
}

static void what_came_after_the_position_is_not_read(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    city_store(&city);
    struct ledger *ledger = fold(&city, 5, NULL);
    assert_int_equal(ledger_position(ledger), 5);
    assert_int_equal(counts_of(ledger).events, 2);
    ledger_free(ledger);
    city_close(&city);
}

static void a_payload_that_breaks_its_form_is_counted_and_passed_over(void **state)
{
    struct city city;
    (void)state;
    city_open(&city);
    struct city_key *key = city_enrol(&city, "341502", 1);
    struct record *record = city_say(&city, key, "x");
    struct envelope envelope;
    struct problem problem = {0};
    struct buffer spoilt = {0};
    assert_int_equal(wire_envelope_decode(record->envelope, &envelope, &problem), OK);
    envelope.payload = bytes_of_text("\xff\xff\xff");
    wire_envelope_encode(&envelope, &spoilt);
    record->envelope = city_keep(&city, &spoilt);
    (void)city_say(&city, key, "y");
    (void)city_say(&city, key, ""); /* a note without its text */
    (void)city_sign(&city, key);
    city_store(&city);
    struct ledger *ledger = fold(&city, UINT64_MAX, NULL);
    assert_int_equal(counts_of(ledger).not_understood, 2);
    assert_int_equal(counts_of(ledger).events, 1);
    ledger_free(ledger);
    city_close(&city);
}

static void a_snapshot_that_fits_is_gone_on_from(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    city_store(&city);
    struct ledger *strange = strange_ledger(5);
    struct hash last = record_hash(&city, 5);
    write_snapshot(&city, strange, &last);
    struct ledger *ledger = fold(&city, UINT64_MAX, city.root);
    assert_int_equal(ledger_position(ledger), city.count);
    assert_int_equal(counts_of(ledger).events, 7);
    assert_int_equal(counts_of(ledger).refusals, 1 + 1);
    ledger_free(ledger);
    ledger_free(strange);
    city_close(&city);
}

static void a_snapshot_of_another_log_is_not_believed(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    city_store(&city);
    struct hash wrong = record_hash(&city, 4);
    const uint64_t positions[] = {5, city.count, city.count + 1, city.count + 1000};
    for (size_t i = 0; i < ARRAY_LENGTH(positions); i++) {
        struct ledger *strange = strange_ledger(positions[i]);
        write_snapshot(&city, strange, &wrong);
        struct ledger *ledger = fold(&city, UINT64_MAX, city.root);
        assert_int_equal(ledger_position(ledger), city.count);
        assert_int_equal(counts_of(ledger).events, 7);
        assert_int_equal(counts_of(ledger).refusals, 1);
        assert_int_equal(snapshot_position(&city), city.count); /* and it does not stay */
        ledger_free(ledger);
        ledger_free(strange);
    }
    assert_int_equal(
        file_replace(city.root, FOLDING_SNAPSHOT_NAME, bytes_of_text("this is no snapshot")), OK);
    struct ledger *ledger = fold(&city, UINT64_MAX, city.root);
    assert_int_equal(counts_of(ledger).events, 7);
    ledger_free(ledger);
    city_close(&city);
}

static void append_many(struct city *city, size_t count)
{
    struct store *store = city_store_open(city);
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(store, &txn), OK);
    for (size_t i = 0; i < count; i++) {
        CLEANUP(buffer_release) struct buffer bytes = {0};
        uint64_t position = city->count + i + 1;
        struct record record = {.position = position,
                                .recorded_at_ms = 1664500000000 + (int64_t)position,
                                .kind = RECORD_ALARM + 90, /* a later program's */
                                .unit = bytes_of_text("3415")};
        wire_record_encode(&record, &bytes);
        struct bytes written = buffer_bytes(&bytes);
        struct hash hash = hash_of(written);
        assert_int_equal(log_append(txn, position, &written, &hash, 1), OK);
    }
    assert_int_equal(store_commit(txn), OK);
    store_close(store);
}

static void a_long_tail_makes_a_snapshot_and_a_short_one_does_not(void **state)
{
    struct city city;
    (void)state;
    city_live(&city);
    city_store(&city);
    ledger_free(fold(&city, UINT64_MAX, city.root));
    assert_false(has_snapshot(&city));
    append_many(&city, MANY);
    struct ledger *whole = fold(&city, 3, city.root); /* a cache is of the whole log */
    assert_int_equal(ledger_position(whole), city.count + MANY);
    assert_true(has_snapshot(&city));
    struct ledger *again = fold(&city, UINT64_MAX, city.root);
    struct hash left, right;
    ledger_facts_digest(whole, 8, &left);
    ledger_facts_digest(again, 8, &right);
    assert_true(hash_equal(&left, &right));
    assert_int_equal(ledger_position(again), city.count + MANY);
    ledger_free(again);
    ledger_free(whole);
    city_close(&city);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_becomes_the_ledger_of_its_records),
        cmocka_unit_test(what_came_after_the_position_is_not_read),
        cmocka_unit_test(a_payload_that_breaks_its_form_is_counted_and_passed_over),
        cmocka_unit_test(a_snapshot_that_fits_is_gone_on_from),
        cmocka_unit_test(a_snapshot_of_another_log_is_not_believed),
        cmocka_unit_test(a_long_tail_makes_a_snapshot_and_a_short_one_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
