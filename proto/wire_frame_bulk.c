/*
 * wire_frame_bulk.c - push and update, in place: their batch is borrowed from the message, and
 * nothing is allocated but the list of an update's signatures.
 */
#include "proto/wire_flat.h"
#include "proto/wire_frame.h"
#include "proto/wire_limits.h"

enum { UPDATE_SIGNATURES = 7 };

static const struct wire_flat_row push_rows[] = {
    FLAT_ROW(1, U32, 0, push, epoch),
    FLAT_ROW(2, U64, 0, push, first_seq),
    FLAT_ROW(3, U32, 0, push, count),
    FLAT_ROW(4, BYTES, FRAME_SIZE_MAX, push, batch),
    FLAT_ROW(5, FLAG, 0, push, compressed),
    FLAT_ROW(6, HASH, 0, push, chain_head),
    FLAT_ROW(7, EXACTLY, SIGN_SIGNATURE_SIZE, push, signature),
};

static const struct wire_flat_row update_rows[] = {
    FLAT_ROW(1, U32, 0, update, subscription),         FLAT_ROW(2, U64, 0, update, scanned_to),
    FLAT_ROW(3, U64, 0, update, head_position),        FLAT_ROW(4, U32, 0, update, count),
    FLAT_ROW(5, BYTES, FRAME_SIZE_MAX, update, batch), FLAT_ROW(6, FLAG, 0, update, compressed),
};

static enum err push_decode(struct bytes bytes, struct push *out)
{
    TRY(wire_flat_decode(FLAT_TABLE(push_rows), bytes, out, sizeof(*out)));
    if (out->count > PUSH_EVENTS_MAX)
        return ERR_LIMIT;
    return out->count > 0 && out->first_seq > 0 ? OK : ERR_MALFORMED;
}

static enum err count_signatures(struct bytes bytes, size_t *count)
{
    struct wire_reader reader = wire_read(bytes);
    struct wire_field field;
    enum err err = OK;
    *count = 0;
    while ((err = wire_next(&reader, &field)) == OK)
        *count += field.number == UPDATE_SIGNATURES;
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err signatures_decode(struct bytes bytes, struct arena *arena, struct update *out)
{
    struct wire_reader reader = wire_read(bytes);
    struct wire_field field;
    struct bytes item = BYTES_NONE;
    size_t count = 0;
    TRY(count_signatures(bytes, &count));
    if (count == 0)
        return OK;
    if (count > UPDATE_RECORDS_MAX)
        return ERR_LIMIT;
    out->signatures = arena_alloc(arena, count * sizeof(*out->signatures));
    if (!out->signatures)
        return ERR_LIMIT;
    while (out->signature_count < count) {
        TRY(wire_next(&reader, &field));
        if (field.number != UPDATE_SIGNATURES)
            continue;
        TRY(wire_take_bytes(&field, FRAME_SIZE_MAX, &item));
        TRY(wire_push_signature_decode(item, &out->signatures[out->signature_count]));
        out->signature_count++;
    }
    return OK;
}

static enum err update_decode(struct bytes bytes, struct arena *arena, struct update *out)
{
    TRY(wire_flat_decode(FLAT_TABLE(update_rows), bytes, out, sizeof(*out)));
    if (out->count > UPDATE_RECORDS_MAX)
        return ERR_LIMIT;
    return signatures_decode(bytes, arena, out);
}

enum err wire_bulk_decode(struct bytes bytes, struct arena *arena, struct frame *out)
{
    if (out->kind == FRAME_PUSH)
        return push_decode(bytes, &out->push);
    return update_decode(bytes, arena, &out->update);
}

enum { FIELDS_SIZE_USUAL = 40 }; /* of a push or update beside its batch */

/* Leaves the room that the size of the message will probably take. */
static size_t frame_begin(enum frame_kind kind, size_t batch_size, struct buffer *out)
{
    *buffer_extend(out, 1) = (uint8_t)((unsigned)kind << 3 | WIRE_BYTES);
    buffer_extend(out, wire_varint_size(batch_size + FIELDS_SIZE_USUAL));
    return out->size;
}

/* The bytes are those protobuf-c would make: where the size takes more or less room than was left,
 * the message moves. */
static void frame_end(size_t frame_start, size_t start, struct buffer *out)
{
    size_t size = out->size - start;
    size_t moved_to = frame_start + 1 + wire_varint_size(size);
    if (moved_to > start)
        buffer_extend(out, moved_to - start);
    if (moved_to != start)
        memmove(out->data + moved_to, out->data + start, size);
    (void)wire_put_varint(out->data + frame_start + 1, size);
    out->size = moved_to + size;
}

static void update_encode(const struct update *update, struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer item = {0};
    wire_flat_encode(FLAT_TABLE(update_rows), update, out);
    for (size_t i = 0; i < update->signature_count; i++) {
        buffer_clear(&item);
        wire_push_signature_encode(&update->signatures[i], &item);
        uint8_t *at = buffer_extend(out, wire_bytes_room(buffer_bytes(&item)));
        wire_put_end(out, wire_put_item(at, UPDATE_SIGNATURES, buffer_bytes(&item)));
    }
}

void wire_bulk_encode(const struct frame *frame, struct buffer *out)
{
    bool is_push = frame->kind == FRAME_PUSH;
    size_t frame_start = out->size;
    size_t start =
        frame_begin(frame->kind, is_push ? frame->push.batch.size : frame->update.batch.size, out);
    if (is_push)
        wire_flat_encode(FLAT_TABLE(push_rows), &frame->push, out);
    else
        update_encode(&frame->update, out);
    frame_end(frame_start, start, out);
}

void wire_push_statement(struct bytes unit, uint32_t epoch, uint64_t first_seq, uint64_t last_seq,
                         const struct hash *chain_head, struct buffer *out)
{
    buffer_add_text(out, "huoshui push 1\nunit ");
    buffer_add(out, unit); /* digits, '-' and small letters: cannot hold a line break */
    buffer_add_format(out, "\nepoch %u\nseq %llu %llu\nchain ", epoch,
                      (unsigned long long)first_seq, (unsigned long long)last_seq);
    hex_encode(hash_bytes(chain_head), out);
    buffer_add_text(out, "\n");
}
