/*
 * import_rows.h - the rows of one import against each other and against the imports before: the
 * same project twice, which of several equal trips, and rows that are not there any more. A file
 * continues another when they share a row, whatever they are called; a ledger of other projects
 * makes nothing vanish.
 */
#pragma once

#include "agent/import.h"
#include "base/list.h"
#include "base/map.h"

enum {
    IMPORT_ROWS_REMEMBERED_MAX = 20000, /* beyond, the oldest rows are not missed */
    IMPORT_LABEL_SIZE_MAX = 120,
};

struct import_rows {
    struct map seen;      /* key's hash -> struct import_rows_seen */
    struct map equal;     /* hash of a trip without its occurrence -> the newest of its rows */
    struct arena arena;   /* of the rows seen */
    struct list in_order; /* of the rows taken */
    struct bytes before;  /* what the last import left, borrowed */
};

void import_rows_init(struct import_rows *rows, struct bytes before, uint64_t seed);
void import_rows_release(struct import_rows *rows);

/*
 * A row whose key could be read. A trip is given its occurrence. false: this project stood in
 * *first_row already.
 */
bool import_rows_see(struct import_rows *rows, struct import_row *row, struct arena *arena,
                     uint64_t *first_row);
void import_rows_took(struct import_rows *rows, const struct import_row *row); /* not refused */

/* Names each row that was said from this ledger before and is not in it now. */
typedef void import_rows_visit(void *context, struct bytes label, struct bytes file_name);
void import_rows_missing(const struct import_rows *rows, struct bytes file_name,
                         import_rows_visit *visit, void *context);
/* What the next import is to be told. */
void import_rows_remember(const struct import_rows *rows, struct bytes file_name,
                          struct buffer *out);
