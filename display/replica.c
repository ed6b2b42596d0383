/* replica.c - see replica.h. */
#include "display/replica.h"

#include <assert.h>

enum err replica_open(const char *directory, const struct store_options *sizes, struct replica *out,
                      struct problem *problem)
{
    struct store_options options = *sizes;
    options.directory = directory;
    options.tables = log_tables;
    *out = (struct replica){0};
    TRY(store_open(&options, &out->store, problem));
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    enum err err = store_begin_read(out->store, &txn);
    if (err == OK)
        err = log_head(txn, &out->head);
    if (err != OK) {
        store_txn_abort(TAKE(txn));
        store_close(TAKE(out->store));
        problem_set(problem, "%s: the end of the replica cannot be read (%s)", directory,
                    err_name(err));
        problem_remedy(problem, "move %s away: the broker sends everything again", directory);
        return err;
    }
    out->newest = out->head;
    return OK;
}

void replica_close(struct replica *replica)
{
    if (replica->store)
        store_close(TAKE(replica->store));
    buffer_release(&replica->held);
    buffer_release(&replica->rows);
}

static const struct replica_row *rows_of(const struct replica *replica)
{
    return (const struct replica_row *)(const void *)replica->rows.data;
}

size_t replica_waiting(const struct replica *replica)
{
    return replica->rows.size / sizeof(struct replica_row);
}

enum err replica_add(struct replica *replica, uint64_t position, const struct hash *hash,
                     struct bytes record)
{
    if (position != replica->newest.position + 1)
        return ERR_MALFORMED;
    if (replica->held.size + record.size > REPLICA_HELD_MAX)
        return ERR_FULL;
    struct replica_row row = {.hash = *hash, .offset = replica->held.size, .size = record.size};
    buffer_add(&replica->held, record);
    buffer_add(&replica->rows, bytes_of(&row, sizeof row));
    replica->newest = (struct log_head){.position = position, .hash = *hash};
    return OK;
}

/* A transaction of some of the rows; the head moves only when it is on the disk. */
static enum err commit_some(struct replica *replica, size_t from, size_t count)
{
    static struct bytes records[REPLICA_BATCH];
    static struct hash hashes[REPLICA_BATCH];
    const struct replica_row *rows = rows_of(replica) + from;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert(count > 0 && count <= REPLICA_BATCH);
    for (size_t i = 0; i < count; i++) {
        records[i] = bytes_of(replica->held.data + rows[i].offset, rows[i].size);
        hashes[i] = rows[i].hash;
    }
    TRY(store_begin(replica->store, &txn));
    TRY(log_append(txn, replica->head.position + 1, records, hashes, count));
    TRY(store_commit(TAKE(txn)));
    replica->head.position += count;
    replica->head.hash = hashes[count - 1];
    return OK;
}

/* Forgets the first rows, which are on the disk. */
static void drop(struct replica *replica, size_t count)
{
    size_t left = replica_waiting(replica) - count;
    if (left == 0) {
        buffer_clear(&replica->rows);
        buffer_clear(&replica->held);
        return;
    }
    struct replica_row *rows = (struct replica_row *)(void *)replica->rows.data;
    size_t base = rows[count].offset;
    memmove(replica->held.data, replica->held.data + base, replica->held.size - base);
    replica->held.size -= base;
    memmove(rows, rows + count, left * sizeof *rows);
    replica->rows.size = left * sizeof *rows;
    for (size_t i = 0; i < left; i++)
        rows[i].offset -= base;
}

enum err replica_commit(struct replica *replica)
{
    size_t count = replica_waiting(replica), done = 0;
    enum err err = OK;
    while (err == OK && done < count) {
        size_t some = count - done < REPLICA_BATCH ? count - done : REPLICA_BATCH;
        err = commit_some(replica, done, some);
        if (err == OK)
            done += some;
    }
    if (done > 0)
        drop(replica, done);
    return err;
}

/* ---- reading ---- */

static enum err show(replica_visit *visit, void *context, struct bytes bytes,
                     const struct hash *hash)
{
    struct record record;
    struct problem ignored = {0};
    if (wire_record_decode(bytes, &record, &ignored) != OK)
        return ERR_CORRUPT;
    return visit(context, &record, hash);
}

static enum err read_stored(struct replica *replica, uint64_t from, uint64_t to,
                            replica_visit *visit, void *context)
{
    enum { GROUP_BYTES = 4 << 20 };
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(replica->store, &txn));
    CLEANUP(log_reader_close) struct log_reader reader;
    TRY(log_reader_open(txn, from, &reader));
    while (from <= to) {
        TRY(log_read(&reader, to - from + 1, GROUP_BYTES));
        for (size_t i = 0; i < reader.count; i++, from++) {
            struct hash hash;
            memcpy(hash.bytes, reader.rows[i].data, HASH_SIZE);
            enum err err = show(visit, context, wire_row_record(reader.rows[i]), &hash);
            if (err != OK)
                return err;
        }
    }
    return OK;
}

enum err replica_read(struct replica *replica, uint64_t from, uint64_t to, replica_visit *visit,
                      void *context)
{
    uint64_t stored_to = to < replica->head.position ? to : replica->head.position;
    if (from <= stored_to) {
        enum err err = read_stored(replica, from, stored_to, visit, context);
        if (err != OK)
            return err;
        from = stored_to + 1;
    }
    const struct replica_row *rows = rows_of(replica);
    for (; from <= to && from <= replica->newest.position; from++) {
        const struct replica_row *row = &rows[from - replica->head.position - 1];
        enum err err =
            show(visit, context, bytes_of(replica->held.data + row->offset, row->size), &row->hash);
        if (err != OK)
            return err;
    }
    return OK;
}

enum err replica_hash(struct replica *replica, uint64_t position, struct hash *out)
{
    if (position == 0) {
        *out = (struct hash){0};
        return OK;
    }
    if (position == replica->newest.position) {
        *out = replica->newest.hash;
        return OK;
    }
    if (position > replica->head.position)
        return ERR_NOT_FOUND;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    struct bytes row;
    TRY(store_begin_read(replica->store, &txn));
    TRY(log_row(txn, position, &row));
    memcpy(out->bytes, row.data, HASH_SIZE);
    return OK;
}
