/*
 * assertions.h - what was said, one assertion an event, and the walks over them: by subject, by
 * unit, as known at a position. What was corrected stays and is passed over.
 */
#pragma once

#include "ledger/fold/ledger.h"

struct assertion {
    uint8_t event_id[EVENT_ID_SIZE];
    uint64_t position;
    int64_t recorded_at_ms;
    int32_t day;      /* occurred_on */
    uint32_t subject; /* 1 + its index; 0: none, it is about a unit */
    uint32_t kept;    /* private: where the fact's fields stand */
    uint32_t next;    /* private: of the same subject */
    uint16_t unit;    /* who says it */
    uint16_t about;   /* whom it concerns: about_unit, else the subject's, else unit */
    uint8_t kind, body;
    uint8_t flags; /* enum assertion_flag */
};

enum assertion_flag {
    ASSERTION_TARGETED = 1,  /* some correction names it; whether it holds depends on known_at */
    ASSERTION_MISPLACED = 2, /* the envelope disagrees with its payload (contract 2.1) */
    ASSERTION_REPEATED = 4,  /* said again with the same event_id: ledger_next_repeat */
};

/*
 * The fact as event.h has it, fields of TEXT_LONG limit left out (read them again by position):
 * such a field is empty in out, and long_given says by bits (field number) that it was there; a
 * definition's content and the reason of a verdict or a correction are there. An amount's text is
 * there when it has no value. Lists live in arena; without one (NULL), or beyond its limit, they
 * are empty. Digests are left out likewise, their count kept in .count with items NULL.
 */
struct ledger_fact {
    struct event event; /* envelope: all but algorithm, origin and payload; about_unit: resolved */
    uint64_t long_given;
};
void ledger_read(const struct ledger *ledger, const struct assertion *assertion,
                 struct arena *arena, struct ledger_fact *out);
/*
 * The fact alone and in a hurry: of the envelope kind and agent's clock are set, and nothing of
 * what stands beyond the fact is. A text or list has what it consists of when the bit of its field
 * number is in wanted; else the text is empty, the list counted in .count with items NULL.
 */
void ledger_read_fields(const struct ledger *ledger, const struct assertion *assertion,
                        uint64_t wanted, struct arena *arena, struct ledger_fact *out);

/*
 * Walks: in order of position, what was known at a position and was not corrected or withdrawn by
 * then. A correction counts when its unit is the one that said it, or the city.
 *
 *   struct ledger_walk walk = ledger_walk_subject(ledger, index, known_at);
 *   while ((assertion = ledger_next(&walk))) …
 */
struct ledger_walk {
    const struct ledger *ledger;
    uint64_t known_at;
    uint32_t next;
    bool with_corrected; /* set it to see those as well: history, not state */
};
struct ledger_walk ledger_walk_subject(const struct ledger *ledger, size_t index,
                                       uint64_t known_at);
/* What is said about a unit without a subject: trips, targets, definitions … */
struct ledger_walk ledger_walk_unit(const struct ledger *ledger, size_t index, uint64_t known_at);
const struct assertion *ledger_next(struct ledger_walk *walk);
/*
 * The correction that took effect first by known_at and was not itself taken back; NULL: the
 * assertion holds. A correction may be corrected in turn, CORRECTION_DEPTH_MAX deep.
 */
enum { CORRECTION_DEPTH_MAX = 32 };
const struct assertion *ledger_correction_of(const struct ledger *ledger,
                                             const struct assertion *assertion, uint64_t known_at);
const struct assertion *ledger_find_event(const struct ledger *ledger,
                                          const uint8_t event_id[EVENT_ID_SIZE]);
/* What was said last up to the position, corrected or not; NULL: nothing. Asked again with the
 * position before its own it walks back through the log. */
const struct assertion *ledger_said_by(const struct ledger *ledger, uint64_t position);
/* The next position after the given one at which the same was said again; 0: none. */
uint64_t ledger_next_repeat(const struct ledger *ledger, const struct assertion *assertion,
                            uint64_t after);
