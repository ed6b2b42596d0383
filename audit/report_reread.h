/* report_reread.h - records read again from the source by their positions: the ledger keeps days,
 * amounts and ids, and leaves names of evidence and long texts to the log. */
#pragma once

#include "audit/report.h"

struct reread {
    uint64_t position;
    struct bytes content, json; /* what it says, for people; the record as replay prints it */
};

/*
 * rows by position, rising; texts are the report's arena's. project, where all rows are of one:
 * over the network the broker picks its events, and a row that does not name it stays empty.
 */
MUST_CHECK enum err reread(struct report *report, struct reread *rows, size_t count,
                           struct bytes project);
/* The row's record as an object; NULL when it was not read. */
json_t *reread_object(const struct reread *row);
