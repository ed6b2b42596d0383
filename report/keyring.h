/*
 * keyring.h - which key speaks for which unit and epoch, at which positions, and what the unit is
 * called on a day: the fold of the log's roster records (contract 1.1, 1.6).
 */
#pragma once

#include "base/map.h"
#include "base/sign.h"
#include "ledger/event/record.h"

enum { KEYRING_NAME_MAX = 90, KEYRING_ENTRIES_MAX = 65536 };

struct keyring_entry {
    struct keyring_entry *before;        /* the same unit's earlier enrolment */
    struct keyring_entry *before_of_key; /* the same key's: asked for again, it has a new epoch */
    uint8_t key_id[KEY_ID_SIZE], signing_key[SIGNING_KEY_SIZE];
    uint32_t epoch;                   /* 0 for those who only read */
    uint64_t enrolled_at, revoked_at; /* positions; revoked_at 0: in force */
    struct verifier *verifier;
};

struct keyring_name {
    struct keyring_name *before;
    int32_t from_day;
    char text[KEYRING_NAME_MAX + 1];
};

struct keyring {
    struct map units; /* unit -> its newest struct keyring_entry */
    struct map keys;  /* key id -> struct keyring_entry */
    struct map names; /* unit -> its newest struct keyring_name */
    size_t count;
};

void keyring_init(struct keyring *keyring);
void keyring_release(struct keyring *keyring);
/* ERR_CORRUPT: a change that the log should not hold; problem says why, without the position. */
MUST_CHECK enum err keyring_apply(struct keyring *keyring, const struct record *record,
                                  const struct roster_change *change, struct problem *problem);
/* NULL: never enrolled. */
const struct keyring_entry *keyring_find(const struct keyring *keyring, struct bytes unit,
                                         uint32_t epoch);
/* The unit's name in force on the day; "" when none is known. */
const char *keyring_name(const struct keyring *keyring, struct bytes unit, int32_t day);
