/* test_follower.c - a subscriber's cursor: credit, contiguity, reconnecting, ending. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/follower.h"

/* A broker that says what the test wants, and the time. */
struct play {
    struct follower follower;
    struct follower_action action; /* the last one */
    struct buffer batch;
    uint32_t count;
    uint64_t now_ms;
};

static void begin(struct play *play, const struct follower_plan *plan)
{
    struct trace silent = {0};
    *play = (struct play){.now_ms = 1000};
    follower_init(&play->follower, plan, 7, &silent);
}

static void end(struct play *play)
{
    buffer_release(&play->batch);
}

static bool next(struct play *play)
{
    return follower_next(&play->follower, play->now_ms, &play->action);
}

static void expect(struct play *play, enum follower_action_kind kind)
{
    assert_true(next(play));
    assert_int_equal(play->action.kind, kind);
}

static void expect_frame(struct play *play, enum frame_kind kind)
{
    expect(play, FOLLOWER_SEND);
    assert_int_equal(play->action.frame.kind, kind);
}

static void link_up(struct play *play)
{
    expect(play, FOLLOWER_CONNECT);
    assert_false(next(play));
    follower_on_link(&play->follower, true, NULL, play->now_ms);
    expect_frame(play, FRAME_SUBSCRIBE);
}

static void add_row(struct play *play, uint64_t position)
{
    CLEANUP(buffer_release) struct buffer row = {0};
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct record record = {
        .position = position, .kind = RECORD_ALARM, .unit = bytes_of_text("3415")};
    wire_record_encode(&record, &bytes);
    struct hash hash = hash_of(buffer_bytes(&bytes));
    buffer_add(&row, hash_bytes(&hash));
    buffer_add(&row, buffer_bytes(&bytes));
    wire_batch_add(&play->batch, buffer_bytes(&row));
    play->count++;
}

static void add_rows(struct play *play, uint64_t from, uint64_t to)
{
    for (uint64_t position = from; position <= to; position++)
        add_row(play, position);
}

static enum follower_verdict update(struct play *play, uint64_t scanned_to, uint64_t head)
{
    struct update update = {
        .subscription = play->follower.subscription,
        .scanned_to = scanned_to,
        .head_position = head,
        .count = play->count,
    };
    enum follower_verdict verdict =
        follower_on_update(&play->follower, &update, buffer_bytes(&play->batch), play->now_ms);
    play->count = 0;
    return verdict;
}

/* Everything the update holds; gives the error at its end, and the last position. */
static enum err drain(struct play *play, uint64_t *last)
{
    struct record record = {0};
    enum err err;
    while ((err = follower_row(&play->follower, &record, NULL)) == OK)
        *last = record.position;
    buffer_clear(&play->batch);
    return err;
}

static enum err feed(struct play *play, uint64_t from, uint64_t to, uint64_t head)
{
    uint64_t last = 0;
    add_rows(play, from, to);
    assert_int_equal(update(play, to, head), FOLLOWER_TAKE);
    return drain(play, &last);
}

static const struct follower_plan dense = {.from_position = 1, .window = 100, .is_dense = true};
static const struct follower_plan filtered = {.from_position = 1, .window = 100};

static void it_connects_subscribes_and_is_live_at_the_head(void **state)
{
    struct play play;
    (void)state;
    begin(&play, &dense);
    link_up(&play);
    assert_int_equal(play.action.frame.subscribe.from_position, 1);
    assert_int_equal(play.action.frame.subscribe.credit, 100);
    assert_true(hash_is_zero(&play.action.frame.subscribe.after));
    assert_false(follower_is_live(&play.follower));
    assert_int_equal(feed(&play, 1, 3, 5), ERR_NOT_FOUND);
    assert_false(follower_is_live(&play.follower));
    assert_int_equal(feed(&play, 4, 5, 5), ERR_NOT_FOUND);
    assert_true(follower_is_live(&play.follower));
    end(&play);
}

static void credit_is_absolute_and_topped_up_at_half(void **state)
{
    struct play play;
    (void)state;
    begin(&play, &dense);
    link_up(&play);
    assert_int_equal(feed(&play, 1, 49, 500), ERR_NOT_FOUND);
    assert_false(next(&play));
    assert_int_equal(feed(&play, 50, 50, 500), ERR_NOT_FOUND);
    expect_frame(&play, FRAME_GRANT);
    assert_int_equal(play.action.frame.grant.credit, 150);
    assert_int_equal(play.action.frame.grant.subscription, play.follower.subscription);
    assert_false(next(&play));
    end(&play);
}

static void the_window_doubles_with_each_grant_up_to_the_plans(void **state)
{
    struct follower_plan plan = {.from_position = 1, .window = 3000, .is_dense = true};
    struct play play;
    (void)state;
    begin(&play, &plan);
    link_up(&play);
    assert_int_equal(play.action.frame.subscribe.credit, FOLLOWER_WINDOW_START);
    assert_int_equal(feed(&play, 1, 600, 9000), ERR_NOT_FOUND);
    expect_frame(&play, FRAME_GRANT);
    assert_int_equal(play.action.frame.grant.credit, 600 + 2000);
    assert_int_equal(feed(&play, 601, 1700, 9000), ERR_NOT_FOUND);
    expect_frame(&play, FRAME_GRANT);
    assert_int_equal(play.action.frame.grant.credit, 1700 + 3000);
    end(&play);
}

static void more_than_was_granted_ends_it(void **state)
{
    struct follower_plan plan = {.from_position = 1, .window = 2};
    struct play play;
    (void)state;
    begin(&play, &plan);
    link_up(&play);
    add_rows(&play, 1, 3);
    assert_int_equal(update(&play, 3, 3), FOLLOWER_ABSURD);
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    expect(&play, FOLLOWER_DISCONNECT);
    assert_false(next(&play));
    end(&play);
}

static void a_filtered_feed_may_leave_positions_out_and_scanned_to_counts(void **state)
{
    struct play play;
    uint64_t last = 0;
    (void)state;
    begin(&play, &filtered);
    link_up(&play);
    add_row(&play, 3);
    add_row(&play, 7);
    assert_int_equal(update(&play, 20, 20), FOLLOWER_TAKE);
    assert_int_equal(drain(&play, &last), ERR_NOT_FOUND);
    assert_int_equal(last, 7);
    assert_int_equal(play.follower.next_position, 21);
    assert_true(follower_is_live(&play.follower));
    end(&play);
}

static void a_dense_feed_may_leave_nothing_out(void **state)
{
    struct play play;
    uint64_t last = 0;
    (void)state;
    begin(&play, &dense);
    link_up(&play);
    add_row(&play, 1);
    add_row(&play, 3);
    assert_int_equal(update(&play, 3, 3), FOLLOWER_TAKE);
    assert_int_equal(drain(&play, &last), ERR_MALFORMED);
    assert_int_equal(last, 1);
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    assert_non_null(strstr(play.follower.text, "after position 1"));
    end(&play);

    begin(&play, &dense);
    link_up(&play);
    add_row(&play, 1);
    assert_int_equal(update(&play, 2, 2), FOLLOWER_TAKE); /* says it looked at 2 and has nothing */
    assert_int_equal(drain(&play, &last), ERR_MALFORMED);
    end(&play);
}

static void positions_only_ascend_and_stay_below_scanned_to(void **state)
{
    static const uint64_t pairs[][2] = {{5, 5}, {5, 4}, {5, 11}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        struct play play;
        uint64_t last = 0;
        begin(&play, &filtered);
        link_up(&play);
        add_row(&play, pairs[i][0]);
        add_row(&play, pairs[i][1]);
        assert_int_equal(update(&play, 10, 10), FOLLOWER_TAKE);
        assert_int_equal(drain(&play, &last), ERR_MALFORMED);
        assert_int_equal(last, 5);
        end(&play);
    }
}

static void an_update_that_goes_backwards_ends_it(void **state)
{
    struct play play;
    (void)state;
    begin(&play, &filtered);
    link_up(&play);
    assert_int_equal(feed(&play, 1, 10, 20), ERR_NOT_FOUND);
    assert_int_equal(update(&play, 9, 20), FOLLOWER_ABSURD);
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    end(&play);
}

static void a_row_whose_hash_is_not_that_of_its_bytes_ends_it(void **state)
{
    struct play play;
    uint64_t last = 0;
    (void)state;
    begin(&play, &dense);
    link_up(&play);
    add_rows(&play, 1, 2);
    play.batch.data[play.batch.size - 1] ^= 1;
    assert_int_equal(update(&play, 2, 2), FOLLOWER_TAKE);
    assert_int_equal(drain(&play, &last), ERR_CORRUPT);
    assert_int_equal(last, 1);
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    end(&play);
}

static void rows_and_their_count_must_agree(void **state)
{
    static const int differences[] = {-1, 1};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(differences); i++) {
        struct play play;
        uint64_t last = 0;
        begin(&play, &filtered);
        link_up(&play);
        add_rows(&play, 1, 3);
        play.count = (uint32_t)((int)play.count + differences[i]);
        assert_int_equal(update(&play, 9, 9), FOLLOWER_TAKE);
        assert_int_equal(drain(&play, &last), ERR_MALFORMED);
        assert_int_equal(play.follower.state, FOLLOWER_ENDED);
        end(&play);
    }
}

static void after_a_lost_link_it_goes_on_behind_its_last_record_and_proves_it(void **state)
{
    struct play play;
    (void)state;
    begin(&play, &dense);
    link_up(&play);
    assert_int_equal(feed(&play, 1, 3, 9), ERR_NOT_FOUND);
    struct hash third = play.follower.after;
    uint32_t before = play.follower.subscription;
    follower_on_link(&play.follower, false, "disconnected", play.now_ms);
    expect(&play, FOLLOWER_DISCONNECT);
    assert_false(next(&play));
    play.now_ms = follower_deadline_ms(&play.follower);
    link_up(&play);
    assert_int_equal(play.action.frame.subscribe.from_position, 4);
    assert_true(hash_equal(&play.action.frame.subscribe.after, &third));
    assert_int_not_equal(play.follower.subscription, before);
    assert_int_equal(feed(&play, 4, 9, 9), ERR_NOT_FOUND);
    end(&play);
}

static void a_filtered_feed_looks_again_behind_its_last_record_only_when_that_is_near(void **state)
{
    static const uint64_t scanned[] = {500, FOLLOWER_RESCAN_MAX + 500};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(scanned); i++) {
        struct play play;
        uint64_t last = 0;
        begin(&play, &filtered);
        link_up(&play);
        add_row(&play, 3);
        assert_int_equal(update(&play, scanned[i], scanned[i]), FOLLOWER_TAKE);
        assert_int_equal(drain(&play, &last), ERR_NOT_FOUND);
        follower_on_link(&play.follower, false, "disconnected", play.now_ms);
        expect(&play, FOLLOWER_DISCONNECT);
        play.now_ms = follower_deadline_ms(&play.follower);
        link_up(&play);
        bool near = scanned[i] < FOLLOWER_RESCAN_MAX;
        assert_int_equal(play.action.frame.subscribe.from_position, near ? 4 : scanned[i] + 1);
        assert_int_equal(hash_is_zero(&play.action.frame.subscribe.after), !near);
        end(&play);
    }
}

static void an_update_of_an_earlier_subscription_is_stale(void **state)
{
    struct play play;
    (void)state;
    begin(&play, &dense);
    link_up(&play);
    struct update update = {.subscription = 99, .scanned_to = 1, .head_position = 1};
    assert_int_equal(follower_on_update(&play.follower, &update, BYTES_NONE, play.now_ms),
                     FOLLOWER_STALE);
    assert_int_equal(play.follower.state, FOLLOWER_FOLLOWING);
    end(&play);
}

static void waits_grow_to_a_minute_and_keep_their_lower_half(void **state)
{
    struct play play;
    uint64_t least_ms = FOLLOWER_BACKOFF_MIN_MS / 2;
    (void)state;
    begin(&play, &dense);
    for (int i = 0; i < 20; i++) {
        expect(&play, FOLLOWER_CONNECT);
        follower_on_link(&play.follower, false, "nobody listens", play.now_ms);
        expect(&play, FOLLOWER_DISCONNECT);
        assert_false(next(&play));
        uint64_t wait_ms = follower_deadline_ms(&play.follower) - play.now_ms;
        assert_in_range(wait_ms, least_ms, 2 * least_ms);
        play.now_ms += wait_ms;
        least_ms =
            2 * least_ms < FOLLOWER_BACKOFF_MAX_MS / 2 ? 2 * least_ms : FOLLOWER_BACKOFF_MAX_MS / 2;
    }
    assert_string_equal(play.follower.text, "nobody listens");
    end(&play);
}

static void silence_is_asked_about_and_then_ends_the_link_with_a_smaller_window(void **state)
{
    struct follower_plan plan = {.from_position = 1, .window = 5000, .is_dense = true};
    struct play play;
    (void)state;
    begin(&play, &plan);
    link_up(&play);
    play.now_ms += FOLLOWER_HEARTBEAT_MS - 1;
    assert_false(next(&play));
    play.now_ms = follower_deadline_ms(&play.follower);
    expect_frame(&play, FRAME_HEARTBEAT);
    struct heartbeat reply = {.is_reply = true};
    play.now_ms += FOLLOWER_REPLY_MS - 1;
    follower_on_heartbeat(&play.follower, &reply, play.now_ms);
    play.now_ms = follower_deadline_ms(&play.follower);
    expect_frame(&play, FRAME_HEARTBEAT);
    play.now_ms += FOLLOWER_REPLY_MS;
    expect(&play, FOLLOWER_DISCONNECT);
    play.now_ms = follower_deadline_ms(&play.follower);
    link_up(&play);
    assert_int_equal(play.action.frame.subscribe.credit, FOLLOWER_WINDOW_START / 4);
    end(&play);
}

static void a_heartbeat_of_the_broker_is_answered_with_its_clock(void **state)
{
    struct play play;
    (void)state;
    begin(&play, &dense);
    link_up(&play);
    struct heartbeat heartbeat = {.clock_ms = 4711};
    follower_on_heartbeat(&play.follower, &heartbeat, play.now_ms);
    expect_frame(&play, FRAME_HEARTBEAT);
    assert_true(play.action.frame.heartbeat.is_reply);
    assert_int_equal(play.action.frame.heartbeat.echo_clock_ms, 4711);
    assert_false(next(&play));
    end(&play);
}

static void who_was_stopped_for_long_subscribes_anew(void **state)
{
    struct play play;
    (void)state;
    begin(&play, &dense);
    link_up(&play);
    assert_int_equal(feed(&play, 1, 3, 3), ERR_NOT_FOUND);
    play.now_ms += FOLLOWER_STALL_MS; /* SIGSTOP, or a standard output that takes nothing */
    expect(&play, FOLLOWER_DISCONNECT);
    play.now_ms = follower_deadline_ms(&play.follower);
    link_up(&play);
    assert_int_equal(play.action.frame.subscribe.from_position, 4);
    end(&play);
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
        begin(&play, &dense);
        link_up(&play);
        struct refuse refuse = refusal(reasons[i], 0, play.follower.subscription);
        follower_on_refuse(&play.follower, &refuse, play.now_ms);
        assert_int_equal(play.follower.state, FOLLOWER_ENDED);
        assert_int_equal(play.follower.reason, reasons[i]);
        assert_string_equal(play.follower.text, "why");
        assert_string_equal(play.follower.remedy, "what to do");
        expect(&play, FOLLOWER_DISCONNECT);
        assert_false(next(&play));
        assert_true(follower_deadline_ms(&play.follower) == UINT64_MAX);
        end(&play);
    }
}

static void a_busy_broker_is_asked_again_when_it_said(void **state)
{
    struct play play;
    (void)state;
    begin(&play, &dense);
    link_up(&play);
    struct refuse refuse = refusal(REASON_BUSY, 7000, 0);
    follower_on_refuse(&play.follower, &refuse, play.now_ms);
    expect(&play, FOLLOWER_DISCONNECT);
    assert_int_equal(follower_deadline_ms(&play.follower), play.now_ms + 7000);
    play.now_ms += 7000;
    link_up(&play);
    refuse = refusal(REASON_REVOKED, 0, 99); /* of a subscription that is not ours */
    follower_on_refuse(&play.follower, &refuse, play.now_ms);
    assert_int_equal(play.follower.state, FOLLOWER_FOLLOWING);
    end(&play);
}

static void a_bye_for_a_revoked_key_ends_it_and_any_other_bye_is_a_lost_link(void **state)
{
    struct play play;
    (void)state;
    begin(&play, &dense);
    link_up(&play);
    struct bye bye = {.reason = REASON_NONE, .text = bytes_of_text("stopping")};
    follower_on_bye(&play.follower, &bye, play.now_ms);
    assert_int_equal(play.follower.state, FOLLOWER_WAITING);
    expect(&play, FOLLOWER_DISCONNECT);
    play.now_ms = follower_deadline_ms(&play.follower);
    link_up(&play);
    bye = (struct bye){.reason = REASON_REVOKED, .text = bytes_of_text("revoked")};
    follower_on_bye(&play.follower, &bye, play.now_ms);
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    assert_string_equal(play.follower.text, "revoked");
    end(&play);
}

static void a_handshake_that_refuses_the_key_ends_it(void **state)
{
    struct play play;
    (void)state;
    begin(&play, &dense);
    expect(&play, FOLLOWER_CONNECT);
    follower_on_denied(&play.follower, "not in the roster");
    assert_int_equal(play.follower.state, FOLLOWER_ENDED);
    assert_int_equal(play.follower.reason, REASON_REVOKED);
    expect(&play, FOLLOWER_DISCONNECT);
    assert_false(next(&play));
    end(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_connects_subscribes_and_is_live_at_the_head),
        cmocka_unit_test(credit_is_absolute_and_topped_up_at_half),
        cmocka_unit_test(the_window_doubles_with_each_grant_up_to_the_plans),
        cmocka_unit_test(more_than_was_granted_ends_it),
        cmocka_unit_test(a_filtered_feed_may_leave_positions_out_and_scanned_to_counts),
        cmocka_unit_test(a_dense_feed_may_leave_nothing_out),
        cmocka_unit_test(positions_only_ascend_and_stay_below_scanned_to),
        cmocka_unit_test(an_update_that_goes_backwards_ends_it),
        cmocka_unit_test(a_row_whose_hash_is_not_that_of_its_bytes_ends_it),
        cmocka_unit_test(rows_and_their_count_must_agree),
        cmocka_unit_test(after_a_lost_link_it_goes_on_behind_its_last_record_and_proves_it),
        cmocka_unit_test(a_filtered_feed_looks_again_behind_its_last_record_only_when_that_is_near),
        cmocka_unit_test(an_update_of_an_earlier_subscription_is_stale),
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
