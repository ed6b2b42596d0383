/* test_zsock.c - routers and dealers on one loop: nothing waits, nothing that was sent is lost,
 * each message has its key. */
#include "io/zsock.h"

#include "io/zpump.h"
#include "zsock_peers.h"

enum { ROUNDS = 2000 };

static void round_trips(void **state, int window)
{
    struct world *world = *state;
    struct peer *peer = &world->peers[0];
    open_router(world, "tcp://127.0.0.1:0", 10);
    open_peer(world, 0);
    world->is_echo = true;
    peer->wanted = ROUNDS;
    RUN_UNTIL(world, peer->is_up);
    for (; peer->sent < window; peer->sent++)
        assert_int_equal(peer_send(peer, bytes_of_text("ping")), ZSOCK_SENT);
    RUN_UNTIL(world, peer->got == ROUNDS);
    assert_int_equal(world->router_got, ROUNDS);
}

static void every_round_trip_completes_with_one_under_way(void **state)
{
    round_trips(state, 1);
}

static void every_round_trip_completes_with_eight_under_way(void **state)
{
    round_trips(state, 8);
}

static void every_round_trip_completes_with_sixty_four_under_way(void **state)
{
    round_trips(state, 64);
}

static void a_window_as_wide_as_the_mark_is_never_full(void **state)
{
    round_trips(state, SEND_MARK);
}

static void each_message_carries_the_key_of_its_peer(void **state)
{
    struct world *world = *state;
    open_router(world, "tcp://127.0.0.1:0", 10);
    assert_null(strstr(world->address, ":0"));
    for (size_t i = 0; i < 2; i++)
        open_peer(world, i);
    for (size_t turn = 0; turn < 6; turn++) {
        struct peer *peer = &world->peers[turn % 2];
        assert_served(world, peer);
        assert_memory_equal(world->key, peer->keys.public_key, ZSOCK_KEY_SIZE);
    }
}

static void a_send_to_an_unknown_route_is_gone(void **state)
{
    struct world *world = *state;
    open_router(world, "tcp://127.0.0.1:0", 10);
    struct bytes route = bytes_of("\0abcd", 5), frame = bytes_of_text("x");
    assert_int_equal(zsock_send(world->router, route, frame), ZSOCK_GONE);
    assert_int_equal(zsock_send_owned(world->router, route, malloc(100), 100), ZSOCK_GONE);
}

static void a_peer_that_left_is_gone(void **state)
{
    struct world *world = *state;
    open_router(world, "tcp://127.0.0.1:0", 10);
    open_peer(world, 0);
    assert_served(world, &world->peers[0]);
    struct bytes route = bytes_of(world->route, world->route_size), frame = bytes_of_text("x");
    zsock_close(TAKE(world->peers[0].zsock));
    RUN_UNTIL(world, zsock_send(world->router, route, frame) == ZSOCK_GONE);
}

static void a_full_peer_loses_nothing_that_was_sent(void **state)
{
    struct world *world = *state;
    void *zmq = zmq_ctx_new();
    static uint8_t frame[FRAME_MAX];
    int sent = 0, received = 0;
    open_router(world, "tcp://127.0.0.1:0", 10);
    void *dealer = bare_dealer(world, zmq, &world->peers[0].keys, 1);
    assert_int_equal(zmq_send(dealer, "hello", 5, 0), 5);
    RUN_UNTIL(world, world->router_got == 1);
    struct bytes route = bytes_of(world->route, world->route_size);
    int turns = world->router_turns;
    for (;; sent++) {
        memcpy(frame, &sent, sizeof(sent));
        if (zsock_send(world->router, route, bytes_of(frame, sizeof(frame))) != ZSOCK_SENT)
            break;
    }
    assert_true(sent >= SEND_MARK);
    RUN_UNTIL(world, world->router_turns > turns); /* FULL asks for another turn by itself */
    enum zsock_outcome outcome = zsock_send(world->router, route, bytes_of(frame, sizeof(frame)));
    sent += outcome == ZSOCK_SENT;
    assert_int_not_equal(outcome, ZSOCK_GONE);
    while (received < sent) {
        int number = -1;
        assert_int_equal(zmq_recv(dealer, frame, sizeof(frame), 0), sizeof(frame));
        memcpy(&number, frame, sizeof(number));
        assert_int_equal(number, received < sent - 1 ? received : number);
        received++;
    }
    RUN_UNTIL(world, zsock_send(world->router, route, bytes_of_text("again")) == ZSOCK_SENT);
    zmq_close(dealer);
    zmq_ctx_term(zmq);
}

static void a_message_of_more_parts_is_dropped_whole(void **state)
{
    struct world *world = *state;
    void *zmq = zmq_ctx_new();
    open_router(world, "tcp://127.0.0.1:0", 10);
    void *dealer = bare_dealer(world, zmq, &world->peers[0].keys, 10);
    zmq_send(dealer, "one", 3, ZMQ_SNDMORE);
    zmq_send(dealer, "two", 3, ZMQ_SNDMORE);
    zmq_send(dealer, "three", 5, 0);
    zmq_send(dealer, "alone", 5, 0);
    RUN_UNTIL(world, world->router_got == 1);
    open_peer(world, 1);
    assert_served(world, &world->peers[1]);
    assert_int_equal(world->router_got, 2);
    zmq_close(dealer);
    zmq_ctx_term(zmq);
}

static void a_router_closed_by_its_own_handler_ends_quietly(void **state)
{
    struct world *world = *state;
    open_router(world, "tcp://127.0.0.1:0", 10);
    open_peer(world, 0);
    RUN_UNTIL(world, world->peers[0].is_up);
    world->is_closing_in_callback = true;
    for (int i = 0; i < 5; i++)
        assert_int_equal(peer_send(&world->peers[0], bytes_of_text("x")), ZSOCK_SENT);
    RUN_UNTIL(world, !world->peers[0].is_up);
    assert_int_equal(world->router_got, 1);
}

static void a_wake_brings_a_turn_without_a_message(void **state)
{
    struct world *world = *state;
    open_router(world, "tcp://127.0.0.1:0", 10);
    zsock_wake(world->router);
    RUN_UNTIL(world, world->router_turns == 1);
}

static void owned_memory_arrives_like_a_copy(void **state)
{
    struct world *world = *state;
    open_router(world, "tcp://127.0.0.1:0", 10);
    open_peer(world, 0);
    assert_served(world, &world->peers[0]);
    uint8_t *data = calloc(1, 50000);
    struct bytes route = bytes_of(world->route, world->route_size);
    assert_int_equal(zsock_send_owned(world->router, route, data, 50000), ZSOCK_SENT);
    RUN_UNTIL(world, world->peers[0].last_size == 50000);
}

static void a_chosen_route_does_not_lend_the_key_of_its_last_owner(void **state)
{
    struct world *world = *state;
    open_router(world, "tcp://127.0.0.1:0", 10);
    for (size_t i = 0; i < 2; i++) {
        const struct keys *keys = &world->peers[i].keys;
        void *zmq = zmq_ctx_new();
        void *dealer = bare_dealer(world, zmq, keys, 10);
        assert_int_equal(zmq_disconnect(dealer, world->address), 0);
        assert_int_equal(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "mine", 4), 0);
        assert_int_equal(zmq_connect(dealer, world->address), 0);
        assert_int_equal(zmq_send(dealer, "I", 1, 0), 1);
        RUN_UNTIL(world, world->router_got == (int)i + 1);
        assert_memory_equal(world->route, "mine", 4);
        assert_memory_equal(world->key, keys->public_key, ZSOCK_KEY_SIZE);
        zmq_close(dealer);
        zmq_ctx_term(zmq);
        struct bytes route = bytes_of_text("mine");
        RUN_UNTIL(world, zsock_send(world->router, route, BYTES_NONE) == ZSOCK_GONE);
    }
}

static void a_flood_is_handed_out_in_turns_of_bounded_size(void **state)
{
    struct world *world = *state;
    struct peer *peer = &world->peers[0];
    int sent = 0;
    open_router(world, "tcp://127.0.0.1:0", 10);
    open_peer(world, 0);
    RUN_UNTIL(world, peer->is_up);
    while (peer_send(peer, bytes_of_text("flood")) == ZSOCK_SENT)
        sent++;
    assert_true(sent > 2 * ZPUMP_TURN_MESSAGES);
    RUN_UNTIL(world, world->router_got == sent);
    assert_true(world->turn_got_most <= ZPUMP_TURN_MESSAGES);
}

static void an_idle_socket_lets_the_loop_sleep(void **state)
{
    struct world *world = *state;
    int turns = 0;
    open_router(world, "tcp://127.0.0.1:0", 10);
    open_peer(world, 0);
    assert_served(world, &world->peers[0]);
    uv_timer_start(&world->deadline, on_deadline, 100, 0);
    for (; !world->is_late; turns++)
        uv_run(&world->loop, UV_RUN_ONCE);
    assert_true(turns < 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_round_trip_completes_with_one_under_way, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(every_round_trip_completes_with_eight_under_way, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(every_round_trip_completes_with_sixty_four_under_way, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_window_as_wide_as_the_mark_is_never_full, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(each_message_carries_the_key_of_its_peer, setup, teardown),
        cmocka_unit_test_setup_teardown(a_send_to_an_unknown_route_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_peer_that_left_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_peer_loses_nothing_that_was_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(a_message_of_more_parts_is_dropped_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_router_closed_by_its_own_handler_ends_quietly, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_wake_brings_a_turn_without_a_message, setup, teardown),
        cmocka_unit_test_setup_teardown(owned_memory_arrives_like_a_copy, setup, teardown),
        cmocka_unit_test_setup_teardown(a_chosen_route_does_not_lend_the_key_of_its_last_owner,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_flood_is_handed_out_in_turns_of_bounded_size, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_idle_socket_lets_the_loop_sleep, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
