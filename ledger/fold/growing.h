/* growing.h - a list of unknown length in an arena: it doubles, and what it leaves behind stays. */
#pragma once

#include "base/arena.h"

/* items with room for one more after count; NULL: the arena is too small, and items stay. */
static inline void *growing_list(struct arena *arena, void *items, size_t count, size_t *capacity,
                                 size_t item_size)
{
    if (count < *capacity)
        return items;
    size_t wanted = *capacity > 0 ? 2 * *capacity : 16;
    void *grown = arena_alloc(arena, wanted * item_size);
    if (!grown)
        return NULL;
    if (count > 0)
        memcpy(grown, items, count * item_size);
    *capacity = wanted;
    return grown;
}
