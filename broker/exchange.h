/*
 * exchange.h - everything of the broker between a transport and a writer: frames in, a batch
 * filling, answers and updates out. It has the hub, the codec and the store, but no socket, thread
 * or clock: server.c gives it ZeroMQ and a writer's thread, the simulator a fake network and its
 * own clock. What it owns belongs to one thread.
 */
#pragma once

#include "broker/hub.h"
#include "broker/office.h"

enum exchange_outcome { EXCHANGE_SENT, EXCHANGE_FULL, EXCHANGE_GONE };

struct exchange_transport {
    void *context;
    enum exchange_outcome (*send)(void *context, struct bytes route,
                                  struct bytes frame); /* copies */
};

struct exchange {
    struct office *office;
    struct hub hub;
    struct exchange_transport transport;
    struct batch *filling; /* the caller's; swapped when it goes to the writer */
    bool clock_alarmed;

    /* scratch, reused for every message */
    struct arena arena;
    struct session_event *events;  /* PUSH_EVENTS_MAX */
    struct ack_refusal *refusals;  /* ACK_REFUSALS_MAX */
    struct unit_contact *contacts; /* CONTACTS_UNITS_MAX */
    struct buffer expanded, frame, rows;
    struct { /* of rows: what every unfiltered feed of an auditor or display at that place gets */
        bool is_kept, all_records;
        uint64_t from_position, head_position;
        struct feed_update update;
    } kept;
};

struct exchange_message { /* borrowed until the call returns */
    struct bytes route, key, frame;
    uint64_t now_ms;
    int64_t wall_ms;
};

/* Loads the units' rows; filling gets an alarm when the store is behind its head file
 * (contract 5.3). */
MUST_CHECK enum err exchange_open(struct exchange *exchange, struct office *office,
                                  const struct exchange_transport *transport, struct batch *filling,
                                  uint64_t seed, const struct trace *trace);
void exchange_close(struct exchange *exchange);

void exchange_on_message(struct exchange *exchange, const struct exchange_message *message);
/* The batch is committed (result OK), or its events found no space; then it is cleared. */
void exchange_on_committed(struct exchange *exchange, struct batch *batch);
/* Answers, acks, updates: one turn. The caller hands filling to the writer before. */
void exchange_turn(struct exchange *exchange, uint64_t now_ms, int64_t wall_ms);
void exchange_on_space(struct exchange *exchange); /* the disk has room again */
