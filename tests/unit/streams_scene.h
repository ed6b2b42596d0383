/* streams_scene.h - for property tests of the ledger: what several units say at random (every kind,
 * duplicates, corrections of their own and the city's of anybody's), folded in any interleaving. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "ledger/fold/assertions.h"

enum { STREAM_UNITS = 4, STREAM_EVENTS_MAX = 700 };

struct stream { /* of one unit, in its own order */
    const char *unit;
    struct event events[STREAM_EVENTS_MAX]; /* with event_ids */
    uint8_t ids[STREAM_EVENTS_MAX][EVENT_ID_SIZE];
    bool repeats[STREAM_EVENTS_MAX]; /* it was said before */
    size_t count;
};
struct streams {
    struct stream units[STREAM_UNITS];
    struct arena arena;
};

/* The first unit is the city. events: of each unit. */
void streams_open(struct streams *streams, uint64_t seed, size_t events);
void streams_close(struct streams *streams);

struct streams_order {
    uint64_t seed; /* of the interleaving, and of the ledger's maps */
    bool without_repeats;
    size_t records; /* stop after so many events; 0: all */
};
/* The record at position p, but for the city's setting at 1, was recorded at p seconds. */
struct ledger *streams_fold(const struct streams *streams, const struct streams_order *order);

/* Everything that a ledger tells and that no interleaving may change, as one number: the facts'
 * digest, counts, and for each subject and unit the ids that hold, by who said them, in order. */
struct hash streams_portrait(const struct ledger *ledger, uint64_t known_at);
