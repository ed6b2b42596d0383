/*
 * replica.h - the records the broker sent, in LMDB: the log's own table (store/log.h), with
 * positions, hashes and bytes as they came. What could not be written yet is kept in memory, up to
 * a limit, in its order.
 */
#pragma once

#include "proto/wire.h"
#include "store/log.h"

enum {
    REPLICA_HELD_MAX = 64 << 20, /* of records that wait for the disk */
    REPLICA_BATCH = 4096,        /* records of one transaction */
};

struct replica {
    struct store *store;
    struct log_head head;   /* on the disk */
    struct log_head newest; /* with what is held */
    struct buffer held;     /* the records, one after the other */
    struct buffer rows;     /* struct replica_row of each */
};

struct replica_row {
    struct hash hash;
    size_t offset, size; /* in held */
};

/* Of DIRECTORY, made when absent. ERR_BUSY: another process has it. */
MUST_CHECK enum err replica_open(const char *directory, const struct store_options *sizes,
                                 struct replica *out, struct problem *problem);
void replica_close(struct replica *replica);

/* The record behind the newest one. ERR_MALFORMED: it is not; ERR_FULL: too much is held. */
MUST_CHECK enum err replica_add(struct replica *replica, uint64_t position, const struct hash *hash,
                                struct bytes record);
size_t replica_waiting(const struct replica *replica); /* records not on the disk yet */
/* What is held goes to the disk; on failure it stays held. */
MUST_CHECK enum err replica_commit(struct replica *replica);

/* Within one transaction; the record borrows from it. */
typedef enum err replica_visit(void *context, const struct record *record, const struct hash *hash);
/* From a position on, on the disk or held, until visit says something else than OK, which is the
 * result; ERR_CORRUPT: a row that is damaged or missing. */
MUST_CHECK enum err replica_read(struct replica *replica, uint64_t from, uint64_t to,
                                 replica_visit *visit, void *context);
/* The hash at a position, zero for position 0. */
MUST_CHECK enum err replica_hash(struct replica *replica, uint64_t position, struct hash *out);
