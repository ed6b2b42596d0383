/* test_wire_frame.c - frames of every kind, their limits, and protobuf-c as the second opinion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "huoshui.pb-c.h"
#include "random_frame.h"

#define T(literal) bytes_of_text(literal)

enum { ARENA_LIMIT = 4 << 20, ROUNDS = 200 };

static void assert_same(struct bytes left, struct bytes right)
{
    assert_int_equal(left.size, right.size);
    assert_true(bytes_equal(left, right));
}

/* protobuf-c knows every byte of it and writes the same. */
static void assert_repacks(struct bytes bytes)
{
    CLEANUP(buffer_release) struct buffer packed = {0};
    Huoshui__Frame *message = huoshui__frame__unpack(NULL, bytes.size, bytes.data);
    assert_non_null(message);
    assert_int_equal(message->base.n_unknown_fields, 0);
    huoshui__frame__pack(message, buffer_extend(&packed, huoshui__frame__get_packed_size(message)));
    huoshui__frame__free_unpacked(message, NULL);
    assert_same(buffer_bytes(&packed), bytes);
}

static void frames_of_every_kind_come_back_and_are_what_protobuf_writes(void **state)
{
    struct random random;
    struct problem problem;
    (void)state;
    random_init(&random, 31);
    for (int round = 0; round < ROUNDS; round++) {
        for (int kind = FRAME_HELLO; kind <= FRAME_CONTACTS; kind++) {
            CLEANUP(arena_release) struct arena arena;
            CLEANUP(buffer_release) struct buffer bytes = {0};
            CLEANUP(buffer_release) struct buffer last = {0};
            struct frame frame, again;
            arena_init(&arena, ARENA_LIMIT);
            random_frame(&random, (enum frame_kind)kind, &arena, &frame);
            wire_frame_encode(&frame, &bytes);
            assert_repacks(buffer_bytes(&bytes));
            assert_int_equal(wire_frame_decode(buffer_bytes(&bytes), &arena, &again, &problem), OK);
            assert_int_equal(again.kind, kind);
            wire_frame_encode(&again, &last);
            assert_same(buffer_bytes(&last), buffer_bytes(&bytes));
        }
    }
}

/* The message's size is guessed from the batch's before it is known. */
static void an_update_of_any_size_is_what_protobuf_writes(void **state)
{
    static const size_t edges[] = {0, 128, 16384, 2097152 / 4};
    enum { AROUND = 60 };
    CLEANUP(buffer_release) struct buffer batch = {0}, bytes = {0};
    (void)state;
    memset(buffer_extend(&batch, edges[3] + AROUND), 'x', edges[3] + AROUND);
    for (size_t i = 0; i < ARRAY_LENGTH(edges); i++) {
        for (size_t around = 0; around < 2 * (size_t)AROUND; around++) {
            size_t size = edges[i] + around < AROUND ? 0 : edges[i] + around - AROUND;
            struct update update = {
                .subscription = around % 3 ? 1 : UINT32_MAX,
                .scanned_to = around % 2 ? 1 : UINT64_MAX,
                .head_position = UINT64_MAX,
                .count = UPDATE_RECORDS_MAX,
                .batch = bytes_of(batch.data, size),
            };
            struct frame frame = {.kind = FRAME_UPDATE, .update = update};
            buffer_clear(&bytes);
            buffer_add_text(&bytes, "before"); /* what stands there already stays */
            wire_frame_encode(&frame, &bytes);
            assert_memory_equal(bytes.data, "before", 6);
            assert_repacks(bytes_of(bytes.data + 6, bytes.size - 6));
        }
    }
}

static void every_member_of_a_hello_and_a_push_arrives(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct hash head = hash_of(T("head"));
    struct frame out, hello = {.kind = FRAME_HELLO};
    struct problem problem;
    (void)state;
    arena_init(&arena, ARENA_LIMIT);
    hello.hello = (struct hello){1, 2, T("341502"), 3, 4, 5, head, T("token"), 6, 7, T("agent")};
    wire_frame_encode(&hello, &bytes);
    assert_int_equal(wire_frame_decode(buffer_bytes(&bytes), &arena, &out, &problem), OK);
    assert_int_equal(out.hello.version_min, 1);
    assert_int_equal(out.hello.version_max, 2);
    assert_same(out.hello.unit, T("341502"));
    assert_int_equal(out.hello.epoch, 3);
    assert_int_equal(out.hello.newest_seq, 4);
    assert_int_equal(out.hello.acked_seq, 5);
    assert_true(hash_equal(&out.hello.chain_head, &head));
    assert_same(out.hello.token, T("token"));
    assert_int_equal(out.hello.clock_ms, 6);
    assert_int_equal(out.hello.backlog_bytes, 7);
    assert_same(out.hello.program, T("agent"));
    struct frame push = {.kind = FRAME_PUSH};
    push.push = (struct push){1, 41, 2, T("batch"), true, head, BYTES_NONE};
    buffer_clear(&bytes);
    wire_frame_encode(&push, &bytes);
    assert_int_equal(wire_frame_decode(buffer_bytes(&bytes), &arena, &out, &problem), OK);
    assert_int_equal(out.push.first_seq, 41);
    assert_int_equal(out.push.count, 2);
    assert_true(out.push.compressed);
    assert_same(out.push.batch, T("batch"));
    assert_in_range((uintptr_t)out.push.batch.data, (uintptr_t)bytes.data,
                    (uintptr_t)(bytes.data + bytes.size)); /* borrowed, not copied */
}

static enum err encode_and_decode(const struct frame *frame, size_t arena_limit)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct problem problem = {0};
    struct frame out = {.kind = FRAME_BYE};
    arena_init(&arena, arena_limit);
    wire_frame_encode(frame, &bytes);
    enum err err = wire_frame_decode(buffer_bytes(&bytes), &arena, &out, &problem);
    assert_int_equal(err != OK, problem.text[0] != '\0');
    return err;
}

static void what_goes_beyond_a_limit_is_refused(void **state)
{
    static uint8_t large[5000];
    struct frame frame = {.kind = FRAME_HELLO};
    (void)state;
    memset(large, 'x', sizeof(large));
    frame.hello.unit = bytes_of(large, UNIT_TEXT_MAX);
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), OK);
    frame.hello.unit = bytes_of(large, UNIT_TEXT_MAX + 1);
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_LIMIT);
    frame.hello = (struct hello){.token = bytes_of(large, TOKEN_SIZE_MAX + 1)};
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_LIMIT);
    frame = (struct frame){.kind = FRAME_BYE, .bye = {1, bytes_of(large, 901)}};
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_LIMIT);
    frame = (struct frame){.kind = FRAME_WELCOME, .welcome = {.checkpoint = bytes_of(large, 4097)}};
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_LIMIT);
    frame = (struct frame){.kind = FRAME_WELCOME, .welcome = {.log_id = bytes_of(large, 15)}};
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_MALFORMED);
    frame = (struct frame){.kind = FRAME_PUSH, .push = {.first_seq = 1, .count = 1001}};
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_LIMIT);
    frame.push.count = 0;
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_MALFORMED);
    frame.push = (struct push){.first_seq = 0, .count = 1};
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_MALFORMED);
    frame = (struct frame){.kind = FRAME_UPDATE, .update = {.count = 1001}};
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_LIMIT);
    frame = (struct frame){.kind = FRAME_GRANT};
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_MALFORMED);
}

static void contacts_arrive_whole_and_within_their_limits(void **state)
{
    static struct unit_contact units[CONTACTS_UNITS_MAX];
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct frame out, frame = {.kind = FRAME_CONTACTS, .contacts = {4, true, units, 1}};
    struct problem problem;
    (void)state;
    arena_init(&arena, ARENA_LIMIT);
    units[0] = (struct unit_contact){T("341502"), true, 1664000000000, -90000, 12};
    wire_frame_encode(&frame, &bytes);
    assert_int_equal(wire_frame_decode(buffer_bytes(&bytes), &arena, &out, &problem), OK);
    assert_int_equal(out.contacts.subscription, 4);
    assert_true(out.contacts.whole);
    assert_int_equal(out.contacts.unit_count, 1);
    assert_same(out.contacts.units[0].unit, T("341502"));
    assert_true(out.contacts.units[0].is_online);
    assert_true(out.contacts.units[0].last_contact_ms == 1664000000000);
    assert_true(out.contacts.units[0].clock_offset_ms == -90000);
    assert_int_equal(out.contacts.units[0].backlog, 12);

    units[0].unit = T("not a unit");
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_MALFORMED);
    units[0].unit = T("341502");
    frame.contacts.subscription = 0;
    assert_int_equal(encode_and_decode(&frame, ARENA_LIMIT), ERR_MALFORMED);
    frame.contacts = (struct contacts){4, false, units, CONTACTS_UNITS_MAX};
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        units[i] = (struct unit_contact){T("341502-abcdefghijklmnop"), true, INT64_MAX, INT64_MIN,
                                         UINT64_MAX};
    buffer_clear(&bytes);
    wire_frame_encode(&frame, &bytes);
    assert_true(bytes.size <= FRAME_SIZE_MAX / 8); /* a full frame is small for the link */
    assert_int_equal(wire_frame_decode(buffer_bytes(&bytes), &arena, &out, &problem), OK);
    assert_int_equal(out.contacts.unit_count, CONTACTS_UNITS_MAX);
    buffer_add(&bytes, T("\x1a\x08\x0a\x06"
                         "341502")); /* one unit more, said by a hand */
    uint8_t *size = bytes.data + 1;  /* a varint of three bytes */
    uint32_t long_size = (uint32_t)(bytes.size - 4);
    size[0] = (uint8_t)(long_size | 0x80);
    size[1] = (uint8_t)(long_size >> 7 | 0x80);
    size[2] = (uint8_t)(long_size >> 14);
    arena_reset(&arena);
    assert_int_equal(wire_frame_decode(buffer_bytes(&bytes), &arena, &out, &problem), ERR_LIMIT);
}

static enum err decode(struct bytes bytes, size_t arena_limit)
{
    CLEANUP(arena_release) struct arena arena;
    struct problem problem;
    struct frame out;
    arena_init(&arena, arena_limit);
    return wire_frame_decode(bytes, &arena, &out, &problem);
}

static void memory_for_a_frame_has_a_budget(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct frame frame = {.kind = FRAME_BYE, .bye = {1, T("a text of some length")}};
    (void)state;
    assert_int_equal(encode_and_decode(&frame, 16), ERR_LIMIT);
    /* An ack with 100,000 empty refusals: small on the link, large in memory. */
    Huoshui__AckRefusal refusal = HUOSHUI__ACK_REFUSAL__INIT;
    static Huoshui__AckRefusal *refusals[100000];
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
        refusals[i] = &refusal;
    Huoshui__Ack ack = HUOSHUI__ACK__INIT;
    ack.n_refusals = ARRAY_LENGTH(refusals);
    ack.refusals = refusals;
    Huoshui__Frame flood = HUOSHUI__FRAME__INIT;
    flood.kind_case = HUOSHUI__FRAME__KIND_ACK;
    flood.ack = &ack;
    huoshui__frame__pack(&flood, buffer_extend(&bytes, huoshui__frame__get_packed_size(&flood)));
    assert_int_equal(decode(buffer_bytes(&bytes), ARENA_LIMIT), ERR_LIMIT);
    assert_int_equal(decode(buffer_bytes(&bytes), 64 << 20), ERR_LIMIT);
}

static void a_frame_holds_exactly_one_message(void **state)
{
    static uint8_t large[FRAME_SIZE_MAX + 1];
    (void)state;
    assert_int_equal(decode(BYTES_NONE, ARENA_LIMIT), ERR_MALFORMED);
    assert_int_equal(decode(T("\x3a\x02\x08\x01"), ARENA_LIMIT), OK); /* a bye */
    assert_int_equal(decode(T("\x3a\x02\x08\x01\x3a\x02\x08\x01"), ARENA_LIMIT), ERR_MALFORMED);
    assert_int_equal(decode(T("\x3a\x02\x08\x01\xfa\x01\x01x"), ARENA_LIMIT), OK); /* and a 31 */
    assert_int_equal(decode(T("\xfa\x01\x01x"), ARENA_LIMIT), ERR_MALFORMED);      /* only a 31 */
    assert_int_equal(decode(T("\x38\x01"), ARENA_LIMIT), ERR_MALFORMED); /* a bye as number */
    assert_int_equal(decode(T("\x3b\x3c"), ARENA_LIMIT), ERR_MALFORMED); /* as group */
    assert_int_equal(decode(T("\x3a\x04\xfb\x01\xfc\x01"), ARENA_LIMIT), ERR_MALFORMED); /* in it */
    assert_int_equal(decode(T("\x3a\x05\x08\x01"), ARENA_LIMIT), ERR_MALFORMED);
    assert_int_equal(decode(bytes_of(large, sizeof(large)), ARENA_LIMIT), ERR_LIMIT);
}

static void a_push_statement_names_all_that_is_signed(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    struct hash head = {{0xab}};
    (void)state;
    wire_push_statement(T("341502"), 2, 41, 45, &head, &out);
    assert_true(bytes_equal_text(
        buffer_bytes(&out), "huoshui push 1\nunit 341502\nepoch 2\nseq 41 45\nchain "
                            "ab00000000000000000000000000000000000000000000000000000000000000\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_of_every_kind_come_back_and_are_what_protobuf_writes),
        cmocka_unit_test(an_update_of_any_size_is_what_protobuf_writes),
        cmocka_unit_test(every_member_of_a_hello_and_a_push_arrives),
        cmocka_unit_test(what_goes_beyond_a_limit_is_refused),
        cmocka_unit_test(contacts_arrive_whole_and_within_their_limits),
        cmocka_unit_test(memory_for_a_frame_has_a_budget),
        cmocka_unit_test(a_frame_holds_exactly_one_message),
        cmocka_unit_test(a_push_statement_names_all_that_is_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
