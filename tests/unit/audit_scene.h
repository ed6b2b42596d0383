/* audit_scene.h - a small city's log in the making: drafts that a test may spoil before they are
 * encoded, told to verify.h as they are or written into a store as the broker would. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/verify.h"
#include "store/log.h"

enum { CITY_RECORDS_MAX = 64, CITY_KEYS_MAX = 8 };

struct city_key { /* one enrolment */
    char unit[UNIT_TEXT_MAX + 1];
    uint32_t epoch;
    struct signer *signer;
    uint8_t curve[CURVE_KEY_SIZE], sign[SIGN_KEY_SIZE], key_id[KEY_ID_SIZE];
    uint64_t seq, pushed_seq;
    struct hash chain;
};

struct city {
    struct record records[CITY_RECORDS_MAX];            /* position is index + 1 */
    struct push_signature signatures[CITY_RECORDS_MAX]; /* signature empty: none there */
    size_t count;
    struct city_key keys[CITY_KEYS_MAX];
    size_t key_count;
    struct arena arena;
    char root[64]; /* made by city_store */
};

/* A log that holds the city's settings only. */
void city_open(struct city *city);
void city_close(struct city *city);
/* Two counties, pushes of several sizes, a refusal, an enrolment anew. */
void city_live(struct city *city);
struct city_key *city_enrol(struct city *city, const char *unit, uint32_t epoch);
void city_revoke(struct city *city, struct city_key *key);
struct roster_change city_change(const struct city_key *key, uint32_t action);
struct record *city_roster(struct city *city, const struct roster_change *change);
struct record *city_add(struct city *city, enum record_kind kind, struct bytes detail);
/* One event, not yet covered by a signature. */
struct record *city_say(struct city *city, struct city_key *key, const char *text);
/* One event that becomes a refusal. */
struct record *city_refuse(struct city *city, struct city_key *key);
/* A push ends at the last record: signs everything since the key's push before. */
struct push_signature *city_sign(struct city *city, struct city_key *key);
void city_push(struct city *city, struct city_key *key, int events);
/* The buffer's bytes, in the city's memory; the buffer is released. */
struct bytes city_keep(struct city *city, struct buffer *buffer);
/* Tells verify every record and signature as it is; the first error, or verify_end's. */
enum err city_tell(struct city *city, struct verify *verify);
/* ROOT/store, as a broker that was stopped leaves it. */
void city_store(struct city *city);
struct store *city_store_open(struct city *city);
