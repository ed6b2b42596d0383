/* test_uplink_rate.c - how much is in flight, over a simulated link of a given speed and delay. */
#include "uplink_scene.h"

enum { EVENT_BYTES = 250, LINK_PUSHES_MAX = 256 };

/* Pushes go through a pipe of so many bytes a second; their acks come after the round trip. */
struct link {
    struct uplink_scene *scene;
    uint64_t bytes_per_s, round_trip_ms;
    uint64_t free_at_us; /* the pipe is busy until then */
    struct {
        uint64_t seq, at_ms;
    } acks[LINK_PUSHES_MAX];
    size_t first, last;
    uint64_t most_in_flight;
};

static void send_all(struct link *link)
{
    struct uplink_scene *scene = link->scene;
    struct uplink_action action;
    while (uplink_next(&scene->uplink, scene->now_ms, &action)) {
        if (action.kind == UPLINK_HEARTBEAT)
            continue;
        assert_int_equal(action.kind, UPLINK_PUSH);
        uint64_t events = action.max_bytes / EVENT_BYTES;
        events = events < action.max_events ? events : action.max_events;
        events = events == 0 ? 1 : events;
        uint64_t bytes = events * EVENT_BYTES, last_seq = action.from_seq + events - 1;
        uplink_on_pushed(&scene->uplink, last_seq, bytes, scene->now_ms);
        uint64_t now_us = scene->now_ms * 1000;
        link->free_at_us = link->free_at_us > now_us ? link->free_at_us : now_us;
        link->free_at_us += bytes * 1000000 / link->bytes_per_s;
        link->acks[link->last].seq = last_seq;
        link->acks[link->last].at_ms = link->free_at_us / 1000 + link->round_trip_ms;
        link->last = (link->last + 1) % LINK_PUSHES_MAX;
        if (scene->uplink.in_flight_bytes > link->most_in_flight)
            link->most_in_flight = scene->uplink.in_flight_bytes;
    }
}

/* Gives how many events were acked in this time. */
static uint64_t run(struct link *link, uint64_t duration_ms)
{
    struct uplink_scene *scene = link->scene;
    uint64_t end_ms = scene->now_ms + duration_ms, before = scene->uplink.acked_seq;
    struct heartbeat reply = {.is_reply = true};
    uplink_on_heartbeat(&scene->uplink, &reply, scene->now_ms);
    send_all(link);
    while (link->first != link->last && link->acks[link->first].at_ms <= end_ms) {
        scene->now_ms = link->acks[link->first].at_ms;
        uplink_scene_ack(scene, link->acks[link->first].seq, UINT64_MAX);
        link->first = (link->first + 1) % LINK_PUSHES_MAX;
        send_all(link);
        assert_int_equal(scene->uplink.state, UPLINK_LIVE);
    }
    return scene->uplink.acked_seq - before;
}

static void a_county_line_of_64_kbit_is_used_and_not_flooded(void **state)
{
    struct uplink_scene scene;
    struct link link = {.scene = &scene, .bytes_per_s = 8000, .round_trip_ms = 600};
    (void)state;
    uplink_scene_begin(&scene, 1000000, 0, UINT64_MAX);
    uint64_t events = run(&link, 60000);
    assert_true(events * EVENT_BYTES > 60 * 8000 * 9 / 10); /* nine tenths of what it can */
    assert_true(link.most_in_flight <= UPLINK_WINDOW_START_BYTES);
    assert_true(scene.uplink.rate_bytes_per_s <= 8000 + 800);
}

static void a_fast_link_is_filled_within_a_tenth_of_a_second(void **state)
{
    struct uplink_scene scene;
    struct link link = {.scene = &scene, .bytes_per_s = 100000000, .round_trip_ms = 2};
    (void)state;
    uplink_scene_begin(&scene, 100000000, 0, UINT64_MAX);
    run(&link, 100);
    uint64_t events = run(&link, 1000);
    assert_true(events * EVENT_BYTES > 80000000);
    assert_true(link.most_in_flight <= UPLINK_WINDOW_MAX_BYTES);
}

static void a_long_fast_line_is_filled_within_seconds(void **state)
{
    struct uplink_scene scene;
    struct link link = {.scene = &scene, .bytes_per_s = 1250000, .round_trip_ms = 600};
    (void)state;
    uplink_scene_begin(&scene, 100000000, 0, UINT64_MAX);
    run(&link, 6000);
    uint64_t events = run(&link, 10000);
    assert_true(events * EVENT_BYTES > 10 * 1250000 * 9 / 10);
    assert_true(link.most_in_flight <= 2 * 1250000 * 11 / 10); /* two seconds of it */
}

static void a_link_that_turns_slow_is_given_less(void **state)
{
    struct uplink_scene scene;
    struct link link = {.scene = &scene, .bytes_per_s = 1000000, .round_trip_ms = 50};
    (void)state;
    uplink_scene_begin(&scene, 100000000, 0, UINT64_MAX);
    run(&link, 5000);
    link.bytes_per_s = 400000;
    run(&link, 60000);
    assert_true(scene.uplink.rate_bytes_per_s < 450000);
}

static void a_few_events_now_and_then_say_nothing_about_the_link(void **state)
{
    struct uplink_scene scene;
    struct link link = {.scene = &scene, .bytes_per_s = 1000000, .round_trip_ms = 50};
    (void)state;
    uplink_scene_begin(&scene, 20000, 0, UINT64_MAX);
    run(&link, 10000);
    assert_true(scene.uplink.acked_seq == 20000);
    uint64_t rate = scene.uplink.rate_bytes_per_s;
    for (int i = 0; i < 50; i++) {
        scene.now_ms += 1000;
        uplink_on_appended(&scene.uplink, scene.uplink.last_seq + 1);
        assert_true(run(&link, 1000) == 1);
    }
    assert_true(scene.uplink.rate_bytes_per_s == rate);
}

static void the_setting_bounds_the_window(void **state)
{
    struct uplink_scene scene;
    struct link link = {.scene = &scene, .bytes_per_s = 100000000, .round_trip_ms = 20};
    (void)state;
    uplink_scene_begin(&scene, 100000000, 0, UINT64_MAX);
    scene.uplink.window_max_bytes = 100000;
    run(&link, 2000);
    assert_true(link.most_in_flight <= 100000);
}

static void a_push_holds_at_most_a_thousand_events(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 5000, 0, UINT64_MAX);
    scene.uplink.rate_bytes_per_s = 100000000;
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).max_events == PUSH_EVENTS_MAX);
}

static void pushes_under_way_have_a_bound_too(void **state)
{
    enum { PUSHES = 200, SENT = UPLINK_FLIGHTS_MAX * UPLINK_GATHER_EVENTS };
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, UPLINK_GATHER_EVENTS, 0, UINT64_MAX);
    for (uint64_t push = 1; push < PUSHES; push++) {
        uplink_scene_push_all(&scene, 1);
        uplink_on_appended(&scene.uplink, (push + 1) * UPLINK_GATHER_EVENTS);
    }
    assert_true(scene.uplink.flight_count == UPLINK_FLIGHTS_MAX);
    assert_true(scene.uplink.sent_seq == SENT);
    uplink_scene_ack(&scene, SENT, UINT64_MAX);
    assert_true(uplink_scene_push_all(&scene, 1) > 0); /* what gathered meanwhile */
    assert_true(scene.uplink.sent_seq == (uint64_t)PUSHES * UPLINK_GATHER_EVENTS);
}

/* A push costs a signature on both sides, so a stream of single events leaves in groups. */
static void a_few_events_wait_for_the_ack_of_the_push_before_them(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 1, 0, UINT64_MAX);
    assert_true(uplink_scene_push_all(&scene, 1) == 1);
    uplink_on_appended(&scene.uplink, UPLINK_GATHER_EVENTS);
    assert_true(uplink_scene_push_all(&scene, 1) == 0);
    uplink_scene_ack(&scene, 1, UINT64_MAX);
    assert_true(uplink_scene_push_all(&scene, 1) == 1);
    assert_true(scene.uplink.sent_seq == UPLINK_GATHER_EVENTS);
    uplink_on_appended(&scene.uplink, 2UL * UPLINK_GATHER_EVENTS);
    assert_true(uplink_scene_push_all(&scene, 1) == 1); /* as many as are worth a push */
    assert_true(scene.uplink.sent_seq == 2UL * UPLINK_GATHER_EVENTS);
}

/* The last push of a backlog is small and has nothing to wait for. */
static void the_tail_of_a_backlog_leaves_at_once(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, PUSH_EVENTS_MAX + 1, 0, UINT64_MAX);
    assert_true(uplink_scene_push_all(&scene, 1) == 2);
    assert_true(scene.uplink.sent_seq == PUSH_EVENTS_MAX + 1);
}

static void a_slow_link_is_compressed_for_and_a_fast_one_not(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 10, 0, 100);
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).compress_from_bytes == 0); /* unknown */
    scene.uplink.rate_bytes_per_s = 8000;                                           /* 64 kbit/s */
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).compress_from_bytes == 32);
    scene.uplink.rate_bytes_per_s = UPLINK_COMPRESS_BELOW_BYTES_PER_S - 1;
    struct uplink_action action = uplink_scene_expect(&scene, UPLINK_PUSH);
    assert_true(action.compress_from_bytes < action.max_bytes / 16);
    scene.uplink.rate_bytes_per_s = UPLINK_COMPRESS_BELOW_BYTES_PER_S;
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).compress_from_bytes == UINT64_MAX);
}

static void one_event_at_a_time_over_a_fast_link_is_not_held_up_by_compressing(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 1, 0, UINT64_MAX);
    uplink_on_pushed(&scene.uplink, 1, EVENT_BYTES, scene.now_ms);
    scene.now_ms += 2;
    uplink_scene_ack(&scene, 1, UINT64_MAX);
    uplink_on_appended(&scene.uplink, 2);
    assert_true(uplink_scene_expect(&scene, UPLINK_PUSH).compress_from_bytes > EVENT_BYTES);
}

static void an_event_larger_than_the_window_is_sent_alone(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 3, 0, 100);
    uplink_scene_expect(&scene, UPLINK_PUSH);
    uplink_on_pushed(&scene.uplink, 1, 200000, scene.now_ms);
    uplink_scene_expect_nothing(&scene);
    /* and it gets the time it needs at 64 kbit/s, and more */
    assert_true(uplink_deadline_ms(&scene.uplink) >=
                scene.now_ms + UPLINK_HEARTBEAT_MS); /* only a heartbeat comes before */
    scene.now_ms += 60000;
    uplink_scene_expect(&scene, UPLINK_HEARTBEAT);
    uplink_scene_ack(&scene, 1, 100);
    uplink_scene_expect(&scene, UPLINK_PUSH);
}

static void the_time_to_empty_is_backlog_by_rate(void **state)
{
    struct uplink_scene scene;
    (void)state;
    uplink_scene_begin(&scene, 3, 0, 100);
    assert_true(uplink_seconds_to_empty(&scene.uplink, 0) == 0);
    assert_true(uplink_seconds_to_empty(&scene.uplink, 1) == UINT64_MAX);
    scene.uplink.rate_bytes_per_s = 8000;
    assert_true(uplink_seconds_to_empty(&scene.uplink, 80001) == 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_county_line_of_64_kbit_is_used_and_not_flooded),
        cmocka_unit_test(a_fast_link_is_filled_within_a_tenth_of_a_second),
        cmocka_unit_test(a_long_fast_line_is_filled_within_seconds),
        cmocka_unit_test(a_link_that_turns_slow_is_given_less),
        cmocka_unit_test(a_few_events_now_and_then_say_nothing_about_the_link),
        cmocka_unit_test(the_setting_bounds_the_window),
        cmocka_unit_test(a_push_holds_at_most_a_thousand_events),
        cmocka_unit_test(pushes_under_way_have_a_bound_too),
        cmocka_unit_test(a_few_events_wait_for_the_ack_of_the_push_before_them),
        cmocka_unit_test(the_tail_of_a_backlog_leaves_at_once),
        cmocka_unit_test(a_slow_link_is_compressed_for_and_a_fast_one_not),
        cmocka_unit_test(one_event_at_a_time_over_a_fast_link_is_not_held_up_by_compressing),
        cmocka_unit_test(an_event_larger_than_the_window_is_sent_alone),
        cmocka_unit_test(the_time_to_empty_is_backlog_by_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
