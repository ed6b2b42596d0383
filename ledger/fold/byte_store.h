/*
 * byte_store.h - many small pieces of bytes that stay where they are, each found by a number of 32
 * bits: blocks of two mebibytes, pieces on every fourth byte. It holds 16 GiB.
 */
#pragma once

#include <stdint.h>

#include "base/bytes.h"
#include "ledger/fold/large_pages.h"

enum {
    BYTE_STORE_PIECE_MAX = LARGE_PAGE_SIZE,
    BYTE_STORE_PLACE_SIZE = 4,
    BYTE_STORE_BLOCK_PLACES = BYTE_STORE_PIECE_MAX / BYTE_STORE_PLACE_SIZE,
};

struct byte_store {
    uint8_t **blocks;
    size_t block_count, block_capacity;
    size_t used; /* of the last block */
};

void byte_store_release(struct byte_store *store);
/* bytes.size <= BYTE_STORE_PIECE_MAX. Aborts when out of memory. */
uint32_t byte_store_add(struct byte_store *store, struct bytes bytes);
/* From the piece to the end of what its block holds: the caller knows where it ends. */
static inline struct bytes byte_store_at(const struct byte_store *store, uint32_t place)
{
    size_t block = place / BYTE_STORE_BLOCK_PLACES;
    size_t at = (size_t)(place % BYTE_STORE_BLOCK_PLACES) * BYTE_STORE_PLACE_SIZE;
    size_t end = block + 1 == store->block_count ? store->used : BYTE_STORE_PIECE_MAX;
    return bytes_of(store->blocks[block] + at, end - at);
}

/* Room for one item more in an array that doubles; the array, or where it went. */
void *array_grown(void *array, size_t count, size_t *capacity, size_t item_size);
