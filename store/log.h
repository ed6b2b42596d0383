/*
 * log.h - the broker's tables: the log, a row a unit, and what leads to positions. One transaction
 * holds them all. A row of the log is a hash, then the record (proto/wire.h), checked when read.
 */
#pragma once

#include "base/hash.h"
#include "store/store.h"

/*
 *   TABLE       KEY                                  VALUE
 *   log         position u64 BE                      record hash (32), record bytes
 *   units       unit text                            struct unit_row, layout in log.c
 *   runs        unit text, 0, epoch u32 BE, first    first position u64 BE: seqs and positions are
 *               seq u64 BE; where another unit       contiguous from there; 0 ends an epoch
 *               spoke between
 *   refusals    unit text, 0, epoch u32 BE, seq      position u64 BE
 *               u64 BE
 *   signatures  position u64 BE of a push's last     push signature (protobuf)
 *   marks       position u64 BE                      empty; roster, alarm and setting records
 *   meta        name                                 value, then its check (8 bytes)
 */

enum log_table { LOG_LOG, LOG_UNITS, LOG_RUNS, LOG_REFUSALS, LOG_SIGNATURES, LOG_MARKS, LOG_META };
extern const char *const log_tables[]; /* for store_options.tables */

struct log_head {
    uint64_t position; /* 0: empty */
    struct hash hash;  /* of the record there */
};

enum { LOG_TOKEN_SIZE = 32 };

struct log_token { /* contract 4.5; counter 0: none */
    uint64_t counter;
    uint8_t random[LOG_TOKEN_SIZE];
};

struct unit_row {
    uint32_t epoch;
    uint64_t last_seq, last_position;
    struct hash chain;                    /* after last_seq */
    struct log_token token, token_before; /* before: counter 0 once the newer was shown */
    uint64_t refused_count;
    int64_t last_contact_ms, clock_offset_ms; /* agent's clock minus ours at the last hello */
    uint64_t announced_seq; /* newest seq of the last hello or heartbeat: the backlog */
};

MUST_CHECK enum err log_head(struct store_txn *txn, struct log_head *out);
/* position, of the first of them, must be head + 1. */
MUST_CHECK enum err log_append(struct store_txn *txn, uint64_t position,
                               const struct bytes *records, const struct hash *hashes,
                               size_t count);
/* ERR_CORRUPT when its hash does not fit. */
MUST_CHECK enum err log_row(struct store_txn *txn, uint64_t position, struct bytes *row);

/*
 * A walk over the log, a group of rows at a time: their hashes are checked together, which is
 * several times as fast as one by one. Promises: what is handed out has its hash, no position is
 * missing, and a bad row costs nothing but itself and what is behind it. Rows are borrowed until
 * the transaction ends.
 */
struct log_reader {
    uint64_t position; /* of rows[0]; after a failure, of the row that could not be handed out */
    size_t count;
    struct bytes rows[HASH_GROUP];
    struct store_cursor cursor; /* private from here on: at the next row, or at the last one read */
    bool is_read;
    enum err failure; /* of the row behind the group */
};
/* Sets all of out but rows, failing too: whoever opens at once need not clear a kilobyte before. */
MUST_CHECK enum err log_reader_open(struct store_txn *txn, uint64_t position,
                                    struct log_reader *out);
void log_reader_close(struct log_reader *reader); /* harmless on one that was never opened */
/*
 * The next rows, at most HASH_GROUP, count_max and, beyond the first, bytes_max together.
 * ERR_NOT_FOUND: behind the last one. ERR_CORRUPT: the row at reader->position is damaged or
 * missing; it stays so.
 */
MUST_CHECK enum err log_read(struct log_reader *reader, uint64_t count_max, size_t bytes_max);

MUST_CHECK enum err log_unit_get(struct store_txn *txn, struct bytes unit, struct unit_row *out);
/* A higher epoch than the stored one closes that one's runs. */
MUST_CHECK enum err log_unit_put(struct store_txn *txn, struct bytes unit,
                                 const struct unit_row *row);
typedef enum err log_unit_visit(void *context, struct bytes unit, const struct unit_row *row);
MUST_CHECK enum err log_units(struct store_txn *txn, log_unit_visit *visit, void *context);

MUST_CHECK enum err log_run_put(struct store_txn *txn, struct bytes unit, uint32_t epoch,
                                uint64_t first_seq, uint64_t first_position);
/* Position of (unit, epoch, seq), which must not be above the unit's last seq of that epoch:
 * ERR_NOT_FOUND otherwise. */
MUST_CHECK enum err log_find(struct store_txn *txn, struct bytes unit, uint32_t epoch, uint64_t seq,
                             uint64_t *position);

MUST_CHECK enum err log_refusal_put(struct store_txn *txn, struct bytes unit, uint32_t epoch,
                                    uint64_t seq, uint64_t position);
/* The first refusal of the unit at or after seq; ERR_NOT_FOUND when none. */
MUST_CHECK enum err log_refusal_next(struct store_txn *txn, struct bytes unit, uint32_t epoch,
                                     uint64_t from_seq, uint64_t *seq, uint64_t *position);

MUST_CHECK enum err log_signature_append(struct store_txn *txn, uint64_t position,
                                         struct bytes signature);
MUST_CHECK enum err log_mark_append(struct store_txn *txn, uint64_t position);
MUST_CHECK enum err log_meta_put(struct store_txn *txn, const char *name, struct bytes value);
MUST_CHECK enum err log_meta_get(struct store_txn *txn, const char *name, struct bytes *out);

/* The head file of contract 5.3: "head" beside data.mdb, replaced by a rename, on the disk on
 * return. */
MUST_CHECK enum err log_head_file_write(const char *directory, const struct log_head *head);
/* ERR_NOT_FOUND, ERR_CORRUPT */
MUST_CHECK enum err log_head_file_read(const char *directory, struct log_head *out);

static inline void log_reader_close_cleanup(struct log_reader *reader)
{
    log_reader_close(reader);
}
