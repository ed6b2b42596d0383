/* index.c - see index.h. */
#include "audit/index.h"

#include <inttypes.h>
#include <stdio.h>

#include "audit/directory.h"

enum { SEQ_TAIL = 13, SEQ_KEY_MAX = UNIT_TEXT_MAX + SEQ_TAIL, TURN_ROWS = 1000 };

/* unit text, 0, epoch u32, seq u64: the key of runs and refusals. */
struct seq_key {
    struct bytes unit;
    uint32_t epoch;
    uint64_t seq;
};

static struct bytes key_encode(const struct seq_key *key, uint8_t out[SEQ_KEY_MAX])
{
    memcpy(out, key->unit.data, key->unit.size);
    out[key->unit.size] = 0;
    u32_put(out + key->unit.size + 1, key->epoch);
    u64_put(out + key->unit.size + 5, key->seq);
    return bytes_of(out, key->unit.size + SEQ_TAIL);
}

static bool key_decode(struct bytes bytes, struct seq_key *out)
{
    if (bytes.size <= SEQ_TAIL || bytes.size > SEQ_KEY_MAX)
        return false;
    size_t size = bytes.size - SEQ_TAIL;
    out->unit = bytes_of(bytes.data, size);
    out->epoch = u32_get(bytes.data + size + 1);
    out->seq = u64_get(bytes.data + size + 5);
    return bytes.data[size] == 0 && unit_is_valid(out->unit);
}

enum err index_open(struct index_check *index, struct verify *verify, struct store *store,
                    const char *directory)
{
    *index = (struct index_check){.verify = verify, .store = store};
    char path[DIRECTORY_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/store", directory);
    enum err err = log_head_file_read(path, &index->head_file);
    if (err == ERR_NOT_FOUND)
        return OK;
    return err == OK ? OK : verify_fault(verify, 1, "%s/head is damaged (%s)", path, err_name(err));
}

void index_turn(struct index_check *index)
{
    if (index->txn)
        store_txn_abort(index->txn);
    index->txn = NULL;
}

void index_close(struct index_check *index)
{
    index_turn(index);
}

/* ---- with each record ---- */

static enum err expect_row(struct index_check *index, enum log_table table, struct bytes key,
                           uint64_t wanted, const char *what)
{
    struct bytes value;
    enum err err = store_get(index->txn, table, key, &value);
    uint64_t at = index->verify->position;
    if (err != OK)
        return verify_fault(index->verify, at, "the table of %s has no row for it (%s)", what,
                            err_name(err));
    if (value.size != 8 || u64_get(value.data) != wanted)
        return verify_fault(index->verify, at, "the table of %s leads elsewhere", what);
    return OK;
}

static enum err expect_mark(struct index_check *index, uint64_t position)
{
    uint8_t key[8];
    struct bytes value;
    u64_put(key, position);
    index->marks++;
    if (store_get(index->txn, LOG_MARKS, bytes_of(key, sizeof key), &value) != OK ||
        value.size != 0)
        return verify_fault(index->verify, position, "the table of marks has no row for it");
    return OK;
}

enum err index_record(struct index_check *index, const struct record *record)
{
    uint8_t bytes[SEQ_KEY_MAX];
    if (!index->txn && store_begin_read(index->store, &index->txn) != OK)
        return verify_fault(index->verify, record->position, "no read transaction");
    if (record->kind != RECORD_EVENT && record->kind != RECORD_REFUSAL)
        return expect_mark(index, record->position);
    struct seq_key key = {record->unit, record->epoch, record->seq};
    enum err err = OK;
    if (index->verify->starts_run)
        err = expect_row(index, LOG_RUNS, key_encode(&key, bytes), record->position, "runs");
    if (err == OK && record->kind == RECORD_REFUSAL) {
        index->refusals++;
        err =
            expect_row(index, LOG_REFUSALS, key_encode(&key, bytes), record->position, "refusals");
    }
    struct seq_key ended = {record->unit, index->verify->ended_epoch, index->verify->ended_seq + 1};
    if (err == OK && index->verify->ended_epoch != 0)
        err = expect_row(index, LOG_RUNS, key_encode(&ended, bytes), 0, "runs");
    return err;
}

/* ---- each table, row by row ---- */

struct table_walk {
    struct index_check *index;
    uint64_t head, count;
    struct seq_key run; /* the run before; unit points into run_unit */
    uint8_t run_unit[UNIT_TEXT_MAX];
    uint64_t run_position;
};
typedef enum err row_check(struct table_walk *walk, struct store_txn *txn, struct bytes key,
                           struct bytes value);

static enum err bad_table(struct table_walk *walk, const char *what)
{
    return verify_fault(walk->index->verify, walk->head, "%s", what);
}

/* In short transactions, so that a running broker can use its old pages again. */
static enum err walk_table(struct table_walk *walk, enum log_table table, row_check *check)
{
    uint8_t last[512] = {0};
    size_t last_size = 1; /* one zero byte: below every key */
    bool more = true;
    while (more) {
        CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
        CLEANUP(store_cursor_close) struct store_cursor cursor = {0};
        enum err err = store_begin_read(walk->index->store, &txn);
        if (err == OK)
            err = store_seek(txn, table, bytes_of(last, last_size), &cursor);
        for (int i = 0; err == OK && i < TURN_ROWS; i++) {
            int order = bytes_compare(cursor.key, bytes_of(last, last_size));
            if (cursor.key.size > sizeof last || order < 0 || (order == 0 && i > 0))
                return bad_table(walk, "the keys of a table are out of order");
            if (order > 0)
                TRY(check(walk, txn, cursor.key, cursor.value));
            memcpy(last, cursor.key.data, cursor.key.size);
            last_size = cursor.key.size;
            err = store_next(&cursor);
        }
        if (err != OK && err != ERR_NOT_FOUND)
            return bad_table(walk, "a table cannot be read on");
        more = err == OK;
    }
    return OK;
}

static bool is_record_of(struct store_txn *txn, uint64_t position, const struct seq_key *key,
                         struct record *out)
{
    struct bytes row;
    return log_row(txn, position, &row) == OK && wire_row_open(row, out, NULL) == OK &&
           bytes_equal(out->unit, key->unit) && out->epoch == key->epoch && out->seq == key->seq &&
           (out->kind == RECORD_EVENT || out->kind == RECORD_REFUSAL);
}

/* An epoch's runs end behind its last seq: that one is there, and the next is not. */
static bool is_true_end(struct table_walk *walk, struct store_txn *txn, const struct seq_key *key)
{
    struct record record;
    const struct seq_key *run = &walk->run;
    if (!bytes_equal(run->unit, key->unit) || run->epoch != key->epoch || run->seq == 0)
        return key->seq == 1; /* nothing was said in that epoch */
    if (key->seq <= run->seq)
        return false;
    struct seq_key last = {key->unit, key->epoch, key->seq - 1};
    uint64_t at = walk->run_position + (last.seq - run->seq);
    return is_record_of(txn, at, &last, &record) && !is_record_of(txn, at + 1, key, &record);
}

static enum err check_run(struct table_walk *walk, struct store_txn *txn, struct bytes key,
                          struct bytes value)
{
    struct seq_key run;
    struct record record;
    if (!key_decode(key, &run) || value.size != 8)
        return bad_table(walk, "a row of the table of runs is malformed");
    uint64_t position = u64_get(value.data);
    char unit[UNIT_TEXT_MAX + 1];
    bool fits =
        position > 0 ? is_record_of(txn, position, &run, &record) : is_true_end(walk, txn, &run);
    if (!fits)
        return verify_fault(walk->index->verify, position > 0 ? position : walk->head,
                            "the table of runs says that seq %" PRIu64 " of %s, epoch %" PRIu32
                            " stands there",
                            run.seq, bytes_to_text(run.unit, unit, sizeof unit), run.epoch);
    memcpy(walk->run_unit, run.unit.data, run.unit.size);
    walk->run = run;
    walk->run.unit = bytes_of(walk->run_unit, run.unit.size);
    walk->run_position = position;
    if (position == 0)
        walk->run.seq = 0;
    return OK;
}

static enum err count_refusal(struct table_walk *walk, struct store_txn *txn, struct bytes key,
                              struct bytes value)
{
    struct seq_key refusal;
    (void)txn;
    if (!key_decode(key, &refusal) || value.size != 8)
        return bad_table(walk, "a row of the table of refusals is malformed");
    walk->count += u64_get(value.data) <= walk->head;
    return OK;
}

static enum err count_mark(struct table_walk *walk, struct store_txn *txn, struct bytes key,
                           struct bytes value)
{
    (void)txn;
    if (key.size != 8 || value.size != 0)
        return bad_table(walk, "a row of the table of marks is malformed");
    walk->count += u64_get(key.data) <= walk->head;
    return OK;
}

static enum err check_meta(struct table_walk *walk, struct store_txn *txn, struct bytes key,
                           struct bytes value)
{
    struct log_head now; /* a backup made since may hold more than was proven here */
    if (!bytes_equal_text(key, "safe_position"))
        return bad_table(walk, "the table meta has a row that this program does not know");
    if (log_meta_get(txn, "safe_position", &value) != OK || value.size != 8)
        return bad_table(walk, "the safe position is damaged");
    if (log_head(txn, &now) != OK || u64_get(value.data) > now.position)
        return bad_table(walk, "the safe position lies beyond the log's end");
    return OK;
}

/* ---- units, and the head, in one transaction with the end of the walk ---- */

struct unit_walk {
    struct verify *verify;
    size_t known; /* rows of units that the log knows */
};

static enum err check_unit(void *context, struct bytes name, const struct unit_row *row)
{
    struct unit_walk *walk = context;
    const struct verify_unit *unit = map_get(&walk->verify->units, name);
    struct verify_unit nothing = {.epoch = row->epoch};
    char text[UNIT_TEXT_MAX + 1];
    bytes_to_text(name, text, sizeof text);
    walk->known += unit != NULL;
    /* Enrolled anew and greeted, and nothing said since. */
    if (!unit || row->epoch > unit->epoch)
        unit = &nothing;
    if (row->epoch != unit->epoch || row->last_seq != unit->last_seq ||
        row->last_position != unit->last_position || row->refused_count != unit->refused ||
        !hash_equal(&row->chain, &unit->chain))
        return verify_fault(walk->verify, walk->verify->position,
                            "the row of %s disagrees with the log: it says seq %" PRIu64
                            ", epoch %" PRIu32 ", position %" PRIu64 "; the log says seq %" PRIu64
                            ", epoch %" PRIu32 ", position %" PRIu64,
                            text, row->last_seq, row->epoch, row->last_position, unit->last_seq,
                            unit->epoch, unit->last_position);
    return OK;
}

static enum err check_units(struct index_check *index)
{
    struct unit_walk walk = {.verify = index->verify};
    enum err err = log_units(index->txn, check_unit, &walk);
    if (err != OK && index->verify->bad_position == 0)
        return verify_fault(index->verify, index->verify->position,
                            "a row of the table of units is damaged (%s)", err_name(err));
    if (err == OK && walk.known != index->verify->units.count)
        return verify_fault(index->verify, index->verify->position,
                            "the table of units has no row for a unit that has spoken");
    return err;
}

static enum err check_head(struct index_check *index)
{
    struct verify *verify = index->verify;
    const struct log_head *file = &index->head_file;
    struct log_head head;
    struct store_cursor last = {0};
    enum err err = log_head(index->txn, &head);
    if (err != OK || head.position != verify->position || !hash_equal(&head.hash, &verify->hash))
        return verify_fault(verify, verify->position,
                            "it is not the last one, yet nothing follows");
    err = store_seek_last(index->txn, LOG_SIGNATURES, &last);
    bool beyond = err == OK && (last.key.size != 8 || u64_get(last.key.data) > verify->position);
    store_cursor_close(&last);
    if (beyond || (err != OK && err != ERR_NOT_FOUND))
        return verify_fault(verify, verify->position, "there are signatures beyond the log's end");
    if (file->position > verify->position)
        return verify_fault(verify, verify->position,
                            "the log ends here, but the head file knew position %" PRIu64
                            ": the store was rolled back",
                            file->position);
    struct bytes row;
    if (file->position > 0 &&
        (log_row(index->txn, file->position, &row) != OK || row.size < HASH_SIZE ||
         memcmp(row.data, file->hash.bytes, HASH_SIZE) != 0))
        return verify_fault(verify, file->position,
                            "it is not the record that the head file names: the log was rewritten");
    return OK;
}

static enum err catch_up_row(struct index_check *index, struct bytes row, uint64_t position,
                             struct store_cursor *signatures)
{
    struct verify *verify = index->verify;
    struct record record;
    struct problem problem;
    struct hash hash;
    struct push_signature signature;
    if (wire_record_decode(wire_row_record(row), &record, &problem) != OK ||
        record.position != position)
        return verify_fault(verify, verify->position + 1, "the record is damaged");
    memcpy(hash.bytes, row.data, HASH_SIZE);
    TRY(verify_record(verify, &record, &hash));
    TRY(index_record(index, &record));
    if (!signatures->handle || signatures->key.size != 8 ||
        u64_get(signatures->key.data) != position)
        return OK;
    if (wire_push_signature_decode(signatures->value, &signature) != OK ||
        signature.position != position)
        return verify_fault(verify, position, "its signature row is damaged");
    TRY(verify_signature(verify, &signature));
    if (store_next(signatures) != OK)
        store_cursor_close(signatures);
    return OK;
}

/* What was committed during the walk, in the transaction that sees the rows of the units. */
static enum err catch_up(struct index_check *index)
{
    struct verify *verify = index->verify;
    CLEANUP(store_cursor_close) struct store_cursor signatures = {0};
    CLEANUP(log_reader_close) struct log_reader reader = {0};
    uint8_t key[8];
    u64_put(key, verify->position + 1);
    enum err err = store_seek(index->txn, LOG_SIGNATURES, bytes_of(key, sizeof key), &signatures);
    if (err == OK || err == ERR_NOT_FOUND)
        err = log_reader_open(index->txn, verify->position + 1, &reader);
    while (err == OK && (err = log_read(&reader, HASH_GROUP, DIRECTORY_GROUP_BYTES)) == OK)
        for (size_t i = 0; i < reader.count; i++)
            TRY(catch_up_row(index, reader.rows[i], reader.position + i, &signatures));
    if (err != ERR_NOT_FOUND)
        return verify_fault(verify, verify->position + 1, "the record cannot be read (%s)",
                            err_name(err));
    return OK;
}

static enum err check_counts(struct index_check *index)
{
    struct verify *verify = index->verify;
    struct table_walk walk = {.index = index, .head = verify->position};
    TRY(walk_table(&walk, LOG_RUNS, check_run));
    TRY(walk_table(&walk, LOG_REFUSALS, count_refusal));
    if (walk.count != index->refusals)
        return bad_table(&walk, "the table of refusals has rows for what is no refusal");
    walk.count = 0;
    TRY(walk_table(&walk, LOG_MARKS, count_mark));
    if (walk.count != index->marks)
        return bad_table(&walk, "the table of marks has rows for what is not the broker's own");
    return walk_table(&walk, LOG_META, check_meta);
}

enum err index_end(struct index_check *index)
{
    index_turn(index);
    if (store_begin_read(index->store, &index->txn) != OK)
        return verify_fault(index->verify, index->verify->position, "no read transaction");
    TRY(catch_up(index));
    TRY(verify_end(index->verify));
    TRY(check_head(index));
    TRY(check_units(index));
    index_turn(index);
    return check_counts(index);
}
