/*
 * ledger.h - what the log means, in memory: every assertion of it, by project and by unit, kept
 * small, and never forgotten. Nothing is decided when a record is applied but what it is; every
 * question is put later, as of a day and as known at a position (view.h), so one ledger answers for
 * any past evening. No clock, no I/O, no floating point.
 */
#pragma once

#include "ledger/event/record.h"

struct ledger;

/* seed: against chosen collisions in its maps; no result depends on it. */
struct ledger *ledger_new(uint64_t seed);
void ledger_free(struct ledger *ledger);

/*
 * The next record of the log, in the order of positions. event: the decoded envelope and fact, NULL
 * for a refusal, a record of the broker's own, an unknown kind or a payload that does not decode;
 * change: of a RECORD_ROSTER. All may be borrowed. ERR_MALFORMED: position is not beyond the last.
 */
struct ledger_input {
    const struct record *record;
    const struct event *event;
    const struct roster_change *change;
};
MUST_CHECK enum err ledger_apply(struct ledger *ledger, const struct ledger_input *input);

uint64_t ledger_position(const struct ledger *ledger); /* of the last record applied; 0: none */
/*
 * The last by which projects may be seen otherwise of which nothing was said: a correction, a
 * definition, a rate of exchange, a change of the roster. After a snapshot was read, its position.
 */
uint64_t ledger_rules_position(const struct ledger *ledger);
int64_t ledger_recorded_at_ms(const struct ledger *ledger, uint64_t position);
/* The last position recorded before the instant; 0: none. */
uint64_t ledger_position_at(const struct ledger *ledger, int64_t unix_ms);

/* ---- texts, kept once ---- */

struct bytes ledger_text(const struct ledger *ledger, uint32_t text); /* 0: empty */
/* 0: the ledger has never met it. */
uint32_t ledger_find_text(const struct ledger *ledger, struct bytes bytes);

/* ---- units ---- */

enum { LEDGER_UNITS_MAX = 65535 }; /* a nation has 16,000 (domain.md 9) */

struct ledger_unit {
    struct bytes unit;
    uint32_t type; /* enum unit_type, of the newest enrolment; 0: only spoken about */
    uint64_t last_position;
    int64_t last_recorded_ms; /* of its last event: how far the data are complete */
};
/* A project, or any subject; index 0 .. count - 1 in order met. */
size_t ledger_subject_count(const struct ledger *ledger);
struct bytes ledger_subject(const struct ledger *ledger, size_t index);
uint16_t ledger_subject_unit(const struct ledger *ledger, size_t index); /* of its key */
/* Of the newest that was said of it; whatever it is, it may be seen otherwise since then. */
uint64_t ledger_subject_position(const struct ledger *ledger, size_t index);
bool ledger_find_subject(const struct ledger *ledger, struct bytes subject, size_t *index);

size_t ledger_unit_count(const struct ledger *ledger); /* indexes 0 .. count - 1, in order met */
const struct ledger_unit *ledger_unit(const struct ledger *ledger, size_t index);
bool ledger_find_unit(const struct ledger *ledger, struct bytes unit, uint16_t *index);
/* Of the newest that was said about it without a subject; 0: nothing. */
uint64_t ledger_unit_position(const struct ledger *ledger, size_t index);
/* The name in force on the day, as known then (contract 1.1); before the first name the first; the
 * unit's text when it has none. */
struct bytes ledger_unit_name(const struct ledger *ledger, size_t index, int32_t day,
                              uint64_t known_at);
/* Is it the city's own? By RECORD_SETTING, or enrolled as UNIT_CITY. */
bool ledger_unit_is_city(const struct ledger *ledger, size_t index, uint64_t known_at);
int64_t ledger_unit_complete_to_ms(const struct ledger *ledger, size_t index, uint64_t known_at);

struct ledger_counts { /* of the records up to known_at */
    uint64_t events, duplicates, refusals, not_understood, corrections;
    uint64_t orphans; /* corrections whose target has not come */
};
void ledger_counts(const struct ledger *ledger, uint64_t known_at, struct ledger_counts *out);

/*
 * Digest of the facts known at a position (contract 8.3): SHA-256 over the units in order of their
 * text, each with the chain over the distinct event_ids it said in its own order. Equal for every
 * interleaving of units, and for duplicates said again.
 */
void ledger_facts_digest(const struct ledger *ledger, uint64_t known_at, struct hash *out);

/* ---- snapshot: bytes that make the same ledger again (ledger_snapshot.c) ---- */

void ledger_save(const struct ledger *ledger, struct buffer *out);
/* ERR_MALFORMED: not a snapshot, of another version, or damaged; then build it from the log. */
MUST_CHECK enum err ledger_load(struct bytes snapshot, uint64_t seed, struct ledger **out);
