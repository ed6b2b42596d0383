/*
 * ledger_parts.h - the ledger from inside, for ledger*.c and assertions.c only. Everything but
 * units, texts, moments and assertions can be worked out from these again: a snapshot holds no
 * more.
 */
#pragma once

#include "ledger/fold/assertions.h"
#include "ledger/fold/id_index.h"
#include "ledger/fold/large_pages.h"
#include "ledger/fold/text_pool.h"

enum {
    /* Assertions allocated at once; they never move. */
    ASSERTION_BLOCK = LARGE_PAGE_SIZE / sizeof(struct assertion),
    ASSERTION_BLOCK_SIZE = ASSERTION_BLOCK * sizeof(struct assertion),
    DIGEST_BLOCK = 256, /* event_ids of a unit hashed at once; a past digest hashes one block */
};

struct unit_name {
    uint64_t position;
    int32_t from_day;
    uint32_t text;
};

struct unit_entry {
    struct ledger_unit face;
    uint64_t city_from;   /* position from which it is the city's own; 0: it is not */
    uint32_t first, last; /* assertions about it without a subject; 1 + index, 0: none */
    uint32_t *said;       /* indexes of its distinct assertions, in its own order */
    size_t said_count, said_capacity;
    struct hash *digests; /* after each DIGEST_BLOCK of them */
    size_t digest_count, digest_capacity;
    struct unit_name *names;
    size_t name_count, name_capacity;
};

struct subject_entry {
    uint32_t first, last; /* as of a unit */
    uint16_t unit;
};

/* A record that is no assertion: for its time, and to be counted. */
enum moment_kind { MOMENT_OWN, MOMENT_REFUSAL, MOMENT_NOT_UNDERSTOOD, MOMENT_DUPLICATE };
struct moment {
    uint64_t position;
    int64_t recorded_at_ms;
    uint32_t kind;  /* enum moment_kind */
    uint32_t again; /* index of the assertion that a DUPLICATE said again */
};

struct correction {
    uint8_t target[EVENT_ID_SIZE];
    uint32_t assertion; /* index */
    uint32_t next;      /* of the same target, in no order; 1 + number, 0: none */
};

struct ledger {
    uint64_t seed, position, rules_position;
    int64_t recorded_at_ms;
    struct text_pool texts, subject_texts, unit_texts; /* number: 1 + index */
    struct subject_entry *subjects;
    size_t subject_capacity;
    struct unit_entry *units;
    size_t unit_capacity;
    struct assertion **blocks;
    size_t assertion_count, block_count, block_capacity;
    struct byte_store kept;
    struct id_index ids;
    struct moment *moments;
    size_t moment_count, moment_capacity;
    struct correction *corrections;
    size_t correction_count, correction_capacity;
    struct id_index targets; /* number of a target's first correction */
    struct buffer scratch;
};

static inline struct assertion *assertion_at(const struct ledger *ledger, size_t index)
{
    return &ledger->blocks[index / ASSERTION_BLOCK][index % ASSERTION_BLOCK];
}
/* How many assertions have a position <= the given. */
size_t assertions_until(const struct ledger *ledger, uint64_t position);
size_t moments_until(const struct ledger *ledger, uint64_t position);
size_t said_until(const struct ledger *ledger, const struct unit_entry *unit, uint64_t position);

/* False: LEDGER_UNITS_MAX. */
bool ledger_add_unit(struct ledger *ledger, struct bytes unit, uint16_t *index);
/* False: its unit cannot be added. index counts from 1. */
bool ledger_add_subject(struct ledger *ledger, struct bytes subject, uint32_t *number);
void ledger_add_name(struct ledger *ledger, size_t unit, const struct unit_name *name);
void ledger_add_moment(struct ledger *ledger, const struct moment *moment);
/* next, and what else is the ledger's to know, is set here. kept is whole (kept_read). */
void ledger_add_assertion(struct ledger *ledger, const struct assertion *assertion,
                          const struct id_key *key, struct bytes kept);
/* The unit's own assertion with this id; ID_INDEX_NONE: none. */
uint32_t ledger_find_said(const struct ledger *ledger, const struct id_key *key, uint16_t unit);
/* The chain over the first count of what the unit said. */
struct hash ledger_digest_of_said(const struct ledger *ledger, const struct unit_entry *unit,
                                  size_t count);
