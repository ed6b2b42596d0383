/* random.c - xoshiro256** 1.0 by Blackman and Vigna (public domain), seeded through splitmix64. */
#include "base/random.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/rand.h>

static uint64_t rotate(uint64_t value, int by)
{
    return value << by | value >> (64 - by);
}

void random_init(struct random *random, uint64_t seed)
{
    for (size_t i = 0; i < ARRAY_LENGTH(random->state); i++) {
        seed += 0x9e3779b97f4a7c15U;
        uint64_t mixed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebU;
        random->state[i] = mixed ^ mixed >> 31;
    }
}

uint64_t random_next(struct random *random)
{
    uint64_t *state = random->state;
    uint64_t result = rotate(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return result;
}

uint64_t random_below(struct random *random, uint64_t limit)
{
    assert(limit > 0);
    uint64_t uneven = (0 - limit) % limit; /* 2^64 mod limit numbers too many: draw again */
    uint64_t value = random_next(random);
    while (value < uneven)
        value = random_next(random);
    return value % limit;
}

bool random_chance(struct random *random, uint32_t percent)
{
    return random_below(random, 100) < percent;
}

void random_secret(void *out, size_t size)
{
    if (RAND_priv_bytes_ex(NULL, out, size, 0) != 1)
        abort();
}
