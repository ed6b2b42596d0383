/* test_privacy.c - what a wall may not show of a record, and what it must. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "report/privacy.h"

/* ' for ", so that it reads well in C. Gives what is left of the record as text; free it. */
static char *stripped(const char *record)
{
    json_error_t error;
    char *text = strdup(record);
    assert_non_null(text);
    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    json_t *object = json_loads(text, 0, &error);
    assert_non_null(object);
    free(text);
    privacy_strip(object);
    text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    for (char *c = text; *c; c++)
        if (*c == '"')
            *c = '\'';
    return text;
}

static void assert_left(const char *record, const char *expected)
{
    char *text = stripped(record);
    assert_string_equal(text, expected);
    free(text);
}

static void who_signed_a_correction_or_looked_at_it_is_not_named(void **state)
{
    (void)state;
    assert_left("{'kind':'CORRECTION','correction':{'reason':'笔误','person':'王某'}}",
                "{'kind':'CORRECTION','correction':{'reason':'笔误'}}");
    assert_left("{'kind':'VERIFICATION','verification':{'person':'王某','finding':'属实'}}",
                "{'kind':'VERIFICATION','verification':{'finding':'属实'}}");
    assert_left("{'kind':'VERDICT','verdict':{'reason':'先报','person':'王某'}}",
                "{'kind':'VERDICT','verdict':{'reason':'先报'}}");
    assert_left("{'kind':'LEAD','lead':{'investor':'某公司','source':'王某'}}",
                "{'kind':'LEAD','lead':{'investor':'某公司'}}");
    assert_left("{'kind':'INVESTOR','investor':{'name':'某公司','referrer':'王某'}}",
                "{'kind':'INVESTOR','investor':{'name':'某公司'}}");
    assert_left("{'kind':'SUPERVISION','supervision':{'step':'TALK','to':'王某'}}",
                "{'kind':'SUPERVISION','supervision':{'step':'TALK'}}");
}

static void a_leader_in_office_stays_and_a_clerk_does_not(void **state)
{
    (void)state;
    assert_left("{'kind':'ASSIGNMENT','assignment':{'role':'SPONSOR_LEADER','name':'李副市长'}}",
                "{'kind':'ASSIGNMENT','assignment':{'role':'SPONSOR_LEADER','name':'李副市长'}}");
    assert_left("{'kind':'ASSIGNMENT','assignment':{'role':'OWNER_PERSON','name':'王某'}}",
                "{'kind':'ASSIGNMENT','assignment':{'role':'OWNER_PERSON'}}");
    assert_left("{'kind':'ASSIGNMENT','assignment':{'role':'TEAM_MEMBER','name':'王某'}}",
                "{'kind':'ASSIGNMENT','assignment':{'role':'TEAM_MEMBER'}}");
    assert_left("{'kind':'ASSIGNMENT','assignment':{'role':99,'name':'王某'}}",
                "{'kind':'ASSIGNMENT','assignment':{'role':99}}");
    assert_left("{'kind':'CONTACT','contact':{'leader_level':'CITY_LEADER','leader':'李副市长'}}",
                "{'kind':'CONTACT','contact':{'leader_level':'CITY_LEADER','leader':'李副市长'}}");
    assert_left("{'kind':'CONTACT','contact':{'leader':'王某','destination':'上海'}}",
                "{'kind':'CONTACT','contact':{'destination':'上海'}}");
    assert_left("{'kind':'LEADER_ACTION','leader_action':{'leader':'李副市长'}}",
                "{'kind':'LEADER_ACTION','leader_action':{'leader':'李副市长'}}");
}

static void numbers_of_persons_are_masked_in_every_text_and_codes_stay(void **state)
{
    (void)state;
    assert_left("{'origin':'13800138000.csv:1','kind':'NOTE','note':{'text':'找王某13800138000'}}",
                "{'origin':'***********.csv:1','kind':'NOTE','note':{'text':'找王某***********'}}");
    assert_left("{'kind':'CONTACT','contact':{'firms':['甲公司','乙公司0564-3345678']}}",
                "{'kind':'CONTACT','contact':{'firms':['甲公司','乙公司****-*******']}}");
    assert_left("{'kind':'PROJECT','project':{'name':'李副市长13800138000',"
                "'credit_code':'13800138000','project_code':'2203-341502-04-01-123456'}}",
                "{'kind':'PROJECT','project':{'name':'李副市长***********',"
                "'credit_code':'13800138000','project_code':'2203-341502-04-01-123456'}}");
    assert_left("{'kind':'ASSIGNMENT','assignment':{'role':'LEAD','name':'李局长-13800138000'}}",
                "{'kind':'ASSIGNMENT','assignment':{'role':'LEAD','name':'李局长-***********'}}");
}

static void what_nobody_here_can_read_is_left_out(void **state)
{
    (void)state;
    assert_left("{'position':1,'kind_number':99,'payload_base64':'AAAA'}",
                "{'position':1,'kind_number':99}");
    assert_left("{'kind':'NOTE','note':{'text':'好'},'unknown_fields_base64':'AAAA'}",
                "{'kind':'NOTE','note':{'text':'好'}}");
    assert_left("{'record':'REFUSAL','reason_text':'13800138000','envelope_base64':'AAAA'}",
                "{'record':'REFUSAL','reason_text':'***********'}");
    assert_left("{'record':'REFUSAL','event':{'kind':'VERDICT','verdict':{'person':'王某'}}}",
                "{'record':'REFUSAL','event':{'kind':'VERDICT','verdict':{}}}");
    assert_left("{'record':'ALARM','detail_base64':'AAAA'}", "{'record':'ALARM'}");
}

/* A rule whose field is called otherwise would hide nothing. */
static void a_fact_is_judged_as_its_json_is(void **state)
{
    static const struct {
        uint32_t kind;
        const char *field;
    } hidden[] = {
        {EVENT_CORRECTION, "person"}, {EVENT_VERIFICATION, "person"}, {EVENT_VERDICT, "person"},
        {EVENT_SUPERVISION, "to"},    {EVENT_LEAD, "source"},         {EVENT_INVESTOR, "referrer"},
        {EVENT_ASSIGNMENT, "name"},   {EVENT_CONTACT, "leader"},
    };
    (void)state;
    struct event event = {0};
    size_t found = 0;
    for (uint32_t number = 1; number <= EVENT_VERDICT; number++) {
        const struct kind *kind = kind_of_number(number);
        for (size_t i = 0; i < kind->field_count; i++)
            found += privacy_hides(kind, &kind->fields[i], event_fact(&event));
        for (size_t i = 0; i < ARRAY_LENGTH(hidden); i++)
            for (size_t j = 0; j < kind->field_count && hidden[i].kind == number; j++)
                if (strcmp(kind->fields[j].name, hidden[i].field) == 0)
                    assert_true(privacy_hides(kind, &kind->fields[j], event_fact(&event)));
    }
    assert_int_equal(found, ARRAY_LENGTH(hidden));
    const struct kind *kind = kind_of_number(EVENT_ASSIGNMENT);
    event.assignment.role = ROLE_SPONSOR_LEADER;
    for (size_t i = 0; i < kind->field_count; i++)
        assert_false(privacy_hides(kind, &kind->fields[i], event_fact(&event)));
    event.assignment.role = ROLE_HELPER + 100;
    assert_true(privacy_hides(kind, &kind->fields[1], event_fact(&event)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_signed_a_correction_or_looked_at_it_is_not_named),
        cmocka_unit_test(a_leader_in_office_stays_and_a_clerk_does_not),
        cmocka_unit_test(numbers_of_persons_are_masked_in_every_text_and_codes_stay),
        cmocka_unit_test(what_nobody_here_can_read_is_left_out),
        cmocka_unit_test(a_fact_is_judged_as_its_json_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
