/*
 * hub_peer.h - the hub's connections and what hangs on them: made, looked up, replaced, ended. All
 * memory of the hub is taken and given back here; each kind has its limit.
 */
#pragma once

#include "base/list.h"
#include "base/trace.h"
#include "broker/presence.h"
#include "broker/session.h"

enum {
    HUB_ROUTE_MAX = 16,
    HUB_PEERS_MAX = 4096,     /* contract 4.9 */
    HUB_TURNED_AWAY_MAX = 64, /* beyond it, only to be told BUSY */
    HUB_FEEDS_A_PEER = 8,
    HUB_SILENCE_MS = 60000,
    HUB_TICK_MS = 1000,
    HUB_RETRY_MS = 10000, /* peers or feeds used up: try again after */
};

struct hub;

struct hub_peer { /* one connection */
    struct hub *hub;
    struct list in_peers, in_dirty;
    uint8_t route[HUB_ROUTE_MAX], key[CURVE_KEY_SIZE];
    size_t route_size;
    const struct roster_entry *who; /* NULL: not enrolled, or no longer */
    struct session
        *session;      /* of agents and inspectors, while this is the unit's live connection */
    struct list feeds; /* struct hub_feed */
    size_t feed_count;
    uint64_t last_heard_ms;
    bool ended; /* said Bye or turned away: silence, until gone_at_ms */
    uint64_t gone_at_ms;
    bool replaced; /* another connection of this key said hello after it */
    uint64_t replaced_at_ms;
    bool refused; /* a push was: what was under way behind it is dropped, until the next hello */
    bool welcome_waits; /* for the row to be durable */
    /* what is owed, worked out by hub_next in this order */
    bool bye_due, refuse_due, welcome_due, ack_due, heartbeat_due;
    uint32_t bye_reason;
    const char *bye_text;         /* static */
    struct session_answer answer; /* for refuse */
    struct hub_feed_refusal {
        uint32_t subscription, reason; /* enum session_reason */
    } feed_refusals[HUB_FEEDS_A_PEER];
    size_t feed_refusal_count;
    int64_t heartbeat_echo_ms, hello_clock_ms;
};

struct hub_session {
    struct session session;
    struct hub_peer *peer;   /* NULL: nobody is connected */
    struct list in_awaiting; /* pushes of it wait for the commit */
    struct presence_unit presence;
};

static inline struct hub_session *hub_session_of(struct session *session)
{
    return CONTAINER_OF(session, struct hub_session, session);
}

/* The connection of a route, made when new. NULL: nothing can be said to it. */
struct hub_peer *hub_peer_get(struct hub *hub, struct bytes route, struct bytes key,
                              uint64_t now_ms);
void hub_peer_drop(struct hub_peer *peer); /* and frees it; its session is gone, its feeds end */
void hub_peer_mark(struct hub_peer *peer); /* it is owed something */
void hub_peer_leave_session(struct hub_peer *peer);
/* Bye with a static text; then silence. */
void hub_peer_end(struct hub_peer *peer, uint32_t reason, const char *text, uint64_t now_ms);
/* The session lives on this connection from now on; an older one gets Bye. */
void hub_peer_take_session(struct hub_peer *peer, struct session *session, uint64_t now_ms);
void hub_peer_refuse(struct hub_peer *peer, const struct session_answer *answer);
void hub_peer_refuse_feed(struct hub_peer *peer, uint32_t subscription, uint32_t reason);
const char *hub_peer_name(const struct hub_peer *peer); /* unit, else name; for trace lines */
