/* log_index.c - from (unit, epoch, seq) to positions: runs and refusals. */
#include <assert.h>

#include "store/log_private.h"

enum { SEQ_KEY_UNIT_MAX = 64, SEQ_KEY_TAIL = 13, SEQ_KEY_MAX = SEQ_KEY_UNIT_MAX + SEQ_KEY_TAIL };

/*
 * OFFSET  SIZE  MEANING
 *      0     n  unit's text
 *      n     1  0: so that 3415 and 341502 are not each other's beginning
 *    n+1     4  epoch
 *    n+5     8  seq
 */
struct seq_key {
    uint8_t bytes[SEQ_KEY_MAX];
    size_t size;
};

static struct bytes seq_key(struct bytes unit, uint32_t epoch, uint64_t seq, struct seq_key *key)
{
    assert(unit.size > 0 && unit.size <= SEQ_KEY_UNIT_MAX && !memchr(unit.data, 0, unit.size));
    memcpy(key->bytes, unit.data, unit.size);
    key->bytes[unit.size] = 0;
    u32_put(key->bytes + unit.size + 1, epoch);
    u64_put(key->bytes + unit.size + 5, seq);
    key->size = unit.size + SEQ_KEY_TAIL;
    return bytes_of(key->bytes, key->size);
}

/* Is it of the same unit and epoch as key? Then *seq and *position are what it holds. */
static bool is_same_series(const struct store_cursor *found, const struct seq_key *key,
                           uint64_t *seq, uint64_t *position)
{
    if (found->key.size != key->size || found->value.size != 8 ||
        memcmp(found->key.data, key->bytes, key->size - 8) != 0)
        return false;
    *seq = u64_get(found->key.data + key->size - 8);
    *position = u64_get(found->value.data);
    return true;
}

static enum err seq_put(struct store_txn *txn, unsigned table, struct bytes key, uint64_t position)
{
    uint8_t value[8];
    u64_put(value, position);
    return store_put(txn, table, key, bytes_of(value, sizeof(value)));
}

enum err log_run_put(struct store_txn *txn, struct bytes unit, uint32_t epoch, uint64_t first_seq,
                     uint64_t first_position)
{
    struct seq_key key;
    assert(first_seq > 0 && first_position > 0);
    return seq_put(txn, LOG_RUNS, seq_key(unit, epoch, first_seq, &key), first_position);
}

enum err log_runs_close(struct store_txn *txn, struct bytes unit, uint32_t epoch, uint64_t last_seq)
{
    struct seq_key key;
    return seq_put(txn, LOG_RUNS, seq_key(unit, epoch, last_seq + 1, &key), 0);
}

enum err log_find(struct store_txn *txn, struct bytes unit, uint32_t epoch, uint64_t seq,
                  uint64_t *position)
{
    struct unit_row row;
    enum err err = log_unit_get(txn, unit, &row);
    if (err != OK)
        return err;
    if (epoch == row.epoch && seq > row.last_seq)
        return ERR_NOT_FOUND;
    CLEANUP(store_cursor_close) struct store_cursor run = {0};
    struct seq_key key;
    uint64_t first_seq;
    uint64_t first_position;
    err = store_seek_back(txn, LOG_RUNS, seq_key(unit, epoch, seq, &key), &run);
    if (err != OK)
        return err;
    if (!is_same_series(&run, &key, &first_seq, &first_position) || first_position == 0)
        return ERR_NOT_FOUND;
    *position = first_position + (seq - first_seq);
    return OK;
}

enum err log_refusal_put(struct store_txn *txn, struct bytes unit, uint32_t epoch, uint64_t seq,
                         uint64_t position)
{
    struct seq_key key;
    return seq_put(txn, LOG_REFUSALS, seq_key(unit, epoch, seq, &key), position);
}

enum err log_refusal_next(struct store_txn *txn, struct bytes unit, uint32_t epoch,
                          uint64_t from_seq, uint64_t *seq, uint64_t *position)
{
    CLEANUP(store_cursor_close) struct store_cursor cursor = {0};
    struct seq_key key;
    enum err err = store_seek(txn, LOG_REFUSALS, seq_key(unit, epoch, from_seq, &key), &cursor);
    if (err != OK)
        return err;
    return is_same_series(&cursor, &key, seq, position) ? OK : ERR_NOT_FOUND;
}
