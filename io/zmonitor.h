/*
 * zmonitor.h - what ZeroMQ says about a socket's connections (zmq_socket_monitor), on the loop; for
 * zsock*.c only. libzmq's thread writes events with a blocking call: the reading end has no
 * high-water mark and is closed last, or that thread, and with it the process's end, would wait for
 * ever.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

struct zmonitor_watch {
    void *zmq_context, *socket;
    int events; /* a mask of ZMQ_EVENT_* */
    void (*on_event)(void *context, uint16_t event, uint32_t value);
    void *context;
};

struct zmonitor;
MUST_CHECK enum err zmonitor_open(uv_loop_t *loop, const struct zmonitor_watch *watch,
                                  struct zmonitor **out);
/* Before the watched socket is closed. No event is told afterwards. The loop frees. */
void zmonitor_close(struct zmonitor *monitor);
