/*
 * ledger_snapshot.c - a ledger as bytes. They hold what was said and nothing that can be worked out
 * from it, so a damaged or hostile snapshot can only be refused: reading it adds everything again
 * through the same doors as the log. Numbers are varints (varint.h).
 *
 *   OFFSET 0  SIZE 26  first line
 *          26      32  digest of the schema: facts are kept by its tables
 *          58       n  position, recorded time; texts; units with their names; subjects; assertions
 *                      with their facts; moments. Lists are a count and the items; positions and
 *                      times are differences to the item before
 *      58 + n      32  SHA-256 over the SHA-256 of each part of 64 KiB of what stands before
 */
#include <stdlib.h>

#include "ledger/fold/kept.h"
#include "ledger/fold/ledger_parts.h"
#include "ledger/fold/varint.h"

enum {
    PART_SIZE = 64 << 10,
    ITEMS_TOGETHER = 32,   /* each waits for memory while the others do */
    TEXT_SIZE_LIKELY = 16, /* bytes; an address, a firm, a place has more */
};
static const char first_line[] = "huoshui ledger snapshot 2\n";

/* What kept.c writes depends on: kinds, and of each field number, type and whether it is kept. */
static struct hash schema_digest(void)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    for (uint32_t number = 1; number <= UINT8_MAX; number++) {
        const struct kind *kind = kind_of_number(number);
        for (size_t i = 0; kind && i < kind->field_count; i++) {
            const struct field *field = &kind->fields[i];
            buffer_add_format(&text, "%u %u %d %d\n", number, field->number, (int)field->type,
                              kept_leaves_out(kind, field));
        }
    }
    return hash_of(buffer_bytes(&text));
}

/* In parts, because the processor hashes several at once. */
static struct hash checksum(struct bytes bytes)
{
    CLEANUP(buffer_release) struct buffer sums = {0};
    for (size_t at = 0; at < bytes.size;) {
        struct bytes parts[HASH_GROUP];
        struct hash hashes[HASH_GROUP];
        size_t count = 0;
        for (; count < HASH_GROUP && at < bytes.size; count++) {
            size_t left = bytes.size - at;
            parts[count] = bytes_of(bytes.data + at, left < PART_SIZE ? left : PART_SIZE);
            at += parts[count].size;
        }
        hash_many(parts, count, hashes);
        buffer_add(&sums, bytes_of(hashes, count * sizeof *hashes));
    }
    return hash_of(buffer_bytes(&sums));
}

/* A count that the bytes left can bear out, for making room at once; what is more comes later. */
static size_t likely_count(const struct varint_reader *reader, uint64_t count, size_t item_size)
{
    size_t most = (size_t)(reader->end - reader->at) / item_size;
    return count < most ? (size_t)count : most;
}

/* ---- saving ---- */

static void put(struct buffer *out, uint64_t value)
{
    uint8_t bytes[VARINT_SIZE_MAX];
    buffer_add(out, bytes_of(bytes, (size_t)(varint_put(bytes, value) - bytes)));
}

static void put_texts(struct buffer *out, const struct text_pool *pool)
{
    put(out, pool->count);
    for (uint32_t number = 1; number <= pool->count; number++) {
        struct bytes text = text_pool_get(pool, number);
        put(out, text.size);
        buffer_add(out, text);
    }
}

static void put_units(struct buffer *out, const struct ledger *ledger)
{
    put_texts(out, &ledger->unit_texts);
    for (size_t i = 0; i < ledger->unit_texts.count; i++) {
        const struct unit_entry *unit = &ledger->units[i];
        put(out, unit->face.type);
        put(out, unit->city_from);
        put(out, unit->name_count);
        for (size_t n = 0; n < unit->name_count; n++) {
            put(out, unit->names[n].position);
            put(out, zigzag_of(unit->names[n].from_day));
            put(out, unit->names[n].text);
        }
    }
}

struct instant { /* of the item before */
    uint64_t position;
    int64_t recorded_at_ms;
};

static void put_instant(struct buffer *out, struct instant *before, uint64_t position,
                        int64_t recorded_at_ms)
{
    put(out, position - before->position);
    put(out, (uint64_t)recorded_at_ms - (uint64_t)before->recorded_at_ms);
    *before = (struct instant){position, recorded_at_ms};
}

static void put_assertion(struct buffer *out, const struct ledger *ledger,
                          const struct assertion *assertion)
{
    struct ledger_fact fact;
    struct bytes kept = byte_store_at(&ledger->kept, assertion->kept);
    fact.event.envelope.kind = assertion->kind;
    kept.size = kept_size(kept, &ledger->texts, &fact);
    uint64_t numbers[] = {
        zigzag_of(assertion->day),
        assertion->unit,
        assertion->about,
        assertion->subject,
        assertion->kind,
        assertion->body,
        (assertion->flags & ASSERTION_MISPLACED) != 0,
    };
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
        put(out, numbers[i]);
    buffer_add(out, bytes_of(assertion->event_id, EVENT_ID_SIZE));
    buffer_add(out, kept);
}

void ledger_save(const struct ledger *ledger, struct buffer *out)
{
    struct buffer bytes = {0};
    struct hash schema = schema_digest();
    buffer_add_text(&bytes, first_line);
    buffer_add(&bytes, hash_bytes(&schema));
    put(&bytes, ledger->position);
    put(&bytes, zigzag_of(ledger->recorded_at_ms));
    put_texts(&bytes, &ledger->texts);
    put_units(&bytes, ledger);
    put_texts(&bytes, &ledger->subject_texts);
    struct instant before = {0};
    put(&bytes, ledger->assertion_count);
    for (size_t i = 0; i < ledger->assertion_count; i++) {
        const struct assertion *assertion = assertion_at(ledger, i);
        put_instant(&bytes, &before, assertion->position, assertion->recorded_at_ms);
        put_assertion(&bytes, ledger, assertion);
    }
    before = (struct instant){0};
    put(&bytes, ledger->moment_count);
    for (size_t i = 0; i < ledger->moment_count; i++) {
        const struct moment *moment = &ledger->moments[i];
        put_instant(&bytes, &before, moment->position, moment->recorded_at_ms);
        put(&bytes, moment->kind);
        put(&bytes, moment->again);
    }
    struct hash sum = checksum(buffer_bytes(&bytes));
    buffer_add(&bytes, hash_bytes(&sum));
    buffer_add(out, buffer_bytes(&bytes));
    buffer_release(&bytes);
}

/* ---- loading: every take_ says whether all was well ---- */

static bool take_text(struct varint_reader *reader, struct bytes *out)
{
    size_t size = (size_t)varint_next_below(reader, TEXT_POOL_TEXT_MAX + 1);
    *out = varint_next_bytes(reader, size);
    return !reader->failed && size > 0;
}

static bool take_texts(struct varint_reader *reader, struct ledger *ledger)
{
    uint64_t count = varint_next(reader);
    text_pool_reserve(&ledger->texts, likely_count(reader, count, TEXT_SIZE_LIKELY));
    for (uint64_t number = 1; number <= count;) {
        struct text_key keys[ITEMS_TOGETHER];
        size_t taken = 0;
        for (; taken < ITEMS_TOGETHER && number + taken <= count; taken++) {
            struct bytes text;
            if (!take_text(reader, &text))
                return false;
            keys[taken] = text_pool_key(&ledger->texts, text);
        }
        for (size_t i = 0; i < taken; i++, number++) {
            if (text_pool_add_key(&ledger->texts, &keys[i]) != number)
                return false;
        }
    }
    return !reader->failed;
}

static bool take_unit(struct varint_reader *reader, struct ledger *ledger, size_t index)
{
    struct unit_entry *unit = &ledger->units[index];
    unit->face.type = (uint32_t)varint_next_below(reader, (uint64_t)UINT32_MAX + 1);
    unit->city_from = varint_next(reader);
    uint64_t name_count = varint_next(reader);
    for (uint64_t i = 0; i < name_count && !reader->failed; i++) {
        struct unit_name name = {.position = varint_next(reader)};
        name.from_day = (int32_t)zigzag_back(varint_next_below(reader, (uint64_t)UINT32_MAX + 1));
        name.text = (uint32_t)varint_next_below(reader, ledger->texts.count + 1);
        if (unit->name_count > 0 && name.position <= unit->names[unit->name_count - 1].position)
            return false;
        ledger_add_name(ledger, index, &name);
    }
    return !reader->failed;
}

static bool take_units(struct varint_reader *reader, struct ledger *ledger)
{
    uint64_t count = varint_next_below(reader, LEDGER_UNITS_MAX + 1);
    for (uint64_t i = 0; i < count; i++) {
        struct bytes text;
        uint16_t index;
        if (!take_text(reader, &text) || !ledger_add_unit(ledger, text, &index) || index != i)
            return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        if (!take_unit(reader, ledger, i))
            return false;
    }
    return !reader->failed;
}

static bool take_subjects(struct varint_reader *reader, struct ledger *ledger)
{
    size_t unit_count = ledger->unit_texts.count;
    uint64_t count = varint_next(reader);
    for (uint64_t i = 1; i <= count; i++) {
        struct bytes text;
        uint32_t number;
        if (!take_text(reader, &text) || !ledger_add_subject(ledger, text, &number) || number != i)
            return false;
    }
    return !reader->failed && ledger->unit_texts.count == unit_count;
}

static bool take_instant(struct varint_reader *reader, const struct ledger *ledger,
                         struct instant *at)
{
    uint64_t step = varint_next(reader);
    int64_t recorded_at_ms = (int64_t)((uint64_t)at->recorded_at_ms + varint_next(reader));
    if (step == 0 || step > ledger->position - at->position ||
        recorded_at_ms < at->recorded_at_ms || recorded_at_ms > ledger->recorded_at_ms)
        return false;
    *at = (struct instant){at->position + step, recorded_at_ms};
    return !reader->failed;
}

struct taken { /* an assertion that was read and is not yet added */
    struct assertion assertion;
    struct id_key key;
    struct bytes kept;
};

static bool take_assertion(struct varint_reader *reader, const struct ledger *ledger,
                           const struct instant *at, struct taken *out)
{
    size_t units = ledger->unit_texts.count;
    struct assertion assertion = {.position = at->position, .recorded_at_ms = at->recorded_at_ms};
    assertion.day = (int32_t)zigzag_back(varint_next_below(reader, (uint64_t)UINT32_MAX + 1));
    assertion.unit = (uint16_t)varint_next_below(reader, units);
    assertion.about = (uint16_t)varint_next_below(reader, units);
    assertion.subject = (uint32_t)varint_next_below(reader, ledger->subject_texts.count + 1);
    assertion.kind = (uint8_t)varint_next_below(reader, UINT8_MAX + 1);
    assertion.body = (uint8_t)varint_next_below(reader, UINT8_MAX + 1);
    if (varint_next_below(reader, 2) != 0)
        assertion.flags = ASSERTION_MISPLACED;
    struct bytes id = varint_next_bytes(reader, EVENT_ID_SIZE);
    struct bytes kept = bytes_of(reader->at, (size_t)(reader->end - reader->at));
    struct ledger_fact fact; /* not cleared: it is not read */
    if (reader->failed)
        return false;
    memcpy(assertion.event_id, id.data, EVENT_ID_SIZE);
    *out = (struct taken){assertion, id_key_of(ledger->seed, id.data), kept};
    id_index_prefetch(&ledger->ids, &out->key);
    fact.event.envelope.kind = assertion.kind;
    out->kept.size = kept_size(kept, &ledger->texts, &fact);
    reader->at += out->kept.size;
    return out->kept.size > 0 && out->kept.size <= KEPT_SIZE_MAX;
}

static bool take_assertions(struct varint_reader *reader, struct ledger *ledger)
{
    struct instant at = {0};
    uint64_t left = varint_next(reader);
    id_index_reserve(&ledger->ids, likely_count(reader, left, EVENT_ID_SIZE));
    while (left > 0) {
        struct taken group[ITEMS_TOGETHER];
        size_t count = 0;
        for (; count < ITEMS_TOGETHER && left > 0; count++, left--) {
            if (!take_instant(reader, ledger, &at) ||
                !take_assertion(reader, ledger, &at, &group[count]))
                return false;
        }
        for (size_t i = 0; i < count; i++) {
            const struct taken *taken = &group[i];
            if (ledger_find_said(ledger, &taken->key, taken->assertion.unit) != ID_INDEX_NONE)
                return false;
            ledger_add_assertion(ledger, &taken->assertion, &taken->key, taken->kept);
        }
    }
    return true;
}

static bool take_moment(struct varint_reader *reader, struct ledger *ledger,
                        const struct instant *at)
{
    struct moment moment = {.position = at->position, .recorded_at_ms = at->recorded_at_ms};
    moment.kind = (uint32_t)varint_next_below(reader, MOMENT_DUPLICATE + 1);
    moment.again = (uint32_t)varint_next_below(reader, (uint64_t)UINT32_MAX + 1);
    if (reader->failed)
        return false;
    if (moment.kind == MOMENT_DUPLICATE ? moment.again >= ledger->assertion_count
                                        : moment.again != 0)
        return false;
    ledger_add_moment(ledger, &moment);
    return true;
}

static bool take_all(struct varint_reader *reader, struct ledger *ledger)
{
    ledger->position = varint_next(reader);
    ledger->recorded_at_ms = zigzag_back(varint_next(reader));
    if (!take_texts(reader, ledger) || !take_units(reader, ledger) ||
        !take_subjects(reader, ledger) || !take_assertions(reader, ledger))
        return false;
    struct instant at = {0};
    for (uint64_t left = varint_next(reader); left > 0; left--) {
        if (!take_instant(reader, ledger, &at) || !take_moment(reader, ledger, &at))
            return false;
    }
    return !reader->failed && reader->at == reader->end;
}

DEFINE_CLEANUP(struct ledger *, ledger_free)

enum err ledger_load(struct bytes snapshot, uint64_t seed, struct ledger **out)
{
    size_t line_size = sizeof first_line - 1, head_size = line_size + HASH_SIZE;
    struct hash schema = schema_digest();
    if (snapshot.size < head_size + HASH_SIZE)
        return ERR_MALFORMED;
    struct bytes body = bytes_of(snapshot.data, snapshot.size - HASH_SIZE);
    if (memcmp(body.data, first_line, line_size) != 0 ||
        memcmp(body.data + line_size, schema.bytes, HASH_SIZE) != 0)
        return ERR_MALFORMED;
    struct hash sum = checksum(body);
    if (memcmp(snapshot.data + body.size, sum.bytes, HASH_SIZE) != 0)
        return ERR_MALFORMED;
    CLEANUP(ledger_free) struct ledger *ledger = ledger_new(seed);
    struct varint_reader reader =
        varint_read(bytes_of(body.data + head_size, body.size - head_size));
    if (!take_all(&reader, ledger))
        return ERR_MALFORMED;
    ledger->rules_position = ledger->position;
    *out = TAKE(ledger);
    return OK;
}
