/*
 * mix_hash.h - where the ledger's own tables place things: several times cheaper than map_hash, and
 * the fold hashes five texts an event. Each step multiplies two words, each hidden by a secret one,
 * and folds the 128 bits: whoever does not know the seed cannot choose two texts that meet, and the
 * hash never leaves the process. It is no cipher: where a hash can be seen, take map_hash.
 */
#pragma once

#include "base/bytes.h"

static inline uint64_t mix_fold(uint64_t left, uint64_t right)
{
    unsigned __int128 product = (unsigned __int128)left * right;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t mix_word(const uint8_t *at, size_t size) /* size <= 8; host order */
{
    uint64_t word = 0;
    uint32_t half;
    if (size == sizeof word) {
        memcpy(&word, at, sizeof word);
    } else if (size >= sizeof half) { /* two that overlap */
        memcpy(&half, at + size - sizeof half, sizeof half);
        word = (uint64_t)half << 32;
        memcpy(&half, at, sizeof half);
        word |= half;
    } else if (size > 0) {
        word = (uint64_t)at[0] << 16 | (uint64_t)at[size / 2] << 8 | at[size - 1];
    }
    return word;
}

static inline uint64_t mix_hash(uint64_t seed, struct bytes bytes)
{
    enum { WORD = 8, PAIR = 16 };
    uint64_t one = mix_fold(seed ^ 0x9e3779b97f4a7c15U, 0xd6e8feb86659fd93U);
    uint64_t other = mix_fold(seed ^ 0xa0761d6478bd642fU, 0xe7037ed1a0b428dbU);
    uint64_t hash = other ^ bytes.size;
    if (bytes.size == 0) /* its data may be NULL */
        return hash;
    const uint8_t *at = bytes.data;
    size_t left = bytes.size;
    for (; left > PAIR; left -= PAIR, at += PAIR)
        hash = mix_fold(mix_word(at, WORD) ^ one, mix_word(at + WORD, WORD) ^ hash);
    size_t first = left < WORD ? left : WORD;
    hash = mix_fold(mix_word(at, first) ^ one, mix_word(at + first, left - first) ^ hash);
    return mix_fold(hash ^ one, hash ^ other);
}
