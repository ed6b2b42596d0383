/*
 * text_pool.h - texts kept once: names, places, departments come again and again, and an event then
 * holds a number. Numbers count from 1 in order met; 0 is the empty text.
 */
#pragma once

#include "ledger/fold/byte_store.h"

enum { TEXT_POOL_TEXT_MAX = BYTE_STORE_PIECE_MAX - 16 };

struct text_pool {
    struct byte_store store; /* a text: its number, its size as a varint, its bytes */
    uint32_t *places;        /* of text n at [n - 1] */
    size_t count, place_capacity;
    uint64_t *slots; /* half of the hash, which says where it goes, and its place + 1; 0: free */
    size_t slot_count;
    uint64_t seed;
    uint32_t newest; /* looked at first: the same often comes again at once; 0: none */
};

void text_pool_init(struct text_pool *pool, uint64_t seed);
void text_pool_release(struct text_pool *pool);
/* Room for so many at once. */
void text_pool_reserve(struct text_pool *pool, size_t count);
/* text.size <= TEXT_POOL_TEXT_MAX. */
uint32_t text_pool_add(struct text_pool *pool, struct bytes text);

/*
 * For several at once, whose memory then comes in one wait: a key of each, text_pool_prefetch of
 * each, text_pool_add_key of each.
 */
struct text_key {
    struct bytes text;
    uint64_t hash;
};
struct text_key text_pool_key(const struct text_pool *pool, struct bytes text);
void text_pool_prefetch(const struct text_pool *pool, const struct text_key *key);
uint32_t text_pool_add_key(struct text_pool *pool, const struct text_key *key);
uint32_t text_pool_find(const struct text_pool *pool, struct bytes text); /* 0: not there */
/* number <= count; stays where it is until the pool is released. */
struct bytes text_pool_get(const struct text_pool *pool, uint32_t number);
