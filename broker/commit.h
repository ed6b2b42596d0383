/*
 * commit.h - turns a batch into one transaction: positions, records, hashes, indexes, rows
 * (contract 2.3, 4.3, 5.2). It has no thread: the writer's thread drives it in the broker, the
 * simulator in the tests.
 */
#pragma once

#include "broker/batch.h"

struct commit {
    struct log_head head;
    int64_t recorded_at_ms; /* of the head: the next is never less (contract 3.2) */
    struct buffer records, signature;
};

/* Reads where the log stands. ERR_CORRUPT when the head's record is damaged. */
MUST_CHECK enum err commit_open(struct commit *commit, struct store *store);
void commit_release(struct commit *commit);

/*
 * Writes the batch, durably, and fills in what it says about positions and units. When there is no
 * space for events, the broker's own records still go in, from the reserve, and batch->events_lost
 * is set. On failure nothing has changed.
 */
MUST_CHECK enum err commit_batch(struct commit *commit, struct store *store, struct batch *batch,
                                 int64_t wall_ms);
