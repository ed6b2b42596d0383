/* uplink_next.c - see uplink.h: what now, and when next. */
#include <inttypes.h>

#include "agent/uplink_parts.h"

enum { CONNECT_MAX_MS = 40000 }; /* the transport gives up earlier and says why */

/* Longer after each failure: a link that needs a minute for one push gets it in the end. */
static uint64_t lengthened(const struct uplink *uplink, uint64_t wait_ms)
{
    uint32_t times = uplink->failures < UPLINK_LENGTHENING_FAILURES ? uplink->failures
                                                                    : UPLINK_LENGTHENING_FAILURES;
    return wait_ms << times;
}

static uint64_t answer_wait_ms(const struct uplink *uplink)
{
    uint64_t wait = 2 * uplink->round_trip_ms;
    return lengthened(uplink, wait > UPLINK_ANSWER_MS ? wait : UPLINK_ANSWER_MS);
}

/* UINT64_MAX: nothing was sent that waits for an ack (contract 4.8). */
static uint64_t ack_deadline_ms(const struct uplink *uplink)
{
    if (uplink->acked_seq == uplink->sent_seq)
        return UINT64_MAX;
    uint64_t wait = uplink_flights_wait_ms(uplink);
    return uplink->progress_at_ms +
           lengthened(uplink, wait > UPLINK_ANSWER_MS ? wait : UPLINK_ANSWER_MS);
}

/* UINT64_MAX: there is credit, or no use for it. */
static uint64_t starved_deadline_ms(const struct uplink *uplink)
{
    bool is_starved = uplink->acked_seq == uplink->sent_seq &&
                      uplink->sent_seq < uplink->last_seq && uplink->credit_seq <= uplink->sent_seq;
    return is_starved ? uplink->progress_at_ms + UPLINK_STARVED_MS : UINT64_MAX;
}

static uint64_t reply_deadline_ms(const struct uplink *uplink)
{
    bool is_asked = uplink->reply_by_ms != 0 && uplink->acked_seq == uplink->sent_seq;
    return is_asked ? uplink->reply_by_ms : UINT64_MAX; /* behind data, the acks' deadline rules */
}

static void tick_live(struct uplink *uplink, uint64_t now_ms)
{
    if (now_ms >= ack_deadline_ms(uplink)) {
        uplink_lose(uplink, "no ack in time", now_ms);
    } else if (now_ms >= reply_deadline_ms(uplink)) {
        uplink_lose(uplink, "no answer to a heartbeat", now_ms);
    } else if (now_ms >= starved_deadline_ms(uplink)) {
        uplink->progress_at_ms = now_ms;
        uplink_greet(uplink);
    } else if (now_ms >= uplink->heartbeat_at_ms) {
        uplink->heartbeat_due = true;
    }
}

static void tick(struct uplink *uplink, uint64_t now_ms)
{
    switch (uplink->state) {
    case UPLINK_CONNECTING:
        if (now_ms >= uplink->deadline_ms)
            uplink_lose(uplink, "no connection in time", now_ms);
        break;
    case UPLINK_GREETING:
        if (!uplink->hello_due && now_ms >= uplink->deadline_ms)
            uplink_lose(uplink, "no answer to hello", now_ms);
        break;
    case UPLINK_PAUSED:
        if (now_ms >= uplink->deadline_ms)
            uplink_greet(uplink);
        break;
    case UPLINK_LIVE:
        tick_live(uplink, now_ms);
        break;
    case UPLINK_UNJOINED:
    case UPLINK_WAITING:
    case UPLINK_SAVING:
    case UPLINK_HELD:
        break;
    }
}

static bool next_connection(struct uplink *uplink, uint64_t now_ms, struct uplink_action *action)
{
    if (uplink->socket_open) {
        uplink->socket_open = false;
        action->kind = UPLINK_DISCONNECT;
        return true;
    }
    if (uplink->state == UPLINK_UNJOINED || now_ms < uplink->deadline_ms)
        return false;
    uplink->socket_open = true;
    uplink->state = UPLINK_CONNECTING;
    uplink->deadline_ms = now_ms + CONNECT_MAX_MS;
    action->kind = UPLINK_CONNECT;
    return true;
}

static bool next_hello(struct uplink *uplink, uint64_t now_ms, struct uplink_action *action)
{
    if (!uplink->hello_due)
        return false;
    uplink->hello_due = false;
    uplink->asked_at_ms = now_ms;
    uplink->deadline_ms = now_ms + answer_wait_ms(uplink);
    trace_line(&uplink->trace, "hello_sent newest=%" PRIu64 " acked=%" PRIu64, uplink->last_seq,
               uplink->acked_seq);
    action->kind = UPLINK_HELLO;
    return true;
}

static bool next_live(struct uplink *uplink, uint64_t now_ms, struct uplink_action *action)
{
    if (uplink->heartbeat_due) {
        uplink->heartbeat_due = false;
        uplink->heartbeat_at_ms = now_ms + uplink->heartbeat_ms;
        uplink->reply_by_ms = now_ms + lengthened(uplink, UPLINK_HEARTBEAT_REPLY_MS);
        uplink->asked_at_ms = now_ms;
        action->kind = UPLINK_HEARTBEAT;
        return true;
    }
    if (now_ms < uplink->blocked_until_ms)
        return false;
    return uplink_flights_next(uplink, action);
}

bool uplink_next(struct uplink *uplink, uint64_t now_ms, struct uplink_action *action)
{
    *action = (struct uplink_action){0};
    tick(uplink, now_ms);
    uplink_check(uplink);
    switch (uplink->state) {
    case UPLINK_UNJOINED:
    case UPLINK_WAITING:
    case UPLINK_HELD:
        return next_connection(uplink, now_ms, action);
    case UPLINK_GREETING:
        return next_hello(uplink, now_ms, action);
    case UPLINK_SAVING:
        action->kind = UPLINK_SAVE_TOKEN;
        bool is_due = uplink->save_due;
        uplink->save_due = false;
        return is_due;
    case UPLINK_LIVE:
        return next_live(uplink, now_ms, action);
    case UPLINK_CONNECTING:
    case UPLINK_PAUSED:
        return false;
    }
    return false;
}

static uint64_t earlier(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

static uint64_t live_deadline_ms(const struct uplink *uplink)
{
    uint64_t deadline = earlier(ack_deadline_ms(uplink), reply_deadline_ms(uplink));
    deadline = earlier(deadline, starved_deadline_ms(uplink));
    deadline = earlier(deadline, uplink->heartbeat_at_ms);
    struct uplink_action action;
    if (uplink_flights_next(uplink, &action))
        deadline = earlier(deadline, uplink->blocked_until_ms);
    return uplink->heartbeat_due ? 0 : deadline;
}

uint64_t uplink_deadline_ms(const struct uplink *uplink)
{
    switch (uplink->state) {
    case UPLINK_UNJOINED:
        return uplink->socket_open ? 0 : UINT64_MAX;
    case UPLINK_WAITING:
    case UPLINK_HELD:
        return uplink->socket_open ? 0 : uplink->deadline_ms;
    case UPLINK_GREETING:
        return uplink->hello_due ? 0 : uplink->deadline_ms;
    case UPLINK_CONNECTING:
    case UPLINK_PAUSED:
        return uplink->deadline_ms;
    case UPLINK_SAVING:
        return uplink->save_due ? 0 : UINT64_MAX;
    case UPLINK_LIVE:
        return live_deadline_ms(uplink);
    }
    return UINT64_MAX;
}
