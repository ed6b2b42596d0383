/*
 * id_index.h - from an event_id to numbers: of assertions, of corrections. It holds numbers and
 * half of a hash only, and asks for the id behind a number, so an event costs sixteen bytes here.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct id_index {
    uint64_t *slots; /* half of the hash, which says where it goes, and number + 1; 0: free */
    size_t count, capacity;
    const void *owner;
    const uint8_t *(*id_of)(const void *owner, uint32_t number);
};

#define ID_INDEX_NONE UINT32_MAX

/* An event_id, hashed once for all that is asked about it. */
struct id_key {
    const uint8_t *id;
    uint64_t hash;
};
struct id_key id_key_of(uint64_t seed, const uint8_t *id);

void id_index_release(struct id_index *index);
/* Room for so many at once. */
void id_index_reserve(struct id_index *index, size_t count);
/* The key is of what id_of gives for number. The same id may be added again. */
void id_index_add(struct id_index *index, const struct id_key *key, uint32_t number);

/* Asked for later: the memory is on its way meanwhile. */
void id_index_prefetch(const struct id_index *index, const struct id_key *key);

/* All numbers of an id, in the order they were added. */
struct id_walk {
    const struct id_index *index;
    struct id_key key;
    size_t at;
};
struct id_walk id_index_find(const struct id_index *index, const struct id_key *key);
uint32_t id_index_next(struct id_walk *walk); /* ID_INDEX_NONE: no more */
