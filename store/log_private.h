/* log_private.h - what log.c and log_index.c share. */
#pragma once

#include "store/log.h"

/* Ends the runs of an epoch behind its last seq, so that log_find cannot run over into another
 * unit's records. */
MUST_CHECK enum err log_runs_close(struct store_txn *txn, struct bytes unit, uint32_t epoch,
                                   uint64_t last_seq);
