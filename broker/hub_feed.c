/* hub_feed.c - see hub_feed.h. */
#include "broker/hub.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

static struct hub_feed *find(struct hub_peer *peer, uint32_t subscription)
{
    for (struct list *at = peer->feeds.next; at != &peer->feeds; at = at->next) {
        struct hub_feed *feed = CONTAINER_OF(at, struct hub_feed, in_peer);
        if (feed->feed.subscription == subscription)
            return feed;
    }
    return NULL;
}

static void open_feed(struct hub_peer *peer, const struct feed *feed, bool with_contacts)
{
    struct hub *hub = peer->hub;
    assert(peer->feed_count < HUB_FEEDS_A_PEER && hub->feed_count < HUB_FEEDS_MAX);
    struct hub_feed *made = calloc(1, sizeof(*made));
    if (!made)
        abort();
    made->feed = *feed;
    made->peer = peer;
    list_append(&peer->feeds, &made->in_peer);
    list_append(&hub->feeds, &made->in_ready);
    list_init(&made->in_watchers);
    if (with_contacts)
        list_append(&hub->watchers, &made->in_watchers);
    peer->feed_count++;
    hub->feed_count++;
    trace_line(&hub->trace, "feed_started peer=%s subscription=%" PRIu32 " from=%" PRIu64,
               hub_peer_name(peer), feed->subscription, feed->next_position);
}

static void close_feed(struct hub_feed *feed)
{
    trace_line(&feed->peer->hub->trace,
               "feed_ended peer=%s subscription=%" PRIu32 " next=%" PRIu64 " delivered=%" PRIu64,
               hub_peer_name(feed->peer), feed->feed.subscription, feed->feed.next_position,
               feed->feed.delivered);
    feed->peer->feed_count--;
    feed->peer->hub->feed_count--;
    list_remove(&feed->in_peer);
    list_remove(&feed->in_ready);
    list_remove(&feed->in_watchers);
    free(feed);
}

void hub_feed_close_all(struct hub_peer *peer)
{
    struct list *next;
    for (struct list *at = peer->feeds.next; at != &peer->feeds; at = next) {
        next = at->next;
        close_feed(CONTAINER_OF(at, struct hub_feed, in_peer));
    }
}

static uint32_t judge(const struct hub_peer *peer, const struct hub_input *input, struct feed *feed)
{
    const struct hub *hub = peer->hub;
    const struct subscribe *subscribe = &input->frame->subscribe;
    enum err err = feed_init(feed, subscribe);
    if (err != OK)
        return err == ERR_LIMIT ? REASON_TOO_LARGE : REASON_UNDECODABLE;
    if (!roster_may_follow(peer->who, &subscribe->filter.units) ||
        (subscribe->with_contacts && !roster_may_watch(peer->who)))
        return REASON_RIGHT;
    if (!input->after_fits || feed->next_position > hub->head_position + 1)
        return REASON_LOG_CHANGED;
    if (peer->feed_count >= HUB_FEEDS_A_PEER || hub->feed_count >= HUB_FEEDS_MAX)
        return REASON_BUSY;
    return REASON_NONE;
}

void hub_feed_on_subscribe(struct hub_peer *peer, const struct hub_input *input)
{
    struct feed feed;
    uint32_t subscription = input->frame->subscribe.subscription;
    struct hub_feed *old = find(peer, subscription);
    if (peer->replaced)
        return;
    if (old) /* asked anew: from where the subscriber says */
        close_feed(old);
    uint32_t reason = judge(peer, input, &feed);
    if (reason == REASON_NONE)
        open_feed(peer, &feed, input->frame->subscribe.with_contacts);
    else
        hub_peer_refuse_feed(peer, subscription, reason);
}

void hub_feed_ready(struct hub_feed *feed)
{
    list_remove(&feed->in_ready);
    list_append(&feed->peer->hub->feeds, &feed->in_ready);
}

void hub_feed_on_grant(struct hub_peer *peer, const struct grant *grant)
{
    struct hub_feed *feed = find(peer, grant->subscription);
    if (!feed) /* on its way when the feed was refused or ended */
        return;
    feed_on_grant(&feed->feed, grant->credit);
    hub_feed_ready(feed);
}

void hub_feed_on_unsubscribe(struct hub_peer *peer, uint32_t subscription)
{
    struct hub_feed *feed = find(peer, subscription);
    if (feed)
        close_feed(feed);
}

const char *hub_feed_refusal_text(uint32_t reason)
{
    switch ((enum session_reason)reason) {
    case REASON_RIGHT:
        return "no right to follow these units, or to see the links of others";
    case REASON_LOG_CHANGED:
        return "the log does not continue where this subscriber stopped: it was restored; start "
               "from position 1";
    case REASON_BUSY:
        return "as many feeds as the broker takes are in use";
    case REASON_TOO_LARGE:
        return "too many filter items: at most 16 units, 16 projects, 64 kinds";
    case REASON_NONE:
    case REASON_VERSION:
    case REASON_WRONG_UNIT:
    case REASON_REVOKED:
    case REASON_BAD_SIGNATURE:
    case REASON_HOLE:
    case REASON_FORK:
    case REASON_CLONE:
    case REASON_ROLLED_BACK:
    case REASON_UNDECODABLE:
    case REASON_DISK_FULL:
        break;
    }
    return "subscription 0, or a filter item that is no unit or project";
}
