/*
 * zsock.h - one ZeroMQ socket on a libuv loop, losing no wake-up: ZMQ_FD is edge-triggered and a
 * send can swallow the edge, so readiness is asked anew on prepare and check (the two obvious ways
 * complete 0 of 2,000 round trips). All sockets: CURVE always, LINGER 0, DONTWAIT, MAXMSGSIZE,
 * handshake limit; ROUTER: MANDATORY. Loop thread only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/bytes.h"

enum { ZSOCK_KEY_SIZE = 32, ZSOCK_ADDRESS_MAX = 256, ZSOCK_ROUTE_MAX = 16 };

struct zcontext; /* a ZeroMQ context; one a process */
MUST_CHECK enum err zcontext_open(struct zcontext **out);
void zcontext_close(struct zcontext *context); /* after all its sockets */
DEFINE_CLEANUP(struct zcontext *, zcontext_close)

struct zsock;

/* Borrowed until the callback returns. A peer may choose the route of one that has left: the key
 * says who speaks, the route only where answers go. */
struct zsock_message {
    struct bytes route; /* ROUTER: whom it came from. Empty on a DEALER */
    struct bytes key;   /* ROUTER: the peer's CURVE public key, raw, as ZAP admitted it */
    struct bytes frame;
};

struct zsock_handlers {
    void *context;
    void (*on_message)(void *context, const struct zsock_message *message);
    /* Once a turn of the loop, after the messages of that turn (at most 256): step the cores, send.
     * Comes again by itself after a ZSOCK_FULL. May be NULL. */
    void (*on_turn)(void *context);
    /* DEALER: the link. reason is NULL when it came up, else English words ("disconnected"); the
     * same reason is told once, not at every attempt. */
    void (*on_link)(void *context, bool up, const char *reason);
};

struct zsock_router_options {
    uv_loop_t *loop;
    struct zcontext *context;
    const char *bind;                /* tcp://127.0.0.1:0 picks a port */
    const uint8_t *curve_secret_key; /* ZSOCK_KEY_SIZE raw bytes */
    uint32_t frame_size_max;
    uint32_t connections_max;        /* counted as accepted, so also before they are admitted */
    uint32_t send_high_water_frames; /* a peer: so many may be under way; the credit ever granted */
};
struct zsock_dealer_options {
    uv_loop_t *loop;
    struct zcontext *context;
    const char *connect;
    const uint8_t *server_public_key, *public_key, *secret_key; /* raw */
    uint32_t frame_size_max;
    /* contract 4.8: backoff with jitter, at most 60 s */
    uint32_t reconnect_min_ms, reconnect_max_ms;
};

MUST_CHECK enum err zsock_router_open(const struct zsock_router_options *options,
                                      const struct zsock_handlers *handlers, struct zsock **out,
                                      struct problem *problem);
MUST_CHECK enum err zsock_dealer_open(const struct zsock_dealer_options *options,
                                      const struct zsock_handlers *handlers, struct zsock **out,
                                      struct problem *problem);
/* Stops the handles and closes; memory is freed by the loop, so run it until its handles are
 * closed. */
void zsock_close(struct zsock *zsock);
/* Where a router is bound, with the real port. */
const char *zsock_address(const struct zsock *zsock);

enum zsock_outcome { ZSOCK_SENT, ZSOCK_FULL, ZSOCK_GONE }; /* GONE: no such route any more */
/* Copies frame. Never blocks. route is ignored on a DEALER: what is sent while an attempt is under
 * way goes out when the link is up, between two attempts it is ZSOCK_FULL; nothing said to a link
 * that broke is sent to the next one. */
enum zsock_outcome zsock_send(struct zsock *zsock, struct bytes route, struct bytes frame);
/* Gives frame's memory away instead of copying (large updates); data must come from malloc. Freed
 * in every case. */
enum zsock_outcome zsock_send_owned(struct zsock *zsock, struct bytes route, uint8_t *data,
                                    size_t size);
/* Asks for on_turn in this turn even if no message comes (after work from another thread or a
 * timer). */
void zsock_wake(struct zsock *zsock);

/* CURVE keys come from ZeroMQ (architecture.md 4). Raw bytes. */
MUST_CHECK enum err zsock_keypair(uint8_t public_key[ZSOCK_KEY_SIZE],
                                  uint8_t secret_key[ZSOCK_KEY_SIZE]);
