/* zmonitor.c - see zmonitor.h. An event is a frame of number (u16) and value (u32) in the machine's
 * order, then the endpoint's text in a second frame. */
#include "io/zmonitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "io/zpump.h"

struct zmonitor {
    struct zmonitor_watch watch;
    struct zpump *pump;
};

/* Loop threads of one process may open sockets at once. */
static uint64_t next_name(void)
{
    static uint64_t last;
    return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

static bool on_receive(void *context, void *socket)
{
    const struct zmonitor *monitor = context;
    uint8_t head[sizeof(uint16_t) + sizeof(uint32_t)];
    int size = zmq_recv(socket, head, sizeof(head), ZMQ_DONTWAIT);
    if (size < 0)
        return false;
    char endpoint[1]; /* not needed; zmq_recv cuts */
    if (zmq_recv(socket, endpoint, sizeof(endpoint), ZMQ_DONTWAIT) < 0 || size != sizeof(head))
        return true;
    uint16_t event;
    uint32_t value;
    memcpy(&event, head, sizeof(event));
    memcpy(&value, head + sizeof(event), sizeof(value));
    monitor->watch.on_event(monitor->watch.context, event, value);
    return true;
}

enum err zmonitor_open(uv_loop_t *loop, const struct zmonitor_watch *watch, struct zmonitor **out)
{
    char name[64];
    int zero = 0;
    (void)snprintf(name, sizeof(name), "inproc://monitor-%llu", (unsigned long long)next_name());
    if (zmq_socket_monitor(watch->socket, name, watch->events) != 0)
        return ERR_IO;
    void *pair = zmq_socket(watch->zmq_context, ZMQ_PAIR);
    if (!pair || zmq_setsockopt(pair, ZMQ_RCVHWM, &zero, sizeof(zero)) != 0 ||
        zmq_setsockopt(pair, ZMQ_LINGER, &zero, sizeof(zero)) != 0 ||
        zmq_connect(pair, name) != 0) {
        zmq_socket_monitor(watch->socket, NULL, 0);
        if (pair)
            zmq_close(pair);
        return ERR_IO;
    }
    struct zmonitor *monitor = calloc(1, sizeof(*monitor));
    if (!monitor)
        abort();
    monitor->watch = *watch;
    struct zpump_handlers handlers = {.context = monitor, .receive = on_receive};
    enum err err = zpump_open(loop, pair, &handlers, &monitor->pump);
    if (err != OK) {
        zmq_socket_monitor(watch->socket, NULL, 0);
        free(monitor);
        return err;
    }
    *out = monitor;
    return OK;
}

void zmonitor_close(struct zmonitor *monitor)
{
    zmq_socket_monitor(monitor->watch.socket, NULL, 0);
    zpump_close(monitor->pump);
    free(monitor);
}
