/* test_view_funds.c - what had arrived: cumulative and by the month, by origin, verified, foreign.
 */
#include "ledger_scene.h"

#include "ledger/view/definitions.h"
#include "ledger/view/view.h"

#define P "341502/1"

static struct ledger_scene *scene;

static int open_scene(void **state)
{
    static struct ledger_scene the_scene;
    ledger_scene_open(&the_scene);
    scene = &the_scene;
    *state = scene;
    ledger_scene_project(scene, P, 100000000, "2022-01-01");
    return 0;
}

static int close_scene(void **state)
{
    ledger_scene_close(*state);
    return 0;
}

static struct project_view project_from(const char *from, const char *as_of)
{
    struct problem problem;
    struct project_view project;
    struct view view = {.from = from ? scene_day(from) : DAY_NONE,
                        .as_of = scene_day(as_of),
                        .known_at = UINT64_MAX};
    view.definitions =
        definitions_at(scene->ledger, view.as_of, UINT64_MAX, &scene->arena, &problem);
    assert_true(project_view_make(scene->ledger, ledger_scene_subject(scene, P), &view,
                                  &scene->arena, &project));
    return project;
}

static int64_t received(enum origin origin, const char *as_of)
{
    return project_from(NULL, as_of).received[origin].yuan;
}

static uint64_t say(const char *unit, const char *body, const char *funds, const char *day)
{
    return ledger_scene_submit(scene, unit,
                               "{'kind':'FUNDS','subject':'" P "','occurred_on':'%s','body':'%s',"
                               "'funds':{%s}}",
                               day, body, funds);
}

static uint64_t own(const char *funds, const char *day)
{
    return say("341502", "INVESTMENT_BUREAU", funds, day);
}

static void the_latest_cumulative_amount_up_to_the_day_counts(void **state)
{
    (void)state;
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 100, "2022-03-31");
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 250, "2022-06-30");
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 180, "2022-04-30"); /* said late */
    assert_int_equal(received(ORIGIN_NONE, "2022-03-30"), 0);
    assert_int_equal(received(ORIGIN_NONE, "2022-03-31"), 100);
    assert_int_equal(received(ORIGIN_NONE, "2022-05-31"), 180);
    assert_int_equal(received(ORIGIN_NONE, "2022-12-31"), 250);
    struct project_view project = project_from("2022-05-01", "2022-12-31");
    assert_int_equal(project.received_before[ORIGIN_NONE].yuan, 180);
}

static void an_increment_adds_to_the_last_cumulative_before_it(void **state)
{
    (void)state;
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 100, "2022-03-31");
    own("'amount':{'yuan':20},'origin':'OUT_OF_PROVINCE','basis':'INCREMENT'", "2022-04-30");
    own("'amount':{'yuan':30},'origin':'OUT_OF_PROVINCE','basis':'INCREMENT'", "2022-05-31");
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 400, "2022-06-30");
    own("'amount':{'yuan':5},'origin':'OUT_OF_PROVINCE','basis':'INCREMENT'", "2022-02-28");
    assert_int_equal(received(ORIGIN_NONE, "2022-02-28"), 5);
    assert_int_equal(received(ORIGIN_NONE, "2022-04-30"), 120);
    assert_int_equal(received(ORIGIN_NONE, "2022-05-31"), 150);
    assert_int_equal(received(ORIGIN_NONE, "2022-06-30"), 400);
}

static void the_day_of_funds_is_the_end_of_their_period(void **state)
{
    (void)state;
    own("'amount':{'yuan':20},'origin':'LOCAL','basis':'CUMULATIVE','period_to':'2022-03-31'",
        "2022-04-08");
    assert_int_equal(received(ORIGIN_LOCAL, "2022-03-31"), 20);
    assert_int_equal(received(ORIGIN_LOCAL, "2022-03-30"), 0);
}

static void a_cumulative_amount_that_fell_is_flagged(void **state)
{
    (void)state;
    ledger_scene_funds(scene, P, ORIGIN_LOCAL, 100, "2022-03-31");
    ledger_scene_funds(scene, P, ORIGIN_LOCAL, 100, "2022-04-30");
    assert_int_equal(project_from(NULL, "2022-12-31").anomalies, 0);
    ledger_scene_funds(scene, P, ORIGIN_LOCAL, 99, "2022-05-31");
    assert_int_equal(project_from(NULL, "2022-12-31").anomalies, ANOMALY_CUMULATIVE_FELL);
    assert_int_equal(received(ORIGIN_LOCAL, "2022-12-31"), 99);
}

static void origins_add_up_and_the_superset_is_not_counted_twice(void **state)
{
    (void)state;
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_CITY, 100, "2022-03-31");
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 60, "2022-03-31");
    ledger_scene_funds(scene, P, ORIGIN_INTER_COUNTY, 7, "2022-03-31");
    ledger_scene_funds(scene, P, ORIGIN_OVERSEAS, 3, "2022-03-31");
    struct project_view project = project_from(NULL, "2022-12-31");
    assert_int_equal(project.received[ORIGIN_OUT_OF_CITY].yuan, 100);
    assert_int_equal(project.received[ORIGIN_OUT_OF_CITY_IN_PROVINCE].yuan, 40);
    assert_int_equal(project.received[ORIGIN_OVERSEAS].yuan, 3);
    assert_int_equal(project.received[ORIGIN_NONE].yuan, 110);
    assert_int_equal(project.anomalies, 0);
}

static void the_superset_is_the_sum_when_only_its_parts_are_said(void **state)
{
    (void)state;
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_CITY_IN_PROVINCE, 40, "2022-03-31");
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 60, "2022-03-31");
    struct project_view project = project_from(NULL, "2022-12-31");
    assert_int_equal(project.received[ORIGIN_OUT_OF_CITY].yuan, 100);
    assert_int_equal(project.received[ORIGIN_NONE].yuan, 100);
}

static void a_part_above_its_superset_is_flagged(void **state)
{
    (void)state;
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_CITY, 100, "2022-03-31");
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 101, "2022-03-31");
    struct project_view project = project_from(NULL, "2022-12-31");
    assert_int_equal(project.anomalies, ANOMALY_NESTED_FUNDS);
    assert_int_equal(project.received[ORIGIN_OUT_OF_CITY_IN_PROVINCE].yuan, 0);
    assert_int_equal(project.received[ORIGIN_NONE].yuan, 101);
}

static void government_money_and_other_classes_stay_apart(void **state)
{
    (void)state;
    ledger_scene_funds(scene, P, ORIGIN_LOCAL, 10, "2022-03-31");
    own("'amount':{'yuan':20},'origin':'LOCAL','basis':'CUMULATIVE','funds':'GOVERNMENT'",
        "2022-03-31");
    own("'amount':{'yuan':30},'origin':'LOCAL','basis':'CUMULATIVE','funds':'FIXED_INVESTMENT'",
        "2022-03-31");
    own("'amount':{'yuan':40},'origin':'OVERSEAS','basis':'CUMULATIVE','funds':'FDI_USED'",
        "2022-03-31");
    own("'amount':{'yuan':50},'origin':'LOCAL','basis':'CUMULATIVE','funds':'REGISTERED_CAPITAL'",
        "2022-03-31");
    struct project_view project = project_from(NULL, "2022-12-31");
    assert_int_equal(project.received[ORIGIN_NONE].yuan, 10);
    assert_int_equal(project.government.yuan, 20);
    assert_int_equal(project.fixed_formed.yuan, 30);
    assert_int_equal(project.fdi_used.yuan, 40);
}

static void one_authority_is_believed_and_others_are_not_added(void **state)
{
    (void)state;
    say("341502", "STATISTICS", "'amount':{'yuan':80},'origin':'LOCAL','basis':'CUMULATIVE'",
        "2022-06-30");
    ledger_scene_funds(scene, P, ORIGIN_LOCAL, 100, "2022-03-31");
    say("341502", "STATISTICS", "'amount':{'yuan':5},'origin':'OVERSEAS','basis':'INCREMENT'",
        "2022-06-30");
    struct project_view project = project_from(NULL, "2022-12-31");
    assert_int_equal(project.received[ORIGIN_LOCAL].yuan, 100);
    assert_int_equal(project.received[ORIGIN_OVERSEAS].yuan, 5);
    ledger_scene_submit(scene, "3415",
                        "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                        "'definition':'SETTING','name':'x','content':"
                        "'{\\'body_order\\':[\\'STATISTICS\\']}'}}");
    assert_int_equal(received(ORIGIN_LOCAL, "2022-12-31"), 80);
}

static void foreign_money_without_a_rate_is_flagged_and_not_counted(void **state)
{
    (void)state;
    own("'amount':{'minor_units':10000,'currency':'USD'},'origin':'OVERSEAS','basis':'CUMULATIVE'",
        "2022-03-31");
    struct project_view project = project_from(NULL, "2022-12-31");
    assert_int_equal(project.anomalies, ANOMALY_NO_EXCHANGE_RATE);
    assert_int_equal(project.received[ORIGIN_NONE].yuan, 0);
    ledger_scene_submit(scene, "3415",
                        "{'kind':'EXCHANGE_RATE','occurred_on':'2022-03-01','exchange_rate':{"
                        "'currency':'USD','yuan_millionths':6949500}}");
    project = project_from(NULL, "2022-12-31");
    assert_int_equal(project.anomalies, 0);
    assert_int_equal(project.received[ORIGIN_OVERSEAS].yuan, 695);
}

static void what_inspectors_found_stands_beside_the_claim(void **state)
{
    char id[2 * EVENT_ID_SIZE + 1];
    (void)state;
    uint64_t claim = ledger_scene_funds(scene, P, ORIGIN_LOCAL, 100, "2022-03-31");
    uint64_t other = ledger_scene_funds(scene, P, ORIGIN_OVERSEAS, 40, "2022-03-31");
    static const char form[] =
        "{'kind':'VERIFICATION','subject':'" P "','occurred_on':'2022-05-01',"
        "'body':'%s','verification':{'result':'%s','target':'%s'%s}}";
    hex_text(bytes_of(scene->ids[claim], EVENT_ID_SIZE), id, sizeof id);
    ledger_scene_submit(scene, "341502", form, "INVESTMENT_BUREAU", "CONFIRMED", id, "");
    assert_false(project_from(NULL, "2022-12-31").verified.known); /* nobody verifies himself */
    ledger_scene_submit(scene, "3415", form, "INSPECTOR", "ADJUSTED", id,
                        ",'verified_amount':{'yuan':70}");
    hex_text(bytes_of(scene->ids[other], EVENT_ID_SIZE), id, sizeof id);
    ledger_scene_submit(scene, "3415", form, "INSPECTOR", "CONFIRMED", id, "");
    struct project_view project = project_from(NULL, "2022-12-31");
    assert_int_equal(project.verified.yuan, 110);
    assert_int_equal(project.received[ORIGIN_NONE].yuan, 140);
    assert_false(project_from(NULL, "2022-04-30").verified.known);
    ledger_scene_submit(scene, "3415", form, "INSPECTOR", "DENIED", id, "");
    assert_int_equal(project_from(NULL, "2022-12-31").verified.yuan, 70);
}

static void an_increment_verified_twice_counts_once(void **state)
{
    char id[2 * EVENT_ID_SIZE + 1];
    (void)state;
    uint64_t claim = own("'amount':{'yuan':20},'origin':'LOCAL','basis':'INCREMENT'", "2022-04-30");
    hex_text(bytes_of(scene->ids[claim], EVENT_ID_SIZE), id, sizeof id);
    for (int found = 12; found <= 15; found += 3)
        ledger_scene_submit(scene, "3415",
                            "{'kind':'VERIFICATION','subject':'" P "','occurred_on':'2022-05-01',"
                            "'body':'INSPECTOR','verification':{'result':'ADJUSTED',"
                            "'target':'%s','verified_amount':{'yuan':%d}}}",
                            id, found);
    assert_int_equal(project_from(NULL, "2022-12-31").verified.yuan, 15);
}

static void a_year_plan_is_of_its_year(void **state)
{
    (void)state;
    static const char form[] = "{'kind':'PLAN','subject':'" P "','occurred_on':'%s','plan':{"
                               "'plan':'YEAR','amount':{'yuan':%d}}}";
    ledger_scene_submit(scene, "341502", form, "2022-01-10", 500);
    ledger_scene_submit(scene, "341502", form, "2022-06-10", 400);
    assert_int_equal(project_from(NULL, "2022-05-31").year_plan.yuan, 500);
    assert_int_equal(project_from(NULL, "2022-12-31").year_plan.yuan, 400);
    assert_false(project_from(NULL, "2023-01-31").year_plan.known);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(the_latest_cumulative_amount_up_to_the_day_counts),
        SCENE_TEST(an_increment_adds_to_the_last_cumulative_before_it),
        SCENE_TEST(the_day_of_funds_is_the_end_of_their_period),
        SCENE_TEST(a_cumulative_amount_that_fell_is_flagged),
        SCENE_TEST(origins_add_up_and_the_superset_is_not_counted_twice),
        SCENE_TEST(the_superset_is_the_sum_when_only_its_parts_are_said),
        SCENE_TEST(a_part_above_its_superset_is_flagged),
        SCENE_TEST(government_money_and_other_classes_stay_apart),
        SCENE_TEST(one_authority_is_believed_and_others_are_not_added),
        SCENE_TEST(foreign_money_without_a_rate_is_flagged_and_not_counted),
        SCENE_TEST(what_inspectors_found_stands_beside_the_claim),
        SCENE_TEST(an_increment_verified_twice_counts_once),
        SCENE_TEST(a_year_plan_is_of_its_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
