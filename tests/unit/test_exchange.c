/* test_exchange.c - what lies between a frame and the log: nothing is answered before it is
 * durable, and what the store knows is looked up when it is needed. */
#include "tests/unit/exchange_scene.h"

#include <inttypes.h>

#include "store/log.h"

static struct batch *filling(const struct exchange_scene *scene)
{
    return scene->exchange.filling;
}

static struct record record_at(struct exchange_scene *scene, uint64_t position, struct buffer *kept)
{
    struct store_txn *txn = NULL;
    struct record record;
    struct bytes row;
    assert_int_equal(store_begin_read(scene->office.office.store, &txn), OK);
    assert_int_equal(log_row(txn, position, &row), OK);
    buffer_clear(kept);
    buffer_add(kept, row);
    store_txn_abort(txn);
    assert_int_equal(wire_row_open(buffer_bytes(kept), &record, NULL), OK);
    return record;
}

static uint64_t head_position(const struct exchange_scene *scene)
{
    return scene->office.office.commit.head.position;
}

static size_t count_alarms(const struct exchange_scene *scene, uint32_t code)
{
    size_t count = 0;
    const struct batch *batch = filling(scene);
    for (size_t i = 0; i < batch->count; i++) {
        struct alarm alarm;
        const struct batch_entry *entry = &batch->entries[i];
        if (entry->kind == BATCH_RECORD && entry->record_kind == RECORD_ALARM &&
            wire_alarm_decode(entry->text, &alarm) == OK)
            count += alarm.code == code;
    }
    return count;
}

static void a_welcome_leaves_after_its_row_is_durable(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_hello(scene, JIN_AN);
    assert_string_equal(exchange_scene_turn(scene), "");
    assert_int_equal(filling(scene)->row_count, 1);
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene), "a welcome have=0 room=4000\n");
}

static void events_are_acked_after_their_commit_with_their_position(void **state)
{
    struct exchange_scene *scene = *state;
    county_say_many(&scene->counties[JIN_AN], 3);
    exchange_scene_live(scene, JIN_AN);
    exchange_scene_push(scene, JIN_AN, 1, 3);
    assert_string_equal(exchange_scene_turn(scene), "");
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene), "a ack 3 at=7 room=4000\n");
    assert_string_equal(exchange_scene_turn(scene), "");
}

static void a_batch_is_handed_on_whole_and_signed_at_its_last_event(void **state)
{
    struct exchange_scene *scene = *state;
    struct county *county = &scene->counties[JIN_AN];
    county_say_many(county, 3);
    exchange_scene_live(scene, JIN_AN);
    exchange_scene_push(scene, JIN_AN, 1, 3);
    const struct batch *batch = filling(scene);
    assert_int_equal(batch->event_count, 3);
    for (uint64_t seq = 1; seq <= 3; seq++) {
        const struct batch_entry *entry = &batch->entries[batch->count - 4 + seq];
        assert_int_equal(entry->seq, seq);
        assert_int_equal(entry->epoch, 1);
        assert_true(bytes_equal(entry->envelope, buffer_bytes(&county->envelopes[seq])));
        assert_memory_equal(entry->chain.bytes, county->chain[seq].bytes, HASH_SIZE);
        assert_int_equal(entry->signature.size, seq == 3 ? SIGN_SIGNATURE_SIZE : 0);
    }
    const struct batch_entry *last = &batch->entries[batch->count - 1];
    assert_memory_equal(last->signature.data, county->signature, SIGN_SIGNATURE_SIZE);
    assert_int_equal(last->push_first_seq, 1);
}

static void a_refused_event_is_a_record_and_stands_in_the_ack(void **state)
{
    struct exchange_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer kept = {0};
    struct county *county = &scene->counties[JIN_AN];
    county_say_many(county, 1);
    county_say_bytes(county, bytes_of_text("\xff\xff no envelope"));
    county_say_many(county, 3);
    exchange_scene_live(scene, JIN_AN);
    exchange_scene_push(scene, JIN_AN, 1, 3);
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene), "a ack 3 at=7 room=4000 refused=2\n");
    struct record record = record_at(scene, 6, &kept);
    assert_int_equal(record.kind, RECORD_REFUSAL);
    assert_true(record.reason_text.size > 0);
}

static void a_restarted_broker_goes_on_where_its_rows_say(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 5);
    exchange_scene_restart(scene);
    exchange_scene_hello(scene, JIN_AN); /* with the token of before */
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene),
                        "a welcome have=5 room=4000\na ack 5 at=9 room=4000\n");
    county_say_many(&scene->counties[JIN_AN], 6);
    exchange_scene_push(scene, JIN_AN, 6, 6);
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene), "a ack 6 at=10 room=4000\n");
}

static void a_token_of_before_the_last_is_a_clones_after_a_restart_too(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_live(scene, JIN_AN);
    struct token first = scene->tokens[JIN_AN];
    for (int i = 0; i < 2; i++) {
        scene->wall_ms++;
        exchange_scene_live(scene, JIN_AN);
    }
    exchange_scene_restart(scene);
    scene->tokens[JIN_AN] = first;
    exchange_scene_hello(scene, JIN_AN);
    exchange_scene_commit(scene);
    char refusal[32];
    (void)snprintf(refusal, sizeof refusal, "a refuse %d\n", REASON_CLONE);
    assert_string_equal(exchange_scene_turn(scene), refusal);
}

/* The chain after seq 2 is in no memory: it is read from the log. */
static void a_duplicate_is_measured_by_the_chain_in_the_log(void **state)
{
    struct exchange_scene *scene = *state;
    struct county *county = &scene->counties[JIN_AN];
    exchange_scene_report(scene, JIN_AN, 5);
    uint64_t head = head_position(scene);
    exchange_scene_push(scene, JIN_AN, 1, 2);
    assert_string_equal(exchange_scene_turn(scene), "a ack 5 at=9 room=4000\n");
    county_say_many(county, 7);
    exchange_scene_push(scene, JIN_AN, 3, 7); /* old and new */
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene), "a ack 7 at=11 room=4000\n");
    assert_int_equal(head_position(scene), head + 2);

    struct frame frame = {.kind = FRAME_PUSH, .push = county_push(county, 1, 1, 2)};
    frame.push.chain_head.bytes[0] ^= 1;
    county_sign(county, &frame.push);
    exchange_scene_frame(scene, 'a', JIN_AN, &frame);
    char refusal[32];
    (void)snprintf(refusal, sizeof refusal, "a refuse %d\n", REASON_FORK);
    assert_string_equal(exchange_scene_turn(scene), refusal);
    assert_int_equal(count_alarms(scene, ALARM_FORK), 1);
}

static void what_is_no_frame_is_answered_and_stores_nothing(void **state)
{
    struct exchange_scene *scene = *state;
    char refusal[32];
    (void)snprintf(refusal, sizeof refusal, "a refuse %d\n", REASON_UNDECODABLE);
    exchange_scene_live(scene, JIN_AN);
    exchange_scene_bytes(scene, 'a', JIN_AN, bytes_of_text("\xff\xff\xff"));
    assert_true(batch_is_empty(filling(scene)));
    assert_string_equal(exchange_scene_turn(scene), refusal);
}

static void a_batch_that_does_not_unpack_is_refused(void **state)
{
    struct exchange_scene *scene = *state;
    char refusal[32];
    (void)snprintf(refusal, sizeof refusal, "a refuse %d\n", REASON_UNDECODABLE);
    county_say_many(&scene->counties[JIN_AN], 3);
    exchange_scene_live(scene, JIN_AN);
    struct frame frame = {.kind = FRAME_PUSH,
                          .push = county_push(&scene->counties[JIN_AN], 1, 1, 3)};
    frame.push.compressed = true;
    exchange_scene_frame(scene, 'a', JIN_AN, &frame);
    assert_true(batch_is_empty(filling(scene)));
    assert_string_equal(exchange_scene_turn(scene), refusal);
}

static void a_compressed_batch_is_stored_as_it_was_said(void **state)
{
    struct exchange_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer scratch = {0};
    struct county *county = &scene->counties[JIN_AN];
    county_say_many(county, 40);
    exchange_scene_live(scene, JIN_AN);
    struct frame frame = {.kind = FRAME_PUSH, .push = county_push(county, 1, 1, 40)};
    frame.push.compressed = wire_batch_compress(&frame.push.batch, &scratch);
    assert_true(frame.push.compressed);
    exchange_scene_frame(scene, 'a', JIN_AN, &frame);
    assert_int_equal(filling(scene)->event_count, 40);
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene), "a ack 40 at=44 room=4000\n");
}

static void when_too_much_waits_for_the_disk_a_push_is_told_to_wait(void **state)
{
    struct exchange_scene *scene = *state;
    static uint8_t large[1 << 20];
    char refusal[32];
    (void)snprintf(refusal, sizeof refusal, "a refuse %d\n", REASON_BUSY);
    county_say_many(&scene->counties[JIN_AN], 3);
    exchange_scene_live(scene, JIN_AN);
    for (size_t i = 0; i < BATCH_BYTES_MAX / sizeof large; i++)
        (void)batch_copy(filling(scene), bytes_of(large, sizeof large));
    exchange_scene_push(scene, JIN_AN, 1, 3);
    assert_int_equal(filling(scene)->event_count, 0);
    assert_string_equal(exchange_scene_turn(scene), refusal);
    batch_clear(filling(scene));
    exchange_scene_push(scene, JIN_AN, 1, 3);
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene), "a ack 3 at=7 room=4000\n");
}

static void events_that_found_no_space_are_told_and_taken_again_later(void **state)
{
    struct exchange_scene *scene = *state;
    char refusal[64];
    county_say_many(&scene->counties[JIN_AN], 3);
    exchange_scene_live(scene, JIN_AN);
    exchange_scene_push(scene, JIN_AN, 1, 3);
    exchange_scene_lose(scene);
    (void)snprintf(refusal, sizeof refusal, "a refuse %d\n", REASON_DISK_FULL);
    assert_non_null(strstr(exchange_scene_turn(scene), refusal));
    assert_non_null(strstr(exchange_scene_text(&scene->traced), "disk_full"));
    assert_int_equal(head_position(scene), EXCHANGE_OWN_RECORDS);
    exchange_on_space(&scene->exchange);
    assert_string_equal(exchange_scene_turn(scene), "a ack 0 at=0 room=4000\n");
    exchange_scene_push(scene, JIN_AN, 1, 3); /* the same again, from the first */
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene), "a ack 3 at=7 room=4000\n");
}

static void a_revoked_key_is_out_with_the_commit_that_says_so(void **state)
{
    struct exchange_scene *scene = *state;
    const char *revoke[] = {"revoke", "341502"};
    char bye[32];
    (void)snprintf(bye, sizeof bye, "a bye %d\n", REASON_REVOKED);
    exchange_scene_report(scene, JIN_AN, 2);
    exchange_scene_report(scene, YU_AN, 2);
    assert_int_equal(office_ask(&scene->office, revoke, 2, BYTES_NONE), 0);
    assert_string_equal(exchange_scene_turn(scene), bye);
    county_say_many(&scene->counties[YU_AN], 3);
    exchange_scene_push(scene, YU_AN, 3, 3);
    exchange_scene_push(scene, JIN_AN, 3, 2 + 1);
    assert_int_equal(filling(scene)->event_count, 1); /* of the other county */
}

static void a_clock_that_steps_back_is_one_alarm_until_it_has_caught_up(void **state)
{
    struct exchange_scene *scene = *state;
    static const struct {
        int64_t step_ms;
        size_t alarms;
    } steps[] = {{0, 0}, {-3600000, 1}, {0, 0}, {3600001, 0}, {-3600001, 1}};
    for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
        scene->wall_ms += steps[i].step_ms;
        exchange_scene_live(scene, JIN_AN); /* something to commit */
        assert_int_equal(count_alarms(scene, ALARM_CLOCK_STEPPED_BACK), steps[i].alarms);
    }
}

static void a_store_behind_its_head_file_is_an_alarm_in_the_first_batch(void **state)
{
    struct exchange_scene *scene = *state;
    char path[OFFICE_PATH_MAX];
    struct log_head ahead = {.position = 77};
    assert_int_equal(count_alarms(scene, ALARM_LOG_ROLLED_BACK), 0);
    assert_int_equal(log_head_file_write(office_path(&scene->office.office, "store", path), &ahead),
                     OK);
    exchange_scene_restart(scene);
    assert_int_equal(count_alarms(scene, ALARM_LOG_ROLLED_BACK), 1);
    exchange_scene_commit(scene);
    CLEANUP(buffer_release) struct buffer kept = {0};
    struct record record = record_at(scene, EXCHANGE_OWN_RECORDS + 1, &kept);
    assert_int_equal(record.kind, RECORD_ALARM);
}

static struct hash hash_at(struct exchange_scene *scene, uint64_t position)
{
    CLEANUP(buffer_release) struct buffer kept = {0};
    struct hash hash;
    (void)record_at(scene, position, &kept);
    memcpy(hash.bytes, kept.data, HASH_SIZE);
    return hash;
}

static void a_subscriber_goes_on_only_where_its_last_hash_stands(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 3);
    struct hash fits = hash_at(scene, 5), other = hash_at(scene, 4);
    char refusal[32];
    (void)snprintf(refusal, sizeof refusal, "e refuse %d\n", REASON_LOG_CHANGED);
    exchange_scene_subscribe(scene, 'd', 6, &fits);
    assert_string_equal(exchange_scene_turn(scene), "d update 1: 6 7 to=7 signatures=1\n");
    exchange_scene_subscribe(scene, 'e', 6, &other);
    assert_string_equal(exchange_scene_turn(scene), refusal);
    exchange_scene_subscribe(scene, 'f', 9, &fits); /* behind the head: nothing stands there */
    refusal[0] = 'f';
    assert_string_equal(exchange_scene_turn(scene), refusal);
    exchange_scene_subscribe(scene, 'g', 1, NULL);
    assert_string_equal(exchange_scene_turn(scene),
                        "g update 1: 1 2 3 4 5 6 7 to=7 signatures=1\n");
}

static void a_subscriber_sees_an_event_after_its_commit_and_not_before(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 1);
    exchange_scene_subscribe(scene, 'd', 6, NULL);
    assert_string_equal(exchange_scene_turn(scene), "d update 1: to=5 signatures=0\n");
    county_say_many(&scene->counties[JIN_AN], 2);
    exchange_scene_push(scene, JIN_AN, 2, 2);
    assert_string_equal(exchange_scene_turn(scene), "");
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene),
                        "a ack 2 at=6 room=4000\nd update 1: 6 to=6 signatures=1\n");
}

static void watch(struct exchange_scene *scene, char route)
{
    struct frame frame = {
        .kind = FRAME_SUBSCRIBE,
        .subscribe = {.subscription = 1, .from_position = 1, .with_contacts = true},
    };
    exchange_scene_frame(scene, route, AUDITOR, &frame);
}

static void what_is_known_of_a_silent_county_outlives_a_restart(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_live(scene, JIN_AN);
    scene->wall_ms += 3600000; /* an hour later it reports */
    county_say_many(&scene->counties[JIN_AN], 2);
    exchange_scene_push(scene, JIN_AN, 1, 2);
    exchange_scene_commit(scene);
    int64_t spoke_ms = scene->wall_ms;
    exchange_scene_restart(scene);
    watch(scene, 'd');
    const char *said = exchange_scene_turn(scene);
    char expected[100];
    (void)snprintf(expected, sizeof expected, "341502:off+0 at=%" PRId64 " ", spoke_ms);
    assert_non_null(strstr(said, "d contacts 1 whole "));
    assert_non_null(strstr(said, expected));
    assert_non_null(strstr(said, "341503:off+0 at=0 offset=0\n"));
}

static void contacts_that_found_no_room_are_told_later_as_they_are_then(void **state)
{
    struct exchange_scene *scene = *state;
    watch(scene, 'd');
    scene->outcome = EXCHANGE_FULL;
    assert_string_equal(exchange_scene_turn(scene), "");
    scene->outcome = EXCHANGE_SENT;
    assert_string_equal(exchange_scene_turn(scene), "");
    exchange_scene_hello(scene, JIN_AN);
    scene->now_ms += PRESENCE_BLOCKED_MS;
    const char *said = exchange_scene_turn(scene);
    assert_non_null(strstr(said, "d contacts 1 whole "));
    assert_non_null(strstr(said, "341502:on+0"));
    assert_string_equal(exchange_scene_turn(scene), "");
    watch(scene, 'd');
    scene->outcome = EXCHANGE_GONE;
    (void)exchange_scene_turn(scene);
    assert_int_equal(scene->exchange.hub.feed_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXCHANGE_TEST(a_welcome_leaves_after_its_row_is_durable),
        EXCHANGE_TEST(events_are_acked_after_their_commit_with_their_position),
        EXCHANGE_TEST(a_batch_is_handed_on_whole_and_signed_at_its_last_event),
        EXCHANGE_TEST(a_refused_event_is_a_record_and_stands_in_the_ack),
        EXCHANGE_TEST(a_restarted_broker_goes_on_where_its_rows_say),
        EXCHANGE_TEST(a_token_of_before_the_last_is_a_clones_after_a_restart_too),
        EXCHANGE_TEST(a_duplicate_is_measured_by_the_chain_in_the_log),
        EXCHANGE_TEST(what_is_no_frame_is_answered_and_stores_nothing),
        EXCHANGE_TEST(a_batch_that_does_not_unpack_is_refused),
        EXCHANGE_TEST(a_compressed_batch_is_stored_as_it_was_said),
        EXCHANGE_TEST(when_too_much_waits_for_the_disk_a_push_is_told_to_wait),
        EXCHANGE_TEST(events_that_found_no_space_are_told_and_taken_again_later),
        EXCHANGE_TEST(a_revoked_key_is_out_with_the_commit_that_says_so),
        EXCHANGE_TEST(a_clock_that_steps_back_is_one_alarm_until_it_has_caught_up),
        EXCHANGE_TEST(a_store_behind_its_head_file_is_an_alarm_in_the_first_batch),
        EXCHANGE_TEST(a_subscriber_goes_on_only_where_its_last_hash_stands),
        EXCHANGE_TEST(a_subscriber_sees_an_event_after_its_commit_and_not_before),
        EXCHANGE_TEST(what_is_known_of_a_silent_county_outlives_a_restart),
        EXCHANGE_TEST(contacts_that_found_no_room_are_told_later_as_they_are_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
