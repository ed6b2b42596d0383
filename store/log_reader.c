/* log_reader.c - the walk over the log, in groups; see log.h. */
#include <assert.h>

#include "store/log_private.h"

enum err log_reader_open(struct store_txn *txn, uint64_t position, struct log_reader *out)
{
    struct log_position_key key;
    out->position = position;
    out->count = 0;
    out->cursor = (struct store_cursor){0};
    out->is_read = false;
    out->failure = store_seek(txn, LOG_LOG, log_position_key(position, &key), &out->cursor);
    if (out->failure != ERR_NOT_FOUND) /* nothing there: the first read says so */
        TRY(out->failure);
    return OK;
}

void log_reader_close(struct log_reader *reader)
{
    store_cursor_close(&reader->cursor);
}

/* Puts the cursor on the next row; a row that did not fit into the last group is still it. */
static enum err step(struct log_reader *reader, uint64_t position)
{
    if (reader->is_read) {
        enum err err = store_next(&reader->cursor);
        if (err != OK)
            return err;
        reader->is_read = false;
    }
    bool is_row =
        log_position(reader->cursor.key) == position && reader->cursor.value.size >= HASH_SIZE;
    return is_row ? OK : ERR_CORRUPT;
}

static size_t gather(struct log_reader *reader, size_t count_max, size_t bytes_max)
{
    size_t count = 0, bytes = 0;
    while (count < count_max && reader->failure == OK) {
        reader->failure = step(reader, reader->position + count);
        if (reader->failure != OK)
            break;
        bytes += reader->cursor.value.size;
        if (count > 0 && bytes > bytes_max)
            break;
        reader->rows[count++] = reader->cursor.value;
        reader->is_read = true;
    }
    return count;
}

/* How many of the rows, from the first on, have the hash that they say. */
static size_t count_sound(const struct bytes *rows, size_t count)
{
    struct bytes records[HASH_GROUP];
    struct hash hashes[HASH_GROUP];
    if (count == 0)
        return 0;
    for (size_t i = 0; i < count; i++)
        records[i] = bytes_of(rows[i].data + HASH_SIZE, rows[i].size - HASH_SIZE);
    hash_many(records, count, hashes);
    size_t sound = 0;
    while (sound < count && memcmp(rows[sound].data, hashes[sound].bytes, HASH_SIZE) == 0)
        sound++;
    return sound;
}

enum err log_read(struct log_reader *reader, uint64_t count_max, size_t bytes_max)
{
    assert(count_max > 0);
    reader->position += reader->count;
    reader->count = 0;
    size_t count = gather(reader, count_max < HASH_GROUP ? count_max : HASH_GROUP, bytes_max);
    reader->count = count_sound(reader->rows, count);
    if (reader->count < count)
        reader->failure = ERR_CORRUPT; /* whatever stands behind it */
    return reader->count > 0 ? OK : reader->failure;
}
