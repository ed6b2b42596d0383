#include "broker/commit.h"

#include "proto/wire.h"

enum {
    CLOCK_STEP_MS = 1000,           /* smaller steps back are the clock being disciplined */
    RECORDS_WAITING_MAX = 256 << 10 /* bytes: a group of large records takes no memory for ever */
};

enum err commit_open(struct commit *commit, struct store *store)
{
    *commit = (struct commit){0};
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(store, &txn));
    TRY(log_head(txn, &commit->head));
    if (commit->head.position == 0)
        return OK;
    struct bytes row;
    struct record record;
    TRY(log_row(txn, commit->head.position, &row));
    TRY(wire_row_open(row, &record, NULL));
    commit->recorded_at_ms = record.recorded_at_ms;
    return OK;
}

void commit_release(struct commit *commit)
{
    buffer_release(&commit->records);
    buffer_release(&commit->signature);
}

/* One transaction in the making. */
struct making {
    struct commit *commit;
    struct store_txn *txn;
    struct batch *batch;
    struct log_head head;            /* of what is written */
    size_t waiting;                  /* records encoded after it, to be hashed together */
    size_t waiting_size[HASH_GROUP]; /* of each, in commit->records */
    int64_t now_ms;
    struct unit_row *rows; /* one a batch unit */
    bool *loaded;
    bool events; /* false: only what may use the reserve */
};

static enum err load_row(struct making *making, uint32_t unit)
{
    if (making->loaded[unit])
        return OK;
    enum err err = log_unit_get(making->txn, bytes_of_text(making->batch->units[unit].unit),
                                &making->rows[unit]);
    if (err == ERR_NOT_FOUND)
        making->rows[unit] = (struct unit_row){0};
    else
        TRY(err);
    making->loaded[unit] = true;
    return OK;
}

/* Hashes and writes the records that wait. */
static enum err flush_records(struct making *making)
{
    struct bytes records[HASH_GROUP];
    struct hash hashes[HASH_GROUP];
    const uint8_t *at = making->commit->records.data;
    if (making->waiting == 0)
        return OK;
    for (size_t i = 0; i < making->waiting; at += making->waiting_size[i++])
        records[i] = bytes_of(at, making->waiting_size[i]);
    hash_many(records, making->waiting, hashes);
    TRY(log_append(making->txn, making->head.position + 1, records, hashes, making->waiting));
    making->head.position += making->waiting;
    making->head.hash = hashes[making->waiting - 1];
    making->waiting = 0;
    buffer_clear(&making->commit->records);
    return OK;
}

static enum err append_record(struct making *making, struct record *record, uint64_t *position)
{
    struct buffer *records = &making->commit->records;
    size_t before = records->size;
    record->position = making->head.position + making->waiting + 1;
    record->recorded_at_ms = making->now_ms;
    wire_record_encode(record, records);
    making->waiting_size[making->waiting++] = records->size - before;
    *position = record->position;
    bool is_full = making->waiting == HASH_GROUP || records->size > RECORDS_WAITING_MAX;
    return is_full ? flush_records(making) : OK;
}

static enum err append_signature(struct making *making, const struct batch_entry *entry,
                                 struct bytes unit)
{
    struct push_signature signature = {
        .position = entry->position,
        .unit = unit,
        .epoch = entry->epoch,
        .first_seq = entry->push_first_seq,
        .last_seq = entry->seq,
        .signature = entry->signature,
    };
    struct buffer *scratch = &making->commit->signature;
    buffer_clear(scratch);
    wire_push_signature_encode(&signature, scratch);
    return log_signature_append(making->txn, entry->position, buffer_bytes(scratch));
}

static enum err append_event(struct making *making, struct batch_entry *entry)
{
    struct batch_unit *unit = &making->batch->units[entry->unit];
    struct unit_row *row = &making->rows[entry->unit];
    struct bytes name = bytes_of_text(unit->unit);
    if (entry->epoch != row->epoch) { /* the first event after a new enrolment */
        row->epoch = entry->epoch;
        row->last_seq = row->last_position = row->refused_count = 0;
    }
    /* The batch before was lost (disk full) and this one was already filling: its events would
     * leave a hole. */
    if (!making->events || entry->seq != row->last_seq + 1) {
        unit->lost = true;
        return OK;
    }
    struct record record = {
        .kind = entry->reason == REFUSAL_NONE ? RECORD_EVENT : RECORD_REFUSAL,
        .unit = name,
        .epoch = entry->epoch,
        .seq = entry->seq,
        .envelope = entry->envelope,
        .chain = entry->chain,
        .reason = entry->reason,
        .reason_text = entry->text,
    };
    if (entry->reason != REFUSAL_NONE)
        record.envelope_hash = entry->envelope_hash;
    TRY(append_record(making, &record, &entry->position));

    bool goes_on = row->last_seq > 0 && row->last_position + 1 == entry->position;
    if (!goes_on)
        TRY(log_run_put(making->txn, name, entry->epoch, entry->seq, entry->position));
    if (entry->reason != REFUSAL_NONE) {
        TRY(log_refusal_put(making->txn, name, entry->epoch, entry->seq, entry->position));
        row->refused_count++;
        unit->refused++;
    }
    if (entry->signature.size > 0)
        TRY(append_signature(making, entry, name));
    row->last_seq = entry->seq;
    row->last_position = entry->position;
    row->chain = entry->chain;
    row->last_contact_ms = making->now_ms;
    unit->has_events = true;
    return OK;
}

static enum err append_own(struct making *making, struct batch_entry *entry)
{
    struct record record = {
        .kind = entry->record_kind,
        .unit = bytes_of_text(making->batch->units[entry->unit].unit),
        .detail = entry->text,
    };
    TRY(append_record(making, &record, &entry->position));
    return log_mark_append(making->txn, entry->position);
}

/* Token and contact are the loop's to say; what was received is the log's. */
static void merge_row(struct unit_row *row, const struct unit_row *said)
{
    if (said->epoch != row->epoch) {
        *row = (struct unit_row){.epoch = said->epoch};
    }
    row->token = said->token;
    row->token_before = said->token_before;
    row->last_contact_ms = said->last_contact_ms;
    row->clock_offset_ms = said->clock_offset_ms;
    row->announced_seq = said->announced_seq;
}

static enum err append_entry(struct making *making, struct batch_entry *entry)
{
    switch (entry->kind) {
    case BATCH_EVENT:
        TRY(load_row(making, entry->unit));
        return append_event(making, entry);
    case BATCH_RECORD:
        return append_own(making, entry);
    case BATCH_ROW:
        TRY(load_row(making, entry->unit));
        merge_row(&making->rows[entry->unit], &making->batch->rows[entry->row]);
        return OK;
    case BATCH_SAFE: {
        uint8_t position[8];
        u64_put(position, entry->seq);
        return log_meta_put(making->txn, "safe_position", bytes_of(position, sizeof position));
    }
    }
    return OK;
}

static enum err write_all(struct making *making)
{
    struct batch *batch = making->batch;
    for (size_t i = 0; i < batch->unit_count; i++) {
        struct batch_unit *unit = &batch->units[i];
        unit->has_events = unit->lost = false;
        unit->refused = 0;
    }
    for (size_t i = 0; i < batch->count; i++)
        TRY(append_entry(making, &batch->entries[i]));
    TRY(flush_records(making));
    for (size_t i = 0; i < batch->unit_count; i++) {
        struct batch_unit *unit = &batch->units[i];
        if (!making->loaded[i])
            continue;
        TRY(log_unit_put(making->txn, bytes_of_text(unit->unit), &making->rows[i]));
        unit->have_seq = making->rows[i].last_seq;
        unit->have_position = making->rows[i].last_position;
        unit->chain = making->rows[i].chain;
    }
    return OK;
}

static enum err try_commit(struct commit *commit, struct store *store, struct batch *batch,
                           int64_t now_ms, bool events)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    /* A batch without events lives on the reserve: revoking a key must work on a full disk. */
    if (events && batch->event_count > 0)
        TRY(store_begin(store, &txn));
    else
        TRY(store_begin_reserved(store, &txn));
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, SIZE_MAX / 2);
    buffer_clear(&commit->records); /* what a transaction that failed left */
    struct making making = {
        .commit = commit,
        .txn = txn,
        .batch = batch,
        .head = commit->head,
        .now_ms = now_ms,
        .rows = arena_alloc(&arena, (batch->unit_count + 1) * sizeof(struct unit_row)),
        .loaded = arena_alloc(&arena, batch->unit_count + 1),
        .events = events,
    };
    TRY(write_all(&making));
    TRY(store_commit(TAKE(txn)));
    commit->head = making.head;
    commit->recorded_at_ms = now_ms;
    batch->head = making.head;
    return OK;
}

enum err commit_batch(struct commit *commit, struct store *store, struct batch *batch,
                      int64_t wall_ms)
{
    batch->clock_stepped_back = wall_ms + CLOCK_STEP_MS < commit->recorded_at_ms;
    int64_t now_ms = wall_ms > commit->recorded_at_ms ? wall_ms : commit->recorded_at_ms;
    batch->head = commit->head;
    enum err err = try_commit(commit, store, batch, now_ms, true);
    if (err == ERR_FULL && batch->event_count > 0) {
        batch->events_lost = true;
        err = try_commit(commit, store, batch, now_ms, false);
    }
    batch->result = err;
    return err;
}
