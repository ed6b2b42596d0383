/* network.c - see network.h. */
#include "network.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    RETRANSMISSION_MS = 200, /* at least; up to eight times that */
    CONNECT_ROUND_TRIPS = 3, /* TCP and CURVE */
    LEARNS_WITHIN_MS = 3000, /* an end notices a broken line */
    LATE_MS = 4000,          /* below the broker's SESSION_STALE_MS: no second machine */
    DARK_WAIT_MS = 1000,     /* a frame on a dark line is looked at again */
};
#define NEVER UINT64_MAX

struct parcel {
    uint64_t due_ms;
    size_t size;
    uint8_t bytes[];
};

struct lane { /* one direction */
    struct parcel *parcels[NETWORK_HIGH_WATER_FRAMES];
    size_t count;
    uint64_t free_at_ms, newest_due_ms;
};

struct link {
    uint32_t number;
    char name[32];
    uint8_t key[NETWORK_KEY_SIZE];
    const struct link_quality *quality;
    struct network_client client;
    bool client_open, broker_open; /* what each end believes it has */
    bool is_up, is_cut;
    uint64_t opens_at_ms, client_learns_ms, broker_learns_ms;
    struct lane to_broker, to_client;
};

void network_init(struct network *network, uint64_t seed)
{
    *network = (struct network){0};
    random_init(&network->random, seed);
}

static struct parcel *front(const struct lane *lane)
{
    return lane->count > 0 ? lane->parcels[0] : NULL;
}

static struct parcel *take_front(struct lane *lane)
{
    struct parcel *parcel = lane->parcels[0];
    lane->count--;
    memmove(lane->parcels, lane->parcels + 1, lane->count * sizeof(struct parcel *));
    return parcel;
}

/* All but the first `kept` parcels are gone. */
static void lane_drop(struct network *network, struct lane *lane, size_t kept)
{
    for (; lane->count > kept; network->dropped_count++)
        free(lane->parcels[--lane->count]);
}

static void link_free(struct network *network, struct link *link)
{
    lane_drop(network, &link->to_broker, 0);
    lane_drop(network, &link->to_client, 0);
    free(link);
}

void network_release(struct network *network)
{
    while (network->link_count > 0)
        link_free(network, network->links[--network->link_count]);
}

static uint64_t travel_ms(struct network *network, const struct link_quality *quality)
{
    uint64_t wait = 1 + quality->delay_ms;
    if (quality->jitter_ms > 0)
        wait += random_below(&network->random, quality->jitter_ms);
    while (quality->loss_percent > 0 && random_chance(&network->random, quality->loss_percent))
        wait += RETRANSMISSION_MS * (1 + random_below(&network->random, 8));
    return wait;
}

struct link *network_connect(struct network *network, const char *name,
                             const uint8_t key[NETWORK_KEY_SIZE],
                             const struct link_quality *quality,
                             const struct network_client *client)
{
    struct link *link = calloc(1, sizeof *link);
    if (!link)
        abort();
    link->number = ++network->newest;
    (void)snprintf(link->name, sizeof link->name, "%s", name);
    memcpy(link->key, key, NETWORK_KEY_SIZE);
    link->quality = quality;
    link->client = *client;
    link->client_open = true;
    link->client_learns_ms = link->broker_learns_ms = NEVER;
    link->opens_at_ms = network->now_ms;
    for (int i = 0; i < CONNECT_ROUND_TRIPS; i++)
        link->opens_at_ms += travel_ms(network, quality);
    assert(network->link_count < NETWORK_LINKS_MAX);
    network->links[network->link_count++] = link;
    return link;
}

const char *network_link_name(const struct link *link)
{
    return link->name;
}

uint32_t network_link_number(const struct link *link)
{
    return link->number;
}

static void route_of(const struct link *link, uint8_t route[NETWORK_ROUTE_SIZE])
{
    route[0] = 0;
    u32_put(route + 1, link->number);
}

static uint64_t learns_at(struct network *network)
{
    return network->now_ms + 1 + random_below(&network->random, LEARNS_WITHIN_MS);
}

/* What a broken line had under way already may come long after, behind the next connection's hello.
 */
static void cut(struct network *network, struct link *link, size_t kept, uint64_t late_ms)
{
    link->is_cut = true;
    link->opens_at_ms = NEVER;
    lane_drop(network, &link->to_broker, kept);
    lane_drop(network, &link->to_client, random_below(&network->random, link->to_client.count + 1));
    for (size_t i = 0; i < link->to_broker.count; i++)
        link->to_broker.parcels[i]->due_ms += late_ms;
    if (link->client_open)
        link->client_learns_ms = learns_at(network);
    link->broker_learns_ms = learns_at(network);
}

void network_cut(struct network *network, struct link *link)
{
    if (link->is_cut)
        return;
    size_t kept = random_below(&network->random, link->to_broker.count + 1);
    cut(network, link, kept, random_below(&network->random, LATE_MS));
}

void network_cut_late(struct network *network, struct link *link, uint64_t late_ms)
{
    cut(network, link, link->to_broker.count, late_ms);
}

void network_sever(struct network *network, struct link *link)
{
    lane_drop(network, &link->to_broker, 0);
    lane_drop(network, &link->to_client, 0);
    network_cut(network, link);
}

void network_cut_all(struct network *network)
{
    for (size_t i = 0; i < network->link_count; i++) {
        struct link *link = network->links[i];
        network_cut(network, link);
        lane_drop(network, &link->to_broker, 0);
        link->broker_open = false;
        link->broker_learns_ms = NEVER;
    }
}

void network_close(struct network *network, struct link *link)
{
    link->client_open = false;
    network_cut(network, link);
    lane_drop(network, &link->to_client, 0);
    link->client_learns_ms = NEVER;
}

static void lane_add(struct network *network, struct link *link, struct lane *lane,
                     struct bytes frame)
{
    const struct link_quality *quality = link->quality;
    struct parcel *parcel = malloc(sizeof *parcel + frame.size);
    if (!parcel)
        abort();
    network->on_sent(network->context, link, lane == &link->to_broker, frame);
    parcel->size = frame.size;
    memcpy(parcel->bytes, frame.data, frame.size);
    if (lane->free_at_ms < network->now_ms)
        lane->free_at_ms = network->now_ms;
    if (quality->bytes_per_s > 0)
        lane->free_at_ms += frame.size * 1000 / quality->bytes_per_s;
    parcel->due_ms = lane->free_at_ms + travel_ms(network, quality);
    if (parcel->due_ms < lane->newest_due_ms)
        parcel->due_ms = lane->newest_due_ms;
    lane->newest_due_ms = parcel->due_ms;
    lane->parcels[lane->count++] = parcel;
}

enum network_outcome network_send_to_broker(struct network *network, struct link *link,
                                            struct bytes frame)
{
    if (!link->client_open || !link->is_up)
        return NETWORK_GONE;
    if (link->to_broker.count >= NETWORK_HIGH_WATER_FRAMES)
        return NETWORK_FULL;
    if (link->is_cut)
        network->dropped_count++; /* the client does not know it yet */
    else
        lane_add(network, link, &link->to_broker, frame);
    return NETWORK_SENT;
}

enum network_outcome network_send_to_client(struct network *network, struct bytes route,
                                            struct bytes frame)
{
    uint32_t number = u32_get(route.data + 1);
    for (size_t i = 0; i < network->link_count; i++) {
        struct link *link = network->links[i];
        if (link->number != number || !link->broker_open)
            continue;
        if (link->to_client.count >= NETWORK_HIGH_WATER_FRAMES)
            return NETWORK_FULL;
        if (link->is_cut)
            network->dropped_count++;
        else
            lane_add(network, link, &link->to_client, frame);
        return NETWORK_SENT;
    }
    return NETWORK_GONE;
}

/* ---- time ---- */

static void link_opens(struct network *network, struct link *link)
{
    link->opens_at_ms = NEVER;
    const char *reason = NULL;
    if (!network->listens(network->context))
        reason = "connection refused";
    else if (!network->admits(network->context, bytes_of(link->key, NETWORK_KEY_SIZE)))
        reason = "the broker does not know this key, or it was revoked (ZAP 400)";
    if (reason) {
        link->is_cut = true;
        link->client.on_link(link->client.context, false, reason);
        return;
    }
    link->is_up = link->broker_open = true;
    link->client.on_link(link->client.context, true, NULL);
}

static bool is_duplicated(struct network *network, const struct link *link, struct bytes frame)
{
    uint32_t percent = link->quality->duplicate_percent;
    return percent > 0 && random_chance(&network->random, percent) &&
           network->may_repeat(network->context, frame);
}

static void deliver(struct network *network, struct link *link, bool to_broker)
{
    struct lane *lane = to_broker ? &link->to_broker : &link->to_client;
    struct parcel *parcel = take_front(lane);
    struct bytes frame = bytes_of(parcel->bytes, parcel->size);
    bool again = is_duplicated(network, link, frame);
    network->passed_count++;
    for (int times = again ? 2 : 1; times > 0; times--) {
        uint8_t route[NETWORK_ROUTE_SIZE];
        route_of(link, route);
        if (to_broker)
            network->on_frame(network->context, bytes_of(route, sizeof route),
                              bytes_of(link->key, NETWORK_KEY_SIZE), frame);
        else if (link->client_open)
            link->client.on_frame(link->client.context, frame);
    }
    network->duplicated_count += again;
    free(parcel);
}

/* What is due on this link now, if anything: one thing at a time, since a delivery may change all.
 */
static bool link_step(struct network *network, struct link *link)
{
    uint64_t now_ms = network->now_ms;
    bool dark = link->quality->is_dark;
    if (now_ms >= link->opens_at_ms) {
        if (dark)
            link->opens_at_ms = now_ms + DARK_WAIT_MS;
        else
            link_opens(network, link);
        return true;
    }
    const struct parcel *up = front(&link->to_broker), *down = front(&link->to_client);
    if (up && now_ms >= up->due_ms && !dark && link->is_up) {
        if (network->listens(network->context))
            deliver(network, link, true);
        else
            free(take_front(&link->to_broker));
        return true;
    }
    if (down && now_ms >= down->due_ms && !dark && !link->quality->is_stalled) {
        deliver(network, link, false);
        return true;
    }
    if (now_ms >= link->client_learns_ms && !down) {
        link->client_learns_ms = NEVER;
        link->client.on_link(link->client.context, false, "disconnected");
        return true;
    }
    if (now_ms >= link->broker_learns_ms && !up) {
        link->broker_learns_ms = NEVER;
        link->broker_open = false;
        return true;
    }
    return false;
}

static bool is_over(const struct link *link)
{
    return !link->client_open && link->is_cut && !link->broker_open && link->to_broker.count == 0 &&
           link->to_client.count == 0;
}

static void forget_links_that_are_over(struct network *network)
{
    size_t kept = 0;
    for (size_t i = 0; i < network->link_count; i++) {
        struct link *link = network->links[i];
        if (is_over(link))
            link_free(network, link);
        else
            network->links[kept++] = link;
    }
    network->link_count = kept;
}

/* Deliveries may open and close links, but only here is one freed. */
void network_step(struct network *network, uint64_t now_ms)
{
    network->now_ms = now_ms;
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < network->link_count; i++) {
            while (link_step(network, network->links[i]))
                again = true;
        }
    }
    forget_links_that_are_over(network);
}

static uint64_t at_least_later(uint64_t when_ms, bool is_held, uint64_t now_ms)
{
    if (is_held && when_ms != NEVER && when_ms <= now_ms)
        return now_ms + DARK_WAIT_MS;
    return when_ms;
}

static uint64_t link_next_ms(const struct link *link, uint64_t now_ms)
{
    const struct parcel *up = front(&link->to_broker), *down = front(&link->to_client);
    bool dark = link->quality->is_dark;
    uint64_t times[] = {
        link->opens_at_ms,
        up ? at_least_later(up->due_ms, dark, now_ms) : link->broker_learns_ms,
        down ? at_least_later(down->due_ms, dark || link->quality->is_stalled, now_ms)
             : link->client_learns_ms,
    };
    uint64_t next = NEVER;
    for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
        next = times[i] < next ? times[i] : next;
    return next;
}

uint64_t network_next_ms(const struct network *network)
{
    uint64_t next = NEVER;
    for (size_t i = 0; i < network->link_count; i++) {
        uint64_t when = link_next_ms(network->links[i], network->now_ms);
        next = when < next ? when : next;
    }
    return next;
}
