/* outbox_add.c - see outbox_add.h. */
#include "agent/outbox_add.h"

/* A row that has rotted holds nothing: handing it in again is the remedy. */
static enum err is_held(struct store_txn *txn, struct bytes event_id, uint64_t *seq, bool *out)
{
    uint32_t generation = 0;
    struct bytes envelope;
    struct hash chain;
    enum err err = outbox_find(txn, event_id, &generation, seq);
    if (err == OK)
        err = outbox_event(txn, generation, *seq, &envelope, &chain);
    *out = err == OK;
    return err == ERR_NOT_FOUND || err == ERR_CORRUPT ? OK : err;
}

enum err outbox_add(struct store_txn *txn, struct outbox_state *state, struct bytes event_id,
                    struct bytes envelope, enum outbox_verdict *verdict, uint64_t *seq)
{
    bool is_known = false;
    TRY(is_held(txn, event_id, seq, &is_known));
    if (is_known) {
        *verdict = OUTBOX_KNOWN;
        return OK;
    }
    TRY(outbox_append(txn, state, event_id, envelope));
    *verdict = OUTBOX_TAKEN;
    *seq = state->last_seq;
    return OK;
}
