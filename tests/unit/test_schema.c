/* test_schema.c - the tables of the .def files against the public contract, huoshui.proto. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>

#include "huoshui.pb-c.h"
#include "ledger/event/schema.h"

enum { KIND_COUNT = 25 };

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

static const ProtobufCEnumDescriptor *const enums[] = {
    &huoshui__milestone__descriptor,       &huoshui__body__descriptor,
    &huoshui__origin__descriptor,          &huoshui__project_action__descriptor,
    &huoshui__chain_effect__descriptor,    &huoshui__land_supply_class__descriptor,
    &huoshui__scope__descriptor,           &huoshui__channel__descriptor,
    &huoshui__document__descriptor,        &huoshui__funds_basis__descriptor,
    &huoshui__funds__descriptor,           &huoshui__obstacle_action__descriptor,
    &huoshui__obstacle__descriptor,        &huoshui__contact__descriptor,
    &huoshui__contact_state__descriptor,   &huoshui__leader_level__descriptor,
    &huoshui__activity__descriptor,        &huoshui__role__descriptor,
    &huoshui__list_action__descriptor,     &huoshui__correction_action__descriptor,
    &huoshui__verification__descriptor,    &huoshui__commitment_action__descriptor,
    &huoshui__approval_result__descriptor, &huoshui__land__descriptor,
    &huoshui__land_stock__descriptor,      &huoshui__supervision__descriptor,
    &huoshui__leader_action__descriptor,   &huoshui__plan__descriptor,
    &huoshui__lead_step__descriptor,       &huoshui__instruction_action__descriptor,
    &huoshui__definition__descriptor,
};

/* "exchange_rate" and "Fact" make "ExchangeRateFact". */
static void camel(const char *snake, const char *tail, char *out)
{
    bool is_start = true;
    for (; *snake; snake++) {
        if (*snake != '_')
            *out++ = (char)(is_start ? toupper(*snake) : *snake);
        is_start = *snake == '_';
    }
    memcpy(out, tail, strlen(tail) + 1);
}

static ProtobufCType proto_type(enum field_type type)
{
    switch (type) {
    case FIELD_TEXT:
    case FIELD_TEXTS:
        return PROTOBUF_C_TYPE_STRING;
    case FIELD_DIGESTS:
    case FIELD_ID:
        return PROTOBUF_C_TYPE_BYTES;
    case FIELD_ENUM:
        return PROTOBUF_C_TYPE_ENUM;
    case FIELD_DAY:
        return PROTOBUF_C_TYPE_INT32;
    case FIELD_MONEY:
        return PROTOBUF_C_TYPE_MESSAGE;
    case FIELD_COUNT:
        return PROTOBUF_C_TYPE_INT64;
    case FIELD_FLAG:
        return PROTOBUF_C_TYPE_BOOL;
    }
    return PROTOBUF_C_TYPE_FLOAT;
}

static void assert_same_enum(const struct words *words, const ProtobufCEnumDescriptor *descriptor)
{
    char name[64];
    camel(words->name, "", name);
    assert_string_equal(descriptor->short_name, name);
    assert_int_equal(descriptor->n_values, words->count + 1);
    for (size_t i = 0; i < words->count; i++) {
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value(descriptor, words->rows[i].number);
        assert_non_null(value);
        size_t prefix = strlen(words->prefix);
        assert_memory_equal(value->name, words->prefix, prefix);
        assert_int_equal(value->name[prefix], '_');
        assert_string_equal(value->name + prefix + 1, words->rows[i].id);
    }
}

static void every_field_is_the_one_of_the_proto_file(void **state)
{
    char name[64];
    (void)state;
    assert_int_equal(ARRAY_LENGTH(facts), KIND_COUNT);
    assert_null(kind_of_number(0));
    assert_null(kind_of_number(KIND_COUNT + 1));
    for (uint32_t number = 1; number <= KIND_COUNT; number++) {
        const struct kind *kind = kind_of_number(number);
        const ProtobufCMessageDescriptor *fact = facts[number - 1];
        camel(kind->member, "Fact", name);
        assert_string_equal(fact->short_name, name);
        assert_int_equal(fact->n_fields, kind->field_count);
        for (size_t i = 0; i < kind->field_count; i++) {
            const struct field *field = &kind->fields[i];
            const ProtobufCFieldDescriptor *proto = &fact->fields[i];
            bool is_list = field->type == FIELD_TEXTS || field->type == FIELD_DIGESTS;
            assert_string_equal(proto->name, field->name);
            assert_int_equal(proto->id, field->number);
            assert_int_equal(proto->type, proto_type(field->type));
            assert_int_equal(proto->label,
                             is_list ? PROTOBUF_C_LABEL_REPEATED : PROTOBUF_C_LABEL_NONE);
            if (field->type == FIELD_ENUM)
                assert_same_enum(field->words, proto->descriptor);
            if (field->type == FIELD_MONEY)
                assert_ptr_equal(proto->descriptor, &huoshui__money__descriptor);
        }
    }
}

static void a_field_number_is_its_place_in_the_table(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= KIND_COUNT; number++) {
        const struct kind *kind = kind_of_number(number);
        for (size_t i = 0; i < kind->field_count; i++)
            assert_int_equal(kind->fields[i].number, i + 1);
    }
}

static void every_word_is_the_one_of_the_proto_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(enums); i++) {
        char name[64] = {0};
        size_t size = 0;
        for (const char *at = enums[i]->short_name; *at; at++) {
            if (isupper(*at) && size > 0)
                name[size++] = '_';
            name[size++] = (char)tolower(*at);
        }
        assert_non_null(words_of_name(name));
        assert_same_enum(words_of_name(name), enums[i]);
    }
    assert_null(words_of_name("no such words"));
    assert_ptr_equal(words_body(), words_of_name("body"));
}

static void kinds_have_the_numbers_of_the_proto_file(void **state)
{
    const ProtobufCEnumDescriptor *descriptor = &huoshui__event_kind__descriptor;
    (void)state;
    assert_int_equal(descriptor->n_values, KIND_COUNT + 1);
    for (uint32_t number = 1; number <= KIND_COUNT; number++) {
        const struct kind *kind = kind_of_number(number);
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value(descriptor, (int)number);
        assert_memory_equal(value->name, "EVENT_", 6);
        assert_string_equal(value->name + 6, kind->id);
        assert_int_equal(kind->number, number);
        assert_ptr_equal(kind_of_id(bytes_of_text(kind->id)), kind);
    }
    assert_null(kind_of_id(bytes_of_text("milestone")));
}

static void a_word_is_found_by_number_id_and_chinese(void **state)
{
    const struct words *words = words_of_name("milestone");
    (void)state;
    assert_string_equal(word_of_number(words, MILESTONE_STARTED)->id, "STARTED");
    assert_int_equal(word_of_id(words, bytes_of_text("STARTED"))->number, MILESTONE_STARTED);
    assert_int_equal(word_of_chinese(words, bytes_of_text("开工"))->number, MILESTONE_STARTED);
    assert_null(word_of_number(words, 0));
    assert_null(word_of_id(words, bytes_of_text("STARTD")));
    assert_null(word_of_chinese(words, BYTES_NONE));
}

static void a_fact_begins_where_the_union_does(void **state)
{
    static struct event event;
    const struct kind *kind = kind_of_number(EVENT_FUNDS);
    (void)state;
    event.funds.basis = FUNDS_BASIS_INCREMENT;
    assert_ptr_equal(event_fact(&event), &event.verdict);
    assert_string_equal(kind->fields[2].name, "basis");
    const char *fact = event_fact_const(&event);
    assert_int_equal(*(const int32_t *)(const void *)(fact + kind->fields[2].offset),
                     FUNDS_BASIS_INCREMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_the_one_of_the_proto_file),
        cmocka_unit_test(a_field_number_is_its_place_in_the_table),
        cmocka_unit_test(every_word_is_the_one_of_the_proto_file),
        cmocka_unit_test(kinds_have_the_numbers_of_the_proto_file),
        cmocka_unit_test(a_word_is_found_by_number_id_and_chinese),
        cmocka_unit_test(a_fact_begins_where_the_union_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
