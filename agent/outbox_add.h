/*
 * outbox_add.h - the way of an event into the outbox, for import and submit: an assertion that was
 * taken before, here or in an earlier generation, is not taken again. (rejoin appends anew what the
 * city lacks, and calls outbox_append itself.)
 * Use: store_begin, outbox_state_get, outbox_add for each event, outbox_state_put, store_commit;
 * only then say "accepted".
 */
#pragma once

#include "store/outbox.h"

enum outbox_verdict {
    OUTBOX_TAKEN,
    OUTBOX_KNOWN, /* the same event_id was taken before; nothing was written */
};

/* event_id and envelope as wire_event_seal made them. seq is where the event stands, old or new. */
MUST_CHECK enum err outbox_add(struct store_txn *txn, struct outbox_state *state,
                               struct bytes event_id, struct bytes envelope,
                               enum outbox_verdict *verdict, uint64_t *seq);
