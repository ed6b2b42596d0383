/* log_private.h - what log.c, log_index.c and log_reader.c share. */
#pragma once

#include "store/log.h"

enum { LOG_POSITION_SIZE = 8 };

struct log_position_key {
    uint8_t bytes[LOG_POSITION_SIZE];
};

static inline struct bytes log_position_key(uint64_t position, struct log_position_key *key)
{
    u64_put(key->bytes, position);
    return bytes_of(key->bytes, sizeof(key->bytes));
}

/* 0: the key is no position. */
static inline uint64_t log_position(struct bytes key)
{
    return key.size == LOG_POSITION_SIZE ? u64_get(key.data) : 0;
}

/* Ends the runs of an epoch behind its last seq, so that log_find cannot run over into another
 * unit's records. */
MUST_CHECK enum err log_runs_close(struct store_txn *txn, struct bytes unit, uint32_t epoch,
                                   uint64_t last_seq);
