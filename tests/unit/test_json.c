/* test_json.c - events and records as JSON, written and read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "proto/json.h"
#include "random_event.h"

#define T(literal) bytes_of_text(literal)

enum { ARENA_LIMIT = 4 << 20, ROUNDS = 100 };

static void assert_same(struct bytes left, struct bytes right)
{
    assert_int_equal(left.size, right.size);
    assert_true(bytes_equal(left, right));
}

static void assert_text(const struct buffer *buffer, const char *text)
{
    CLEANUP(buffer_release) struct buffer ended = {0};
    buffer_add(&ended, buffer_bytes(buffer));
    buffer_add(&ended, bytes_of("", 1));
    assert_string_equal((const char *)ended.data, text);
}

/* The JSON of a sealed event seals to the same bytes again. */
static void assert_round_trip(const struct event *given, struct arena *arena)
{
    struct event copy = *given, *event = &copy;
    CLEANUP(buffer_release) struct buffer first = {0};
    CLEANUP(buffer_release) struct buffer second = {0};
    CLEANUP(buffer_release) struct buffer line = {0};
    struct problem problem = {0};
    struct event again;
    assert_int_equal(wire_event_seal(T("3415"), event, &first, &problem), OK);
    json_event_write(event, &line);
    enum err err = json_event_parse(buffer_bytes(&line), arena, &again, &problem);
    assert_string_equal(problem.text, "");
    assert_int_equal(err, OK);
    assert_int_equal(wire_event_seal(T("3415"), &again, &second, &problem), OK);
    assert_same(buffer_bytes(&second), buffer_bytes(&first));
}

static void events_of_every_kind_come_back_byte_for_byte(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, 41);
    for (uint32_t kind = 1; kind_of_number(kind); kind++) {
        for (int i = 0; i < ROUNDS; i++) {
            CLEANUP(arena_release) struct arena arena;
            struct event event;
            arena_init(&arena, ARENA_LIMIT);
            random_event(&random, kind, &arena, &event);
            if (random_chance(&random, 30))
                event.unknown_fields = T("\xfa\x07\x03new\xf8\x07\x05");
            assert_round_trip(&event, &arena);
        }
    }
}

static void what_only_a_newer_program_knows_comes_back_byte_for_byte(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    struct event event = {.envelope = {.algorithm = 2,
                                       .kind = 4711,
                                       .occurred_on = 18000,
                                       .body = 40,
                                       .payload = bytes_of("\xff\x00?", 3)}};
    (void)state;
    arena_init(&arena, ARENA_LIMIT);
    assert_round_trip(&event, &arena);
    event = (struct event){.envelope = {.algorithm = 1,
                                        .kind = EVENT_MILESTONE,
                                        .body = 1,
                                        .occurred_on = INT32_MAX,
                                        .agent_clock_ms = INT64_MIN}};
    event.milestone.milestone = 77;
    assert_round_trip(&event, &arena);
    event.milestone.milestone = -3;
    event.envelope.agent_clock_ms = -1;
    assert_round_trip(&event, &arena);
}

static void an_event_is_written_as_the_contract_shows_it(void **state)
{
    CLEANUP(buffer_release) struct buffer line = {0};
    struct event event = {.envelope = {.algorithm = SIGN_ED25519_SHA256,
                                       .event_id = T("0123456789abcdef"),
                                       .kind = EVENT_FUNDS,
                                       .subject = T("341502/341502-0001"),
                                       .occurred_on = 19012,
                                       .body = BODY_INVESTMENT_BUREAU,
                                       .agent_clock_ms = 1664503200123,
                                       .origin = T("341502.csv:12")}};
    (void)state;
    event.funds =
        (struct funds_fact){.amount = {.value = 120000000, .has_value = true, .text = T("1.2亿元")},
                            .origin = ORIGIN_OUT_OF_PROVINCE,
                            .basis = FUNDS_BASIS_CUMULATIVE,
                            .period_to = 19012};
    json_event_write(&event, &line);
    assert_text(&line,
                "{\"event_id\":\"30313233343536373839616263646566\",\"kind\":\"FUNDS\","
                "\"subject\":\"341502/341502-0001\",\"occurred_on\":\"2022-01-20\","
                "\"body\":\"INVESTMENT_BUREAU\",\"agent_clock\":\"2022-09-30T10:00:00.123+08:00\","
                "\"origin\":\"341502.csv:12\",\"funds\":{\"amount\":{\"yuan\":120000000,"
                "\"currency\":\"CNY\",\"text\":\"1.2亿元\"},\"origin\":\"OUT_OF_PROVINCE\","
                "\"basis\":\"CUMULATIVE\",\"period_to\":\"2022-01-20\"}}");
}

static void a_masked_amount_has_text_and_no_yuan_and_dollars_have_cents(void **state)
{
    CLEANUP(buffer_release) struct buffer line = {0};
    struct event event = {.envelope = {.algorithm = 1, .kind = EVENT_FUNDS, .body = 1}};
    (void)state;
    event.funds.amount = (struct money){.text = T("X亿元")};
    json_event_write(&event, &line);
    assert_text(&line, "{\"kind\":\"FUNDS\",\"body\":\"INVESTMENT_BUREAU\",\"funds\":{\"amount\":"
                       "{\"currency\":\"CNY\",\"text\":\"X亿元\"}}}");
    buffer_clear(&line);
    event.funds.amount = (struct money){.value = 500, .has_value = true, .currency = "USD"};
    json_event_write(&event, &line);
    assert_text(&line, "{\"kind\":\"FUNDS\",\"body\":\"INVESTMENT_BUREAU\",\"funds\":{\"amount\":"
                       "{\"minor_units\":500,\"currency\":\"USD\"}}}");
}

static void every_byte_of_a_text_survives_as_json(void **state)
{
    (void)state;
    for (int first = 0; first < 256; first++) {
        CLEANUP(buffer_release) struct buffer line = {0};
        const uint8_t text[] = {'a', (uint8_t)first, 'b'};
        json_text_write(bytes_of(text, sizeof(text)), &line);
        json_t *value =
            json_loadb((const char *)line.data, line.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(value);
        if (first < 0x80) {
            assert_int_equal(json_string_length(value), 3);
            assert_memory_equal(json_string_value(value), text, 3);
        } else {
            assert_string_equal(json_string_value(value), "a\xef\xbf\xbd"
                                                          "b");
        }
        json_decref(value);
    }
}

/* Writes a record and gives the parsed line to the caller, who releases it. */
static json_t *write_record(const struct record *record)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer line = {0};
    arena_init(&arena, ARENA_LIMIT);
    assert_int_equal(json_record_write(record, &arena, &line), OK);
    assert_null(line.size > 0 ? memchr(line.data, '\n', line.size) : NULL);
    json_t *value = json_loadb((const char *)line.data, line.size, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(value);
    return value;
}

static void assert_member(const json_t *value, const char *name, const char *text)
{
    assert_string_equal(json_string_value(json_object_get(value, name)), text);
}

static void an_event_record_can_be_submitted_again(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer envelope = {0};
    CLEANUP(buffer_release) struct buffer line = {0};
    CLEANUP(buffer_release) struct buffer again = {0};
    struct problem problem = {0};
    struct random random;
    struct event event;
    (void)state;
    arena_init(&arena, ARENA_LIMIT);
    random_init(&random, 42);
    random_event(&random, EVENT_PROJECT, &arena, &event);
    assert_int_equal(wire_event_seal(T("3415"), &event, &envelope, &problem), OK);
    struct record record = {.position = 7,
                            .recorded_at_ms = 1664503200000,
                            .kind = RECORD_EVENT,
                            .unit = T("341502"),
                            .epoch = 1,
                            .seq = 3,
                            .envelope = buffer_bytes(&envelope)};
    assert_int_equal(json_record_write(&record, &arena, &line), OK);
    assert_memory_equal(line.data,
                        "{\"position\":7,\"recorded_at\":\"2022-09-30T10:00:00.000+08:00\","
                        "\"unit\":\"341502\",\"epoch\":1,\"seq\":3,\"event_id\":\"",
                        98);
    assert_int_equal(json_event_parse(buffer_bytes(&line), &arena, &event, &problem), OK);
    assert_int_equal(wire_event_seal(T("3415"), &event, &again, &problem), OK);
    assert_same(buffer_bytes(&again), buffer_bytes(&envelope));
}

static void records_that_are_no_events_say_what_they_are(void **state)
{
    CLEANUP(buffer_release) struct buffer detail = {0};
    struct record record = {.position = 1,
                            .kind = RECORD_REFUSAL,
                            .unit = T("341502"),
                            .reason = REFUSAL_RIGHT,
                            .reason_text = T("not yours"),
                            .envelope = T("junk"),
                            .envelope_hash = hash_of(T("junk"))};
    (void)state;
    json_t *value = write_record(&record);
    assert_member(value, "record", "REFUSAL");
    assert_member(value, "reason", "RIGHT");
    assert_member(value, "reason_text", "not yours");
    assert_member(value, "envelope_base64", "anVuaw==");
    json_decref(value);
    struct roster_change change = {
        .action = ROSTER_REVOKE, .role = PEER_AGENT, .unit = T("341502"), .unit_type = UNIT_COUNTY};
    wire_roster_change_encode(&change, &detail);
    record = (struct record){
        .position = 2, .kind = RECORD_ROSTER, .unit = T("3415"), .detail = buffer_bytes(&detail)};
    value = write_record(&record);
    assert_member(value, "record", "ROSTER");
    assert_member(value, "unit", "3415");
    assert_member(json_object_get(value, "roster"), "action", "REVOKE");
    assert_member(json_object_get(value, "roster"), "unit", "341502");
    assert_member(json_object_get(value, "roster"), "unit_type", "COUNTY");
    json_decref(value);
    struct alarm alarm = {.code = ALARM_TWO_SESSIONS, .unit = T("341502")};
    buffer_clear(&detail);
    wire_alarm_encode(&alarm, &detail);
    record = (struct record){.position = 3, .kind = RECORD_ALARM, .detail = buffer_bytes(&detail)};
    value = write_record(&record);
    assert_member(json_object_get(value, "alarm"), "code", "TWO_SESSIONS");
    json_decref(value);
    struct setting_record setting = {.name = T("六安市")};
    buffer_clear(&detail);
    wire_setting_encode(&setting, &detail);
    record.kind = RECORD_SETTING;
    record.detail = buffer_bytes(&detail);
    value = write_record(&record);
    assert_member(json_object_get(value, "setting"), "name", "六安市");
    json_decref(value);
    record.kind = 99;
    record.detail = T("junk");
    value = write_record(&record);
    assert_int_equal(json_integer_value(json_object_get(value, "record")), 99);
    assert_member(value, "detail_base64", "anVuaw==");
    json_decref(value);
}

static void a_refused_event_and_a_broken_payload_are_shown(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct envelope envelope = {.event_id = T("0123456789abcdef"),
                                .kind = EVENT_NOTE,
                                .body = BODY_DRC,
                                .payload = T("\x0a\x7f")};
    (void)state;
    wire_envelope_encode(&envelope, &bytes);
    struct record record = {.position = 1, .kind = RECORD_EVENT, .envelope = buffer_bytes(&bytes)};
    json_t *value = write_record(&record);
    assert_int_equal(json_integer_value(json_object_get(value, "kind_number")), EVENT_NOTE);
    assert_member(value, "payload_base64", "Cn8=");
    json_decref(value);
    record.kind = RECORD_REFUSAL;
    value = write_record(&record);
    assert_member(json_object_get(value, "event"), "body", "DRC");
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_of_every_kind_come_back_byte_for_byte),
        cmocka_unit_test(what_only_a_newer_program_knows_comes_back_byte_for_byte),
        cmocka_unit_test(an_event_is_written_as_the_contract_shows_it),
        cmocka_unit_test(a_masked_amount_has_text_and_no_yuan_and_dollars_have_cents),
        cmocka_unit_test(every_byte_of_a_text_survives_as_json),
        cmocka_unit_test(an_event_record_can_be_submitted_again),
        cmocka_unit_test(records_that_are_no_events_say_what_they_are),
        cmocka_unit_test(a_refused_event_and_a_broken_payload_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
