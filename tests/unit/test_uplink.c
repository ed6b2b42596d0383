/* test_uplink.c - what the broker says, and what the uplink makes of it. */
#include "uplink_scene.h"

static void nothing_is_done_before_a_unit_has_joined(void **state)
{
    struct uplink uplink;
    struct uplink_action action;
    struct trace trace = {0};
    (void)state;
    uplink_init(&uplink, 1, &trace);
    uplink_on_appended(&uplink, 5);
    assert_false(uplink_next(&uplink, 1, &action));
    assert_true(uplink_deadline_ms(&uplink) == UINT64_MAX);
    assert_int_equal(uplink.state, UPLINK_UNJOINED);
}

static void nothing_is_pushed_before_the_token_is_on_disk_and_confirmed(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 10, 0);
    uplink_scene_greet(&scene);
    uplink_scene_welcome(&scene, 0, 100);
    uplink_scene_expect(&scene, UPLINK_SAVE_TOKEN);
    uplink_scene_expect_nothing(&scene);
    uplink_on_token_saved(&scene.uplink, scene.now_ms);
    uplink_scene_expect(&scene, UPLINK_HEARTBEAT);
    struct uplink_action push = uplink_scene_expect(&scene, UPLINK_PUSH);
    assert_true(push.from_seq == 1 && push.max_events == 10);
}

static void a_welcome_nobody_asked_for_changes_nothing(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 10, 0);
    uplink_scene_expect(&scene, UPLINK_CONNECT);
    uplink_scene_welcome(&scene, 5, 100);
    assert_int_equal(scene.uplink.state, UPLINK_CONNECTING);
    uplink_on_link(&scene.uplink, true, NULL, scene.now_ms);
    uplink_scene_welcome(&scene, 5, 100); /* hello is due, not sent */
    assert_int_equal(scene.uplink.state, UPLINK_GREETING);
    assert_true(scene.uplink.credit_seq == 0);
}

static void the_cursor_moves_only_by_an_ack(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 10, 2);
    uplink_scene_greet(&scene);
    uplink_scene_live(&scene, 6, 100);
    assert_true(scene.uplink.acked_seq == 2); /* the verdicts of 3..6 are still to come */
    struct uplink_action push = uplink_scene_expect(&scene, UPLINK_PUSH);
    assert_true(push.from_seq == 7 && push.max_events == 4);
    assert_int_equal(uplink_scene_ack(&scene, 6, 100), UPLINK_ACK_NEWS);
    assert_true(scene.uplink.acked_seq == 6);
}

static void judging_an_ack_moves_nothing(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 10, 0, 100);
    uplink_scene_push_all(&scene, 100);
    struct ack ack = {.epoch = SCENE_EPOCH, .have_seq = 10, .credit_seq = 100};
    assert_int_equal(uplink_judge_ack(&scene.uplink, &ack), UPLINK_ACK_NEWS);
    assert_true(scene.uplink.acked_seq == 0);
    assert_int_equal(uplink_on_ack(&scene.uplink, &ack, scene.now_ms), UPLINK_ACK_NEWS);
    assert_int_equal(uplink_judge_ack(&scene.uplink, &ack), UPLINK_ACK_OLD);
}

static void a_stale_ack_changes_nothing_but_may_bring_credit(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 10, 0, 8);
    uplink_scene_push_all(&scene, 100);
    assert_int_equal(uplink_scene_ack(&scene, 8, 8), UPLINK_ACK_NEWS);
    assert_int_equal(uplink_scene_ack(&scene, 3, 8), UPLINK_ACK_OLD);
    assert_int_equal(uplink_scene_ack(&scene, 8, 9), UPLINK_ACK_OLD);
    assert_true(scene.uplink.acked_seq == 8 && scene.uplink.credit_seq == 9);
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).max_events == 1);
}

static void an_ack_for_what_was_never_sent_is_not_believed(void **state)
{
    struct ack_refusal refusal = {.seq = 9};
    struct ack absurd[] = {
        {.epoch = SCENE_EPOCH, .have_seq = 9},
        {.epoch = SCENE_EPOCH + 1, .have_seq = 4},
        {.epoch = SCENE_EPOCH, .have_seq = 4, .refusals = &refusal, .refusal_count = 1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(absurd); i++) {
        struct uplink_scene scene;
        uplink_scene_begin(&scene, 10, 0, 8);
        uplink_scene_push_all(&scene, 100);
        assert_int_equal(uplink_on_ack(&scene.uplink, &absurd[i], scene.now_ms), UPLINK_ACK_ABSURD);
        assert_int_equal(scene.uplink.state, UPLINK_HELD);
        assert_true(scene.uplink.acked_seq == 0);
    }
}

static void credit_is_never_exceeded_and_a_smaller_one_changes_nothing(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 1000, 0, 7);
    uplink_scene_push_all(&scene, 10);
    assert_true(scene.uplink.sent_seq == 7);
    uplink_scene_ack(&scene, 5, 3);
    assert_true(scene.uplink.credit_seq == 7);
    uplink_scene_expect_nothing(&scene);
    uplink_scene_ack(&scene, 7, 20);
    uplink_scene_push_all(&scene, 10);
    assert_true(scene.uplink.sent_seq == 20);
}

static void a_hole_leads_to_one_hello_however_often_it_is_said(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 100, 0, 100);
    uplink_scene_push_all(&scene, 1000);
    uplink_scene_refuse(&scene, REASON_HOLE, 0);
    uplink_scene_refuse(&scene, REASON_HOLE, 0);
    uplink_scene_expect(&scene, UPLINK_HELLO);
    uplink_scene_refuse(&scene, REASON_HOLE, 0);
    uplink_scene_expect_nothing(&scene);
    uplink_scene_live(&scene, 2, 100);
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).from_seq == 3);
}

static void holes_without_end_lead_to_another_connection(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 100, 0, 100);
    for (int i = 0; i < 20 && scene.uplink.state == UPLINK_LIVE; i++) {
        uplink_scene_refuse(&scene, REASON_HOLE, 0);
        if (scene.uplink.state != UPLINK_GREETING)
            break;
        uplink_scene_expect(&scene, UPLINK_HELLO);
        uplink_scene_live(&scene, 0, 100);
    }
    assert_int_equal(scene.uplink.state, UPLINK_WAITING);
}

static void a_full_disk_at_the_broker_pauses_says_so_and_goes_on(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 100, 0, 50);
    uplink_scene_push_all(&scene, 100);
    uplink_scene_refuse(&scene, REASON_DISK_FULL, 8000);
    uplink_scene_refuse(&scene, REASON_DISK_FULL, 8000); /* for each push that was under way */
    assert_int_equal(scene.uplink.state, UPLINK_PAUSED);
    assert_true(scene.uplink.held_reason == REASON_DISK_FULL && !scene.uplink.is_final);
    uplink_scene_expect_nothing(&scene);
    scene.now_ms += 8000;
    uplink_scene_expect(&scene, UPLINK_HELLO);
    uplink_scene_live(&scene, 0, 0); /* still no credit: still the reason */
    assert_true(scene.uplink.held_reason == REASON_DISK_FULL);
    uplink_scene_ack(&scene, 0, 100);
    assert_true(scene.uplink.held_reason == REASON_NONE);
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).from_seq == 1);
}

static void an_ack_is_taken_while_the_broker_pauses_us(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 100, 0, 50);
    uplink_scene_push_all(&scene, 10);
    uplink_scene_refuse(&scene, REASON_BUSY, 0);
    assert_int_equal(uplink_scene_ack(&scene, 50, 50), UPLINK_ACK_NEWS);
    assert_true(scene.uplink.acked_seq == 50);
}

static void what_trying_again_does_not_mend_is_held_with_reason_and_remedy(void **state)
{
    static const uint32_t reasons[] = {REASON_WRONG_UNIT, REASON_REVOKED, REASON_FORK, REASON_CLONE,
                                       REASON_ROLLED_BACK};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
        struct uplink_scene scene;
        uplink_scene_init(&scene, 5, 0);
        uplink_scene_greet(&scene);
        uplink_scene_refuse(&scene, reasons[i], 0);
        assert_int_equal(scene.uplink.state, UPLINK_HELD);
        assert_true(scene.uplink.is_final && scene.uplink.held_reason == reasons[i]);
        assert_string_equal(scene.uplink.held_text, "because");
        assert_non_null(strstr(scene.uplink.held_remedy, "rejoin"));
        assert_true(uplink_scene_wait_ms(&scene) == UPLINK_HELD_RETRY_MS);
    }
}

static void a_held_reason_outlives_failing_retries_and_ends_with_a_welcome(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 5, 0);
    uplink_scene_greet(&scene);
    uplink_scene_refuse(&scene, REASON_REVOKED, 0);
    scene.now_ms += uplink_scene_wait_ms(&scene);
    uplink_scene_expect(&scene, UPLINK_CONNECT);
    uplink_on_link(&scene.uplink, false, "nobody listens", scene.now_ms);
    assert_int_equal(scene.uplink.state, UPLINK_HELD);
    assert_true(scene.uplink.is_final && scene.uplink.held_reason == REASON_REVOKED);
    scene.now_ms += uplink_scene_wait_ms(&scene);
    uplink_scene_greet(&scene);
    uplink_scene_live(&scene, 0, 10);
    assert_true(!scene.uplink.is_final && scene.uplink.held_reason == REASON_NONE);
    assert_string_equal(scene.uplink.held_text, "");
}

static void a_key_that_the_handshake_refuses_is_held_as_revoked(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 5, 0);
    uplink_scene_expect(&scene, UPLINK_CONNECT);
    uplink_on_link(&scene.uplink, false, "the broker does not know this key (ZAP 400)",
                   scene.now_ms);
    assert_int_equal(scene.uplink.state, UPLINK_HELD);
    assert_true(scene.uplink.held_reason == REASON_REVOKED);
}

static void a_refusal_of_a_subscription_is_not_ours(void **state)
{
    struct uplink_scene scene;
    struct refuse refuse = {.reason = REASON_RIGHT, .subscription = 1};
    (void)state;
    uplink_scene_begin(&scene, 5, 0, 10);
    uplink_on_refuse(&scene.uplink, &refuse, scene.now_ms);
    assert_int_equal(scene.uplink.state, UPLINK_LIVE);
}

static void a_fork_is_seen_in_the_welcome_and_names_both_hashes(void **state)
{
    struct uplink_scene scene;
    struct hash ours = hash_of(bytes_of_text("ours")), theirs = hash_of(bytes_of_text("theirs"));
    struct welcome welcome = {.version = PROTOCOL_VERSION, .have_seq = 3, .chain_head = theirs};
    char text[2 * HASH_SIZE + 1];
    (void)state;
    uplink_scene_init(&scene, 5, 0);
    uplink_scene_greet(&scene);
    uplink_on_welcome(&scene.uplink, &welcome, &ours, scene.now_ms);
    assert_int_equal(scene.uplink.state, UPLINK_HELD);
    assert_true(scene.uplink.held_reason == REASON_FORK);
    assert_non_null(
        strstr(scene.uplink.held_text, hex_text(hash_bytes(&ours), text, sizeof(text))));
    assert_non_null(
        strstr(scene.uplink.held_text, hex_text(hash_bytes(&theirs), text, sizeof(text))));
}

static void a_city_that_has_more_than_we_do_means_we_were_rolled_back(void **state)
{
    struct uplink_scene scene;
    struct welcome welcome = {.version = PROTOCOL_VERSION, .have_seq = 6};
    (void)state;
    uplink_scene_init(&scene, 5, 5);
    uplink_scene_greet(&scene);
    uplink_on_welcome(&scene.uplink, &welcome, NULL, scene.now_ms);
    assert_true(scene.uplink.held_reason == REASON_ROLLED_BACK && scene.uplink.is_final);
}

static void another_protocol_version_is_held(void **state)
{
    struct uplink_scene scene;
    struct hash chain = {0};
    struct welcome welcome = {.version = PROTOCOL_VERSION + 1};
    (void)state;
    uplink_scene_init(&scene, 5, 0);
    uplink_scene_greet(&scene);
    uplink_on_welcome(&scene.uplink, &welcome, &chain, scene.now_ms);
    assert_true(scene.uplink.held_reason == REASON_VERSION && scene.uplink.is_final);
}

static void a_restored_broker_gets_again_what_it_lacks(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 10, 9);
    uplink_scene_greet(&scene);
    uplink_scene_live(&scene, 4, 100);
    assert_true(scene.uplink.broker_behind && scene.uplink.acked_seq == 4);
    assert_non_null(strstr(scene.trace, "BROKER_BEHIND"));
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).from_seq == 5);
    uplink_scene_push_all(&scene, 10);
    uplink_scene_ack(&scene, 8, 100);
    assert_true(scene.uplink.broker_behind);
    uplink_scene_ack(&scene, 9, 100);
    assert_false(scene.uplink.broker_behind);
}

static void a_bye_says_whether_to_come_again(void **state)
{
    struct uplink_scene scene;
    struct bye revoked = {.reason = REASON_REVOKED, .text = bytes_of_text("revoked")};
    struct bye other = {.reason = REASON_CLONE, .text = bytes_of_text("a newer session")};
    (void)state;
    uplink_scene_begin(&scene, 5, 0, 10);
    uplink_on_bye(&scene.uplink, &revoked, scene.now_ms);
    assert_int_equal(scene.uplink.state, UPLINK_HELD);
    uplink_scene_begin(&scene, 5, 0, 10);
    uplink_on_bye(&scene.uplink, &other, scene.now_ms);
    assert_int_equal(scene.uplink.state, UPLINK_WAITING);
    assert_string_equal(scene.uplink.held_text, "a newer session");
}

static void trouble_of_our_own_ends_the_connection_and_is_told(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 5, 0);
    uplink_scene_greet(&scene);
    uplink_scene_welcome(&scene, 0, 10);
    uplink_scene_expect(&scene, UPLINK_SAVE_TOKEN);
    uplink_on_trouble(&scene.uplink, "disk full", scene.now_ms);
    assert_int_equal(scene.uplink.state, UPLINK_WAITING);
    assert_string_equal(scene.uplink.held_text, "disk full");
    scene.now_ms += uplink_scene_wait_ms(&scene);
    uplink_scene_greet(&scene);
}

static void joining_anew_forgets_what_was_under_way(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 50, 0, 50);
    uplink_scene_push_all(&scene, 100);
    uplink_scene_refuse(&scene, REASON_FORK, 0);
    uplink_join(&scene.uplink, SCENE_EPOCH + 1, 4, 0, scene.now_ms);
    assert_true(scene.uplink.held_reason == REASON_NONE && !scene.uplink.is_final);
    uplink_scene_expect(&scene, UPLINK_DISCONNECT);
    uplink_scene_greet(&scene);
    uplink_scene_live(&scene, 0, 10);
    struct uplink_action push = uplink_scene_expect(&scene, UPLINK_PUSH);
    assert_true(push.from_seq == 1 && push.max_events == 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_done_before_a_unit_has_joined),
        cmocka_unit_test(nothing_is_pushed_before_the_token_is_on_disk_and_confirmed),
        cmocka_unit_test(a_welcome_nobody_asked_for_changes_nothing),
        cmocka_unit_test(the_cursor_moves_only_by_an_ack),
        cmocka_unit_test(judging_an_ack_moves_nothing),
        cmocka_unit_test(a_stale_ack_changes_nothing_but_may_bring_credit),
        cmocka_unit_test(an_ack_for_what_was_never_sent_is_not_believed),
        cmocka_unit_test(credit_is_never_exceeded_and_a_smaller_one_changes_nothing),
        cmocka_unit_test(a_hole_leads_to_one_hello_however_often_it_is_said),
        cmocka_unit_test(holes_without_end_lead_to_another_connection),
        cmocka_unit_test(a_full_disk_at_the_broker_pauses_says_so_and_goes_on),
        cmocka_unit_test(an_ack_is_taken_while_the_broker_pauses_us),
        cmocka_unit_test(what_trying_again_does_not_mend_is_held_with_reason_and_remedy),
        cmocka_unit_test(a_held_reason_outlives_failing_retries_and_ends_with_a_welcome),
        cmocka_unit_test(a_key_that_the_handshake_refuses_is_held_as_revoked),
        cmocka_unit_test(a_refusal_of_a_subscription_is_not_ours),
        cmocka_unit_test(a_fork_is_seen_in_the_welcome_and_names_both_hashes),
        cmocka_unit_test(a_city_that_has_more_than_we_do_means_we_were_rolled_back),
        cmocka_unit_test(another_protocol_version_is_held),
        cmocka_unit_test(a_restored_broker_gets_again_what_it_lacks),
        cmocka_unit_test(a_bye_says_whether_to_come_again),
        cmocka_unit_test(trouble_of_our_own_ends_the_connection_and_is_told),
        cmocka_unit_test(joining_anew_forgets_what_was_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
