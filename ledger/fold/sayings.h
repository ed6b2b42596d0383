/*
 * sayings.h - what was said about one matter, in one order: by day; the matter's own unit before
 * others; others by their text; each unit's words as it said them. Positions of different units are
 * never compared, so the order is the same for every interleaving.
 */
#pragma once

#include "ledger/fold/assertions.h"

enum { SAYINGS_SCRATCH_BYTES = 64 << 20 }; /* lists of one project: 10,000 events with full ones */

struct saying {
    struct bytes key; /* set by the caller: which of several things it is about */
    struct bytes unit_text;
    uint64_t position, long_given;
    int32_t day;
    uint16_t unit;
    bool by_other; /* not by the unit it concerns */
    struct event event;
};

struct sayings {
    struct saying *rows;
    size_t count, capacity;
};
static inline void sayings_release(struct sayings *sayings);

/* Appends those of the kind that happened by as_of. Texts are the ledger's, lists the arena's. */
void sayings_collect(struct ledger_walk walk, enum event_kind kind, int32_t as_of,
                     struct arena *arena, struct sayings *out);
/* By key, then in the order above. */
void sayings_sort(struct sayings *sayings);
/* All three: collected, each with its key, sorted. */
void sayings_gather(struct ledger_walk walk, enum event_kind kind, int32_t as_of,
                    struct arena *arena, struct bytes (*key_of)(const struct event *event),
                    struct sayings *out);
/* The rows from start that share its key end before the one returned. */
size_t sayings_group_end(const struct sayings *sayings, size_t start);

/* A long text was given, kept by the ledger or not. */
static inline bool saying_has_long(const struct saying *saying, struct bytes text, uint32_t number)
{
    return text.size > 0 || (saying->long_given >> number & 1) != 0;
}

void sayings_free(struct saying *rows);
static inline void sayings_release(struct sayings *sayings)
{
    sayings_free(sayings->rows);
    *sayings = (struct sayings){0};
}
static inline void sayings_release_cleanup(struct sayings *sayings)
{
    sayings_release(sayings);
}
