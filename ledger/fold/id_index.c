/* id_index.c - open addressing with linear probing, at most half full; nothing is ever removed, so
 * equal ids stand in the order they came. */
#include "ledger/fold/id_index.h"

#include <string.h>

#include "ledger/event/event.h"
#include "ledger/fold/large_pages.h"
#include "ledger/fold/mix_hash.h"

enum { SLOTS_FIRST = 64 };
#define HASH_HALF 0xffffffff00000000U

struct id_key id_key_of(uint64_t seed, const uint8_t *id)
{
    return (struct id_key){id, mix_hash(seed, bytes_of(id, EVENT_ID_SIZE))};
}

void id_index_release(struct id_index *index)
{
    large_pages_free(index->slots, index->capacity * sizeof *index->slots);
    index->slots = NULL;
    index->count = index->capacity = 0;
}

static size_t home(const struct id_index *index, uint64_t hash)
{
    return (size_t)(hash >> 32) & (index->capacity - 1);
}

void id_index_prefetch(const struct id_index *index, const struct id_key *key)
{
    if (index->capacity > 0)
        __builtin_prefetch(&index->slots[home(index, key->hash)], 1);
}

static void place(struct id_index *index, uint64_t slot)
{
    size_t at = home(index, slot);
    while (index->slots[at] != 0)
        at = (at + 1) & (index->capacity - 1);
    index->slots[at] = slot;
}

/* From a free slot on, so that a run of slots that wraps around keeps its order. */
static void resize(struct id_index *index, size_t capacity)
{
    struct id_index old = *index;
    size_t start = 0;
    index->capacity = capacity;
    index->slots = large_pages_alloc(index->capacity * sizeof *index->slots);
    while (start < old.capacity && old.slots[start] != 0)
        start++;
    for (size_t i = 0; i < old.capacity; i++) {
        uint64_t slot = old.slots[(start + i) & (old.capacity - 1)];
        if (slot != 0)
            place(index, slot);
    }
    large_pages_free(old.slots, old.capacity * sizeof *old.slots);
}

void id_index_reserve(struct id_index *index, size_t count)
{
    size_t capacity = index->capacity > 0 ? index->capacity : SLOTS_FIRST;
    while (capacity / 2 < count)
        capacity *= 2;
    if (capacity > index->capacity)
        resize(index, capacity);
}

void id_index_add(struct id_index *index, const struct id_key *key, uint32_t number)
{
    if (index->count >= index->capacity / 2)
        id_index_reserve(index, index->count + 1);
    place(index, (key->hash & HASH_HALF) | (number + 1));
    index->count++;
}

struct id_walk id_index_find(const struct id_index *index, const struct id_key *key)
{
    return (struct id_walk){index, *key, index->capacity > 0 ? home(index, key->hash) : 0};
}

uint32_t id_index_next(struct id_walk *walk)
{
    const struct id_index *index = walk->index;
    while (index->capacity > 0 && index->slots[walk->at] != 0) {
        uint64_t slot = index->slots[walk->at];
        uint32_t number = (uint32_t)slot - 1;
        walk->at = (walk->at + 1) & (index->capacity - 1);
        if (((slot ^ walk->key.hash) & HASH_HALF) == 0 &&
            memcmp(index->id_of(index->owner, number), walk->key.id, EVENT_ID_SIZE) == 0)
            return number;
    }
    return ID_INDEX_NONE;
}
