/*
 * store.h - one LMDB directory: opened by one process (a lock on the directory), one large sparse
 * map set once, default sync flags, no WRITEMAP, DUPSORT or deletes in the middle. Bytes read are
 * borrowed until the transaction ends, and a read transaction ends in the callback that began it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
    STORE_TABLES_MAX = 12,
    STORE_READERS_MAX = 1100, /* feeds read one at a time; audit processes come beside */
};

struct store;
struct store_txn;

struct store_options {
    const char *directory;  /* holds data.mdb; made with mode 0700 when absent and not read_only */
    uint64_t map_bytes;     /* sparse; set once, never resized while running */
    uint64_t quota_bytes;   /* ordinary writes end here; 0, or too large: map less the reserve */
    uint64_t reserve_bytes; /* of the map and of the disk: only for store_begin_reserved */
    /* Audit beside a running broker: takes no lock of ours and asks for no mode. Never in the
     * process that writes: LMDB's locks belong to the process, and closing one open drops them. */
    bool read_only;
    bool no_sync;              /* simulator only: a crash is simulated, the disk is not */
    const char *const *tables; /* NULL-ended; made when absent and not read_only */
};

/* Writable, it takes the lock of contract 5.1: ERR_BUSY, naming who holds it. */
MUST_CHECK enum err store_open(const struct store_options *options, struct store **out,
                               struct problem *problem);
void store_close(struct store *store);

/* Write. ERR_FULL above the quota or below the reserve of the disk, and from the put that would
 * cross them. */
MUST_CHECK enum err store_begin(struct store *store, struct store_txn **out);
/* May use the reserve: refusals, alarms, roster, cursors. */
MUST_CHECK enum err store_begin_reserved(struct store *store, struct store_txn **out);
MUST_CHECK enum err store_begin_read(struct store *store, struct store_txn **out);
/* Durable when it returns OK; frees txn either way. After a failed write: that failure again. */
MUST_CHECK enum err store_commit(struct store_txn *txn);
void store_txn_abort(struct store_txn *txn);

/* table is an index into options.tables. Keys are 1..511 bytes. put replaces. */
MUST_CHECK enum err store_put(struct store_txn *txn, unsigned table, struct bytes key,
                              struct bytes value);
/* The key must be above every key in the table (MDB_APPEND); ERR_CORRUPT when it is not. */
MUST_CHECK enum err store_append(struct store_txn *txn, unsigned table, struct bytes key,
                                 struct bytes value);
/* Appends a key with value_size bytes, which the caller writes to *out before the next call. */
MUST_CHECK enum err store_append_reserve(struct store_txn *txn, unsigned table, struct bytes key,
                                         size_t value_size, uint8_t **out);
MUST_CHECK enum err store_get(struct store_txn *txn, unsigned table, struct bytes key,
                              struct bytes *out); /* ERR_NOT_FOUND */
/* Small tables only. ERR_NOT_FOUND. */
MUST_CHECK enum err store_remove(struct store_txn *txn, unsigned table, struct bytes key);

struct store_cursor {
    void *handle; /* private */
    struct bytes key, value;
};
/* first key >= from; ERR_NOT_FOUND when none. Close every cursor before the txn ends. */
MUST_CHECK enum err store_seek(struct store_txn *txn, unsigned table, struct bytes from,
                               struct store_cursor *out);
MUST_CHECK enum err store_seek_last(struct store_txn *txn, unsigned table,
                                    struct store_cursor *out);
/* last key <= at; ERR_NOT_FOUND when none. */
MUST_CHECK enum err store_seek_back(struct store_txn *txn, unsigned table, struct bytes at,
                                    struct store_cursor *out);
MUST_CHECK enum err store_next(struct store_cursor *cursor); /* ERR_NOT_FOUND at the end */
void store_cursor_close(struct store_cursor *cursor); /* harmless on one that was never opened */

struct store_state {
    uint64_t used_bytes, quota_bytes, map_bytes; /* pages in use, not the sparse file's size */
    uint64_t disk_free_bytes;
    uint32_t readers, stale_readers_cleared;
};
/* Also clears the slots of dead readers. */
MUST_CHECK enum err store_state(struct store *store, struct store_state *out);
/* Makes DIRECTORY/data.mdb while others read and write; ERR_DENIED when there is one already. */
MUST_CHECK enum err store_backup(struct store *store, const char *directory,
                                 struct problem *problem);

DEFINE_CLEANUP(struct store *, store_close)
DEFINE_CLEANUP(struct store_txn *, store_txn_abort)
static inline void store_cursor_close_cleanup(struct store_cursor *cursor)
{
    store_cursor_close(cursor);
}
