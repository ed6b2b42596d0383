/* test_zsock_router.c - what strangers and broken peers do at the port does not stop the others. */
#include "io/zsock.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/random.h"
#include "zsock_peers.h"

static int plain_connection(const struct world *world)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    uint64_t port = 0;
    assert_int_equal(u64_parse(bytes_of_text(strrchr(world->address, ':') + 1), 65535, &port), OK);
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(descriptor, (struct sockaddr *)&address, sizeof(address)), 0);
    return descriptor;
}

static void an_oversized_frame_does_not_arrive_and_others_are_served(void **state)
{
    struct world *world = *state;
    struct peer *small = &world->peers[1];
    void *zmq = zmq_ctx_new();
    static uint8_t frame[FRAME_MAX + 1];
    open_router(world, "tcp://127.0.0.1:0", 10);
    void *dealer = bare_dealer(world, zmq, &world->peers[0].keys, 10);
    assert_int_equal(zmq_send(dealer, frame, sizeof(frame), 0), sizeof(frame));
    assert_int_equal(zmq_send(dealer, frame, sizeof(frame) - 1, 0), sizeof(frame) - 1);
    RUN_UNTIL(world, world->router_got == 1); /* the second one; the first is never handed out */
    static uint8_t huge[4 * FRAME_MAX];
    assert_int_equal(zmq_send(dealer, huge, sizeof(huge), 0), sizeof(huge));
    open_peer(world, 1);
    assert_served(world, small);
    assert_int_equal(world->router_got, 2);
    zmq_close(dealer);
    zmq_ctx_term(zmq);
}

static void a_peer_that_sends_far_too_much_is_cut_off(void **state)
{
    struct world *world = *state;
    void *zmq = zmq_ctx_new();
    static uint8_t huge[4 * FRAME_MAX];
    open_router(world, "tcp://127.0.0.1:0", 10);
    void *dealer = bare_dealer(world, zmq, &world->peers[0].keys, 10);
    assert_int_equal(zmq_send(dealer, "hello", 5, 0), 5);
    RUN_UNTIL(world, world->router_got == 1);
    struct bytes route = bytes_of(world->route, world->route_size);
    assert_int_equal(zsock_send(world->router, route, BYTES_NONE), ZSOCK_SENT);
    assert_int_equal(zmq_send(dealer, huge, sizeof(huge), 0), sizeof(huge));
    RUN_UNTIL(world, zsock_send(world->router, route, BYTES_NONE) == ZSOCK_GONE);
    assert_int_equal(world->router_got, 1);
    zmq_close(dealer);
    zmq_ctx_term(zmq);
}

static void random_bytes_on_the_port_do_not_stop_others(void **state)
{
    struct world *world = *state;
    struct random random;
    int strangers[20];
    open_router(world, "tcp://127.0.0.1:0", 50);
    random_init(&random, 7);
    for (size_t i = 0; i < ARRAY_LENGTH(strangers); i++) {
        uint8_t noise[3000];
        static const uint8_t greeting[] = {0xff, 0, 0, 0,   0,   0,   0,   0,  1,
                                           0x7f, 3, 0, 'C', 'U', 'R', 'V', 'E'};
        for (size_t at = 0; at < sizeof(noise); at++)
            noise[at] = (uint8_t)random_next(&random);
        memcpy(noise, greeting, i % 2 ? sizeof(greeting) : 0); /* half of them begin well */
        strangers[i] = plain_connection(world);
        size_t size = (size_t)random_below(&random, sizeof(noise));
        (void)send(strangers[i], noise, size, MSG_NOSIGNAL);
    }
    open_peer(world, 0);
    assert_served(world, &world->peers[0]);
    for (size_t i = 0; i < ARRAY_LENGTH(strangers); i++)
        close(strangers[i]);
    assert_served(world, &world->peers[0]);
}

static void a_connection_above_the_limit_is_shut(void **state)
{
    struct world *world = *state;
    open_router(world, "tcp://127.0.0.1:0", 2);
    open_peer(world, 0);
    assert_served(world, &world->peers[0]);
    int stranger = plain_connection(world);
    RUN_UNTIL(world, true);
    open_peer(world, 1);
    RUN_UNTIL(world, world->peers[1].downs > 0);
    assert_non_null(strstr(world->peers[1].reason, "it is full"));
    assert_served(world, &world->peers[0]);
    close(stranger);
    assert_served(world, &world->peers[1]); /* a place became free */
}

static void an_address_that_is_none_is_refused_with_a_remedy(void **state)
{
    struct world *world = *state;
    struct problem problem = {0};
    struct zsock_handlers handlers = {.context = world, .on_message = on_router_message};
    struct zsock_router_options options = {
        .loop = &world->loop,
        .context = world->context,
        .curve_secret_key = world->keys.secret_key,
        .frame_size_max = FRAME_MAX,
        .connections_max = 1,
        .send_high_water_frames = 1,
    };
    struct zsock *zsock = NULL;
    options.bind = "nowhere";
    assert_int_equal(zsock_router_open(&options, &handlers, &zsock, &problem), ERR_MALFORMED);
    assert_non_null(strstr(problem.remedy, "tcp://"));
    open_router(world, "tcp://127.0.0.1:0", 10);
    options.bind = world->address;
    assert_int_equal(zsock_router_open(&options, &handlers, &zsock, &problem), ERR_BUSY);
    assert_null(zsock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_oversized_frame_does_not_arrive_and_others_are_served,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_peer_that_sends_far_too_much_is_cut_off, setup, teardown),
        cmocka_unit_test_setup_teardown(random_bytes_on_the_port_do_not_stop_others, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_connection_above_the_limit_is_shut, setup, teardown),
        cmocka_unit_test_setup_teardown(an_address_that_is_none_is_refused_with_a_remedy, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
