/*
 * courier_rejoin.c - the way out of a fork or a lost machine (contract 4.6): follow our own unit's
 * records to the head, then say again, in one transaction and in old order, what the city lacks.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "agent/courier.h"

enum { WINDOW_RECORDS = 4000 };

static void start_over(struct courier *courier)
{
    struct follower_plan plan = {.from_position = 1, .window = WINDOW_RECORDS};
    free(TAKE(courier->ids));
    reconcile_init(&courier->reconcile, courier->home->request.unit);
    follower_init(&courier->follower, &plan, random_next(&courier->random), &courier->trace);
    courier->is_complete = false;
    courier->retry_at_ms = 0;
}

void courier_rejoin_begin(struct courier *courier, uint64_t now_ms)
{
    courier->phase = COURIER_REJOINING;
    courier->problem = (struct problem){0};
    start_over(courier);
    courier->follower.deadline_ms = now_ms;
    trace_line(&courier->trace, "rejoin_begins epoch=%" PRIu32, courier->home->state.rejoin_epoch);
}

static void make_room(struct courier *courier)
{
    if (!reconcile_wants_memory(&courier->reconcile))
        return;
    size_t capacity = 2 * (courier->reconcile.count + UPDATE_RECORDS_MAX);
    uint8_t *ids = realloc(courier->ids, capacity * RECONCILE_ID_SIZE);
    if (!ids)
        abort();
    courier->ids = ids;
    reconcile_give_memory(&courier->reconcile, ids, capacity);
}

static void on_update(struct courier *courier, const struct update *update, uint64_t now_ms)
{
    struct follower *follower = &courier->follower;
    struct problem problem = {0};
    struct record record;
    struct bytes batch = update->batch;
    if (update->compressed &&
        wire_batch_expand(update->batch, &courier->compressed, &batch) != OK) {
        follower_on_nonsense(follower, "an update that cannot be unfolded");
        return;
    }
    if (follower_on_update(follower, update, batch, now_ms) != FOLLOWER_TAKE)
        return;
    make_room(courier);
    while (follower_row(follower, &record, NULL) == OK) {
        if (reconcile_on_record(&courier->reconcile, &record, &problem) != OK) {
            follower_on_nonsense(follower, problem.text);
            return;
        }
    }
}

void courier_rejoin_on_frame(struct courier *courier, const struct frame *frame, uint64_t now_ms)
{
    struct follower *follower = &courier->follower;
    switch (frame->kind) {
    case FRAME_UPDATE:
        on_update(courier, &frame->update, now_ms);
        break;
    case FRAME_REFUSE:
        follower_on_refuse(follower, &frame->refuse, now_ms);
        break;
    case FRAME_BYE:
        follower_on_bye(follower, &frame->bye, now_ms);
        break;
    case FRAME_HEARTBEAT:
        follower_on_heartbeat(follower, &frame->heartbeat, now_ms);
        break;
    case FRAME_HELLO:
    case FRAME_WELCOME:
    case FRAME_PUSH:
    case FRAME_ACK:
    case FRAME_SUBSCRIBE:
    case FRAME_GRANT:
    case FRAME_UNSUBSCRIBE:
    case FRAME_CONTACTS:
        follower_on_nonsense(follower, "a frame that is not for a subscriber");
        break;
    }
}

/* ---- history moves ---- */

/* Does the new generation say it already? An older one may hold it twice. */
static enum err is_said(struct store_txn *txn, uint32_t generation, struct bytes event_id,
                        bool *out)
{
    uint32_t found = 0;
    uint64_t seq;
    enum err err = outbox_find(txn, event_id, &found, &seq);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    *out = err == OK && found == generation;
    return OK;
}

/* What this program cannot decode is known by its bytes and goes on as it is: the city answers. */
static enum err say_again(struct courier *courier, struct home_change *change,
                          struct bytes envelope_bytes)
{
    struct envelope envelope;
    struct problem problem = {0};
    struct hash id = hash_of(envelope_bytes);
    struct bytes event_id = bytes_of(id.bytes, OUTBOX_EVENT_ID_SIZE);
    bool said = false;
    if (wire_envelope_decode(envelope_bytes, &envelope, &problem) == OK)
        memcpy(id.bytes, envelope.event_id.data, OUTBOX_EVENT_ID_SIZE);
    if (!reconcile_lacks(&courier->reconcile, event_id, envelope_bytes))
        return OK;
    TRY(is_said(change->txn, change->state.generation, event_id, &said));
    if (said)
        return OK;
    /* A copy: the page it stands on may be the one that is written to. */
    buffer_clear(&courier->batch);
    buffer_add(&courier->batch, envelope_bytes);
    return outbox_append(change->txn, &change->state, event_id, buffer_bytes(&courier->batch));
}

/* It stays where it is and is named, in the log and among what was refused; the others go on. */
static enum err pass_over(struct courier *courier, struct home_change *change, uint32_t generation,
                          uint64_t seq)
{
    struct ack_refusal rotten = {
        .seq = seq,
        .reason = OUTBOX_ROTTEN,
        .text = bytes_of_text("本机发件箱这一条已损坏，没有带走；市里若没有，请按原件重新提交 "
                              "(rotten here, left behind: if the city lacks it, submit it anew)"),
    };
    trace_line(&courier->trace,
               "rejoin_passes_over generation=%" PRIu32 " seq=%" PRIu64
               " remedy=\"submit it anew if the city lacks it: huoshui-agent refused\"",
               generation, seq);
    return courier_put_refusal(change, generation, &rotten);
}

/* last_seq: rows up to there must be. 0: as many as there are. */
static enum err move_generation(struct courier *courier, struct home_change *change,
                                uint32_t generation, uint64_t last_seq)
{
    for (uint64_t seq = 1;; seq++) {
        struct bytes envelope;
        struct hash chain;
        enum err err = outbox_event(change->txn, generation, seq, &envelope, &chain);
        if (err == ERR_NOT_FOUND && seq > last_seq)
            return OK;
        if (err == ERR_NOT_FOUND || err == ERR_CORRUPT) {
            TRY(pass_over(courier, change, generation, seq));
            continue;
        }
        TRY(err);
        TRY(say_again(courier, change, envelope));
    }
}

static enum err move_history(struct courier *courier)
{
    CLEANUP(home_abort) struct home_change change = {0};
    TRY(home_begin(courier->home, &change));
    const struct outbox_state before = change.state;
    change.state = (struct outbox_state){
        .generation = before.generation + 1,
        .epoch = before.rejoin_epoch,
        .refused_count = before.refused_count,
    };
    for (uint32_t generation = 1; generation <= before.generation; generation++)
        TRY(move_generation(courier, &change, generation,
                            generation == before.generation ? before.last_seq : 0));
    return home_commit(courier->home, &change);
}

static void finish(struct courier *courier, uint64_t now_ms)
{
    if (!courier->is_complete) {
        courier->is_complete = true;
        courier->port.disconnect(courier->port.context);
        courier->follower.has_socket = false;
        reconcile_on_head(&courier->reconcile);
    }
    enum err err = move_history(courier);
    if (err != OK) {
        home_explain(courier->home, err, &courier->problem);
        courier->retry_at_ms = now_ms + COURIER_REJOIN_RETRY_MS;
        trace_line(&courier->trace, "rejoin_waits err=%s", err_name(err));
        return;
    }
    trace_line(&courier->trace, "rejoined epoch=%" PRIu32 " city_has=%zu said_again=%" PRIu64,
               courier->home->state.epoch, courier->reconcile.count, courier->home->state.last_seq);
    free(TAKE(courier->ids));
    courier_deliver(courier, now_ms);
}

static void follow(struct courier *courier, uint64_t now_ms)
{
    struct follower *follower = &courier->follower;
    struct follower_action action;
    struct bytes unit = courier->home->request.unit;
    while (follower_next(follower, now_ms, &action)) {
        switch (action.kind) {
        case FOLLOWER_CONNECT:
            if (!courier->port.connect(courier->port.context))
                follower_on_link(follower, false, "the system gives no socket", now_ms);
            break;
        case FOLLOWER_DISCONNECT:
            courier->port.disconnect(courier->port.context);
            break;
        case FOLLOWER_SEND:
            if (action.frame.kind == FRAME_SUBSCRIBE) {
                action.frame.subscribe.filter.units = (struct texts){&unit, 1};
                action.frame.subscribe.filter.all_records = true; /* refusals are answers too */
            }
            if (!courier_send(courier, &action.frame))
                follower_on_link(follower, false, "the transport takes nothing", now_ms);
            break;
        }
    }
}

void courier_rejoin_turn(struct courier *courier, uint64_t now_ms)
{
    struct follower *follower = &courier->follower;
    if (courier->retry_at_ms != 0 && now_ms < courier->retry_at_ms)
        return;
    if (courier->retry_at_ms != 0 && !courier->is_complete)
        start_over(courier);
    courier->retry_at_ms = 0;
    if (courier->is_complete || follower_is_live(follower)) {
        finish(courier, now_ms);
        return;
    }
    follow(courier, now_ms);
    if (follower->state != FOLLOWER_ENDED)
        return;
    /* Another log than a moment ago is one to follow from its beginning. */
    bool is_new_log = follower->reason == REASON_LOG_CHANGED;
    problem_set(&courier->problem, "%s", follower->text);
    problem_remedy(&courier->problem, "%s",
                   *follower->remedy ? follower->remedy : uplink_remedy(follower->reason));
    courier->retry_at_ms = now_ms + (is_new_log ? COURIER_REJOIN_RETRY_MS : UPLINK_HELD_RETRY_MS);
}

/* ---- status ---- */

static void rejoin_state(const struct courier *courier, struct courier_state *out)
{
    const struct follower *follower = &courier->follower;
    out->link = "rejoining";
    out->text = courier->retry_at_ms != 0 ? courier->problem.text : follower->text;
    out->remedy = courier->retry_at_ms != 0 ? courier->problem.remedy : follower->remedy;
    out->reason = follower->reason;
    out->is_final = follower->state == FOLLOWER_ENDED && follower->reason != REASON_LOG_CHANGED;
}

void courier_state(const struct courier *courier, struct courier_state *out)
{
    const struct uplink *uplink = &courier->uplink;
    *out = (struct courier_state){
        .link = "unjoined", .text = "", .remedy = "", .seconds_to_empty = UINT64_MAX};
    if (courier->phase == COURIER_REJOINING)
        rejoin_state(courier, out);
    if (courier->phase != COURIER_DELIVERING)
        return;
    out->link = uplink_state_name(uplink->state);
    out->reason = uplink->held_reason;
    out->text = uplink->held_text;
    out->remedy = uplink->held_remedy;
    out->is_final = uplink->is_final;
    out->is_behind = uplink->broker_behind;
    out->seconds_to_empty = uplink_seconds_to_empty(uplink, home_backlog_bytes(courier->home));
}
