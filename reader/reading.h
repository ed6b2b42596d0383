/*
 * reading.h - what is asked of a log and who takes the answer: the same for a broker's directory
 * (audit/directory.h) and for a broker far away (audit/network.h).
 */
#pragma once

#include "proto/wire.h"

struct reading {
    uint64_t from, to; /* to 0: the head at the time of asking; with follow: no end */
    bool follow, with_signatures;
    struct filter filter; /* its texts are the caller's */
    uint64_t timeout_ms;  /* network, without follow: give up after so long without a word */
};

/* Anything but OK ends the reading and is its result. */
struct reading_sink {
    void *context;
    /* Position, order and hash of the row are checked before. */
    enum err (*on_record)(void *context, const struct record *record, const struct hash *hash);
    /* After the record it belongs to; NULL: not wanted. */
    enum err (*on_signature)(void *context, const struct push_signature *signature);
    /* Between two turns: what is printed goes out. Everything below scanned_to has been seen. NULL:
     * not wanted. */
    enum err (*on_turn)(void *context, uint64_t scanned_to);
};

/* Has the filter a place for this record? As the broker judges it (protocol.md 3). */
bool filter_takes(const struct filter *filter, const struct record *record);
/* The complaint about a reading that starts behind the head. */
void reading_beyond_end(uint64_t from, struct problem *problem);
