/*
 * fuzz_record.c - any bytes as a record, and what it holds as an envelope, a fact, a detail, and as
 * JSON: what is accepted is written so that it reads the same, and a fact keeps every byte that is
 * not understood.
 */
#include <assert.h>

#include "proto/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_LIMIT = 8 << 20 };

static void check_fact(const struct envelope *envelope, struct arena *arena)
{
    CLEANUP(buffer_release) struct buffer first = {0};
    CLEANUP(buffer_release) struct buffer second = {0};
    struct problem problem;
    struct event event, again;
    if (wire_fact_decode(envelope, arena, &event, &problem) != OK)
        return;
    enum err checked = event_check(&event, &problem);
    wire_fact_encode(&event, &first);
    struct envelope sealed = *envelope;
    sealed.payload = buffer_bytes(&first);
    enum err err = wire_fact_decode(&sealed, arena, &again, &problem);
    assert(err == OK);
    assert(bytes_equal(again.unknown_fields, event.unknown_fields));
    assert(event_check(&again, &problem) == checked);
    wire_fact_encode(&again, &second);
    assert(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
}

static void check_envelope(struct bytes bytes, struct arena *arena)
{
    CLEANUP(buffer_release) struct buffer first = {0};
    CLEANUP(buffer_release) struct buffer second = {0};
    struct problem problem;
    struct envelope envelope, again;
    if (wire_envelope_decode(bytes, &envelope, &problem) != OK)
        return;
    wire_envelope_encode(&envelope, &first);
    enum err err = wire_envelope_decode(buffer_bytes(&first), &again, &problem);
    assert(err == OK);
    wire_envelope_encode(&again, &second);
    assert(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    assert(envelope_check(&envelope, &problem) == envelope_check(&again, &problem));
    check_fact(&envelope, arena);
}

static void check_json(const struct record *record, struct arena *arena)
{
    CLEANUP(buffer_release) struct buffer line = {0};
    if (json_record_write(record, arena, &line) != OK)
        return;
    assert(line.size >= 2 && line.data[0] == '{' && line.data[line.size - 1] == '}');
    assert(bytes_are_utf8(buffer_bytes(&line)));
    assert(!memchr(line.data, '\n', line.size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer first = {0};
    CLEANUP(buffer_release) struct buffer second = {0};
    struct problem problem;
    struct record record, again;
    struct push_signature signature;
    arena_init(&arena, ARENA_LIMIT);
    if (wire_push_signature_decode(bytes_of(data, size), &signature) == OK)
        wire_push_signature_encode(&signature, &first);
    if (wire_record_decode(bytes_of(data, size), &record, &problem) != OK)
        return 0;
    buffer_clear(&first);
    wire_record_encode(&record, &first);
    enum err err = wire_record_decode(buffer_bytes(&first), &again, &problem);
    assert(err == OK);
    wire_record_encode(&again, &second);
    assert(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    check_envelope(record.envelope, &arena);
    check_json(&record, &arena);
    return 0;
}
