/* test_wire_scan.c - the hand-written reader and writer against protobuf-c's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "huoshui.pb-c.h"
#include "proto/wire_scan.h"
#include "random_event.h"

#define T(literal) bytes_of_text(literal)

enum { ARENA_LIMIT = 1 << 20, ROUNDS = 2000 };

static uint64_t random_number(struct random *random)
{
    return random_next(random) >> random_below(random, 64);
}

static struct bytes maybe_text(struct random *random, struct arena *arena, size_t max)
{
    return random_chance(random, 30) ? BYTES_NONE : random_text(random, arena, max);
}

static void assert_same(struct bytes left, struct bytes right)
{
    assert_int_equal(left.size, right.size);
    assert_true(bytes_equal(left, right));
}

static struct bytes of_binary(ProtobufCBinaryData binary)
{
    return bytes_of(binary.data, binary.len);
}

static void random_envelope(struct random *random, struct arena *arena, struct envelope *out)
{
    *out = (struct envelope){.algorithm = (uint32_t)random_number(random),
                             .event_id = random_bytes(random, arena, EVENT_ID_SIZE),
                             .kind = (uint32_t)random_number(random),
                             .subject = maybe_text(random, arena, SUBJECT_TEXT_MAX),
                             .about_unit = maybe_text(random, arena, UNIT_TEXT_MAX),
                             .occurred_on = (int32_t)random_number(random),
                             .body = (uint32_t)random_number(random) & INT32_MAX,
                             .agent_clock_ms = (int64_t)random_number(random),
                             .origin = maybe_text(random, arena, ORIGIN_TEXT_MAX),
                             .payload = random_bytes(random, arena, random_below(random, 400))};
    out->kind &= INT32_MAX;
}

static void an_envelope_is_read_and_written_as_protobuf_has_it(void **state)
{
    struct random random;
    struct problem problem;
    (void)state;
    random_init(&random, 11);
    for (int i = 0; i < ROUNDS; i++) {
        CLEANUP(arena_release) struct arena arena;
        CLEANUP(buffer_release) struct buffer bytes = {0};
        CLEANUP(buffer_release) struct buffer packed = {0};
        CLEANUP(buffer_release) struct buffer last = {0};
        struct envelope envelope, again;
        arena_init(&arena, ARENA_LIMIT);
        random_envelope(&random, &arena, &envelope);
        wire_envelope_encode(&envelope, &bytes);
        Huoshui__Envelope *message = huoshui__envelope__unpack(NULL, bytes.size, bytes.data);
        assert_non_null(message);
        assert_int_equal(message->algorithm, envelope.algorithm);
        assert_same(of_binary(message->event_id), envelope.event_id);
        assert_int_equal(message->kind, envelope.kind);
        assert_same(T(message->subject), envelope.subject);
        assert_same(T(message->about_unit), envelope.about_unit);
        assert_int_equal(message->occurred_on, envelope.occurred_on);
        assert_int_equal(message->body, envelope.body);
        assert_true(message->agent_clock_ms == envelope.agent_clock_ms);
        assert_same(T(message->origin), envelope.origin);
        assert_same(of_binary(message->payload), envelope.payload);
        huoshui__envelope__pack(
            message, buffer_extend(&packed, huoshui__envelope__get_packed_size(message)));
        huoshui__envelope__free_unpacked(message, NULL);
        assert_same(buffer_bytes(&packed), buffer_bytes(&bytes));
        assert_int_equal(wire_envelope_decode(buffer_bytes(&packed), &again, &problem), OK);
        wire_envelope_encode(&again, &last);
        assert_same(buffer_bytes(&last), buffer_bytes(&bytes));
    }
}

static void random_record(struct random *random, struct arena *arena, struct record *out)
{
    *out = (struct record){.position = 1 + random_number(random) / 2,
                           .recorded_at_ms = (int64_t)random_number(random),
                           .kind = 1 + (uint32_t)random_below(random, 9),
                           .unit = maybe_text(random, arena, UNIT_TEXT_MAX),
                           .epoch = (uint32_t)random_number(random),
                           .seq = random_number(random),
                           .envelope = random_bytes(random, arena, random_below(random, 400)),
                           .reason = (uint32_t)random_below(random, 5),
                           .reason_text = maybe_text(random, arena, 300),
                           .detail = random_bytes(random, arena, random_below(random, 100))};
    if (random_chance(random, 50))
        out->chain = hash_of(out->envelope);
    if (random_chance(random, 50))
        out->envelope_hash = hash_of(out->detail);
}

static void a_record_is_read_and_written_as_protobuf_has_it(void **state)
{
    struct random random;
    struct problem problem;
    (void)state;
    random_init(&random, 12);
    for (int i = 0; i < ROUNDS; i++) {
        CLEANUP(arena_release) struct arena arena;
        CLEANUP(buffer_release) struct buffer bytes = {0};
        CLEANUP(buffer_release) struct buffer packed = {0};
        CLEANUP(buffer_release) struct buffer last = {0};
        struct record record, again;
        arena_init(&arena, ARENA_LIMIT);
        random_record(&random, &arena, &record);
        wire_record_encode(&record, &bytes);
        Huoshui__Record *message = huoshui__record__unpack(NULL, bytes.size, bytes.data);
        assert_non_null(message);
        assert_true(message->position == record.position && message->seq == record.seq);
        assert_true(message->recorded_at_ms == record.recorded_at_ms);
        assert_int_equal(message->kind, record.kind);
        assert_same(T(message->unit), record.unit);
        assert_int_equal(message->epoch, record.epoch);
        assert_same(of_binary(message->envelope), record.envelope);
        assert_int_equal(message->chain.len, hash_is_zero(&record.chain) ? 0 : HASH_SIZE);
        assert_int_equal(message->reason, record.reason);
        assert_same(T(message->reason_text), record.reason_text);
        assert_same(of_binary(message->detail), record.detail);
        huoshui__record__pack(message,
                              buffer_extend(&packed, huoshui__record__get_packed_size(message)));
        huoshui__record__free_unpacked(message, NULL);
        assert_same(buffer_bytes(&packed), buffer_bytes(&bytes));
        assert_int_equal(wire_record_decode(buffer_bytes(&packed), &again, &problem), OK);
        assert_true(hash_equal(&again.chain, &record.chain));
        assert_true(hash_equal(&again.envelope_hash, &record.envelope_hash));
        wire_record_encode(&again, &last);
        assert_same(buffer_bytes(&last), buffer_bytes(&bytes));
    }
}

/* One byte changed: whatever we accept, protobuf-c accepts with the same meaning. */
static void a_damaged_envelope_is_refused_or_read_as_protobuf_reads_it(void **state)
{
    struct random random;
    struct problem problem;
    (void)state;
    random_init(&random, 13);
    for (int i = 0; i < ROUNDS; i++) {
        CLEANUP(arena_release) struct arena arena;
        CLEANUP(buffer_release) struct buffer bytes = {0};
        struct envelope envelope;
        arena_init(&arena, ARENA_LIMIT);
        random_envelope(&random, &arena, &envelope);
        wire_envelope_encode(&envelope, &bytes);
        bytes.data[random_below(&random, bytes.size)] ^= (uint8_t)(1U << random_below(&random, 8));
        if (random_chance(&random, 20))
            bytes.size = random_below(&random, bytes.size);
        if (wire_envelope_decode(buffer_bytes(&bytes), &envelope, &problem) != OK)
            continue;
        Huoshui__Envelope *message = huoshui__envelope__unpack(NULL, bytes.size, bytes.data);
        assert_non_null(message);
        assert_int_equal(message->kind, envelope.kind);
        assert_int_equal(message->occurred_on, envelope.occurred_on);
        assert_same(of_binary(message->event_id), envelope.event_id);
        assert_same(of_binary(message->payload), envelope.payload);
        huoshui__envelope__free_unpacked(message, NULL);
    }
}

static enum err decode_with(const char *tail, size_t tail_size)
{
    struct envelope envelope = {.event_id = T("0123456789abcdef"), .kind = 3}, out;
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct problem problem = {0};
    wire_envelope_encode(&envelope, &bytes);
    buffer_add(&bytes, bytes_of(tail, tail_size));
    enum err err = wire_envelope_decode(buffer_bytes(&bytes), &out, &problem);
    assert_int_equal(err != OK, problem.text[0] != '\0');
    return err;
}

#define DECODE_WITH(literal) decode_with(literal, sizeof(literal) - 1)

static void unknown_fields_are_skipped_and_groups_are_not(void **state)
{
    (void)state;
    assert_int_equal(DECODE_WITH(""), OK);
    assert_int_equal(DECODE_WITH("\xf8\x01\x05"), OK); /* 31: varint */
    assert_int_equal(DECODE_WITH("\xf9\x01"
                                 "12345678"),
                     OK); /* 31: eight bytes */
    assert_int_equal(DECODE_WITH("\xfa\x01\x03"
                                 "abc"),
                     OK); /* 31: bytes */
    assert_int_equal(DECODE_WITH("\xfd\x01"
                                 "1234"),
                     OK);                                             /* 31: four bytes */
    assert_int_equal(DECODE_WITH("\xfb\x01\xfc\x01"), ERR_MALFORMED); /* 31: a group */
    assert_int_equal(DECODE_WITH("\xfe\x01"), ERR_MALFORMED);         /* 31: form 6 */
}

static void broken_bytes_and_wrong_forms_are_refused(void **state)
{
    (void)state;
    assert_int_equal(DECODE_WITH("\x00\x01"), ERR_MALFORMED); /* field 0 */
    assert_int_equal(DECODE_WITH("\x08"), ERR_MALFORMED);     /* no value */
    assert_int_equal(DECODE_WITH("\x08\x80"), ERR_MALFORMED); /* half a varint */
    assert_int_equal(DECODE_WITH("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
                     ERR_MALFORMED); /* 11 bytes */
    assert_int_equal(DECODE_WITH("\x52\x05"
                                 "abc"),
                     ERR_MALFORMED); /* payload cut off */
    assert_int_equal(DECODE_WITH("\x52\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
                     ERR_MALFORMED);                              /* size 2^64 - 1 */
    assert_int_equal(DECODE_WITH("\x0a\x01\x01"), ERR_MALFORMED); /* 1 as bytes */
    assert_int_equal(DECODE_WITH("\x10\x01"), ERR_MALFORMED);     /* 2 as varint */
    assert_int_equal(DECODE_WITH("\x12\x01"
                                 "x"),
                     ERR_MALFORMED); /* id of 1 byte */
    assert_int_equal(DECODE_WITH("\x12\x11"
                                 "0123456789abcdefg"),
                     ERR_LIMIT); /* of 17 */
    assert_int_equal(DECODE_WITH("\x2a\x18"
                                 "0123456789abcdef01234567"),
                     ERR_LIMIT); /* unit */
}

static void the_later_of_two_fields_wins(void **state)
{
    struct envelope envelope = {.event_id = T("0123456789abcdef"), .kind = 3};
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct problem problem;
    (void)state;
    wire_envelope_encode(&envelope, &bytes);
    buffer_add(&bytes, T("\x18\x07"));
    assert_int_equal(wire_envelope_decode(buffer_bytes(&bytes), &envelope, &problem), OK);
    assert_int_equal(envelope.kind, 7);
}

static void an_event_beyond_the_limit_is_refused_unread(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct envelope envelope;
    struct problem problem;
    (void)state;
    uint8_t *zeros = buffer_extend(&bytes, EVENT_WITH_EVIDENCE_SIZE_MAX + 1);
    memset(zeros, 0, bytes.size);
    assert_int_equal(wire_envelope_decode(buffer_bytes(&bytes), &envelope, &problem), ERR_LIMIT);
    bytes.size--;
    assert_int_equal(wire_envelope_decode(buffer_bytes(&bytes), &envelope, &problem),
                     ERR_MALFORMED);
}

static void a_record_needs_a_position_and_a_kind(void **state)
{
    struct record record = {.position = 1, .kind = RECORD_ALARM}, out = {.seq = 7};
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct problem problem;
    (void)state;
    wire_record_encode(&record, &bytes);
    assert_int_equal(wire_record_decode(bytes_of(bytes.data, 2), &out, &problem), ERR_MALFORMED);
    assert_int_equal(wire_record_decode(bytes_of(bytes.data + 2, 2), &out, &problem),
                     ERR_MALFORMED);
    assert_int_equal(out.seq, 7); /* a failure leaves it alone */
    assert_int_equal(wire_record_decode(buffer_bytes(&bytes), &out, &problem), OK);
    buffer_add(&bytes, T("\x42\x03"
                         "abc")); /* a chain of 3 bytes */
    assert_int_equal(wire_record_decode(buffer_bytes(&bytes), &out, &problem), ERR_MALFORMED);
}

static void a_peek_sees_the_position_and_kind_that_decoding_sees(void **state)
{
    static const uint64_t positions[] = {1, 127, 128, 1ULL << 40};
    struct problem problem;
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(positions); i++) {
        struct record record = {.position = positions[i],
                                .recorded_at_ms = i % 2 ? 1700000000123 : 0,
                                .kind = RECORD_ROSTER,
                                .unit = T("3415")};
        CLEANUP(buffer_release) struct buffer bytes = {0};
        struct record decoded;
        uint64_t position = 0;
        uint32_t kind = 0;
        wire_record_encode(&record, &bytes);
        assert_int_equal(wire_record_peek(buffer_bytes(&bytes), &position, &kind), OK);
        assert_int_equal(wire_record_decode(buffer_bytes(&bytes), &decoded, &problem), OK);
        assert_int_equal(position, decoded.position);
        assert_int_equal(kind, decoded.kind);
    }
}

static void a_peek_does_not_guess_at_a_record_in_another_order(void **state)
{
    static const char *const others[] = {
        "\x18\x01\x08\x05", /* kind, position */
        "\x08\x05",         /* no kind */
        "\x08\x05\x20\x01", /* a later field where kind should be */
        "\x18\x01",         /* no position */
        "\x08",             /* cut off */
        "",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        uint64_t position = 9;
        uint32_t kind = 9;
        assert_int_equal(wire_record_peek(bytes_of_text(others[i]), &position, &kind),
                         ERR_MALFORMED);
        assert_int_equal(position, 9);
        assert_int_equal(kind, 9);
    }
}

static void a_row_whose_hash_does_not_fit_is_corrupt(void **state)
{
    struct record record = {.position = 5, .kind = RECORD_ALARM, .detail = T("x")}, out;
    CLEANUP(buffer_release) struct buffer bytes = {0};
    CLEANUP(buffer_release) struct buffer row = {0};
    struct hash hash, found;
    (void)state;
    wire_record_encode(&record, &bytes);
    hash = hash_of(buffer_bytes(&bytes));
    buffer_add(&row, hash_bytes(&hash));
    buffer_add(&row, buffer_bytes(&bytes));
    assert_int_equal(wire_row_open(buffer_bytes(&row), &out, &found), OK);
    assert_true(hash_equal(&hash, &found));
    assert_int_equal(wire_row_open(buffer_bytes(&row), &out, NULL), OK);
    assert_int_equal(out.position, 5);
    for (size_t i = 0; i < row.size; i++) {
        row.data[i] ^= 0x10;
        assert_int_equal(wire_row_open(buffer_bytes(&row), &out, NULL), ERR_CORRUPT);
        row.data[i] ^= 0x10;
    }
    assert_int_equal(wire_row_open(bytes_of(row.data, 31), &out, NULL), ERR_CORRUPT);
}

static void a_varint_has_the_size_that_is_foretold(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 64; shift++) {
        const uint64_t values[] = {(uint64_t)1 << shift, ((uint64_t)1 << shift) - 1};
        for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
            uint8_t bytes[WIRE_VARINT_SIZE_MAX];
            assert_int_equal(wire_put_varint(bytes, values[i]) - bytes,
                             wire_varint_size(values[i]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_envelope_is_read_and_written_as_protobuf_has_it),
        cmocka_unit_test(a_record_is_read_and_written_as_protobuf_has_it),
        cmocka_unit_test(a_damaged_envelope_is_refused_or_read_as_protobuf_reads_it),
        cmocka_unit_test(unknown_fields_are_skipped_and_groups_are_not),
        cmocka_unit_test(broken_bytes_and_wrong_forms_are_refused),
        cmocka_unit_test(the_later_of_two_fields_wins),
        cmocka_unit_test(an_event_beyond_the_limit_is_refused_unread),
        cmocka_unit_test(a_record_needs_a_position_and_a_kind),
        cmocka_unit_test(a_peek_sees_the_position_and_kind_that_decoding_sees),
        cmocka_unit_test(a_peek_does_not_guess_at_a_record_in_another_order),
        cmocka_unit_test(a_row_whose_hash_does_not_fit_is_corrupt),
        cmocka_unit_test(a_varint_has_the_size_that_is_foretold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
