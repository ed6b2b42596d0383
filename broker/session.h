/*
 * session.h - the broker's side of one unit's conversation (docs/protocol.md 2): order, identity,
 * durability. Promise: a seq is accepted once, in order, and acked only after session_on_committed.
 * The shell fills in what the unit's row says after session_init (received as have).
 */
#pragma once

#include "base/sign.h"
#include "base/trace.h"
#include "broker/roster.h"
#include "broker/token.h"
#include "proto/frame.h"

enum {
    SESSION_STALE_MS = 5000, /* a replaced connection's frames: later ones are a second machine's */
    SESSION_ALARM_AGAIN_MS = 3600000, /* a clone that keeps trying must not fill the log */
    SESSION_RETRY_MS = 5000,          /* disk full, batch full: try again after */
    SESSION_LATE_MS = 600000,         /* TCP delivers what a broken connection had under way */
    SESSION_ALARM_CODES = ALARM_CLOCK_STEPPED_BACK + 1,
};

struct session {
    char unit[UNIT_TEXT_MAX + 1];
    uint32_t epoch;
    uint64_t have_seq, have_position; /* durable */
    uint64_t received_seq;            /* in a batch on its way; >= have_seq */
    struct hash have_chain, received_chain;
    struct token token, token_before;
    struct token token_retired; /* by the last confirmation; a late hello may still show it */
    uint64_t retired_at_ms;
    int64_t hello_clock_ms; /* of the hello that was welcomed last, by the agent's clock */
    uint64_t refused_count; /* of this epoch; 0: acks need no look-up */

    bool live;           /* welcomed on the present connection */
    bool token_dirty;    /* the row must be written: before Welcome leaves, after a confirmation */
    uint64_t acked_seq;  /* what the agent has verdicts for; acks go from here */
    uint64_t credit_seq; /* highest granted on this connection */
    uint64_t last_heard_ms;
    uint64_t announced_seq;
    int64_t clock_offset_ms, last_contact_ms;     /* the agent's clock minus ours; our wall clock */
    uint64_t alarm_after_ms[SESSION_ALARM_CODES]; /* the same alarm is a record again after this */
    struct trace trace;
};

void session_init(struct session *session, struct bytes unit, const struct trace *trace);

struct session_limits {
    uint32_t window_events; /* credit beyond have_seq */
    bool taking;            /* false: disk full, no credit */
};

struct session_answer {
    struct refuse refuse; /* reason REASON_NONE: none. Its text and remedy point into this struct */
    char text[256], remedy[192];
    uint32_t alarm; /* enum alarm_code, 0: none; text says it in English */
};
/* text and remedy in English; the agent and its clerk see them. */
void session_refuse(struct session_answer *answer, uint32_t reason, const char *remedy,
                    const char *format, ...) PRINTF_LIKE(4, 5);
/* False when there is no common protocol version; answer says so. */
bool session_speaks(const struct hello *hello, struct session_answer *answer);
/* True once an hour for each code: the alarm is to be a record. */
bool session_alarm_due(struct session *session, uint32_t code, uint64_t now_ms);

enum session_hello_verdict {
    SESSION_WELCOME,
    SESSION_REFUSE,
    SESSION_LATE, /* older than the one welcomed last, from a connection that has broken: no answer
                   */
};

struct session_hello { /* what stands beside a hello */
    const struct roster_entry *who;
    const struct token_secret *secret;
    uint8_t
        random[TOKEN_RANDOM_SIZE]; /* for a new token: unique is enough, the MAC makes it ours */
    uint64_t now_ms;
    int64_t wall_ms; /* hello's clock is compared with it */
};
/* On SESSION_WELCOME the shell writes the row (token_dirty is set), then sends session_welcome. A
 * refusal changes nothing but alarm_after_ms, and the epoch when the roster has a newer one. */
enum session_hello_verdict session_on_hello(struct session *session, const struct hello *hello,
                                            const struct session_hello *beside,
                                            struct session_answer *answer);
/* Token, chain and numbers, borrowed from the session; the shell adds log_id and positions. */
void session_welcome(const struct session *session, const struct session_limits *limits,
                     int64_t wall_ms, struct welcome *out);

/* refused: how many of the newly committed events are refusals. */
void session_on_committed(struct session *session, uint64_t have_seq, uint64_t have_position,
                          const struct hash *chain, uint64_t refused);
/* The batch failed (disk full): what was received is forgotten; the agent sends it again. */
void session_on_lost(struct session *session);
void session_on_heartbeat(struct session *session, const struct heartbeat *heartbeat,
                          uint64_t now_ms, int64_t wall_ms);
void session_on_gone(struct session *session); /* connection ended */
uint64_t session_credit(const struct session *session, const struct session_limits *limits);
bool session_owes_ack(const struct session *session);
