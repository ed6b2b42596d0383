/*
 * folding.h - records into a ledger, and the ledger's snapshot beside them: what audit and display
 * share. The snapshot's file is the SHA-256 of the log's record at the ledger's position, then the
 * ledger's own bytes (ledger_save): the hash ties it to this log.
 */
#pragma once

#include "ledger/fold/ledger.h"
#include "proto/wire.h"

#define FOLDING_SNAPSHOT_NAME "ledger.snapshot"

struct folding {
    struct ledger *ledger;
    struct hash last; /* of the record at the ledger's position; zero when it is empty */
    struct arena arena;
    struct event event; /* of the last record, when folding_take said so */
};

/* An empty ledger. */
void folding_init(struct folding *folding);
void folding_release(struct folding *folding);
/* Forgets everything: an empty ledger again. */
void folding_reset(struct folding *folding);
/* The ledger goes to the caller; what is left is only to be released. */
struct ledger *folding_take_ledger(struct folding *folding);

/* The next record. *event is NULL for what is no event, or not understood and counted as such; else
 * borrowed until the next call. ERR_MALFORMED: not beyond the last position. */
MUST_CHECK enum err folding_take(struct folding *folding, const struct record *record,
                                 const struct hash *hash, const struct event **event);
/* What a record says, without any ledger. NULL: it is no event, or not understood. */
const struct event *record_event(const struct record *record, struct arena *arena,
                                 struct event *out);

/* The snapshot in directory, if this program reads it; else the ledger is empty. The caller checks
 * that its log has folding->last at the ledger's position. */
void folding_load(struct folding *folding, const char *directory);
MUST_CHECK enum err folding_save(const struct folding *folding, const char *directory);
