/* test_hub.c - hellos, pushes and acks, told by the transcript of what leaves the hub. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/hub_scene.h"

static int set_up(void **state)
{
    struct hub_scene *scene = calloc(1, sizeof(*scene));
    hub_scene_open(scene);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    hub_scene_close(*state);
    free(*state);
    return 0;
}

static void assert_turn(struct hub_scene *scene, const char *expected)
{
    assert_string_equal(hub_scene_turn(scene), expected);
}

/* "a refuse REASON subscription=S have=H", for those that only differ in numbers */
static const char *refusal(char route, uint32_t reason, uint32_t subscription, uint64_t have_seq)
{
    static char text[80];
    (void)snprintf(text, sizeof(text), "%c refuse %u subscription=%u have=%llu\n", route, reason,
                   subscription, (unsigned long long)have_seq);
    return text;
}

static const char *bye(char route, uint32_t reason)
{
    static char text[80];
    (void)snprintf(text, sizeof(text), "%c bye %u\n", route, reason);
    return text;
}

/* ---- hello ---- */

static void a_welcome_leaves_only_after_its_token_is_durable(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    assert_int_equal(scene->verdict, HUB_SAVE_ROW);
    assert_ptr_equal(scene->output.session, hub_scene_session(scene, SCENE_JIN_AN));
    assert_turn(scene, "");
    hub_scene_commit(scene);
    assert_turn(scene, "a welcome have=0 credit=30\n");
    assert_false(hub_scene_session(scene, SCENE_JIN_AN)->token_dirty);
}

static void an_older_row_lets_no_newer_token_out(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    struct session *session = hub_scene_session(scene, SCENE_JIN_AN);
    struct token known = session->token;
    hub_scene_hello(scene, 'b', SCENE_JIN_AN, &known);
    scene->row_count = 0;
    hub_on_row_saved(&scene->hub, session, 1, known.counter);
    hub_on_row_saved(&scene->hub, session, 2, session->token.counter);
    assert_turn(scene, bye('a', REASON_CLONE));
    hub_on_row_saved(&scene->hub, session, 1, session->token.counter);
    assert_turn(scene, "b welcome have=0 credit=30\n");
}

static void a_lost_row_is_saved_again_with_the_next_hello(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    hub_scene_lose(scene);
    assert_turn(scene, "");
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    assert_int_equal(scene->verdict, HUB_SAVE_ROW);
    hub_scene_commit(scene);
    assert_turn(scene, "a welcome have=0 credit=30\n");
}

static void a_confirmed_token_is_saved_once(void **state)
{
    struct hub_scene *scene = *state;
    struct session *session = hub_scene_session(scene, SCENE_JIN_AN);
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    hub_scene_commit(scene);
    hub_scene_turn(scene);
    hub_scene_heartbeat(scene, 'a', SCENE_JIN_AN, &session->token);
    assert_int_equal(scene->verdict, HUB_SAVE_ROW);
    hub_scene_commit(scene);
    hub_scene_heartbeat(scene, 'a', SCENE_JIN_AN, &session->token);
    assert_int_equal(scene->verdict, HUB_NOTHING_MORE);
    assert_turn(scene, "a heartbeat echo=77\n");
}

static void a_refused_hello_says_why_and_ends_no_other_connections_session(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_hello(scene, 'b', SCENE_JIN_AN, NULL); /* a clone without a token */
    assert_int_equal(scene->output.alarm, ALARM_CLONE);
    assert_true(scene->output.alarm_text[0] != '\0');
    assert_turn(scene, refusal('b', REASON_CLONE, 0, 0));
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    assert_int_equal(scene->verdict, HUB_APPEND);
}

static void a_refused_hello_ends_the_session_of_its_own_connection(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    assert_turn(scene, refusal('a', REASON_CLONE, 0, 0));
    assert_false(hub_scene_session(scene, SCENE_JIN_AN)->live);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    assert_int_equal(scene->verdict, HUB_NOTHING_MORE);
}

static void a_welcome_is_followed_by_the_acks_that_the_agent_may_have_missed(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    hub_scene_commit(scene);
    hub_scene_turn(scene);
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, &hub_scene_session(scene, SCENE_JIN_AN)->token);
    hub_scene_commit(scene);
    assert_turn(scene, "a welcome have=3 credit=33\na ack 3 credit=33\n");
}

static void the_same_seed_gives_the_same_tokens(void **state)
{
    struct hub_scene *scene = *state;
    struct hub_scene *other = calloc(1, sizeof(*other));
    hub_scene_open(other);
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    hub_scene_hello(other, 'a', SCENE_JIN_AN, NULL);
    assert_memory_equal(&hub_scene_session(scene, SCENE_JIN_AN)->token,
                        &hub_scene_session(other, SCENE_JIN_AN)->token, sizeof(struct token));
    hub_scene_close(other);
    free(other);
}

/* ---- pushes and acks ---- */

static void events_are_acked_after_their_commit_and_not_before(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    assert_int_equal(scene->verdict, HUB_APPEND);
    assert_int_equal(scene->output.event_count, 3);
    assert_turn(scene, "");
    hub_scene_commit(scene);
    assert_turn(scene, "a ack 3 credit=33\n");
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    assert_int_equal(scene->verdict, HUB_NOTHING_MORE);
    assert_turn(scene, "a ack 3 credit=33\n");
}

static void each_county_has_its_own_session(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_live(scene, 'b', SCENE_YU_AN);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    hub_scene_push(scene, 'b', SCENE_YU_AN, 1, 5);
    hub_scene_commit(scene);
    assert_turn(scene, "a ack 3 credit=33\nb ack 5 credit=35\n");
    assert_int_equal(scene->hub.head_position, 8);
}

static void an_ack_of_part_is_followed_by_the_rest(void **state)
{
    struct hub_scene *scene = *state;
    struct hub_action action;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 9);
    hub_scene_commit(scene);
    assert_true(hub_next(&scene->hub, 0, 0, &action));
    assert_int_equal(action.kind, HUB_ACK);
    hub_acked(action.peer, 4, 33); /* its refusals filled the ack */
    assert_turn(scene, "a ack 9 credit=39\n");
}

static void an_ack_that_the_transport_did_not_take_is_said_again_at_the_tick(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 9);
    hub_scene_commit(scene);
    scene->transport_full = true;
    assert_turn(scene, "a ack not sent\n");
    assert_turn(scene, "");
    scene->transport_full = false;
    hub_on_tick(&scene->hub, scene->now_ms);
    assert_turn(scene, "a ack 9 credit=39\n");
}

static void a_push_without_a_hello_is_told_so_once(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 4, 5);
    assert_turn(scene, refusal('a', REASON_HOLE, 0, 0));
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 6, 7);
    assert_turn(scene, "");
}

static void the_first_refusal_is_said_and_what_follows_from_it_is_not(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    struct frame frame = {.kind = FRAME_PUSH,
                          .push = county_push(&scene->counties[SCENE_JIN_AN], 1, 1, 3)};
    frame.push.signature.size--;
    hub_scene_frame(scene, 'a', SCENE_JIN_AN, &frame);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 4, 5);
    assert_turn(scene, refusal('a', REASON_BAD_SIGNATURE, 0, 0));
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 6, 7);
    assert_turn(scene, "");
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    assert_int_equal(scene->verdict, HUB_APPEND);
}

static void nothing_is_taken_between_a_hello_and_its_welcome(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    assert_int_equal(scene->verdict, HUB_NOTHING_MORE);
    hub_scene_commit(scene);
    assert_turn(scene, "a welcome have=0 credit=30\n");
}

static void a_fork_raises_an_alarm_with_the_refusal(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    hub_scene_commit(scene);
    hub_scene_turn(scene);
    struct frame frame = {.kind = FRAME_PUSH,
                          .push = county_push(&scene->counties[SCENE_JIN_AN], 1, 1, 3)};
    frame.push.chain_head.bytes[0] ^= 1;
    hub_scene_frame(scene, 'a', SCENE_JIN_AN, &frame);
    assert_int_equal(scene->output.alarm, ALARM_FORK);
    assert_non_null(strstr(scene->output.alarm_text, "seq 3"));
    assert_turn(scene, refusal('a', REASON_FORK, 0, 3));
}

static void a_full_disk_is_said_to_those_who_wait_and_space_to_all(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_live(scene, 'b', SCENE_YU_AN);
    hub_scene_push(scene, 'b', SCENE_YU_AN, 1, 2);
    hub_scene_commit(scene);
    hub_scene_turn(scene);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    hub_on_taking(&scene->hub, false);
    hub_scene_lose(scene);
    assert_string_equal(hub_scene_turn(scene), "a refuse 14 subscription=0 have=0\n"
                                               "a ack 0 credit=0\nb ack 2 credit=2\n");
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    assert_int_equal(scene->verdict, HUB_NOTHING_MORE);
    assert_turn(scene, refusal('a', REASON_DISK_FULL, 0, 0));
    hub_on_taking(&scene->hub, true);
    assert_turn(scene, "a ack 0 credit=30\nb ack 2 credit=32\n");
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3); /* it is not refused for good */
    assert_int_equal(scene->verdict, HUB_APPEND);
}

static void a_push_that_finds_the_batch_full_is_told_busy(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_on_busy(&scene->hub, bytes_of("a", 1),
                bytes_of(scene->counties[SCENE_JIN_AN].curve_key, CURVE_KEY_SIZE), scene->now_ms);
    struct frame frame = {.kind = FRAME_ACK};
    hub_scene_frame(scene, 'a', SCENE_JIN_AN, &frame); /* the first refusal stands */
    assert_turn(scene, refusal('a', REASON_BUSY, 0, 0));
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    assert_int_equal(scene->verdict, HUB_APPEND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_welcome_leaves_only_after_its_token_is_durable),
        TEST(an_older_row_lets_no_newer_token_out),
        TEST(a_lost_row_is_saved_again_with_the_next_hello),
        TEST(a_confirmed_token_is_saved_once),
        TEST(a_refused_hello_says_why_and_ends_no_other_connections_session),
        TEST(the_same_seed_gives_the_same_tokens),
        TEST(events_are_acked_after_their_commit_and_not_before),
        TEST(each_county_has_its_own_session),
        TEST(an_ack_of_part_is_followed_by_the_rest),
        TEST(an_ack_that_the_transport_did_not_take_is_said_again_at_the_tick),
        TEST(a_push_without_a_hello_is_told_so_once),
        TEST(the_first_refusal_is_said_and_what_follows_from_it_is_not),
        TEST(nothing_is_taken_between_a_hello_and_its_welcome),
        TEST(a_fork_raises_an_alarm_with_the_refusal),
        TEST(a_full_disk_is_said_to_those_who_wait_and_space_to_all),
        TEST(a_push_that_finds_the_batch_full_is_told_busy),
        TEST(a_refused_hello_ends_the_session_of_its_own_connection),
        TEST(a_welcome_is_followed_by_the_acks_that_the_agent_may_have_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
