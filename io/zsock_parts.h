/*
 * zsock_parts.h - what zsock.c (sending, receiving, closing), zsock_router.c (binding, counting
 * connections) and zsock_link.c (a dealer's attempts) share; zap.c uses the context. For these
 * files only.
 */
#pragma once

#include <pthread.h>

#include "base/random.h"
#include "io/zmonitor.h"
#include "io/zpump.h"
#include "io/zsock.h"

#define ZSOCK_ZAP_DOMAIN "huoshui"

enum {
    ZSOCK_HANDSHAKE_MAX_MS = 10000,
    ZSOCK_FRAME_SIZE_FLOOR = 1024,   /* the handshake's own commands must pass */
    ZSOCK_CURVE_OVERHEAD = 64,       /* MAXMSGSIZE is compared with the encrypted frame */
    ZSOCK_QUEUE_SIZE_MAX = 64 << 20, /* received and not yet read, a peer */
    ZSOCK_REASON_SIZE = 512,
    ZSOCK_KEY_TEXT_SIZE = 2 * ZSOCK_KEY_SIZE + 1, /* User-Id as zap.c writes it: hex and NUL */
};

struct zcontext {
    void *zmq;
};

/* ROUTER: the descriptors of its connections, as the monitor tells them. */
struct zsock_doors {
    uint8_t *is_open; /* by descriptor */
    size_t size;
    uint32_t open_count, max;
    uint16_t port;
};

enum zsock_link_state { LINK_NONE, LINK_TRYING, LINK_UP, LINK_WAITING };

/* DEALER: every attempt has a socket of its own, so nothing stale is sent on a new link. */
struct zsock_link {
    uint8_t server_public_key[ZSOCK_KEY_SIZE];
    uint8_t public_key[ZSOCK_KEY_SIZE], secret_key[ZSOCK_KEY_SIZE];
    uint32_t delay_min_ms, delay_max_ms, delay_ms;
    struct random jitter;
    char reason[ZSOCK_REASON_SIZE]; /* the last one told */
};

struct zsock {
    struct zsock_handlers handlers;
    uv_loop_t *loop;
    void *zmq_context;
    pthread_t owner; /* the one thread that may touch it */
    struct zpump *pump;
    struct zmonitor *monitor;
    uv_timer_t
        timer; /* ROUTER: a full route is tried again. DEALER: end of an attempt or a pause */
    uint32_t frame_size_max;
    char address[ZSOCK_ADDRESS_MAX];
    struct zsock_doors doors;
    enum zsock_link_state link_state; /* LINK_NONE: a ROUTER */
    struct zsock_link link;
    char key_text[ZSOCK_KEY_TEXT_SIZE]; /* the last User-Id seen and its bytes */
    struct buffer key;
    bool is_closing;
};

/* A socket with what all have in common; *out is closed by the caller's pump. */
MUST_CHECK enum err zsock_socket_open(const struct zsock *zsock, int type, void **out);
MUST_CHECK enum err zsock_set_number(void *socket, int option, int value);
struct zsock *zsock_alloc(uv_loop_t *loop, const struct zcontext *context,
                          const struct zsock_handlers *handlers);
bool zsock_receive(void *context, void *socket); /* for zpump_handlers; context is the zsock */
void zsock_turn(void *context);
