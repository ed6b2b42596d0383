/* test_report_breakdown.c - figures by park, by fair … as JSON, CSV and a table. */
#include "tests/unit/bulletin_scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/report_breakdown.h"

static struct ledger_scene scene;
static struct breakdown breakdown;
static struct bulletin bulletin;
static struct bulletin_paper paper;

static void say_signed(const char *subject, const char *members, const char *document)
{
    (void)ledger_scene_submit(&scene, "341502",
                              "{'kind':'PROJECT','subject':'%s','occurred_on':'2022-01-01',"
                              "'project':{'action':'REGISTERED','name':'某项目'%s}}",
                              subject, members);
    (void)ledger_scene_submit(&scene, "341502",
                              "{'kind':'DOCUMENT','subject':'%s','occurred_on':'2022-02-01',"
                              "'document':{'document':'CONTRACT'%s}}",
                              subject, document);
    (void)ledger_scene_milestone(&scene, subject, MILESTONE_CONTRACT_SIGNED, "2022-02-01");
}

static void make(enum breakdown_dimension dimension)
{
    struct view view = {.as_of = scene_day("2022-09-30"), .known_at = scene.position};
    breakdown_make(scene.ledger, &view, dimension, &scene.arena, &breakdown);
    assert_false(breakdown.incomplete);
    bulletin = (struct bulletin){.view = breakdown.view, .total = breakdown.total};
    paper = (struct bulletin_paper){
        .bulletin = &bulletin, .city = "六安市", .known_at = scene.position};
}

/* Two projects in a park whose name begins like a formula, one in none; one signed at two fairs. */
static int setup(void **state)
{
    (void)state;
    ledger_scene_open(&scene);
    say_signed("341502/1", ",'park':'=甲园区','planned_fixed':{'yuan':100000000}", "");
    say_signed("341502/2",
               ",'park':'=甲园区','planned_total':{'yuan':500000000},'tags':['子','丑']", "");
    say_signed("341502/3", "", "");
    (void)ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-03-01");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ledger_scene_close(&scene);
    return 0;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static int64_t number_of(const json_t *object, const char *name)
{
    assert_true(json_is_integer(json_object_get(object, name)));
    return json_integer_value(json_object_get(object, name));
}

static void json_has_a_row_a_value_and_the_rest_last(void **state)
{
    (void)state;
    make(BREAKDOWN_PARK);
    json_t *out = breakdown_to_json(&breakdown, &paper), *rows = json_object_get(out, "rows");
    assert_string_equal(text_of(out, "by"), "park");
    assert_string_equal(text_of(out, "as_of"), "2022-09-30");
    assert_string_equal(text_of(out, "city"), "六安市");
    assert_true(json_is_null(json_object_get(out, "from")));
    assert_int_equal(number_of(out, "known_at"), scene.position);
    assert_int_equal(json_array_size(rows), 2);
    json_t *park = json_array_get(rows, 0), *none = json_array_get(rows, 1);
    assert_string_equal(text_of(park, "value"), "=甲园区");
    assert_string_equal(text_of(park, "name"), "=甲园区");
    assert_int_equal(number_of(park, "signed"), 2);
    assert_int_equal(number_of(park, "started"), 1);
    assert_true(json_is_null(json_object_get(none, "value")));
    assert_string_equal(text_of(none, "name"), breakdown_without(BREAKDOWN_PARK));
    assert_int_equal(number_of(json_object_get(out, "total"), "signed"), 3);
    json_decref(out);
}

static void json_leaves_out_what_only_units_have(void **state)
{
    (void)state;
    make(BREAKDOWN_PARK);
    json_t *out = breakdown_to_json(&breakdown, &paper);
    json_t *parts[] = {json_array_get(json_object_get(out, "rows"), 0),
                       json_object_get(out, "total")};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        assert_null(json_object_get(parts[i], "unit"));
        assert_null(json_object_get(parts[i], "targets"));
        assert_null(json_object_get(parts[i], "rank"));
        assert_non_null(json_object_get(parts[i], "rates"));
    }
    assert_null(json_object_get(out, "sized_by_total"));
    json_decref(out);
    make(BREAKDOWN_SIZE);
    out = breakdown_to_json(&breakdown, &paper);
    assert_int_equal(number_of(out, "sized_by_total"), breakdown.sized_by_total);
    json_decref(out);
}

static void a_what_if_says_so(void **state)
{
    (void)state;
    make(BREAKDOWN_PARK);
    paper.what_if = true;
    json_t *out = breakdown_to_json(&breakdown, &paper);
    assert_true(json_is_true(json_object_get(out, "what_if")));
    json_decref(out);
}

static size_t count_of(struct bytes text, const char *part)
{
    size_t count = 0, size = strlen(part);
    for (size_t i = 0; i + size <= text.size; i++)
        count += memcmp(text.data + i, part, size) == 0;
    return count;
}

static void csv_has_one_width_and_no_formula(void **state)
{
    (void)state;
    CLEANUP(buffer_release) struct buffer out = {0};
    make(BREAKDOWN_PARK);
    breakdown_to_csv(&breakdown, &out);
    struct bytes text = buffer_bytes(&out);
    assert_memory_equal(text.data, "\xEF\xBB\xBF", 3);
    assert_int_equal(count_of(text, "\r\n"), 1 + 2 + 1); /* headings, rows, total */
    assert_int_equal(count_of(text, "\r\n"), count_of(text, "\n"));
    assert_int_equal(count_of(text, "\n=") + count_of(text, "\n\"="), 0);
    assert_int_equal(count_of(text, "甲园区"), 1);
    assert_int_equal(count_of(text, "签约(个)"), 1);
    assert_int_equal(count_of(text, "\n合计,3,3,"), 1); /* registered, signed */
    size_t cells = 0, at = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == ',')
            at++;
        if (text.data[i] != '\n')
            continue;
        assert_true(cells == 0 || at == cells);
        cells = at;
        at = 0;
    }
}

/* The first figure of the first page: those registered. */
static void assert_total_is(struct bytes text, long expected)
{
    static const char total[] = "\n合计";
    CLEANUP(buffer_release) struct buffer copy = {0};
    buffer_add(&copy, text);
    buffer_add(&copy, bytes_of("", 1));
    const char *at = strstr((const char *)copy.data, total);
    assert_non_null(at);
    assert_int_equal(strtol(at + sizeof total - 1, NULL, 10), expected);
}

static void a_table_names_both_pages_and_what_a_sum_means(void **state)
{
    (void)state;
    CLEANUP(buffer_release) struct buffer out = {0};
    make(BREAKDOWN_TAG);
    breakdown_to_table(&breakdown, &paper, &scene.arena, &out);
    struct bytes text = buffer_bytes(&out);
    assert_int_equal(count_of(text, "表一 项目推进情况"), 1);
    assert_int_equal(count_of(text, "表二 资金到位情况"), 1);
    assert_int_equal(count_of(text, "\n合计"), 2);
    assert_total_is(text, 3);
    assert_int_equal(count_of(text, "一个项目可列入多行（本表 1 个）"), 1);
    buffer_clear(&out);
    make(BREAKDOWN_SIZE);
    breakdown_to_table(&breakdown, &paper, &scene.arena, &out);
    text = buffer_bytes(&out);
    assert_int_equal(count_of(text, "一个项目可列入多行"), 0);
    assert_int_equal(count_of(text, "个项目按计划总投资"), 1);
}

/* The rows of units are the paper's: their data end on the scene's last day. */
static void the_foot_names_units_whose_data_end_before_the_day(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    (void)state;
    make(BREAKDOWN_PARK);
    struct view view = breakdown.view;
    bulletin_make(scene.ledger, &view, &scene.arena, &bulletin);
    bulletin.total = breakdown.total;
    breakdown_to_table(&breakdown, &paper, &scene.arena, &out);
    assert_int_equal(count_of(buffer_bytes(&out), "数据未报至截止日的单位：金安区（2022-03-01）"),
                     1);
}

static void equal_figures_make_an_equal_workbook(void **state)
{
    CLEANUP(buffer_release) struct buffer first = {0}, second = {0};
    struct problem problem = {0};
    (void)state;
    make(BREAKDOWN_TAG);
    assert_int_equal(breakdown_to_xlsx(&breakdown, &paper, &first, &problem), OK);
    assert_int_equal(breakdown_to_xlsx(&breakdown, &paper, &second, &problem), OK);
    assert_true(first.size > 4096);
    assert_true(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    const char *keep = getenv("REPORT_SHOW"); /* to look at it */
    if (keep) {
        FILE *file = fopen(keep, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(first.data, 1, first.size, file), first.size);
        assert_int_equal(fclose(file), 0);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(json_has_a_row_a_value_and_the_rest_last),
        TEST(json_leaves_out_what_only_units_have),
        TEST(a_what_if_says_so),
        TEST(csv_has_one_width_and_no_formula),
        TEST(the_foot_names_units_whose_data_end_before_the_day),
        TEST(equal_figures_make_an_equal_workbook),
        TEST(a_table_names_both_pages_and_what_a_sum_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
