/* uplink.c - see uplink.h: what happened. What to do is in uplink_next.c, flights and rate in
 * uplink_rate.c. */
#include "agent/uplink.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "agent/uplink_parts.h"

enum { RETRY_DEFAULT_MS = 5000 };

void uplink_check(const struct uplink *uplink)
{
    assert(uplink->acked_seq <= uplink->sent_seq);
    assert(uplink->sent_seq <= uplink->last_seq);
    assert(uplink->flight_count <= UPLINK_FLIGHTS_MAX);
}

static bool is_connected(const struct uplink *uplink)
{
    return uplink->state == UPLINK_GREETING || uplink->state == UPLINK_SAVING ||
           uplink->state == UPLINK_LIVE || uplink->state == UPLINK_PAUSED;
}

static void set_reason(struct uplink *uplink, uint32_t reason, struct bytes text)
{
    uplink->held_reason = reason;
    bytes_to_text(text, uplink->held_text, sizeof(uplink->held_text));
    uplink->held_remedy[0] = '\0';
}

static void clear_reason(struct uplink *uplink)
{
    set_reason(uplink, REASON_NONE, BYTES_NONE);
    uplink->is_final = false;
}

static void end_conversation(struct uplink *uplink)
{
    uplink_flights_clear(uplink);
    uplink->sent_seq = uplink->acked_seq;
    uplink->rate_bytes_per_s = 0; /* the next link may be another one */
    uplink->hello_due = uplink->save_due = uplink->heartbeat_due = false;
    uplink->reply_by_ms = uplink->blocked_until_ms = 0;
}

/* Doubling; each wait is drawn from the upper half, so that counties do not return all at once. */
static uint64_t backoff_ms(struct uplink *uplink)
{
    uint64_t wait = UPLINK_BACKOFF_MIN_MS;
    for (uint32_t i = 1; i < uplink->failures && wait < uplink->backoff_max_ms; i++)
        wait *= 2;
    if (wait > uplink->backoff_max_ms)
        wait = uplink->backoff_max_ms;
    return wait - wait / 2 + random_below(&uplink->random, wait / 2 + 1);
}

void uplink_lose(struct uplink *uplink, const char *reason, uint64_t now_ms)
{
    end_conversation(uplink);
    uplink->failures += uplink->failures < UINT32_MAX;
    uplink->state = uplink->is_final ? UPLINK_HELD : UPLINK_WAITING;
    uint64_t wait = uplink->is_final ? UPLINK_HELD_RETRY_MS : backoff_ms(uplink);
    uplink->deadline_ms = now_ms + wait;
    if (!uplink->is_final)
        set_reason(uplink, REASON_NONE, bytes_of_text(reason));
    trace_line(&uplink->trace, "link_down reason=\"%s\" retry_ms=%" PRIu64, reason, wait);
}

static void hold(struct uplink *uplink, uint32_t reason, struct bytes text, uint64_t now_ms)
{
    end_conversation(uplink);
    set_reason(uplink, reason, text);
    bytes_to_text(bytes_of_text(uplink_remedy(reason)), uplink->held_remedy,
                  sizeof(uplink->held_remedy));
    uplink->is_final = true;
    uplink->state = UPLINK_HELD;
    uplink->deadline_ms = now_ms + UPLINK_HELD_RETRY_MS;
    trace_line(&uplink->trace, "held reason=%s text=\"%s\"", uplink_reason_name(reason),
               uplink->held_text);
}

void uplink_greet(struct uplink *uplink)
{
    uplink_flights_clear(uplink);
    uplink->state = UPLINK_GREETING;
    uplink->hello_due = true;
}

static void pause_for(struct uplink *uplink, const struct refuse *refuse, uint64_t now_ms)
{
    uint64_t wait = refuse->retry_after_ms > 0 ? refuse->retry_after_ms : RETRY_DEFAULT_MS;
    if (wait > uplink->backoff_max_ms)
        wait = uplink->backoff_max_ms;
    set_reason(uplink, refuse->reason, refuse->text);
    bytes_to_text(refuse->remedy, uplink->held_remedy, sizeof(uplink->held_remedy));
    uplink_flights_clear(uplink);
    uplink->hello_due = uplink->save_due = uplink->heartbeat_due = false;
    uplink->reply_by_ms = 0;
    uplink->state = UPLINK_PAUSED;
    uplink->deadline_ms = now_ms + wait - wait / 4 + random_below(&uplink->random, wait / 4 + 1);
    trace_line(&uplink->trace, "paused reason=%s retry_ms=%" PRIu64,
               uplink_reason_name(refuse->reason), uplink->deadline_ms - now_ms);
}

void uplink_init(struct uplink *uplink, uint64_t seed, const struct trace *trace)
{
    *uplink = (struct uplink){
        .state = UPLINK_UNJOINED,
        .heartbeat_ms = UPLINK_HEARTBEAT_MS,
        .backoff_max_ms = UPLINK_BACKOFF_MAX_MS,
        .window_max_bytes = UPLINK_WINDOW_MAX_BYTES,
        .trace = *trace,
    };
    random_init(&uplink->random, seed);
}

void uplink_join(struct uplink *uplink, uint32_t epoch, uint64_t last_seq, uint64_t acked_seq,
                 uint64_t now_ms)
{
    uplink->epoch = epoch;
    uplink->last_seq = last_seq;
    uplink->acked_seq = acked_seq;
    uplink->broker_behind = false;
    uplink->credit_seq = 0;
    uplink->failures = 0;
    clear_reason(uplink);
    end_conversation(uplink);
    uplink->state = UPLINK_WAITING;
    uplink->deadline_ms = now_ms;
    uplink_check(uplink);
}

void uplink_on_appended(struct uplink *uplink, uint64_t last_seq)
{
    assert(last_seq >= uplink->last_seq);
    uplink->last_seq = last_seq;
}

void uplink_on_link(struct uplink *uplink, bool up, const char *reason, uint64_t now_ms)
{
    if (up && uplink->state == UPLINK_CONNECTING) {
        trace_line(&uplink->trace, "link_up");
        uplink_greet(uplink);
    } else if (!up && (is_connected(uplink) || uplink->state == UPLINK_CONNECTING)) {
        /* io/zsock_link.c: the key is not, or no longer, in the roster */
        if (reason && strstr(reason, "ZAP 400"))
            hold(uplink, REASON_REVOKED, bytes_of_text(reason), now_ms);
        else
            uplink_lose(uplink, reason ? reason : "disconnected", now_ms);
    }
}

void uplink_on_heard(struct uplink *uplink, uint64_t now_ms)
{
    (void)now_ms;
    uplink->reply_by_ms = 0;
}

static void hold_fork(struct uplink *uplink, const struct welcome *welcome,
                      const struct hash *chain_at_have, uint64_t now_ms)
{
    char text[256], ours[2 * HASH_SIZE + 1], theirs[2 * HASH_SIZE + 1];
    (void)snprintf(text, sizeof(text), "FORK at seq %" PRIu64 ": ours %s, the city's %s",
                   welcome->have_seq, hex_text(hash_bytes(chain_at_have), ours, sizeof(ours)),
                   hex_text(hash_bytes(&welcome->chain_head), theirs, sizeof(theirs)));
    hold(uplink, REASON_FORK, bytes_of_text(text), now_ms);
}

static void measure_round_trip(struct uplink *uplink, uint64_t now_ms)
{
    uint64_t sample = now_ms - uplink->asked_at_ms;
    uplink->round_trip_ms =
        uplink->round_trip_ms == 0 ? sample : (7 * uplink->round_trip_ms + sample) / 8;
}

/* The broker was restored and has less than it had acked: it gets that again (contract 4.7). */
static void move_back(struct uplink *uplink, uint64_t have_seq)
{
    trace_line(&uplink->trace, "broker_behind alarm=BROKER_BEHIND acked=%" PRIu64 " have=%" PRIu64,
               uplink->acked_seq, have_seq);
    if (!uplink->broker_behind || uplink->behind_until_seq < uplink->acked_seq)
        uplink->behind_until_seq = uplink->acked_seq;
    uplink->broker_behind = true;
    uplink->acked_seq = have_seq;
}

void uplink_on_welcome(struct uplink *uplink, const struct welcome *welcome,
                       const struct hash *chain_at_have, uint64_t now_ms)
{
    if (uplink->state != UPLINK_GREETING || uplink->hello_due)
        return;
    uplink_on_heard(uplink, now_ms);
    if (welcome->version != PROTOCOL_VERSION) {
        hold(uplink, REASON_VERSION, bytes_of_text("the broker speaks another version"), now_ms);
        return;
    }
    if (welcome->have_seq > uplink->last_seq || !chain_at_have) {
        hold(uplink, REASON_ROLLED_BACK,
             bytes_of_text("ROLLED_BACK: the city has more of this unit than is here"), now_ms);
        return;
    }
    if (!hash_equal(chain_at_have, &welcome->chain_head)) {
        hold_fork(uplink, welcome, chain_at_have, now_ms);
        return;
    }
    measure_round_trip(uplink, now_ms);
    if (welcome->have_seq < uplink->acked_seq)
        move_back(uplink, welcome->have_seq);
    uplink->sent_seq = welcome->have_seq;
    uplink->credit_seq = welcome->credit_seq;
    uplink->safe_position = welcome->safe_position;
    uplink->is_final = false;
    if (uplink->held_reason != REASON_DISK_FULL || uplink->credit_seq > uplink->sent_seq)
        clear_reason(uplink);
    uplink->state = UPLINK_SAVING;
    uplink->save_due = true;
    trace_line(&uplink->trace, "welcomed have=%" PRIu64 " credit=%" PRIu64, welcome->have_seq,
               welcome->credit_seq);
    uplink_check(uplink);
}

void uplink_on_token_saved(struct uplink *uplink, uint64_t now_ms)
{
    if (uplink->state != UPLINK_SAVING || uplink->save_due)
        return;
    uplink->state = UPLINK_LIVE;
    uplink->heartbeat_due = true; /* the confirmation */
    uplink->progress_at_ms = now_ms;
}

void uplink_on_refuse(struct uplink *uplink, const struct refuse *refuse, uint64_t now_ms)
{
    if (!is_connected(uplink) || refuse->subscription != 0)
        return;
    uplink_on_heard(uplink, now_ms);
    if (refuse->reason == REASON_HOLE) {
        /* Each push behind a hole is refused: the first refusal leads to a hello, the others are
         * on their way already. */
        if (uplink->state != UPLINK_LIVE)
            return;
        trace_line(&uplink->trace, "hole have=%" PRIu64, refuse->have_seq);
        uplink->failures += uplink->failures < UINT32_MAX;
        if (uplink->failures > UPLINK_LENGTHENING_FAILURES)
            uplink_lose(uplink, "the broker finds holes again and again", now_ms);
        else
            uplink_greet(uplink);
        return;
    }
    bool is_passing = refuse->reason == REASON_BUSY || refuse->reason == REASON_DISK_FULL ||
                      refuse->retry_after_ms > 0;
    if (!is_passing)
        hold(uplink, refuse->reason, refuse->text, now_ms);
    else if (uplink->state != UPLINK_PAUSED)
        pause_for(uplink, refuse, now_ms);
}

enum uplink_ack_verdict uplink_judge_ack(const struct uplink *uplink, const struct ack *ack)
{
    if (!is_connected(uplink))
        return UPLINK_ACK_OLD;
    if (ack->epoch != uplink->epoch)
        return UPLINK_ACK_ABSURD;
    /* Before the welcome we do not know what the broker has of an earlier connection. */
    if (ack->have_seq > uplink->sent_seq)
        return uplink->state == UPLINK_GREETING ? UPLINK_ACK_OLD : UPLINK_ACK_ABSURD;
    for (size_t i = 0; i < ack->refusal_count; i++) {
        if (ack->refusals[i].seq == 0 || ack->refusals[i].seq > ack->have_seq)
            return UPLINK_ACK_ABSURD;
    }
    return ack->have_seq > uplink->acked_seq ? UPLINK_ACK_NEWS : UPLINK_ACK_OLD;
}

static void take_credit(struct uplink *uplink, uint64_t credit_seq)
{
    if (credit_seq > uplink->credit_seq)
        uplink->credit_seq = credit_seq;
    if (uplink->held_reason == REASON_DISK_FULL && uplink->state == UPLINK_LIVE &&
        uplink->credit_seq > uplink->sent_seq)
        clear_reason(uplink);
}

static void trace_ack(const struct uplink *uplink, const struct ack *ack)
{
    for (size_t i = 0; i < ack->refusal_count; i++)
        trace_line(&uplink->trace, "refused seq=%" PRIu64 " reason=%" PRIu32, ack->refusals[i].seq,
                   ack->refusals[i].reason);
    trace_line(&uplink->trace, "acked seq=%" PRIu64, ack->have_seq);
}

enum uplink_ack_verdict uplink_on_ack(struct uplink *uplink, const struct ack *ack, uint64_t now_ms)
{
    enum uplink_ack_verdict verdict = uplink_judge_ack(uplink, ack);
    if (verdict == UPLINK_ACK_ABSURD) {
        hold(uplink, REASON_UNDECODABLE,
             bytes_of_text("the broker answered for what was never sent to it"), now_ms);
        return verdict;
    }
    if (!is_connected(uplink))
        return verdict;
    uplink_on_heard(uplink, now_ms);
    if (verdict == UPLINK_ACK_NEWS) {
        uplink->acked_seq = ack->have_seq;
        uplink->acked_position = ack->have_position;
        uplink->safe_position = ack->safe_position;
        uplink->failures = 0;
        uplink->progress_at_ms = now_ms;
        uplink_flights_acked(uplink, ack->have_seq, now_ms);
        if (uplink->broker_behind && uplink->acked_seq >= uplink->behind_until_seq)
            uplink->broker_behind = false;
        trace_ack(uplink, ack);
    }
    take_credit(uplink, ack->credit_seq);
    uplink_check(uplink);
    return verdict;
}

void uplink_on_heartbeat(struct uplink *uplink, const struct heartbeat *heartbeat, uint64_t now_ms)
{
    if (!is_connected(uplink))
        return;
    if (heartbeat->is_reply && uplink->reply_by_ms != 0 && uplink->flight_count == 0)
        measure_round_trip(uplink, now_ms);
    uplink_on_heard(uplink, now_ms);
    if (uplink->state == UPLINK_LIVE && uplink->acked_seq == uplink->last_seq)
        uplink->failures = 0;
}

void uplink_on_bye(struct uplink *uplink, const struct bye *bye, uint64_t now_ms)
{
    char text[256];
    if (!is_connected(uplink))
        return;
    /* Another session with our key is for the next hello to settle: the tokens tell who is who. */
    if (bye->reason == REASON_REVOKED || bye->reason == REASON_WRONG_UNIT)
        hold(uplink, bye->reason, bye->text, now_ms);
    else
        uplink_lose(uplink, bytes_to_text(bye->text, text, sizeof(text)), now_ms);
}

void uplink_on_pushed(struct uplink *uplink, uint64_t last_seq, uint64_t bytes, uint64_t now_ms)
{
    assert(uplink->state == UPLINK_LIVE && last_seq > uplink->sent_seq);
    assert(last_seq <= uplink->last_seq && last_seq <= uplink->credit_seq);
    trace_line(&uplink->trace, "pushed first=%" PRIu64 " last=%" PRIu64 " bytes=%" PRIu64,
               uplink->sent_seq + 1, last_seq, bytes);
    if (uplink->sent_seq == uplink->acked_seq)
        uplink->progress_at_ms = now_ms;
    uplink->sent_seq = last_seq;
    uplink->heartbeat_at_ms = now_ms + uplink->heartbeat_ms;
    uplink_flights_add(uplink, bytes, now_ms);
    uplink_check(uplink);
}

void uplink_on_blocked(struct uplink *uplink, uint64_t now_ms)
{
    uplink->blocked_until_ms = now_ms + UPLINK_BLOCKED_MS;
}

void uplink_on_trouble(struct uplink *uplink, const char *text, uint64_t now_ms)
{
    if (is_connected(uplink) || uplink->state == UPLINK_CONNECTING)
        uplink_lose(uplink, text, now_ms);
}
