/*
 * frame_session.h - what an agent and the broker say to each other (contract 4). Credit is
 * absolute. Bytes are borrowed from the message or the arena it was decoded with.
 */
#pragma once

#include "base/sign.h"
#include "ledger/event/record.h"

enum {
    PROTOCOL_VERSION = 1,
    FRAME_SIZE_MAX = 1 << 20, /* contract 4.9; ZMQ_MAXMSGSIZE drops larger ones without a word */
    PUSH_EVENTS_MAX = 1000,   /* contract 4.9 */
    ACK_REFUSALS_MAX = 100,   /* refusals an ack lists; more follow in the next ack */
    TOKEN_SIZE_MAX = 64,
    BATCH_RAW_SIZE_MAX = 4 << 20, /* a compressed batch may not unfold beyond this */
};

/* Why a session or a feed is refused; nothing is stored (contract 4.4). */
enum session_reason {
    REASON_NONE = 0,
    REASON_VERSION,    /* no common protocol version */
    REASON_WRONG_UNIT, /* the key is enrolled for another unit or epoch */
    REASON_REVOKED,
    REASON_BAD_SIGNATURE,
    REASON_HOLE,        /* push starts after what we have */
    REASON_FORK,        /* same seq, other hash, or a chain head we never had */
    REASON_CLONE,       /* the token is neither the last nor the one before */
    REASON_ROLLED_BACK, /* the agent holds less than it had delivered */
    REASON_UNDECODABLE,
    REASON_TOO_LARGE,
    REASON_BUSY,        /* a stated capacity is used up; retry_after_ms says when */
    REASON_RIGHT,       /* this role may not do that */
    REASON_LOG_CHANGED, /* the subscriber's last hash is not in this log: it was restored */
    REASON_DISK_FULL,   /* the broker takes nothing until space returns */
};

struct hello {
    uint32_t version_min, version_max;
    struct bytes unit; /* empty for displays and auditors */
    uint32_t epoch;
    uint64_t newest_seq;    /* in the outbox */
    uint64_t acked_seq;     /* everything up to here has its verdict there */
    struct hash chain_head; /* after newest_seq */
    struct bytes token;     /* from the last Welcome, or empty */
    int64_t clock_ms;
    uint64_t backlog_bytes;
    struct bytes program; /* "huoshui-agent 0.1.0", for the operator */
};

struct welcome {
    uint32_t version;
    uint64_t have_seq;      /* the log holds this unit's events up to here, in this epoch */
    struct hash chain_head; /* after have_seq */
    uint64_t credit_seq;    /* may send up to this seq */
    struct bytes token;     /* to be on disk before the first push */
    int64_t clock_ms, hello_clock_ms; /* the broker's, and the hello's back */
    uint64_t safe_position;           /* held by a backup too */
    uint64_t head_position;
    struct bytes log_id, checkpoint; /* checkpoint is opaque until trees exist */
};

struct refuse {
    uint32_t reason; /* enum session_reason */
    struct bytes text, remedy;
    uint64_t have_seq;
    struct hash ours, theirs; /* FORK */
    uint32_t retry_after_ms;  /* 0: trying again cannot help */
    uint32_t subscription;    /* 0: the session as a whole */
};

struct push {
    uint32_t epoch;
    uint64_t first_seq;
    uint32_t count;
    struct bytes batch;     /* see wire_batch_*; compressed or not */
    bool compressed;        /* zstd */
    struct hash chain_head; /* after the last event */
    struct bytes signature; /* by the unit's key over wire_push_statement */
};

struct ack_refusal {
    uint64_t seq, position;
    uint32_t reason; /* enum refusal_reason */
    struct bytes text;
};

struct ack {
    uint32_t epoch;
    uint64_t have_seq;      /* durable up to here, verdicts included */
    uint64_t have_position; /* of have_seq's record */
    uint64_t credit_seq;
    struct ack_refusal *refusals;
    size_t refusal_count;
    uint64_t safe_position;
    struct bytes checkpoint;
};

struct heartbeat {
    bool is_reply;
    int64_t clock_ms, echo_clock_ms; /* echo: the clock of the heartbeat that is answered */
    struct bytes token;              /* from an agent: what it has on disk */
    uint64_t newest_seq;
};

struct bye {
    uint32_t reason;
    struct bytes text;
};
