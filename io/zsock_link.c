/*
 * zsock_link.c - a connecting DEALER. Every attempt is a fresh socket: libzmq itself gives up for
 * ever after a refused handshake, and would send what was queued for the link before to the next
 * one.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "io/zsock.h"
#include "io/zsock_parts.h"

enum {
    ATTEMPT_MAX_MS = 30000, /* name, connection and handshake together */
    CONNECT_MAX_MS = 10000,
    LINK_EVENTS = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                  ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED,
};

static void try_again(uv_timer_t *timer);

/* Half of the delay is certain, half is chance: counties do not return all at once. */
static uint64_t pause_ms(struct zsock_link *link)
{
    uint32_t delay = link->delay_ms;
    link->delay_ms = delay > link->delay_max_ms / 2 ? link->delay_max_ms : delay * 2;
    return delay / 2 + random_below(&link->jitter, delay - delay / 2 + 1);
}

/* The socket stays until the next attempt replaces it, so on_turn goes on meanwhile. */
static void link_lost(struct zsock *zsock, const char *reason)
{
    struct zsock_link *link = &zsock->link;
    bool is_news = zsock->link_state == LINK_UP || strcmp(reason, link->reason) != 0;
    zsock->link_state = LINK_WAITING;
    (void)snprintf(link->reason, sizeof(link->reason), "%s", reason);
    uv_timer_start(&zsock->timer, try_again, pause_ms(link), 0);
    if (is_news && zsock->handlers.on_link)
        zsock->handlers.on_link(zsock->handlers.context, false, link->reason);
}

static void on_attempt_end(uv_timer_t *timer)
{
    struct zsock *zsock = timer->data;
    char reason[ZSOCK_REASON_SIZE];
    (void)snprintf(reason, sizeof(reason), "no answer from %s", zsock->address);
    link_lost(zsock, reason);
}

static void link_up(struct zsock *zsock)
{
    zsock->link_state = LINK_UP;
    zsock->link.delay_ms = zsock->link.delay_min_ms;
    zsock->link.reason[0] = '\0';
    uv_timer_stop(&zsock->timer);
    zpump_wake(zsock->pump);
    if (zsock->handlers.on_link)
        zsock->handlers.on_link(zsock->handlers.context, true, NULL);
}

static const char *refusal(uint32_t zap_status)
{
    if (zap_status == 400)
        return "the broker does not know this key, or it was revoked (ZAP 400)";
    if (zap_status == 300)
        return "the broker cannot decide now (ZAP 300)";
    return "the broker failed to judge this key (ZAP 500)";
}

static void on_event(void *context, uint16_t event, uint32_t value)
{
    struct zsock *zsock = context;
    char reason[ZSOCK_REASON_SIZE];
    if (zsock->link_state == LINK_WAITING)
        return; /* the first reason is the cause, what follows is the clearing away */
    switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        link_up(zsock);
        return;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        (void)snprintf(reason, sizeof(reason), "%s", refusal(value));
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        (void)snprintf(reason, sizeof(reason),
                       "what answers at %s is no broker (protocol error 0x%08x)", zsock->address,
                       value);
        break;
    case ZMQ_EVENT_CLOSED:
        (void)snprintf(reason, sizeof(reason), "nobody listens at %s", zsock->address);
        break;
    default:
        if (zsock->link_state == LINK_UP)
            (void)snprintf(reason, sizeof(reason), "disconnected");
        else
            (void)snprintf(
                reason, sizeof(reason),
                "%s closed the connection during the handshake: it is full, no broker, or "
                "its key is not the one in the welcome",
                zsock->address);
        break;
    }
    link_lost(zsock, reason);
}

static enum err set_options(const struct zsock_link *link, void *socket)
{
    const struct {
        int option;
        const uint8_t *key;
    } keys[] = {
        {ZMQ_CURVE_SERVERKEY, link->server_public_key},
        {ZMQ_CURVE_PUBLICKEY, link->public_key},
        {ZMQ_CURVE_SECRETKEY, link->secret_key},
    };
    TRY(zsock_set_number(socket, ZMQ_RECONNECT_IVL, -1)); /* attempts are ours */
    TRY(zsock_set_number(socket, ZMQ_CONNECT_TIMEOUT, CONNECT_MAX_MS));
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        if (zmq_setsockopt(socket, keys[i].option, keys[i].key, ZSOCK_KEY_SIZE) != 0)
            return ERR_IO;
    }
    return OK;
}

struct attempt {
    struct zpump *pump;
    struct zmonitor *monitor;
};

static enum err attempt_start(struct zsock *zsock, struct attempt *attempt)
{
    void *socket = NULL;
    TRY(zsock_socket_open(zsock, ZMQ_DEALER, &socket));
    struct zpump_handlers handlers = {zsock, zsock_receive, zsock_turn};
    TRY(zpump_open(zsock->loop, socket, &handlers, &attempt->pump));
    TRY(set_options(&zsock->link, socket));
    struct zmonitor_watch watch = {
        .zmq_context = zsock->zmq_context,
        .socket = socket,
        .events = LINK_EVENTS,
        .on_event = on_event,
        .context = zsock,
    };
    TRY(zmonitor_open(zsock->loop, &watch, &attempt->monitor));
    return zmq_connect(socket, zsock->address) == 0 ? OK : ERR_IO;
}

static void attempt_close(struct attempt *attempt)
{
    if (attempt->monitor)
        zmonitor_close(attempt->monitor);
    if (attempt->pump)
        zpump_close(attempt->pump);
}

static enum err link_try(struct zsock *zsock)
{
    struct attempt before = {zsock->pump, zsock->monitor}, attempt = {0};
    enum err err = attempt_start(zsock, &attempt);
    if (err != OK) {
        attempt_close(&attempt);
        return err;
    }
    attempt_close(&before);
    zsock->pump = attempt.pump;
    zsock->monitor = attempt.monitor;
    zsock->link_state = LINK_TRYING;
    zpump_wake(zsock->pump); /* who asked for a turn of the socket before gets it here */
    uv_timer_start(&zsock->timer, on_attempt_end, ATTEMPT_MAX_MS, 0);
    return OK;
}

static void try_again(uv_timer_t *timer)
{
    struct zsock *zsock = timer->data;
    if (link_try(zsock) != OK)
        link_lost(zsock, "the system gives no socket: look at the limit on open files");
}

enum err zsock_dealer_open(const struct zsock_dealer_options *options,
                           const struct zsock_handlers *handlers, struct zsock **out,
                           struct problem *problem)
{
    uint64_t seed;
    assert(options->frame_size_max > 0);
    assert(options->reconnect_min_ms > 0 && options->reconnect_min_ms <= options->reconnect_max_ms);
    struct zsock *zsock = zsock_alloc(options->loop, options->context, handlers);
    struct zsock_link *link = &zsock->link;
    zsock->frame_size_max = options->frame_size_max;
    zsock->link_state = LINK_TRYING;
    memcpy(link->server_public_key, options->server_public_key, ZSOCK_KEY_SIZE);
    memcpy(link->public_key, options->public_key, ZSOCK_KEY_SIZE);
    memcpy(link->secret_key, options->secret_key, ZSOCK_KEY_SIZE);
    link->delay_ms = link->delay_min_ms = options->reconnect_min_ms;
    link->delay_max_ms = options->reconnect_max_ms;
    random_secret(&seed, sizeof(seed));
    random_init(&link->jitter, seed);
    bool is_tcp = strncmp(options->connect, "tcp://", 6) == 0 &&
                  strlen(options->connect) < sizeof(zsock->address);
    (void)snprintf(zsock->address, sizeof(zsock->address), "%s", options->connect);
    enum err err = is_tcp ? link_try(zsock) : ERR_MALFORMED;
    if (err != OK) {
        problem_set(problem, "cannot connect to %s", options->connect);
        problem_remedy(problem, "write the broker's address as tcp://HOST:PORT");
        zsock_close(zsock);
        return err;
    }
    *out = zsock;
    return OK;
}
