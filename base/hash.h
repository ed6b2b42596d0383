/*
 * hash.h - SHA-256 (FIPS 180-4), and the county's chain over its events.
 * Chain: h[0] is 32 zero bytes; h[n] = SHA-256(h[n-1] || SHA-256(envelope n)) (contract 2.3, 4.4).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
    HASH_SIZE = 32,
    HASH_GROUP = 64 /* messages worth hashing together: four times the lanes of today's widest */
};

struct hash {
    uint8_t bytes[HASH_SIZE];
};

struct hash hash_of(struct bytes bytes);
struct hash hash_of_parts(const struct bytes *parts, size_t count); /* as of the parts joined */
/*
 * out[i] = hash_of(messages[i]), several at once in the lanes of the processor: three to five times
 * as fast for messages of some hundred bytes. Any thread; memory of a thread goes with it.
 */
void hash_many(const struct bytes *messages, size_t count, struct hash *out);
struct hash hash_chain(const struct hash *before, const struct hash *envelope);
bool hash_equal(const struct hash *left, const struct hash *right);
bool hash_is_zero(const struct hash *hash);
static inline struct bytes hash_bytes(const struct hash *hash)
{
    return (struct bytes){hash->bytes, HASH_SIZE};
}
/* HMAC-SHA-256 (RFC 2104); key of any size. */
struct hash hash_hmac(struct bytes key, struct bytes message);
