/* directory.c - see directory.h. */
#include "audit/directory.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>

#include "audit/child.h"
#include "io/daemon.h"

enum { FOLLOW_POLL_MS = 50 };
static const uint64_t MAP_BYTES_MIN = UINT64_C(32) << 30;

enum err directory_open(const char *directory, struct store **out, struct problem *problem)
{
    char path[DIRECTORY_PATH_MAX], file[DIRECTORY_PATH_MAX + 16];
    if (snprintf(path, sizeof path, "%s/store", directory) >= (int)sizeof path)
        return ERR_LIMIT;
    (void)snprintf(file, sizeof file, "%s/data.mdb", path);
    struct stat status;
    uint64_t size = stat(file, &status) == 0 ? (uint64_t)status.st_size : 0;
    struct store_options options = {
        .directory = path,
        /* A running broker may grow the file beyond what it is now. */
        .map_bytes = 2 * size > MAP_BYTES_MIN ? 2 * size : MAP_BYTES_MIN,
        .read_only = true,
        .tables = log_tables,
    };
    return store_open(&options, out, problem);
}

struct walk {
    const struct reading *reading;
    const struct reading_sink *sink;
    struct problem *problem;
    uint64_t next, to; /* position to read next; last one wanted, UINT64_MAX: no end */
    uint64_t signature_next;
};

static enum err damaged(struct walk *walk, enum err err, const char *what)
{
    problem_set(walk->problem, "position %" PRIu64 ": %s (%s)", walk->next, what, err_name(err));
    problem_remedy(walk->problem, "what is before it can be trusted; restore a backup, and the "
                                  "agents send again what it lacks");
    return err;
}

/* Signatures stand at the last record of their push. */
static enum err hand_out_signatures(struct walk *walk, struct store_cursor *signatures,
                                    uint64_t position)
{
    while (signatures->handle && signatures->key.size == 8 &&
           u64_get(signatures->key.data) <= position) {
        struct push_signature signature;
        uint64_t at = u64_get(signatures->key.data);
        enum err err = wire_push_signature_decode(signatures->value, &signature);
        if (err != OK || signature.position != at)
            return damaged(walk, ERR_CORRUPT, "its signature row is damaged");
        walk->signature_next = signature.position + 1;
        TRY(walk->sink->on_signature(walk->sink->context, &signature));
        err = store_next(signatures);
        if (err == ERR_NOT_FOUND) {
            store_cursor_close(signatures);
            *signatures = (struct store_cursor){0};
        } else if (err != OK) {
            return damaged(walk, err, "the table of signatures cannot be read on");
        }
    }
    return OK;
}

static enum err hand_out(struct walk *walk, struct bytes row, struct store_cursor *signatures)
{
    struct record record;
    struct hash hash;
    if (wire_record_decode(wire_row_record(row), &record, walk->problem) != OK)
        return damaged(walk, ERR_CORRUPT, "the bytes there are no record");
    memcpy(hash.bytes, row.data, HASH_SIZE);
    if (record.position != walk->next)
        return damaged(walk, ERR_CORRUPT, "the record there says that it is another one");
    if (filter_takes(&walk->reading->filter, &record))
        TRY(walk->sink->on_record(walk->sink->context, &record, &hash));
    if (walk->sink->on_signature)
        TRY(hand_out_signatures(walk, signatures, walk->next));
    walk->next++;
    return OK;
}

static enum err seek_signatures(struct walk *walk, struct store_txn *txn, struct store_cursor *out)
{
    if (!walk->sink->on_signature)
        return OK;
    uint8_t key[8];
    u64_put(key, walk->signature_next > walk->next ? walk->signature_next : walk->next);
    enum err err = store_seek(txn, LOG_SIGNATURES, bytes_of(key, sizeof key), out);
    if (err != OK && err != ERR_NOT_FOUND)
        return damaged(walk, err, "the table of signatures cannot be read");
    return OK;
}

static uint64_t lesser(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

/* One read transaction. ERR_NOT_FOUND: the head was reached. */
static enum err turn(struct walk *walk, struct store *store)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    CLEANUP(store_cursor_close) struct store_cursor signatures = {0};
    CLEANUP(log_reader_close) struct log_reader reader = {0};
    uint64_t first = walk->next;
    enum err err = store_begin_read(store, &txn);
    if (err != OK)
        return damaged(walk, err, "no read transaction");
    err = log_reader_open(txn, walk->next, &reader);
    if (err == OK)
        TRY(seek_signatures(walk, txn, &signatures));
    uint64_t until_ms = clock_steady_ms() + DIRECTORY_TURN_MS;
    while (err == OK) {
        uint64_t left = first + DIRECTORY_TURN_RECORDS - walk->next;
        if (walk->next > walk->to || left == 0 || clock_steady_ms() >= until_ms)
            return OK;
        err = log_read(&reader, lesser(left, walk->to - walk->next + 1), DIRECTORY_GROUP_BYTES);
        for (size_t i = 0; err == OK && i < reader.count; i++)
            TRY(hand_out(walk, reader.rows[i], &signatures));
    }
    return err == ERR_NOT_FOUND ? err : damaged(walk, err, "the record cannot be read");
}

/* A last record that is damaged counts as far away: the walk comes to it and names its position. */
static enum err read_head(struct store *store, struct walk *walk, uint64_t *out)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    struct log_head head;
    enum err err = store_begin_read(store, &txn);
    if (err == OK)
        err = log_head(txn, &head);
    if (err == ERR_CORRUPT) {
        *out = INT64_MAX;
        return OK;
    }
    if (err != OK) {
        problem_set(walk->problem, "the log's end cannot be read (%s)", err_name(err));
        return err;
    }
    *out = head.position;
    return OK;
}

/* Waits until there is something at walk->next. */
static enum err await(struct store *store, struct walk *walk)
{
    while (!child_is_stopped()) {
        uint64_t head = 0;
        TRY(read_head(store, walk, &head));
        if (head >= walk->next)
            return OK;
        if (head + 1 < walk->next && walk->next > walk->reading->from) {
            problem_set(walk->problem,
                        "the log went back to position %" PRIu64 ", %" PRIu64 " was read before",
                        head, walk->next - 1);
            problem_remedy(walk->problem, "the broker was restored from a backup: replay again");
            return ERR_CORRUPT;
        }
        (void)poll(NULL, 0, FOLLOW_POLL_MS);
    }
    return OK;
}

enum err directory_read(struct store *store, const struct reading *reading,
                        const struct reading_sink *sink, struct problem *problem)
{
    struct walk walk = {.reading = reading,
                        .sink = sink,
                        .problem = problem,
                        .next = reading->from,
                        .to = reading->to > 0 ? reading->to : UINT64_MAX};
    uint64_t head = 0;
    TRY(read_head(store, &walk, &head));
    if (reading->from > head + 1) {
        reading_beyond_end(reading->from, problem);
        return ERR_NOT_FOUND;
    }
    if (!reading->follow && walk.to > head)
        walk.to = head;
    while (walk.next <= walk.to && !child_is_stopped()) {
        enum err err = turn(&walk, store);
        if (err == ERR_NOT_FOUND && !reading->follow)
            return damaged(&walk, ERR_CORRUPT, "the log ends before its own head");
        if (err != OK && err != ERR_NOT_FOUND)
            return err;
        if (sink->on_turn)
            TRY(sink->on_turn(sink->context, walk.next - 1));
        if (err == ERR_NOT_FOUND)
            TRY(await(store, &walk));
    }
    return OK;
}

static enum err hand_out_own(struct store_txn *txn, uint64_t position,
                             const struct reading_sink *sink)
{
    struct bytes row;
    struct record record;
    struct hash hash;
    TRY(log_row(txn, position, &row));
    TRY(wire_row_open(row, &record, &hash));
    return sink->on_record(sink->context, &record, &hash);
}

enum err directory_read_own(struct store *store, const struct reading_sink *sink,
                            struct problem *problem)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    CLEANUP(store_cursor_close) struct store_cursor marks = {0};
    uint8_t from[8] = {0};
    enum err err = store_begin_read(store, &txn);
    if (err == OK)
        err = store_seek(txn, LOG_MARKS, bytes_of(from, sizeof from), &marks);
    while (err == OK) {
        err = marks.key.size == 8 ? hand_out_own(txn, u64_get(marks.key.data), sink) : ERR_CORRUPT;
        if (err == OK)
            err = store_next(&marks);
    }
    if (err == ERR_NOT_FOUND)
        return OK;
    problem_set(problem, "the broker's own records cannot be read (%s)", err_name(err));
    problem_remedy(problem, "huoshui-audit verify names the place");
    return err;
}
