/*
 * uplink_rate.c - see uplink_parts.h. A push notes what had been delivered when it left; its ack
 * gives a rate over that time, which neither a burst of acks nor a pause of ours can inflate.
 */
#include "agent/uplink_parts.h"

enum {
    WINDOW_MS = 2000,                   /* contract 4.8 */
    RATE_ASSUMED_BYTES_PER_S = 8 << 10, /* 64 kbit/s, before anything was measured */
    COMPRESS_FROM_MS = 4,               /* what a link carries in less would only be delayed */
    PUSHES_IN_A_WINDOW = 4,             /* so that the next one travels while acks return */
};

void uplink_flights_clear(struct uplink *uplink)
{
    uplink->flight_first = uplink->flight_count = 0;
    uplink->in_flight_bytes = 0;
}

void uplink_flights_add(struct uplink *uplink, uint64_t bytes, uint64_t now_ms)
{
    if (uplink->flight_count == 0)
        uplink->delivered_at_ms = now_ms;
    uint32_t at = (uplink->flight_first + uplink->flight_count) % UPLINK_FLIGHTS_MAX;
    uplink->flights[at] = (struct uplink_flight){
        .last_seq = uplink->sent_seq,
        .bytes = bytes,
        .sent_at_ms = now_ms,
        .delivered_bytes = uplink->delivered_bytes,
        .delivered_at_ms = uplink->delivered_at_ms,
        .is_full = uplink->sent_seq < uplink->last_seq,
    };
    uplink->flight_count++;
    uplink->in_flight_bytes += bytes;
}

/* Up at once, down slowly, and not at all when we were the slow ones. */
static void take_sample(struct uplink *uplink, const struct uplink_flight *flight, uint64_t now_ms)
{
    uint64_t elapsed_ms = now_ms - flight->delivered_at_ms;
    uint64_t bytes = uplink->delivered_bytes - flight->delivered_bytes;
    uint64_t sample = bytes * 1000 / (elapsed_ms > 0 ? elapsed_ms : 1);
    uint64_t rate = uplink->rate_bytes_per_s;
    if (sample == 0)
        sample = 1;
    if (rate == 0)
        rate = sample;
    else if (sample > rate)
        rate += (sample - rate + 1) * 3 / 4;
    else if (flight->is_full)
        rate -= (rate - sample) / 8;
    uplink->rate_bytes_per_s = rate;
}

void uplink_flights_acked(struct uplink *uplink, uint64_t have_seq, uint64_t now_ms)
{
    struct uplink_flight newest = {0};
    while (uplink->flight_count > 0) {
        const struct uplink_flight *oldest = &uplink->flights[uplink->flight_first];
        if (oldest->last_seq > have_seq)
            break;
        newest = *oldest;
        uplink->in_flight_bytes -= oldest->bytes;
        uplink->delivered_bytes += oldest->bytes;
        uplink->flight_first = (uplink->flight_first + 1) % UPLINK_FLIGHTS_MAX;
        uplink->flight_count--;
    }
    if (newest.last_seq == 0)
        return;
    take_sample(uplink, &newest, now_ms);
    uplink->delivered_at_ms = now_ms;
}

static uint64_t window_bytes(const struct uplink *uplink)
{
    uint64_t window = uplink->rate_bytes_per_s * WINDOW_MS / 1000;
    if (window > uplink->window_max_bytes)
        window = uplink->window_max_bytes;
    return window > UPLINK_WINDOW_START_BYTES ? window : UPLINK_WINDOW_START_BYTES;
}

static uint64_t push_bytes(uint64_t window)
{
    uint64_t bytes = window / PUSHES_IN_A_WINDOW;
    if (bytes > UPLINK_PUSH_SIZE_MAX)
        return UPLINK_PUSH_SIZE_MAX;
    return bytes > UPLINK_PUSH_SIZE_MIN ? bytes : UPLINK_PUSH_SIZE_MIN;
}

/* One event over a fast link looks like a slow link: its rate is the round trip's. */
static uint64_t compress_from_bytes(uint64_t rate)
{
    return rate < UPLINK_COMPRESS_BELOW_BYTES_PER_S ? rate * COMPRESS_FROM_MS / 1000 : UINT64_MAX;
}

/* Is a push under way that took all there was? Then what came since is no tail of a backlog. */
static bool all_has_left(const struct uplink *uplink)
{
    uint32_t newest = uplink->flight_first + uplink->flight_count - 1;
    return uplink->flight_count > 0 && !uplink->flights[newest % UPLINK_FLIGHTS_MAX].is_full;
}

bool uplink_flights_next(const struct uplink *uplink, struct uplink_action *action)
{
    uint64_t limit_seq =
        uplink->credit_seq < uplink->last_seq ? uplink->credit_seq : uplink->last_seq;
    uint64_t window = window_bytes(uplink);
    uint64_t bytes = push_bytes(window);
    if (uplink->sent_seq >= limit_seq || uplink->flight_count == UPLINK_FLIGHTS_MAX ||
        uplink->in_flight_bytes + bytes > window)
        return false;
    uint64_t events = limit_seq - uplink->sent_seq;
    if (events < UPLINK_GATHER_EVENTS && all_has_left(uplink))
        return false; /* the ack that is on its way lets them leave together */
    *action = (struct uplink_action){
        .kind = UPLINK_PUSH,
        .from_seq = uplink->sent_seq + 1,
        .max_events = events < PUSH_EVENTS_MAX ? (uint32_t)events : PUSH_EVENTS_MAX,
        .max_bytes = bytes,
        .compress_from_bytes = compress_from_bytes(uplink->rate_bytes_per_s),
    };
    return true;
}

uint64_t uplink_flights_wait_ms(const struct uplink *uplink)
{
    uint64_t rate =
        uplink->rate_bytes_per_s > 0 ? uplink->rate_bytes_per_s : RATE_ASSUMED_BYTES_PER_S;
    return 4 * uplink->in_flight_bytes * 1000 / rate + 2 * uplink->round_trip_ms;
}

uint64_t uplink_seconds_to_empty(const struct uplink *uplink, uint64_t backlog_bytes)
{
    if (backlog_bytes == 0)
        return 0;
    if (uplink->rate_bytes_per_s == 0)
        return UINT64_MAX;
    return (backlog_bytes + uplink->rate_bytes_per_s - 1) / uplink->rate_bytes_per_s;
}
