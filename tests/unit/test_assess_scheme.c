/* test_assess_scheme.c - a scheme is read strictly, and what is wrong is named with its item. */
#include "ledger/assess/assess_scheme.h"
#include "ledger/event/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct reading {
    struct arena arena;
    struct problem problem;
    const struct assess_scheme *scheme;
    enum err err;
};

static void read_text(struct reading *reading, struct bytes text)
{
    arena_init(&reading->arena, 1 << 20);
    reading->problem = (struct problem){0};
    reading->scheme = NULL;
    reading->err = assess_scheme_parse(text, &reading->arena, &reading->scheme, &reading->problem);
}

/* With ' for ". */
static void read_members(struct reading *reading, const char *members, const char *items)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    buffer_add_text(&text, "{'id':'s','name':'考核','version':'1'");
    buffer_add_text(&text, members);
    buffer_add_text(&text, ",'items':[");
    buffer_add_text(&text, items);
    buffer_add_text(&text, "]}");
    for (size_t i = 0; i < text.size; i++)
        text.data[i] = text.data[i] == '\'' ? '"' : text.data[i];
    read_text(reading, buffer_bytes(&text));
}

#define COUNT_ITEM "{'id':'c','name':'n','kind':'COUNT','each':1,'value':{'measure':'STARTED'}}"
#define RATIO_ITEM                                                                                 \
    "{'id':'r','name':'n','kind':'RATIO','points':'12.5','parts':[{'value':{'measure':'STARTED'}," \
    "'base':{'measure':'SIGNED'}}]}"

static void a_scheme_has_its_defaults(void **state)
{
    (void)state;
    struct reading reading;
    read_members(&reading, "", COUNT_ITEM "," RATIO_ITEM);
    assert_int_equal(reading.err, OK);
    const struct assess_scheme *scheme = reading.scheme;
    assert_false(scheme->additive);
    assert_true(scheme->deductions_count);
    assert_int_equal(scheme->unlanded_signing_percent, 0);
    assert_int_equal(scheme->digits, 2);
    assert_int_equal(scheme->rounding, ROUND_HALF_UP);
    assert_int_equal(scheme->unit_types, 0);
    assert_int_equal(scheme->item_count, 2);
    assert_int_equal(scheme->items[0].each, POINT);
    assert_int_equal(scheme->items[0].per, 1);
    assert_int_equal(scheme->items[1].points, 125000);
    assert_int_equal(scheme->items[1].cap_percent, 100);
    assert_int_equal(scheme->items[1].parts[0].share_percent, 100);
    assert_int_equal(scheme->items[1].parts[0].value.measure, MEASURE_STARTED);
    arena_release(&reading.arena);
    read_members(&reading,
                 ",'mode':'ADDITIVE','rounding':'TRUNCATE','ties':'DENSE','red':2,'black':1,"
                 "'unit_types':['COUNTY','TEAM'],'digits':0,"
                 "'groups':[{'name':'一类','units':['341502']}]",
                 COUNT_ITEM);
    assert_int_equal(reading.err, OK);
    assert_true(reading.scheme->additive);
    assert_false(reading.scheme->deductions_count);
    assert_int_equal(reading.scheme->unit_types, 1U << UNIT_COUNTY | 1U << UNIT_TEAM);
    assert_int_equal(reading.scheme->groups[0].unit_count, 1);
    arena_release(&reading.arena);
}

static void what_is_wrong_is_named_with_its_item_and_a_remedy(void **state)
{
    (void)state;
#define PART(value, base) "'parts':[{'value':" value ",'base':" base "}]"
    static const struct {
        const char *members, *items, *text;
    } cases[] = {
        {"", "", "\"items\" has none"},
        {"", "{}", "\"id\" is missing"},
        {"", "{'id':'a'}", "item \"a\": \"name\" is missing"},
        {"", "{'id':'a','name':'n'}", "item \"a\": \"kind\" is missing"},
        {"", "{'id':'a','name':'n','kind':'SUM'}", "item \"a\": \"kind\" is none of its words"},
        {"", "{'id':'a','name':'n','kind':'RATIO'}", "item \"a\": \"points\" is missing"},
        {"", "{'id':'a','name':'n','kind':'RATIO','points':5}", "item \"a\": \"parts\" is missing"},
        {"", "{'id':'a','name':'n','kind':'RATIO','points':5,'weight':1}",
         "item \"a\": \"weight\" is not known"},
        {"", "{'id':'a','name':'n','kind':'COUNT','value':{'measure':'STARTED'}}",
         "item \"a\": \"each\" is missing"},
        {"", "{'id':'a','name':'n','kind':'COUNT','each':1}", "item \"a\": \"value\" is missing"},
        {"", "{'id':'a','name':'n','kind':'COUNT','each':'0.00001','value':{'fixed':1}}",
         "item \"a\": \"each\" is no number of points"},
        {"", "{'id':'a','name':'n','kind':'COUNT','each':-1,'value':{'fixed':1}}",
         "item \"a\": \"each\" is no number of points"},
        {"", "{'id':'a','name':'n','kind':'COUNT','each':'.5','value':{'fixed':1}}",
         "item \"a\": \"each\" is no number of points"},
        {"", "{'id':'a','name':'n','kind':'COUNT','each':1,'value':{'measure':'STATED'}}",
         "item \"a\": \"measure\" is not known"},
        {"", "{'id':'a','name':'n','kind':'COUNT','each':1,'value':{'gap':'STARTED'}}",
         "item \"a\": \"gap\" is not known"},
        {"", "{'id':'a','name':'n','kind':'COUNT','each':1,'value':{}}",
         "item \"a\": \"value\" names not exactly one source"},
        {"",
         "{'id':'a','name':'n','kind':'COUNT','each':1,'value':{'fixed':1,'measure':'STARTED'}}",
         "item \"a\": \"value\" names not exactly one source"},
        {"",
         "{'id':'a','name':'n','kind':'COUNT','each':1,'value':{'measure':'STARTED',"
         "'older_than_days':3}}",
         "item \"a\": \"older_than_days\" has no meaning"},
        {"", "{'id':'a','name':'n','kind':'COUNT','each':1,'value':{'denied':false}}",
         "item \"a\": \"denied\" is not known"},
        {"",
         "{'id':'a','name':'n','kind':'RATIO','points':5,'parts':[{'value':{'fixed':1},'base':{"
         "'fixed':1},'share_percent':50}]}",
         "item \"a\": \"parts\" have shares"},
        {"", "{'id':'a','name':'n','kind':'RATIO','points':5,'parts':[]}",
         "item \"a\": \"parts\" has too few"},
        {"",
         "{'id':'a','name':'n','kind':'RATIO','points':5,'cap_percent':0," PART("{'fixed':1}",
                                                                                "{'fixed':1}") "}",
         "item \"a\": \"cap_percent\" is out of bounds"},
        {"", COUNT_ITEM "," COUNT_ITEM, "item \"c\": \"id\" is given twice"},
        {",'total_points':12", RATIO_ITEM, "\"total_points\" is not the sum"},
        {",'points':12", RATIO_ITEM, "scheme: \"points\" is not known"},
        {",'digits':5", RATIO_ITEM, "\"digits\" is out of bounds"},
        {",'digits':'2'", RATIO_ITEM, "\"digits\" is of the wrong type"},
        {",'unit_types':['TOWN']", RATIO_ITEM, "\"unit_types\" holds"},
        {",'groups':[{'name':'一类','units':['金安区']}]", RATIO_ITEM, "\"units\" holds"},
        {",'red':0.5", RATIO_ITEM, "whole numbers only"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct reading reading;
        read_members(&reading, cases[i].members, cases[i].items);
        assert_int_equal(reading.err, ERR_MALFORMED);
        assert_null(reading.scheme);
        if (!strstr(reading.problem.text, cases[i].text))
            fail_msg("\"%s\" has no \"%s\"", reading.problem.text, cases[i].text);
        assert_true(reading.problem.remedy[0] != '\0');
        arena_release(&reading.arena);
    }
}

static void the_total_told_once_more_is_checked(void **state)
{
    (void)state;
    struct reading reading;
    read_members(&reading, ",'total_points':'12.5'", RATIO_ITEM "," COUNT_ITEM);
    assert_int_equal(reading.err, OK);
    arena_release(&reading.arena);
}

static void the_shipped_schemes_parse(void **state)
{
    (void)state;
    static const char *const paths[] = {TEST_DATA "/../../deploy/schemes/duty-contract.json",
                                        TEST_DATA "/../../deploy/schemes/additive.json"};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        CLEANUP(buffer_release) struct buffer text = {0};
        FILE *file = fopen(paths[i], "rb");
        assert_non_null(file);
        size_t size = fread(buffer_extend(&text, 1 << 16), 1, 1 << 16, file);
        assert_int_equal(fclose(file), 0);
        struct reading reading;
        read_text(&reading, bytes_of(text.data, size));
        if (reading.err != OK)
            fail_msg("%s: %s", paths[i], reading.problem.text);
        assert_true(reading.scheme->item_count >= 5);
        arena_release(&reading.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scheme_has_its_defaults),
        cmocka_unit_test(what_is_wrong_is_named_with_its_item_and_a_remedy),
        cmocka_unit_test(the_total_told_once_more_is_checked),
        cmocka_unit_test(the_shipped_schemes_parse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
