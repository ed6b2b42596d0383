/* arena.c - blocks that double in size; see arena.h. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

enum { ALIGNMENT = alignof(max_align_t), FIRST_BLOCK_BYTES = 4096, LARGEST_STEP_BYTES = 1 << 20 };

struct arena_block {
    struct arena_block *next;
    size_t used_bytes, size_bytes;
    alignas(ALIGNMENT) uint8_t memory[];
};

void arena_init(struct arena *arena, size_t limit_bytes)
{
    *arena = (struct arena){.limit_bytes = limit_bytes};
}

void arena_release(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
    arena->used_bytes = 0;
}

static void add_block(struct arena *arena, size_t size_bytes)
{
    struct arena_block *block = malloc(sizeof(*block) + size_bytes);
    if (!block)
        abort();
    block->next = arena->blocks;
    block->used_bytes = 0;
    block->size_bytes = size_bytes;
    arena->blocks = block;
}

/* Several blocks become one as large as all of them: the same load again then needs no malloc. */
void arena_reset(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    if (!block)
        return;
    if (block->next) {
        size_t size_bytes = 0;
        for (; block; block = block->next)
            size_bytes += block->size_bytes;
        arena_release(arena);
        add_block(arena, size_bytes);
    }
    arena->blocks->used_bytes = 0;
    arena->used_bytes = 0;
}

static size_t next_block_bytes(const struct arena *arena, size_t wanted_bytes)
{
    size_t size_bytes = arena->blocks ? arena->blocks->size_bytes * 2 : FIRST_BLOCK_BYTES;
    if (size_bytes > LARGEST_STEP_BYTES)
        size_bytes = LARGEST_STEP_BYTES;
    return size_bytes > wanted_bytes ? size_bytes : wanted_bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t left_bytes = arena->limit_bytes - arena->used_bytes;
    if (size > left_bytes || size > SIZE_MAX / 2)
        return NULL;
    /* Rounded up before it is counted, so that a flood of tiny pieces meets the limit too. */
    size_t size_bytes = size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size_bytes > left_bytes)
        return NULL;
    struct arena_block *block = arena->blocks;
    if (!block || size_bytes > block->size_bytes - block->used_bytes) {
        add_block(arena, next_block_bytes(arena, size_bytes));
        block = arena->blocks;
    }
    void *memory = block->memory + block->used_bytes;
    block->used_bytes += size_bytes;
    arena->used_bytes += size_bytes;
    return memset(memory, 0, size);
}

struct bytes arena_copy(struct arena *arena, struct bytes bytes)
{
    uint8_t *data = bytes.size == SIZE_MAX ? NULL : arena_alloc(arena, bytes.size + 1);
    if (!data)
        return BYTES_NONE;
    if (bytes.size > 0)
        memcpy(data, bytes.data, bytes.size);
    return bytes_of(data, bytes.size);
}
