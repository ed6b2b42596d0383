/* test_json_parse.c - what submit tells a person whose line is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/json.h"

#define T(literal) bytes_of_text(literal)

enum { ARENA_LIMIT = 4 << 20 };

#define HEAD "{\"kind\":\"MILESTONE\",\"subject\":\"341502/a\",\"occurred_on\":\"2022-01-20\","

static enum err parse_within(const char *line, size_t limit, struct problem *problem)
{
    CLEANUP(arena_release) struct arena arena;
    struct event event = {.envelope = {.kind = 77}};
    arena_init(&arena, limit);
    *problem = (struct problem){0};
    enum err err = json_event_parse(T(line), &arena, &event, problem);
    assert_true(err == OK || event.envelope.kind == 77); /* a failure leaves it alone */
    return err;
}

static void assert_refused(const char *line, const char *text)
{
    struct problem problem;
    assert_int_equal(parse_within(line, ARENA_LIMIT, &problem), ERR_MALFORMED);
    assert_memory_equal(problem.text, text, strlen(text));
    assert_true(problem.remedy[0] != '\0');
}

static void assert_taken(const char *line)
{
    struct problem problem;
    enum err err = parse_within(line, ARENA_LIMIT, &problem);
    assert_string_equal(problem.text, "");
    assert_int_equal(err, OK);
}

static void a_line_of_submit_becomes_an_event(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    struct problem problem;
    struct event event;
    (void)state;
    arena_init(&arena, ARENA_LIMIT);
    const char *line = HEAD "\"milestone\":{\"milestone\":\"STARTED\",\"partial\":true,"
                            "\"evidence_names\":[\"许可证\"]}}";
    assert_int_equal(json_event_parse(T(line), &arena, &event, &problem), OK);
    assert_int_equal(event.envelope.kind, EVENT_MILESTONE);
    assert_int_equal(event.envelope.algorithm, SIGN_ED25519_SHA256);
    assert_int_equal(event.envelope.body, BODY_INVESTMENT_BUREAU);
    assert_int_equal(event.envelope.agent_clock_ms, 0);
    assert_int_equal(event.envelope.occurred_on, 19012);
    assert_int_equal(event.envelope.event_id.size, 0);
    assert_int_equal(event.milestone.milestone, MILESTONE_STARTED);
    assert_true(event.milestone.partial);
    assert_true(bytes_equal_text(event.milestone.evidence_names.items[0], "许可证"));
    assert_int_equal(event_check(&event, &problem), OK);
}

static void what_a_record_adds_is_ignored_and_null_says_nothing(void **state)
{
    (void)state;
    assert_taken(HEAD "\"position\":1,\"recorded_at\":\"x\",\"unit\":5,\"epoch\":1,\"seq\":2,"
                      "\"chain\":null,\"hash\":\"\",\"origin\":null,"
                      "\"milestone\":{\"milestone\":\"STARTED\",\"reason\":null}}");
}

static void an_unknown_word_is_named_with_the_words_there_are(void **state)
{
    struct problem problem;
    (void)state;
    const char *line = HEAD "\"milestone\":{\"milestone\":\"STARTD\"}}";
    assert_int_equal(parse_within(line, ARENA_LIMIT, &problem), ERR_MALFORMED);
    assert_string_equal(problem.text, "milestone.milestone: \"STARTD\" is not known");
    assert_non_null(strstr(problem.remedy, "STARTED"));
    assert_refused(HEAD "\"milestone\":{\"milestone\":11}}", "milestone.milestone: ");
    assert_taken(HEAD "\"milestone\":{\"milestone\":77}}"); /* a newer program's */
    assert_refused(HEAD "\"body\":\"招商\"}", "body: \"招商\" is not known");
}

static void an_unknown_member_is_named_with_the_members_there_are(void **state)
{
    struct problem problem;
    (void)state;
    const char *line = HEAD "\"milestone\":{\"milstone\":\"STARTED\"}}";
    assert_int_equal(parse_within(line, ARENA_LIMIT, &problem), ERR_MALFORMED);
    assert_string_equal(problem.text, "milestone.milstone: unknown member");
    assert_memory_equal(problem.remedy, "one of milestone, local_label", 29);
    assert_refused(HEAD "\"funds\":{}}", "funds: unknown member");
    assert_refused(HEAD "\"record\":\"REFUSAL\"}", "record: unknown member");
    assert_refused("{\"kind\":\"FUNDS\",\"funds\":{\"amount\":{\"yaun\":1}}}",
                   "funds.amount.yaun: unknown member");
}

static void a_member_of_another_type_is_named(void **state)
{
    (void)state;
    assert_refused(HEAD "\"milestone\":{\"reason\":5}}", "milestone.reason: not a text");
    assert_refused(HEAD "\"milestone\":{\"partial\":1}}", "milestone.partial: not a flag");
    assert_refused(HEAD "\"milestone\":{\"evidence\":\"x\"}}", "milestone.evidence: not a list");
    assert_refused(HEAD "\"milestone\":{\"evidence\":[\"xyz\"]}}", "milestone.evidence: not hexa");
    assert_refused(HEAD "\"milestone\":[]}", "milestone: not an object");
    assert_refused(HEAD "\"event_id\":\"abc\"}", "event_id: not hexadecimal");
    assert_refused("{\"kind\":\"NOTE\",\"subject\":5}", "subject: not a text");
    assert_refused("{\"kind\":\"NOTE\",\"occurred_on\":\"2022-02-30\"}", "occurred_on: not a day");
    assert_refused("{\"kind\":\"NOTE\",\"occurred_on\":19012}", "occurred_on: not a day");
    assert_refused("{\"kind\":\"CONTACT\",\"contact\":{\"people\":2.5}}", "contact.people: ");
}

static void an_amount_says_yuan_or_the_minor_units_of_its_currency(void **state)
{
#define AMOUNT(inner) "{\"kind\":\"FUNDS\",\"funds\":{\"amount\":" inner "}}"
    (void)state;
    assert_taken(AMOUNT("{\"yuan\":1}"));
    assert_taken(AMOUNT("{\"text\":\"X\"}"));
    assert_taken(AMOUNT("{\"minor_units\":1,\"currency\":\"USD\"}"));
    assert_refused(AMOUNT("{\"yuan\":1.5}"), "funds.amount.yuan: not a whole number");
    assert_refused(AMOUNT("{\"yuan\":1,\"currency\":\"USD\"}"), "funds.amount: ");
    assert_refused(AMOUNT("{\"minor_units\":1}"), "funds.amount: ");
    assert_refused(AMOUNT("{\"currency\":\"USDT\"}"), "funds.amount.currency: ");
    assert_refused(AMOUNT("\"1.2亿元\""), "funds.amount: not an amount");
}

static void broken_json_is_answered_with_line_and_column(void **state)
{
    (void)state;
    assert_refused("", "line 1, column ");
    assert_refused("{\"kind\":}", "line 1, column 9: ");
    assert_refused("[]", "line 1, column 1: not an object");
    assert_refused("{} {}", "line 1, column ");
    assert_refused("{\"kind\":\"NOTE\",\"kind\":\"NOTE\"}", "line 1, column ");
    assert_refused("{\"a\":\"\xff\"}", "line 1, column ");
    assert_refused("{\"a\":\"\\u0000\"}", "line 1, column ");
}

static void a_kind_is_needed_and_must_be_known(void **state)
{
    (void)state;
    assert_refused("{}", "kind: required");
    assert_refused("{\"kind\":\"milestone\"}", "kind: not a kind");
    assert_refused("{\"kind\":3}", "kind: not a kind");
    assert_refused("{\"kind\":\"NOTE\",\"kind_number\":12}", "kind: ");
    assert_refused("{\"kind_number\":0}", "kind_number: ");
    assert_refused("{\"kind_number\":\"7\"}", "kind_number: ");
}

static void bytes_must_be_what_was_printed(void **state)
{
    (void)state;
    assert_taken("{\"kind_number\":4711,\"payload_base64\":\"/wA/\"}");
    assert_refused("{\"kind_number\":4711,\"payload_base64\":\"/wA\"}",
                   "payload_base64: not base64");
    assert_refused("{\"kind\":\"NOTE\",\"payload_base64\":\"/wA/\"}", "payload_base64: unknown");
    assert_taken("{\"kind\":\"NOTE\",\"unknown_fields_base64\":\"+AcF\"}");  /* field 127 */
    assert_refused("{\"kind\":\"NOTE\",\"unknown_fields_base64\":\"CgFh\"}", /* field 1: known */
                   "unknown_fields_base64: ");
    assert_refused("{\"kind\":\"NOTE\",\"unknown_fields_base64\":\"/w==\"}",
                   "unknown_fields_base64: ");
    assert_taken("{\"kind_number\":12,\"payload_base64\":\"CgFh\"}"); /* a note, as bytes */
}

static void a_clock_is_an_instant_with_its_offset(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        {"2022-09-30T10:00:00.123+08:00", 1664503200123},
        {"2022-09-30T02:00:00Z", 1664503200000},
        {"2022-09-30T02:00:00.5Z", 1664503200500},
        {"2022-09-29T21:30:00-04:30", 1664503200000},
    };
    static const char *const bad[] = {"2022-09-30",
                                      "2022-09-30T10:00:00",
                                      "2022-09-30T24:00:00Z",
                                      "2022-09-30T10:00:00.Z",
                                      "2022-09-30T10:00:00.1234Z",
                                      "2022-09-30T10:00:00+0800",
                                      "2022-09-30 10:00:00Z",
                                      "2022-09-31T10:00:00Z",
                                      "2022-09-30T10:00:0xZ",
                                      "2022-09-30T10:00:00+24:00"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        CLEANUP(arena_release) struct arena arena;
        CLEANUP(buffer_release) struct buffer line = {0};
        struct problem problem;
        struct event event;
        arena_init(&arena, ARENA_LIMIT);
        buffer_add_format(&line, "{\"kind\":\"NOTE\",\"agent_clock\":\"%s\"}", rows[i].text);
        assert_int_equal(json_event_parse(buffer_bytes(&line), &arena, &event, &problem), OK);
        assert_true(event.envelope.agent_clock_ms == rows[i].ms);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        char line[100] = "{\"kind\":\"NOTE\",\"agent_clock\":\"";
        bytes_to_text(T(bad[i]), line + strlen(line), 40);
        bytes_to_text(T("\"}"), line + strlen(line), 3);
        assert_refused(line, "agent_clock: not an instant");
    }
}

static void a_line_beyond_its_limits_is_refused(void **state)
{
    static char line[(1 << 20) + 2];
    struct problem problem;
    (void)state;
    assert_int_equal(parse_within(HEAD "\"origin\":\"0123456789\"}", 8, &problem), ERR_LIMIT);
    memset(line, ' ', sizeof(line) - 1);
    assert_int_equal(parse_within(line, ARENA_LIMIT, &problem), ERR_LIMIT);
    assert_true(problem.remedy[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_submit_becomes_an_event),
        cmocka_unit_test(what_a_record_adds_is_ignored_and_null_says_nothing),
        cmocka_unit_test(an_unknown_word_is_named_with_the_words_there_are),
        cmocka_unit_test(an_unknown_member_is_named_with_the_members_there_are),
        cmocka_unit_test(a_member_of_another_type_is_named),
        cmocka_unit_test(an_amount_says_yuan_or_the_minor_units_of_its_currency),
        cmocka_unit_test(broken_json_is_answered_with_line_and_column),
        cmocka_unit_test(a_kind_is_needed_and_must_be_known),
        cmocka_unit_test(bytes_must_be_what_was_printed),
        cmocka_unit_test(a_clock_is_an_instant_with_its_offset),
        cmocka_unit_test(a_line_beyond_its_limits_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
