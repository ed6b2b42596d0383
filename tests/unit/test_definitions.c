/* test_definitions.c - what is shipped, what the city changes, and what does not parse. */
#include "ledger_scene.h"

#include "ledger/view/definitions.h"

static int open_scene(void **state)
{
    static struct ledger_scene scene;
    ledger_scene_open(&scene);
    *state = &scene;
    return 0;
}

static int close_scene(void **state)
{
    ledger_scene_close(*state);
    return 0;
}

static const struct definitions *in_force(struct ledger_scene *scene, const char *day,
                                          uint64_t known_at, struct problem *problem)
{
    return definitions_at(scene->ledger, scene_day(day), known_at, &scene->arena, problem);
}

static const struct definitions *on(struct ledger_scene *scene, const char *day)
{
    struct problem problem;
    const struct definitions *definitions = in_force(scene, day, UINT64_MAX, &problem);
    assert_string_equal(problem.text, "");
    return definitions;
}

/* content's " are written twice escaped: it is JSON within JSON. */
#define DEFINE(scene, unit, kind, day, content)                                                    \
    ledger_scene_submit(scene, unit,                                                               \
                        "{'kind':'DEFINITION','occurred_on':'" day "','definition':{"              \
                        "'definition':'" kind "','name':'x','content':'%s'}}",                     \
                        content)
#define Q "\\'" /* becomes \" in the line */

static const struct rate_definition *rate(const struct definitions *definitions, const char *id)
{
    const struct rate_definition *found = definitions_find(definitions, id);
    assert_non_null(found);
    return found;
}

static void every_variant_of_the_field_is_shipped_with_its_formula(void **state)
{
    static const struct {
        const char *id;
        enum measure numerator, denominator;
    } variants[] = {
        {"PERF_NOT_TERMINATED", MEASURE_PERFORMING, MEASURE_SIGNED},
        {"PERF_COUNTED", MEASURE_PERFORMING_SAID, MEASURE_SIGNED},
        {"START_OVER_SIGNED", MEASURE_STARTED, MEASURE_SIGNED},
        {"START_OVER_PLAN", MEASURE_STARTED_IN_PERIOD, MEASURE_PLANNED_STARTS},
        {"PROD_OVER_SIGNED", MEASURE_PRODUCING, MEASURE_SIGNED},
        {"PROD_OVER_STARTED", MEASURE_PRODUCING, MEASURE_STARTED},
        {"FUND_OVER_CONTRACT", MEASURE_RECEIVED, MEASURE_CONTRACT},
        {"FUND_OVER_YEAR_PLAN", MEASURE_RECEIVED_THIS_YEAR, MEASURE_YEAR_PLAN},
        {"LAND_OVER_SIGNED", MEASURE_LANDED, MEASURE_SIGNED},
        {"FAI_CONVERSION", MEASURE_FIXED_FORMED, MEASURE_RECEIVED},
        {"CHAIN_FIT", MEASURE_ON_CHAIN, MEASURE_NEW_PROJECTS},
        {"TARGET_RATE", MEASURE_NONE, MEASURE_NONE},
        {"PACE_POINTS", MEASURE_NONE, MEASURE_NONE},
    };
    const struct definitions *shipped = definitions_shipped();
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(variants); i++) {
        const struct rate_definition *found = rate(shipped, variants[i].id);
        assert_int_equal(found->numerator, variants[i].numerator);
        assert_int_equal(found->denominator, variants[i].denominator);
        assert_int_equal(found->rounding, ROUND_HALF_UP);
        assert_int_equal(found->digits, 2);
        assert_true(strlen(found->formula) > 0 && strlen(found->name) > 0);
    }
    assert_true(rate(shipped, "START_OVER_SIGNED")->headline);
    assert_false(rate(shipped, "START_OVER_PLAN")->headline);
}

static void the_city_changes_a_rounding_and_the_rest_of_the_rate_stays(void **state)
{
    struct ledger_scene *scene = *state;
    DEFINE(scene, "3415", "METRIC", "2022-03-01",
           "{" Q "id" Q ":" Q "START_OVER_SIGNED" Q "," Q "rounding" Q ":" Q "TRUNCATE" Q "," Q
           "digits" Q ":1," Q "version" Q ":" Q "2022" Q "}");
    const struct rate_definition *changed = rate(on(scene, "2022-03-01"), "START_OVER_SIGNED");
    assert_int_equal(changed->rounding, ROUND_TRUNCATE);
    assert_int_equal(changed->digits, 1);
    assert_int_equal(changed->denominator, MEASURE_SIGNED);
    assert_string_equal(changed->name, "开工率");
    assert_string_equal(changed->version, "2022");
    assert_true(changed->headline);
    assert_int_equal(rate(on(scene, "2022-02-28"), "START_OVER_SIGNED")->digits, 2);
}

static void each_text_of_a_rate_is_its_own(void **state)
{
    struct ledger_scene *scene = *state;
    DEFINE(scene, "3415", "METRIC", "2022-03-01",
           "{" Q "id" Q ":" Q "SHARE" Q "," Q "name" Q ":" Q "占比甲" Q "," Q "formula" Q ":" Q
           "甲/乙" Q "," Q "version" Q ":" Q "2022-3" Q "}");
    const struct rate_definition *changed = rate(on(scene, "2022-03-01"), "SHARE");
    assert_string_equal(changed->name, "占比甲");
    assert_string_equal(changed->formula, "甲/乙");
    assert_string_equal(changed->version, "2022-3");
}

static void a_definition_is_in_force_from_its_position(void **state)
{
    struct ledger_scene *scene = *state;
    struct problem problem;
    uint64_t position = DEFINE(scene, "3415", "METRIC", "2022-03-01",
                               "{" Q "id" Q ":" Q "SHARE" Q "," Q "digits" Q ":0}");
    assert_int_equal(rate(in_force(scene, "2022-06-01", position - 1, &problem), "SHARE")->digits,
                     2);
    assert_int_equal(rate(in_force(scene, "2022-06-01", position, &problem), "SHARE")->digits, 0);
}

static void the_day_it_names_beats_the_day_it_was_said(void **state)
{
    struct ledger_scene *scene = *state;
    ledger_scene_submit(scene, "3415",
                        "{'kind':'DEFINITION','occurred_on':'2022-03-01','definition':{"
                        "'definition':'METRIC','name':'SHARE','from':'2023-01-01',"
                        "'content':'{\\'digits\\':0}'}}");
    assert_int_equal(rate(on(scene, "2022-12-31"), "SHARE")->digits, 2);
    assert_int_equal(rate(on(scene, "2023-01-01"), "SHARE")->digits, 0);
}

static void a_later_definition_replaces_an_earlier_one(void **state)
{
    struct ledger_scene *scene = *state;
    DEFINE(scene, "3415", "METRIC", "2022-05-01",
           "{" Q "id" Q ":" Q "SHARE" Q "," Q "digits" Q ":3}");
    DEFINE(scene, "3415", "METRIC", "2022-04-01",
           "{" Q "id" Q ":" Q "SHARE" Q "," Q "digits" Q ":1}");
    assert_int_equal(rate(on(scene, "2022-04-15"), "SHARE")->digits, 1);
    assert_int_equal(rate(on(scene, "2022-05-01"), "SHARE")->digits, 3);
}

static void a_new_rate_takes_the_headline_of_its_name(void **state)
{
    struct ledger_scene *scene = *state;
    DEFINE(scene, "3415", "METRIC", "2022-03-01",
           "{" Q "id" Q ":" Q "OWN" Q "," Q "name" Q ":" Q "开工率" Q "," Q "numerator" Q ":" Q
           "STARTED" Q "," Q "denominator" Q ":" Q "PERFORMING" Q "," Q "headline" Q ":true}");
    const struct definitions *definitions = on(scene, "2022-03-01");
    assert_true(rate(definitions, "OWN")->headline);
    assert_int_equal(rate(definitions, "OWN")->denominator, MEASURE_PERFORMING);
    assert_false(rate(definitions, "START_OVER_SIGNED")->headline);
    assert_true(rate(definitions, "PROD_OVER_SIGNED")->headline);
}

static void settings_of_the_city_are_taken(void **state)
{
    struct ledger_scene *scene = *state;
    DEFINE(scene, "3415", "SETTING", "2022-03-01",
           "{" Q "body_order" Q ":[" Q "STATISTICS" Q "," Q "DRC" Q "]," Q "landed" Q ":" Q
           "STARTED" Q "," Q "excluded_industries" Q ":[" Q "风电" Q "," Q "光伏" Q "]," Q
           "exclude_government_money" Q ":false," Q "close_day" Q ":5}");
    const struct definitions *definitions = on(scene, "2022-03-01");
    assert_int_equal(definitions->landed_milestone, MILESTONE_STARTED);
    assert_int_equal(definitions->excluded_industry_count, 2);
    assert_true(bytes_equal_text(definitions->excluded_industries[1], "光伏"));
    assert_false(definitions->exclude_government_money);
    assert_int_equal(definitions->close_day, 5);
    assert_true(definitions_body_rank(definitions, BODY_STATISTICS) <
                definitions_body_rank(definitions, BODY_DRC));
    assert_true(definitions_body_rank(definitions, BODY_DRC) <
                definitions_body_rank(definitions, BODY_INVESTMENT_BUREAU));
    assert_int_equal(definitions_body_rank(definitions, BODY_NONE),
                     definitions_body_rank(definitions, BODY_INVESTMENT_BUREAU));
}

static void a_county_defines_nothing(void **state)
{
    struct ledger_scene *scene = *state;
    DEFINE(scene, "341502", "METRIC", "2022-03-01",
           "{" Q "id" Q ":" Q "SHARE" Q "," Q "digits" Q ":0}");
    assert_int_equal(rate(on(scene, "2022-06-01"), "SHARE")->digits, 2);
}

static void rules_that_others_own_are_passed_over_in_silence(void **state)
{
    struct ledger_scene *scene = *state;
    DEFINE(scene, "3415", "SETTING", "2022-03-01", "{" Q "silent_days" Q ":90}");
    DEFINE(scene, "3415", "SCHEME", "2022-03-01", "{" Q "digits" Q ":0}");
    assert_int_equal(rate(on(scene, "2022-06-01"), "SHARE")->digits, 2);
}

static void a_fault_is_named_and_the_rest_holds(void **state)
{
    static const char *const faults[] = {
        "{" Q "id" Q ":" Q "SHARE" Q "," Q "digits" Q ":1.5}", /* no floating point */
        "{" Q "id" Q ":" Q "SHARE" Q "," Q "digits" Q ":99}",  /* out of range */
        "{" Q "id" Q ":" Q "SHARE" Q "," Q "digit" Q ":1}",    /* misspelt */
        "{" Q "id" Q ":" Q "share" Q "," Q "digits" Q ":1}",   /* no id */
        "{" Q "id" Q ":" Q "NEW" Q "," Q "digits" Q ":1}",     /* a new one without measures */
        "{" Q "id" Q ":" Q "NEW" Q "," Q "numerator" Q ":" Q "CONTRACT" Q "," Q "denominator" Q
        ":" Q "SIGNED" Q "}", /* yuan over a count */
        "{" Q "id" Q ":" Q "SHARE" Q "," Q "rounding" Q ":" Q "EVEN" Q "}",
        "{" Q "id" Q ":" Q "NEW-1" Q "," Q "numerator" Q ":" Q "STARTED" Q "," Q "denominator" Q
        ":" Q "SIGNED" Q "}", /* no id of ours */
        "[1]",
        "7",
        "",
        "{",
    };
    struct ledger_scene *scene = *state;
    struct problem problem;
    DEFINE(scene, "3415", "METRIC", "2022-01-01",
           "{" Q "id" Q ":" Q "GROWTH" Q "," Q "digits" Q ":1}");
    for (size_t i = 0; i < ARRAY_LENGTH(faults); i++) {
        uint64_t position =
            ledger_scene_submit(scene, "3415",
                                "{'kind':'DEFINITION','occurred_on':'2022-03-%02zu','definition':{"
                                "'definition':'METRIC','name':'坏的%zu','content':'%s'}}",
                                i + 1, i, faults[i]);
        const struct definitions *definitions = in_force(scene, "2022-06-01", UINT64_MAX, &problem);
        if (!strstr(problem.text, "坏的"))
            fail_msg("%s: %s", faults[i], problem.text);
        assert_int_equal(rate(definitions, "GROWTH")->digits, 1);
        assert_int_equal(rate(definitions, "SHARE")->digits, 2);
        assert_null(definitions_find(definitions, "NEW"));
        ledger_scene_withdraw(scene, "3415", position);
    }
}

static void a_what_if_changes_the_versions_and_nothing_else(void **state)
{
    static const char text[] = "{\"rates\":[{\"id\":\"SHARE\",\"digits\":1}],"
                               "\"excluded_industries\":[\"风电\"]}";
    struct ledger_scene *scene = *state;
    struct problem problem = {0};
    const struct definitions *base = on(scene, "2022-06-01"), *out = NULL;
    assert_int_equal(definitions_with(base, bytes_of_text(text), &scene->arena, &out, &problem),
                     OK);
    assert_int_equal(rate(out, "SHARE")->digits, 1);
    assert_int_equal(rate(base, "SHARE")->digits, 2);
    assert_int_equal(out->excluded_industry_count, 1);
    assert_string_equal(rate(out, "SHARE")->version, "what-if");
    assert_non_null(memmem(out->versions.data, out->versions.size, "SHARE@what-if", 13));
    assert_false(bytes_equal(out->versions, base->versions));
    assert_int_equal(
        definitions_with(base, bytes_of_text("{\"digits\":2.0}"), &scene->arena, &out, &problem),
        ERR_MALFORMED);
    assert_true(strlen(problem.text) > 0 && strlen(problem.remedy) > 0);
}

static void the_versions_name_what_a_definition_came_from(void **state)
{
    struct ledger_scene *scene = *state;
    struct bytes before = on(scene, "2022-06-01")->versions;
    DEFINE(scene, "3415", "METRIC", "2022-03-01",
           "{" Q "id" Q ":" Q "SHARE" Q "," Q "digits" Q ":0}");
    struct bytes after = on(scene, "2022-06-01")->versions;
    assert_false(bytes_equal(before, after));
    assert_non_null(memmem(after.data, after.size, "SHARE@1+", 8));
    assert_non_null(memmem(after.data, after.size, "GROWTH@1 ", 9));
}

static int64_t yuan(const struct definitions *definitions, const char *currency, int64_t value,
                    const char *day)
{
    struct money money = {.value = value, .has_value = true};
    int64_t out = -1;
    bytes_to_text(bytes_of_text(currency), money.currency, sizeof money.currency);
    return definitions_yuan(definitions, &money, scene_day(day), &out) ? out : -1;
}

static void foreign_money_is_counted_at_the_rate_of_its_day(void **state)
{
    struct ledger_scene *scene = *state;
    static const char form[] = "{'kind':'EXCHANGE_RATE','occurred_on':'%s','exchange_rate':{"
                               "'currency':'%s','yuan_millionths':%d}}";
    ledger_scene_submit(scene, "3415", form, "2018-01-01", "USD", 6949500);
    ledger_scene_submit(scene, "3415", form, "2026-01-01", "USD", 7000000);
    ledger_scene_submit(scene, "3415", form, "2018-01-01", "JPY", 60000);
    const struct definitions *definitions = on(scene, "2026-06-01");
    assert_int_equal(yuan(definitions, "USD", 10000, "2018-06-01"), 695); /* 694.95 */
    assert_int_equal(yuan(definitions, "USD", 10000, "2026-01-01"), 700);
    assert_int_equal(yuan(definitions, "USD", 10000, "2017-12-31"), -1);
    assert_int_equal(yuan(definitions, "JPY", 10000, "2018-06-01"), 600);
    assert_int_equal(yuan(definitions, "EUR", 10000, "2018-06-01"), -1);
    assert_int_equal(yuan(definitions, "CNY", 10000, "2017-12-31"), 10000);
    assert_int_equal(yuan(definitions, "", 10000, "2017-12-31"), 10000);
    assert_int_equal(yuan(definitions, "USD", INT64_MAX, "2026-01-01"), 645636042579834306);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_of_the_field_is_shipped_with_its_formula),
        SCENE_TEST(the_city_changes_a_rounding_and_the_rest_of_the_rate_stays),
        SCENE_TEST(each_text_of_a_rate_is_its_own),
        SCENE_TEST(a_definition_is_in_force_from_its_position),
        SCENE_TEST(the_day_it_names_beats_the_day_it_was_said),
        SCENE_TEST(a_later_definition_replaces_an_earlier_one),
        SCENE_TEST(a_new_rate_takes_the_headline_of_its_name),
        SCENE_TEST(settings_of_the_city_are_taken),
        SCENE_TEST(a_county_defines_nothing),
        SCENE_TEST(rules_that_others_own_are_passed_over_in_silence),
        SCENE_TEST(a_fault_is_named_and_the_rest_holds),
        SCENE_TEST(a_what_if_changes_the_versions_and_nothing_else),
        SCENE_TEST(the_versions_name_what_a_definition_came_from),
        SCENE_TEST(foreign_money_is_counted_at_the_rate_of_its_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
