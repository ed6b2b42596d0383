#include "broker/exchange_out.h"

#include <inttypes.h>

#include "proto/wire.h"

static enum exchange_outcome send_frame(struct exchange *exchange, const struct hub_peer *peer,
                                        const struct frame *frame)
{
    buffer_clear(&exchange->frame);
    wire_frame_encode(frame, &exchange->frame);
    return exchange->transport.send(exchange->transport.context,
                                    bytes_of(peer->route, peer->route_size),
                                    buffer_bytes(&exchange->frame));
}

static void peer_gone(struct exchange *exchange, const struct hub_peer *peer)
{
    hub_on_gone(&exchange->hub, bytes_of(peer->route, peer->route_size));
}

void exchange_send(struct exchange *exchange, struct hub_action *action)
{
    if (action->frame.kind == FRAME_WELCOME) {
        action->frame.welcome.log_id = bytes_of(exchange->office->log_id, LOG_ID_SIZE);
        action->frame.welcome.safe_position = exchange->office->safe_position;
        action->frame.welcome.head_position = exchange->hub.head_position;
    }
    if (send_frame(exchange, action->peer, &action->frame) == EXCHANGE_GONE)
        peer_gone(exchange, action->peer);
}

/* ---- acks ---- */

/* The refusals of acked_seq + 1 .. have_seq, as many as an ack may carry; ack->have_seq ends where
 * they end. */
static enum err collect_refusals(struct exchange *exchange, const struct session *session,
                                 struct ack *ack)
{
    ack->refusals = exchange->refusals;
    if (session->refused_count == 0)
        return OK;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(exchange->office->store, &txn));
    struct bytes unit = bytes_of_text(session->unit);
    uint64_t seq = session->acked_seq, position = 0;
    enum err err = OK;
    while (ack->refusal_count < ACK_REFUSALS_MAX) {
        err = log_refusal_next(txn, unit, session->epoch, seq + 1, &seq, &position);
        if (err != OK || seq > ack->have_seq)
            break;
        struct bytes row;
        struct record record;
        TRY(log_row(txn, position, &row));
        TRY(wire_row_open(row, &record, NULL));
        ack->refusals[ack->refusal_count++] = (struct ack_refusal){
            .seq = seq,
            .position = position,
            .reason = record.reason,
            .text = arena_copy(&exchange->arena, record.reason_text),
        };
    }
    if (ack->refusal_count == ACK_REFUSALS_MAX) { /* the next ack goes on from here */
        ack->have_seq = seq;
        ack->have_position = position;
    }
    return err == ERR_NOT_FOUND ? OK : err;
}

void exchange_send_ack(struct exchange *exchange, struct hub_peer *peer)
{
    const struct session *session = peer->session;
    arena_reset(&exchange->arena);
    struct frame frame = {
        .kind = FRAME_ACK,
        .ack =
            {
                .epoch = session->epoch,
                .have_seq = session->have_seq,
                .have_position = session->have_position,
                .credit_seq = session_credit(session, &exchange->hub.limits),
                .safe_position = exchange->office->safe_position,
            },
    };
    enum err err = collect_refusals(exchange, session, &frame.ack);
    if (err != OK) { /* an ack that might hide a refusal is worse than none: the agent asks again */
        trace_line(&exchange->hub.trace, "refusals_not_read unit=%s err=%s", session->unit,
                   err_name(err));
        hub_acked(peer, session->acked_seq, session->credit_seq);
        return;
    }
    switch (send_frame(exchange, peer, &frame)) {
    case EXCHANGE_SENT:
        hub_acked(peer, frame.ack.have_seq, frame.ack.credit_seq);
        break;
    case EXCHANGE_GONE:
        peer_gone(exchange, peer);
        break;
    case EXCHANGE_FULL: /* the agent does not read; its deadline brings a hello, and the acks after
                           it */
        hub_acked(peer, session->acked_seq, session->credit_seq);
        break;
    }
}

/* ---- feeds ---- */

void exchange_tell(struct exchange *exchange, struct hub_feed *item, uint64_t now_ms)
{
    struct frame frame = {.kind = FRAME_CONTACTS};
    hub_contacts_offer(item, exchange->contacts, &frame.contacts);
    switch (send_frame(exchange, item->peer, &frame)) {
    case EXCHANGE_SENT:
        hub_contacts_on_told(item, now_ms);
        break;
    case EXCHANGE_FULL:
        hub_contacts_on_blocked(item, now_ms);
        break;
    case EXCHANGE_GONE:
        peer_gone(exchange, item->peer);
        break;
    }
}

static enum err read_signatures(struct store_txn *txn, struct arena *arena, uint64_t from,
                                uint64_t to, struct update *update)
{
    uint8_t key[8];
    u64_put(key, from);
    CLEANUP(store_cursor_close) struct store_cursor cursor = {0};
    update->signatures = arena_alloc(arena, UPDATE_RECORDS_MAX * sizeof *update->signatures);
    if (!update->signatures)
        return ERR_LIMIT;
    enum err err = store_seek(txn, LOG_SIGNATURES, bytes_of(key, sizeof key), &cursor);
    for (; err == OK && u64_get(cursor.key.data) <= to; err = store_next(&cursor)) {
        if (update->signature_count == UPDATE_RECORDS_MAX)
            return ERR_LIMIT; /* cannot be: an unfiltered update has at most as many records */
        struct push_signature *signature = &update->signatures[update->signature_count++];
        TRY(wire_push_signature_decode(cursor.value, signature));
        signature->position = u64_get(cursor.key.data);
    }
    return err == ERR_NOT_FOUND ? OK : err;
}

/* As much of a record as a feed's decision needs. */
static enum err look_at(const struct hub_feed *item, struct bytes bytes, struct record *out)
{
    struct problem problem;
    *out = (struct record){0};
    if (feed_is_whole(&item->feed, item->peer->who) &&
        wire_record_peek(bytes, &out->position, &out->kind) == OK)
        return OK;
    return wire_record_decode(bytes, out, &problem);
}

static enum err take_row(struct exchange *exchange, const struct hub_feed *item, struct bytes row,
                         struct feed_update *making, bool *is_full)
{
    struct record record;
    TRY(look_at(item, wire_row_record(row), &record));
    if (record.position != making->scanned_to + 1)
        return ERR_CORRUPT;
    enum feed_verdict verdict = feed_offer(&item->feed, item->peer->who, &record, row.size, making);
    if (verdict == FEED_TAKE)
        wire_batch_add(&exchange->rows, row);
    *is_full = verdict == FEED_STOP;
    return OK;
}

/* Walks the log from the feed's cursor to the head as the sessions were told it; what it takes is
 * copied to exchange->rows. */
static enum err collect_rows(struct exchange *exchange, struct store_txn *txn,
                             const struct hub_feed *item, struct feed_update *making)
{
    CLEANUP(log_reader_close) struct log_reader reader;
    bool is_full = false;
    buffer_clear(&exchange->rows);
    TRY(log_reader_open(txn, item->feed.next_position, &reader));
    while (!is_full) {
        struct feed_room room =
            feed_room(&item->feed, item->peer->who, making, exchange->hub.head_position);
        if (room.rows == 0)
            return OK;
        enum err err = log_read(&reader, room.rows, room.bytes);
        if (err != OK) /* what is before a damaged row goes out first; the next turn ends at it */
            return err == ERR_NOT_FOUND || making->scanned > 0 ? OK : err;
        for (size_t i = 0; i < reader.count && !is_full; i++)
            TRY(take_row(exchange, item, reader.rows[i], making, &is_full));
    }
    return OK;
}

/* At the head many feeds stand at one place and read the same rows: they are read once. */
static bool kept_rows_fit(const struct exchange *exchange, const struct hub_feed *item)
{
    const struct feed *feed = &item->feed;
    return exchange->kept.is_kept && feed_is_whole(&item->feed, item->peer->who) &&
           exchange->kept.all_records == feed->all_records &&
           exchange->kept.from_position == feed->next_position &&
           exchange->kept.head_position == exchange->hub.head_position &&
           exchange->kept.update.count <= feed->credit - feed->delivered;
}

static enum err take_rows(struct exchange *exchange, struct store_txn *txn,
                          const struct hub_feed *item, struct feed_update *making)
{
    if (kept_rows_fit(exchange, item)) {
        *making = exchange->kept.update;
        return OK;
    }
    exchange->kept.is_kept = false;
    feed_begin(&item->feed, making);
    TRY(collect_rows(exchange, txn, item, making));
    exchange->kept.is_kept = feed_is_whole(&item->feed, item->peer->who);
    exchange->kept.all_records = item->feed.all_records;
    exchange->kept.from_position = item->feed.next_position;
    exchange->kept.head_position = exchange->hub.head_position;
    exchange->kept.update = *making;
    return OK;
}

/* One turn for one feed. The transaction ends here. */
static enum err serve(struct exchange *exchange, struct hub_feed *item, uint64_t now_ms)
{
    struct feed *feed = &item->feed;
    struct feed_update making;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(exchange->office->store, &txn));
    TRY(take_rows(exchange, txn, item, &making));
    if (!feed_worth_sending(feed, &making, exchange->hub.head_position)) {
        feed_on_scanned(feed, &making);
        return OK;
    }
    struct frame frame = {
        .kind = FRAME_UPDATE,
        .update =
            {
                .subscription = feed->subscription,
                .scanned_to = making.scanned_to,
                .head_position = exchange->hub.head_position,
                .count = making.count,
                .batch = buffer_bytes(&exchange->rows),
            },
    };
    arena_reset(&exchange->arena);
    if (feed->with_signatures)
        TRY(read_signatures(txn, &exchange->arena, feed->next_position, making.scanned_to,
                            &frame.update));
    switch (send_frame(exchange, item->peer, &frame)) {
    case EXCHANGE_SENT:
        feed_on_sent(feed, &making, exchange->hub.head_position, now_ms);
        return OK;
    case EXCHANGE_FULL:
        feed_on_blocked(feed, now_ms);
        return OK;
    case EXCHANGE_GONE:
        break;
    }
    return ERR_NOT_FOUND;
}

void exchange_serve(struct exchange *exchange, struct hub_feed *item, uint64_t now_ms)
{
    struct hub_peer *peer = item->peer;
    enum err err = serve(exchange, item, now_ms);
    if (err == OK)
        return;
    if (err != ERR_NOT_FOUND) /* a record that does not read is never served */
        trace_line(&exchange->hub.trace, "feed_ended position=%" PRIu64 " err=%s",
                   item->feed.next_position, err_name(err));
    peer_gone(exchange, peer);
}
