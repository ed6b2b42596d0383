/* wire_flat.c - see wire_flat.h. */
#include "proto/wire_flat.h"

#include "base/hash.h"

static uint8_t *row_encode(const struct wire_flat_row *row, const void *value, uint8_t *at)
{
    switch (row->type) {
    case FLAT_U32:
        return wire_put_number(at, row->number, *(const uint32_t *)value);
    case FLAT_U64:
        return wire_put_number(at, row->number, *(const uint64_t *)value);
    case FLAT_DAY:
        return wire_put_number(at, row->number, (uint64_t)(int64_t) * (const int32_t *)value);
    case FLAT_FLAG:
        return wire_put_number(at, row->number, *(const bool *)value);
    case FLAT_BYTES:
    case FLAT_EXACTLY:
        return wire_put_bytes(at, row->number, *(const struct bytes *)value);
    case FLAT_HASH:
        if (hash_is_zero(value))
            return at;
        return wire_put_bytes(at, row->number, hash_bytes(value));
    }
    return at;
}

void wire_flat_encode(struct wire_flat flat, const void *message, struct buffer *out)
{
    for (size_t i = 0; i < flat.count; i++) {
        const struct wire_flat_row *row = &flat.rows[i];
        const void *value = (const char *)message + row->offset;
        size_t room = WIRE_NUMBER_FIELD_MAX + HASH_SIZE;
        if (row->type == FLAT_BYTES || row->type == FLAT_EXACTLY)
            room = wire_bytes_room(*(const struct bytes *)value);
        wire_put_end(out, row_encode(row, value, buffer_extend(out, room)));
    }
}

static enum err row_decode(const struct wire_flat_row *row, const struct wire_field *field,
                           void *value)
{
    struct bytes bytes = BYTES_NONE;
    uint64_t number = 0;
    switch (row->type) {
    case FLAT_U32:
    case FLAT_DAY:
        return wire_take_u32(field, value);
    case FLAT_U64:
        return wire_take_u64(field, value);
    case FLAT_FLAG:
        TRY(wire_take_u64(field, &number));
        *(bool *)value = number != 0;
        return OK;
    case FLAT_BYTES:
        return wire_take_bytes(field, row->limit, value);
    case FLAT_EXACTLY:
        TRY(wire_take_bytes(field, row->limit, &bytes));
        if (bytes.size != 0 && bytes.size != row->limit)
            return ERR_MALFORMED;
        *(struct bytes *)value = bytes;
        return OK;
    case FLAT_HASH:
        return wire_take_exactly(field, value, HASH_SIZE);
    }
    return ERR_MALFORMED;
}

enum err wire_flat_field(struct wire_flat flat, const struct wire_field *field, void *out)
{
    for (size_t i = 0; i < flat.count; i++) {
        if (flat.rows[i].number == field->number)
            return row_decode(&flat.rows[i], field, (char *)out + flat.rows[i].offset);
    }
    return OK;
}

enum err wire_flat_decode(struct wire_flat flat, struct bytes bytes, void *out, size_t out_size)
{
    struct wire_reader reader = wire_read(bytes);
    struct wire_field field;
    enum err err = OK;
    memset(out, 0, out_size);
    while ((err = wire_next(&reader, &field)) == OK)
        TRY(wire_flat_field(flat, &field, out));
    return err == ERR_NOT_FOUND ? OK : err;
}
