/*
 * varint.h - numbers in few bytes, seven bits each, lowest first: the ledger's private form
 * (kept.h, the snapshot). The reader stops at the end and stays stopped.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum { VARINT_SIZE_MAX = 10 };

static inline uint64_t zigzag_of(int64_t value)
{
    return (uint64_t)value << 1 ^ -(uint64_t)(value < 0);
}

static inline int64_t zigzag_back(uint64_t value)
{
    return (int64_t)(value >> 1 ^ -(value & 1));
}

static inline uint8_t *varint_put(uint8_t *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

struct varint_reader {
    const uint8_t *at, *end;
    bool failed; /* the end came too early, or a number has more than 64 bits */
};

static inline struct varint_reader varint_read(struct bytes bytes)
{
    return (struct varint_reader){bytes.data, bytes.data + bytes.size, false};
}

static inline uint64_t varint_fail(struct varint_reader *reader)
{
    reader->at = reader->end;
    reader->failed = true;
    return 0;
}

static inline uint64_t varint_next(struct varint_reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; reader->at < reader->end && shift < 64; shift += 7) {
        uint8_t byte = *reader->at++;
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    return varint_fail(reader);
}

/* limit and above is a failure too. */
static inline uint64_t varint_next_below(struct varint_reader *reader, uint64_t limit)
{
    uint64_t value = varint_next(reader);
    return value < limit ? value : varint_fail(reader);
}

static inline struct bytes varint_next_bytes(struct varint_reader *reader, size_t size)
{
    if (size > (size_t)(reader->end - reader->at)) {
        (void)varint_fail(reader);
        return BYTES_NONE;
    }
    reader->at += size;
    return bytes_of(reader->at - size, size);
}
