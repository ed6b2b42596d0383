/* test_commit.c - one batch, one transaction: positions, records, indexes, rows, and what happens
 * when there is no space. */
#include "commit_scene.h"

static struct bytes text(const char *characters)
{
    return bytes_of_text(characters);
}

static void records_get_the_positions_of_their_order_in_the_batch(void **state)
{
    (void)state;
    struct commit_scene scene = {0};
    scene_open(&scene);
    batch_add_record(&scene.batch, RECORD_ALARM, "3415", text("detail"));
    scene_add_event(&scene, "341502", 1, text("one"));
    scene_add_event(&scene, "341502", 2, text("two"));
    scene_commit(&scene, 5000);

    assert_int_equal(scene.batch.head.position, 3);
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene.store, &txn), OK);
    struct record alarm = scene_record(txn, 1), event = scene_record(txn, 3);
    assert_int_equal(alarm.kind, RECORD_ALARM);
    assert_true(bytes_equal_text(alarm.detail, "detail"));
    assert_int_equal(event.kind, RECORD_EVENT);
    assert_int_equal(event.seq, 2);
    assert_int_equal(event.epoch, 1);
    assert_int_equal(event.recorded_at_ms, 5000);
    assert_true(bytes_equal_text(event.unit, "341502"));
    assert_true(bytes_equal_text(event.envelope, "two"));
    assert_true(hash_equal(&event.chain, &scene.chain));
    store_txn_abort(TAKE(txn));
    scene_close(&scene);
}

static void a_seq_is_found_again_by_unit_and_epoch_across_interleaved_units(void **state)
{
    (void)state;
    struct commit_scene scene = {0};
    scene_open(&scene);
    scene_add_event(&scene, "341502", 1, text("a1"));
    scene_add_event(&scene, "3415", 1, text("b1"));
    scene_add_event(&scene, "341502", 2, text("a2"));
    scene_commit(&scene, 1);
    batch_clear(&scene.batch);
    scene_add_event(&scene, "341502", 3, text("a3"));
    scene_commit(&scene, 2);

    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene.store, &txn), OK);
    uint64_t position = 0;
    for (uint64_t seq = 1; seq <= 3; seq++) {
        assert_int_equal(log_find(txn, text("341502"), 1, seq, &position), OK);
        struct record record = scene_record(txn, position);
        assert_int_equal(record.seq, seq);
        assert_true(bytes_equal_text(record.unit, "341502"));
    }
    struct unit_row row;
    assert_int_equal(log_unit_get(txn, text("341502"), &row), OK);
    assert_int_equal(row.last_seq, 3);
    assert_int_equal(row.last_position, 4);
    store_txn_abort(TAKE(txn));
    scene_close(&scene);
}

static uint64_t count_runs(struct store_txn *txn)
{
    CLEANUP(store_cursor_close) struct store_cursor run = {0};
    uint64_t count = 0;
    for (enum err err = store_seek(txn, LOG_RUNS, BYTES_NONE, &run); err == OK;
         err = store_next(&run))
        count++;
    return count;
}

/* One row where a unit begins or others spoke between, however many commits. */
static void a_run_goes_on_over_commits_until_another_speaks(void **state)
{
    (void)state;
    struct commit_scene scene = {0};
    scene_open(&scene);
    static const char *const units[] = {"341502", "341502", "341502", "3415", "341502"};
    static const uint64_t seqs[] = {1, 2, 3, 1, 4};
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        scene_add_event(&scene, units[i], seqs[i], text("said"));
        scene_commit(&scene, 1);
        batch_clear(&scene.batch);
    }

    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene.store, &txn), OK);
    assert_int_equal(count_runs(txn), 3);
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        uint64_t position;
        assert_int_equal(log_find(txn, text(units[i]), 1, seqs[i], &position), OK);
        assert_int_equal(position, i + 1);
    }
    store_txn_abort(TAKE(txn));
    scene_close(&scene);
}

/* Records are hashed in groups; small and large ones come in any number. */
static void every_record_of_a_large_commit_carries_its_own_hash(void **state)
{
    enum { COUNT = 2 * HASH_GROUP + 3, LARGE = 100 << 10, LARGE_EACH = 20 };
    static uint8_t room[LARGE];
    (void)state;
    struct commit_scene scene = {0};
    scene_open(&scene);
    for (uint64_t seq = 1; seq <= COUNT; seq++) {
        room[0] = (uint8_t)seq;
        scene_add_event(&scene, "341502", seq,
                        bytes_of(room, seq % LARGE_EACH == 0 ? LARGE : (size_t)seq));
    }
    scene_commit(&scene, 1);

    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene.store, &txn), OK);
    struct log_head head;
    assert_int_equal(log_head(txn, &head), OK);
    assert_int_equal(head.position, COUNT);
    assert_true(hash_equal(&head.hash, &scene.batch.head.hash));
    for (uint64_t seq = 1; seq <= COUNT; seq++) {
        struct record record = scene_record(txn, seq); /* its hash is checked there */
        assert_int_equal(record.seq, seq);
        assert_int_equal(record.envelope.size, seq % LARGE_EACH == 0 ? LARGE : seq);
        assert_int_equal(record.envelope.data[0], (uint8_t)seq);
    }
    store_txn_abort(TAKE(txn));
    scene_close(&scene);
}

static void recorded_at_never_goes_back_and_a_step_of_the_clock_is_said(void **state)
{
    (void)state;
    struct commit_scene scene = {0};
    scene_open(&scene);
    scene_add_event(&scene, "341502", 1, text("one"));
    scene_commit(&scene, 100000);
    assert_false(scene.batch.clock_stepped_back);
    batch_clear(&scene.batch);
    scene_add_event(&scene, "341502", 2, text("two"));
    scene_commit(&scene, 50000);
    assert_true(scene.batch.clock_stepped_back);

    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene.store, &txn), OK);
    assert_int_equal(scene_record(txn, 2).recorded_at_ms, 100000);
    store_txn_abort(TAKE(txn));

    /* A restart remembers it too: the head's record says so. */
    commit_release(&scene.commit);
    store_close(scene.store);
    scene_open_store(&scene);
    assert_int_equal(scene.commit.recorded_at_ms, 100000);
    assert_int_equal(scene.commit.head.position, 2);
    scene_close(&scene);
}

static void a_refusal_consumes_its_seq_and_is_found_as_one(void **state)
{
    (void)state;
    struct commit_scene scene = {0};
    scene_open(&scene);
    scene_add_event(&scene, "341502", 1, text("good"));
    struct batch_entry *entry = scene_add_event(&scene, "341502", 2, text("bad"));
    entry->reason = REFUSAL_FORM;
    entry->text = batch_copy(&scene.batch, text("why"));
    scene_commit(&scene, 1);
    assert_int_equal(scene.batch.units[0].refused, 1);
    assert_int_equal(scene.batch.units[0].have_seq, 2);

    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene.store, &txn), OK);
    uint64_t seq = 0, position = 0;
    assert_int_equal(log_refusal_next(txn, text("341502"), 1, 1, &seq, &position), OK);
    assert_int_equal(seq, 2);
    struct record record = scene_record(txn, position);
    struct hash hash = hash_of(text("bad"));
    assert_int_equal(record.kind, RECORD_REFUSAL);
    assert_int_equal(record.reason, REFUSAL_FORM);
    assert_true(bytes_equal_text(record.reason_text, "why"));
    assert_true(hash_equal(&record.envelope_hash, &hash));
    assert_int_equal(log_refusal_next(txn, text("341502"), 1, 3, &seq, &position), ERR_NOT_FOUND);
    store_txn_abort(TAKE(txn));
    scene_close(&scene);
}

static void the_signature_of_a_push_stands_at_its_last_record(void **state)
{
    (void)state;
    struct commit_scene scene = {0};
    scene_open(&scene);
    scene_add_event(&scene, "341502", 1, text("one"));
    struct batch_entry *last = scene_add_event(&scene, "341502", 2, text("two"));
    uint8_t signature[SIGN_SIGNATURE_SIZE] = {7};
    last->signature = bytes_of(signature, sizeof signature);
    last->push_first_seq = 1;
    scene_commit(&scene, 1);

    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene.store, &txn), OK);
    struct store_cursor cursor = {0};
    uint8_t from[8] = {0};
    assert_int_equal(store_seek(txn, LOG_SIGNATURES, bytes_of(from, 8), &cursor), OK);
    assert_int_equal(u64_get(cursor.key.data), 2);
    struct push_signature stored;
    assert_int_equal(wire_push_signature_decode(cursor.value, &stored), OK);
    assert_int_equal(stored.first_seq, 1);
    assert_int_equal(stored.last_seq, 2);
    assert_true(bytes_equal(stored.signature, bytes_of(signature, sizeof signature)));
    store_cursor_close(&cursor);
    store_txn_abort(TAKE(txn));
    scene_close(&scene);
}

static void a_batch_that_would_leave_a_hole_loses_its_events_and_says_whose(void **state)
{
    (void)state;
    struct commit_scene scene = {0};
    scene_open(&scene);
    scene_add_event(&scene, "341502", 2, text("two, but one was lost"));
    scene_add_event(&scene, "341503", 1, text("another unit's goes in"));
    scene_commit(&scene, 1);
    assert_true(scene.batch.units[0].lost);
    assert_false(scene.batch.units[0].has_events);
    assert_false(scene.batch.units[1].lost);
    assert_int_equal(scene.batch.units[1].have_seq, 1);
    assert_int_equal(scene.batch.head.position, 1);
    scene_close(&scene);
}

static void without_space_the_brokers_own_records_still_go_in(void **state)
{
    (void)state;
    struct commit_scene scene = {.quota_bytes = 128 << 10};
    scene_open(&scene);
    static char filler[2000];
    memset(filler, 'x', sizeof filler - 1);
    uint64_t seq = 0;
    do { /* until the quota answers */
        batch_clear(&scene.batch);
        scene_add_event(&scene, "341502", ++seq, text(filler));
        batch_add_record(&scene.batch, RECORD_ALARM, "3415", text("alarm"));
        scene_commit(&scene, 1);
    } while (!scene.batch.events_lost && seq < 1000);

    assert_true(scene.batch.events_lost);
    assert_true(scene.batch.units[0].lost);
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene.store, &txn), OK);
    assert_int_equal(scene_record(txn, scene.batch.head.position).kind, RECORD_ALARM);
    struct unit_row row;
    assert_int_equal(log_unit_get(txn, text("341502"), &row), OK);
    assert_int_equal(row.last_seq, seq - 1);
    store_txn_abort(TAKE(txn));
    scene_close(&scene);
}

static void a_token_is_saved_without_touching_what_was_received(void **state)
{
    (void)state;
    struct commit_scene scene = {0};
    scene_open(&scene);
    scene_add_event(&scene, "341502", 1, text("one"));
    struct unit_row said = {.epoch = 1, .token = {.counter = 9}, .announced_seq = 40};
    batch_add_row(&scene.batch, "341502", &said);
    scene_commit(&scene, 1);

    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene.store, &txn), OK);
    struct unit_row row;
    assert_int_equal(log_unit_get(txn, text("341502"), &row), OK);
    assert_int_equal(row.token.counter, 9);
    assert_int_equal(row.announced_seq, 40);
    assert_int_equal(row.last_seq, 1);
    assert_true(hash_equal(&row.chain, &scene.chain));
    store_txn_abort(TAKE(txn));
    scene_close(&scene);
}

static void a_new_epoch_starts_again_at_seq_one(void **state)
{
    (void)state;
    struct commit_scene scene = {0};
    scene_open(&scene);
    scene_add_event(&scene, "341502", 1, text("old"));
    scene_commit(&scene, 1);
    batch_clear(&scene.batch);
    scene_add_event(&scene, "341502", 1, text("new"))->epoch = 2;
    scene_commit(&scene, 1);

    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene.store, &txn), OK);
    uint64_t position = 0;
    assert_int_equal(log_find(txn, text("341502"), 1, 1, &position), OK);
    assert_int_equal(position, 1);
    assert_int_equal(log_find(txn, text("341502"), 2, 1, &position), OK);
    assert_int_equal(position, 2);
    store_txn_abort(TAKE(txn));
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_get_the_positions_of_their_order_in_the_batch),
        cmocka_unit_test(a_seq_is_found_again_by_unit_and_epoch_across_interleaved_units),
        cmocka_unit_test(a_run_goes_on_over_commits_until_another_speaks),
        cmocka_unit_test(every_record_of_a_large_commit_carries_its_own_hash),
        cmocka_unit_test(recorded_at_never_goes_back_and_a_step_of_the_clock_is_said),
        cmocka_unit_test(a_refusal_consumes_its_seq_and_is_found_as_one),
        cmocka_unit_test(the_signature_of_a_push_stands_at_its_last_record),
        cmocka_unit_test(a_batch_that_would_leave_a_hole_loses_its_events_and_says_whose),
        cmocka_unit_test(without_space_the_brokers_own_records_still_go_in),
        cmocka_unit_test(a_token_is_saved_without_touching_what_was_received),
        cmocka_unit_test(a_new_epoch_starts_again_at_seq_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
