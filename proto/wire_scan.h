/*
 * wire_scan.h - protobuf's wire form read in place, for proto/wire*.c. A field is a tag
 * (number << 3 | form) and a value: form 0 varint, 1 eight bytes, 2 varint size and bytes, 5 four
 * bytes; the group forms 3 and 4 are refused.
 */
#pragma once

#include "proto/wire_put.h"

struct wire_field {
    uint32_t number;
    enum wire_form form;
    uint64_t value;      /* VARINT */
    struct bytes bytes;  /* BYTES */
    const uint8_t *from; /* the tag; the field ends where the reader stands */
};

struct wire_reader {
    const uint8_t *at, *end;
};

static inline struct wire_reader wire_read(struct bytes bytes)
{
    return (struct wire_reader){bytes.data, bytes.size > 0 ? bytes.data + bytes.size : bytes.data};
}

static inline enum err wire_read_varint(struct wire_reader *reader, uint64_t *out)
{
    uint64_t value = 0;
    const uint8_t *at = reader->at;
    if (at < reader->end && *at < 0x80) { /* almost every tag and most sizes */
        *out = *at;
        reader->at = at + 1;
        return OK;
    }
    for (unsigned shift = 0; shift < 64 && at < reader->end; shift += 7) {
        uint8_t byte = *at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            reader->at = at;
            *out = value;
            return OK;
        }
    }
    return ERR_MALFORMED;
}

static inline enum err wire_skip(struct wire_reader *reader, uint64_t size)
{
    if (size > (size_t)(reader->end - reader->at))
        return ERR_MALFORMED;
    reader->at += size;
    return OK;
}

/* ERR_NOT_FOUND at the end, ERR_MALFORMED when the bytes are no protobuf. */
MUST_CHECK static inline enum err wire_next(struct wire_reader *reader, struct wire_field *out)
{
    uint64_t tag = 0;
    if (reader->at == reader->end)
        return ERR_NOT_FOUND;
    out->from = reader->at;
    if (wire_read_varint(reader, &tag) != OK || tag >> 3 == 0 || tag > UINT32_MAX)
        return ERR_MALFORMED;
    out->number = (uint32_t)(tag >> 3);
    out->form = (enum wire_form)(tag & 7);
    if (out->form == WIRE_VARINT)
        return wire_read_varint(reader, &out->value);
    if (out->form == WIRE_BYTES) {
        if (wire_read_varint(reader, &out->value) != OK)
            return ERR_MALFORMED;
        out->bytes = bytes_of(reader->at, (size_t)out->value);
        return wire_skip(reader, out->value);
    }
    if (out->form != WIRE_EIGHT && out->form != WIRE_FOUR)
        return ERR_MALFORMED; /* groups nest without a limit */
    return wire_skip(reader, out->form == WIRE_EIGHT ? 8 : 4);
}

/* Values of a field, with its form checked. */
MUST_CHECK enum err wire_take_u64(const struct wire_field *field, uint64_t *out);
MUST_CHECK enum err wire_take_u32(const struct wire_field *field,
                                  uint32_t *out); /* low 32 bits, as protobuf has it */
MUST_CHECK enum err wire_take_bytes(const struct wire_field *field, size_t max, struct bytes *out);
MUST_CHECK enum err wire_take_exactly(const struct wire_field *field, void *out, size_t size);
