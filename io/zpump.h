/*
 * zpump.h - one ZeroMQ socket of any type on a libuv loop; shared by zsock.c, zsock_link.c and
 * zap.c only. Promise: a message that has arrived is handed out without waiting for another one.
 * ZMQ_FD signals only a change, and any call on the socket can take the signal: so prepare asks
 * ZMQ_EVENTS and, when work waits, keeps the loop from sleeping; check does the work. At most
 * ZPUMP_TURN_MESSAGES a turn, so that one socket cannot starve the rest of the loop.
 */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

enum { ZPUMP_TURN_MESSAGES = 256 };

struct zpump_handlers {
    void *context;
    bool (*receive)(void *context, void *socket); /* takes one message; false: none waits */
    void (*turn)(void *context);                  /* after messages, or when woken; may be NULL */
};

struct zpump;

/* The socket belongs to the pump from here on, also when this fails. */
MUST_CHECK enum err zpump_open(uv_loop_t *loop, void *socket, const struct zpump_handlers *handlers,
                               struct zpump **out);
/* Closes the socket now and calls no handler again, also when called by one; the loop frees. */
void zpump_close(struct zpump *pump);
void zpump_wake(struct zpump *pump);          /* asks for a turn without a message */
void zpump_wake_writable(struct zpump *pump); /* asks for a turn once the socket takes a message */
void zpump_drain(struct zpump *pump);         /* hands out all that waits, now */
void *zpump_socket(const struct zpump *pump);
