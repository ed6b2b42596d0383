/* test_zsock_link.c - a dealer learns why it is not let in, and gets in by itself once it can. */
#include "io/zsock.h"

#include "zsock_peers.h"

static void a_revoked_key_does_not_get_in_and_is_told_why(void **state)
{
    struct world *world = *state;
    struct peer *peer = &world->peers[0];
    peer->is_revoked = true;
    open_router(world, "tcp://127.0.0.1:0", 10);
    open_peer(world, 0);
    RUN_UNTIL(world, peer->downs > 0);
    assert_non_null(strstr(peer->reason, "does not know this key, or it was revoked"));
    assert_false(peer->is_up);
    assert_int_equal(world->router_got, 0);
}

static void a_key_that_is_admitted_later_gets_in_by_itself(void **state)
{
    struct world *world = *state;
    struct peer *peer = &world->peers[0];
    peer->is_revoked = true;
    open_router(world, "tcp://127.0.0.1:0", 10);
    open_peer(world, 0);
    RUN_UNTIL(world, peer->downs > 0);
    peer->is_revoked = false;
    assert_served(world, peer);
}

static void nobody_gets_in_when_the_handler_is_absent(void **state)
{
    struct world *world = *state;
    struct peer *peer = &world->peers[0];
    zap_close(TAKE(world->zap));
    open_router(world, "tcp://127.0.0.1:0", 10);
    open_peer(world, 0);
    assert_true(peer_send(peer, bytes_of_text("hello?")) !=
                ZSOCK_GONE); /* it may be over already */
    RUN_UNTIL(world, peer->downs > 0);
    assert_non_null(strstr(peer->reason, "during the handshake"));
    assert_int_equal(world->router_got, 0);
}

static void a_broker_with_another_key_is_not_spoken_to(void **state)
{
    struct world *world = *state;
    struct peer *peer = &world->peers[0];
    open_router(world, "tcp://127.0.0.1:0", 10);
    world->keys.public_key[0] ^= 1;
    open_peer(world, 0);
    RUN_UNTIL(world, peer->downs > 0);
    assert_false(peer->is_up);
    assert_int_equal(world->router_got, 0);
}

static void a_dealer_finds_a_router_that_restarts_on_its_port(void **state)
{
    struct world *world = *state;
    struct peer *peer = &world->peers[0];
    open_router(world, "tcp://127.0.0.1:0", 10);
    open_peer(world, 0);
    for (int round = 0; round < 3; round++) {
        char address[ZSOCK_ADDRESS_MAX];
        assert_served(world, peer);
        zsock_close(TAKE(world->router));
        RUN_UNTIL(world, !peer->is_up);
        assert_int_equal(peer_send(peer, bytes_of_text("stale")), ZSOCK_FULL);
        memcpy(address, world->address, sizeof(address));
        open_router(world, address, 10);
    }
    assert_served(world, peer);
    assert_int_equal(world->router_got, 4); /* and nothing that was said to a dead link */
}

static void count_turn(void *context)
{
    ((struct peer *)context)->got++;
}

static void a_wake_brings_a_turn_while_the_link_is_down(void **state)
{
    struct world *world = *state;
    struct peer *peer = &world->peers[0];
    open_router(world, "tcp://127.0.0.1:0", 10);
    zsock_close(TAKE(world->router)); /* its port refuses connections now */
    peer->on_turn = count_turn;
    open_peer(world, 0);
    for (int turns = 0; turns < 20; turns++) {
        int before = peer->got;
        zsock_wake(peer->zsock);
        RUN_UNTIL(world, peer->got > before);
    }
    RUN_UNTIL(world,
              strstr(peer->reason, "nobody listens")); /* it may still find the port closing */
    RUN_UNTIL(world, peer_send(peer, bytes_of_text("x")) == ZSOCK_FULL);
}

static void the_same_reason_is_told_once(void **state)
{
    struct world *world = *state;
    struct peer *peer = &world->peers[0];
    open_router(world, "tcp://127.0.0.1:0", 10);
    peer->is_revoked = true;
    open_peer(world, 0);
    RUN_UNTIL(world, world->asked > 5);
    assert_int_equal(peer->downs, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_revoked_key_does_not_get_in_and_is_told_why, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_key_that_is_admitted_later_gets_in_by_itself, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(nobody_gets_in_when_the_handler_is_absent, setup, teardown),
        cmocka_unit_test_setup_teardown(a_broker_with_another_key_is_not_spoken_to, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_dealer_finds_a_router_that_restarts_on_its_port, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_wake_brings_a_turn_while_the_link_is_down, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_same_reason_is_told_once, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
