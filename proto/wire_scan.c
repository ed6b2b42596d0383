/*
 * wire_scan.c - the hot messages scanned in place: envelope, record and their limits (wire.h), over
 * the readers of wire_scan.h. A later field of the same number wins and an unknown one is skipped,
 * as protobuf has it.
 */
#include "proto/wire_scan.h"

#include "proto/wire.h"
#include "proto/wire_limits.h"

enum err wire_take_u64(const struct wire_field *field, uint64_t *out)
{
    if (field->form != WIRE_VARINT)
        return ERR_MALFORMED;
    *out = field->value;
    return OK;
}

enum err wire_take_u32(const struct wire_field *field, uint32_t *out)
{
    if (field->form != WIRE_VARINT)
        return ERR_MALFORMED;
    *out = (uint32_t)field->value;
    return OK;
}

enum err wire_take_bytes(const struct wire_field *field, size_t max, struct bytes *out)
{
    if (field->form != WIRE_BYTES)
        return ERR_MALFORMED;
    if (field->bytes.size > max)
        return ERR_LIMIT;
    *out = field->bytes;
    return OK;
}

enum err wire_take_exactly(const struct wire_field *field, void *out, size_t size)
{
    if (field->form != WIRE_BYTES || field->bytes.size != size)
        return ERR_MALFORMED;
    memcpy(out, field->bytes.data, size);
    return OK;
}

/* Complains about a field of a message; the numbers are those of huoshui.proto. */
static enum err fail(struct problem *problem, enum err err, const char *message, uint32_t number)
{
    problem_set(problem, "%s field %u: %s", message, number,
                err == ERR_LIMIT ? "beyond its limit" : "not of its form");
    problem_remedy(problem, "the sender's program or the link is at fault; compare the versions");
    return err;
}

static enum err fail_end(struct problem *problem, enum err err, const char *message)
{
    if (err == ERR_NOT_FOUND)
        return OK;
    problem_set(problem, "%s: the bytes are not protobuf", message);
    problem_remedy(problem, "the sender's program or the link is at fault; compare the versions");
    return err;
}

void wire_envelope_encode(const struct envelope *envelope, struct buffer *out)
{
    size_t room = (size_t)10 * WIRE_NUMBER_FIELD_MAX + wire_bytes_room(envelope->event_id) +
                  wire_bytes_room(envelope->subject) + wire_bytes_room(envelope->about_unit) +
                  wire_bytes_room(envelope->origin) + wire_bytes_room(envelope->payload);
    uint8_t *at = buffer_extend(out, room);
    at = wire_put_number(at, 1, envelope->algorithm);
    at = wire_put_bytes(at, 2, envelope->event_id);
    at = wire_put_number(at, 3, envelope->kind);
    at = wire_put_bytes(at, 4, envelope->subject);
    at = wire_put_bytes(at, 5, envelope->about_unit);
    at = wire_put_number(at, 6, (uint64_t)(int64_t)envelope->occurred_on);
    at = wire_put_number(at, 7, envelope->body);
    at = wire_put_number(at, 8, (uint64_t)envelope->agent_clock_ms);
    at = wire_put_bytes(at, 9, envelope->origin);
    at = wire_put_bytes(at, 10, envelope->payload);
    wire_put_end(out, at);
}

static enum err envelope_field(const struct wire_field *field, struct envelope *envelope)
{
    switch (field->number) {
    case 1:
        return wire_take_u32(field, &envelope->algorithm);
    case 2:
        return wire_take_bytes(field, EVENT_ID_SIZE, &envelope->event_id);
    case 3:
        return wire_take_u32(field, &envelope->kind);
    case 4:
        return wire_take_bytes(field, SUBJECT_TEXT_MAX, &envelope->subject);
    case 5:
        return wire_take_bytes(field, UNIT_TEXT_MAX, &envelope->about_unit);
    case 6:
        return wire_take_u32(field, (uint32_t *)&envelope->occurred_on);
    case 7:
        return wire_take_u32(field, &envelope->body);
    case 8:
        return wire_take_u64(field, (uint64_t *)&envelope->agent_clock_ms);
    case 9:
        return wire_take_bytes(field, ORIGIN_TEXT_MAX, &envelope->origin);
    case 10:
        return wire_take_bytes(field, EVENT_WITH_EVIDENCE_SIZE_MAX, &envelope->payload);
    default:
        return OK;
    }
}

enum err wire_envelope_decode(struct bytes bytes, struct envelope *out, struct problem *problem)
{
    struct wire_reader reader = wire_read(bytes);
    struct envelope envelope = {0};
    struct wire_field field = {0};
    enum err err = OK;
    if (bytes.size > EVENT_WITH_EVIDENCE_SIZE_MAX) {
        problem_set(problem, "an event of %zu bytes, at most %d", bytes.size,
                    (int)EVENT_WITH_EVIDENCE_SIZE_MAX);
        problem_remedy(problem, "say it in several events");
        return ERR_LIMIT;
    }
    while ((err = wire_next(&reader, &field)) == OK) {
        err = envelope_field(&field, &envelope);
        if (err != OK)
            return fail(problem, err, "Envelope", field.number);
    }
    if (err != ERR_NOT_FOUND)
        return fail_end(problem, err, "Envelope");
    if (envelope.event_id.size != EVENT_ID_SIZE)
        return fail(problem, ERR_MALFORMED, "Envelope", 2);
    *out = envelope;
    return OK;
}

void wire_record_encode(const struct record *record, struct buffer *out)
{
    size_t room = (size_t)12 * WIRE_NUMBER_FIELD_MAX + wire_bytes_room(record->unit) +
                  wire_bytes_room(record->envelope) + wire_bytes_room(record->reason_text) +
                  wire_bytes_room(record->detail) + (size_t)2 * HASH_SIZE;
    uint8_t *at = buffer_extend(out, room);
    at = wire_put_number(at, 1, record->position);
    at = wire_put_number(at, 2, (uint64_t)record->recorded_at_ms);
    at = wire_put_number(at, 3, record->kind);
    at = wire_put_bytes(at, 4, record->unit);
    at = wire_put_number(at, 5, record->epoch);
    at = wire_put_number(at, 6, record->seq);
    at = wire_put_bytes(at, 7, record->envelope);
    if (!hash_is_zero(&record->chain))
        at = wire_put_bytes(at, 8, hash_bytes(&record->chain));
    if (!hash_is_zero(&record->envelope_hash))
        at = wire_put_bytes(at, 9, hash_bytes(&record->envelope_hash));
    at = wire_put_number(at, 10, record->reason);
    at = wire_put_bytes(at, 11, record->reason_text);
    at = wire_put_bytes(at, 12, record->detail);
    wire_put_end(out, at);
}

static enum err record_field(const struct wire_field *field, struct record *record)
{
    switch (field->number) {
    case 1:
        return wire_take_u64(field, &record->position);
    case 2:
        return wire_take_u64(field, (uint64_t *)&record->recorded_at_ms);
    case 3:
        return wire_take_u32(field, &record->kind);
    case 4:
        return wire_take_bytes(field, UNIT_TEXT_MAX, &record->unit);
    case 5:
        return wire_take_u32(field, &record->epoch);
    case 6:
        return wire_take_u64(field, &record->seq);
    case 7:
        return wire_take_bytes(field, EVENT_WITH_EVIDENCE_SIZE_MAX, &record->envelope);
    case 8:
        return wire_take_exactly(field, record->chain.bytes, HASH_SIZE);
    case 9:
        return wire_take_exactly(field, record->envelope_hash.bytes, HASH_SIZE);
    case 10:
        return wire_take_u32(field, &record->reason);
    case 11:
        return wire_take_bytes(field, WIRE_TEXT_MAX, &record->reason_text);
    case 12:
        return wire_take_bytes(field, EVENT_SIZE_MAX, &record->detail);
    default:
        return OK;
    }
}

enum err wire_record_decode(struct bytes bytes, struct record *out, struct problem *problem)
{
    struct wire_reader reader = wire_read(bytes);
    struct record record = {0};
    struct wire_field field = {0};
    enum err err = OK;
    while ((err = wire_next(&reader, &field)) == OK) {
        err = record_field(&field, &record);
        if (err != OK)
            return fail(problem, err, "Record", field.number);
    }
    if (err != ERR_NOT_FOUND)
        return fail_end(problem, err, "Record");
    if (record.position == 0)
        return fail(problem, ERR_MALFORMED, "Record", 1);
    if (record.kind == 0)
        return fail(problem, ERR_MALFORMED, "Record", 3);
    *out = record;
    return OK;
}

enum err wire_record_peek(struct bytes bytes, uint64_t *position, uint32_t *kind)
{
    struct wire_reader reader = wire_read(bytes);
    struct record record = {0};
    struct wire_field field = {0};
    do {
        if (wire_next(&reader, &field) != OK || record_field(&field, &record) != OK)
            return ERR_MALFORMED;
    } while (field.number < 3);
    if (record.position == 0 || record.kind == 0)
        return ERR_MALFORMED;
    *position = record.position;
    *kind = record.kind;
    return OK;
}

enum err wire_row_open(struct bytes row, struct record *out, struct hash *record_hash)
{
    struct problem problem;
    struct hash stored;
    if (row.size < ROW_HASH_SIZE)
        return ERR_CORRUPT;
    struct bytes bytes = wire_row_record(row);
    memcpy(stored.bytes, row.data, ROW_HASH_SIZE);
    struct hash computed = hash_of(bytes);
    if (!hash_equal(&stored, &computed) || wire_record_decode(bytes, out, &problem) != OK)
        return ERR_CORRUPT;
    if (record_hash)
        *record_hash = computed;
    return OK;
}
