/* hub_peer.c - see hub_peer.h. */
#include "broker/hub.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

static void *make(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

struct session *hub_session(struct hub *hub, struct bytes unit)
{
    struct session *known = map_get(&hub->sessions, unit);
    if (known)
        return known;
    if (unit.size > UNIT_TEXT_MAX || hub->sessions.count >= ROSTER_ENTRIES_MAX)
        return NULL;
    struct hub_session *made = make(sizeof(*made));
    session_init(&made->session, unit, &hub->trace);
    list_init(&made->in_awaiting);
    map_put(&hub->sessions, unit, &made->session);
    return &made->session;
}

void hub_release(struct hub *hub)
{
    struct list *next;
    for (struct list *at = hub->all_peers.next; at != &hub->all_peers; at = next) {
        next = at->next;
        hub_peer_drop(CONTAINER_OF(at, struct hub_peer, in_peers));
    }
    size_t at = 0;
    for (const struct map_slot *slot; (slot = map_next(&hub->sessions, &at));)
        free(hub_session_of(slot->value));
    map_release(&hub->sessions);
    map_release(&hub->peers);
}

void hub_peer_mark(struct hub_peer *peer)
{
    if (list_is_empty(&peer->in_dirty))
        list_append(&peer->hub->dirty_peers, &peer->in_dirty);
}

const char *hub_peer_name(const struct hub_peer *peer)
{
    if (!peer->who)
        return "?";
    return peer->who->unit[0] ? peer->who->unit : peer->who->name;
}

static struct hub_peer *open_peer(struct hub *hub, struct bytes route, struct bytes key,
                                  uint64_t now_ms)
{
    struct hub_peer *peer = make(sizeof(*peer));
    peer->hub = hub;
    peer->who = roster_by_key(hub->roster, key);
    peer->last_heard_ms = now_ms;
    memcpy(peer->route, route.data, route.size);
    peer->route_size = route.size;
    memcpy(peer->key, key.data, CURVE_KEY_SIZE);
    list_init(&peer->in_dirty);
    list_init(&peer->feeds);
    list_append(&hub->all_peers, &peer->in_peers);
    map_put(&hub->peers, route, peer);
    hub->peer_count++;
    return peer;
}

static void turn_away(struct hub_peer *peer, uint64_t now_ms)
{
    struct session_answer answer = {0};
    session_refuse(&answer, REASON_BUSY, "wait: this side tries again by itself",
                   "the broker has %d connections, as many as it takes", HUB_PEERS_MAX);
    answer.refuse.retry_after_ms = HUB_RETRY_MS;
    hub_peer_refuse(peer, &answer);
    peer->ended = true;
    peer->gone_at_ms = now_ms + HUB_TICK_MS;
}

struct hub_peer *hub_peer_get(struct hub *hub, struct bytes route, struct bytes key,
                              uint64_t now_ms)
{
    struct hub_peer *peer = map_get(&hub->peers, route);
    /* A peer chooses its route: one that another key had before belongs to a new connection. */
    if (peer && !bytes_equal(bytes_of(peer->key, CURVE_KEY_SIZE), key)) {
        hub_peer_drop(peer);
        peer = NULL;
    }
    if (peer) {
        peer->last_heard_ms = now_ms;
        return peer;
    }
    size_t count = hub->peer_count;
    if (route.size == 0 || route.size > HUB_ROUTE_MAX || key.size != CURVE_KEY_SIZE ||
        count >= HUB_PEERS_MAX + HUB_TURNED_AWAY_MAX) {
        trace_line(&hub->trace, "peer_ignored route_size=%zu peers=%zu", route.size, count);
        return NULL;
    }
    peer = open_peer(hub, route, key, now_ms);
    if (count >= HUB_PEERS_MAX)
        turn_away(peer, now_ms);
    else if (!peer->who)
        hub_peer_end(peer, REASON_REVOKED, "this key is not enrolled, or was revoked", now_ms);
    return peer;
}

void hub_peer_leave_session(struct hub_peer *peer)
{
    peer->welcome_waits = peer->welcome_due = peer->ack_due = false;
    if (!peer->session)
        return;
    hub_session_of(peer->session)->peer = NULL;
    session_on_gone(peer->session);
    hub_contacts_note(peer->hub, peer->session);
    peer->session = NULL;
}

void hub_peer_drop(struct hub_peer *peer)
{
    struct hub *hub = peer->hub;
    hub_peer_leave_session(peer);
    hub_feed_close_all(peer);
    list_remove(&peer->in_peers);
    list_remove(&peer->in_dirty);
    (void)map_remove(&hub->peers, bytes_of(peer->route, peer->route_size));
    hub->peer_count--;
    free(peer);
}

static void say_bye(struct hub_peer *peer, uint32_t reason, const char *text)
{
    hub_peer_leave_session(peer);
    hub_feed_close_all(peer);
    peer->refuse_due = peer->heartbeat_due = false;
    peer->feed_refusal_count = 0;
    peer->bye_due = true;
    peer->bye_reason = reason;
    peer->bye_text = text;
    hub_peer_mark(peer);
}

void hub_peer_end(struct hub_peer *peer, uint32_t reason, const char *text, uint64_t now_ms)
{
    trace_line(&peer->hub->trace, "peer_ended peer=%s reason=%" PRIu32 " %s", hub_peer_name(peer),
               reason, text);
    say_bye(peer, reason, text);
    peer->ended = true;
    peer->gone_at_ms = now_ms + HUB_SILENCE_MS;
    peer->who = NULL;
}

void hub_peer_take_session(struct hub_peer *peer, struct session *session, uint64_t now_ms)
{
    struct hub_session *held = hub_session_of(session);
    struct hub_peer *old = held->peer;
    if (old && old != peer) {
        trace_line(&peer->hub->trace, "session_replaced unit=%s silent_ms=%" PRIu64, session->unit,
                   now_ms - old->last_heard_ms);
        old->session = NULL; /* it lives on, here */
        say_bye(old, REASON_CLONE, "another connection of this key said hello: the newest wins");
        old->replaced = true;
        old->replaced_at_ms = now_ms;
    }
    held->peer = peer;
    peer->session = session;
    peer->replaced = peer->refused = peer->bye_due = false;
    peer->welcome_due = peer->ack_due = false;
    peer->welcome_waits = true;
}

/* The first refusal says what is wrong; what follows from it would only hide it. */
void hub_peer_refuse(struct hub_peer *peer, const struct session_answer *answer)
{
    if (!peer->refuse_due)
        peer->answer = *answer;
    peer->refuse_due = true;
    hub_peer_mark(peer);
}

void hub_peer_refuse_feed(struct hub_peer *peer, uint32_t subscription, uint32_t reason)
{
    trace_line(&peer->hub->trace, "feed_refused peer=%s subscription=%" PRIu32 " reason=%" PRIu32,
               hub_peer_name(peer), subscription, reason);
    if (peer->feed_refusal_count == HUB_FEEDS_A_PEER)
        return; /* more than it may have feeds: the others stand for it */
    peer->feed_refusals[peer->feed_refusal_count++] =
        (struct hub_feed_refusal){subscription, reason};
    hub_peer_mark(peer);
}
