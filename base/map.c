/*
 * map.c - open addressing with linear probing. Removal shifts the following slots back instead of
 * leaving a tombstone, so a map that lives for months under churn stays as fast as a new one.
 */
#include "base/map.h"

#include <assert.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 16 };

static uint64_t rotate(uint64_t value, int by)
{
    return value << by | value >> (64 - by);
}

struct sip {
    uint64_t a, b, c, d;
};

static inline struct sip sip_round(struct sip v)
{
    v.a += v.b;
    v.b = rotate(v.b, 13) ^ v.a;
    v.a = rotate(v.a, 32);
    v.c += v.d;
    v.d = rotate(v.d, 16) ^ v.c;
    v.a += v.d;
    v.d = rotate(v.d, 21) ^ v.a;
    v.c += v.b;
    v.b = rotate(v.b, 17) ^ v.c;
    v.c = rotate(v.c, 32);
    return v;
}

static inline struct sip sip_word(struct sip v, uint64_t word)
{
    v.d ^= word;
    v = sip_round(v);
    v.a ^= word;
    return v;
}

/* SipHash-1-3: keys come from counties, and nobody may choose keys that all land in one place. */
uint64_t map_hash(uint64_t seed, struct bytes key)
{
    uint64_t other = ~seed * 0x9e3779b97f4a7c15U;
    struct sip v = {seed ^ 0x736f6d6570736575U, other ^ 0x646f72616e646f6dU,
                    seed ^ 0x6c7967656e657261U, other ^ 0x7465646279746573U};
    size_t at = 0;
    uint64_t word; /* host order: the hash never leaves the process */
    for (; key.size - at >= sizeof word; at += sizeof word) {
        memcpy(&word, key.data + at, sizeof word);
        v = sip_word(v, word);
    }
    word = (uint64_t)key.size << 56;
    if (key.size > at)
        memcpy(&word, key.data + at, key.size - at);
    v = sip_word(v, word);
    v.c ^= 0xff;
    v = sip_round(sip_round(sip_round(v)));
    return v.a ^ v.b ^ v.c ^ v.d;
}

void map_init(struct map *map, uint64_t seed)
{
    *map = (struct map){.seed = seed};
}

void map_release(struct map *map)
{
    for (size_t i = 0; i < map->capacity; i++)
        free((void *)map->slots[i].key.data);
    free(map->slots);
    *map = (struct map){.seed = map->seed};
}

/* The slot that holds key, or the free slot where it would go. At least one slot is always free. */
static struct map_slot *find(const struct map *map, uint64_t hash, struct bytes key)
{
    size_t at = hash & (map->capacity - 1);
    while (map->slots[at].key.data) {
        if (map->slots[at].hash == hash && bytes_equal(map->slots[at].key, key))
            break;
        at = (at + 1) & (map->capacity - 1);
    }
    return &map->slots[at];
}

void *map_get(const struct map *map, struct bytes key)
{
    if (map->count == 0)
        return NULL;
    return find(map, map_hash(map->seed, key), key)->value;
}

static void grow(struct map *map)
{
    struct map old = *map;
    map->capacity = old.capacity > 0 ? old.capacity * 2 : FIRST_CAPACITY;
    map->slots = calloc(map->capacity, sizeof(*map->slots));
    if (!map->slots)
        abort();
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.slots[i].key.data)
            *find(map, old.slots[i].hash, old.slots[i].key) = old.slots[i];
    }
    free(old.slots);
}

void map_put(struct map *map, struct bytes key, void *value)
{
    assert(value);
    if (map->count >= map->capacity / 4 * 3)
        grow(map);
    uint64_t hash = map_hash(map->seed, key);
    struct map_slot *slot = find(map, hash, key);
    if (!slot->key.data) {
        uint8_t *copy = malloc(key.size + 1); /* never NULL for an empty key */
        if (!copy)
            abort();
        if (key.size > 0)
            memcpy(copy, key.data, key.size);
        *slot = (struct map_slot){.key = bytes_of(copy, key.size), .hash = hash};
        map->count++;
    }
    slot->value = value;
}

void *map_remove(struct map *map, struct bytes key)
{
    if (map->count == 0)
        return NULL;
    size_t mask = map->capacity - 1;
    struct map_slot *slot = find(map, map_hash(map->seed, key), key);
    if (!slot->key.data)
        return NULL;
    void *value = slot->value;
    free((void *)slot->key.data);
    size_t hole = (size_t)(slot - map->slots);
    for (size_t at = (hole + 1) & mask; map->slots[at].key.data; at = (at + 1) & mask) {
        /* A slot may move back to the hole unless that would put it before its home. */
        size_t home = map->slots[at].hash & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            map->slots[hole] = map->slots[at];
            hole = at;
        }
    }
    map->slots[hole] = (struct map_slot){0};
    map->count--;
    return value;
}

const struct map_slot *map_next(const struct map *map, size_t *at)
{
    while (*at < map->capacity) {
        const struct map_slot *slot = &map->slots[(*at)++];
        if (slot->key.data)
            return slot;
    }
    return NULL;
}
