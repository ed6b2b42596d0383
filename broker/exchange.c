#include "broker/exchange.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/exchange_out.h"
#include "proto/wire.h"

/* A frame is at most FRAME_SIZE_MAX; what it unfolds to in structs is a small multiple of that. */
enum { DECODE_ARENA_MAX = 16 << 20 };

/* ---- alarms ---- */

static void raise_alarm(struct exchange *exchange, uint32_t code, struct bytes unit,
                        const char *text)
{
    struct alarm alarm = {.code = code, .unit = unit, .text = bytes_of_text(text)};
    trace_line(&exchange->hub.trace, "alarm code=%" PRIu32 " unit=%.*s %s", code, (int)unit.size,
               (const char *)unit.data, text);
    office_alarm(exchange->office, exchange->filling, &alarm);
}

static void say_if_rolled_back(struct exchange *exchange)
{
    const struct office *office = exchange->office;
    if (!office->rolled_back)
        return;
    char text[256], here[2 * HASH_SIZE + 1];
    hex_text(hash_bytes(&office->commit.head.hash), here, sizeof here);
    (void)snprintf(text, sizeof text,
                   "the store ends at position %" PRIu64 " (%s) but its head file says %" PRIu64
                   ": it was rolled back or restored; agents send again what is missing",
                   office->commit.head.position, here, office->head_file.position);
    raise_alarm(exchange, ALARM_LOG_ROLLED_BACK, BYTES_NONE, text);
}

/* ---- start ---- */

static void load_token(const struct log_token *row, struct token *out)
{
    static_assert(TOKEN_SIZE == 8 + LOG_TOKEN_SIZE,
                  "a row keeps the counter and the rest of a token");
    out->counter = row->counter;
    u64_put(out->bytes, row->counter);
    memcpy(out->bytes + 8, row->random, LOG_TOKEN_SIZE);
}

static enum err load_session(void *context, struct bytes unit, const struct unit_row *row)
{
    struct exchange *exchange = context;
    struct session *session = hub_session(&exchange->hub, unit);
    if (!session)
        return ERR_LIMIT;
    session->epoch = row->epoch;
    session->have_seq = session->received_seq = row->last_seq;
    session->have_position = row->last_position;
    session->have_chain = session->received_chain = row->chain;
    session->refused_count = row->refused_count;
    session->last_contact_ms = row->last_contact_ms;
    session->clock_offset_ms = row->clock_offset_ms;
    session->announced_seq = row->announced_seq;
    load_token(&row->token, &session->token);
    load_token(&row->token_before, &session->token_before);
    return OK;
}

static enum err load_sessions(struct exchange *exchange)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(exchange->office->store, &txn));
    TRY(log_units(txn, load_session, exchange));
    exchange->hub.head_position = exchange->office->commit.head.position;
    hub_on_roster_changed(&exchange->hub);
    return OK;
}

enum err exchange_open(struct exchange *exchange, struct office *office,
                       const struct exchange_transport *transport, struct batch *filling,
                       uint64_t seed, const struct trace *trace)
{
    *exchange = (struct exchange){.office = office, .transport = *transport, .filling = filling};
    arena_init(&exchange->arena, DECODE_ARENA_MAX);
    exchange->events = calloc(PUSH_EVENTS_MAX, sizeof *exchange->events);
    exchange->refusals = calloc(ACK_REFUSALS_MAX, sizeof *exchange->refusals);
    exchange->contacts = calloc(CONTACTS_UNITS_MAX, sizeof *exchange->contacts);
    if (!exchange->events || !exchange->refusals || !exchange->contacts)
        abort();
    hub_init(&exchange->hub, &office->roster, &office->token_secret, seed, trace);
    exchange->hub.limits = (struct session_limits){
        .window_events = (uint32_t)office->settings.window_events,
        .taking = true,
    };
    TRY(load_sessions(exchange));
    say_if_rolled_back(exchange);
    return OK;
}

void exchange_close(struct exchange *exchange)
{
    if (!exchange->events)
        return; /* never opened */
    hub_release(&exchange->hub);
    arena_release(&exchange->arena);
    free(exchange->events);
    free(exchange->refusals);
    free(exchange->contacts);
    buffer_release(&exchange->expanded);
    buffer_release(&exchange->frame);
    buffer_release(&exchange->rows);
    *exchange = (struct exchange){0};
}

/* ---- in ---- */

static enum err look_up_chain(struct exchange *exchange, const struct session *session,
                              uint64_t seq, struct hash *out)
{
    *out = (struct hash){0};
    if (seq == 0)
        return OK;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(exchange->office->store, &txn));
    uint64_t position;
    TRY(log_find(txn, bytes_of_text(session->unit), session->epoch, seq, &position));
    struct bytes row;
    struct record record;
    TRY(log_row(txn, position, &row));
    TRY(wire_row_open(row, &record, NULL));
    *out = record.chain;
    return OK;
}

/* Is `after` the hash of the record before from_position in this log? */
static bool subscriber_fits(struct exchange *exchange, const struct subscribe *subscribe)
{
    if (hash_is_zero(&subscribe->after) || subscribe->from_position <= 1)
        return true;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    struct bytes row;
    return store_begin_read(exchange->office->store, &txn) == OK &&
           log_row(txn, subscribe->from_position - 1, &row) == OK &&
           memcmp(row.data, subscribe->after.bytes, HASH_SIZE) == 0;
}

static void add_events(struct exchange *exchange, const struct push *push,
                       const struct hub_output *output)
{
    struct batch *batch = exchange->filling;
    const struct session *session = output->session;
    for (size_t i = 0; i < output->event_count; i++) {
        const struct session_event *event = &output->events[i];
        struct batch_entry *entry = batch_add(batch, BATCH_EVENT, session->unit);
        entry->epoch = session->epoch;
        entry->seq = event->seq;
        entry->envelope = batch_copy(batch, event->envelope);
        entry->envelope_hash = event->envelope_hash;
        entry->chain = event->chain;
        entry->reason = event->reason;
        if (event->reason != REFUSAL_NONE)
            entry->text = batch_copy(batch, bytes_of_text(event->reason_text));
        if (i + 1 < output->event_count)
            continue;
        entry->signature = batch_copy(batch, push->signature);
        entry->push_first_seq = push->first_seq;
    }
}

static void add_row(struct exchange *exchange, const struct session *session)
{
    struct unit_row row = {
        .epoch = session->epoch,
        .last_contact_ms = session->last_contact_ms,
        .clock_offset_ms = session->clock_offset_ms,
        .announced_seq = session->announced_seq,
        .token.counter = session->token.counter,
        .token_before.counter = session->token_before.counter,
    };
    memcpy(row.token.random, session->token.bytes + 8, LOG_TOKEN_SIZE);
    memcpy(row.token_before.random, session->token_before.bytes + 8, LOG_TOKEN_SIZE);
    batch_add_row(exchange->filling, session->unit, &row);
}

/* What a push needs before the hub can judge it. False: answered already. */
static bool prepare_push(struct exchange *exchange, const struct push *push,
                         struct hub_input *input, struct hash *chain)
{
    struct hub *hub = &exchange->hub;
    input->batch = push->batch;
    if (push->compressed &&
        wire_batch_expand(push->batch, &exchange->expanded, &input->batch) != OK) {
        hub_on_undecodable(hub, input->route, input->key, "the batch does not unpack",
                           input->now_ms);
        return false;
    }
    if (batch_is_full(exchange->filling)) {
        hub_on_busy(hub, input->route, input->key, input->now_ms);
        return false;
    }
    const struct roster_entry *who = roster_by_key(&exchange->office->roster, input->key);
    const struct session *session = who ? map_get(&hub->sessions, bytes_of_text(who->unit)) : NULL;
    uint64_t seq;
    if (session && session_push_needs_chain(session, push, &seq) &&
        look_up_chain(exchange, session, seq, chain) == OK)
        input->chain_before = chain;
    return true;
}

static void judge(struct exchange *exchange, const struct hub_input *input)
{
    struct hub_output output = {.events = exchange->events};
    switch (hub_on_frame(&exchange->hub, input, &output)) {
    case HUB_NOTHING_MORE:
        break;
    case HUB_APPEND:
        add_events(exchange, &input->frame->push, &output);
        break;
    case HUB_SAVE_ROW:
        add_row(exchange, output.session);
        break;
    }
    if (output.alarm) {
        struct bytes unit = output.session ? bytes_of_text(output.session->unit) : BYTES_NONE;
        raise_alarm(exchange, output.alarm, unit, output.alarm_text);
    }
}

void exchange_on_message(struct exchange *exchange, const struct exchange_message *message)
{
    struct frame frame;
    struct problem problem = {0};
    struct hash chain;
    struct hub_input input = {
        .route = message->route,
        .key = message->key,
        .frame = &frame,
        .now_ms = message->now_ms,
        .wall_ms = message->wall_ms,
    };
    arena_reset(&exchange->arena);
    if (wire_frame_decode(message->frame, &exchange->arena, &frame, &problem) != OK) {
        hub_on_undecodable(&exchange->hub, message->route, message->key, problem.text,
                           message->now_ms);
        return;
    }
    if (frame.kind == FRAME_PUSH && !prepare_push(exchange, &frame.push, &input, &chain))
        return;
    if (frame.kind == FRAME_SUBSCRIBE)
        input.after_fits = subscriber_fits(exchange, &frame.subscribe);
    judge(exchange, &input);
}

/* ---- the writer is done ---- */

static void tell_sessions(struct exchange *exchange, const struct batch *batch)
{
    const struct map *sessions = &exchange->hub.sessions;
    for (size_t i = 0; i < batch->unit_count; i++) {
        const struct batch_unit *unit = &batch->units[i];
        struct session *session = map_get(sessions, bytes_of_text(unit->unit));
        if (!session)
            continue;
        if (unit->has_events)
            session_on_committed(session, unit->have_seq, unit->have_position, &unit->chain,
                                 unit->refused);
        if (unit->lost)
            session_on_lost(session);
    }
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_entry *entry = &batch->entries[i];
        if (entry->kind != BATCH_ROW)
            continue;
        struct session *session = map_get(sessions, bytes_of_text(batch->units[entry->unit].unit));
        if (session)
            hub_on_row_saved(&exchange->hub, session, batch->rows[entry->row].epoch,
                             batch->rows[entry->row].token.counter);
    }
}

static bool has_roster_change(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->entries[i].kind == BATCH_RECORD &&
            batch->entries[i].record_kind == RECORD_ROSTER)
            return true;
    return false;
}

void exchange_on_committed(struct exchange *exchange, struct batch *batch)
{
    if (batch->events_lost) {
        trace_line(&exchange->hub.trace,
                   "disk_full no events are taken until space returns; agents hold theirs");
        hub_on_taking(&exchange->hub, false);
    }
    tell_sessions(exchange, batch);
    office_on_committed(exchange->office, batch);
    if (has_roster_change(batch))
        hub_on_roster_changed(&exchange->hub);
    hub_on_committed(&exchange->hub, batch->head.position);
    if (batch->clock_stepped_back && !exchange->clock_alarmed)
        raise_alarm(
            exchange, ALARM_CLOCK_STEPPED_BACK, BYTES_NONE,
            "the broker's clock stepped back; recorded_at stands still until it has caught up");
    exchange->clock_alarmed = batch->clock_stepped_back;
    batch_clear(batch);
}

void exchange_on_space(struct exchange *exchange)
{
    trace_line(&exchange->hub.trace, "space_returned");
    hub_on_taking(&exchange->hub, true);
}

void exchange_turn(struct exchange *exchange, uint64_t now_ms, int64_t wall_ms)
{
    struct hub_action action;
    hub_begin_turn(&exchange->hub);
    while (hub_next(&exchange->hub, now_ms, wall_ms, &action)) {
        switch (action.kind) {
        case HUB_SEND:
            exchange_send(exchange, &action);
            break;
        case HUB_ACK:
            exchange_send_ack(exchange, action.peer);
            break;
        case HUB_CONTACTS:
            exchange_tell(exchange, action.feed, now_ms);
            break;
        case HUB_READ:
            exchange_serve(exchange, action.feed, now_ms);
            break;
        }
    }
}
