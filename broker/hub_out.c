/* hub_out.c - what leaves the hub: frames in the order they are owed, then contacts, then one
 * read for each feed. */
#include "broker/hub.h"

#include <inttypes.h>

static void make_feed_refusal(struct hub_peer *peer, struct frame *frame)
{
    struct hub_feed_refusal refusal = peer->feed_refusals[--peer->feed_refusal_count];
    frame->kind = FRAME_REFUSE;
    frame->refuse = (struct refuse){
        .reason = refusal.reason,
        .text = bytes_of_text(hub_feed_refusal_text(refusal.reason)),
        .retry_after_ms = refusal.reason == REASON_BUSY ? HUB_RETRY_MS : 0,
        .subscription = refusal.subscription,
    };
}

static void make_welcome(struct hub *hub, struct hub_peer *peer, int64_t wall_ms,
                         struct frame *frame)
{
    struct session *session = peer->session;
    frame->kind = FRAME_WELCOME;
    if (session) {
        session_welcome(session, &hub->limits, wall_ms, &frame->welcome);
        session->credit_seq = frame->welcome.credit_seq;
        peer->ack_due = session_owes_ack(session);
        trace_line(&hub->trace,
                   "agent_welcomed unit=%s epoch=%" PRIu32 " have=%" PRIu64 " credit=%" PRIu64
                   " token=%" PRIu64,
                   session->unit, session->epoch, session->have_seq, session->credit_seq,
                   session->token.counter);
    } else {
        frame->welcome = (struct welcome){.version = PROTOCOL_VERSION, .clock_ms = wall_ms};
        trace_line(&hub->trace, "reader_welcomed peer=%s", hub_peer_name(peer));
    }
    frame->welcome.hello_clock_ms = peer->hello_clock_ms;
    frame->welcome.head_position = hub->head_position;
}

/* The next thing this connection is owed; false: nothing. */
static bool owed(struct hub *hub, struct hub_peer *peer, int64_t wall_ms, struct hub_action *action)
{
    struct frame *frame = &action->frame;
    *action = (struct hub_action){.kind = HUB_SEND, .peer = peer};
    if (peer->bye_due) {
        peer->bye_due = false;
        frame->kind = FRAME_BYE;
        frame->bye = (struct bye){peer->bye_reason, bytes_of_text(peer->bye_text)};
    } else if (peer->refuse_due) {
        peer->refuse_due = false;
        frame->kind = FRAME_REFUSE;
        frame->refuse = peer->answer.refuse;
        frame->refuse.text = bytes_of_text(peer->answer.text); /* the answer was copied */
        frame->refuse.remedy = bytes_of_text(peer->answer.remedy);
    } else if (peer->feed_refusal_count > 0) {
        make_feed_refusal(peer, frame);
    } else if (peer->welcome_due) {
        peer->welcome_due = false;
        make_welcome(hub, peer, wall_ms, frame);
    } else if (peer->ack_due) {
        peer->ack_due = false;
        action->kind = HUB_ACK;
    } else if (peer->heartbeat_due) {
        peer->heartbeat_due = false;
        frame->kind = FRAME_HEARTBEAT;
        frame->heartbeat = (struct heartbeat){
            .is_reply = true,
            .clock_ms = wall_ms,
            .echo_clock_ms = peer->heartbeat_echo_ms,
        };
    } else {
        return false;
    }
    return true;
}

bool hub_next(struct hub *hub, uint64_t now_ms, int64_t wall_ms, struct hub_action *action)
{
    while (!list_is_empty(&hub->dirty_peers)) {
        struct hub_peer *peer = CONTAINER_OF(hub->dirty_peers.next, struct hub_peer, in_dirty);
        if (owed(hub, peer, wall_ms, action))
            return true;
        list_remove(&peer->in_dirty);
    }
    if (hub_contacts_next(hub, now_ms, action))
        return true;
    while (!list_is_empty(&hub->feeds)) {
        struct hub_feed *feed = CONTAINER_OF(hub->feeds.next, struct hub_feed, in_ready);
        if (feed->turn == hub->turn)
            return false; /* it had its read; who came since waits for the next turn */
        feed->turn = hub->turn;
        list_remove(&feed->in_ready);
        bool is_behind = feed_is_behind(&feed->feed, hub->head_position);
        list_append(is_behind ? &hub->feeds : &hub->idle_feeds, &feed->in_ready);
        if (!feed_wants_read(&feed->feed, hub->head_position, now_ms))
            continue;
        *action = (struct hub_action){.kind = HUB_READ, .peer = feed->peer, .feed = feed};
        return true;
    }
    return false;
}

void hub_acked(struct hub_peer *peer, uint64_t acked_seq, uint64_t credit_seq)
{
    struct session *session = peer->session;
    if (credit_seq > session->credit_seq)
        session->credit_seq = credit_seq;
    if (acked_seq <= session->acked_seq)
        return; /* not sent: trying again at once would turn for ever */
    session->acked_seq = acked_seq;
    peer->ack_due = peer->ack_due || session_owes_ack(session);
    if (peer->ack_due)
        hub_peer_mark(peer);
}

void hub_begin_turn(struct hub *hub)
{
    hub->turn++;
}

uint64_t hub_deadline_ms(const struct hub *hub, uint64_t now_ms)
{
    uint64_t deadline_ms = hub_contacts_deadline_ms(hub);
    if (!list_is_empty(&hub->dirty_peers) || now_ms >= deadline_ms)
        return 0;
    if (hub->tick_at_ms < deadline_ms)
        deadline_ms = hub->tick_at_ms;
    for (struct list *at = hub->feeds.next; at != &hub->feeds; at = at->next) {
        const struct feed *feed = &CONTAINER_OF(at, struct hub_feed, in_ready)->feed;
        if (!feed_is_behind(feed, hub->head_position))
            continue;
        if (now_ms >= feed->wait_until_ms)
            return 0;
        if (feed->wait_until_ms < deadline_ms)
            deadline_ms = feed->wait_until_ms;
    }
    return deadline_ms;
}
