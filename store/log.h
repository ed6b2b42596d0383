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
 *               seq u64 BE; one a unit a commit      contiguous from there; 0 ends an epoch
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
/* position must be head + 1. */
MUST_CHECK enum err log_append(struct store_txn *txn, uint64_t position, const struct hash *hash,
                               struct bytes record);
/* ERR_CORRUPT when its hash does not fit. */
MUST_CHECK enum err log_row(struct store_txn *txn, uint64_t position, struct bytes *row);
/* Walk from a position on with store_next; a row's hash is checked at each step, and that no
 * position is missing. */
MUST_CHECK enum err log_seek(struct store_txn *txn, uint64_t position, struct store_cursor *out);
uint64_t log_cursor_position(const struct store_cursor *cursor);

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
