/* test_report_claims.c - 首报首谈 as JSON: whose claims, and who won. */
#include "tests/unit/ledger_scene.h"

#include <stdlib.h>

#include "ledger/view/definitions.h"
#include "report/report_claims.h"
#include "report/report_json.h"

static struct ledger_scene scene;
static struct view view;
static struct standpoint standpoint;
static struct claims claims;

static void say_lead(const char *unit, const char *investor)
{
    (void)ledger_scene_submit(&scene, unit,
                              "{'kind':'LEAD','occurred_on':'2022-03-01','lead':{'investor':'%s'}}",
                              investor);
}

static void say_trip(const char *unit)
{
    (void)ledger_scene_submit(
        &scene, unit,
        "{'kind':'PLAN','occurred_on':'2022-05-01','plan':{'plan':'TRIP',"
        "'from':'2022-06-01','to':'2022-06-03','firms':['阳光电源股份有限公司']}}");
}

/* 341502 and 341503 court one firm and go there at once, 341502 and 341504 another. */
static int setup(void **state)
{
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_enrol(&scene, "341504", "叶集区", UNIT_COUNTY);
    say_lead("341503", "阳光电源股份有限公司");
    say_lead("341502", "阳光电源股份有限公司");
    say_lead("341504", "海螺水泥");
    say_lead("341502", "海螺水泥");
    say_trip("341502");
    say_trip("341503");
    (void)ledger_scene_submit(&scene, "3415",
                              "{'kind':'VERDICT','occurred_on':'2022-07-01','verdict':{"
                              "'matter':'首报首谈：阳光电源股份有限公司','winner_unit':'341599',"
                              "'reason':'先报，见13800138000','person':'王某'}}");
    view = (struct view){.as_of = scene_day("2022-09-30"),
                         .known_at = scene.position,
                         .definitions = definitions_shipped()};
    standpoint = (struct standpoint){.ledger = scene.ledger, .view = &view, .arena = &scene.arena};
    claims_make(scene.ledger, &view, &scene.arena, &claims);
    assert_false(claims.incomplete);
    assert_int_equal(claims.claim_count, 2);
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

/* The claim about the firm that a verdict was given on. */
static json_t *decided(json_t *whole)
{
    json_t *rows = json_object_get(whole, "claims");
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (json_is_object(json_object_get(json_array_get(rows, i), "verdict")))
            return json_array_get(rows, i);
    fail_msg("no claim was decided");
    return NULL;
}

static void a_claim_says_who_was_first_and_what_stands_behind_it(void **state)
{
    (void)state;
    json_t *out = claims_to_json(&standpoint, &claims), *claim = decided(out);
    assert_string_equal(text_of(out, "as_of"), "2022-09-30");
    assert_string_equal(text_of(claim, "firm"), "阳光电源股份有限公司");
    assert_string_equal(text_of(claim, "first_by_log"), "341503");
    json_t *first = json_array_get(json_object_get(claim, "units"), 0);
    assert_string_equal(text_of(first, "unit_name"), "裕安区");
    assert_true(json_is_null(json_object_get(first, "project")));
    json_t *event = json_array_get(json_object_get(claim, "evidence"), 0);
    assert_string_equal(text_of(event, "kind"), "LEAD");
    assert_string_equal(text_of(event, "day"), "2022-03-01");
    json_t *clash = json_array_get(json_object_get(out, "clashes"), 0);
    assert_string_equal(text_of(clash, "firm"), "阳光电源股份有限公司");
    assert_int_equal(json_array_size(json_object_get(clash, "trips")), 2);
    json_decref(out);
}

static void a_winner_the_log_never_met_keeps_its_code(void **state)
{
    (void)state;
    json_t *out = claims_to_json(&standpoint, &claims);
    json_t *verdict = json_object_get(decided(out), "verdict");
    assert_string_equal(text_of(verdict, "winner"), "341599");
    assert_string_equal(text_of(verdict, "winner_name"), "341599");
    assert_string_equal(text_of(verdict, "unit_name"), "六安市");
    assert_string_equal(text_of(verdict, "person"), "王某");
    json_decref(out);
    assert_true(
        bytes_equal_text(claims_winner_name(&standpoint, bytes_of_text("341502")), "金安区"));
}

static void a_wall_does_not_show_who_decided(void **state)
{
    (void)state;
    standpoint.for_wall = true;
    json_t *out = claims_to_json(&standpoint, &claims);
    json_t *verdict = json_object_get(decided(out), "verdict");
    assert_true(json_is_null(json_object_get(verdict, "person")));
    assert_string_equal(text_of(verdict, "reason"), "先报，见***********");
    json_decref(out);
}

static void a_units_own_are_kept_and_nobody_elses(void **state)
{
    (void)state;
    struct claims own = claims;
    claims_keep_unit(&own, LEDGER_UNITS_MAX);
    assert_int_equal(own.claim_count, 2);
    assert_int_equal(own.clash_count, 1);
    claims_keep_unit(&own, ledger_scene_unit(&scene, "341502"));
    assert_int_equal(own.claim_count, 2);
    assert_int_equal(own.clash_count, 1);
    claims_keep_unit(&own, ledger_scene_unit(&scene, "341504"));
    assert_int_equal(own.claim_count, 1);
    assert_true(bytes_equal_text(own.claims[0].firm, "海螺水泥"));
    assert_int_equal(own.clash_count, 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_claim_says_who_was_first_and_what_stands_behind_it),
        TEST(a_winner_the_log_never_met_keeps_its_code),
        TEST(a_wall_does_not_show_who_decided),
        TEST(a_units_own_are_kept_and_nobody_elses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
