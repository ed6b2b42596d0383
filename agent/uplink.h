/*
 * uplink.h - an agent's conversation with the broker, without sockets, clocks or store
 * (docs/protocol.md 1, 2). Tell it what happened (uplink_on_*), ask what to do (uplink_next), sleep
 * until uplink_deadline_ms. Promises: no push before the token is on disk; the cursor moves only by
 * an ack; bytes in flight are bounded; what trying again does not mend is held with its reason.
 */
#pragma once

#include "base/random.h"
#include "base/trace.h"
#include "proto/frame.h"

enum uplink_state {
    UPLINK_UNJOINED,   /* no enrolment yet: events wait */
    UPLINK_WAITING,    /* between connections */
    UPLINK_CONNECTING, /* a socket is open, the link is not up */
    UPLINK_GREETING,   /* hello is due or sent */
    UPLINK_SAVING,     /* welcome had, its token on the way to the disk */
    UPLINK_LIVE,
    UPLINK_PAUSED, /* connected, but the broker takes nothing just now; hello again later */
    UPLINK_HELD,   /* trying again does not mend it; tried again each UPLINK_HELD_RETRY_MS */
};

enum {
    UPLINK_BACKOFF_MIN_MS = 250,
    UPLINK_BACKOFF_MAX_MS = 60000,
    UPLINK_ANSWER_MS = 5000, /* least wait for an answer (contract 4.8) */
    UPLINK_HEARTBEAT_MS = 15000,
    UPLINK_HEARTBEAT_REPLY_MS = 10000,
    UPLINK_HELD_RETRY_MS = 300000,
    UPLINK_STARVED_MS = 10000,            /* without credit so long: hello asks for it */
    UPLINK_BLOCKED_MS = 20,               /* the transport was full: try again */
    UPLINK_WINDOW_START_BYTES = 16 << 10, /* two seconds at 64 kbit/s, before any measure */
    UPLINK_WINDOW_MAX_BYTES = 8 << 20,
    UPLINK_PUSH_SIZE_MAX = 256 << 10, /* envelope bytes of one push */
    UPLINK_PUSH_SIZE_MIN = 2 << 10,   /* a quarter of the window, but not less */
    UPLINK_FLIGHTS_MAX = 64,          /* pushes under way */
    UPLINK_GATHER_EVENTS = 16, /* fewer wait while a push is under way: each costs a signature */
    UPLINK_COMPRESS_BELOW_BYTES_PER_S = 1 << 20, /* above, the processor is the slower one */
};

struct uplink_flight { /* a push under way, and what was delivered when it left */
    uint64_t last_seq, bytes, sent_at_ms, delivered_bytes, delivered_at_ms;
    bool is_full; /* more was waiting: a slow answer is the link's, not ours */
};

struct uplink {
    enum uplink_state state;
    uint32_t epoch;
    uint64_t last_seq, acked_seq; /* the outbox; acked moves by acks only */
    uint64_t sent_seq;            /* acked_seq <= sent_seq <= last_seq */
    uint64_t credit_seq;
    uint64_t safe_position, acked_position;
    struct uplink_flight flights[UPLINK_FLIGHTS_MAX]; /* a ring */
    uint32_t flight_first, flight_count;
    uint64_t in_flight_bytes, rate_bytes_per_s; /* envelope bytes; rate 0: not measured yet */
    uint64_t delivered_bytes, delivered_at_ms, progress_at_ms, round_trip_ms;
    uint64_t deadline_ms, heartbeat_at_ms, asked_at_ms, reply_by_ms, blocked_until_ms;
    bool socket_open, hello_due, save_due, heartbeat_due;
    uint32_t failures;         /* in a row without progress: lengthens waits */
    bool broker_behind;        /* it had less than it had acked: restored (contract 4.7) */
    uint64_t behind_until_seq; /* over when this is acked again */
    uint32_t held_reason;      /* enum session_reason */
    bool is_final;             /* the reason is one that trying again does not mend */
    char held_text[256], held_remedy[256];
    uint64_t heartbeat_ms, backoff_max_ms, window_max_bytes; /* settings; init gives defaults */
    struct random random;                                    /* jitter */
    struct trace trace;
};

enum uplink_action_kind {
    UPLINK_CONNECT,    /* open a fresh socket */
    UPLINK_DISCONNECT, /* close it, with all that is queued */
    UPLINK_HELLO,
    UPLINK_SAVE_TOKEN, /* the welcome's, durably; then uplink_on_token_saved or _on_trouble */
    UPLINK_PUSH,       /* then uplink_on_pushed, uplink_on_blocked or uplink_on_trouble */
    UPLINK_HEARTBEAT,
};

struct uplink_action { /* of a push: */
    enum uplink_action_kind kind;
    uint64_t from_seq;
    uint32_t max_events;
    uint64_t max_bytes;           /* of envelopes; one event may always be sent */
    uint64_t compress_from_bytes; /* less is not worth the time it takes */
};

void uplink_init(struct uplink *uplink, uint64_t seed, const struct trace *trace);
/* At start, and after join or rejoin: forgets what was under way. */
void uplink_join(struct uplink *uplink, uint32_t epoch, uint64_t last_seq, uint64_t acked_seq,
                 uint64_t now_ms);

void uplink_on_appended(struct uplink *uplink, uint64_t last_seq);
void uplink_on_link(struct uplink *uplink, bool up, const char *reason, uint64_t now_ms);
/* chain_at_have: the outbox's chain after welcome->have_seq, NULL when it does not reach so far. */
void uplink_on_welcome(struct uplink *uplink, const struct welcome *welcome,
                       const struct hash *chain_at_have, uint64_t now_ms);
void uplink_on_token_saved(struct uplink *uplink, uint64_t now_ms);
void uplink_on_refuse(struct uplink *uplink, const struct refuse *refuse, uint64_t now_ms);
/* NEWS: the cursor moves. OLD: a duplicate. ABSURD: for what we never sent; not believed: held. */
enum uplink_ack_verdict { UPLINK_ACK_NEWS, UPLINK_ACK_OLD, UPLINK_ACK_ABSURD };
/* Changes nothing: asked first, so that refusals are on disk before uplink_on_ack moves. */
enum uplink_ack_verdict uplink_judge_ack(const struct uplink *uplink, const struct ack *ack);
enum uplink_ack_verdict uplink_on_ack(struct uplink *uplink, const struct ack *ack,
                                      uint64_t now_ms);
void uplink_on_heartbeat(struct uplink *uplink, const struct heartbeat *heartbeat, uint64_t now_ms);
void uplink_on_bye(struct uplink *uplink, const struct bye *bye, uint64_t now_ms);
void uplink_on_heard(struct uplink *uplink, uint64_t now_ms); /* any other message */
/* bytes: of the envelopes. */
void uplink_on_pushed(struct uplink *uplink, uint64_t last_seq, uint64_t bytes, uint64_t now_ms);
void uplink_on_blocked(struct uplink *uplink, uint64_t now_ms); /* the socket is full just now */
/* Our own disk, or a message that makes no sense: this connection ends, the next may do better. */
void uplink_on_trouble(struct uplink *uplink, const char *text, uint64_t now_ms);

bool uplink_next(struct uplink *uplink, uint64_t now_ms, struct uplink_action *action);
uint64_t uplink_deadline_ms(const struct uplink *uplink); /* UINT64_MAX: nothing to wait for */
uint64_t uplink_seconds_to_empty(const struct uplink *uplink, uint64_t backlog_bytes);
const char *uplink_state_name(enum uplink_state state);
const char *uplink_reason_name(uint32_t reason); /* enum session_reason, "REVOKED" */
const char *uplink_remedy(uint32_t reason);      /* "" where only waiting helps */
