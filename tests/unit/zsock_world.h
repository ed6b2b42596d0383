/*
 * zsock_world.h - a loop with a ZAP handler, a router and a few dealers over loopback TCP, for the
 * tests of zsock*.c. RUN_UNTIL turns the loop until a condition holds or a deadline passes.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "io/zap.h"

enum { PEERS_MAX = 3, FRAME_MAX = 64 << 10, DEADLINE_MS = 30000, SEND_MARK = 100 };

struct keys {
    uint8_t public_key[ZSOCK_KEY_SIZE], secret_key[ZSOCK_KEY_SIZE];
};

struct peer {
    struct keys keys;
    struct zsock *zsock;
    bool is_revoked, is_up;
    void (*on_turn)(void *context);
    char reason[512];
    int downs, got, sent, wanted;
    size_t last_size;
};

struct world {
    uv_loop_t loop;
    uv_timer_t deadline;
    struct keys keys;
    struct zcontext *context;
    struct zap *zap;
    struct zsock *router;
    struct peer peers[PEERS_MAX];
    int router_got, router_turns, got_before_turn, turn_got_most;
    int asked; /* how often ZAP was */
    bool is_late, is_echo, is_closing_in_callback;
    uint8_t route[ZSOCK_ROUTE_MAX], key[ZSOCK_KEY_SIZE];
    size_t route_size;
    char address[ZSOCK_ADDRESS_MAX];
};

static inline bool admits(void *context, struct bytes key)
{
    struct world *world = context;
    world->asked++;
    for (size_t i = 0; i < PEERS_MAX; i++) {
        const struct peer *peer = &world->peers[i];
        if (!peer->is_revoked && memcmp(key.data, peer->keys.public_key, key.size) == 0)
            return true;
    }
    return false;
}

static inline int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    uv_loop_init(&world->loop);
    uv_timer_init(&world->loop, &world->deadline);
    world->deadline.data = world;
    assert_int_equal(zcontext_open(&world->context), OK);
    assert_int_equal(zsock_keypair(world->keys.public_key, world->keys.secret_key), OK);
    for (size_t i = 0; i < PEERS_MAX; i++) {
        struct keys *keys = &world->peers[i].keys;
        assert_int_equal(zsock_keypair(keys->public_key, keys->secret_key), OK);
    }
    assert_int_equal(zap_open(&world->loop, world->context, admits, world, &world->zap), OK);
    *state = world;
    return 0;
}

static inline int teardown(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < PEERS_MAX; i++) {
        if (world->peers[i].zsock)
            zsock_close(world->peers[i].zsock);
    }
    if (world->router)
        zsock_close(world->router);
    if (world->zap)
        zap_close(world->zap);
    zcontext_close(world->context);
    uv_close((uv_handle_t *)&world->deadline, NULL);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&world->loop);
    free(world);
    return rc;
}

static inline void on_deadline(uv_timer_t *timer)
{
    ((struct world *)timer->data)->is_late = true;
}

static inline void on_router_turn(void *context)
{
    struct world *world = context;
    int got = world->router_got - world->got_before_turn, most = world->turn_got_most;
    world->turn_got_most = got > most ? got : most;
    world->got_before_turn = world->router_got;
    world->router_turns++;
}

#define RUN_UNTIL(world, condition)                                                                \
    do {                                                                                           \
        uv_timer_start(&(world)->deadline, on_deadline, DEADLINE_MS, 0);                           \
        while (!(condition) && !(world)->is_late)                                                  \
            uv_run(&(world)->loop, UV_RUN_ONCE);                                                   \
        uv_timer_stop(&(world)->deadline);                                                         \
        if (!(condition))                                                                          \
            fail_msg("in vain: %s", #condition);                                                   \
    } while (0)
