/*
 * alert_tally.h - how many are on each list of alerts, by unit, for who asks after every event:
 * only the rules of what something was said of since are asked again. The counts are those of
 * alert_list_make.
 */
#pragma once

#include "ledger/lists/gaps.h"
#include "ledger/view/view_memo.h"

struct alert_memory; /* of one ledger */
struct alert_memory *alert_memory_new(void);
void alert_memory_free(struct alert_memory *memory);

struct alert_tally {
    const int64_t *counts[ALERT_CLASSES]; /* by unit of the ledger; the memory's */
    int64_t totals[ALERT_CLASSES];
    struct gap_list supervised; /* of ALERT_SUPERVISED, in the arena */
    bool incomplete;            /* memory was too small: say so, show nothing */
};
/* views: begun with the view, of the same ledger as what the memory saw before. */
void alert_tally_make(struct alert_memory *memory, struct view_memo *views,
                      const struct ledger *ledger, const struct view *view, struct arena *arena,
                      struct alert_tally *out);
