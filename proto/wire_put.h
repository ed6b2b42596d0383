/*
 * wire_put.h - protobuf's wire form written in place, for proto/wire*.c: the writers that go with
 * wire_scan.h. The caller has reserved the room.
 */
#pragma once

#include "base/bytes.h"

enum wire_form { WIRE_VARINT = 0, WIRE_EIGHT = 1, WIRE_BYTES = 2, WIRE_FOUR = 5 };
enum { WIRE_VARINT_SIZE_MAX = 10, WIRE_TAG_SIZE_MAX = 5, WIRE_NUMBER_FIELD_MAX = 15 };

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
