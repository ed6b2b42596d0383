/* outbox_add.c - see outbox_add.h. */
#include "agent/outbox_add.h"

enum err outbox_add(struct store_txn *txn, struct outbox_state *state, struct bytes event_id,
                    struct bytes envelope, enum outbox_verdict *verdict, uint64_t *seq)
{
    uint32_t generation = 0;
    enum err err = outbox_find(txn, event_id, &generation, seq);
    if (err == OK) {
        *verdict = OUTBOX_KNOWN;
        return OK;
    }
    if (err != ERR_NOT_FOUND)
        TRY(err);
    TRY(outbox_append(txn, state, event_id, envelope));
    *verdict = OUTBOX_TAKEN;
    *seq = state->last_seq;
    return OK;
}
