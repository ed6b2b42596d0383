/* text_pool.c - open addressing over numbers of texts; see text_pool.h. */
#include "ledger/fold/text_pool.h"

#include <assert.h>
#include <stdlib.h>

#include "ledger/fold/large_pages.h"
#include "ledger/fold/mix_hash.h"
#include "ledger/fold/varint.h"

enum { SLOTS_FIRST = 64, NUMBER_SIZE = 4 };
#define HASH_HALF 0xffffffff00000000U

static size_t home(const struct text_pool *pool, uint64_t hash)
{
    return (size_t)(hash >> 32) & (pool->slot_count - 1);
}

void text_pool_init(struct text_pool *pool, uint64_t seed)
{
    *pool = (struct text_pool){.seed = seed};
}

void text_pool_release(struct text_pool *pool)
{
    byte_store_release(&pool->store);
    free(pool->places);
    large_pages_free(pool->slots, pool->slot_count * sizeof *pool->slots);
    *pool = (struct text_pool){.seed = pool->seed};
}

static struct bytes piece_text(struct bytes piece)
{
    struct varint_reader reader =
        varint_read(bytes_of(piece.data + NUMBER_SIZE, piece.size - NUMBER_SIZE));
    size_t size = (size_t)varint_next(&reader);
    return varint_next_bytes(&reader, size);
}

struct bytes text_pool_get(const struct text_pool *pool, uint32_t number)
{
    assert(number <= pool->count);
    if (number == 0)
        return BYTES_NONE;
    return piece_text(byte_store_at(&pool->store, pool->places[number - 1]));
}

/* The slot that holds text, or the free one where it would go; number: 0 when it is free. */
static uint64_t *find(const struct text_pool *pool, uint64_t hash, struct bytes text,
                      uint32_t *number)
{
    size_t mask = pool->slot_count - 1;
    size_t at = home(pool, hash);
    *number = 0;
    for (; pool->slots[at] != 0; at = (at + 1) & mask) {
        if (((pool->slots[at] ^ hash) & HASH_HALF) != 0)
            continue;
        struct bytes piece = byte_store_at(&pool->store, (uint32_t)pool->slots[at] - 1);
        if (bytes_equal(piece_text(piece), text)) {
            memcpy(number, piece.data, NUMBER_SIZE);
            break;
        }
    }
    return &pool->slots[at];
}

static void resize(struct text_pool *pool, size_t slot_count)
{
    uint64_t *old = pool->slots;
    size_t old_count = pool->slot_count;
    pool->slot_count = slot_count;
    pool->slots = large_pages_alloc(pool->slot_count * sizeof *pool->slots);
    for (size_t i = 0; i < old_count; i++) {
        size_t at = home(pool, old[i]);
        while (old[i] != 0 && pool->slots[at] != 0)
            at = (at + 1) & (pool->slot_count - 1);
        if (old[i] != 0)
            pool->slots[at] = old[i];
    }
    large_pages_free(old, old_count * sizeof *old);
}

void text_pool_reserve(struct text_pool *pool, size_t count)
{
    size_t slot_count = pool->slot_count > 0 ? pool->slot_count : SLOTS_FIRST;
    while (slot_count / 2 < count)
        slot_count *= 2;
    if (slot_count > pool->slot_count)
        resize(pool, slot_count);
}

struct text_key text_pool_key(const struct text_pool *pool, struct bytes text)
{
    struct text_key key = {text, mix_hash(pool->seed, text)};
    if (pool->slot_count > 0)
        __builtin_prefetch(&pool->slots[home(pool, key.hash)], 1);
    return key;
}

/* Only where the text itself will be compared: mostly it stands in the first slot, if anywhere. */
void text_pool_prefetch(const struct text_pool *pool, const struct text_key *key)
{
    if (pool->slot_count == 0)
        return;
    uint64_t slot = pool->slots[home(pool, key->hash)];
    if (slot != 0 && ((slot ^ key->hash) & HASH_HALF) == 0)
        __builtin_prefetch(byte_store_at(&pool->store, (uint32_t)slot - 1).data);
}

uint32_t text_pool_find(const struct text_pool *pool, struct bytes text)
{
    uint32_t number = 0;
    if (text.size == 0 || pool->count == 0)
        return 0;
    if (bytes_equal(text_pool_get(pool, pool->newest), text))
        return pool->newest;
    (void)find(pool, mix_hash(pool->seed, text), text, &number);
    return number;
}

static uint32_t store_text(struct text_pool *pool, uint32_t number, struct bytes text)
{
    uint8_t small[512]; /* nearly all; the rest goes over the heap */
    struct buffer large = {0};
    size_t most = NUMBER_SIZE + VARINT_SIZE_MAX + text.size;
    uint8_t *piece = most <= sizeof small ? small : buffer_extend(&large, most);
    memcpy(piece, &number, NUMBER_SIZE);
    uint8_t *end = varint_put(piece + NUMBER_SIZE, text.size);
    memcpy(end, text.data, text.size);
    end += text.size;
    uint32_t place = byte_store_add(&pool->store, bytes_of(piece, (size_t)(end - piece)));
    buffer_release(&large);
    return place;
}

uint32_t text_pool_add_key(struct text_pool *pool, const struct text_key *key)
{
    uint32_t number;
    assert(key->text.size <= TEXT_POOL_TEXT_MAX);
    if (key->text.size == 0)
        return 0;
    text_pool_reserve(pool, pool->count + 1);
    uint64_t *slot = find(pool, key->hash, key->text, &number);
    if (number != 0)
        return number;
    pool->places =
        array_grown(pool->places, pool->count, &pool->place_capacity, sizeof *pool->places);
    number = (uint32_t)pool->count + 1;
    uint32_t place = store_text(pool, number, key->text);
    pool->places[pool->count++] = place;
    *slot = (key->hash & HASH_HALF) | (place + 1);
    return number;
}

uint32_t text_pool_add(struct text_pool *pool, struct bytes text)
{
    struct text_key key = {text, mix_hash(pool->seed, text)};
    return text_pool_add_key(pool, &key);
}
