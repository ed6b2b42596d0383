/* test_courier.c - an event's way from the outbox to the broker's ack, and what is on the disk
 * when. */
#include "agent_scene.h"

#include <stdio.h>

static const struct hash no_chain = {0};

/* Joined, three notes, welcomed with nothing. */
static void go_live(struct agent_scene *scene)
{
    agent_scene_note(scene, "一");
    agent_scene_note(scene, "二");
    agent_scene_note(scene, "三");
    assert_int_equal(agent_scene_join(scene, "join", 1), 0);
    agent_scene_start(scene);
    agent_scene_greet(scene);
    agent_scene_tell_welcome(scene, 0, &no_chain, "token-1");
    agent_scene_sent(scene, FRAME_HEARTBEAT);
}

static void hello_says_what_is_here_and_shows_the_token_of_the_welcome_before(void **state)
{
    struct agent_scene *scene = *state;
    agent_scene_note(scene, "一");
    agent_scene_note(scene, "二");
    assert_int_equal(agent_scene_join(scene, "join", 4), 0);
    agent_scene_start(scene);
    struct hello hello = agent_scene_greet(scene);
    assert_true(hello.epoch == 4 && hello.newest_seq == 2 && hello.acked_seq == 0);
    assert_true(hash_equal(&hello.chain_head, &scene->home.state.chain));
    assert_true(bytes_equal_text(hello.unit, "341502") && hello.token.size == 0);
    assert_true(hello.clock_ms == SCENE_WALL_MS && hello.backlog_bytes > 0);
    agent_scene_tell_welcome(scene, 0, &no_chain, "token-1");
    courier_on_link(&scene->courier, false, "disconnected", scene->now_ms);
    agent_scene_turn(scene);
    assert_false(scene->is_connected);
    scene->now_ms = courier_deadline_ms(&scene->courier);
    scene->looked_at = scene->sent_count;
    agent_scene_turn(scene);
    hello = agent_scene_greet(scene);
    assert_true(bytes_equal_text(hello.token, "token-1"));
}

static void the_token_is_on_the_disk_before_the_first_push(void **state)
{
    struct agent_scene *scene = *state;
    agent_scene_note(scene, "一");
    assert_int_equal(agent_scene_join(scene, "join", 1), 0);
    agent_scene_start(scene);
    agent_scene_greet(scene);
    agent_scene_tell_welcome(scene, 0, &no_chain, "token-1");
    struct outbox_state stored = agent_scene_stored(scene);
    assert_true(bytes_equal_text(bytes_of(stored.token, stored.token_size), "token-1"));
    struct heartbeat confirmation = agent_scene_sent(scene, FRAME_HEARTBEAT).heartbeat;
    assert_true(bytes_equal_text(confirmation.token, "token-1"));
    agent_scene_sent(scene, FRAME_PUSH);
}

static void a_push_holds_the_events_their_chain_and_our_signature(void **state)
{
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer statement = {0}, expanded = {0};
    CLEANUP(verifier_close) struct verifier *verifier = NULL;
    struct hash chain = {0};
    struct bytes envelope;
    uint32_t count = 0;
    go_live(scene);
    struct push push = agent_scene_sent(scene, FRAME_PUSH).push;
    assert_true(push.first_seq == 1 && push.count == 3 && push.epoch == 1);
    struct bytes batch = push.batch;
    if (push.compressed)
        assert_int_equal(wire_batch_expand(push.batch, &expanded, &batch), OK);
    for (struct wire_batch walk = {batch}; wire_batch_next(&walk, &envelope) == OK; count++) {
        struct hash hash = hash_of(envelope);
        chain = hash_chain(&chain, &hash);
    }
    assert_true(count == 3 && hash_equal(&chain, &push.chain_head));
    wire_push_statement(bytes_of_text("341502"), 1, 1, 3, &chain, &statement);
    assert_int_equal(verifier_open(scene->home.identity.sign_public, &verifier), OK);
    assert_true(verifier_accepts(verifier, buffer_bytes(&statement), push.signature));
}

static void an_ack_without_refusals_reaches_the_disk_within_a_second(void **state)
{
    struct agent_scene *scene = *state;
    go_live(scene);
    agent_scene_tell_ack(scene, 2, NULL, 0);
    assert_true(scene->home.state.acked_seq == 2);
    assert_true(agent_scene_stored(scene).acked_seq == 0);
    assert_true(courier_deadline_ms(&scene->courier) <= scene->now_ms + COURIER_CURSOR_MS);
    scene->now_ms += COURIER_CURSOR_MS;
    agent_scene_turn(scene);
    struct outbox_state stored = agent_scene_stored(scene);
    assert_true(stored.acked_seq == 2 && stored.acked_position == 12);
    agent_scene_tell_ack(scene, 3, NULL, 0);
    assert_int_equal(courier_save_cursor(&scene->courier), OK); /* as at a stop */
    assert_true(agent_scene_stored(scene).acked_seq == 3);
}

static void refusals_and_their_cursor_are_on_the_disk_at_once_and_counted_once(void **state)
{
    struct agent_scene *scene = *state;
    struct ack_refusal refusal = {
        .seq = 2, .position = 12, .reason = REFUSAL_RIGHT, .text = bytes_of_text("not yours")};
    struct control_request list = {.arguments = {"refused", ""}, .argument_count = 2};
    go_live(scene);
    agent_scene_tell_ack(scene, 2, &refusal, 1);
    struct outbox_state stored = agent_scene_stored(scene);
    assert_true(stored.acked_seq == 2 && stored.refused_count == 1);
    agent_scene_tell_ack(scene, 2, &refusal, 1);
    agent_scene_tell_ack(scene, 3, &refusal, 1);
    assert_true(agent_scene_stored(scene).refused_count == 1);
    assert_int_equal(agent_scene_ask(scene, &list), 0);
    assert_non_null(strstr(agent_scene_said(scene), "seq 2  RIGHT 无权: not yours  [NOTE]"));
}

static void what_is_accepted_while_live_is_pushed_at_once(void **state)
{
    struct agent_scene *scene = *state;
    go_live(scene);
    agent_scene_sent(scene, FRAME_PUSH);
    agent_scene_tell_ack(scene, 3, NULL, 0);
    agent_scene_note(scene, "四");
    agent_scene_turn(scene);
    struct push push = agent_scene_sent(scene, FRAME_PUSH).push;
    assert_true(push.first_seq == 4 && push.count == 1);
}

static void what_an_ack_makes_room_for_leaves_in_the_same_turn(void **state)
{
    struct agent_scene *scene = *state;
    go_live(scene);
    agent_scene_sent(scene, FRAME_PUSH);
    scene->courier.uplink.credit_seq = 3;
    agent_scene_note(scene, "四");
    agent_scene_turn(scene);
    agent_scene_sent_nothing(scene);
    agent_scene_tell_ack(scene, 3, NULL, 0); /* and credit */
    struct push push = agent_scene_sent(scene, FRAME_PUSH).push;
    assert_true(push.first_seq == 4 && push.count == 1);
}

static void spoil_row(struct agent_scene *scene, uint64_t seq)
{
    uint8_t key[12], copy[1024];
    struct bytes row;
    struct home_change change = {0};
    u32_put(key, scene->home.state.generation);
    u64_put(key + 4, seq);
    assert_int_equal(home_begin(&scene->home, &change), OK);
    assert_int_equal(store_get(change.txn, OUTBOX_EVENTS, bytes_of(key, sizeof(key)), &row), OK);
    assert_true(row.size <= sizeof(copy));
    memcpy(copy, row.data, row.size);
    copy[row.size - 1] ^= 1;
    struct bytes spoiled = bytes_of(copy, row.size);
    assert_int_equal(store_put(change.txn, OUTBOX_EVENTS, bytes_of(key, sizeof(key)), spoiled), OK);
    assert_int_equal(home_commit(&scene->home, &change), OK);
}

static void a_rotten_row_never_leaves_and_is_named_once_those_before_it_are_acked(void **state)
{
    struct agent_scene *scene = *state;
    struct courier_state told;
    agent_scene_note(scene, "一");
    agent_scene_note(scene, "二");
    spoil_row(scene, 2);
    go_live(scene);
    struct push push = agent_scene_sent(scene, FRAME_PUSH).push;
    assert_true(push.first_seq == 1 && push.count == 1);
    agent_scene_sent_nothing(scene);
    assert_true(scene->is_connected); /* the first is on its way */
    agent_scene_tell_ack(scene, 1, NULL, 0);
    scene->now_ms += UPLINK_BLOCKED_MS;
    agent_scene_turn(scene);
    agent_scene_sent_nothing(scene);
    assert_false(scene->is_connected);
    courier_state(&scene->courier, &told);
    assert_non_null(strstr(told.text, "第 2 条读不出"));
    assert_non_null(strstr(told.text, "rejoin"));
}

static void whole_groups_before_a_rotten_row_leave_too(void **state)
{
    struct agent_scene *scene = *state;
    go_live(scene);
    agent_scene_sent(scene, FRAME_PUSH);
    agent_scene_tell_ack(scene, 3, NULL, 0);
    for (int i = 0; i < HASH_GROUP + 2; i++) {
        char text[16];
        (void)snprintf(text, sizeof(text), "note %d", i);
        agent_scene_note(scene, text);
    }
    spoil_row(scene, 3 + HASH_GROUP + 1);
    scene->courier.uplink.rate_bytes_per_s = 1 << 20; /* room for all of them in one push */
    agent_scene_turn(scene);
    struct push push = agent_scene_sent(scene, FRAME_PUSH).push;
    assert_true(push.first_seq == 4 && push.count == HASH_GROUP);
    agent_scene_sent_nothing(scene);
}

static void a_restored_broker_moves_the_cursor_back_on_the_disk_too(void **state)
{
    struct agent_scene *scene = *state;
    struct hash chain;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    go_live(scene);
    agent_scene_tell_ack(scene, 3, NULL, 0);
    assert_int_equal(courier_save_cursor(&scene->courier), OK);
    courier_on_link(&scene->courier, false, "disconnected", scene->now_ms);
    agent_scene_turn(scene);
    scene->now_ms = courier_deadline_ms(&scene->courier);
    scene->looked_at = scene->sent_count;
    agent_scene_turn(scene);
    assert_true(agent_scene_greet(scene).acked_seq == 3);
    assert_int_equal(store_begin_read(scene->home.store, &txn), OK);
    assert_int_equal(outbox_chain(txn, 1, 1, &chain), OK);
    store_txn_abort(TAKE(txn));
    agent_scene_tell_welcome(scene, 1, &chain, "token-2");
    assert_true(agent_scene_stored(scene).acked_seq == 1);
    struct courier_state told;
    courier_state(&scene->courier, &told);
    assert_true(told.is_behind);
    agent_scene_sent(scene, FRAME_HEARTBEAT);
    assert_true(agent_scene_sent(scene, FRAME_PUSH).push.first_seq == 2);
}

static void a_frame_that_makes_no_sense_ends_the_connection(void **state)
{
    static const struct bytes nonsense[] = {
        {(const uint8_t *)"\xff\xff\xff", 3},
        {(const uint8_t *)"", 0},
    };
    struct frame hello = {.kind = FRAME_HELLO};
    struct agent_scene *scene = *state;
    go_live(scene);
    for (size_t i = 0; i < ARRAY_LENGTH(nonsense); i++) {
        courier_on_frame(&scene->courier, nonsense[i], scene->now_ms);
        agent_scene_turn(scene);
        assert_false(scene->is_connected);
        scene->now_ms = courier_deadline_ms(&scene->courier);
        agent_scene_turn(scene);
        scene->looked_at = scene->sent_count;
        agent_scene_greet(scene);
    }
    agent_scene_tell(scene, &hello);
    assert_false(scene->is_connected);
}

static void a_transport_that_is_full_gets_the_push_again(void **state)
{
    struct agent_scene *scene = *state;
    go_live(scene);
    agent_scene_sent(scene, FRAME_PUSH);
    agent_scene_tell_ack(scene, 3, NULL, 0);
    scene->is_full = true;
    agent_scene_note(scene, "四");
    agent_scene_turn(scene);
    agent_scene_sent_nothing(scene);
    scene->is_full = false;
    scene->now_ms += UPLINK_BLOCKED_MS;
    agent_scene_turn(scene);
    assert_true(agent_scene_sent(scene, FRAME_PUSH).push.first_seq == 4);
}

static void an_unjoined_agent_says_nothing_to_anybody(void **state)
{
    struct agent_scene *scene = *state;
    agent_scene_note(scene, "一");
    agent_scene_start(scene);
    assert_false(scene->is_connected);
    assert_true(courier_deadline_ms(&scene->courier) == UINT64_MAX);
    assert_int_equal(agent_scene_join(scene, "join", 1), 0); /* while it runs */
    assert_true(courier_deadline_ms(&scene->courier) == 0);
    agent_scene_turn(scene);
    assert_true(scene->is_connected);
}

#define SCENE_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, agent_scene_setup, agent_scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(hello_says_what_is_here_and_shows_the_token_of_the_welcome_before),
        SCENE_TEST(the_token_is_on_the_disk_before_the_first_push),
        SCENE_TEST(a_push_holds_the_events_their_chain_and_our_signature),
        SCENE_TEST(an_ack_without_refusals_reaches_the_disk_within_a_second),
        SCENE_TEST(refusals_and_their_cursor_are_on_the_disk_at_once_and_counted_once),
        SCENE_TEST(what_is_accepted_while_live_is_pushed_at_once),
        SCENE_TEST(what_an_ack_makes_room_for_leaves_in_the_same_turn),
        SCENE_TEST(a_rotten_row_never_leaves_and_is_named_once_those_before_it_are_acked),
        SCENE_TEST(whole_groups_before_a_rotten_row_leave_too),
        SCENE_TEST(a_restored_broker_moves_the_cursor_back_on_the_disk_too),
        SCENE_TEST(a_frame_that_makes_no_sense_ends_the_connection),
        SCENE_TEST(a_transport_that_is_full_gets_the_push_again),
        SCENE_TEST(an_unjoined_agent_says_nothing_to_anybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
