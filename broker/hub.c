/* hub.c - see hub.h. */
#include "broker/hub.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

void hub_init(struct hub *hub, struct roster *roster, const struct token_secret *secret,
              uint64_t seed, const struct trace *trace)
{
    *hub = (struct hub){.roster = roster, .secret = secret, .trace = *trace};
    map_init(&hub->peers, seed);
    map_init(&hub->sessions, seed);
    random_init(&hub->random, seed);
    list_init(&hub->all_peers);
    list_init(&hub->dirty_peers);
    list_init(&hub->awaiting);
    list_init(&hub->feeds);
    list_init(&hub->idle_feeds);
    list_init(&hub->watchers);
    presence_init(&hub->presence);
}

static bool is_reader(const struct hub_peer *peer)
{
    return peer->who->unit[0] == '\0';
}

static void take_alarm(struct hub_output *output, const struct session_answer *answer)
{
    output->alarm = answer->alarm;
    bytes_to_text(bytes_of_text(answer->text), output->alarm_text, sizeof(output->alarm_text));
}

/* ---- what came ---- */

static enum hub_verdict on_reader_hello(struct hub_peer *peer, const struct hello *hello)
{
    struct session_answer answer = {0};
    if (session_speaks(hello, &answer)) {
        peer->welcome_due = true;
        hub_peer_mark(peer);
    } else {
        hub_peer_refuse(peer, &answer);
    }
    return HUB_NOTHING_MORE;
}

static enum hub_verdict on_hello(struct hub *hub, struct hub_peer *peer,
                                 const struct hub_input *input, struct hub_output *output)
{
    const struct hello *hello = &input->frame->hello;
    peer->hello_clock_ms = hello->clock_ms;
    if (is_reader(peer))
        return on_reader_hello(peer, hello);
    struct session *session = hub_session(hub, bytes_of_text(peer->who->unit));
    assert(session); /* the roster has no more units than that */
    struct session_hello beside = {
        .who = peer->who,
        .secret = hub->secret,
        .now_ms = input->now_ms,
        .wall_ms = input->wall_ms,
    };
    for (size_t i = 0; i < TOKEN_RANDOM_SIZE; i += sizeof(uint64_t))
        u64_put(beside.random + i, random_next(&hub->random));
    struct session_answer answer;
    enum session_hello_verdict verdict = session_on_hello(session, hello, &beside, &answer);
    output->session = session;
    take_alarm(output, &answer);
    if (verdict == SESSION_LATE)
        return HUB_NOTHING_MORE;
    if (verdict == SESSION_REFUSE) {
        hub_peer_leave_session(peer);
        hub_peer_refuse(peer, &answer);
        return HUB_NOTHING_MORE;
    }
    hub_peer_take_session(peer, session, input->now_ms);
    return HUB_SAVE_ROW;
}

/* A replaced connection that goes on speaking is a second machine with the same key. */
static enum hub_verdict on_replaced(struct hub *hub, struct hub_peer *peer, uint64_t now_ms,
                                    struct hub_output *output)
{
    if (now_ms - peer->replaced_at_ms < SESSION_STALE_MS)
        return HUB_NOTHING_MORE;
    peer->bye_due = true;
    hub_peer_mark(peer);
    struct session *session = hub_session(hub, bytes_of_text(peer->who->unit));
    trace_line(&hub->trace, "two_sessions unit=%s replaced_ms=%" PRIu64, session->unit,
               now_ms - peer->replaced_at_ms);
    output->session = session;
    if (session_alarm_due(session, ALARM_TWO_SESSIONS, now_ms)) {
        output->alarm = ALARM_TWO_SESSIONS;
        (void)snprintf(output->alarm_text, sizeof(output->alarm_text),
                       "unit %s: a connection speaks %" PRIu64
                       " ms after another with the same key said hello: two machines have it",
                       session->unit, now_ms - peer->replaced_at_ms);
    }
    return HUB_NOTHING_MORE;
}

static void refuse_without_hello(struct hub *hub, struct hub_peer *peer)
{
    struct session_answer answer = {0};
    if (is_reader(peer)) {
        session_refuse(&answer, REASON_RIGHT, "enrol it as an agent",
                       "%s has no right to report events", peer->who->name);
    } else {
        const struct session *session = hub_session(hub, bytes_of_text(peer->who->unit));
        session_refuse(&answer, REASON_HOLE, "say hello, then send from have_seq + 1",
                       "push without a hello on this connection");
        answer.refuse.have_seq = session->have_seq;
    }
    peer->refused = true;
    hub_peer_refuse(peer, &answer);
}

static enum hub_verdict on_push(struct hub *hub, struct hub_peer *peer,
                                const struct hub_input *input, struct hub_output *output)
{
    if (peer->replaced)
        return on_replaced(hub, peer, input->now_ms, output);
    if (peer->refused || peer->welcome_waits || peer->welcome_due)
        return HUB_NOTHING_MORE; /* nothing is pushed between a hello and its welcome */
    if (!peer->session) {
        refuse_without_hello(hub, peer);
        return HUB_NOTHING_MORE;
    }
    struct session_push said = {
        .who = peer->who,
        .push = &input->frame->push,
        .batch = input->batch,
        .chain_before = input->chain_before,
        .limits = &hub->limits,
        .now_ms = input->now_ms,
        .wall_ms = input->wall_ms,
    };
    struct session_answer answer;
    output->session = peer->session;
    switch (session_on_push(peer->session, &said, output->events, &output->event_count, &answer)) {
    case SESSION_ACCEPT: {
        struct hub_session *held = hub_session_of(peer->session);
        if (list_is_empty(&held->in_awaiting))
            list_append(&hub->awaiting, &held->in_awaiting);
        return HUB_APPEND;
    }
    case SESSION_DUPLICATE:
        peer->ack_due = true;
        hub_peer_mark(peer);
        return HUB_NOTHING_MORE;
    case SESSION_PENDING:
        return HUB_NOTHING_MORE;
    case SESSION_HOLE:
    case SESSION_FORK:
    case SESSION_BAD:
        take_alarm(output, &answer);
        peer->refused = answer.refuse.retry_after_ms == 0;
        hub_peer_refuse(peer, &answer);
        return HUB_NOTHING_MORE;
    }
    return HUB_NOTHING_MORE;
}

static enum hub_verdict on_heartbeat(struct hub *hub, struct hub_peer *peer,
                                     const struct hub_input *input, struct hub_output *output)
{
    const struct heartbeat *heartbeat = &input->frame->heartbeat;
    if (peer->replaced)
        return on_replaced(hub, peer, input->now_ms, output);
    if (!heartbeat->is_reply) {
        peer->heartbeat_due = true;
        peer->heartbeat_echo_ms = heartbeat->clock_ms;
        hub_peer_mark(peer);
    }
    if (!peer->session)
        return HUB_NOTHING_MORE;
    output->session = peer->session;
    session_on_heartbeat(peer->session, heartbeat, input->now_ms, input->wall_ms);
    return peer->session->token_dirty && !peer->welcome_waits ? HUB_SAVE_ROW : HUB_NOTHING_MORE;
}

static enum hub_verdict on_kind(struct hub *hub, struct hub_peer *peer,
                                const struct hub_input *input, struct hub_output *output)
{
    switch (input->frame->kind) {
    case FRAME_HELLO:
        return on_hello(hub, peer, input, output);
    case FRAME_PUSH:
        return on_push(hub, peer, input, output);
    case FRAME_HEARTBEAT:
        return on_heartbeat(hub, peer, input, output);
    case FRAME_SUBSCRIBE:
        hub_feed_on_subscribe(peer, input);
        break;
    case FRAME_GRANT:
        hub_feed_on_grant(peer, &input->frame->grant);
        break;
    case FRAME_UNSUBSCRIBE:
        hub_feed_on_unsubscribe(peer, input->frame->unsubscribe.subscription);
        break;
    case FRAME_BYE:
        trace_line(&hub->trace, "peer_left peer=%s", hub_peer_name(peer));
        hub_peer_drop(peer);
        break;
    case FRAME_WELCOME:
    case FRAME_REFUSE:
    case FRAME_ACK:
    case FRAME_UPDATE:
    case FRAME_CONTACTS:
        hub_on_undecodable(hub, input->route, input->key, "only a broker says that", input->now_ms);
        break;
    }
    return HUB_NOTHING_MORE;
}

enum hub_verdict hub_on_frame(struct hub *hub, const struct hub_input *input,
                              struct hub_output *output)
{
    output->session = NULL;
    output->event_count = 0;
    output->alarm = 0;
    output->alarm_text[0] = '\0';
    struct hub_peer *peer = hub_peer_get(hub, input->route, input->key, input->now_ms);
    if (!peer || peer->ended)
        return HUB_NOTHING_MORE;
    enum hub_verdict verdict = on_kind(hub, peer, input, output);
    if (output->session)
        hub_contacts_note(hub, output->session);
    return verdict;
}

void hub_on_undecodable(struct hub *hub, struct bytes route, struct bytes key, const char *what,
                        uint64_t now_ms)
{
    struct session_answer answer = {0};
    struct hub_peer *peer = hub_peer_get(hub, route, key, now_ms);
    if (!peer || peer->ended)
        return;
    session_refuse(&answer, REASON_UNDECODABLE, "install the newest program on this side",
                   "a frame was not understood: %s", what);
    trace_line(&hub->trace, "frame_refused peer=%s %s", hub_peer_name(peer), answer.text);
    hub_peer_refuse(peer, &answer);
}

void hub_on_busy(struct hub *hub, struct bytes route, struct bytes key, uint64_t now_ms)
{
    struct session_answer answer = {0};
    struct hub_peer *peer = hub_peer_get(hub, route, key, now_ms);
    if (!peer || peer->ended || peer->replaced || peer->refused)
        return;
    session_refuse(&answer, REASON_BUSY, "wait: the agent tries again by itself",
                   "as much as the broker takes is waiting for its disk");
    answer.refuse.retry_after_ms = SESSION_RETRY_MS;
    if (peer->session)
        answer.refuse.have_seq = peer->session->have_seq;
    trace_line(&hub->trace, "push_refused unit=%s reason=BUSY", hub_peer_name(peer));
    hub_peer_refuse(peer, &answer);
}

void hub_on_row_saved(struct hub *hub, struct session *session, uint32_t epoch,
                      uint64_t token_counter)
{
    struct hub_peer *peer = hub_session_of(session)->peer;
    (void)hub;
    /* An older row: the token that the waiting welcome will carry is still on its way. */
    if (session->epoch != epoch || session->token.counter != token_counter)
        return;
    session->token_dirty = false;
    if (!peer || !peer->welcome_waits)
        return;
    peer->welcome_waits = false;
    peer->welcome_due = true;
    hub_peer_mark(peer);
}

static void owe_ack(struct hub_peer *peer)
{
    if (!peer || !peer->session || peer->welcome_waits)
        return;
    peer->ack_due = true;
    hub_peer_mark(peer);
}

void hub_on_committed(struct hub *hub, uint64_t head_position)
{
    struct list *next;
    for (struct list *at = hub->awaiting.next; at != &hub->awaiting; at = next) {
        struct hub_session *held = CONTAINER_OF(at, struct hub_session, in_awaiting);
        next = at->next;
        hub_contacts_note(hub, &held->session);
        if (session_owes_ack(&held->session))
            owe_ack(held->peer);
        if (held->session.received_seq == held->session.have_seq)
            list_remove(at);
    }
    if (head_position == hub->head_position)
        return;
    hub->head_position = head_position;
    while (!list_is_empty(&hub->idle_feeds))
        hub_feed_ready(CONTAINER_OF(hub->idle_feeds.next, struct hub_feed, in_ready));
}

void hub_on_roster_changed(struct hub *hub)
{
    struct list *next;
    for (struct list *at = hub->all_peers.next; at != &hub->all_peers; at = next) {
        struct hub_peer *peer = CONTAINER_OF(at, struct hub_peer, in_peers);
        next = at->next;
        if (!peer->ended &&
            roster_by_key(hub->roster, bytes_of(peer->key, CURVE_KEY_SIZE)) != peer->who)
            hub_peer_end(peer, REASON_REVOKED, "this key was revoked or replaced",
                         peer->last_heard_ms);
    }
    hub_contacts_on_roster(hub);
}

static void refuse_disk_full(struct hub_peer *peer)
{
    struct session_answer answer = {0};
    session_refuse(&answer, REASON_DISK_FULL, "wait: the agent tries again by itself",
                   "the broker's disk is full: what was on its way was not taken");
    answer.refuse.retry_after_ms = SESSION_RETRY_MS;
    answer.refuse.have_seq = peer->session->have_seq;
    hub_peer_refuse(peer, &answer);
}

void hub_on_taking(struct hub *hub, bool taking)
{
    if (hub->limits.taking == taking)
        return;
    hub->limits.taking = taking;
    trace_line(&hub->trace, taking ? "taking_again" : "taking_nothing reason=DISK_FULL");
    for (struct list *at = hub->all_peers.next; at != &hub->all_peers; at = at->next)
        owe_ack(CONTAINER_OF(at, struct hub_peer, in_peers));
    for (struct list *at = hub->awaiting.next; !taking && at != &hub->awaiting; at = at->next) {
        struct hub_peer *peer = CONTAINER_OF(at, struct hub_session, in_awaiting)->peer;
        if (peer && !peer->welcome_waits)
            refuse_disk_full(peer);
    }
}

void hub_on_tick(struct hub *hub, uint64_t now_ms)
{
    struct list *next;
    hub->tick_at_ms = now_ms + HUB_TICK_MS;
    for (struct list *at = hub->all_peers.next; at != &hub->all_peers; at = next) {
        struct hub_peer *peer = CONTAINER_OF(at, struct hub_peer, in_peers);
        next = at->next;
        if (peer->ended ? now_ms >= peer->gone_at_ms
                        : now_ms >= peer->last_heard_ms + HUB_SILENCE_MS) {
            trace_line(&hub->trace, "peer_silent peer=%s", hub_peer_name(peer));
            hub_peer_drop(peer);
        } else if (peer->session && session_owes_ack(peer->session)) {
            owe_ack(peer); /* the transport was full */
        }
    }
}

void hub_on_gone(struct hub *hub, struct bytes route)
{
    struct hub_peer *peer = map_get(&hub->peers, route);
    if (!peer)
        return;
    trace_line(&hub->trace, "peer_gone peer=%s", hub_peer_name(peer));
    hub_peer_drop(peer);
}
