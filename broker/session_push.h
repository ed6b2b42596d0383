/*
 * session_push.h - the verdict on a push (docs/protocol.md 2). This is the broker's hot loop: two
 * hashes an event, one signature a push, no allocation.
 */
#pragma once

#include "broker/session.h"

enum session_push_verdict {
    SESSION_ACCEPT,    /* events beyond received_seq are in *events */
    SESSION_DUPLICATE, /* answer with an ack */
    SESSION_PENDING,   /* received, on its way: its commit's ack answers */
    SESSION_HOLE,
    SESSION_FORK,
    SESSION_BAD, /* undecodable, bad signature, wrong epoch, no room: answer->refuse says which */
};

struct session_event { /* borrowed from the push's batch until the shell has copied it */
    uint64_t seq;
    struct bytes envelope; /* empty when refused for its size */
    struct hash envelope_hash, chain;
    uint32_t reason; /* enum refusal_reason; REFUSAL_NONE: an event */
    char reason_text[160];
};

struct session_push { /* what stands beside a push */
    const struct roster_entry *who;
    const struct push *push;
    struct bytes batch; /* push->batch, expanded */
    const struct hash
        *chain_before; /* what session_push_needs_chain asked for; NULL: not readable */
    const struct session_limits *limits;
    uint64_t now_ms;
    int64_t wall_ms;
};
/*
 * The seq whose chain hash the push is to be measured by, when it is not in memory: the shell looks
 * it up (log_find) and gives it as chain_before. A duplicate is measured at its end, an overlapping
 * push before its start. False: none is needed. Always below have_seq.
 */
bool session_push_needs_chain(const struct session *session, const struct push *push,
                              uint64_t *seq);
/* events holds PUSH_EVENTS_MAX. */
enum session_push_verdict session_on_push(struct session *session, const struct session_push *said,
                                          struct session_event *events, size_t *event_count,
                                          struct session_answer *answer);
