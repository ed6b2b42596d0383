/*
 * map.h - a hash map from bytes to a pointer, seeded against chosen collisions. It copies keys and
 * owns no value.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

struct map_slot {
    struct bytes key; /* owned by the map; data NULL: free slot */
    void *value;
    uint64_t hash;
};

struct map {
    struct map_slot *slots; /* capacity is a power of two */
    size_t count, capacity;
    uint64_t seed;
};

/* What the map places keys by, for tables of other shapes; it never leaves the process. */
uint64_t map_hash(uint64_t seed, struct bytes key);
void map_init(struct map *map, uint64_t seed);
void map_release(struct map *map);
void *map_get(const struct map *map, struct bytes key);       /* NULL: not there */
void map_put(struct map *map, struct bytes key, void *value); /* replaces; value not NULL */
void *map_remove(struct map *map, struct bytes key);          /* the old value, or NULL */
/* Walk: for (size_t at = 0; (slot = map_next(map, &at));) - no change to the map meanwhile. */
const struct map_slot *map_next(const struct map *map, size_t *at);
