/* test_folding.c - records become a ledger; its snapshot gives the same ledger again, tied to its
 * log, and a damaged one gives an empty ledger. */
#include "tests/unit/audit_scene.h"

#include "io/identity.h"
#include "reader/folding.h"
#include "store/file.h"

struct scene {
    struct city city;
    struct folding folding;
    char root[64];
};

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    (void)snprintf(scene->root, sizeof scene->root, "/tmp/folding-test-XXXXXX");
    assert_non_null(mkdtemp(scene->root));
    city_live(&scene->city);
    folding_init(&scene->folding);
    *state = scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    char path[96];
    (void)snprintf(path, sizeof path, "%s/%s", scene->root, FOLDING_SNAPSHOT_NAME);
    (void)remove(path);
    int result = rmdir(scene->root);
    folding_release(&scene->folding);
    city_close(&scene->city);
    free(scene);
    return result;
}

static struct hash record_hash(const struct city *city, size_t position)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    wire_record_encode(&city->records[position - 1], &bytes);
    return hash_of(buffer_bytes(&bytes));
}

static const struct event *take(struct scene *scene, size_t position)
{
    const struct event *event;
    struct hash hash = record_hash(&scene->city, position);
    assert_int_equal(
        folding_take(&scene->folding, &scene->city.records[position - 1], &hash, &event), OK);
    return event;
}

static void take_until(struct scene *scene, size_t position)
{
    while (ledger_position(scene->folding.ledger) < position)
        (void)take(scene, ledger_position(scene->folding.ledger) + 1);
}

static struct ledger_counts counts_of(const struct scene *scene)
{
    struct ledger_counts counts;
    ledger_counts(scene->folding.ledger, UINT64_MAX, &counts);
    return counts;
}

static void assert_is_empty(const struct scene *scene)
{
    assert_int_equal(ledger_position(scene->folding.ledger), 0);
    assert_true(hash_is_zero(&scene->folding.last));
}

static void an_event_is_handed_out_and_other_records_are_none(void **state)
{
    struct scene *scene = *state;
    size_t events = 0;
    for (size_t i = 1; i <= scene->city.count; i++) {
        const struct event *event = take(scene, i);
        assert_int_equal(event != NULL, scene->city.records[i - 1].kind == RECORD_EVENT);
        assert_true(!event || event->envelope.kind == EVENT_NOTE);
        events += event != NULL;
    }
    struct hash last = record_hash(&scene->city, scene->city.count);
    assert_true(hash_equal(&scene->folding.last, &last));
    assert_int_equal(ledger_position(scene->folding.ledger), scene->city.count);
    assert_int_equal(counts_of(scene).events + counts_of(scene).duplicates, events);
    uint16_t unit; /* the roster was understood */
    assert_true(ledger_find_unit(scene->folding.ledger, bytes_of_text("341502"), &unit));
    assert_true(bytes_equal_text(ledger_unit_name(scene->folding.ledger, unit, 19300, UINT64_MAX),
                                 "金安区"));
}

static void an_event_that_is_not_understood_is_none_and_counted(void **state)
{
    struct scene *scene = *state;
    struct buffer spoilt = {0};
    struct envelope envelope;
    struct problem problem = {0};
    struct city_key *key = &scene->city.keys[0];
    struct record *record = city_say(&scene->city, key, "x");
    assert_int_equal(wire_envelope_decode(record->envelope, &envelope, &problem), OK);
    envelope.payload = bytes_of_text("\xff\xff\xff");
    wire_envelope_encode(&envelope, &spoilt);
    record->envelope = city_keep(&scene->city, &spoilt);
    take_until(scene, scene->city.count - 1);
    assert_int_equal(counts_of(scene).not_understood, 0);
    assert_null(take(scene, scene->city.count));
    assert_int_equal(counts_of(scene).not_understood, 1);
    (void)city_say(&scene->city, key, ""); /* a note without its text */
    assert_null(take(scene, scene->city.count));
    assert_int_equal(counts_of(scene).not_understood, 2);
    (void)city_say(&scene->city, key, "y");
    assert_non_null(take(scene, scene->city.count));
}

static void a_record_that_came_before_is_refused_and_changes_nothing(void **state)
{
    struct scene *scene = *state;
    const struct event *event;
    take_until(scene, 5);
    struct hash last = scene->folding.last, other = record_hash(&scene->city, 4);
    assert_int_equal(folding_take(&scene->folding, &scene->city.records[4], &other, &event),
                     ERR_MALFORMED);
    assert_int_equal(folding_take(&scene->folding, &scene->city.records[3], &other, &event),
                     ERR_MALFORMED);
    assert_true(hash_equal(&scene->folding.last, &last));
    assert_int_equal(ledger_position(scene->folding.ledger), 5);
}

static void a_snapshot_gives_the_same_ledger_and_is_gone_on_from(void **state)
{
    struct scene *scene = *state;
    struct hash before, after;
    take_until(scene, 6);
    assert_int_equal(folding_save(&scene->folding, scene->root), OK);
    take_until(scene, scene->city.count);
    ledger_facts_digest(scene->folding.ledger, UINT64_MAX, &before);
    folding_load(&scene->folding, scene->root);
    assert_int_equal(ledger_position(scene->folding.ledger), 6);
    struct hash last = record_hash(&scene->city, 6); /* what the caller compares with its log */
    assert_true(hash_equal(&scene->folding.last, &last));
    take_until(scene, scene->city.count);
    ledger_facts_digest(scene->folding.ledger, UINT64_MAX, &after);
    assert_true(hash_equal(&before, &after));
}

static void a_snapshot_of_another_log_says_so_by_its_hash(void **state)
{
    struct scene *scene = *state;
    take_until(scene, 6);
    scene->folding.last = record_hash(&scene->city, 5); /* of a log that goes otherwise */
    assert_int_equal(folding_save(&scene->folding, scene->root), OK);
    folding_load(&scene->folding, scene->root);
    struct hash ours = record_hash(&scene->city, 6);
    assert_int_equal(ledger_position(scene->folding.ledger), 6);
    assert_false(hash_equal(&scene->folding.last, &ours));
}

static void without_a_snapshot_or_with_a_damaged_one_the_ledger_is_empty(void **state)
{
    enum { SIZE_MAX_READ = 1 << 20 };
    struct scene *scene = *state;
    CLEANUP(buffer_release) struct buffer snapshot = {0};
    char path[96];
    struct problem problem = {0};
    (void)snprintf(path, sizeof path, "%s/%s", scene->root, FOLDING_SNAPSHOT_NAME);
    take_until(scene, 6);
    assert_int_equal(folding_save(&scene->folding, scene->root), OK);
    assert_int_equal(file_read(path, SIZE_MAX_READ, &snapshot, &problem), OK);
    for (size_t size = 0; size < snapshot.size; size += 1 + size / 4) { /* cut short */
        assert_int_equal(
            file_replace(scene->root, FOLDING_SNAPSHOT_NAME, bytes_of(snapshot.data, size)), OK);
        folding_load(&scene->folding, scene->root);
        assert_is_empty(scene);
    }
    for (size_t at = HASH_SIZE; at < snapshot.size; at += 1 + at / 8) { /* a flipped bit */
        snapshot.data[at] ^= 4;
        assert_int_equal(file_replace(scene->root, FOLDING_SNAPSHOT_NAME, buffer_bytes(&snapshot)),
                         OK);
        snapshot.data[at] ^= 4;
        folding_load(&scene->folding, scene->root);
        assert_is_empty(scene);
    }
    assert_int_equal(remove(path), 0);
    folding_load(&scene->folding, scene->root);
    assert_is_empty(scene);
    take_until(scene, scene->city.count); /* and it can be filled */
}

static void a_ledger_that_was_taken_belongs_to_the_caller(void **state)
{
    struct scene *scene = *state;
    take_until(scene, 6);
    struct ledger *ledger = folding_take_ledger(&scene->folding);
    assert_int_equal(ledger_position(ledger), 6);
    assert_null(scene->folding.ledger);
    ledger_free(ledger);
    folding_reset(&scene->folding);
    assert_is_empty(scene);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_is_handed_out_and_other_records_are_none),
        TEST(an_event_that_is_not_understood_is_none_and_counted),
        TEST(a_record_that_came_before_is_refused_and_changes_nothing),
        TEST(a_snapshot_gives_the_same_ledger_and_is_gone_on_from),
        TEST(a_snapshot_of_another_log_says_so_by_its_hash),
        TEST(without_a_snapshot_or_with_a_damaged_one_the_ledger_is_empty),
        TEST(a_ledger_that_was_taken_belongs_to_the_caller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
