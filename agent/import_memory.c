/* import_memory.c - see import_memory.h. */
#include "agent/import_memory.h"

#include <assert.h>

enum { WORDS_FOLLOW = 0x1f, ENTRY_ENDS = 0x1e };

struct bytes import_join(struct arena *arena, const struct bytes *parts, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += parts[i].size;
    uint8_t *out = arena_alloc(arena, size), *to = out;
    assert(out);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size > 0)
            memcpy(to, parts[i].data, parts[i].size);
        to += parts[i].size;
    }
    return bytes_of(out, size);
}

bool import_memory_find(struct bytes memory, enum ledger_column column, struct bytes *canonical,
                        struct bytes *words)
{
    struct bytes tag = bytes_of_text(ledger_columns[column].tag);
    while (memory.size > 0) {
        const uint8_t *end = memchr(memory.data, ENTRY_ENDS, memory.size);
        size_t size = end ? (size_t)(end - memory.data) : memory.size;
        struct bytes entry = bytes_of(memory.data, size);
        memory = bytes_of(memory.data + size + (end != NULL), memory.size - size - (end != NULL));
        if (entry.size <= tag.size || entry.data[tag.size] != '=' ||
            memcmp(entry.data, tag.data, tag.size) != 0)
            continue;
        entry = bytes_of(entry.data + tag.size + 1, entry.size - tag.size - 1);
        const uint8_t *mark = entry.size > 0 ? memchr(entry.data, WORDS_FOLLOW, entry.size) : NULL;
        *canonical = *words = entry;
        if (mark) {
            canonical->size = (size_t)(mark - entry.data);
            *words = bytes_of(mark + 1, entry.size - canonical->size - 1);
        }
        return true;
    }
    return false;
}

struct bytes import_memory_write(const struct import_fact *fact, const struct import_row *row,
                                 struct arena *arena)
{
    struct bytes parts[6 * IMPORT_COLUMNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < fact->column_count; i++) {
        const struct ledger_cell *cell = &row->cells[fact->columns[i]];
        struct bytes canonical = ledger_cell_canonical(fact->columns[i], cell, arena);
        if (canonical.size == 0)
            continue;
        parts[count++] = bytes_of_text(ledger_columns[fact->columns[i]].tag);
        parts[count++] = bytes_of_text("=");
        parts[count++] = canonical;
        if (!bytes_equal(canonical, cell->text)) {
            parts[count++] = bytes_of_text("\x1f");
            parts[count++] = cell->text;
        }
        parts[count++] = bytes_of_text("\x1e");
    }
    return import_join(arena, parts, count);
}

bool import_memory_differs(const struct import_fact *fact, struct bytes before, struct bytes now)
{
    for (size_t i = 0; i < fact->column_count; i++) {
        struct bytes old_form = BYTES_NONE, new_form = BYTES_NONE, words;
        (void)import_memory_find(before, fact->columns[i], &old_form, &words);
        (void)import_memory_find(now, fact->columns[i], &new_form, &words);
        if (!bytes_equal(old_form, new_form))
            return true;
    }
    return false;
}
