/*
 * presence.h - what subscribers are told of units' links (docs/protocol.md 4): the newest state of
 * each unit, in the order in which the states changed. A subscriber is a place in that order.
 * Promise: nothing is queued; who was slow is told the newest state of what changed since.
 */
#pragma once

#include "base/list.h"
#include "proto/frame_feed.h"

enum {
    PRESENCE_PACE_MS = 1000,        /* between two frames of a subscriber */
    PRESENCE_LINK_PACE_MS = 50,     /* where a link came or went; the first goes at once */
    PRESENCE_BLOCKED_MS = 1000,     /* pause after the transport was full */
    PRESENCE_OFFSET_STEP_MS = 1000, /* clocks that differ by less differ by the line's delay */
};

struct presence {
    struct list changes;                  /* struct presence_unit, the oldest change first */
    uint64_t version;                     /* of the newest change */
    uint64_t link_version, whole_version; /* when a link came or went; when the units changed */
};

struct presence_unit { /* all zero: no unit that is told of */
    struct list in_changes;
    uint64_t version;
    int64_t told_offset_ms;
    struct unit_contact contact; /* as it is now */
};

struct presence_reader { /* all zero: nothing was told yet */
    uint64_t told_version, whole_version;
    uint64_t offered_version; /* by presence_offer */
    uint64_t pace_from_ms, blocked_until_ms;
};

void presence_init(struct presence *presence);
/* now->unit outlives the unit. */
void presence_enrol(struct presence *presence, struct presence_unit *unit,
                    const struct unit_contact *now);
void presence_forget(struct presence *presence, struct presence_unit *unit);
/* The unit has spoken, fell silent or was written down; of one that is not enrolled: nothing. */
void presence_note(struct presence *presence, struct presence_unit *unit,
                   const struct unit_contact *now);

/* When there is something to tell it; UINT64_MAX: nothing. */
uint64_t presence_due_ms(const struct presence *presence, const struct presence_reader *reader);
/* units: CONTACTS_UNITS_MAX, the caller's. Then one of the other two. */
void presence_offer(const struct presence *presence, struct presence_reader *reader,
                    struct unit_contact *units, struct contacts *out);
void presence_on_told(const struct presence *presence, struct presence_reader *reader,
                      uint64_t now_ms);
void presence_on_blocked(struct presence_reader *reader, uint64_t now_ms);
