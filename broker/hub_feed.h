/*
 * hub_feed.h - the hub's feeds: each hangs on a connection, and waits in one of two lists: those
 * that may want a read, and those that are at the head or out of credit. Those that asked for
 * contacts stand in a third.
 */
#pragma once

#include "broker/feed.h"
#include "broker/hub_peer.h"

enum { HUB_FEEDS_MAX = 1024 }; /* contract 4.9 */

struct hub_feed {
    struct list in_peer, in_ready;
    struct hub_peer *peer;
    uint64_t turn; /* it last had */
    struct feed feed;
    struct list in_watchers; /* those that asked for contacts */
    uint64_t watcher_turn;
    struct presence_reader reader;
};

struct hub_input;
void hub_feed_on_subscribe(struct hub_peer *peer, const struct hub_input *input);
void hub_feed_on_grant(struct hub_peer *peer, const struct grant *grant);
void hub_feed_on_unsubscribe(struct hub_peer *peer, uint32_t subscription);
void hub_feed_ready(struct hub_feed *feed); /* it may want a read */
void hub_feed_close_all(struct hub_peer *peer);
const char *hub_feed_refusal_text(uint32_t reason);
