/*
 * batch.h - what waits for the next commit, in the order it came: events, the broker's own records,
 * rows of units. It changes hands whole between the loop and the writer; what crosses is values,
 * never a pointer into a core.
 */
#pragma once

#include "base/arena.h"
#include "base/sign.h"
#include "ledger/event/record.h"
#include "store/log.h"

enum {
    BATCH_BYTES_MAX = 64 << 20, /* of copied bytes: what all peers together may have waiting; beyond
                                   it pushes get BUSY */
};

enum batch_entry_kind {
    BATCH_EVENT,  /* an event, or its refusal */
    BATCH_RECORD, /* roster, alarm, setting */
    BATCH_ROW,    /* token and contact of a unit */
    BATCH_SAFE,   /* a backup holds everything up to seq (a position here) */
};

struct batch_entry {
    enum batch_entry_kind kind;
    uint32_t unit; /* index into units */
    uint32_t epoch;
    uint64_t seq;
    struct bytes envelope;
    struct hash envelope_hash, chain;
    uint32_t reason;         /* enum refusal_reason */
    uint32_t row;            /* BATCH_ROW: index into rows */
    struct bytes text;       /* refusal: reason text; BATCH_RECORD: the detail's bytes */
    uint32_t record_kind;    /* BATCH_RECORD */
    struct bytes signature;  /* the last event of a push: its signature */
    uint64_t push_first_seq; /* of that push */
    uint64_t position;       /* set by the commit */
};

struct batch_unit { /* one a unit that has entries */
    char unit[UNIT_TEXT_MAX + 1];
    /* set by the commit */
    uint64_t have_seq, have_position;
    struct hash chain;
    uint64_t refused; /* more refusals than before */
    bool has_events;
    bool lost; /* at least one event did not go in: the session forgets what it received */
};

struct batch {
    struct arena arena;
    struct batch_entry *entries;
    size_t count, capacity;
    struct batch_unit *units;
    size_t unit_count, unit_capacity;
    struct unit_row *rows;
    size_t row_count, row_capacity;
    size_t event_count;
    /* set by the commit */
    enum err result;  /* of the commit as a whole */
    bool events_lost; /* no space: only the reserved entries went in */
    struct log_head head;
    bool clock_stepped_back;
};

void batch_init(struct batch *batch);
void batch_release(struct batch *batch);
void batch_clear(struct batch *batch);
bool batch_is_empty(const struct batch *batch);
bool batch_is_full(const struct batch *batch);

uint32_t batch_unit(struct batch *batch, const char *unit);
struct batch_entry *batch_add(struct batch *batch, enum batch_entry_kind kind, const char *unit);
struct bytes batch_copy(struct batch *batch, struct bytes bytes); /* into the batch's own memory */
void batch_add_record(struct batch *batch, enum record_kind kind, const char *unit,
                      struct bytes detail);
void batch_add_row(struct batch *batch, const char *unit, const struct unit_row *row);
