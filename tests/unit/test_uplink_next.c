/* test_uplink_next.c - what the uplink does as time passes: waits, heartbeats, deadlines. */
#include "uplink_scene.h"

static void each_connection_is_a_fresh_socket(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 5, 0, 10);
    uplink_on_link(&scene.uplink, false, "disconnected", scene.now_ms);
    assert_string_equal(scene.uplink.held_text, "disconnected");
    scene.now_ms += uplink_scene_wait_ms(&scene);
    uplink_scene_greet(&scene);
    uplink_scene_live(&scene, 0, 10);
}

static void waits_between_connections_double_up_to_a_minute_in_the_upper_half(void **state)
{
    struct uplink_scene scene;
    uint64_t wait = UPLINK_BACKOFF_MIN_MS;
    (void)state;
    uplink_scene_init(&scene, 5, 0);
    for (int i = 0; i < 12; i++) {
        uplink_scene_expect(&scene, UPLINK_CONNECT);
        uplink_on_link(&scene.uplink, false, "nobody listens", scene.now_ms);
        uint64_t drawn = uplink_scene_wait_ms(&scene);
        assert_in_range(drawn, wait / 2, wait);
        scene.now_ms += drawn;
        wait = 2 * wait < UPLINK_BACKOFF_MAX_MS ? 2 * wait : UPLINK_BACKOFF_MAX_MS;
    }
    assert_true(wait == UPLINK_BACKOFF_MAX_MS);
}

static void progress_makes_the_next_wait_short_again(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 5, 0);
    for (int i = 0; i < 8; i++) {
        uplink_scene_expect(&scene, UPLINK_CONNECT);
        uplink_on_link(&scene.uplink, false, "nobody listens", scene.now_ms);
        scene.now_ms += uplink_scene_wait_ms(&scene);
    }
    uplink_scene_greet(&scene);
    uplink_scene_live(&scene, 0, 10);
    uplink_scene_push_all(&scene, 10);
    uplink_scene_ack(&scene, 5, 10);
    uplink_on_link(&scene.uplink, false, "disconnected", scene.now_ms);
    assert_in_range(uplink_scene_wait_ms(&scene), UPLINK_BACKOFF_MIN_MS / 2, UPLINK_BACKOFF_MIN_MS);
}

static void a_hello_without_an_answer_ends_the_connection(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 5, 0);
    uplink_scene_greet(&scene);
    assert_true(uplink_deadline_ms(&scene.uplink) == scene.now_ms + UPLINK_ANSWER_MS);
    scene.now_ms += UPLINK_ANSWER_MS;
    uplink_scene_expect(&scene, UPLINK_DISCONNECT);
    assert_int_equal(scene.uplink.state, UPLINK_WAITING);
}

static void a_link_that_never_comes_up_is_given_up(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 5, 0);
    uplink_scene_expect(&scene, UPLINK_CONNECT);
    scene.now_ms = uplink_deadline_ms(&scene.uplink);
    uplink_scene_expect(&scene, UPLINK_DISCONNECT);
}

static void pushes_without_an_ack_in_time_end_the_connection(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 5, 0, 10);
    uplink_scene_push_all(&scene, 100);
    uint64_t deadline_ms = uplink_deadline_ms(&scene.uplink);
    assert_true(deadline_ms == scene.now_ms + UPLINK_ANSWER_MS);
    scene.now_ms = deadline_ms - 1;
    uplink_scene_expect_nothing(&scene);
    scene.now_ms = deadline_ms;
    uplink_scene_expect(&scene, UPLINK_DISCONNECT);
    assert_true(scene.uplink.sent_seq == 0); /* all of it goes again */
}

static void a_welcome_that_owes_us_acks_must_send_them(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 5, 0);
    uplink_scene_greet(&scene);
    uplink_scene_live(&scene, 5, 10);
    uplink_scene_expect_nothing(&scene);
    scene.now_ms += UPLINK_ANSWER_MS;
    uplink_scene_expect(&scene, UPLINK_DISCONNECT);
}

/* Lets time pass to then, heartbeats included; false: the connection was given up before. */
static bool survives(struct uplink_scene *scene, uint64_t then_ms)
{
    struct uplink_action action;
    while (scene->now_ms < then_ms && scene->uplink.state == UPLINK_LIVE) {
        uint64_t deadline_ms = uplink_deadline_ms(&scene->uplink);
        scene->now_ms = deadline_ms < then_ms ? deadline_ms : then_ms;
        if (uplink_next(&scene->uplink, scene->now_ms, &action) && action.kind == UPLINK_DISCONNECT)
            scene->uplink.socket_open = true; /* for the next step of the test to see */
    }
    return scene->uplink.state == UPLINK_LIVE;
}

/* At 250 bytes a second the first push is never acked within the first deadlines. */
static void waits_lengthen_until_a_very_slow_link_gets_one_push_through(void **state)
{
    struct uplink_scene scene;
    int tries = 0;
    bool survived = false;
    (void)state;
    uplink_scene_init(&scene, 100, 0);
    while (!survived && tries < 8) {
        uplink_scene_greet(&scene);
        uplink_scene_live(&scene, 0, 100);
        uplink_scene_push_all(&scene, 1000);
        survived = survives(&scene, scene.now_ms + 4 * scene.uplink.in_flight_bytes);
        tries++;
        if (!survived)
            scene.now_ms += uplink_scene_wait_ms(&scene);
    }
    assert_true(survived && tries > 1);
    assert_int_equal(uplink_scene_ack(&scene, scene.uplink.sent_seq, 100), UPLINK_ACK_NEWS);
}

static void an_idle_link_is_proved_alive_by_heartbeats(void **state)
{
    struct uplink_scene scene;
    struct heartbeat reply = {.is_reply = true};
    (void)state;
    uplink_scene_begin(&scene, 5, 5, 10);
    uplink_on_heartbeat(&scene.uplink, &reply, scene.now_ms);
    for (int i = 0; i < 3; i++) {
        assert_true(uplink_deadline_ms(&scene.uplink) == scene.now_ms + UPLINK_HEARTBEAT_MS);
        scene.now_ms += UPLINK_HEARTBEAT_MS;
        uplink_scene_expect(&scene, UPLINK_HEARTBEAT);
        uplink_scene_expect_nothing(&scene);
        uplink_on_heartbeat(&scene.uplink, &reply, scene.now_ms);
    }
    scene.now_ms += UPLINK_HEARTBEAT_MS;
    uplink_scene_expect(&scene, UPLINK_HEARTBEAT);
    scene.now_ms += UPLINK_HEARTBEAT_REPLY_MS;
    uplink_scene_expect(&scene, UPLINK_DISCONNECT);
}

static void behind_data_a_late_heartbeat_is_no_dead_link(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 50, 0, 50);
    uplink_scene_push_all(&scene, 1000);
    /* 16 KiB at the assumed 8 KiB/s, four times: the acks have until then */
    scene.now_ms += 7000;
    uplink_scene_expect_nothing(&scene);
    assert_true(scene.uplink.reply_by_ms != 0);
    scene.uplink.reply_by_ms = scene.now_ms;
    uplink_scene_expect_nothing(&scene);
}

static void without_credit_a_hello_asks_for_it(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 5, 0, 0);
    uplink_on_heartbeat(&scene.uplink, &(struct heartbeat){.is_reply = true}, scene.now_ms);
    uplink_scene_expect_nothing(&scene);
    scene.now_ms += UPLINK_STARVED_MS;
    uplink_scene_expect(&scene, UPLINK_HELLO);
    uplink_scene_live(&scene, 0, 5);
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).from_seq == 1);
}

static void a_full_transport_is_tried_again_soon_and_nothing_is_lost(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 5, 0, 10);
    uplink_scene_expect(&scene, UPLINK_PUSH);
    uplink_on_blocked(&scene.uplink, scene.now_ms);
    uplink_scene_expect_nothing(&scene);
    assert_true(uplink_deadline_ms(&scene.uplink) == scene.now_ms + UPLINK_BLOCKED_MS);
    scene.now_ms += UPLINK_BLOCKED_MS;
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).from_seq == 1);
}

static void the_settings_of_time_are_obeyed(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_init(&scene, 5, 5);
    scene.uplink.heartbeat_ms = 2000;
    scene.uplink.backoff_max_ms = 300;
    uplink_scene_greet(&scene);
    uplink_scene_live(&scene, 5, 10);
    uplink_on_heard(&scene.uplink, scene.now_ms);
    assert_true(uplink_deadline_ms(&scene.uplink) == scene.now_ms + 2000);
    for (int i = 0; i < 5; i++) {
        uplink_on_link(&scene.uplink, false, "disconnected", scene.now_ms);
        uint64_t wait = uplink_scene_wait_ms(&scene);
        assert_true(wait <= 300);
        scene.now_ms += wait;
        uplink_scene_expect(&scene, UPLINK_CONNECT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_connection_is_a_fresh_socket),
        cmocka_unit_test(waits_between_connections_double_up_to_a_minute_in_the_upper_half),
        cmocka_unit_test(progress_makes_the_next_wait_short_again),
        cmocka_unit_test(a_hello_without_an_answer_ends_the_connection),
        cmocka_unit_test(a_link_that_never_comes_up_is_given_up),
        cmocka_unit_test(pushes_without_an_ack_in_time_end_the_connection),
        cmocka_unit_test(a_welcome_that_owes_us_acks_must_send_them),
        cmocka_unit_test(waits_lengthen_until_a_very_slow_link_gets_one_push_through),
        cmocka_unit_test(an_idle_link_is_proved_alive_by_heartbeats),
        cmocka_unit_test(behind_data_a_late_heartbeat_is_no_dead_link),
        cmocka_unit_test(without_credit_a_hello_asks_for_it),
        cmocka_unit_test(a_full_transport_is_tried_again_soon_and_nothing_is_lost),
        cmocka_unit_test(the_settings_of_time_are_obeyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
