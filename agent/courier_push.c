/*
 * courier_push.c - see courier_push.h. The buffers are the courier's, so a steady stream allocates
 * nothing; one signature a push, over the chain after its last event.
 */
#include "agent/courier_push.h"

#include <inttypes.h>
#include <stdio.h>

struct load {
    uint64_t last_seq, bytes; /* of envelopes */
    uint32_t count;
    struct hash chain;
};

static enum err load_batch(struct courier *courier, const struct uplink_action *action,
                           struct load *load)
{
    const struct home *home = courier->home;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    CLEANUP(store_cursor_close) struct store_cursor cursor = {0};
    buffer_clear(&courier->batch);
    TRY(store_begin_read(home->store, &txn));
    enum err err = outbox_seek(txn, home->state.generation, action->from_seq, &cursor);
    while (err == OK && load->count < action->max_events) {
        struct bytes envelope =
            bytes_of(cursor.value.data + HASH_SIZE, cursor.value.size - HASH_SIZE);
        if (load->count > 0 && load->bytes + envelope.size > action->max_bytes)
            break;
        wire_batch_add(&courier->batch, envelope);
        memcpy(load->chain.bytes, cursor.value.data, HASH_SIZE);
        load->last_seq = outbox_cursor_seq(&cursor);
        load->bytes += envelope.size;
        load->count++;
        err = store_next(&cursor);
    }
    if (err != OK && (err != ERR_NOT_FOUND || load->count == 0))
        return err;
    /* a row that is not where it belongs would be signed under another's number */
    return load->last_seq == action->from_seq + load->count - 1 ? OK : ERR_CORRUPT;
}

static enum err sign(struct courier *courier, struct push *push, uint8_t *signature)
{
    const struct home *home = courier->home;
    buffer_clear(&courier->statement);
    wire_push_statement(home->request.unit, push->epoch, push->first_seq,
                        push->first_seq + push->count - 1, &push->chain_head, &courier->statement);
    return signer_sign(home->identity.signer, buffer_bytes(&courier->statement), signature);
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
    if (err == OK && action->compress)
        frame.push.compressed = wire_batch_compress(&frame.push.batch, &courier->compressed);
    if (err == OK)
        err = sign(courier, &frame.push, signature);
    if (err != OK) {
        char text[160];
        (void)snprintf(text, sizeof(text),
                       "本机发件箱读不出第 %" PRIu64 " 条之后的内容 (outbox: %s)", action->from_seq,
                       err_name(err));
        uplink_on_trouble(&courier->uplink, text, now_ms);
    } else if (courier_send(courier, &frame)) {
        uplink_on_pushed(&courier->uplink, load.last_seq, load.bytes, now_ms);
    } else {
        uplink_on_blocked(&courier->uplink, now_ms);
    }
}
