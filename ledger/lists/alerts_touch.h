/*
 * alerts_touch.h - contacts that were done, as touches of the leads they were about; no header for
 * others. A trip may name leads of any unit, and may name them before they are known.
 */
#pragma once

#include "ledger/lists/gap_scan.h"

struct touch {          /* of one lead by one contact */
    size_t subject;     /* SIZE_MAX: nothing is known of the lead */
    struct bytes lead;  /* as it is named; empty once it is resolved */
    struct bytes team;  /* or who led, when no team is named */
    struct bytes place; /* destination */
    int32_t from, to;   /* first and last day */
    uint64_t position;
    uint16_t unit; /* who says it */
    bool is_trip;
};

/* False: no contact that was done and is over on the view's day. Texts and leads are in out. */
bool contact_read(const struct gap_scan *scan, const struct assertion *assertion,
                  struct arena *arena, struct ledger_fact *out);
int32_t contact_last_day(const struct assertion *assertion, const struct contact_fact *fact);
/* Of what the walk passes: to own the touches of the subject that it is of (SIZE_MAX: of a unit),
 * to named those of leads by name, not yet resolved. Either may be NULL. */
void touches_gather(const struct gap_scan *scan, struct ledger_walk walk, size_t subject,
                    struct buffer *own, struct buffer *named);
void touches_resolve(const struct gap_scan *scan, struct touch *rows, size_t count);
/* By lead, last day, position; what one contact says twice is there once. Gives how many are left.
 */
size_t touches_sort(struct touch *rows, size_t count);
/* Of all units, whoever is asked for: another unit's trip may follow the lead up. Into out. */
size_t touches_gather_all(const struct gap_scan *scan, struct buffer *out);
static inline size_t touches_end(const struct touch *rows, size_t count, size_t start)
{
    size_t end = start;
    while (end < count && rows[end].subject == rows[start].subject)
        end++;
    return end;
}
