/* test_hub_feed.c - the hub's feeds: who may have one, and whose turn it is to read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "tests/unit/hub_scene.h"

static int set_up(void **state)
{
    struct hub_scene *scene = calloc(1, sizeof(*scene));
    hub_scene_open(scene);
    scene->hub.head_position = 5;
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

static void subscribe(struct hub_scene *scene, char route, int key, struct subscribe subscribe)
{
    struct frame frame = {.kind = FRAME_SUBSCRIBE, .subscribe = subscribe};
    hub_scene_frame(scene, route, key, &frame);
}

static void each_ready_feed_reads_once_a_turn_and_sends_come_first(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_subscribe(scene, 'd', SCENE_DISPLAY, 1, 2);
    hub_scene_subscribe(scene, 'd', SCENE_DISPLAY, 2, 9);
    hub_scene_subscribe(scene, 'e', SCENE_DISPLAY, 1, 9);
    hub_scene_heartbeat(scene, 'e', SCENE_DISPLAY, NULL);
    assert_int_equal(hub_deadline_ms(&scene->hub, scene->now_ms), 0);
    assert_turn(scene, "e heartbeat echo=77\nd read 1 to=2\nd read 2 to=5\ne read 1 to=5\n");
    assert_turn(scene, "");
}

static void a_feed_with_much_to_read_takes_turns(void **state)
{
    struct hub_scene *scene = *state;
    scene->hub.head_position = 2500;
    hub_scene_subscribe(scene, 'd', SCENE_DISPLAY, 1, 9000);
    hub_scene_subscribe(scene, 'e', SCENE_DISPLAY, 2, 9000);
    assert_turn(scene, "d read 1 to=1000\ne read 2 to=1000\n");
    assert_int_equal(hub_deadline_ms(&scene->hub, scene->now_ms), 0);
    assert_turn(scene, "d read 1 to=2000\ne read 2 to=2000\n");
    assert_turn(scene, "d read 1 to=2500\ne read 2 to=2500\n");
    assert_turn(scene, "");
}

static void a_live_feed_wakes_with_the_head_and_a_poor_one_with_a_grant(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_subscribe(scene, 'd', SCENE_DISPLAY, 1, 2);
    hub_scene_subscribe(scene, 'e', SCENE_DISPLAY, 2, 100);
    hub_on_tick(&scene->hub, scene->now_ms);
    hub_scene_turn(scene);
    hub_scene_turn(scene);
    hub_on_committed(&scene->hub, 5);
    assert_turn(scene, "");
    hub_on_committed(&scene->hub, 6);
    assert_turn(scene, "");
    uint64_t pace_ms = scene->now_ms + FEED_PACE_MS;
    assert_int_equal(hub_deadline_ms(&scene->hub, scene->now_ms), pace_ms);
    scene->now_ms = pace_ms;
    assert_int_equal(hub_deadline_ms(&scene->hub, scene->now_ms), 0);
    assert_turn(scene, "e read 2 to=6\n");
    struct frame frame = {.kind = FRAME_GRANT, .grant = {1, 3}};
    hub_scene_frame(scene, 'd', SCENE_DISPLAY, &frame);
    assert_turn(scene, "d read 1 to=3\n");
}

static void a_blocked_feed_is_tried_again_after_a_pause(void **state)
{
    struct hub_scene *scene = *state;
    hub_on_tick(&scene->hub, scene->now_ms);
    hub_scene_subscribe(scene, 'd', SCENE_DISPLAY, 1, 9);
    scene->transport_full = true;
    assert_turn(scene, "d read 1 to=5\n");
    assert_turn(scene, "");
    assert_int_equal(hub_deadline_ms(&scene->hub, scene->now_ms), scene->now_ms + FEED_BLOCKED_MS);
    scene->transport_full = false;
    scene->now_ms += FEED_BLOCKED_MS;
    assert_int_equal(hub_deadline_ms(&scene->hub, scene->now_ms), 0);
    assert_turn(scene, "d read 1 to=5\n");
    assert_int_equal(hub_deadline_ms(&scene->hub, scene->now_ms),
                     scene->now_ms - FEED_BLOCKED_MS + HUB_TICK_MS);
}

static void a_subscriber_of_an_empty_log_is_told_that_it_is_live(void **state)
{
    struct hub_scene *scene = *state;
    scene->hub.head_position = 0;
    hub_scene_subscribe(scene, 'd', SCENE_DISPLAY, 1, 9);
    assert_turn(scene, "d read 1 to=0\n");
    assert_turn(scene, "");
}

static void a_subscriber_whose_log_this_is_not_is_refused(void **state)
{
    struct hub_scene *scene = *state;
    struct hash other = {{1}};
    subscribe(scene, 'd', SCENE_DISPLAY,
              (struct subscribe){.subscription = 3, .from_position = 2, .after = other});
    assert_turn(scene, "d refuse 13 subscription=3 have=0\n"); /* LOG_CHANGED */
    subscribe(scene, 'd', SCENE_DISPLAY, (struct subscribe){.subscription = 4, .from_position = 7});
    assert_turn(scene, "d refuse 13 subscription=4 have=0\n");
    subscribe(scene, 'd', SCENE_DISPLAY, (struct subscribe){.subscription = 4, .from_position = 6});
    assert_turn(scene, "d read 4 to=5\n");
}

static void an_agent_follows_its_own_unit_on_the_connection_it_pushes_on(void **state)
{
    struct hub_scene *scene = *state;
    struct bytes own = bytes_of_text("341502"), other = bytes_of_text("341503");
    struct subscribe wanted = {.subscription = 1, .from_position = 1, .credit = 9};
    scene->hub.head_position = 0;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    wanted.filter.units = (struct texts){&other, 1};
    subscribe(scene, 'a', SCENE_JIN_AN, wanted);
    assert_turn(scene, "a refuse 12 subscription=1 have=0\n"); /* RIGHT */
    wanted.filter.units = (struct texts){&own, 1};
    subscribe(scene, 'a', SCENE_JIN_AN, wanted);
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 2);
    hub_scene_commit(scene);
    assert_turn(scene, "a ack 2 credit=32\na read 1 to=2\n");
    subscribe(scene, 'b', SCENE_YU_AN, wanted); /* no session is needed, but a right */
    assert_turn(scene, "b refuse 12 subscription=1 have=0\n");
}

static void a_filter_that_no_feed_can_keep_is_refused(void **state)
{
    struct hub_scene *scene = *state;
    struct bytes units[FEED_UNITS_MAX + 1];
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        units[i] = bytes_of_text("341502");
    struct subscribe wanted = {.subscription = 1, .filter.units = {units, ARRAY_LENGTH(units)}};
    subscribe(scene, 'd', SCENE_DISPLAY, wanted);
    assert_turn(scene, "d refuse 10 subscription=1 have=0\n"); /* TOO_LARGE */
    units[0] = bytes_of_text("!");
    wanted.filter.units.count = 1;
    subscribe(scene, 'd', SCENE_DISPLAY, wanted);
    assert_turn(scene, "d refuse 9 subscription=1 have=0\n"); /* UNDECODABLE */
}

static void feeds_beyond_a_peers_or_the_brokers_capacity_are_told_busy(void **state)
{
    struct hub_scene *scene = *state;
    for (uint32_t i = 1; i <= HUB_FEEDS_A_PEER + 1; i++)
        hub_scene_subscribe(scene, 'd', SCENE_DISPLAY, i, 0);
    assert_turn(scene, "d refuse 11 subscription=9 have=0\n"); /* BUSY */
    struct frame frame = {.kind = FRAME_UNSUBSCRIBE, .unsubscribe = {4}};
    hub_scene_frame(scene, 'd', SCENE_DISPLAY, &frame);
    hub_scene_subscribe(scene, 'd', SCENE_DISPLAY, 9, 0);
    assert_turn(scene, "");
    size_t room = HUB_FEEDS_MAX - HUB_FEEDS_A_PEER;
    for (size_t i = 0; i < room; i++) {
        char route = (char)(128 + i / HUB_FEEDS_A_PEER);
        hub_scene_subscribe(scene, route, SCENE_DISPLAY, (uint32_t)(i % 8 + 1), 0);
    }
    assert_int_equal(scene->hub.feed_count, HUB_FEEDS_MAX);
    hub_scene_subscribe(scene, 'e', SCENE_DISPLAY, 1, 0);
    assert_turn(scene, "e refuse 11 subscription=1 have=0\n");
}

static void a_subscription_asked_anew_starts_from_where_it_says(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_subscribe(scene, 'd', SCENE_DISPLAY, 1, 9);
    assert_turn(scene, "d read 1 to=5\n");
    subscribe(scene, 'd', SCENE_DISPLAY,
              (struct subscribe){.subscription = 1, .from_position = 4, .credit = 1});
    assert_int_equal(scene->hub.feed_count, 1);
    assert_turn(scene, "d read 1 to=4\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_ready_feed_reads_once_a_turn_and_sends_come_first),
        TEST(a_feed_with_much_to_read_takes_turns),
        TEST(a_live_feed_wakes_with_the_head_and_a_poor_one_with_a_grant),
        TEST(a_blocked_feed_is_tried_again_after_a_pause),
        TEST(a_subscriber_of_an_empty_log_is_told_that_it_is_live),
        TEST(a_subscriber_whose_log_this_is_not_is_refused),
        TEST(an_agent_follows_its_own_unit_on_the_connection_it_pushes_on),
        TEST(a_filter_that_no_feed_can_keep_is_refused),
        TEST(feeds_beyond_a_peers_or_the_brokers_capacity_are_told_busy),
        TEST(a_subscription_asked_anew_starts_from_where_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
