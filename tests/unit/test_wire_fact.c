/* test_wire_fact.c - facts of every kind against protobuf-c's own reading, unknown fields, and the
 * seal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "huoshui.pb-c.h"
#include "random_event.h"

#define T(literal) bytes_of_text(literal)

enum { ARENA_LIMIT = 1 << 20, ROUNDS = 100 };

static void assert_same(struct bytes left, struct bytes right)
{
    assert_int_equal(left.size, right.size);
    assert_true(bytes_equal(left, right));
}

static const ProtobufCMessageDescriptor *descriptor_of(uint32_t kind)
{
    static const ProtobufCMessageDescriptor *const facts[] = {
        &huoshui__project_fact__descriptor,       &huoshui__document_fact__descriptor,
        &huoshui__milestone_fact__descriptor,     &huoshui__funds_fact__descriptor,
        &huoshui__obstacle_fact__descriptor,      &huoshui__contact_fact__descriptor,
        &huoshui__assignment_fact__descriptor,    &huoshui__target_fact__descriptor,
        &huoshui__list_fact__descriptor,          &huoshui__correction_fact__descriptor,
        &huoshui__verification_fact__descriptor,  &huoshui__note_fact__descriptor,
        &huoshui__commitment_fact__descriptor,    &huoshui__approval_fact__descriptor,
        &huoshui__land_fact__descriptor,          &huoshui__supervision_fact__descriptor,
        &huoshui__fair_fact__descriptor,          &huoshui__exchange_rate_fact__descriptor,
        &huoshui__leader_action_fact__descriptor, &huoshui__plan_fact__descriptor,
        &huoshui__lead_fact__descriptor,          &huoshui__investor_fact__descriptor,
        &huoshui__instruction_fact__descriptor,   &huoshui__definition_fact__descriptor,
        &huoshui__verdict_fact__descriptor,
    };
    return facts[kind - 1];
}

/* protobuf-c reads what we wrote, and writes the same bytes. */
static void assert_repacks(uint32_t kind, struct bytes payload)
{
    CLEANUP(buffer_release) struct buffer packed = {0};
    ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor_of(kind), NULL, payload.size, payload.data);
    assert_non_null(message);
    assert_int_equal(message->n_unknown_fields, 0);
    protobuf_c_message_pack(message,
                            buffer_extend(&packed, protobuf_c_message_get_packed_size(message)));
    protobuf_c_message_free_unpacked(message, NULL);
    assert_same(buffer_bytes(&packed), payload);
}

static void assert_same_texts(const struct texts *left, const struct texts *right)
{
    assert_int_equal(left->count, right->count);
    for (size_t i = 0; i < left->count; i++)
        assert_same(left->items[i], right->items[i]);
}

static void assert_same_money(const struct money *left, const struct money *right)
{
    bool is_absent = !left->has_value && left->text.size == 0;
    assert_int_equal(left->has_value, right->has_value);
    assert_true(left->value == right->value);
    assert_same(left->text, right->text);
    if (!is_absent)
        assert_string_equal(left->currency[0] ? left->currency : "CNY", right->currency);
}

static void assert_same_fact(const struct event *left, const struct event *right)
{
    const struct kind *kind = kind_of_number(left->envelope.kind);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        const void *one = (const char *)event_fact_const(left) + field->offset;
        const void *two = (const char *)event_fact_const(right) + field->offset;
        if (field->type == FIELD_TEXT || field->type == FIELD_ID)
            assert_same(*(const struct bytes *)one, *(const struct bytes *)two);
        else if (field->type == FIELD_TEXTS || field->type == FIELD_DIGESTS)
            assert_same_texts(one, two);
        else if (field->type == FIELD_MONEY)
            assert_same_money(one, two);
        else if (field->type == FIELD_FLAG)
            assert_int_equal(*(const bool *)one, *(const bool *)two);
        else if (field->type == FIELD_COUNT)
            assert_true(*(const int64_t *)one == *(const int64_t *)two);
        else
            assert_int_equal(*(const int32_t *)one, *(const int32_t *)two);
    }
}

static void facts_of_every_kind_come_back_and_are_what_protobuf_writes(void **state)
{
    struct random random;
    struct problem problem;
    (void)state;
    random_init(&random, 21);
    for (uint32_t kind = 1; kind_of_number(kind); kind++) {
        for (int i = 0; i < ROUNDS; i++) {
            CLEANUP(arena_release) struct arena arena;
            CLEANUP(buffer_release) struct buffer payload = {0};
            struct event event, again;
            arena_init(&arena, ARENA_LIMIT);
            random_event(&random, kind, &arena, &event);
            wire_fact_encode(&event, &payload);
            assert_repacks(kind, buffer_bytes(&payload));
            event.envelope.payload = buffer_bytes(&payload);
            assert_int_equal(wire_fact_decode(&event.envelope, &arena, &again, &problem), OK);
            assert_same_fact(&event, &again);
            assert_int_equal(again.unknown_fields.size, 0);
        }
    }
}

static void fields_of_a_newer_program_are_kept_byte_for_byte(void **state)
{
    static const char newer[] = "\xf8\x03\x96\x01\xfa\x03\x03new\xfd\x03"
                                "1234";
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer payload = {0};
    CLEANUP(buffer_release) struct buffer again = {0};
    struct envelope envelope = {.kind = EVENT_NOTE};
    struct problem problem;
    struct event event;
    (void)state;
    arena_init(&arena, ARENA_LIMIT);
    buffer_add(&payload, bytes_of("\x0a\x02hi", 4));
    buffer_add(&payload, bytes_of(newer, sizeof(newer) - 1));
    envelope.payload = buffer_bytes(&payload);
    assert_int_equal(wire_fact_decode(&envelope, &arena, &event, &problem), OK);
    assert_same(event.unknown_fields, bytes_of(newer, sizeof(newer) - 1));
    assert_same(event.note.text, T("hi"));
    wire_fact_encode(&event, &again);
    assert_same(buffer_bytes(&again), buffer_bytes(&payload));
}

static void unknown_fields_between_known_ones_are_gathered(void **state)
{
    static const char mixed[] = "\xf8\x03\x01\x0a\x02hi\xf8\x03\x02\x12\x01t\xf8\x03\x03";
    CLEANUP(arena_release) struct arena arena;
    struct envelope envelope = {.kind = EVENT_NOTE, .payload = bytes_of(mixed, sizeof(mixed) - 1)};
    struct problem problem;
    struct event event;
    (void)state;
    arena_init(&arena, ARENA_LIMIT);
    assert_int_equal(wire_fact_decode(&envelope, &arena, &event, &problem), OK);
    assert_same(event.unknown_fields, T("\xf8\x03\x01\xf8\x03\x02\xf8\x03\x03"));
    assert_same(event.note.topic, T("t"));
}

static void an_unknown_kind_keeps_its_payload(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer payload = {0};
    struct envelope envelope = {.kind = 4711, .payload = bytes_of("\xff\x00?", 3)};
    struct problem problem;
    struct event event;
    (void)state;
    arena_init(&arena, ARENA_LIMIT);
    assert_int_equal(wire_fact_decode(&envelope, &arena, &event, &problem), OK);
    assert_int_equal(event.project.name.size, 0);
    wire_fact_encode(&event, &payload);
    assert_same(buffer_bytes(&payload), envelope.payload);
}

static enum err decode(uint32_t kind, struct bytes payload, size_t arena_limit)
{
    CLEANUP(arena_release) struct arena arena;
    struct envelope envelope = {.kind = kind, .payload = payload};
    struct problem problem = {0};
    struct event event;
    arena_init(&arena, arena_limit);
    enum err err = wire_fact_decode(&envelope, &arena, &event, &problem);
    assert_int_equal(err != OK, problem.text[0] != '\0');
    return err;
}

static void a_payload_that_breaks_its_form_is_refused(void **state)
{
    (void)state;
    assert_int_equal(decode(EVENT_NOTE, T("\x08\x01"), 0), ERR_MALFORMED);   /* text as number */
    assert_int_equal(decode(EVENT_NOTE, T("\x0a\x05hi"), 0), ERR_MALFORMED); /* cut off */
    assert_int_equal(decode(EVENT_NOTE, T("\x0b\x0c"), 0), ERR_MALFORMED);   /* a group */
    assert_int_equal(decode(EVENT_MILESTONE, T("\x0a\x01x"), 0), ERR_MALFORMED);
    assert_int_equal(decode(EVENT_MILESTONE, T("\x32\x01x"), 0), ERR_MALFORMED);    /* digest */
    assert_int_equal(decode(EVENT_CORRECTION, T("\x12\x01x"), 0), ERR_MALFORMED);   /* id */
    assert_int_equal(decode(EVENT_FUNDS, T("\x0a\x02\x0a\x00"), 0), ERR_MALFORMED); /* value */
    assert_int_equal(decode(EVENT_FUNDS,
                            T("\x0a\x06\x12\x04"
                              "ABCD"),
                            0),
                     ERR_LIMIT);
    assert_int_equal(decode(EVENT_FUNDS,
                            T("\x0a\x05\x12\x03"
                              "USD"),
                            0),
                     OK);
}

static void a_list_is_bounded_before_it_takes_memory(void **state)
{
    CLEANUP(buffer_release) struct buffer payload = {0};
    (void)state;
    for (int i = 0; i < LIST_ITEMS; i++)
        buffer_add(&payload, T("\x3a\x01n")); /* milestone.evidence_names */
    assert_int_equal(decode(EVENT_MILESTONE, buffer_bytes(&payload), ARENA_LIMIT), OK);
    assert_int_equal(decode(EVENT_MILESTONE, buffer_bytes(&payload), 64), ERR_LIMIT);
    buffer_add(&payload, T("\x3a\x01n"));
    assert_int_equal(decode(EVENT_MILESTONE, buffer_bytes(&payload), ARENA_LIMIT), ERR_LIMIT);
}

static void yuan_without_a_currency_and_cny_are_the_same_bytes(void **state)
{
    CLEANUP(buffer_release) struct buffer one = {0};
    CLEANUP(buffer_release) struct buffer two = {0};
    struct event event = {.envelope = {.kind = EVENT_FUNDS}};
    (void)state;
    event.funds.amount = (struct money){.has_value = true}; /* nought yuan is a value */
    wire_fact_encode(&event, &one);
    memcpy(event.funds.amount.currency, "CNY", 4);
    wire_fact_encode(&event, &two);
    assert_same(buffer_bytes(&one), buffer_bytes(&two));
    assert_same(buffer_bytes(&one), bytes_of("\x0a\x02\x08\x00", 4));
}

static void a_sealed_event_is_its_envelope_and_keeps_a_given_id(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer out = {0};
    struct event event, again;
    struct envelope envelope;
    struct problem problem;
    struct random random;
    uint8_t id[EVENT_ID_SIZE];
    (void)state;
    arena_init(&arena, ARENA_LIMIT);
    random_init(&random, 22);
    random_event(&random, EVENT_FUNDS, &arena, &event);
    buffer_add_text(&out, "before");
    assert_int_equal(wire_event_seal(T("3415"), &event, &out, &problem), OK);
    assert_int_equal(
        wire_envelope_decode(bytes_of(out.data + 6, out.size - 6), &envelope, &problem), OK);
    assert_same(envelope.event_id, event.envelope.event_id);
    assert_same(envelope.payload, event.envelope.payload);
    event_id_make(T("3415"), &envelope, id);
    assert_same(envelope.event_id, bytes_of(id, sizeof(id)));
    assert_int_equal(wire_fact_decode(&envelope, &arena, &again, &problem), OK);
    assert_same_fact(&event, &again);
    event.envelope.event_id = T("0123456789abcdef");
    assert_int_equal(wire_event_seal(T("3415"), &event, &out, &problem), OK);
    assert_same(event.envelope.event_id, T("0123456789abcdef"));
}

static void only_an_event_with_evidence_may_be_large(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    CLEANUP(buffer_release) struct buffer text = {0};
    struct bytes digest = T("0123456789abcdef0123456789abcdef");
    struct event event = {.envelope = {.kind = EVENT_MILESTONE, .occurred_on = 18000}};
    struct problem problem = {0};
    (void)state;
    memset(buffer_extend(&text, EVENT_SIZE_MAX), 'x', EVENT_SIZE_MAX);
    event.milestone.reason = buffer_bytes(&text);
    assert_int_equal(wire_event_seal(T("34"), &event, &out, &problem), ERR_LIMIT);
    assert_int_equal(out.size, 0);
    assert_non_null(strstr(problem.text, "65536"));
    event.milestone.evidence = (struct texts){&digest, 1};
    assert_int_equal(wire_event_seal(T("34"), &event, &out, &problem), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_of_every_kind_come_back_and_are_what_protobuf_writes),
        cmocka_unit_test(fields_of_a_newer_program_are_kept_byte_for_byte),
        cmocka_unit_test(unknown_fields_between_known_ones_are_gathered),
        cmocka_unit_test(an_unknown_kind_keeps_its_payload),
        cmocka_unit_test(a_payload_that_breaks_its_form_is_refused),
        cmocka_unit_test(a_list_is_bounded_before_it_takes_memory),
        cmocka_unit_test(yuan_without_a_currency_and_cny_are_the_same_bytes),
        cmocka_unit_test(a_sealed_event_is_its_envelope_and_keeps_a_given_id),
        cmocka_unit_test(only_an_event_with_evidence_may_be_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
