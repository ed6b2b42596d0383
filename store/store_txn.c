/* store_txn.c - transactions, keys and cursors of a store. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "store/store_private.h"

enum {
    KEY_SIZE_MAX = 511,     /* LMDB's own, compiled in */
    ENTRY_OVERHEAD = 16,    /* node header, page slot and padding of one entry */
    LARGE_FRACTION = 4,     /* entries above a quarter of a page may take pages of their own */
    ROOM_IS_TIGHT = 8,      /* below an eighth of the quota, free pages are counted exactly */
    COMMIT_SLACK = 1 << 16, /* branch pages and the free list of one commit */
};

static MDB_val val_of(struct bytes bytes)
{
    return (MDB_val){bytes.size, (void *)bytes.data};
}

static struct bytes bytes_of_val(const MDB_val *val)
{
    return bytes_of(val->mv_data, val->mv_size);
}

static enum err begin_write(struct store *store, struct store_txn **out)
{
    assert(!store->read_only);
    MDB_txn *handle;
    TRY(store_err_of(mdb_txn_begin(store->env, NULL, 0, &handle)));
    store->writer = (struct store_txn){
        .store = store, .handle = handle, .room_bytes = UINT64_MAX, .is_write = true};
    *out = &store->writer;
    return OK;
}

/* What an ordinary transaction may still write: up to the quota, and leaving the reserve on the
 * disk. */
static enum err room_of(struct store *store, uint64_t *room)
{
    MDB_envinfo info;
    mdb_env_info(store->env, &info);
    uint64_t used = ((uint64_t)info.me_last_pgno + 1) * store->page_bytes;
    if (used > store->quota_bytes - store->quota_bytes / ROOM_IS_TIGHT)
        TRY(store_used_bytes(store, &used));
    uint64_t disk = store_disk_free_bytes(store);
    uint64_t below_quota = used < store->quota_bytes ? store->quota_bytes - used : 0;
    uint64_t above_reserve = disk > store->reserve_bytes ? disk - store->reserve_bytes : 0;
    *room = below_quota < above_reserve ? below_quota : above_reserve;
    return *room == 0 ? ERR_FULL : OK;
}

enum err store_begin(struct store *store, struct store_txn **out)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(begin_write(store, &txn));
    TRY(room_of(store, &txn->room_bytes));
    *out = TAKE(txn);
    return OK;
}

enum err store_begin_reserved(struct store *store, struct store_txn **out)
{
    return begin_write(store, out);
}

enum err store_begin_read(struct store *store, struct store_txn **out)
{
    struct store_txn *txn = atomic_exchange(&store->idle_read, NULL);
    int code;
    if (txn) {
        code = mdb_txn_renew(txn->handle);
        if (code != 0)
            mdb_txn_abort(txn->handle);
    } else {
        txn = calloc(1, sizeof(*txn));
        if (!txn)
            abort();
        txn->store = store;
        code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn->handle);
    }
    if (code != 0) {
        free(txn);
        return store_err_of(code);
    }
    *out = txn;
    return OK;
}

/* LMDB reports the first short write of a filling disk as EIO; the next one would say ENOSPC. */
static bool space_is_the_reason(struct store *store, uint64_t written)
{
    uint64_t needed = 2 * written + COMMIT_SLACK;
    struct rlimit limit;
    struct stat status;
    int fd = -1;
    if (store_disk_free_bytes(store) < needed)
        return true;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           mdb_env_get_fd(store->env, &fd) == 0 && fstat(fd, &status) == 0 &&
           (uint64_t)status.st_size + needed > (uint64_t)limit.rlim_cur;
}

enum err store_commit(struct store_txn *txn)
{
    assert(txn->is_write);
    struct store *store = txn->store;
    enum err failure = txn->failure;
    uint64_t written = txn->written_bytes;
    if (failure != OK) {
        store_txn_abort(txn);
        return failure;
    }
    MDB_txn *handle = TAKE(txn->handle); /* cleared first: the commit lets the next writer in */
    int code = mdb_txn_commit(handle);
    if (code == EIO && space_is_the_reason(store, written))
        return ERR_FULL;
    return store_err_of(code);
}

void store_txn_abort(struct store_txn *txn)
{
    if (!txn)
        return;
    MDB_txn *handle = TAKE(txn->handle);
    if (txn->is_write) {
        mdb_txn_abort(handle);
        return;
    }
    mdb_txn_reset(handle);
    txn->handle = handle;
    struct store_txn *surplus = atomic_exchange(&txn->store->idle_read, txn);
    if (surplus) {
        mdb_txn_abort(surplus->handle);
        free(surplus);
    }
}

static enum err fail(struct store_txn *txn, enum err err)
{
    if (txn->failure == OK)
        txn->failure = err;
    return err;
}

static enum err put(struct store_txn *txn, unsigned table, struct bytes key, MDB_val *value,
                    unsigned flags)
{
    const struct store *store = txn->store;
    assert(txn->is_write && table < store->tables_count);
    assert(key.size > 0 && key.size <= KEY_SIZE_MAX);
    uint64_t size = key.size + value->mv_size + ENTRY_OVERHEAD;
    if (size > store->page_bytes / LARGE_FRACTION)
        size += store->page_bytes - size % store->page_bytes;
    if (size > txn->room_bytes || txn->written_bytes > txn->room_bytes - size)
        return fail(txn, ERR_FULL);
    txn->written_bytes += size;
    MDB_val key_val = val_of(key);
    int code = mdb_put(txn->handle, store->tables[table], &key_val, value, flags);
    return code == 0 ? OK : fail(txn, store_err_of(code));
}

enum err store_put(struct store_txn *txn, unsigned table, struct bytes key, struct bytes value)
{
    MDB_val val = val_of(value);
    return put(txn, table, key, &val, 0);
}

enum err store_append(struct store_txn *txn, unsigned table, struct bytes key, struct bytes value)
{
    MDB_val val = val_of(value);
    return put(txn, table, key, &val, MDB_APPEND);
}

enum err store_append_reserve(struct store_txn *txn, unsigned table, struct bytes key,
                              size_t value_size, uint8_t **out)
{
    MDB_val val = {value_size, NULL};
    TRY(put(txn, table, key, &val, MDB_APPEND | MDB_RESERVE));
    *out = val.mv_data;
    return OK;
}

enum err store_get(struct store_txn *txn, unsigned table, struct bytes key, struct bytes *out)
{
    assert(table < txn->store->tables_count);
    MDB_val key_val = val_of(key);
    MDB_val value;
    int code = mdb_get(txn->handle, txn->store->tables[table], &key_val, &value);
    if (code != 0)
        return store_err_of(code); /* not found is an answer: not reported */
    *out = bytes_of_val(&value);
    return OK;
}

enum err store_remove(struct store_txn *txn, unsigned table, struct bytes key)
{
    assert(txn->is_write && table < txn->store->tables_count);
    MDB_val key_val = val_of(key);
    int code = mdb_del(txn->handle, txn->store->tables[table], &key_val, NULL);
    if (code == 0 || code == MDB_NOTFOUND)
        return store_err_of(code);
    return fail(txn, store_err_of(code));
}

static int move(MDB_cursor *handle, struct bytes at, MDB_cursor_op op, struct store_cursor *out)
{
    MDB_val key = val_of(at);
    MDB_val value;
    int code = mdb_cursor_get(handle, &key, &value, op);
    if (code == 0)
        *out = (struct store_cursor){
            .handle = handle, .key = bytes_of_val(&key), .value = bytes_of_val(&value)};
    return code;
}

static enum err open_cursor(struct store_txn *txn, unsigned table, MDB_cursor **out)
{
    assert(table < txn->store->tables_count);
    return store_err_of(mdb_cursor_open(txn->handle, txn->store->tables[table], out));
}

static enum err seek(struct store_txn *txn, unsigned table, struct bytes at, MDB_cursor_op op,
                     struct store_cursor *out)
{
    MDB_cursor *handle;
    TRY(open_cursor(txn, table, &handle));
    int code = move(handle, at, op, out);
    if (code != 0)
        mdb_cursor_close(handle);
    return store_err_of(code);
}

enum err store_seek(struct store_txn *txn, unsigned table, struct bytes from,
                    struct store_cursor *out)
{
    return seek(txn, table, from, from.size == 0 ? MDB_FIRST : MDB_SET_RANGE, out);
}

enum err store_seek_last(struct store_txn *txn, unsigned table, struct store_cursor *out)
{
    return seek(txn, table, BYTES_NONE, MDB_LAST, out);
}

enum err store_seek_back(struct store_txn *txn, unsigned table, struct bytes at,
                         struct store_cursor *out)
{
    MDB_cursor *handle;
    struct store_cursor found;
    TRY(open_cursor(txn, table, &handle));
    int code = move(handle, at, MDB_SET_RANGE, &found);
    if (code == MDB_NOTFOUND)
        code = move(handle, at, MDB_LAST, &found);
    else if (code == 0 && !bytes_equal(found.key, at))
        code = move(handle, at, MDB_PREV, &found);
    if (code != 0)
        mdb_cursor_close(handle);
    else
        *out = found;
    return store_err_of(code);
}

enum err store_next(struct store_cursor *cursor)
{
    struct store_cursor now;
    int code = move(cursor->handle, BYTES_NONE, MDB_NEXT, &now);
    if (code != 0)
        return store_err_of(code); /* the end is an answer: not reported */
    *cursor = now;
    return OK;
}

void store_cursor_close(struct store_cursor *cursor)
{
    if (cursor->handle)
        mdb_cursor_close(TAKE(cursor->handle));
}
