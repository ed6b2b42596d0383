/*
 * wire_batch.c - many items as one run of bytes: message Batch of huoshui.proto, and its zstd form.
 * Each thread keeps its zstd contexts, so that a steady stream allocates nothing.
 */
#include <stdlib.h>

#include <zstd.h>

#include "proto/wire.h"
#include "proto/wire_scan.h"

enum {
    BATCH_ITEMS = 1,
    ZSTD_LEVEL =
        1, /* measured on events: level 3 saves a few more percent and takes twice the time */
    COMPRESS_SIZE_MIN = 128, /* below, zstd's header eats the gain */
};

void wire_batch_add(struct buffer *batch, struct bytes item)
{
    uint8_t *at = buffer_extend(batch, wire_bytes_room(item));
    wire_put_end(batch, wire_put_item(at, BATCH_ITEMS, item));
}

enum err wire_batch_next(struct wire_batch *batch, struct bytes *out)
{
    struct wire_reader reader = wire_read(batch->rest);
    struct wire_field field;
    enum err err = wire_next(&reader, &field);
    if (err != OK)
        return err;
    if (field.number != BATCH_ITEMS || field.form != WIRE_BYTES)
        return ERR_MALFORMED;
    batch->rest = bytes_of(reader.at, (size_t)(reader.end - reader.at));
    *out = field.bytes;
    return OK;
}

static ZSTD_CCtx *compressor(void)
{
    static _Thread_local ZSTD_CCtx *context;
    if (!context)
        context = ZSTD_createCCtx();
    if (!context)
        abort();
    return context;
}

static ZSTD_DCtx *decompressor(void)
{
    static _Thread_local ZSTD_DCtx *context;
    if (!context)
        context = ZSTD_createDCtx();
    if (!context)
        abort();
    return context;
}

bool wire_batch_compress(struct bytes *batch, struct buffer *scratch)
{
    if (batch->size < COMPRESS_SIZE_MIN || batch->size > BATCH_RAW_SIZE_MAX)
        return false;
    size_t room = batch->size - batch->size / 8; /* more is no gain: zstd gives up on its own */
    buffer_clear(scratch);
    uint8_t *at = buffer_extend(scratch, room);
    size_t size = ZSTD_compressCCtx(compressor(), at, room, batch->data, batch->size, ZSTD_LEVEL);
    if (ZSTD_isError(size))
        return false;
    scratch->size = size;
    *batch = buffer_bytes(scratch);
    return true;
}

enum err wire_batch_expand(struct bytes compressed, struct buffer *scratch, struct bytes *out)
{
    unsigned long long size = ZSTD_getFrameContentSize(compressed.data, compressed.size);
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
        return ERR_MALFORMED;
    if (size > BATCH_RAW_SIZE_MAX)
        return ERR_LIMIT;
    buffer_clear(scratch);
    uint8_t *at = buffer_extend(scratch, size);
    size_t expanded =
        ZSTD_decompressDCtx(decompressor(), at, size, compressed.data, compressed.size);
    if (ZSTD_isError(expanded) || expanded != size)
        return ERR_MALFORMED;
    *out = buffer_bytes(scratch);
    return OK;
}
