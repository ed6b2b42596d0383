/*
 * import_run.h - imports one ledger file into the outbox (contract 6). Every row is taken as a
 * whole or refused as a whole; what is reported as accepted is on the disk; importing a file again,
 * after a crash too, says only what is new.
 */
#pragma once

#include "store/store.h"

struct import_options {
    const char *file_name; /* as the clerk gave it; folders are left out of what is sent */
    const char *person;    /* --by: who answers for corrections; NULL: the unit */
    bool is_dry_run;       /* say what would be said, write nothing */
    int64_t clock_ms;      /* Unix; recorded with the events, part of no event_id */
};

enum {
    IMPORT_ROWS_AT_ONCE_MAX = 10000, /* a file up to here is one transaction: all or nothing */
    IMPORT_ROWS_PER_COMMIT = 2000,   /* beyond it */
    IMPORT_FILE_SIZE_MAX = 64 << 20, /* as CONTROL_INPUT_SIZE_MAX */
};

/* unit: of this agent. Appends to out and error. The exit status: 0, or 1 (contract 6.3). */
int import_run(struct store *store, struct bytes unit, const struct import_options *options,
               struct bytes file, struct buffer *out, struct buffer *error);
