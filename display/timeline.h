/*
 * timeline.h - the log by the day of recording, in the city (UTC+8): what the replay bar draws.
 * Kept record by record; or made at once from a ledger that came out of a snapshot. Pure.
 */
#pragma once

#include "ledger/event/record.h"
#include "ledger/fold/ledger.h"

struct timeline_day {
    int32_t day;
    uint64_t first, last;          /* positions, of records of any kind */
    uint64_t events, restatements; /* what was said anew; of it the corrections and withdrawals */
};

struct timeline {
    struct timeline_day *days; /* in order; days without a record are not among them */
    size_t count, capacity;
};

void timeline_release(struct timeline *timeline);
static inline void timeline_release_cleanup(struct timeline *timeline)
{
    timeline_release(timeline);
}
/* The next record; the ledger has applied it. */
void timeline_add(struct timeline *timeline, const struct ledger *ledger,
                  const struct record *record);
/* What adding every record of the ledger would have made. Replaces what was there. */
void timeline_make(struct timeline *timeline, const struct ledger *ledger);
/* The answer of /api/v1/timeline. Appends. */
void timeline_json(const struct timeline *timeline, struct buffer *out);
