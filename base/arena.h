/*
 * arena.h - memory that is given back all at once, with a limit. What it hands out is zeroed and
 * aligned for any type.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/bytes.h"

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used_bytes, limit_bytes;
};

void arena_init(struct arena *arena, size_t limit_bytes);
void arena_release(struct arena *arena);
void arena_reset(struct arena *arena); /* forgets all; keeps one block for reuse */
/* NULL beyond the limit; a size is counted rounded up to 16 bytes. */
MUST_CHECK void *arena_alloc(struct arena *arena, size_t size);
/* A copy of the bytes, and a NUL that size does not count; data is NULL beyond the limit. */
struct bytes arena_copy(struct arena *arena, struct bytes bytes);

static inline void arena_release_cleanup(struct arena *arena)
{
    arena_release(arena);
}
