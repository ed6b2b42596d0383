/* kept.c - see kept.h. */
#include "ledger/fold/kept.h"

#include "ledger/fold/varint.h"

enum {
    CURRENCY_SIZE = 3,
    FIELD_ROOM = 4 * VARINT_SIZE_MAX, /* a field that is no list, with its row */
    KEPT_ITEMS_MAX = 10000,           /* of a list; the schema allows 64 */
    KEYS_AHEAD = 16,                  /* texts of an event looked up together; nearly all */
};
enum money_flag {
    MONEY_HAS_VALUE = 1,
    MONEY_OTHER_CURRENCY = 2,
    MONEY_HAS_TEXT = 4,
    MONEY_FLAGS_END = 8,
};

bool kept_leaves_out(const struct kind *kind, const struct field *field)
{
    return field->type == FIELD_TEXT && field->limit >= TEXT_LONG &&
           kind->number != EVENT_DEFINITION && kind->number != EVENT_VERDICT &&
           kind->number != EVENT_CORRECTION;
}

/* ---- writing ---- */

struct kept_writer {
    uint8_t *at;
    const struct kind *kind;
    struct text_pool *pool;
    struct buffer *out;
    bool failed; /* more than is ever kept */
    struct text_key keys[KEYS_AHEAD];
    size_t key_count, next_key;
};

static void put(struct kept_writer *writer, uint64_t number)
{
    writer->at = varint_put(writer->at, number);
}

static void put_text(struct kept_writer *writer, struct bytes text)
{
    if (text.size > TEXT_POOL_TEXT_MAX) {
        writer->failed = true;
        return;
    }
    const struct text_key *key = &writer->keys[writer->next_key];
    if (writer->next_key < writer->key_count && key->text.data == text.data &&
        key->text.size == text.size) {
        writer->next_key++;
        put(writer, text_pool_add_key(writer->pool, key));
    } else {
        put(writer, text_pool_add(writer->pool, text));
    }
}

static void put_copy(struct kept_writer *writer, const void *bytes, size_t size)
{
    memcpy(writer->at, bytes, size);
    writer->at += size;
}

/* "" counts as CNY. The text is what a masked amount consists of; else it only repeats the value.
 */
static void put_money(struct kept_writer *writer, const struct money *money)
{
    bool other = money->currency[0] != '\0' && memcmp(money->currency, "CNY", CURRENCY_SIZE) != 0;
    *writer->at++ = (uint8_t)((money->has_value ? MONEY_HAS_VALUE : MONEY_HAS_TEXT) |
                              (other ? MONEY_OTHER_CURRENCY : 0));
    if (other)
        put_copy(writer, money->currency, CURRENCY_SIZE);
    if (money->has_value)
        put(writer, zigzag_of(money->value));
    else
        put_text(writer, money->text);
}

/* Room for what follows, whatever its fields: only lists have none of their own. */
static void make_room(struct kept_writer *writer, size_t items)
{
    struct buffer *out = writer->out;
    size_t room = (writer->kind->field_count + 1) * FIELD_ROOM + items * VARINT_SIZE_MAX;
    if (writer->at)
        out->size = (size_t)(writer->at - out->data);
    writer->at = buffer_extend(out, room);
}

static void put_texts(struct kept_writer *writer, const struct texts *texts)
{
    if (texts->count > KEPT_ITEMS_MAX) {
        writer->failed = true;
        return;
    }
    make_room(writer, texts->count);
    put(writer, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        put_text(writer, texts->items[i]);
}

/* Of a field that is given. */
static void put_field(struct kept_writer *writer, const struct field *field, const void *value)
{
    const struct bytes *bytes = value;
    switch (field->type) {
    case FIELD_TEXT:
        if (!kept_leaves_out(writer->kind, field))
            put_text(writer, *bytes);
        break;
    case FIELD_TEXTS:
        put_texts(writer, value);
        break;
    case FIELD_DIGESTS:
        put(writer, ((const struct texts *)value)->count);
        break;
    case FIELD_ENUM:
    case FIELD_DAY:
        put(writer, zigzag_of(*(const int32_t *)value));
        break;
    case FIELD_MONEY:
        put_money(writer, value);
        break;
    case FIELD_COUNT:
        put(writer, zigzag_of(*(const int64_t *)value));
        break;
    case FIELD_FLAG:
        break;
    case FIELD_ID:
        if (bytes->size == EVENT_ID_SIZE)
            put_copy(writer, bytes->data, EVENT_ID_SIZE);
        else
            writer->failed = true;
        break;
    }
}

static void key_ahead(struct kept_writer *writer, struct bytes text)
{
    if (writer->key_count < KEYS_AHEAD && text.size > 0 && text.size <= TEXT_POOL_TEXT_MAX)
        writer->keys[writer->key_count++] = text_pool_key(writer->pool, text);
}

/* The event's texts, in the order in which put_text meets them; only speed depends on it. */
static void look_ahead(struct kept_writer *writer, const char *fact)
{
    for (size_t i = 0; i < writer->kind->field_count; i++) {
        const struct field *field = &writer->kind->fields[i];
        const void *value = fact + field->offset;
        if (field->type == FIELD_TEXT && !kept_leaves_out(writer->kind, field)) {
            key_ahead(writer, *(const struct bytes *)value);
        } else if (field->type == FIELD_TEXTS) {
            const struct texts *texts = value;
            for (size_t item = 0; item < texts->count && writer->key_count < KEYS_AHEAD; item++)
                key_ahead(writer, texts->items[item]);
        }
    }
    for (size_t i = 0; i < writer->key_count; i++)
        text_pool_prefetch(writer->pool, &writer->keys[i]);
}

bool kept_write(const struct event *event, int64_t recorded_at_ms, struct text_pool *pool,
                struct buffer *out)
{
    size_t start = out->size;
    const char *fact = event_fact_const(event);
    struct kept_writer writer; /* without its keys, which are many and mostly not used */
    writer.at = NULL;
    writer.kind = kind_of_number(event->envelope.kind);
    writer.pool = pool;
    writer.out = out;
    writer.failed = false;
    writer.key_count = writer.next_key = 0;
    if (!writer.kind)
        return false;
    look_ahead(&writer, fact);
    make_room(&writer, 0);
    uint64_t ahead = (uint64_t)event->envelope.agent_clock_ms - (uint64_t)recorded_at_ms;
    put(&writer, zigzag_of((int64_t)ahead));
    for (size_t i = 0; i < writer.kind->field_count; i++) {
        const struct field *field = &writer.kind->fields[i];
        if (field_is_given(field, fact + field->offset)) {
            put(&writer, i + 1);
            put_field(&writer, field, fact + field->offset);
        }
    }
    put(&writer, 0);
    out->size = writer.failed ? start : (size_t)(writer.at - out->data);
    return !writer.failed && out->size - start <= KEPT_SIZE_MAX;
}

/* ---- reading ---- */

struct kept_reader {
    struct varint_reader bytes;
    const struct text_pool *pool;
    struct arena *arena;
    uint64_t wanted;
    bool size_only; /* texts are not looked at */
};

/* Its number is checked, wanted or not. */
static struct bytes next_text(struct kept_reader *reader, bool is_wanted)
{
    uint64_t number = varint_next_below(&reader->bytes, reader->pool->count + 1);
    return is_wanted ? text_pool_get(reader->pool, (uint32_t)number) : BYTES_NONE;
}

static int32_t next_int32(struct kept_reader *reader)
{
    return (int32_t)zigzag_back(varint_next_below(&reader->bytes, (uint64_t)UINT32_MAX + 1));
}

static void money_take(struct kept_reader *reader, struct money *out)
{
    uint64_t flags = varint_next_below(&reader->bytes, MONEY_FLAGS_END);
    memcpy(out->currency, "CNY", sizeof out->currency);
    if (flags & MONEY_OTHER_CURRENCY) {
        struct bytes currency = varint_next_bytes(&reader->bytes, CURRENCY_SIZE);
        if (currency.size == CURRENCY_SIZE)
            memcpy(out->currency, currency.data, CURRENCY_SIZE);
    }
    out->has_value = flags & MONEY_HAS_VALUE;
    if (flags & MONEY_HAS_VALUE)
        out->value = zigzag_back(varint_next(&reader->bytes));
    if (flags & MONEY_HAS_TEXT)
        out->text = next_text(reader, !reader->size_only);
}

static void texts_take(struct kept_reader *reader, bool is_wanted, struct texts *out)
{
    size_t left = (size_t)(reader->bytes.end - reader->bytes.at);
    size_t count = (size_t)varint_next_below(&reader->bytes, left + 1);
    struct bytes *items = NULL;
    if (is_wanted && reader->arena)
        items = arena_alloc(reader->arena, count * sizeof(struct bytes));
    for (size_t i = 0; i < count; i++) {
        struct bytes text = next_text(reader, items != NULL);
        if (items)
            items[i] = text;
    }
    if (items || !is_wanted)
        *out = (struct texts){items, count};
}

static void field_take(struct kept_reader *reader, const struct field *field, void *value)
{
    bool is_wanted = reader->wanted >> field->number & 1;
    switch (field->type) {
    case FIELD_TEXT:
        *(struct bytes *)value = next_text(reader, is_wanted);
        break;
    case FIELD_TEXTS:
        texts_take(reader, is_wanted, value);
        break;
    case FIELD_DIGESTS:
        ((struct texts *)value)->count = (size_t)varint_next(&reader->bytes);
        break;
    case FIELD_ENUM:
    case FIELD_DAY:
        *(int32_t *)value = next_int32(reader);
        break;
    case FIELD_MONEY:
        money_take(reader, value);
        break;
    case FIELD_COUNT:
        *(int64_t *)value = zigzag_back(varint_next(&reader->bytes));
        break;
    case FIELD_FLAG:
        *(bool *)value = true;
        break;
    case FIELD_ID:
        *(struct bytes *)value = varint_next_bytes(&reader->bytes, EVENT_ID_SIZE);
        break;
    }
}

static size_t read_fact(struct kept_reader *reader, int64_t recorded_at_ms, struct ledger_fact *out)
{
    const uint8_t *start = reader->bytes.at;
    const struct kind *kind = kind_of_number(out->event.envelope.kind);
    char *fact = event_fact(&out->event);
    if (!kind)
        return 0;
    uint64_t ahead = (uint64_t)zigzag_back(varint_next(&reader->bytes));
    out->event.envelope.agent_clock_ms = (int64_t)((uint64_t)recorded_at_ms + ahead);
    uint64_t row = 0;
    while ((row = varint_next_below(&reader->bytes, kind->field_count + 1)) != 0) {
        const struct field *field = &kind->fields[row - 1];
        if (kept_leaves_out(kind, field))
            out->long_given |= (uint64_t)1 << field->number;
        else
            field_take(reader, field, fact + field->offset);
    }
    return reader->bytes.failed ? 0 : (size_t)(reader->bytes.at - start);
}

size_t kept_read(struct bytes kept, const struct kept_wish *wish, const struct text_pool *pool,
                 struct ledger_fact *out)
{
    struct kept_reader reader = {
        .bytes = varint_read(kept), .pool = pool, .arena = wish->arena, .wanted = wish->wanted};
    return read_fact(&reader, wish->recorded_at_ms, out);
}

size_t kept_size(struct bytes kept, const struct text_pool *pool, struct ledger_fact *scratch)
{
    scratch->long_given = 0;
    struct kept_reader reader = {.bytes = varint_read(kept), .pool = pool, .size_only = true};
    return read_fact(&reader, 0, scratch);
}
