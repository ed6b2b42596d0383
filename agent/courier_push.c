/*
 * courier_push.c - see courier_push.h. The buffers are the courier's, so a steady stream allocates
 * nothing; one signature a push, over the chain after its last event.
 */
#include "agent/courier_push.h"

#include <inttypes.h>
#include <stdio.h>

struct load {
    uint64_t bytes; /* of envelopes */
    uint32_t count;
    struct hash chain;
};

static void take(struct courier *courier, const struct outbox_rows *rows, struct load *load)
{
    for (size_t i = 0; i < rows->count; i++) {
        wire_batch_add(&courier->batch, rows->envelopes[i]);
        load->bytes += rows->envelopes[i].size;
    }
    memcpy(load->chain.bytes, rows->chains[rows->count - 1], HASH_SIZE);
    load->count += (uint32_t)rows->count;
}

/* Rows before one that cannot be read go out: it is the next push that fails. */
static enum err load_batch(struct courier *courier, const struct uplink_action *action,
                           struct load *load)
{
    const struct home *home = courier->home;
    struct outbox_rows rows = {.count = HASH_GROUP};
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    buffer_clear(&courier->batch);
    TRY(store_begin_read(home->store, &txn));
    while (rows.count == HASH_GROUP && load->count < action->max_events) {
        uint32_t left = action->max_events - load->count;
        struct outbox_room room = {
            .count = left < HASH_GROUP ? left : HASH_GROUP,
            .bytes = action->max_bytes - load->bytes,
        };
        enum err err =
            outbox_read(txn, home->state.generation, action->from_seq + load->count, room, &rows);
        if (err != OK)
            return load->count > 0 ? OK : err;
        if (load->count > 0 && rows.envelopes[0].size > room.bytes)
            return OK;
        take(courier, &rows, load);
    }
    return OK;
}

static enum err sign(struct courier *courier, struct push *push, uint8_t *signature)
{
    const struct home *home = courier->home;
    buffer_clear(&courier->statement);
    wire_push_statement(home->request.unit, push->epoch, push->first_seq,
                        push->first_seq + push->count - 1, &push->chain_head, &courier->statement);
    return signer_sign(home->identity.signer, buffer_bytes(&courier->statement), signature);
}

/* What is under way arrives first: the end of the connection would throw it away. */
static void on_unreadable(struct courier *courier, uint64_t seq, enum err err, uint64_t now_ms)
{
    struct uplink *uplink = &courier->uplink;
    char text[sizeof(uplink->held_text)];
    if (uplink->acked_seq < uplink->sent_seq) {
        uplink_on_blocked(uplink, now_ms);
        return;
    }
    (void)snprintf(text, sizeof(text),
                   "本机发件箱第 %" PRIu64 " 条读不出，没有送出；请查看磁盘，仍读不出就重新入网 "
                   "rejoin (outbox row %" PRIu64 ": %s; look at the disk, then rejoin)",
                   seq, seq, err_name(err));
    uplink_on_trouble(uplink, text, now_ms);
}

void courier_push(struct courier *courier, const struct uplink_action *action, uint64_t now_ms)
{
    struct load load = {0};
    uint8_t signature[SIGN_SIGNATURE_SIZE];
    struct frame frame = {.kind = FRAME_PUSH};
    enum err err = load_batch(courier, action, &load);
    frame.push = (struct push){
        .epoch = courier->uplink.epoch,
        .first_seq = action->from_seq,
        .count = load.count,
        .batch = buffer_bytes(&courier->batch),
        .chain_head = load.chain,
        .signature = bytes_of(signature, sizeof(signature)),
    };
    if (err == OK && load.bytes >= action->compress_from_bytes)
        frame.push.compressed = wire_batch_compress(&frame.push.batch, &courier->compressed);
    if (err == OK)
        err = sign(courier, &frame.push, signature);
    if (err != OK)
        on_unreadable(courier, action->from_seq, err, now_ms);
    else if (courier_send(courier, &frame))
        uplink_on_pushed(&courier->uplink, action->from_seq + load.count - 1, load.bytes, now_ms);
    else
        uplink_on_blocked(&courier->uplink, now_ms);
}
