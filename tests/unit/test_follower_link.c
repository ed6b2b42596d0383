/* test_follower_link.c - a follower's links: lost, silent, refused; where it goes on after them. */
#include "tests/unit/follower_scene.h"

static void after_a_lost_link_it_goes_on_behind_its_last_record_and_proves_it(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    assert_int_equal(play_feed(&play, 1, 3, 9), ERR_NOT_FOUND);
    struct hash third = play.follower.after;
    uint32_t before = play.follower.subscription;
    follower_on_link(&play.follower, false, "disconnected", play.now_ms);
    play_expect(&play, FOLLOWER_DISCONNECT);
    assert_false(play_next(&play));
    play.now_ms = follower_deadline_ms(&play.follower);
    play_link_up(&play);
    assert_int_equal(play.action.frame.subscribe.from_position, 4);
    assert_true(hash_equal(&play.action.frame.subscribe.after, &third));
    assert_int_not_equal(play.follower.subscription, before);
    assert_int_equal(play_feed(&play, 4, 9, 9), ERR_NOT_FOUND);
    play_end(&play);
}

static void a_filtered_feed_looks_again_behind_its_last_record_only_when_that_is_near(void **state)
{
    static const uint64_t scanned[] = {500, FOLLOWER_RESCAN_MAX + 500};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(scanned); i++) {
        struct play play;
        uint64_t last = 0;
        play_begin(&play, &play_filtered);
        play_link_up(&play);
        play_add_row(&play, 3);
        assert_int_equal(play_update(&play, scanned[i], scanned[i]), FOLLOWER_TAKE);
        assert_int_equal(play_drain(&play, &last), ERR_NOT_FOUND);
        follower_on_link(&play.follower, false, "disconnected", play.now_ms);
        play_expect(&play, FOLLOWER_DISCONNECT);
        play.now_ms = follower_deadline_ms(&play.follower);
        play_link_up(&play);
        bool near = scanned[i] < FOLLOWER_RESCAN_MAX;
        assert_int_equal(play.action.frame.subscribe.from_position, near ? 4 : scanned[i] + 1);
        assert_int_equal(hash_is_zero(&play.action.frame.subscribe.after), !near);
        play_end(&play);
    }
}

static void an_update_of_an_earlier_subscription_is_stale(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    struct update update = {.subscription = 99, .scanned_to = 1, .head_position = 1};
    assert_int_equal(follower_on_update(&play.follower, &update, BYTES_NONE, play.now_ms),
                     FOLLOWER_STALE);
    assert_int_equal(play.follower.state, FOLLOWER_FOLLOWING);
    play_end(&play);
}

static void contacts_are_a_sign_of_life_and_taken_when_they_are_of_this_subscription(void **state)
{
    struct play play;
    struct contacts contacts = {.subscription = 99};
    (void)state;
    play_begin(&play, &play_dense);
    assert_false(follower_on_contacts(&play.follower, &contacts, play.now_ms)); /* no link */
    play_link_up(&play);
    contacts.subscription = play.follower.subscription;
    play.now_ms += FOLLOWER_HEARTBEAT_MS;
    play_expect_frame(&play, FRAME_HEARTBEAT);
    assert_true(follower_on_contacts(&play.follower, &contacts, play.now_ms));
    play.now_ms += FOLLOWER_REPLY_MS; /* no reply came, and none is missed */
    assert_false(play_next(&play));
    assert_int_equal(play.follower.state, FOLLOWER_FOLLOWING);
    contacts.subscription++;
    assert_false(follower_on_contacts(&play.follower, &contacts, play.now_ms));
    assert_int_equal(play.follower.state, FOLLOWER_FOLLOWING);
    play_end(&play);
}

static void waits_grow_to_a_minute_and_keep_their_lower_half(void **state)
{
    struct play play;
    uint64_t least_ms = FOLLOWER_BACKOFF_MIN_MS / 2;
    (void)state;
    play_begin(&play, &play_dense);
    for (int i = 0; i < 20; i++) {
        play_expect(&play, FOLLOWER_CONNECT);
        follower_on_link(&play.follower, false, "nobody listens", play.now_ms);
        play_expect(&play, FOLLOWER_DISCONNECT);
        assert_false(play_next(&play));
        uint64_t wait_ms = follower_deadline_ms(&play.follower) - play.now_ms;
        assert_in_range(wait_ms, least_ms, 2 * least_ms);
        play.now_ms += wait_ms;
        least_ms =
            2 * least_ms < FOLLOWER_BACKOFF_MAX_MS / 2 ? 2 * least_ms : FOLLOWER_BACKOFF_MAX_MS / 2;
    }
    assert_string_equal(play.follower.text, "nobody listens");
    play_end(&play);
}

static void silence_is_asked_about_and_then_ends_the_link_with_a_smaller_window(void **state)
{
    struct follower_plan plan = {.from_position = 1, .window = 5000, .is_dense = true};
    struct play play;
    (void)state;
    play_begin(&play, &plan);
    play_link_up(&play);
    play.now_ms += FOLLOWER_HEARTBEAT_MS - 1;
    assert_false(play_next(&play));
    play.now_ms = follower_deadline_ms(&play.follower);
    play_expect_frame(&play, FRAME_HEARTBEAT);
    struct heartbeat reply = {.is_reply = true};
    play.now_ms += FOLLOWER_REPLY_MS - 1;
    follower_on_heartbeat(&play.follower, &reply, play.now_ms);
    play.now_ms = follower_deadline_ms(&play.follower);
    play_expect_frame(&play, FRAME_HEARTBEAT);
    play.now_ms += FOLLOWER_REPLY_MS;
    play_expect(&play, FOLLOWER_DISCONNECT);
    play.now_ms = follower_deadline_ms(&play.follower);
    play_link_up(&play);
    assert_int_equal(play.action.frame.subscribe.credit, FOLLOWER_WINDOW_START / 4);
    play_end(&play);
}

static void a_heartbeat_of_the_broker_is_answered_with_its_clock(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    struct heartbeat heartbeat = {.clock_ms = 4711};
    follower_on_heartbeat(&play.follower, &heartbeat, play.now_ms);
    play_expect_frame(&play, FRAME_HEARTBEAT);
    assert_true(play.action.frame.heartbeat.is_reply);
    assert_int_equal(play.action.frame.heartbeat.echo_clock_ms, 4711);
    assert_false(play_next(&play));
    play_end(&play);
}

static void who_was_stopped_for_long_subscribes_anew(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    assert_int_equal(play_feed(&play, 1, 3, 3), ERR_NOT_FOUND);
    play.now_ms += FOLLOWER_STALL_MS; /* SIGSTOP, or a standard output that takes nothing */
    play_expect(&play, FOLLOWER_DISCONNECT);
    play.now_ms = follower_deadline_ms(&play.follower);
    play_link_up(&play);
    assert_int_equal(play.action.frame.subscribe.from_position, 4);
    play_end(&play);
}

static struct refuse refusal(uint32_t reason, uint32_t retry_after_ms, uint32_t subscription)
{
    return (struct refuse){
        .reason = reason,
        .retry_after_ms = retry_after_ms,
        .subscription = subscription,
        .text = bytes_of_text("why"),
        .remedy = bytes_of_text("what to do"),
    };
}

static void a_refusal_that_time_does_not_mend_ends_it_with_its_words(void **state)
{
    static const uint32_t reasons[] = {REASON_REVOKED, REASON_RIGHT, REASON_LOG_CHANGED,
                                       REASON_VERSION};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
        struct play play;
        play_begin(&play, &play_dense);
        play_link_up(&play);
        struct refuse refuse = refusal(reasons[i], 0, play.follower.subscription);
        follower_on_refuse(&play.follower, &refuse, play.now_ms);
        assert_int_equal(play.follower.state, FOLLOWER_ENDED);
        assert_int_equal(play.follower.reason, reasons[i]);
        assert_string_equal(play.follower.text, "why");
        assert_string_equal(play.follower.remedy, "what to do");
        play_expect(&play, FOLLOWER_DISCONNECT);
        assert_false(play_next(&play));
        assert_true(follower_deadline_ms(&play.follower) == UINT64_MAX);
        play_end(&play);
    }
}

static void a_busy_broker_is_asked_again_when_it_said(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    struct refuse refuse = refusal(REASON_BUSY, 7000, 0);
    follower_on_refuse(&play.follower, &refuse, play.now_ms);
    play_expect(&play, FOLLOWER_DISCONNECT);
    assert_int_equal(follower_deadline_ms(&play.follower), play.now_ms + 7000);
    play.now_ms += 7000;
    play_link_up(&play);
    refuse = refusal(REASON_REVOKED, 0, 99); /* of a subscription that is not ours */
    follower_on_refuse(&play.follower, &refuse, play.now_ms);
    assert_int_equal(play.follower.state, FOLLOWER_FOLLOWING);
    play_end(&play);
}

static void a_bye_for_a_revoked_key_ends_it_and_any_other_bye_is_a_lost_link(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, &play_dense);
    play_link_up(&play);
    struct bye bye = {.reason = REASON_NONE, .text = bytes_of_text("stopping")};
    follower_on_bye(&play.follower, &bye, play.now_ms);
    assert_int_equal(play.follower.state, FOLLOWER_WAITING);
    play_expect(&play, FOLLOWER_DISCONNECT);
    play.now_ms = follower_deadline_ms(&play.follower);
    play_link_up(&play);
    bye = (struct bye){.reason = REASON_REVOKED, .text = bytes_of_text("revoked")};
    follower_on_bye(&play.follower, &bye, play.now_ms);
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    assert_string_equal(play.follower.text, "revoked");
    play_end(&play);
}

static void a_handshake_that_refuses_the_key_ends_it(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, &play_dense);
    play_expect(&play, FOLLOWER_CONNECT);
    follower_on_denied(&play.follower, "not in the roster");
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    assert_int_equal(play.follower.reason, REASON_REVOKED);
    play_expect(&play, FOLLOWER_DISCONNECT);
    assert_false(play_next(&play));
    play_end(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_lost_link_it_goes_on_behind_its_last_record_and_proves_it),
        cmocka_unit_test(a_filtered_feed_looks_again_behind_its_last_record_only_when_that_is_near),
        cmocka_unit_test(an_update_of_an_earlier_subscription_is_stale),
        cmocka_unit_test(contacts_are_a_sign_of_life_and_taken_when_they_are_of_this_subscription),
        cmocka_unit_test(waits_grow_to_a_minute_and_keep_their_lower_half),
        cmocka_unit_test(silence_is_asked_about_and_then_ends_the_link_with_a_smaller_window),
        cmocka_unit_test(a_heartbeat_of_the_broker_is_answered_with_its_clock),
        cmocka_unit_test(who_was_stopped_for_long_subscribes_anew),
        cmocka_unit_test(a_refusal_that_time_does_not_mend_ends_it_with_its_words),
        cmocka_unit_test(a_busy_broker_is_asked_again_when_it_said),
        cmocka_unit_test(a_bye_for_a_revoked_key_ends_it_and_any_other_bye_is_a_lost_link),
        cmocka_unit_test(a_handshake_that_refuses_the_key_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
