/* byte_store.c - see byte_store.h. */
#include "ledger/fold/byte_store.h"

#include <assert.h>
#include <stdlib.h>

enum {
    BLOCKS_MAX = UINT32_MAX / BYTE_STORE_BLOCK_PLACES,
    ARRAY_FIRST = 8,
};

void *array_grown(void *array, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return array;
    size_t wanted = *capacity > 0 ? *capacity * 2 : ARRAY_FIRST;
    void *grown = reallocarray(array, wanted, item_size);
    if (!grown)
        abort();
    *capacity = wanted;
    return grown;
}

void byte_store_release(struct byte_store *store)
{
    for (size_t i = 0; i < store->block_count; i++)
        large_pages_free(store->blocks[i], BYTE_STORE_PIECE_MAX);
    free((void *)store->blocks);
    *store = (struct byte_store){0};
}

static void add_block(struct byte_store *store)
{
    store->blocks = array_grown((void *)store->blocks, store->block_count, &store->block_capacity,
                                sizeof *store->blocks);
    if (store->block_count == BLOCKS_MAX)
        abort();
    store->blocks[store->block_count] = large_pages_block(store->block_count, BYTE_STORE_PIECE_MAX);
    store->block_count++;
    store->used = 0;
}

uint32_t byte_store_add(struct byte_store *store, struct bytes bytes)
{
    assert(bytes.size <= BYTE_STORE_PIECE_MAX);
    if (store->block_count == 0 || bytes.size > BYTE_STORE_PIECE_MAX - store->used)
        add_block(store);
    size_t block = store->block_count - 1, at = store->used;
    if (bytes.size > 0)
        memcpy(store->blocks[block] + at, bytes.data, bytes.size);
    store->used = (at + bytes.size + BYTE_STORE_PLACE_SIZE - 1) / BYTE_STORE_PLACE_SIZE *
                  BYTE_STORE_PLACE_SIZE;
    return (uint32_t)(block * BYTE_STORE_BLOCK_PLACES + at / BYTE_STORE_PLACE_SIZE);
}
