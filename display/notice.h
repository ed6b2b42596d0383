/*
 * notice.h - restatements that the wall still announces: corrections recorded within a day before
 * the newest record of the frame that changed a figure the wall shows. By recorded times, so that
 * a past frame announces what it announced then. Pure.
 */
#pragma once

#include "display/line.h"

enum {
    NOTICE_HOURS = 24,
    NOTICES_MAX = 50, /* nobody reads more on a wall; the newest are shown */
};

/* Notices made before, of one day: a notice never changes once it is made, and making one counts a
 * whole county's projects. */
struct notice_memory {
    struct buffer entries; /* struct notice_entry, of each correction within the positions below */
    struct buffer texts;
    uint64_t from, to;
    int32_t as_of;
};
void notice_memory_release(struct notice_memory *memory);

/* The list as JSON, newest first, as known at the view's position. Appends. */
void notices_json(const struct ledger *ledger, const struct view *view,
                  struct notice_memory *memory, struct arena *arena, struct buffer *out);
