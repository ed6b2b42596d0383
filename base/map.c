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

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* SipHash-1-3: keys come from counties, and nobody may choose keys that all land in one place. */
static uint64_t hash_key(uint64_t seed, struct bytes key)
{
    uint64_t other = ~seed * 0x9e3779b97f4a7c15U;
    uint64_t v[4] = {seed ^ 0x736f6d6570736575U, other ^ 0x646f72616e646f6dU,
                     seed ^ 0x6c7967656e657261U, other ^ 0x7465646279746573U};
    for (size_t at = 0;; at += 8) {
        uint64_t word = (uint64_t)key.size << 56;
        bool is_last = key.size - at < 8;
        size_t size = is_last ? key.size - at : 8;
        if (size > 0)
            memcpy(&word, key.data + at, size); /* host order: the hash never leaves the process */
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
        if (is_last)
            break;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
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
    return find(map, hash_key(map->seed, key), key)->value;
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
    uint64_t hash = hash_key(map->seed, key);
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
    struct map_slot *slot = find(map, hash_key(map->seed, key), key);
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
