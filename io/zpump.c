/* zpump.c - see zpump.h. */
#include "io/zpump.h"

#include <assert.h>
#include <stdlib.h>
#include <zmq.h>

struct zpump {
    void *socket;
    struct zpump_handlers handlers;
    uv_poll_t poll;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t idle; /* runs while work waits: a loop with an idle handle does not sleep */
    int open_handles;
    bool is_woken, waits_writable, is_closing;
};

static int events_of(const struct zpump *pump)
{
    int events = 0;
    size_t size = sizeof(events);
    int rc = zmq_getsockopt(pump->socket, ZMQ_EVENTS, &events, &size);
    return rc == 0 ? events : 0;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)poll; /* it only ends the loop's sleep; check does the work */
    (void)status;
    (void)events;
}

static void on_idle(uv_idle_t *idle)
{
    (void)idle;
}

static bool has_work(const struct zpump *pump)
{
    int events = events_of(pump);
    return pump->is_woken || (events & ZMQ_POLLIN) ||
           (pump->waits_writable && (events & ZMQ_POLLOUT));
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct zpump *pump = prepare->data;
    if (has_work(pump))
        uv_idle_start(&pump->idle, on_idle);
}

static void on_check(uv_check_t *check)
{
    struct zpump *pump = check->data;
    const struct zpump_handlers *handlers = &pump->handlers;
    int count = 0;
    uv_idle_stop(&pump->idle);
    while (count < ZPUMP_TURN_MESSAGES && !pump->is_closing &&
           handlers->receive(handlers->context, pump->socket))
        count++;
    if (pump->is_closing || !handlers->turn)
        return;
    bool is_writable = pump->waits_writable && (events_of(pump) & ZMQ_POLLOUT);
    if (count == 0 && !pump->is_woken && !is_writable)
        return;
    pump->is_woken = false;
    if (is_writable)
        pump->waits_writable = false;
    handlers->turn(handlers->context);
}

static void on_closed(uv_handle_t *handle)
{
    struct zpump *pump = handle->data;
    if (--pump->open_handles == 0)
        free(pump);
}

static void adopt(struct zpump *pump, void *handle)
{
    ((uv_handle_t *)handle)->data = pump;
    pump->open_handles++;
}

enum err zpump_open(uv_loop_t *loop, void *socket, const struct zpump_handlers *handlers,
                    struct zpump **out)
{
    int descriptor = -1;
    size_t size = sizeof(descriptor);
    struct zpump *pump = calloc(1, sizeof(*pump));
    if (!pump)
        abort();
    pump->socket = socket;
    pump->handlers = *handlers;
    if (zmq_getsockopt(socket, ZMQ_FD, &descriptor, &size) != 0 ||
        uv_poll_init(loop, &pump->poll, descriptor) != 0) {
        zmq_close(socket);
        free(pump);
        return ERR_IO;
    }
    adopt(pump, &pump->poll);
    uv_prepare_init(loop, &pump->prepare);
    adopt(pump, &pump->prepare);
    uv_check_init(loop, &pump->check);
    adopt(pump, &pump->check);
    uv_idle_init(loop, &pump->idle);
    adopt(pump, &pump->idle);
    uv_prepare_start(&pump->prepare, on_prepare);
    uv_check_start(&pump->check, on_check);
    if (uv_poll_start(&pump->poll, UV_READABLE, on_poll) != 0) {
        zpump_close(pump);
        return ERR_IO;
    }
    *out = pump;
    return OK;
}

void zpump_close(struct zpump *pump)
{
    assert(!pump->is_closing);
    pump->is_closing = true;
    /* uv_close takes the descriptor out of epoll at once, so it may be closed right after. */
    uv_close((uv_handle_t *)&pump->poll, on_closed);
    uv_close((uv_handle_t *)&pump->prepare, on_closed);
    uv_close((uv_handle_t *)&pump->check, on_closed);
    uv_close((uv_handle_t *)&pump->idle, on_closed);
    zmq_close(pump->socket);
    pump->socket = NULL;
}

void zpump_wake(struct zpump *pump)
{
    pump->is_woken = true;
}

void zpump_wake_writable(struct zpump *pump)
{
    pump->waits_writable = true;
}

void zpump_drain(struct zpump *pump)
{
    while (!pump->is_closing && pump->handlers.receive(pump->handlers.context, pump->socket))
        continue;
}

void *zpump_socket(const struct zpump *pump)
{
    return pump->socket;
}
