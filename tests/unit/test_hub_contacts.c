/* test_hub_contacts.c - units' links as the hub tells them: to whom, of whom, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

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

static void watch(struct hub_scene *scene, char route, int key)
{
    struct frame frame = {
        .kind = FRAME_SUBSCRIBE,
        .subscribe = {.subscription = 1, .from_position = 1, .with_contacts = true},
    };
    hub_scene_frame(scene, route, key, &frame);
}

/* A watching display that was told of two silent counties. */
static void begin(struct hub_scene *scene)
{
    watch(scene, 'd', SCENE_DISPLAY);
    assert_turn(scene, "d contacts 1 whole 341502:off+0 341503:off+0\nd read 1 to=0\n");
    scene->now_ms += PRESENCE_PACE_MS;
}

static void announce(struct hub_scene *scene, char route, int key, uint64_t newest_seq)
{
    struct frame frame = {.kind = FRAME_HEARTBEAT,
                          .heartbeat = {.is_reply = true, .newest_seq = newest_seq}};
    hub_scene_frame(scene, route, key, &frame);
}

static void who_asks_is_told_of_every_enrolled_county_and_then_of_changes(void **state)
{
    struct hub_scene *scene = *state;
    begin(scene);
    assert_turn(scene, "");
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    assert_turn(scene, "d contacts 1 341502:on+80\n"); /* 80: COUNTY_EVENTS, all waiting there */
    scene->now_ms += PRESENCE_PACE_MS;
    hub_scene_commit(scene);
    assert_turn(scene, "a welcome have=0 credit=30\n");
    hub_scene_push(scene, 'a', SCENE_JIN_AN, 1, 20);
    assert_turn(scene, ""); /* received is not stored */
    hub_scene_commit(scene);
    assert_turn(scene, "a ack 20 credit=50\nd contacts 1 341502:on+60\n");
}

static void who_did_not_ask_is_never_told(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_subscribe(scene, 'd', SCENE_DISPLAY, 1, 9);
    assert_turn(scene, "d read 1 to=0\n");
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    scene->now_ms += PRESENCE_PACE_MS;
    assert_turn(scene, "");
}

static void an_agent_may_not_see_the_links_of_others(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    watch(scene, 'a', SCENE_JIN_AN);
    assert_turn(scene, "a refuse 12 subscription=1 have=0\n"); /* RIGHT */
    scene->now_ms += PRESENCE_PACE_MS;
    hub_scene_hello(scene, 'b', SCENE_YU_AN, NULL);
    assert_turn(scene, "");
}

static void only_displays_and_auditors_may_watch(void **state)
{
    (void)state;
    for (uint32_t role = PEER_AGENT; role <= PEER_INSPECTOR; role++) {
        struct roster_entry entry = {.role = role};
        assert_int_equal(roster_may_watch(&entry), role == PEER_DISPLAY || role == PEER_AUDITOR);
    }
}

static void a_county_that_says_goodbye_is_told_at_once(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    watch(scene, 'd', SCENE_DISPLAY);
    (void)hub_scene_turn(scene);
    scene->now_ms += PRESENCE_LINK_PACE_MS;
    struct frame bye = {.kind = FRAME_BYE};
    hub_scene_frame(scene, 'a', SCENE_JIN_AN, &bye);
    assert_int_equal(hub_deadline_ms(&scene->hub, scene->now_ms), 0);
    assert_turn(scene, "d contacts 1 341502:off+80\n");
}

static void a_county_whose_link_died_is_told_when_the_silence_has_lasted(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    watch(scene, 'd', SCENE_DISPLAY);
    (void)hub_scene_turn(scene);
    uint64_t silent_ms = scene->now_ms;
    scene->now_ms = silent_ms + HUB_SILENCE_MS - 1;
    hub_scene_heartbeat(scene, 'd', SCENE_DISPLAY, NULL);
    hub_on_tick(&scene->hub, scene->now_ms);
    assert_turn(scene, "d heartbeat echo=77\n");
    scene->now_ms = silent_ms + HUB_SILENCE_MS;
    hub_on_tick(&scene->hub, scene->now_ms);
    assert_turn(scene, "d contacts 1 341502:off+80\n");
}

static void a_county_on_a_new_connection_never_was_away(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    watch(scene, 'd', SCENE_DISPLAY);
    (void)hub_scene_turn(scene);
    scene->now_ms += PRESENCE_PACE_MS;
    hub_scene_hello(scene, 'c', SCENE_JIN_AN, &hub_scene_session(scene, SCENE_JIN_AN)->token);
    assert_null(strstr(hub_scene_turn(scene), "off"));
    hub_scene_commit(scene);
    scene->now_ms += PRESENCE_PACE_MS;
    assert_null(strstr(hub_scene_turn(scene), "off"));
    assert_true(hub_scene_session(scene, SCENE_JIN_AN)->live);
}

static void a_backlog_waits_for_its_pace_and_the_deadline_says_when(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_live(scene, 'a', SCENE_JIN_AN);
    hub_on_tick(&scene->hub, scene->now_ms + 10000); /* the tick is far away */
    watch(scene, 'd', SCENE_DISPLAY);
    (void)hub_scene_turn(scene);
    announce(scene, 'a', SCENE_JIN_AN, 100);
    announce(scene, 'a', SCENE_JIN_AN, 200);
    assert_turn(scene, "");
    uint64_t due_ms = scene->now_ms + PRESENCE_PACE_MS;
    assert_int_equal(hub_deadline_ms(&scene->hub, scene->now_ms), due_ms);
    scene->now_ms = due_ms;
    assert_int_equal(hub_deadline_ms(&scene->hub, scene->now_ms), 0);
    assert_turn(scene, "d contacts 1 341502:on+200\n");
    assert_turn(scene, "");
}

static void a_screen_that_does_not_read_costs_one_frame_and_gets_the_newest(void **state)
{
    struct hub_scene *scene = *state;
    begin(scene);
    scene->transport_full = true;
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    assert_turn(scene, "d contacts 1 341502:on+80\n"); /* not taken */
    assert_turn(scene, "");
    announce(scene, 'a', SCENE_JIN_AN, 90);
    assert_turn(scene, "");
    scene->transport_full = false;
    scene->now_ms += PRESENCE_BLOCKED_MS;
    assert_turn(scene, "d contacts 1 341502:on+90\n");
}

static void a_revoked_county_leaves_the_list(void **state)
{
    struct hub_scene *scene = *state;
    begin(scene);
    hub_scene_revoke(scene, SCENE_JIN_AN);
    assert_turn(scene, "d contacts 1 whole 341503:off+0\n");
}

static void one_who_joins_is_told_as_one_who_never_spoke(void **state)
{
    struct hub_scene *scene = *state;
    hub_scene_revoke(scene, SCENE_JIN_AN);
    watch(scene, 'd', SCENE_DISPLAY);
    assert_turn(scene, "d contacts 1 whole 341503:off+0\nd read 1 to=0\n");
    scene->now_ms += PRESENCE_PACE_MS;
    struct roster_change change = county_enrolment(&scene->counties[SCENE_JIN_AN], 2);
    county_must(roster_apply(&scene->roster, ++scene->roster_position, &change));
    hub_on_roster_changed(&scene->hub);
    assert_turn(scene, "d contacts 1 whole 341503:off+0 341502:off+0\n");
}

static void a_revoked_display_is_told_nothing_more(void **state)
{
    struct hub_scene *scene = *state;
    begin(scene);
    hub_scene_revoke(scene, SCENE_DISPLAY);
    hub_scene_hello(scene, 'a', SCENE_JIN_AN, NULL);
    assert_turn(scene, "d bye 3\n");
    assert_true(hub_contacts_deadline_ms(&scene->hub) == UINT64_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_asks_is_told_of_every_enrolled_county_and_then_of_changes),
        TEST(who_did_not_ask_is_never_told),
        TEST(an_agent_may_not_see_the_links_of_others),
        TEST(only_displays_and_auditors_may_watch),
        TEST(a_county_that_says_goodbye_is_told_at_once),
        TEST(a_county_whose_link_died_is_told_when_the_silence_has_lasted),
        TEST(a_county_on_a_new_connection_never_was_away),
        TEST(a_backlog_waits_for_its_pace_and_the_deadline_says_when),
        TEST(a_screen_that_does_not_read_costs_one_frame_and_gets_the_newest),
        TEST(a_revoked_county_leaves_the_list),
        TEST(one_who_joins_is_told_as_one_who_never_spoke),
        TEST(a_revoked_display_is_told_nothing_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
