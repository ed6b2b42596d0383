/*
 * courier.h - carries events from the outbox to the city (shell): drives the uplink, and after a
 * rejoin the follower, with the codec and the store. Sockets and clocks are its caller's, so the
 * simulator drives it as the daemon does. Promise: what the uplink is told is on disk, is.
 */
#pragma once

#include "agent/home.h"
#include "agent/reconcile.h"
#include "agent/uplink.h"
#include "proto/follower.h"

enum {
    COURIER_CURSOR_MS = 1000,   /* an ack without refusals may wait so long for the disk */
    COURIER_PROGRESS_MS = 5000, /* least time between two progress lines */
    COURIER_REJOIN_RETRY_MS = 10000,
};

struct courier_port { /* one connection to the broker at a time */
    void *context;
    bool (*connect)(void *context); /* a fresh socket; false: the system gives none */
    void (*disconnect)(void *context);
    bool (*send)(void *context, struct bytes frame); /* false: the transport is full just now */
};

enum courier_phase { COURIER_UNJOINED, COURIER_REJOINING, COURIER_DELIVERING };

struct courier {
    struct home *home;
    struct courier_port port;
    struct trace trace;
    struct random random;
    enum courier_phase phase;
    struct uplink uplink;
    /* rejoin: what the city has, then history moves to the new generation */
    struct follower follower;
    struct reconcile reconcile;
    uint8_t *ids;
    bool is_complete; /* the city's records are all known */
    uint64_t retry_at_ms;
    struct problem problem; /* why the last step of a rejoin failed */
    uint8_t token[OUTBOX_TOKEN_MAX];
    uint32_t token_size;
    uint64_t cursor_at_ms, catching_since_ms, told_at_ms;
    bool is_cursor_failing;
    struct arena arena; /* the frame that is being looked at */
    struct buffer batch, compressed, statement, frame;
};

void courier_init(struct courier *courier, struct home *home, const struct courier_port *port,
                  uint64_t seed, const struct trace *trace);
void courier_release(struct courier *courier);

void courier_on_link(struct courier *courier, bool up, const char *reason, uint64_t now_ms);
void courier_on_frame(struct courier *courier, struct bytes bytes, uint64_t now_ms);
/* After frames, after a command, and at the deadline: does all that is to be done now. */
void courier_turn(struct courier *courier, uint64_t now_ms, int64_t wall_ms);
uint64_t courier_deadline_ms(const struct courier *courier);
/* At stop. Losing it costs nothing but a few acks said again. */
MUST_CHECK enum err courier_save_cursor(struct courier *courier);

struct courier_state { /* for status */
    const char *link;  /* "live", "held", "rejoining" … */
    uint32_t reason;   /* enum session_reason */
    const char *text, *remedy;
    bool is_final; /* trying again does not mend it */
    bool is_behind;
    uint64_t seconds_to_empty; /* UINT64_MAX: not known */
};
void courier_state(const struct courier *courier, struct courier_state *out);

/* courier_rejoin.c */
void courier_rejoin_begin(struct courier *courier, uint64_t now_ms);
void courier_rejoin_on_frame(struct courier *courier, const struct frame *frame, uint64_t now_ms);
void courier_rejoin_turn(struct courier *courier, uint64_t now_ms);
void courier_deliver(struct courier *courier, uint64_t now_ms); /* courier.c: history has moved */
bool courier_send(struct courier *courier, const struct frame *frame);
/* courier.c: a row of what was refused, counted once however often it is said */
MUST_CHECK enum err courier_put_refusal(struct home_change *change, uint32_t generation,
                                        const struct ack_refusal *refusal);
