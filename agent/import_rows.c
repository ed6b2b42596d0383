/*
 * import_rows.c - see import_rows.h. Remembered, one entry a row: 16 bytes of the key's SHA-256,
 * then file name and label, each with its size in a byte before it. Newest rows come first.
 */
#include "agent/import_rows.h"

#include <assert.h>

enum { KEY_SIZE = 16, ROWS_ARENA_SIZE_MAX = 1 << 30 };

struct seen_row {
    struct list list;
    uint64_t number;
    int64_t occurrence;
    uint8_t label_size;
    char label[IMPORT_LABEL_SIZE_MAX + 1];
    uint8_t key[KEY_SIZE];
};

struct entry {
    struct bytes key, file_name, label;
};

void import_rows_init(struct import_rows *rows, struct bytes before, uint64_t seed)
{
    map_init(&rows->seen, seed);
    map_init(&rows->equal, seed);
    arena_init(&rows->arena, ROWS_ARENA_SIZE_MAX);
    list_init(&rows->in_order);
    rows->before = before;
}

void import_rows_release(struct import_rows *rows)
{
    map_release(&rows->seen);
    map_release(&rows->equal);
    arena_release(&rows->arena);
}

static struct bytes hashed(const struct import_row *row, struct hash *hash)
{
    *hash = hash_of(row->key);
    return bytes_of(hash->bytes, KEY_SIZE);
}

static struct seen_row *add_seen(struct import_rows *rows, const struct import_row *row)
{
    struct hash hash;
    struct bytes key = hashed(row, &hash);
    struct seen_row *seen = arena_alloc(&rows->arena, sizeof(*seen));
    assert(seen); /* a file of 64 MiB has fewer rows than the arena has room for */
    list_init(&seen->list);
    memcpy(seen->key, key.data, KEY_SIZE);
    seen->number = row->number;
    seen->occurrence = row->occurrence;
    bytes_to_text(row->label, seen->label, sizeof(seen->label));
    seen->label_size = (uint8_t)strlen(seen->label);
    map_put(&rows->seen, key, seen);
    return seen;
}

bool import_rows_see(struct import_rows *rows, struct import_row *row, struct arena *arena,
                     uint64_t *first_row)
{
    struct hash hash;
    struct bytes key = hashed(row, &hash);
    if (row->sheet->kind == LEDGER_TRIPS) {
        const struct seen_row *newest = map_get(&rows->equal, key);
        import_row_occurrence(row, newest ? newest->occurrence + 1 : 1, arena);
        map_put(&rows->equal, key, add_seen(rows, row));
        return true;
    }
    const struct seen_row *first = map_get(&rows->seen, key);
    if (first) {
        *first_row = first->number;
        return false;
    }
    add_seen(rows, row);
    return true;
}

void import_rows_took(struct import_rows *rows, const struct import_row *row)
{
    struct hash hash;
    struct seen_row *seen = map_get(&rows->seen, hashed(row, &hash));
    assert(seen && list_is_empty(&seen->list));
    list_append(&rows->in_order, &seen->list);
}

static bool take(struct bytes *rest, size_t size, struct bytes *out)
{
    if (rest->size < size)
        return false;
    *out = bytes_of(rest->data, size);
    *rest = bytes_of(rest->data + size, rest->size - size);
    return true;
}

static bool take_sized(struct bytes *rest, struct bytes *out)
{
    struct bytes size;
    return take(rest, 1, &size) && take(rest, size.data[0], out);
}

static bool take_entry(struct bytes *rest, struct entry *out)
{
    return take(rest, KEY_SIZE, &out->key) && take_sized(rest, &out->file_name) &&
           take_sized(rest, &out->label);
}

static void add_sized(struct buffer *out, const void *data, size_t size)
{
    uint8_t *at = buffer_extend(out, 1 + size);
    at[0] = (uint8_t)size;
    if (size > 0)
        memcpy(at + 1, data, size);
}

void import_rows_missing(const struct import_rows *rows, struct bytes file_name,
                         import_rows_visit *visit, void *context)
{
    struct map continued; /* names of the files that this one continues */
    struct entry entry;
    map_init(&continued, rows->seen.seed);
    map_put(&continued, file_name, &continued);
    for (struct bytes rest = rows->before; take_entry(&rest, &entry);) {
        if (map_get(&rows->seen, entry.key))
            map_put(&continued, entry.file_name, &continued);
    }
    for (struct bytes rest = rows->before; take_entry(&rest, &entry);) {
        if (!map_get(&rows->seen, entry.key) && map_get(&continued, entry.file_name))
            visit(context, entry.label, entry.file_name);
    }
    map_release(&continued);
}

/* Rows of this import, then the others as they were: a refused row is still missed when it goes. */
void import_rows_remember(const struct import_rows *rows, struct bytes file_name,
                          struct buffer *out)
{
    size_t count = 0;
    struct entry entry;
    assert(file_name.size <= UINT8_MAX);
    for (const struct list *at = rows->in_order.next;
         at != &rows->in_order && count < IMPORT_ROWS_REMEMBERED_MAX; at = at->next, count++) {
        const struct seen_row *seen = CONTAINER_OF(at, struct seen_row, list);
        buffer_add(out, bytes_of(seen->key, KEY_SIZE));
        add_sized(out, file_name.data, file_name.size);
        add_sized(out, seen->label, seen->label_size);
    }
    for (struct bytes rest = rows->before;
         count < IMPORT_ROWS_REMEMBERED_MAX && take_entry(&rest, &entry);) {
        const struct seen_row *seen = map_get(&rows->seen, entry.key);
        if (seen && !list_is_empty(&seen->list))
            continue;
        buffer_add(out, entry.key);
        add_sized(out, entry.file_name.data, entry.file_name.size);
        add_sized(out, entry.label.data, entry.label.size);
        count++;
    }
}
