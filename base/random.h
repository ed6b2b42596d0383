/*
 * random.h - a small seeded generator (xoshiro256**) for jitter, simulation and tests: same seed,
 * same numbers. Never for keys: random_secret asks libcrypto.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct random {
    uint64_t state[4];
};

void random_init(struct random *random, uint64_t seed);
uint64_t random_next(struct random *random);
uint64_t random_below(struct random *random, uint64_t limit); /* 0 .. limit - 1; limit > 0 */
bool random_chance(struct random *random, uint32_t percent);
void random_secret(void *out,
                   size_t size); /* cryptographic; aborts when the system has no entropy */
