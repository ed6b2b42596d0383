/*
 * county_scene.h - a county for the tests of the broker's cores: its keys, its events as sealed
 * envelopes, its chain, and signed pushes of any stretch of them.
 */
#pragma once

#include "base/sign.h"
#include "broker/hub.h"

enum { COUNTY_EVENTS = 80, COUNTY_DAY = 19000, COUNTY_WALL_MS = 1664504400 };

struct county {
    char unit[UNIT_TEXT_MAX + 1];
    uint8_t curve_key[CURVE_KEY_SIZE], signing_key[SIGNING_KEY_SIZE], key_id[KEY_ID_SIZE];
    struct signer *signer;
    struct buffer envelopes[COUNTY_EVENTS + 1]; /* by seq */
    struct hash chain[COUNTY_EVENTS + 1];
    uint64_t newest;
    struct buffer batch; /* of the last push */
    uint8_t signature[SIGN_SIGNATURE_SIZE];
};

void county_must(enum err err);
void county_open(struct county *county, const char *unit, uint8_t number);
void county_close(struct county *county);
/* Its enrolment; role agent and type county unless the caller changes them. */
struct roster_change county_enrolment(const struct county *county, uint32_t epoch);
void county_say_bytes(struct county *county, struct bytes envelope);
/* A note; what is not given is that of a good event. */
void county_say(struct county *county, const char *text);
void county_say_envelope(struct county *county, const struct envelope *envelope);
void county_say_many(struct county *county, uint64_t until);
void county_sign(struct county *county, struct push *push);
/* A push of first..last; its batch lives until the next one. */
struct push county_push(struct county *county, uint32_t epoch, uint64_t first, uint64_t last);
struct hello county_hello(const struct county *county, uint32_t epoch, uint64_t acked_seq,
                          const struct token *token);
