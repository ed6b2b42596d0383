#include "broker/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_ARENA_LIMIT = BATCH_BYTES_MAX + (16 << 20) }; /* the last push may pass the mark */

void batch_init(struct batch *batch)
{
    *batch = (struct batch){0};
    arena_init(&batch->arena, BATCH_ARENA_LIMIT);
}

void batch_release(struct batch *batch)
{
    arena_release(&batch->arena);
    free(batch->entries);
    free(batch->units);
    free(batch->rows);
    *batch = (struct batch){0};
}

void batch_clear(struct batch *batch)
{
    arena_reset(&batch->arena);
    batch->count = batch->unit_count = batch->row_count = batch->event_count = 0;
    batch->result = OK;
    batch->events_lost = batch->clock_stepped_back = false;
}

bool batch_is_empty(const struct batch *batch)
{
    return batch->count == 0;
}

bool batch_is_full(const struct batch *batch)
{
    return batch->arena.used_bytes > BATCH_BYTES_MAX;
}

/* Room for one more item of an array that only grows; memory stays for the next batch. */
static void *grow(void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 64;
    void *grown = reallocarray(items, *capacity, item_size);
    if (!grown)
        abort();
    return grown;
}

uint32_t batch_unit(struct batch *batch, const char *unit)
{
    /* Pushes come in runs of one unit, so look at the newest first. */
    for (size_t i = batch->unit_count; i-- > 0;)
        if (strcmp(batch->units[i].unit, unit) == 0)
            return (uint32_t)i;
    batch->units =
        grow(batch->units, batch->unit_count, &batch->unit_capacity, sizeof *batch->units);
    struct batch_unit *added = &batch->units[batch->unit_count];
    *added = (struct batch_unit){0};
    bytes_to_text(bytes_of_text(unit), added->unit, sizeof added->unit);
    return (uint32_t)batch->unit_count++;
}

struct batch_entry *batch_add(struct batch *batch, enum batch_entry_kind kind, const char *unit)
{
    uint32_t index = batch_unit(batch, unit);
    batch->entries = grow(batch->entries, batch->count, &batch->capacity, sizeof *batch->entries);
    struct batch_entry *entry = &batch->entries[batch->count++];
    *entry = (struct batch_entry){.kind = kind, .unit = index};
    if (kind == BATCH_EVENT)
        batch->event_count++;
    return entry;
}

struct bytes batch_copy(struct batch *batch, struct bytes bytes)
{
    if (bytes.size == 0)
        return BYTES_NONE;
    struct bytes copy = arena_copy(&batch->arena, bytes);
    assert(copy.data); /* batch_is_full is asked before each push, and a push is smaller than the
                          slack */
    return copy;
}

void batch_add_record(struct batch *batch, enum record_kind kind, const char *unit,
                      struct bytes detail)
{
    struct batch_entry *entry = batch_add(batch, BATCH_RECORD, unit);
    entry->record_kind = kind;
    entry->text = batch_copy(batch, detail);
}

void batch_add_row(struct batch *batch, const char *unit, const struct unit_row *row)
{
    struct batch_entry *entry = batch_add(batch, BATCH_ROW, unit);
    batch->rows = grow(batch->rows, batch->row_count, &batch->row_capacity, sizeof *batch->rows);
    entry->row = (uint32_t)batch->row_count;
    batch->rows[batch->row_count++] = *row;
}
