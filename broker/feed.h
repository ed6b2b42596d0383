/*
 * feed.h - one subscription: a cursor in the log, a filter and a credit (docs/protocol.md 3). Live
 * is a cursor that reached the head; there is no separate catch-up path. Promise: in order, each
 * record once, never beyond the credit; scanned_to is true.
 */
#pragma once

#include "broker/roster.h"
#include "proto/frame.h"

enum {
    FEED_TURN_POSITIONS = 4000, /* scanned in one turn of the loop */
    FEED_TURN_BYTES = 4 << 20,  /* stored rows read in one turn */
    FEED_UPDATE_BYTES =
        112 << 10, /* stored rows in one update: more leaves the processor's cache */
    FEED_PROGRESS_POSITIONS = 10000, /* an empty update says so when a filter has skipped this many
                                      */
    FEED_UNITS_MAX = 16,
    FEED_BLOCKED_MS = 50, /* pause after the transport was full */
    FEED_PACE_MS =
        4, /* between updates at the head: one costs as much for one event as for
              thirty, and fifty screens want each; the first after a pause goes at once */
};

struct feed {
    uint32_t subscription;
    uint64_t next_position;     /* to look at next */
    uint64_t told_position;     /* scanned_to of the last update */
    uint64_t credit, delivered; /* records in all */
    bool greeted;               /* one update has been sent: the subscriber knows where it stands */
    bool with_signatures, all_records;
    char units[FEED_UNITS_MAX][UNIT_TEXT_MAX + 1];
    char projects[FEED_UNITS_MAX][SUBJECT_TEXT_MAX + 1];
    uint32_t kinds[FILTER_ITEMS_MAX];
    size_t unit_count, project_count, kind_count;
    uint64_t wait_until_ms; /* no read before: the transport was full, or the pace */
};

/* ERR_LIMIT: more filter items than a feed keeps. ERR_MALFORMED: an item that no unit or project
 * can be, or subscription 0. from_position 0 means 1. */
MUST_CHECK enum err feed_init(struct feed *feed, const struct subscribe *subscribe);
void feed_on_grant(struct feed *feed, uint64_t credit); /* absolute: a smaller one changes nothing
                                                         */

/* With credit; at the head only while the subscriber has not been told that it is live. */
bool feed_is_behind(const struct feed *feed, uint64_t head_position);
bool feed_wants_read(const struct feed *feed, uint64_t head_position, uint64_t now_ms);

enum feed_verdict {
    FEED_TAKE,
    FEED_SKIP,
    FEED_STOP /* credit, size or turn used up; this record was not looked at: ask again next turn */
};
/* One update in the making, while the shell walks the log from next_position. */
struct feed_update {
    uint32_t count;
    uint64_t bytes; /* taken */
    uint64_t scanned, scanned_bytes, scanned_to;
};
void feed_begin(const struct feed *feed, struct feed_update *update);
/* Reads every event, or with all_records every record: no right and no filter stands between. */
bool feed_is_whole(const struct feed *feed, const struct roster_entry *who);
struct feed_room {
    uint64_t rows;
    size_t bytes;
};
/* What is worth reading at one go: beyond it comes the head, or the update is certainly full. */
struct feed_room feed_room(const struct feed *feed, const struct roster_entry *who,
                           const struct feed_update *update, uint64_t head_position);
/* Records come in the order of their positions, without holes. */
enum feed_verdict feed_offer(const struct feed *feed, const struct roster_entry *who,
                             const struct record *record, size_t row_size,
                             struct feed_update *update);
bool feed_worth_sending(const struct feed *feed, const struct feed_update *update,
                        uint64_t head_position);
void feed_on_sent(struct feed *feed, const struct feed_update *update, uint64_t head_position,
                  uint64_t now_ms);
void feed_on_scanned(struct feed *feed, const struct feed_update *update); /* not worth sending:
                                                                              only moves on */
void feed_on_blocked(struct feed *feed, uint64_t now_ms); /* not sent: read again later */
