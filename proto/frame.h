/*
 * frame.h - the messages of the conversation, as plain structs (contract 4). One frame is one ZeroMQ message.
 * Numbers called seq count one agent's events, numbers called position count the broker's log. Credit is absolute.
 * Bytes are borrowed from the message or the arena it was decoded with.
 */
#pragma once

#include "ledger/record.h"
#include "base/sign.h"

enum {
    PROTOCOL_VERSION = 1,
    FRAME_SIZE_MAX = 1 << 20,  /* contract 4.9; ZMQ_MAXMSGSIZE drops larger ones without a word */
    PUSH_EVENTS_MAX = 1000,    /* contract 4.9 */
    ACK_REFUSALS_MAX = 100,    /* refusals an ack lists; more follow in the next ack */
    UPDATE_RECORDS_MAX = 1000, /* records an update carries */
    FILTER_ITEMS_MAX = 64,
    TOKEN_SIZE_MAX = 64,
    BATCH_RAW_SIZE_MAX = 4 << 20, /* a compressed batch may not unfold beyond this */
};

enum frame_kind {
    FRAME_HELLO = 1,
    FRAME_WELCOME,
    FRAME_REFUSE,
    FRAME_PUSH,
    FRAME_ACK,
    FRAME_HEARTBEAT,
    FRAME_BYE,
    FRAME_SUBSCRIBE,
    FRAME_GRANT,
    FRAME_UPDATE,
    FRAME_UNSUBSCRIBE,
};

enum session_reason { /* why a session or a feed is refused; nothing is stored (contract 4.4) */
    REASON_NONE = 0,
    REASON_VERSION,       /* no common protocol version */
    REASON_WRONG_UNIT,    /* the key is enrolled for another unit or epoch */
    REASON_REVOKED,
    REASON_BAD_SIGNATURE,
    REASON_HOLE,          /* push starts after what we have */
    REASON_FORK,          /* same seq, other hash, or a chain head we never had */
    REASON_CLONE,         /* the token is neither the last nor the one before */
    REASON_ROLLED_BACK,   /* the agent holds less than it had delivered */
    REASON_UNDECODABLE,
    REASON_TOO_LARGE,
    REASON_BUSY,          /* a stated capacity is used up; retry_after_ms says when */
    REASON_RIGHT,         /* this role may not do that */
    REASON_LOG_CHANGED,   /* the subscriber's last hash is not in this log: it was restored */
    REASON_DISK_FULL,     /* the broker takes nothing until space returns */
};

struct hello {
    uint32_t version_min, version_max;
    struct bytes unit; /* empty for displays and auditors */
    uint32_t epoch;
    uint64_t newest_seq, acked_seq; /* newest in the outbox; everything up to acked has its verdict there */
    struct hash chain_head;         /* after newest_seq */
    struct bytes token;             /* from the last Welcome, or empty */
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

struct filter { /* all empty: everything the subscriber may see */
    struct texts units, projects;
    uint32_t kinds[FILTER_ITEMS_MAX]; /* event kinds */
    size_t kind_count;
    bool all_records; /* refusals, roster, alarms and settings too */
};

struct subscribe {
    uint32_t subscription; /* chosen by the subscriber, not 0 */
    uint64_t from_position;
    struct hash after; /* hash of from_position - 1, when the subscriber has it; else zero */
    struct filter filter;
    bool with_signatures;
    uint64_t credit; /* as in grant: records in all */
};

struct grant {
    uint32_t subscription;
    uint64_t credit; /* records in all on this subscription; absolute */
};

struct push_signature { /* stored once a push, at the position of its last record */
    uint64_t position;
    struct bytes unit;
    uint32_t epoch;
    uint64_t last_seq;
    uint64_t first_seq; /* as the push had it: part of the statement that was signed */
    struct bytes signature;
};

struct update {
    uint32_t subscription;
    uint64_t scanned_to;    /* nothing else for this filter up to here */
    uint64_t head_position; /* of the log, when this was made: live when scanned_to equals it */
    uint32_t count;
    struct bytes batch; /* stored rows: hash and record bytes; compressed or not */
    bool compressed;
    struct push_signature *signatures;
    size_t signature_count;
};

struct unsubscribe {
    uint32_t subscription;
};

struct frame {
    enum frame_kind kind;
    union {
        struct hello hello;
        struct welcome welcome;
        struct refuse refuse;
        struct push push;
        struct ack ack;
        struct heartbeat heartbeat;
        struct bye bye;
        struct subscribe subscribe;
        struct grant grant;
        struct update update;
        struct unsubscribe unsubscribe;
    };
};
