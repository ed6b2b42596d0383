/*
 * index.h - do a store's tables say what its log says? runs, refusals, signatures, marks, units,
 * meta and the head file (store/log.h), beside verify.h, which proves the log itself.
 */
#pragma once

#include "audit/verify.h"
#include "store/log.h"

struct index_check {
    struct verify *verify; /* faults go there */
    struct store *store;
    struct store_txn *txn;     /* of this turn */
    struct log_head head_file; /* as it stood before the walk; position 0: none */
    uint64_t refusals, marks;  /* rows that the log calls for */
};

/* Reads DIRECTORY/store/head; a damaged one is a fault. */
MUST_CHECK enum err index_open(struct index_check *index, struct verify *verify,
                               struct store *store, const char *directory);
/* After verify_record has taken it. */
MUST_CHECK enum err index_record(struct index_check *index, const struct record *record);
void index_turn(struct index_check *index); /* ends this turn's transaction */
/* At the head: walks every table. */
MUST_CHECK enum err index_end(struct index_check *index);
void index_close(struct index_check *index);
