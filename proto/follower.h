/*
 * follower.h - a subscriber's cursor, without sockets or clocks (docs/protocol.md 1, 3): what
 * audit, display and a rejoining agent share. Tell it what came (follower_on_*), ask what to do
 * (follower_next) until it says "nothing", sleep until follower_deadline_ms.
 * Promises: every row handed out carries its own hash; positions only ascend, and over any number
 * of links no record comes twice and none is left out; what is outstanding never exceeds the
 * window.
 */
#pragma once

#include "base/random.h"
#include "base/trace.h"
#include "proto/wire.h"

enum {
    FOLLOWER_BACKOFF_MIN_MS = 250,
    FOLLOWER_BACKOFF_MAX_MS = 60000,
    FOLLOWER_CONNECT_MS =
        35000, /* name, connection and handshake; the transport gives up earlier */
    FOLLOWER_HEARTBEAT_MS = 15000, /* after the last thing we sent */
    FOLLOWER_REPLY_MS = 10000, /* doubled with each link that died silent: an update may be long */
    FOLLOWER_STALL_MS = 50000, /* silent ourselves: the broker forgets a feed after 60 s */
    FOLLOWER_WINDOW_MIN = 32,
    FOLLOWER_WINDOW_START = 1000, /* records; doubled with each grant up to the plan's window */
    FOLLOWER_RESCAN_MAX = 100000, /* positions looked at again to prove that the log is the same */
    FOLLOWER_REFUSED_RETRY_MS = 1000, /* least wait after "busy" */
};

enum follower_state {
    FOLLOWER_WAITING,    /* between links */
    FOLLOWER_CONNECTING, /* a socket is open, the link is not up */
    FOLLOWER_FOLLOWING,  /* subscribed, or about to be */
    FOLLOWER_ENDED,      /* trying again cannot help: reason, text and remedy say why */
};

struct follower_plan {
    uint64_t from_position; /* from 1 */
    struct hash after;      /* of from_position - 1, when the caller has it; else zero */
    uint64_t window;        /* most records outstanding */
    bool is_dense;          /* nothing is filtered out: a position left out is a fault */
};

struct follower {
    enum follower_state state;
    bool is_dense, has_socket, subscribe_due, after_known, is_draining;
    uint32_t subscription;     /* of this link; a new one each time */
    uint64_t next_position;    /* everything below was handed out or is not for this filter */
    uint64_t last_position;    /* of the last row handed out, 0: none */
    struct hash after;         /* of the record at last_position, or the plan's */
    uint64_t head_position;    /* of the log, as last heard */
    bool head_known;           /* an update has come: head_position and is_live mean something */
    uint64_t received, credit; /* records on this subscription */
    uint64_t window, window_max;
    uint64_t deadline_ms;                    /* WAITING: connect then; CONNECTING: give up then */
    uint64_t sent_ms, heard_ms, reply_by_ms; /* reply_by 0: no heartbeat is out */
    int64_t peer_clock_ms;                   /* of a heartbeat that wants an answer */
    bool reply_due;
    uint32_t failures, silences; /* links in a row that came to nothing; that died silent */
    uint32_t reason;             /* enum session_reason of ENDED, or of the last refusal */
    char text[256], remedy[192];
    /* the update being drained */
    struct wire_batch rows;
    uint64_t rows_left, rows_scanned_to;
    /* its next rows, hashed together; one is judged when it is handed out */
    size_t group_at, group_count;
    struct bytes group[HASH_GROUP];
    struct hash group_hashes[HASH_GROUP];
    struct random random;
    struct trace trace;
};

enum follower_action_kind {
    FOLLOWER_CONNECT,    /* open a fresh socket */
    FOLLOWER_DISCONNECT, /* close it, with all that is queued */
    FOLLOWER_SEND,       /* frame; of a subscribe the caller sets filter and with_… */
};
struct follower_action {
    enum follower_action_kind kind;
    struct frame frame;
};

void follower_init(struct follower *follower, const struct follower_plan *plan, uint64_t seed,
                   const struct trace *trace);

/* A send that was not taken counts as a link that went down. reason is kept for people. */
void follower_on_link(struct follower *follower, bool up, const char *reason, uint64_t now_ms);
/* The handshake refused our key. */
void follower_on_denied(struct follower *follower, const char *reason);
void follower_on_refuse(struct follower *follower, const struct refuse *refuse, uint64_t now_ms);
void follower_on_bye(struct follower *follower, const struct bye *bye, uint64_t now_ms);
void follower_on_heartbeat(struct follower *follower, const struct heartbeat *heartbeat,
                           uint64_t now_ms);
/* True: of this subscription, for the caller to take. A sign of life either way. */
bool follower_on_contacts(struct follower *follower, const struct contacts *contacts,
                          uint64_t now_ms);
/* Frames a broker does not send to a subscriber, or bytes that are no frame. */
void follower_on_nonsense(struct follower *follower, const char *what);

enum follower_verdict {
    FOLLOWER_TAKE,   /* drain it: follower_row until it says ERR_NOT_FOUND */
    FOLLOWER_STALE,  /* of an earlier subscription */
    FOLLOWER_ABSURD, /* beyond the credit or backwards: ended */
};
/* batch: update->batch, expanded; borrowed until it is drained. */
enum follower_verdict follower_on_update(struct follower *follower, const struct update *update,
                                         struct bytes batch, uint64_t now_ms);
/* ERR_NOT_FOUND: drained. ERR_CORRUPT or ERR_MALFORMED: ended, text says where. hash may be NULL.
 */
MUST_CHECK enum err follower_row(struct follower *follower, struct record *out, struct hash *hash);

bool follower_next(struct follower *follower, uint64_t now_ms, struct follower_action *action);
uint64_t
follower_deadline_ms(const struct follower *follower);  /* UINT64_MAX: nothing to wait for */
bool follower_is_live(const struct follower *follower); /* everything up to the head is here */
