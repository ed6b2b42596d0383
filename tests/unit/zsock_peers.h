/* zsock_peers.h - the router and the dealers of a zsock_world.h, and bare sockets that behave
 * worse. */
#pragma once

#include <zmq.h>

#include "zsock_world.h"

static inline void on_router_message(void *context, const struct zsock_message *message)
{
    struct world *world = context;
    world->router_got++;
    assert_int_equal(message->key.size, ZSOCK_KEY_SIZE);
    memcpy(world->key, message->key.data, ZSOCK_KEY_SIZE);
    memcpy(world->route, message->route.data, message->route.size);
    world->route_size = message->route.size;
    if (world->is_closing_in_callback) {
        zsock_close(world->router);
        world->router = NULL;
    } else if (world->is_echo) {
        assert_int_equal(zsock_send(world->router, message->route, message->frame), ZSOCK_SENT);
    }
}

static inline void on_peer_message(void *context, const struct zsock_message *message)
{
    struct peer *peer = context;
    peer->got++;
    peer->last_size = message->frame.size;
    assert_int_equal(message->key.size, 0);
    if (peer->sent < peer->wanted) {
        assert_int_equal(zsock_send(peer->zsock, BYTES_NONE, bytes_of_text("ping")), ZSOCK_SENT);
        peer->sent++;
    }
}

static inline void on_peer_link(void *context, bool is_up, const char *reason)
{
    struct peer *peer = context;
    peer->is_up = is_up;
    peer->downs += !is_up;
    assert_true(is_up == !reason);
    (void)snprintf(peer->reason, sizeof(peer->reason), "%s", reason ? reason : "");
}

static inline void open_router(struct world *world, const char *bind, uint32_t connections_max)
{
    struct problem problem = {0};
    struct zsock_handlers handlers = {
        .context = world, .on_message = on_router_message, .on_turn = on_router_turn};
    struct zsock_router_options options = {
        .loop = &world->loop,
        .context = world->context,
        .bind = bind,
        .curve_secret_key = world->keys.secret_key,
        .frame_size_max = FRAME_MAX,
        .connections_max = connections_max,
        .send_high_water_frames = SEND_MARK,
    };
    enum err err = zsock_router_open(&options, &handlers, &world->router, &problem);
    if (err != OK)
        fail_msg("%s", problem.text);
    (void)snprintf(world->address, sizeof(world->address), "%s", zsock_address(world->router));
}

static inline void open_peer(struct world *world, size_t at)
{
    struct problem problem = {0};
    struct peer *peer = &world->peers[at];
    struct zsock_handlers handlers = {.context = peer,
                                      .on_message = on_peer_message,
                                      .on_turn = peer->on_turn,
                                      .on_link = on_peer_link};
    struct zsock_dealer_options options = {
        .loop = &world->loop,
        .context = world->context,
        .connect = world->address,
        .server_public_key = world->keys.public_key,
        .public_key = peer->keys.public_key,
        .secret_key = peer->keys.secret_key,
        .frame_size_max = FRAME_MAX,
        .reconnect_min_ms = 10,
        .reconnect_max_ms = 50,
    };
    enum err err = zsock_dealer_open(&options, &handlers, &peer->zsock, &problem);
    if (err != OK)
        fail_msg("%s", problem.text);
}

static inline enum zsock_outcome peer_send(struct peer *peer, struct bytes frame)
{
    return zsock_send(peer->zsock, BYTES_NONE, frame);
}

/* A frame there and back: whoever gets an answer is served. */
static inline void assert_served(struct world *world, struct peer *peer)
{
    int before = peer->got;
    RUN_UNTIL(world, peer->is_up);
    world->is_echo = true;
    assert_int_equal(peer_send(peer, bytes_of_text("served?")), ZSOCK_SENT);
    RUN_UNTIL(world, peer->got > before);
}

/* A peer that does not read unless told to: a bare socket. */
static inline void *bare_dealer(struct world *world, void *zmq, const struct keys *keys,
                                int high_water)
{
    void *dealer = zmq_socket(zmq, ZMQ_DEALER);
    int zero = 0;
    zmq_setsockopt(dealer, ZMQ_LINGER, &zero, sizeof(zero));
    zmq_setsockopt(dealer, ZMQ_RCVHWM, &high_water, sizeof(high_water));
    zmq_setsockopt(dealer, ZMQ_CURVE_SERVERKEY, world->keys.public_key, ZSOCK_KEY_SIZE);
    zmq_setsockopt(dealer, ZMQ_CURVE_PUBLICKEY, keys->public_key, ZSOCK_KEY_SIZE);
    zmq_setsockopt(dealer, ZMQ_CURVE_SECRETKEY, keys->secret_key, ZSOCK_KEY_SIZE);
    assert_int_equal(zmq_connect(dealer, world->address), 0);
    return dealer;
}
