/*
 * roster.h - who may speak: the fold of all roster records, in the order of the log (contract 1.4
 * to 1.6). Keys point to entries; an entry keeps its history (revoked ones stay, so that names and
 * old signatures can be looked up).
 */
#pragma once

#include "base/map.h"
#include "base/sign.h"
#include "ledger/event/record.h"

enum { ROSTER_NAME_MAX = 90, ROSTER_ENTRIES_MAX = 16384 };

struct roster_entry {
    uint8_t curve_key[CURVE_KEY_SIZE], signing_key[SIGNING_KEY_SIZE], key_id[KEY_ID_SIZE];
    uint32_t role, unit_type, epoch; /* enum peer_role, enum unit_type */
    char unit[UNIT_TEXT_MAX + 1];    /* "" for displays and auditors */
    char name[ROSTER_NAME_MAX + 1];
    uint64_t enrolled_at, revoked_at; /* positions; revoked_at 0: in force */
    struct verifier *verifier;        /* of signing_key */
};

struct roster {
    struct roster_entry **entries; /* in the order of enrolment */
    size_t count, capacity;
    struct map by_curve_key; /* the entry in force, or the newest revoked one */
    struct map by_unit;      /* the unit's entry in force, or its newest */
};

void roster_init(struct roster *roster, uint64_t seed);
void roster_release(struct roster *roster);
/*
 * ERR_MALFORMED: a change that the log should not hold (unknown action or role, short keys, a bad
 * unit or name, an epoch used before, revoking or renaming nobody). ERR_LIMIT: ROSTER_ENTRIES_MAX.
 * An enrolment ends what it replaces: the key its unit (or name) had, and this very key's own.
 */
MUST_CHECK enum err roster_apply(struct roster *roster, uint64_t position,
                                 const struct roster_change *change);

const struct roster_entry *roster_by_key(const struct roster *roster,
                                         struct bytes curve_key); /* in force only */
const struct roster_entry *roster_by_unit(const struct roster *roster,
                                          struct bytes unit); /* in force only */
/* UNIT, NAME or KEYID (hex) of contract 9.2; NULL when none in force, or when a name fits several.
 */
const struct roster_entry *roster_find(const struct roster *roster, const char *what);
/* The entry in force that this enrolment would replace: of its unit, or, for a display or auditor,
 * of its name. Not looked at: whether the key itself is in use. */
const struct roster_entry *roster_holder(const struct roster *roster,
                                         const struct roster_change *enrol);
uint32_t roster_next_epoch(const struct roster *roster,
                           struct bytes unit); /* 1 for a unit never enrolled */

enum roster_request_verdict {
    ROSTER_WELCOME,
    ROSTER_KEY_IN_USE,    /* this very key is in force already, and replace was not said */
    ROSTER_NEEDS_REPLACE, /* the unit (or the name, for displays and auditors) has a live key */
    ROSTER_BAD_UNIT,      /* unit, name, unit type or keys break the form of this role */
    ROSTER_FULL,
};
enum roster_request_verdict roster_judge(const struct roster *roster,
                                         const struct roster_change *enrol, bool replace);

/*
 * May this peer say this? (contract 1.4): an agent about its own unit and that unit's projects, a
 * city agent about any, an inspector verifications only.
 */
bool roster_may_say(const struct roster_entry *entry, const struct envelope *envelope);
/*
 * May this peer read this record? Filter aside. An agent: what its unit said, refusals included,
 * and what others said about its unit or projects (only the city and inspectors have the right to).
 * envelope may be NULL when the record has none that can be read.
 */
bool roster_may_read(const struct roster_entry *entry, const struct record *record,
                     const struct envelope *envelope);
/* May it ask for these units by name? An agent only for its own. */
bool roster_may_follow(const struct roster_entry *entry, const struct texts *units);
/* May it be told of all units' links? */
bool roster_may_watch(const struct roster_entry *entry);
