/* zsock.c - what routers and dealers have in common: options, receiving, sending, closing. See
 * zsock.h. */
#include "io/zsock.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#include "io/zsock_parts.h"

enum {
    KEEPALIVE_IDLE_S = 60, /* a dead peer's connection is gone after 60 + 3 * 10 s */
    KEEPALIVE_INTERVAL_S = 10,
    KEEPALIVE_COUNT = 3,
    UNACKNOWLEDGED_MAX_MS = 90000,
    QUEUE_FRAMES_MIN = 16,
    QUEUE_FRAMES_MAX = 1000,
    FULL_RETRY_MS = 10,
};

struct option_row {
    int option, value;
};

enum err zsock_set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0 ? OK : ERR_IO;
}

/* A dotted address stays IPv4, so that a bound address reads as it was written. */
static bool is_ipv4_literal(const char *address)
{
    const char *host = strncmp(address, "tcp://", 6) == 0 ? address + 6 : address;
    return strspn(host, "0123456789.") == strcspn(host, ":") && host[0] != ':';
}

static int queue_frames(uint32_t frame_size_max)
{
    uint32_t frames = ZSOCK_QUEUE_SIZE_MAX / frame_size_max;
    frames = frames > QUEUE_FRAMES_MAX ? QUEUE_FRAMES_MAX : frames;
    return (int)(frames < QUEUE_FRAMES_MIN ? QUEUE_FRAMES_MIN : frames);
}

static enum err set_options(const struct zsock *zsock, void *socket)
{
    uint32_t frame_max = zsock->frame_size_max;
    const struct option_row rows[] = {
        {ZMQ_LINGER, 0},
        {ZMQ_IPV6, !is_ipv4_literal(zsock->address)},
        {ZMQ_HANDSHAKE_IVL, ZSOCK_HANDSHAKE_MAX_MS},
        {ZMQ_RCVHWM, queue_frames(frame_max)},
        {ZMQ_SNDHWM, queue_frames(frame_max)},
        {ZMQ_TCP_KEEPALIVE, 1},
        {ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S},
        {ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_INTERVAL_S},
        {ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_COUNT},
        {ZMQ_TCP_MAXRT, UNACKNOWLEDGED_MAX_MS},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        TRY(zsock_set_number(socket, rows[i].option, rows[i].value));
    int64_t size = frame_max < ZSOCK_FRAME_SIZE_FLOOR ? ZSOCK_FRAME_SIZE_FLOOR : (int64_t)frame_max;
    size += ZSOCK_CURVE_OVERHEAD;
    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &size, sizeof(size)) == 0 ? OK : ERR_IO;
}

enum err zsock_socket_open(const struct zsock *zsock, int type, void **out)
{
    void *socket = zmq_socket(zsock->zmq_context, type);
    if (!socket)
        return ERR_IO;
    enum err err = set_options(zsock, socket);
    if (err != OK) {
        zmq_close(socket);
        return err;
    }
    *out = socket;
    return OK;
}

struct zsock *zsock_alloc(uv_loop_t *loop, const struct zcontext *context,
                          const struct zsock_handlers *handlers)
{
    struct zsock *zsock = calloc(1, sizeof(*zsock));
    if (!zsock)
        abort();
    zsock->handlers = *handlers;
    zsock->loop = loop;
    zsock->zmq_context = context->zmq;
    zsock->owner = pthread_self();
    uv_timer_init(loop, &zsock->timer);
    zsock->timer.data = zsock;
    return zsock;
}

static bool is_router(const struct zsock *zsock)
{
    return zsock->link_state == LINK_NONE;
}

/* The frames after the two we know; a message arrives whole, so none of them is waited for. */
static void drop_rest(void *socket)
{
    int more = 1;
    while (more) {
        zmq_msg_t part;
        zmq_msg_init(&part);
        more = zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) >= 0 && zmq_msg_more(&part);
        zmq_msg_close(&part);
    }
}

/*
 * The key as ZAP admitted it. Asked of every message, never remembered by route: a peer may choose
 * the routing id of one that has left.
 */
static bool read_key(struct zsock *zsock, zmq_msg_t *frame, struct bytes *out)
{
    const char *text = zmq_msg_gets(frame, "User-Id");
    if (!text || strlen(text) != ZSOCK_KEY_TEXT_SIZE - 1)
        return false;
    if (zsock->key.size == 0 || memcmp(text, zsock->key_text, ZSOCK_KEY_TEXT_SIZE) != 0) {
        buffer_clear(&zsock->key);
        if (hex_decode(bytes_of_text(text), &zsock->key) != OK)
            return false;
        memcpy(zsock->key_text, text, ZSOCK_KEY_TEXT_SIZE);
    }
    *out = buffer_bytes(&zsock->key);
    return true;
}

static struct bytes message_bytes(zmq_msg_t *message)
{
    return bytes_of(zmq_msg_data(message), zmq_msg_size(message));
}

static void hand_out(struct zsock *zsock, struct bytes route, zmq_msg_t *frame)
{
    struct zsock_message message = {.route = route, .frame = message_bytes(frame)};
    if (message.frame.size > zsock->frame_size_max || route.size > ZSOCK_ROUTE_MAX)
        return;
    if (is_router(zsock) && !read_key(zsock, frame, &message.key))
        return;
    zsock->handlers.on_message(zsock->handlers.context, &message);
}

bool zsock_receive(void *context, void *socket)
{
    struct zsock *zsock = context;
    zmq_msg_t route, frame;
    zmq_msg_init(&frame);
    if (!is_router(zsock)) {
        bool is_taken = zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) >= 0;
        if (is_taken && zmq_msg_more(&frame))
            drop_rest(socket);
        else if (is_taken)
            hand_out(zsock, BYTES_NONE, &frame);
        zmq_msg_close(&frame);
        return is_taken;
    }
    zmq_msg_init(&route);
    bool is_taken = zmq_msg_recv(&route, socket, ZMQ_DONTWAIT) >= 0;
    if (is_taken && zmq_msg_more(&route) && zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) >= 0) {
        if (zmq_msg_more(&frame))
            drop_rest(socket);
        else
            hand_out(zsock, message_bytes(&route), &frame);
    }
    zmq_msg_close(&frame);
    zmq_msg_close(&route);
    return is_taken;
}

void zsock_turn(void *context)
{
    struct zsock *zsock = context;
    if (zsock->handlers.on_turn)
        zsock->handlers.on_turn(zsock->handlers.context);
}

static void on_retry(uv_timer_t *timer)
{
    struct zsock *zsock = timer->data;
    zpump_wake(zsock->pump);
}

/* A ROUTER is always "writable", so a full route is tried again after a while; a DEALER tells. */
static enum zsock_outcome full(struct zsock *zsock)
{
    if (!is_router(zsock))
        zpump_wake_writable(zsock->pump);
    else if (!uv_is_active((uv_handle_t *)&zsock->timer))
        uv_timer_start(&zsock->timer, on_retry, FULL_RETRY_MS, 0);
    return ZSOCK_FULL;
}

/* The route and then the frame: once the route is taken, libzmq takes the frame or the peer is
 * gone. */
static enum zsock_outcome send_message(struct zsock *zsock, struct bytes route, zmq_msg_t *frame)
{
    assert(!zsock->is_closing && pthread_equal(zsock->owner, pthread_self()));
    if (zsock->link_state == LINK_WAITING)
        return full(zsock);
    void *socket = zpump_socket(zsock->pump);
    int rc = 0;
    if (is_router(zsock)) {
        do
            rc = zmq_send(socket, route.data, route.size, ZMQ_SNDMORE | ZMQ_DONTWAIT);
        while (rc < 0 && errno == EINTR);
        if (rc < 0)
            return errno == EAGAIN ? full(zsock) : ZSOCK_GONE;
    }
    do
        rc = zmq_msg_send(frame, socket, ZMQ_DONTWAIT);
    while (rc < 0 && errno == EINTR);
    assert(rc >= 0 || !is_router(zsock));
    return rc >= 0 ? ZSOCK_SENT : full(zsock);
}

enum zsock_outcome zsock_send(struct zsock *zsock, struct bytes route, struct bytes frame)
{
    zmq_msg_t message;
    if (zmq_msg_init_size(&message, frame.size) != 0)
        abort();
    if (frame.size > 0)
        memcpy(zmq_msg_data(&message), frame.data, frame.size);
    enum zsock_outcome outcome = send_message(zsock, route, &message);
    if (outcome != ZSOCK_SENT)
        zmq_msg_close(&message);
    return outcome;
}

static void free_frame(void *data, void *hint) /* called by libzmq's thread */
{
    (void)hint;
    free(data);
}

enum zsock_outcome zsock_send_owned(struct zsock *zsock, struct bytes route, uint8_t *data,
                                    size_t size)
{
    zmq_msg_t message;
    if (zmq_msg_init_data(&message, data, size, free_frame, NULL) != 0)
        abort();
    enum zsock_outcome outcome = send_message(zsock, route, &message);
    if (outcome != ZSOCK_SENT)
        zmq_msg_close(&message);
    return outcome;
}

void zsock_wake(struct zsock *zsock)
{
    assert(!zsock->is_closing && pthread_equal(zsock->owner, pthread_self()));
    zpump_wake(zsock->pump);
}

const char *zsock_address(const struct zsock *zsock)
{
    return zsock->address;
}

static void on_closed(uv_handle_t *handle)
{
    struct zsock *zsock = handle->data;
    free(zsock->doors.is_open);
    buffer_release(&zsock->key);
    explicit_bzero(zsock, sizeof(*zsock)); /* a dealer's secret key */
    free(zsock);
}

void zsock_close(struct zsock *zsock)
{
    assert(!zsock->is_closing && pthread_equal(zsock->owner, pthread_self()));
    zsock->is_closing = true;
    if (zsock->monitor)
        zmonitor_close(zsock->monitor);
    if (zsock->pump)
        zpump_close(zsock->pump);
    uv_close((uv_handle_t *)&zsock->timer, on_closed);
}
