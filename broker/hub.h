/*
 * hub.h - routes: which connection belongs to which key, session and feeds. It decides nothing:
 * verdicts are session's and feed's. It may not grow past 400 lines (architecture.md 8.1). Tell it
 * what came; ask hub_next until it says "nothing"; come back by hub_deadline_ms.
 */
#pragma once

#include "base/random.h"
#include "broker/hub_contacts.h"
#include "broker/session_push.h"

struct hub {
    struct roster *roster;
    const struct token_secret *secret;
    struct map peers;    /* route -> struct hub_peer */
    struct map sessions; /* unit -> struct session, the first member of a struct hub_session */
    struct list all_peers, dirty_peers, awaiting;
    struct list feeds, idle_feeds; /* by in_ready: those that may want a read, and the others */
    struct list watchers;          /* by in_watchers */
    struct presence presence;
    size_t peer_count, feed_count;
    uint64_t head_position;
    uint64_t turn, tick_at_ms;
    struct session_limits limits;
    /* For tokens, which need only be unique: their MAC is what nobody can make. So the caller's
     * seed serves, and a simulated broker says the same twice. */
    struct random random;
    struct trace trace;
};

void hub_init(struct hub *hub, struct roster *roster, const struct token_secret *secret,
              uint64_t seed, const struct trace *trace);
void hub_release(struct hub *hub);
/* Made when new; NULL beyond ROSTER_ENTRIES_MAX units. */
struct session *hub_session(struct hub *hub, struct bytes unit);

/* A frame from a route, with the key the transport vouches for. The shell has decoded it and, for a
 * push, expanded its batch. */
struct hub_input {
    struct bytes route, key;
    const struct frame *frame;
    uint64_t now_ms;
    int64_t wall_ms;
    struct bytes batch;              /* of a push */
    const struct hash *chain_before; /* of a push that session_push_needs_chain */
    bool after_fits;                 /* of a subscribe: its `after` is zero or found in the log */
};
enum hub_verdict {
    HUB_NOTHING_MORE, /* answers, if any, come out of hub_next */
    HUB_APPEND,       /* events to append; received_seq has moved already */
    HUB_SAVE_ROW,     /* the session's row must be durable before its welcome (or: token confirmed):
                         append     a row, then hub_on_row_saved */
};
struct hub_output {
    struct session *session;      /* of the verdict or the alarm; NULL: none */
    struct session_event *events; /* PUSH_EVENTS_MAX, the caller's */
    size_t event_count;
    uint32_t alarm; /* enum alarm_code, 0: none: append an alarm record with alarm_text; comes with
                       any verdict */
    char alarm_text[256];
};
enum hub_verdict hub_on_frame(struct hub *hub, const struct hub_input *input,
                              struct hub_output *output);
void hub_on_undecodable(struct hub *hub, struct bytes route, struct bytes key, const char *what,
                        uint64_t now_ms);
/* A push that was not looked at, since too much waits for the disk already. */
void hub_on_busy(struct hub *hub, struct bytes route, struct bytes key, uint64_t now_ms);
/* The row is durable with this token in it: the welcome that carries it may leave. */
void hub_on_row_saved(struct hub *hub, struct session *session, uint32_t epoch,
                      uint64_t token_counter);
/* After session_on_committed or session_on_lost of each session. */
void hub_on_committed(struct hub *hub, uint64_t head_position);
void hub_on_roster_changed(struct hub *hub); /* ends what is no longer allowed, with Bye */
/* Disk full, or space again: new credit to all. Disk full is said to those whose pushes wait. */
void hub_on_taking(struct hub *hub, bool taking);
void hub_on_tick(struct hub *hub, uint64_t now_ms);    /* silent peers go; due each HUB_TICK_MS */
void hub_on_gone(struct hub *hub, struct bytes route); /* a send said so */

enum hub_action_kind {
    HUB_SEND, /* frame to route; when the transport is full, drop it: the peer asks again */
    HUB_ACK,  /* session's refusals from acked_seq + 1 on, then an ack: hub_acked says to where */
    HUB_CONTACTS, /* what has changed of units' links: hub_contacts_offer, then one of _on_* */
    HUB_READ,     /* feed has credit and is behind: one turn of reading, then one feed_on_* */
};
struct hub_action { /* borrowed until the next call */
    enum hub_action_kind kind;
    struct hub_peer *peer;
    struct frame frame; /* HUB_SEND, complete but for log_id and safe_position of a welcome */
    struct hub_feed *feed;
};
bool hub_next(struct hub *hub, uint64_t now_ms, int64_t wall_ms, struct hub_action *action);
/* Not sent: call it with the session's own numbers, or not at all; the next tick says it again. */
void hub_acked(struct hub_peer *peer, uint64_t acked_seq, uint64_t credit_seq);
/* One HUB_READ is handed out for each ready feed a turn; call this at the start of a turn. */
void hub_begin_turn(struct hub *hub);
/* When hub_next or hub_on_tick will have something to do if nothing else happens; 0: at once. */
uint64_t hub_deadline_ms(const struct hub *hub, uint64_t now_ms);
