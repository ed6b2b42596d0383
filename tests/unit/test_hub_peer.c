/* test_hub_peer.c - whose connection it is: replaced, revoked, silent, too many. */
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

static void simple(struct hub_scene *scene, char route, int key, enum frame_kind kind)
{
    struct frame frame = {.kind = kind};
    hub_scene_frame(scene, route, key, &frame);
}

static void grant(struct hub_scene *scene, char route, int key, uint32_t subscription,
                  uint64_t credit)
{
    struct frame frame = {.kind = FRAME_GRANT, .grant = {subscription, credit}};
    hub_scene_frame(scene, route, key, &frame);
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

/* ---- one live session a key ---- */

static void a_reconnect_replaces_the_old_connection_without_an_alarm(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 3);
    hub_scene_hello(scene, 'b', SCENE_JIN_AN, &hub_scene_session(scene, SCENE_JIN_AN)->token);
    assert_int_equal(scene->output.alarm, 0);
    assert_turn(scene, bye('a', REASON_CLONE));
    scene->now_ms += SESSION_STALE_MS - 1; /* what the old connection had under way */
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 4, 5);
    assert_int_equal(scene->verdict, HUB_NOTHING_MORE);
    assert_int_equal(scene->output.alarm, 0);
    assert_turn(scene, "");
    hub_scene_commit(scene); /* what had come before counts */
    assert_turn(scene, "b welcome have=3 credit=33\nb ack 3 credit=33\n");
}

static void a_replaced_connection_that_goes_on_speaking_is_a_second_machine(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_live(scene, 'b', SCENE_JIN_AN);
    scene->now_ms += SESSION_STALE_MS;
    hub_scene_heartbeat(scene, 'a', SCENE_JIN_AN, NULL);
    assert_int_equal(scene->output.alarm, ALARM_TWO_SESSIONS);
    assert_turn(scene, bye('a', REASON_CLONE));
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 2);
    assert_int_equal(scene->verdict, HUB_NOTHING_MORE);
    assert_int_equal(scene->output.alarm, 0); /* said an instant ago */
    hub_scene_push(scene, 'b', SCENE_JIN_AN, 1, 2);
    assert_int_equal(scene->verdict, HUB_APPEND);
}

static void the_end_of_a_replaced_connection_leaves_the_new_one_alone(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_live(scene, 'b', SCENE_JIN_AN);
    hub_on_gone(&scene->hub, bytes_of("a", 1));
    hub_on_gone(&scene->hub, bytes_of("a", 1));
    assert_true(hub_scene_session(scene, SCENE_JIN_AN)->live);
    hub_on_gone(&scene->hub, bytes_of("b", 1));
    assert_false(hub_scene_session(scene, SCENE_JIN_AN)->live);
    assert_int_equal(scene->hub.peer_count, 0);
}

/* ---- who may be here ---- */

static void a_revoked_key_gets_bye_and_then_silence(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_live(scene, 'b', SCENE_YU_AN);
    hub_scene_subscribe(scene, 'a', SCENE_JIN_AN, 1, 9);
    hub_scene_revoke(scene, SCENE_JIN_AN);
    assert_turn(scene, bye('a', REASON_REVOKED));
    assert_false(hub_scene_session(scene, SCENE_JIN_AN)->live);
    assert_int_equal(scene->hub.feed_count, 0);
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 2);
    hub_scene_heartbeat(scene, 'a', SCENE_JIN_AN, NULL);
    assert_turn(scene, "");
    hub_scene_push(scene, 'b', SCENE_YU_AN, 1, 2);
    assert_int_equal(scene->verdict, HUB_APPEND);
}

static void a_key_that_is_not_enrolled_gets_bye(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_hello(scene, 'a', SCENE_STRANGER, NULL);
    assert_turn(scene, bye('a', REASON_REVOKED));
    hub_scene_hello(scene, 'a', SCENE_STRANGER, NULL);
    assert_turn(scene, "");
}

static void a_route_that_another_key_takes_over_is_another_connection(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_push(scene, 'a', SCENE_YU_AN, 1, 2);
    assert_int_equal(scene->verdict, HUB_NOTHING_MORE);
    assert_turn(scene, refusal('a', REASON_HOLE, 0, 0));
    assert_false(hub_scene_session(scene, SCENE_JIN_AN)->live);
}

static void silent_peers_lose_session_and_feeds(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_live(scene, 'b', SCENE_YU_AN);
    hub_scene_subscribe(scene, 'b', SCENE_YU_AN, 1, 9);
    scene->now_ms += HUB_SILENCE_MS - 1;
    hub_scene_heartbeat(scene, 'a', SCENE_JIN_AN, NULL);
    hub_on_tick(&scene->hub, scene->now_ms);
    assert_int_equal(scene->hub.peer_count, 2);
    hub_on_tick(&scene->hub, ++scene->now_ms);
    assert_int_equal(scene->hub.peer_count, 1);
    assert_int_equal(scene->hub.feed_count, 0);
    assert_false(hub_scene_session(scene, SCENE_YU_AN)->live);
    hub_scene_live(scene, 'b', SCENE_YU_AN); /* the connection may say hello again */
    assert_true(hub_scene_session(scene, SCENE_YU_AN)->live);
}

static void a_display_is_welcomed_without_a_session_and_may_not_push(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_hello(scene, 'd', SCENE_DISPLAY, NULL);
    assert_int_equal(scene->verdict, HUB_NOTHING_MORE);
    assert_turn(scene, "d welcome have=0 credit=0\n");
    struct frame frame = {.kind = FRAME_PUSH,
                          .push = county_push(&scene->counties[SCENE_JIN_AN], 1, 1, 3)};
    hub_scene_frame(scene, 'd', SCENE_DISPLAY, &frame);
    assert_int_equal(scene->verdict, HUB_NOTHING_MORE);
    assert_turn(scene, refusal('d', REASON_RIGHT, 0, 0));
}

static void what_only_a_broker_says_and_what_nobody_can_read_is_undecodable(void **state)
{
    struct hub_scene *scene = *state;
    enum frame_kind kinds[] = {FRAME_WELCOME, FRAME_REFUSE, FRAME_ACK, FRAME_UPDATE,
                               FRAME_CONTACTS};
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        simple(scene, 'a', SCENE_JIN_AN, kinds[i]);
        assert_turn(scene, refusal('a', REASON_UNDECODABLE, 0, 0));
    }
    hub_on_undecodable(&scene->hub, bytes_of("b", 1),
                       bytes_of(scene->counties[SCENE_YU_AN].curve_key, CURVE_KEY_SIZE), "noise",
                       scene->now_ms);
    assert_turn(scene, refusal('b', REASON_UNDECODABLE, 0, 0));
}

static void connections_beyond_the_capacity_are_told_busy_and_room_returns(void **state)
{
    struct hub_scene *scene = *state;
    struct frame frame = {.kind = FRAME_HEARTBEAT, .heartbeat.is_reply = true};
    struct hub_input input = {
        .key = bytes_of(scene->counties[SCENE_DISPLAY].curve_key, CURVE_KEY_SIZE),
        .frame = &frame,
        .now_ms = scene->now_ms,
    };
    uint8_t route[4];
    input.route = bytes_of(route, sizeof(route));
    for (uint32_t i = 0; i < HUB_PEERS_MAX + HUB_TURNED_AWAY_MAX + 9; i++) {
        u32_put(route, i);
        hub_on_frame(&scene->hub, &input, &scene->output);
        struct hub_action action;
        assert_int_equal(hub_next(&scene->hub, 0, 0, &action),
                         i >= HUB_PEERS_MAX && i < HUB_PEERS_MAX + HUB_TURNED_AWAY_MAX);
        if (i == HUB_PEERS_MAX) {
            assert_int_equal(action.frame.refuse.reason, REASON_BUSY);
            assert_int_equal(action.frame.refuse.retry_after_ms, HUB_RETRY_MS);
        }
    }
    assert_int_equal(scene->hub.peer_count, HUB_PEERS_MAX + HUB_TURNED_AWAY_MAX);
    hub_on_tick(&scene->hub, scene->now_ms + HUB_TICK_MS);
    assert_int_equal(scene->hub.peer_count, HUB_PEERS_MAX);
    input.route.size = 0; /* nobody could be answered */
    hub_on_frame(&scene->hub, &input, &scene->output);
    uint8_t long_route[HUB_ROUTE_MAX + 1] = {1};
    input.route = bytes_of(long_route, sizeof(long_route));
    hub_on_frame(&scene->hub, &input, &scene->output);
    assert_int_equal(scene->hub.peer_count, HUB_PEERS_MAX);
}

static void a_peer_that_says_bye_is_forgotten(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_scene_subscribe(scene, 'a', SCENE_JIN_AN, 1, 9);
    simple(scene, 'a', SCENE_JIN_AN, FRAME_BYE);
    assert_int_equal(scene->hub.peer_count, 0);
    assert_int_equal(scene->hub.feed_count, 0);
}

static void grants_for_no_feed_change_nothing(void **state)
{
    struct hub_scene *scene = *state;
    grant(scene, 'd', SCENE_DISPLAY, 5, 10);
    assert_turn(scene, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reconnect_replaces_the_old_connection_without_an_alarm),
        TEST(a_replaced_connection_that_goes_on_speaking_is_a_second_machine),
        TEST(the_end_of_a_replaced_connection_leaves_the_new_one_alone),
        TEST(a_revoked_key_gets_bye_and_then_silence),
        TEST(a_key_that_is_not_enrolled_gets_bye),
        TEST(a_route_that_another_key_takes_over_is_another_connection),
        TEST(silent_peers_lose_session_and_feeds),
        TEST(a_display_is_welcomed_without_a_session_and_may_not_push),
        TEST(what_only_a_broker_says_and_what_nobody_can_read_is_undecodable),
        TEST(connections_beyond_the_capacity_are_told_busy_and_room_returns),
        TEST(a_peer_that_says_bye_is_forgotten),
        TEST(grants_for_no_feed_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
