/*
 * fold.h - SOURCE as a ledger: what every report begins with. To be called within source_run: a
 * broker's directory is read in a child process (contract 5.4).
 */
#pragma once

#include "audit/source.h"
#include "ledger/fold/ledger.h"

enum {
    FOLD_TIMEOUT_MS = 30000,   /* network: without a word */
    FOLD_TAIL_RECORDS = 10000, /* more than so many read anew: the snapshot is made anew */
};

/*
 * The ledger as known at a position, or later: ask it with known_at. UINT64_MAX: of the whole log.
 * cache: a directory of the auditor's own for a snapshot, so that the next start reads only the
 * tail; NULL: a joined auditor's own directory, none for a broker's (contract 9.5). A snapshot that
 * does not fit the log is made anew; one that cannot be written is said on standard error.
 */
MUST_CHECK enum err fold_source(const struct source *source, uint64_t known_at, const char *cache,
                                struct ledger **out, struct problem *problem);

static inline void ledger_free_cleanup(struct ledger **ledger)
{
    ledger_free(*ledger);
}
