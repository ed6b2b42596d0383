/* test_event.c - the form of events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "random_event.h"

#define T(literal) bytes_of_text(literal)

enum { ARENA_LIMIT = 1 << 20 };

static struct event milestone(void)
{
    struct event event = {.envelope = {.algorithm = SIGN_ED25519_SHA256,
                                       .kind = EVENT_MILESTONE,
                                       .subject = T("341502/341502-0001"),
                                       .occurred_on = 18000,
                                       .body = BODY_INVESTMENT_BUREAU}};
    event.milestone.milestone = MILESTONE_STARTED;
    return event;
}

static struct event funds(int64_t yuan)
{
    struct event event = milestone();
    event.envelope.kind = EVENT_FUNDS;
    event.funds = (struct funds_fact){.amount = {.value = yuan, .has_value = true},
                                      .origin = ORIGIN_OVERSEAS,
                                      .basis = FUNDS_BASIS_CUMULATIVE};
    return event;
}

/* The complaint begins with the field's name and has a remedy. */
static void assert_refused(const struct event *event, const char *field, enum err expected)
{
    struct problem problem = {0};
    assert_int_equal(event_check(event, &problem), expected);
    assert_memory_equal(problem.text, field, strlen(field));
    assert_true(problem.remedy[0] != '\0');
}

static void assert_good(const struct event *event)
{
    struct problem problem = {0};
    enum err err = event_check(event, &problem);
    assert_string_equal(problem.text, "");
    assert_int_equal(err, OK);
}

static void a_unit_is_two_four_or_six_digits_and_a_short_suffix(void **state)
{
    static const char *const good[] = {"34", "6105", "341571", "3415-zsj", "34-0123456789abcdef"};
    static const char *const bad[] = {
        "",        "3",      "341",      "34150", "3415021",
        "3415-",   "3415-Z", "3415_zsj", "-zsj",  "34-0123456789abcdefg",
        "3415-招", " 3415"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        assert_true(unit_is_valid(T(good[i])));
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(unit_is_valid(T(bad[i])));
}

static void a_subject_is_a_unit_and_a_code(void **state)
{
    static const char *const good[] = {"341502/341502-0001", "34/a", "3415-zsj/项目一"};
    static const char *const bad[] = {"",           "341502",      "341502/",         "/a",
                                      "341502/a/b", "3/a",         "341502/a b",      "341502/a\n",
                                      "341502/　a", "341502/\xff", "341502/a\xc2\xa0"};
    char code[80] = "34/";
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        assert_true(subject_is_valid(T(good[i])));
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(subject_is_valid(T(bad[i])));
    memset(code + 3, 'c', 65);
    assert_false(subject_is_valid(bytes_of(code, 3 + 65)));
    assert_true(subject_is_valid(bytes_of(code, 3 + 64)));
}

static void random_events_of_every_kind_pass(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, 1);
    for (uint32_t kind = 1; kind_of_number(kind); kind++) {
        for (int i = 0; i < 20; i++) {
            CLEANUP(arena_release) struct arena arena;
            struct event event;
            arena_init(&arena, ARENA_LIMIT);
            random_event(&random, kind, &arena, &event);
            assert_good(&event);
        }
    }
}

static void a_required_field_that_is_missing_is_named(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, 2);
    for (uint32_t number = 1; kind_of_number(number); number++) {
        const struct kind *kind = kind_of_number(number);
        for (size_t i = 0; i < kind->field_count; i++) {
            CLEANUP(arena_release) struct arena arena;
            struct event event;
            struct money nothing = {0};
            char name[64];
            if (!kind->fields[i].required)
                continue;
            arena_init(&arena, ARENA_LIMIT);
            random_event(&random, number, &arena, &event);
            bool is_wide = kind->fields[i].type == FIELD_TEXT || kind->fields[i].type == FIELD_ID;
            size_t size = kind->fields[i].type == FIELD_MONEY   ? sizeof(nothing)
                          : is_wide                             ? sizeof(struct bytes)
                          : kind->fields[i].type == FIELD_COUNT ? sizeof(int64_t)
                                                                : sizeof(int32_t);
            memcpy((char *)event_fact(&event) + kind->fields[i].offset, &nothing, size);
            assert_true(snprintf(name, sizeof(name), "%s.%s: required", kind->member,
                                 kind->fields[i].name) > 0);
            assert_refused(&event, name, ERR_MALFORMED);
        }
    }
}

static void a_missing_word_is_answered_with_the_words_there_are(void **state)
{
    struct problem problem = {0};
    struct event event = milestone();
    (void)state;
    event.milestone.milestone = MILESTONE_NONE;
    assert_int_equal(event_check(&event, &problem), ERR_MALFORMED);
    assert_string_equal(problem.text, "milestone.milestone: required");
    assert_memory_equal(problem.remedy, "one of LEAD, PLANNED, ", 22);
    assert_non_null(strstr(problem.remedy, "TRANSFERRED"));
}

static void the_envelope_needs_its_fields(void **state)
{
    struct event event = milestone();
    (void)state;
    event.envelope.kind = 0;
    assert_refused(&event, "kind: ", ERR_MALFORMED);
    event = milestone();
    event.envelope.subject = BYTES_NONE;
    assert_refused(&event, "subject: required", ERR_MALFORMED);
    event.envelope.subject = T("341502");
    assert_refused(&event, "subject: not", ERR_MALFORMED);
    event = milestone();
    event.envelope.about_unit = T("六安");
    assert_refused(&event, "about_unit: ", ERR_MALFORMED);
    event = milestone();
    event.envelope.occurred_on = DAY_NONE;
    assert_refused(&event, "occurred_on: required", ERR_MALFORMED);
    event.envelope.occurred_on = -7398;
    assert_refused(&event, "occurred_on: not", ERR_MALFORMED);
    event.envelope.occurred_on = 84006;
    assert_refused(&event, "occurred_on: not", ERR_MALFORMED);
    event = milestone();
    event.envelope.body = 0;
    assert_refused(&event, "body: ", ERR_MALFORMED);
    event = milestone();
    event.envelope.origin = T("\xff");
    assert_refused(&event, "origin: ", ERR_MALFORMED);
    event = milestone();
    event.envelope.event_id = T("short");
    assert_refused(&event, "event_id: ", ERR_MALFORMED);
}

static void an_envelope_on_the_wire_has_an_event_id(void **state)
{
    struct problem problem;
    struct event event = milestone();
    (void)state;
    assert_int_equal(envelope_check(&event.envelope, &problem), ERR_MALFORMED);
    event.envelope.event_id = T("0123456789abcdef");
    assert_int_equal(envelope_check(&event.envelope, &problem), OK);
}

static void texts_have_limits_and_are_utf8(void **state)
{
    char text[301];
    struct event event = milestone();
    (void)state;
    memset(text, 'x', sizeof(text));
    event.milestone.local_label = bytes_of(text, 300);
    assert_good(&event);
    event.milestone.local_label = bytes_of(text, 301);
    assert_refused(&event, "milestone.local_label: 301 bytes", ERR_LIMIT);
    event.milestone.local_label = T("\xc3");
    assert_refused(&event, "milestone.local_label: not UTF-8", ERR_MALFORMED);
}

static void an_absurd_amount_is_refused_and_a_masked_one_is_not(void **state)
{
    struct event event = funds(0);
    (void)state;
    assert_good(&event);
    event = funds(1000000000000000);
    assert_good(&event);
    event = funds(1000000000000001);
    assert_refused(&event, "funds.amount: above", ERR_LIMIT);
    event = funds(-1);
    assert_refused(&event, "funds.amount: negative", ERR_MALFORMED);
    event = funds(5);
    memcpy(event.funds.amount.currency, "usd", 4);
    assert_refused(&event, "funds.amount: currency", ERR_MALFORMED);
    event.funds.amount = (struct money){.text = T("X亿元")};
    assert_good(&event);
}

static void a_period_ends_after_it_began(void **state)
{
    struct event event = funds(5);
    (void)state;
    event.funds.period_from = 18000;
    assert_good(&event);
    event.funds.period_to = 18000;
    assert_good(&event);
    event.funds.period_to = 17999;
    assert_refused(&event, "funds.period_from: later", ERR_MALFORMED);
    event.funds.period_to = 84006;
    assert_refused(&event, "funds.period_to: not a day", ERR_MALFORMED);
}

static void codes_digests_counts_and_lists_have_their_form(void **state)
{
    struct bytes items[65];
    struct event event = milestone();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(items); i++)
        items[i] = T("0123456789abcdef0123456789abcdef");
    event.milestone.evidence = (struct texts){items, 64};
    assert_good(&event);
    event.milestone.evidence.count = 65;
    assert_refused(&event, "milestone.evidence: too many", ERR_LIMIT);
    event.milestone.evidence.count = 1;
    items[0] = T("short");
    assert_refused(&event, "milestone.evidence: an item is no", ERR_MALFORMED);
    event = milestone();
    items[0] = BYTES_NONE;
    event.milestone.evidence_names = (struct texts){items, 1};
    assert_refused(&event, "milestone.evidence_names: an item is empty", ERR_MALFORMED);
    event = milestone();
    event.envelope.kind = EVENT_INVESTOR;
    event.investor = (struct investor_fact){.name = T("甲"), .credit_code = T("91341500MA2NK")};
    assert_refused(&event, "investor.credit_code: ", ERR_MALFORMED);
    event.investor.credit_code = T("91341500MA2NK0001y");
    assert_refused(&event, "investor.credit_code: ", ERR_MALFORMED);
    event.investor.credit_code = T("91341500MA2NK0001Y");
    assert_good(&event);
    event.envelope.kind = EVENT_EXCHANGE_RATE;
    event.exchange_rate = (struct exchange_rate_fact){.currency = T("USD"), .yuan_millionths = -7};
    assert_refused(&event, "exchange_rate.yuan_millionths: ", ERR_LIMIT);
    event.exchange_rate.yuan_millionths = 7100000;
    assert_good(&event);
    event.exchange_rate.currency = T("美元");
    assert_refused(&event, "exchange_rate.currency: ", ERR_LIMIT);
}

static void a_newer_programs_kind_or_word_is_no_error(void **state)
{
    struct event event = milestone();
    (void)state;
    event.milestone.milestone = 77;
    assert_good(&event);
    event.milestone.milestone = -1;
    assert_refused(&event, "milestone.milestone: ", ERR_MALFORMED);
    event = milestone();
    event.envelope.kind = 4711;
    event.envelope.subject = BYTES_NONE;
    event.envelope.body = 40;
    assert_good(&event);
}

static bool same_id(const char *unit, const struct envelope *left, const struct envelope *right)
{
    uint8_t first[EVENT_ID_SIZE], second[EVENT_ID_SIZE];
    event_id_make(T(unit), left, first);
    event_id_make(T("3415"), right, second);
    return memcmp(first, second, EVENT_ID_SIZE) == 0;
}

static void an_event_id_stands_for_what_is_said_and_not_when_or_from_where(void **state)
{
    struct envelope one = milestone().envelope, other;
    (void)state;
    one.payload = T("payload");
    other = one;
    other.agent_clock_ms = 5;
    other.origin = T("341502.csv:12");
    assert_true(same_id("3415", &one, &other));
    assert_false(same_id("3416", &one, &other));
#define DIFFERS(member, value)                                                                     \
    other = one;                                                                                   \
    other.member = (value);                                                                        \
    assert_false(same_id("3415", &one, &other))
    DIFFERS(kind, EVENT_FUNDS);
    DIFFERS(subject, T("341502/341502-0002"));
    DIFFERS(about_unit, T("34"));
    DIFFERS(occurred_on, 18001);
    DIFFERS(body, BODY_DRC);
    DIFFERS(payload, T("payloae"));
    one.subject = T("ab"); /* the border between two texts counts */
    one.about_unit = T("c");
    other = one;
    other.subject = T("a");
    other.about_unit = T("bc");
    assert_false(same_id("3415", &one, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_is_two_four_or_six_digits_and_a_short_suffix),
        cmocka_unit_test(a_subject_is_a_unit_and_a_code),
        cmocka_unit_test(random_events_of_every_kind_pass),
        cmocka_unit_test(a_required_field_that_is_missing_is_named),
        cmocka_unit_test(a_missing_word_is_answered_with_the_words_there_are),
        cmocka_unit_test(the_envelope_needs_its_fields),
        cmocka_unit_test(an_envelope_on_the_wire_has_an_event_id),
        cmocka_unit_test(texts_have_limits_and_are_utf8),
        cmocka_unit_test(an_absurd_amount_is_refused_and_a_masked_one_is_not),
        cmocka_unit_test(a_period_ends_after_it_began),
        cmocka_unit_test(codes_digests_counts_and_lists_have_their_form),
        cmocka_unit_test(a_newer_programs_kind_or_word_is_no_error),
        cmocka_unit_test(an_event_id_stands_for_what_is_said_and_not_when_or_from_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
