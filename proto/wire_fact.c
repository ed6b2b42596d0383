/*
 * wire_fact.c - facts by the tables of ledger/event/schema.h: one writer and one reader for every
 * kind. Texts are borrowed from the payload; only lists, and unknown fields that do not stand
 * together, take memory from the arena.
 */
#include "ledger/event/schema.h"
#include "proto/wire.h"
#include "proto/wire_scan.h"

enum { MONEY_VALUE = 1, MONEY_CURRENCY = 2, MONEY_TEXT = 3, CURRENCY_SIZE = 3 };

static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ -(uint64_t)(value < 0);
}

static int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1 ^ -(value & 1));
}

/* "" and CNY are the same and leave no bytes, so that both make the same event_id. */
static struct bytes money_currency(const struct money *money)
{
    struct bytes currency = bytes_of(money->currency, strnlen(money->currency, CURRENCY_SIZE));
    return bytes_equal_text(currency, "CNY") ? BYTES_NONE : currency;
}

static void money_encode(uint32_t number, const struct money *money, struct buffer *out)
{
    uint8_t inner[2 * WIRE_NUMBER_FIELD_MAX + CURRENCY_SIZE];
    uint8_t *end = inner;
    if (!money->has_value && money->text.size == 0)
        return;
    if (money->has_value) { /* a value of 0 is written: it is one */
        end = wire_put_varint(end, MONEY_VALUE << 3 | WIRE_VARINT);
        end = wire_put_varint(end, zigzag(money->value));
    }
    end = wire_put_bytes(end, MONEY_CURRENCY, money_currency(money));
    struct bytes head = bytes_of(inner, (size_t)(end - inner));
    size_t size = head.size;
    if (money->text.size > 0)
        size += 1 + wire_varint_size(money->text.size) + money->text.size;
    uint8_t *at = buffer_extend(out, wire_bytes_room(head) + wire_bytes_room(money->text));
    at = wire_put_varint(at, (uint64_t)number << 3 | WIRE_BYTES);
    at = wire_put_varint(at, size);
    memcpy(at, head.data, head.size);
    at = wire_put_bytes(at + head.size, MONEY_TEXT, money->text);
    wire_put_end(out, at);
}

static void number_encode(uint32_t number, int64_t value, struct buffer *out)
{
    wire_put_end(
        out, wire_put_number(buffer_extend(out, WIRE_NUMBER_FIELD_MAX), number, (uint64_t)value));
}

static void bytes_encode(uint32_t number, struct bytes bytes, struct buffer *out)
{
    wire_put_end(out, wire_put_bytes(buffer_extend(out, wire_bytes_room(bytes)), number, bytes));
}

static void texts_encode(uint32_t number, const struct texts *texts, struct buffer *out)
{
    for (size_t i = 0; i < texts->count; i++) {
        uint8_t *at = buffer_extend(out, wire_bytes_room(texts->items[i]));
        wire_put_end(out, wire_put_item(at, number, texts->items[i]));
    }
}

void wire_fact_encode(const struct event *event, struct buffer *out)
{
    const struct kind *kind = kind_of_number(event->envelope.kind);
    const char *fact = event_fact_const(event);
    if (!kind) {
        buffer_add(out, event->envelope.payload);
        return;
    }
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        const void *value = fact + field->offset;
        switch (field->type) {
        case FIELD_TEXT:
        case FIELD_ID:
            bytes_encode(field->number, *(const struct bytes *)value, out);
            break;
        case FIELD_TEXTS:
        case FIELD_DIGESTS:
            texts_encode(field->number, value, out);
            break;
        case FIELD_ENUM:
        case FIELD_DAY:
            number_encode(field->number, *(const int32_t *)value, out);
            break;
        case FIELD_MONEY:
            money_encode(field->number, value, out);
            break;
        case FIELD_COUNT:
            number_encode(field->number, *(const int64_t *)value, out);
            break;
        case FIELD_FLAG:
            number_encode(field->number, *(const bool *)value, out);
            break;
        }
    }
    buffer_add(out, event->unknown_fields);
}

/* Merges into what an earlier Money of the same number said, as protobuf does with messages. */
static enum err money_decode(struct bytes bytes, struct money *out)
{
    struct wire_reader reader = wire_read(bytes);
    struct wire_field field;
    struct bytes currency = BYTES_NONE;
    uint64_t value = 0;
    enum err err = OK;
    while ((err = wire_next(&reader, &field)) == OK) {
        switch (field.number) {
        case MONEY_VALUE:
            TRY(wire_take_u64(&field, &value));
            out->value = unzigzag(value);
            out->has_value = true;
            break;
        case MONEY_CURRENCY:
            TRY(wire_take_bytes(&field, CURRENCY_SIZE, &currency));
            bytes_to_text(currency, out->currency, sizeof(out->currency));
            break;
        case MONEY_TEXT:
            TRY(wire_take_bytes(&field, EVENT_SIZE_MAX, &out->text));
            break;
        default:
            break; /* a newer program's word about an amount; the envelope's bytes keep it */
        }
    }
    if (out->currency[0] == '\0')
        memcpy(out->currency, "CNY", sizeof(out->currency));
    return err == ERR_NOT_FOUND ? OK : err;
}

/* How often this field comes from here to the end; the list is allocated once. */
static enum err count_items(struct wire_reader reader, const struct wire_field *first,
                            size_t *count)
{
    struct wire_field field;
    enum err err = OK;
    *count = 1;
    while ((err = wire_next(&reader, &field)) == OK)
        *count += field.number == first->number;
    return err == ERR_NOT_FOUND ? OK : err;
}

struct fact_reader {
    struct wire_reader reader;
    struct arena *arena;
    struct bytes payload, unknown;
    bool unknown_is_copied; /* into room for the whole payload */
};

static enum err texts_decode(struct fact_reader *from, const struct wire_field *wire,
                             const struct field *field, struct texts *out)
{
    struct bytes item = BYTES_NONE;
    TRY(wire_take_bytes(wire, EVENT_WITH_EVIDENCE_SIZE_MAX, &item));
    if (field->type == FIELD_DIGESTS && item.size != HASH_SIZE)
        return ERR_MALFORMED;
    if (!out->items) {
        size_t count = 0;
        TRY(count_items(from->reader, wire, &count));
        if (count > (size_t)field->limit)
            return ERR_LIMIT;
        out->items = arena_alloc(from->arena, count * sizeof(*out->items));
        if (!out->items)
            return ERR_LIMIT;
    }
    out->items[out->count++] = item;
    return OK;
}

static enum err field_decode(struct fact_reader *from, const struct wire_field *wire,
                             const struct field *field, void *value)
{
    uint64_t number = 0;
    struct bytes bytes = BYTES_NONE;
    switch (field->type) {
    case FIELD_TEXT:
        return wire_take_bytes(wire, EVENT_WITH_EVIDENCE_SIZE_MAX, value);
    case FIELD_ID:
        TRY(wire_take_bytes(wire, EVENT_ID_SIZE, &bytes));
        if (bytes.size != 0 && bytes.size != EVENT_ID_SIZE)
            return ERR_MALFORMED;
        *(struct bytes *)value = bytes;
        return OK;
    case FIELD_TEXTS:
    case FIELD_DIGESTS:
        return texts_decode(from, wire, field, value);
    case FIELD_ENUM:
    case FIELD_DAY:
        return wire_take_u32(wire, value);
    case FIELD_COUNT:
        return wire_take_u64(wire, value);
    case FIELD_FLAG:
        TRY(wire_take_u64(wire, &number));
        *(bool *)value = number != 0;
        return OK;
    case FIELD_MONEY:
        TRY(wire_take_bytes(wire, EVENT_SIZE_MAX, &bytes));
        return money_decode(bytes, value);
    }
    return ERR_MALFORMED;
}

/* Borrowed while the unknown fields stand together, as they do when a newer program numbered them
 * last. */
static enum err keep_unknown(struct fact_reader *from, struct bytes bytes)
{
    if (from->unknown.size == 0) {
        from->unknown = bytes;
        return OK;
    }
    if (!from->unknown_is_copied && from->unknown.data + from->unknown.size == bytes.data) {
        from->unknown.size += bytes.size;
        return OK;
    }
    uint8_t *copy = (uint8_t *)from->unknown.data; /* ours, once copied */
    if (!from->unknown_is_copied) {
        copy = arena_alloc(from->arena, from->payload.size);
        if (!copy)
            return ERR_LIMIT;
        memcpy(copy, from->unknown.data, from->unknown.size);
        from->unknown_is_copied = true;
    }
    memcpy(copy + from->unknown.size, bytes.data, bytes.size);
    from->unknown = bytes_of(copy, from->unknown.size + bytes.size);
    return OK;
}

/* The numbers of a kind run from 1 without holes (test_schema), so a number is an index. */
static const struct field *field_of_number(const struct kind *kind, uint32_t number)
{
    return number >= 1 && number <= kind->field_count ? &kind->fields[number - 1] : NULL;
}

static enum err fail(struct problem *problem, enum err err, const struct kind *kind,
                     const struct field *field)
{
    problem_set(problem, "%s.%s: %s", kind->member, field ? field->name : "(payload)",
                err == ERR_LIMIT ? "beyond its limit" : "not of its form");
    problem_remedy(problem, "the sender's program is at fault; compare the versions");
    return err;
}

enum err wire_fact_decode(const struct envelope *envelope, struct arena *arena, struct event *out,
                          struct problem *problem)
{
    const struct kind *kind = kind_of_number(envelope->kind);
    struct event event = {.envelope = *envelope};
    struct fact_reader from = {
        .reader = wire_read(envelope->payload), .arena = arena, .payload = envelope->payload};
    struct wire_field wire;
    enum err err = OK;
    while (kind && (err = wire_next(&from.reader, &wire)) == OK) {
        const struct field *field = field_of_number(kind, wire.number);
        if (field)
            err = field_decode(&from, &wire, field, (char *)event_fact(&event) + field->offset);
        else
            err = keep_unknown(&from, bytes_of(wire.from, (size_t)(from.reader.at - wire.from)));
        if (err != OK)
            return fail(problem, err, kind, field);
    }
    if (kind && err != ERR_NOT_FOUND)
        return fail(problem, err, kind, NULL);
    event.unknown_fields = from.unknown;
    *out = event;
    return OK;
}

static bool has_evidence(const struct event *event)
{
    const struct kind *kind = kind_of_number(event->envelope.kind);
    const char *fact = event_fact_const(event);
    for (size_t i = 0; kind && i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        if (field->type == FIELD_DIGESTS &&
            ((const struct texts *)(const void *)(fact + field->offset))->count > 0)
            return true;
    }
    return false;
}

enum err wire_event_seal(struct bytes unit, struct event *event, struct buffer *out,
                         struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer payload = {0};
    uint8_t event_id[EVENT_ID_SIZE];
    struct envelope envelope = event->envelope;
    size_t before = out->size;
    wire_fact_encode(event, &payload);
    envelope.payload = buffer_bytes(&payload);
    if (envelope.event_id.size == 0) {
        event_id_make(unit, &envelope, event_id);
        envelope.event_id = bytes_of(event_id, sizeof(event_id));
    }
    wire_envelope_encode(&envelope, out);
    size_t limit = has_evidence(event) ? EVENT_WITH_EVIDENCE_SIZE_MAX : EVENT_SIZE_MAX;
    struct bytes sealed = bytes_of(out->data + before, out->size - before);
    if (sealed.size > limit) {
        problem_set(problem, "an event of %zu bytes, at most %zu", sealed.size, limit);
        problem_remedy(problem, "say it in several events");
        out->size = before;
        return ERR_LIMIT;
    }
    enum err err = wire_envelope_decode(sealed, &envelope, problem);
    if (err != OK) {
        out->size = before;
        return err;
    }
    event->envelope.event_id = envelope.event_id;
    event->envelope.payload = envelope.payload;
    return OK;
}
