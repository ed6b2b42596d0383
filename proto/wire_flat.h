/*
 * wire_flat.h - messages without messages inside, read and written by tables, for proto/wire*.c.
 * What is read is borrowed from the input.
 */
#pragma once

#include "base/bytes.h"
#include "proto/wire_scan.h"

enum wire_flat_type {
    FLAT_U32,     /* uint32_t; enums too */
    FLAT_U64,     /* uint64_t or int64_t */
    FLAT_DAY,     /* int32_t */
    FLAT_FLAG,    /* bool */
    FLAT_BYTES,   /* struct bytes of at most limit bytes */
    FLAT_EXACTLY, /* struct bytes of limit bytes, or empty */
    FLAT_HASH,    /* struct hash; zero is absent */
};

struct wire_flat_row {
    uint32_t number;
    enum wire_flat_type type;
    size_t limit, offset;
};

struct wire_flat {
    const struct wire_flat_row *rows; /* in the order of their numbers */
    size_t count;
};

#define FLAT_ROW(number, type, limit, structure, member)                                           \
    {                                                                                              \
        (number), FLAT_##type, (limit), offsetof(struct structure, member)                         \
    }
#define FLAT_TABLE(rows) ((struct wire_flat){(rows), ARRAY_LENGTH(rows)})

void wire_flat_encode(struct wire_flat flat, const void *message, struct buffer *out);
/* out is zeroed first. */
MUST_CHECK enum err wire_flat_decode(struct wire_flat flat, struct bytes bytes, void *out,
                                     size_t out_size);
/* One field of a message that has others too; unknown numbers are skipped. */
MUST_CHECK enum err wire_flat_field(struct wire_flat flat, const struct wire_field *field,
                                    void *out);
