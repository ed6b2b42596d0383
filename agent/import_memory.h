/*
 * import_memory.h - what is remembered of a fact: its cells, each in a form in which equal cells
 * are equal bytes, with the ledger's words beside it where they differ. One entry a cell:
 *   tag '=' canonical form, and where the ledger's words differ, US (0x1f) words, then RS (0x1e).
 * Cells hold no control characters but tab and line ends, so none can look like a mark.
 */
#pragma once

#include "agent/import_facts.h"

struct bytes import_memory_write(const struct import_fact *fact, const struct import_row *row,
                                 struct arena *arena);
/* The canonical form and the words of one cell; false: it said nothing. */
bool import_memory_find(struct bytes memory, enum ledger_column column, struct bytes *canonical,
                        struct bytes *words);
/* False where only words differ, or the unit that an amount is written in. */
bool import_memory_differs(const struct import_fact *fact, struct bytes before, struct bytes now);
/* Joined in the arena, which holds any row (IMPORT_ARENA_SIZE_MAX). */
struct bytes import_join(struct arena *arena, const struct bytes *parts, size_t count);
