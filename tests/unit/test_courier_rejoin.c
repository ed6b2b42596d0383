/* test_courier_rejoin.c - after a rejoin: what the city lacks is said again once, in old order. */
#include "agent_scene.h"

/* The city's record of this event of ours, as a stored row in an update's batch. */
static void add_row(struct agent_scene *scene, struct buffer *batch, uint64_t position,
                    uint32_t generation, uint64_t seq)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    CLEANUP(buffer_release) struct buffer record_bytes = {0}, row = {0};
    struct record record = {
        .position = position,
        .recorded_at_ms = SCENE_WALL_MS,
        .kind = RECORD_EVENT,
        .unit = bytes_of_text("341502"),
        .epoch = 1,
        .seq = seq,
    };
    assert_int_equal(store_begin_read(scene->home.store, &txn), OK);
    assert_int_equal(outbox_event(txn, generation, seq, &record.envelope, &record.chain), OK);
    wire_record_encode(&record, &record_bytes);
    struct hash hash = hash_of(buffer_bytes(&record_bytes));
    buffer_add(&row, hash_bytes(&hash));
    buffer_add(&row, buffer_bytes(&record_bytes));
    wire_batch_add(batch, buffer_bytes(&row));
}

static void tell_update(struct agent_scene *scene, uint32_t subscription, struct buffer *batch,
                        uint32_t count)
{
    struct frame frame = {.kind = FRAME_UPDATE};
    frame.update = (struct update){
        .subscription = subscription,
        .scanned_to = 100,
        .head_position = 100,
        .count = count,
        .batch = buffer_bytes(batch),
    };
    agent_scene_tell(scene, &frame);
}

static uint32_t subscribed(struct agent_scene *scene)
{
    courier_on_link(&scene->courier, true, NULL, scene->now_ms);
    agent_scene_turn(scene);
    struct subscribe subscribe = agent_scene_sent(scene, FRAME_SUBSCRIBE).subscribe;
    assert_true(subscribe.from_position == 1 && subscribe.credit > 0);
    assert_int_equal(subscribe.filter.units.count, 1);
    assert_true(bytes_equal_text(subscribe.filter.units.items[0], "341502"));
    return subscribe.subscription;
}

/* The text of an event of the outbox. */
static void assert_note(const struct agent_scene *scene, uint32_t generation, uint64_t seq,
                        const char *text)
{
    struct bytes bytes;
    struct hash chain;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene->home.store, &txn), OK);
    assert_int_equal(outbox_event(txn, generation, seq, &bytes, &chain), OK);
    assert_non_null(memmem(bytes.data, bytes.size, text, strlen(text)));
}

static void assert_found(const struct agent_scene *scene, uint32_t generation, uint64_t seq)
{
    struct bytes bytes;
    struct hash chain;
    struct envelope envelope;
    struct problem problem;
    uint32_t found_generation = 0;
    uint64_t found_seq = 0;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene->home.store, &txn), OK);
    assert_int_equal(outbox_event(txn, generation, seq, &bytes, &chain), OK);
    assert_int_equal(wire_envelope_decode(bytes, &envelope, &problem), OK);
    assert_int_equal(outbox_find(txn, envelope.event_id, &found_generation, &found_seq), OK);
    assert_true(found_generation == generation && found_seq == seq);
}

/* Four notes in epoch 1, of which the city has the first and the third; then rejoin. */
static void begin(struct agent_scene *scene)
{
    static const char *const texts[] = {"一", "二", "三", "四"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        agent_scene_note(scene, texts[i]);
    assert_int_equal(agent_scene_join(scene, "join", 1), 0);
    assert_int_equal(agent_scene_join(scene, "rejoin", 2), 0);
    assert_true(scene->home.state.rejoin_epoch == 2 && scene->home.state.epoch == 1);
}

static void what_the_city_lacks_is_said_again_once_in_old_order(void **state)
{
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer batch = {0};
    begin(scene);
    agent_scene_start(scene);
    uint32_t subscription = subscribed(scene);
    agent_scene_note(scene, "五"); /* accepted meanwhile: comes last */
    add_row(scene, &batch, 5, 1, 1);
    add_row(scene, &batch, 9, 1, 3);
    tell_update(scene, subscription, &batch, 2);
    struct outbox_state stored = agent_scene_stored(scene);
    assert_true(stored.generation == 2 && stored.epoch == 2 && stored.rejoin_epoch == 0);
    assert_true(stored.last_seq == 3 && stored.acked_seq == 0 && stored.token_size == 0);
    assert_note(scene, 2, 1, "二");
    assert_note(scene, 2, 2, "四");
    assert_note(scene, 2, 3, "五");
    assert_found(scene, 2, 1); /* the same assertion stands for its newest place */
    assert_found(scene, 1, 3);
    assert_int_equal(scene->courier.phase, COURIER_DELIVERING);
    struct hello hello = agent_scene_greet(scene);
    assert_true(hello.epoch == 2 && hello.newest_seq == 3 && hello.token.size == 0);
}

static void a_second_rejoin_goes_through_every_generation(void **state)
{
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer batch = {0};
    begin(scene);
    agent_scene_start(scene);
    add_row(scene, &batch, 5, 1, 1);
    tell_update(scene, subscribed(scene), &batch, 1);
    assert_true(scene->home.state.generation == 2 && scene->home.state.last_seq == 3);
    agent_scene_note(scene, "五");
    assert_int_equal(agent_scene_join(scene, "rejoin", 3), 0);
    agent_scene_turn(scene);
    buffer_clear(&batch); /* restored from a backup: it has the second one only */
    add_row(scene, &batch, 7, 1, 2);
    tell_update(scene, subscribed(scene), &batch, 1);
    assert_true(scene->home.state.generation == 3 && scene->home.state.last_seq == 4);
    assert_note(scene, 3, 1, "一");
    assert_note(scene, 3, 2, "三");
    assert_note(scene, 3, 3, "四");
    assert_note(scene, 3, 4, "五");
}

static void a_rejoin_that_was_cut_off_begins_again(void **state)
{
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer batch = {0};
    begin(scene);
    agent_scene_start(scene);
    (void)subscribed(scene);
    agent_scene_stop(scene); /* killed */
    home_close(&scene->home);
    agent_scene_open_home(scene);
    scene->looked_at = scene->sent_count;
    agent_scene_start(scene);
    assert_int_equal(scene->courier.phase, COURIER_REJOINING);
    tell_update(scene, subscribed(scene), &batch, 0);
    assert_true(scene->home.state.generation == 2 && scene->home.state.last_seq == 4);
}

static void a_link_lost_on_the_way_is_tried_again_and_status_says_why(void **state)
{
    struct agent_scene *scene = *state;
    struct courier_state told;
    begin(scene);
    agent_scene_start(scene);
    (void)subscribed(scene);
    courier_on_link(&scene->courier, false, "disconnected", scene->now_ms);
    agent_scene_turn(scene);
    assert_false(scene->is_connected);
    courier_state(&scene->courier, &told);
    assert_string_equal(told.link, "rejoining");
    assert_string_equal(told.text, "disconnected");
    assert_false(told.is_final);
    scene->now_ms = courier_deadline_ms(&scene->courier);
    agent_scene_turn(scene);
    assert_true(scene->is_connected);
    (void)subscribed(scene);
}

static void a_key_that_is_refused_is_final_until_the_next_rejoin(void **state)
{
    struct agent_scene *scene = *state;
    struct courier_state told;
    begin(scene);
    agent_scene_start(scene);
    courier_on_link(&scene->courier, false, "revoked (ZAP 400)", scene->now_ms);
    agent_scene_turn(scene);
    courier_state(&scene->courier, &told);
    assert_true(told.is_final);
    assert_string_equal(told.text, "revoked (ZAP 400)");
    assert_non_null(strstr(told.remedy, "rejoin"));
    assert_int_equal(agent_scene_join(scene, "rejoin", 3), 0);
    agent_scene_turn(scene);
    courier_state(&scene->courier, &told);
    assert_false(told.is_final);
    (void)subscribed(scene);
}

static void another_log_is_followed_from_its_beginning(void **state)
{
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer batch = {0};
    struct frame frame = {.kind = FRAME_REFUSE};
    begin(scene);
    agent_scene_start(scene);
    uint32_t subscription = subscribed(scene);
    frame.refuse = (struct refuse){.reason = REASON_LOG_CHANGED, .subscription = subscription};
    agent_scene_tell(scene, &frame);
    assert_false(scene->is_connected);
    scene->now_ms = courier_deadline_ms(&scene->courier);
    agent_scene_turn(scene);
    tell_update(scene, subscribed(scene), &batch, 0);
    assert_true(scene->home.state.generation == 2);
}

/* As a later program might have left it. */
static void append_bytes(struct agent_scene *scene, struct bytes envelope)
{
    struct home_change change = {0};
    struct bytes id = bytes_of_text("an id of theirs.");
    assert_int_equal(home_begin(&scene->home, &change), OK);
    assert_int_equal(outbox_append(change.txn, &change.state, id, envelope), OK);
    assert_int_equal(home_commit(&scene->home, &change), OK);
}

static void an_event_this_program_cannot_decode_is_carried_over_unchanged(void **state)
{
    static const char strange[] = "\xff\xff no envelope that we know";
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer batch = {0};
    agent_scene_note(scene, "一");
    append_bytes(scene, bytes_of_text(strange));
    agent_scene_note(scene, "二");
    assert_int_equal(agent_scene_join(scene, "join", 1), 0);
    assert_int_equal(agent_scene_join(scene, "rejoin", 2), 0);
    agent_scene_start(scene);
    tell_update(scene, subscribed(scene), &batch, 0);
    assert_int_equal(scene->courier.phase, COURIER_DELIVERING);
    assert_true(scene->home.state.generation == 2 && scene->home.state.last_seq == 3);
    assert_note(scene, 2, 1, "一");
    assert_note(scene, 2, 2, strange);
    assert_note(scene, 2, 3, "二");
    assert_int_equal(agent_scene_join(scene, "rejoin", 3), 0);
    agent_scene_turn(scene);
    add_row(scene, &batch, 5, 1, 2); /* in the city it is a record, known by its bytes */
    tell_update(scene, subscribed(scene), &batch, 1);
    assert_true(scene->home.state.generation == 3 && scene->home.state.last_seq == 2);
    assert_note(scene, 3, 1, "一");
    assert_note(scene, 3, 2, "二");
}

static void spoil_row(struct agent_scene *scene, uint64_t seq, bool is_removed)
{
    uint8_t key_bytes[12], copy[1024];
    struct bytes row;
    struct home_change change = {0};
    u32_put(key_bytes, 1);
    u64_put(key_bytes + 4, seq);
    struct bytes key = bytes_of(key_bytes, sizeof(key_bytes));
    assert_int_equal(home_begin(&scene->home, &change), OK);
    assert_int_equal(store_get(change.txn, OUTBOX_EVENTS, key, &row), OK);
    assert_true(row.size <= sizeof(copy));
    memcpy(copy, row.data, row.size);
    copy[row.size - 1] ^= 1;
    row.data = copy;
    assert_int_equal(is_removed ? store_remove(change.txn, OUTBOX_EVENTS, key)
                                : store_put(change.txn, OUTBOX_EVENTS, key, row),
                     OK);
    assert_int_equal(home_commit(&scene->home, &change), OK);
}

static void note_passed_over(void *context, const char *line)
{
    struct buffer *seen = context;
    if (strncmp(line, "rejoin_passes_over ", 19) == 0)
        buffer_add_format(seen, "%s\n", line);
}

static void a_rotten_row_is_named_with_its_remedy_and_the_others_go_on(void **state)
{
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer batch = {0}, seen = {0};
    struct control_request list = {.arguments = {"refused", ""}, .argument_count = 2};
    begin(scene);
    spoil_row(scene, 2, false);
    agent_scene_start(scene);
    scene->courier.trace = (struct trace){.sink = note_passed_over, .context = &seen};
    tell_update(scene, subscribed(scene), &batch, 0);
    assert_int_equal(scene->courier.phase, COURIER_DELIVERING);
    assert_true(scene->home.state.last_seq == 3 && scene->home.state.refused_count == 1);
    assert_note(scene, 2, 1, "一");
    assert_note(scene, 2, 2, "三");
    assert_note(scene, 2, 3, "四");
    buffer_add(&seen, bytes_of("", 1));
    assert_non_null(strstr((char *)seen.data, "generation=1 seq=2 remedy="));
    assert_int_equal(agent_scene_ask(scene, &list), 0);
    assert_non_null(strstr(agent_scene_said(scene), "seq 2  ROTTEN 本机损坏: "));
    assert_non_null(strstr(agent_scene_said(scene), "请按原件重新提交"));
    agent_scene_note(scene, "二"); /* the remedy: it is another assertion to nobody */
    assert_true(scene->home.state.last_seq == 4);
}

static void rows_behind_a_missing_one_are_not_left_behind(void **state)
{
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer batch = {0};
    begin(scene);
    spoil_row(scene, 2, true);
    agent_scene_start(scene);
    tell_update(scene, subscribed(scene), &batch, 0);
    assert_true(scene->home.state.generation == 2 && scene->home.state.refused_count == 2);
    assert_true(scene->home.state.last_seq ==
                2); /* the third cannot be checked without the second */
    assert_note(scene, 2, 1, "一");
    assert_note(scene, 2, 2, "四");
}

#define SCENE_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, agent_scene_setup, agent_scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(what_the_city_lacks_is_said_again_once_in_old_order),
        SCENE_TEST(a_second_rejoin_goes_through_every_generation),
        SCENE_TEST(a_rejoin_that_was_cut_off_begins_again),
        SCENE_TEST(a_link_lost_on_the_way_is_tried_again_and_status_says_why),
        SCENE_TEST(a_key_that_is_refused_is_final_until_the_next_rejoin),
        SCENE_TEST(another_log_is_followed_from_its_beginning),
        SCENE_TEST(an_event_this_program_cannot_decode_is_carried_over_unchanged),
        SCENE_TEST(a_rotten_row_is_named_with_its_remedy_and_the_others_go_on),
        SCENE_TEST(rows_behind_a_missing_one_are_not_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
