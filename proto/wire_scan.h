/*
 * wire_scan.h - protobuf's wire form read and written in place, for proto/wire*.c. A field is a tag
 * (number << 3 | form) and a value: form 0 varint, 1 eight bytes, 2 varint size and bytes, 5 four
 * bytes; the group forms 3 and 4 are refused.
 */
#pragma once

#include "base/bytes.h"

enum wire_form { WIRE_VARINT = 0, WIRE_EIGHT = 1, WIRE_BYTES = 2, WIRE_FOUR = 5 };
enum { WIRE_VARINT_SIZE_MAX = 10, WIRE_TAG_SIZE_MAX = 5, WIRE_NUMBER_FIELD_MAX = 15 };

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

/* ERR_NOT_FOUND at the end, ERR_MALFORMED when the bytes are no protobuf. */
MUST_CHECK enum err wire_next(struct wire_reader *reader, struct wire_field *out);

/* Values of a field, with its form checked. */
MUST_CHECK enum err wire_take_u64(const struct wire_field *field, uint64_t *out);
MUST_CHECK enum err wire_take_u32(const struct wire_field *field,
                                  uint32_t *out); /* low 32 bits, as protobuf has it */
MUST_CHECK enum err wire_take_bytes(const struct wire_field *field, size_t max, struct bytes *out);
MUST_CHECK enum err wire_take_exactly(const struct wire_field *field, void *out, size_t size);

static inline size_t wire_varint_size(uint64_t value)
{
    return (size_t)(9 * (63 - __builtin_clzll(value | 1)) + 73) / 64;
}

static inline uint8_t *wire_put_varint(uint8_t *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

/* Writers return where the next field goes. Zero and empty are not written: absent means the same.
 */
static inline uint8_t *wire_put_number(uint8_t *at, uint32_t number, uint64_t value)
{
    if (value == 0)
        return at;
    return wire_put_varint(wire_put_varint(at, (uint64_t)number << 3 | WIRE_VARINT), value);
}

/* A list's item is written even when it is empty. */
static inline uint8_t *wire_put_item(uint8_t *at, uint32_t number, struct bytes bytes)
{
    at = wire_put_varint(at, (uint64_t)number << 3 | WIRE_BYTES);
    at = wire_put_varint(at, bytes.size);
    if (bytes.size > 0)
        memcpy(at, bytes.data, bytes.size);
    return at + bytes.size;
}

static inline uint8_t *wire_put_bytes(uint8_t *at, uint32_t number, struct bytes bytes)
{
    return bytes.size == 0 ? at : wire_put_item(at, number, bytes);
}

/* How much room a field may need. */
static inline size_t wire_bytes_room(struct bytes bytes)
{
    return WIRE_TAG_SIZE_MAX + WIRE_VARINT_SIZE_MAX + bytes.size;
}

/* Gives back what was reserved in out beyond end. */
static inline void wire_put_end(struct buffer *out, const uint8_t *end)
{
    out->size = (size_t)(end - out->data);
}
