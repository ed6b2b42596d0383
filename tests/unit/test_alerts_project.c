/* test_alerts_project.c - the rules about one project, each on its edge. */
#include "gap_scene.h"

#define YI 100000000LL

static void submit(struct ledger_scene *scene, const char *kind, const char *day, const char *fact)
{
    ledger_scene_submit(scene, "341502", "{'kind':'%s','subject':'341502/1','occurred_on':'%s',%s}",
                        kind, day, fact);
}

static size_t count(struct ledger_scene *scene, enum alert_class class, const char *as_of)
{
    return gap_scene_alerts(scene, class, as_of).count;
}

static void talks_are_listed_when_thirty_days_are_full_and_until_the_contract(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_FRAMEWORK_SIGNED, "2022-03-05");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_NEGOTIATING, "2022-03-01");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-05-01");
    assert_int_equal(count(&scene, ALERT_NEGOTIATING_TO_SIGN, "2022-03-30"), 0);
    struct gap_row row =
        assert_one_row(gap_scene_alerts(&scene, ALERT_NEGOTIATING_TO_SIGN, "2022-03-31"),
                       "2022-03-01 起在谈，满 30 天未签正式合同");
    assert_int_equal(row.age_days, 30);
    assert_int_equal(count(&scene, ALERT_NEGOTIATING_TO_SIGN, "2022-04-30"), 1);
    assert_int_equal(count(&scene, ALERT_NEGOTIATING_TO_SIGN, "2022-05-01"), 0);
    ledger_scene_milestone(&scene, "341503/1", MILESTONE_NEGOTIATING, "2022-03-05");
    ledger_scene_milestone(&scene, "341503/1", MILESTONE_INTENT_SIGNED, "2022-03-01");
    assert_int_equal(count(&scene, ALERT_NEGOTIATING_TO_SIGN, "2022-03-31"), 2);
    ledger_scene_close(&scene);
}

static void signed_projects_are_listed_after_twenty_days_until_they_land_or_start(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    for (int i = 1; i <= 3; i++) {
        static const char *const keys[] = {"341502/1", "341502/2", "341502/3"};
        ledger_scene_milestone(&scene, keys[i - 1], MILESTONE_CONTRACT_SIGNED, "2022-03-01");
    }
    assert_int_equal(count(&scene, ALERT_SIGNED_TO_LAND, "2022-03-20"), 0);
    assert_int_equal(count(&scene, ALERT_SIGNED_TO_LAND, "2022-03-21"), 3);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_LANDED, "2022-03-25");
    ledger_scene_milestone(&scene, "341502/2", MILESTONE_STARTED, "2022-03-26");
    ledger_scene_milestone(&scene, "341502/3", MILESTONE_TERMINATED, "2022-03-27");
    assert_int_equal(count(&scene, ALERT_SIGNED_TO_LAND, "2022-03-26"), 1);
    assert_int_equal(count(&scene, ALERT_SIGNED_TO_LAND, "2022-03-27"), 0);
    ledger_scene_close(&scene);
}

static void foreign_projects_are_listed_until_money_from_abroad_arrives(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    submit(&scene, "PROJECT", "2022-02-01",
           "'project':{'action':'REGISTERED','origin':'OVERSEAS'}");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-03-01");
    ledger_scene_funds(&scene, "341502/1", ORIGIN_OUT_OF_PROVINCE, 5 * YI, "2022-04-01");
    ledger_scene_funds(&scene, "341502/1", ORIGIN_OVERSEAS, 1, "2022-05-01");
    assert_one_row(gap_scene_alerts(&scene, ALERT_FOREIGN_NOT_EFFECTIVE, "2022-04-30"),
                   "外资项目签约于 2022-03-01，满 20 天境外资金未到位");
    assert_int_equal(count(&scene, ALERT_FOREIGN_NOT_EFFECTIVE, "2022-05-01"), 0);
    ledger_scene_close(&scene);
}

static void building_ends_with_production_and_not_with_completion(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-03-01");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_COMPLETED, "2022-04-01");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_PRODUCING, "2022-05-01");
    assert_one_row(gap_scene_alerts(&scene, ALERT_BUILDING_TO_PRODUCE, "2022-04-30"),
                   "开工于 2022-03-01，至今未投产");
    assert_int_equal(count(&scene, ALERT_BUILDING_TO_PRODUCE, "2022-05-01"), 0);
    ledger_scene_close(&scene);
}

static void a_shelved_project_shows_its_obstacle_and_leaves_when_it_goes_on(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-01-01");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_SHELVED, "2022-03-01");
    submit(&scene, "OBSTACLE", "2022-03-01",
           "'obstacle':{'action':'RAISED','obstacle_id':'a','obstacle':'LAND_QUOTA'}");
    struct gap_row row = assert_one_row(gap_scene_alerts(&scene, ALERT_SHELVED, "2022-03-01"),
                                        "2022-03-01 搁置，至今未恢复");
    assert_bytes(row.obstacle, "土地指标");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-06-01");
    assert_int_equal(count(&scene, ALERT_SHELVED, "2022-05-31"), 1);
    assert_int_equal(count(&scene, ALERT_SHELVED, "2022-06-01"), 0);
    ledger_scene_close(&scene);
}

static void land_is_idle_after_a_full_year_from_its_first_title(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2021-01-01");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_LAND_ACQUIRED, "2021-03-05");
    submit(&scene, "LAND", "2021-03-01", "'land':{'land':'AUCTIONED'}");
    assert_int_equal(count(&scene, ALERT_LAND_NOT_STARTED, "2022-02-28"), 0);
    assert_one_row(gap_scene_alerts(&scene, ALERT_LAND_NOT_STARTED, "2022-03-01"),
                   "2021-03-01 拿地，满 365 天未开工");
    submit(&scene, "LAND", "2022-04-01", "'land':{'land':'RECLAIMED'}");
    assert_int_equal(count(&scene, ALERT_LAND_NOT_STARTED, "2022-04-01"), 0);
    submit(&scene, "LAND", "2022-05-01", "'land':{'land':'CONTRACTED'}");
    assert_int_equal(count(&scene, ALERT_LAND_NOT_STARTED, "2023-04-30"), 0);
    assert_int_equal(count(&scene, ALERT_LAND_NOT_STARTED, "2023-05-01"), 1);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2023-05-01");
    assert_int_equal(count(&scene, ALERT_LAND_NOT_STARTED, "2023-05-01"), 0);
    ledger_scene_close(&scene);
}

static void a_project_of_industry_counts_as_large_from_one_yi_exactly(void **state)
{
    static const struct {
        const char *fields;
        int64_t yuan;
        size_t listed;
    } cases[] = {
        {"'industry_code':'C36'", YI, 1},
        {"'industry_code':'C36'", YI - 1, 0},
        {"'industry_code':'3612'", YI, 1},
        {"'industry_code':'4700'", YI, 0},
        {"'industry_code':'0611'", YI, 1},
        {"'industry_code':'0514'", YI, 0},
        {"'industry_code':'K70'", YI, 0},
        {"'industry':'装备制造'", YI, 1},
        {"'industry':'文化旅游'", YI, 0},
        {"'park':'x'", YI, 0},
        {"'industry_code':'A01','industry':'农产品加工'", YI, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct ledger_scene scene;
        ledger_scene_open(&scene);
        ledger_scene_submit(&scene, "341502",
                            "{'kind':'PROJECT','subject':'341502/1','occurred_on':'2022-01-01',"
                            "'project':{'action':'REGISTERED',%s,'planned_total':{'yuan':%lld}}}",
                            cases[i].fields, (long long)cases[i].yuan);
        ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-03-01");
        struct gap_list list =
            gap_scene_alerts(&scene, ALERT_LARGE_INDUSTRY_NOT_LANDED, "2022-03-01");
        assert_int_equal(list.count, cases[i].listed);
        if (list.count > 0)
            assert_bytes(list.rows[0].why,
                         "总投资 10000 万元的工业项目，签约于 2022-03-01，至今未落地");
        ledger_scene_milestone(&scene, "341502/1", MILESTONE_LANDED, "2022-04-01");
        assert_int_equal(count(&scene, ALERT_LARGE_INDUSTRY_NOT_LANDED, "2022-04-01"), 0);
        ledger_scene_close(&scene);
    }
}

static void a_start_before_an_approval_names_the_step_that_had_not_passed(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-03-01");
    submit(&scene, "APPROVAL", "2022-02-01", "'approval':{'step':'立项','result':'PASSED'}");
    submit(&scene, "APPROVAL", "2022-02-01", "'approval':{'step':'环评','result':'APPLIED'}");
    submit(&scene, "APPROVAL", "2022-03-02", "'approval':{'step':'环评','result':'PASSED'}");
    assert_one_row(gap_scene_alerts(&scene, ALERT_STARTED_BEFORE_APPROVAL, "2022-03-02"),
                   "开工于 2022-03-01，当日“环评”尚未通过");
    ledger_scene_close(&scene);
}

static void a_project_is_silent_after_thirty_one_days_or_when_its_next_day_has_passed(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-03-01");
    assert_int_equal(count(&scene, ALERT_SILENT, "2022-03-31"), 0);
    assert_one_row(gap_scene_alerts(&scene, ALERT_SILENT, "2022-04-01"),
                   "2022-03-01 以来满 31 天无任何事件");
    submit(&scene, "NOTE", "2022-04-01", "'note':{'text':'等土地','next_action':'2022-06-15'}");
    assert_int_equal(count(&scene, ALERT_SILENT, "2022-06-15"), 0);
    assert_one_row(gap_scene_alerts(&scene, ALERT_SILENT, "2022-06-16"),
                   "原定 2022-06-15 再跟进，至今无动静");
    submit(&scene, "NOTE", "2022-06-15", "'note':{'text':'已见面'}");
    assert_int_equal(count(&scene, ALERT_SILENT, "2022-07-15"), 0);
    assert_int_equal(count(&scene, ALERT_SILENT, "2022-07-16"), 1);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_SHELVED, "2022-07-16");
    assert_int_equal(count(&scene, ALERT_SILENT, "2022-12-31"), 0);
    ledger_scene_close(&scene);
}

static void excluded_and_terminated_projects_are_on_no_project_list(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    submit(&scene, "PROJECT", "2021-01-01",
           "'project':{'action':'REGISTERED','scope':'EXCLUDED','industry':'制造',"
           "'planned_total':{'yuan':900000000},'origin':'OVERSEAS'}");
    ledger_scene_project(&scene, "341502/2", 9 * YI, "2021-01-01");
    static const char *const keys[] = {"341502/1", "341502/2"};
    for (size_t i = 0; i < 2; i++) {
        ledger_scene_milestone(&scene, keys[i], MILESTONE_CONTRACT_SIGNED, "2021-01-01");
        ledger_scene_milestone(&scene, keys[i], MILESTONE_LAND_ACQUIRED, "2021-01-01");
        ledger_scene_milestone(&scene, keys[i], MILESTONE_SHELVED, "2021-02-01");
    }
    ledger_scene_milestone(&scene, "341502/2", MILESTONE_TERMINATED, "2021-03-01");
    for (size_t i = 0; i < ALERT_CLASSES; i++)
        assert_int_equal(count(&scene, (enum alert_class)i, "2022-12-31"), 0);
    assert_int_equal(gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-12-31").count, 0);
    ledger_scene_close(&scene);
}

static void
a_project_behind_its_years_plan_is_listed_since_the_month_end_that_found_it_so(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2021-11-01");
    submit(&scene, "FUNDS", "2021-12-20",
           "'funds':{'amount':{'yuan':90000000},'basis':'INCREMENT'}");
    assert_int_equal(count(&scene, ALERT_YEAR_PLAN_BEHIND, "2022-12-31"), 0);
    submit(&scene, "PLAN", "2022-01-05", "'plan':{'plan':'YEAR','amount':{'yuan':12000000}}");
    submit(&scene, "FUNDS", "2022-01-31",
           "'funds':{'amount':{'yuan':2000000},'basis':'INCREMENT'}");
    assert_int_equal(count(&scene, ALERT_YEAR_PLAN_BEHIND, "2022-01-30"), 0);
    assert_int_equal(count(&scene, ALERT_YEAR_PLAN_BEHIND, "2022-02-28"), 0); /* 200 of 200 */
    struct gap_row row =
        assert_one_row(gap_scene_alerts(&scene, ALERT_YEAR_PLAN_BEHIND, "2022-04-30"),
                       "年度计划到位 1200 万元，前 4 个月应到 400 万元，实到 200 万元");
    assert_int_equal(row.since, scene_day("2022-03-31"));
    submit(&scene, "FUNDS", "2022-05-31",
           "'funds':{'amount':{'yuan':3000000},'basis':'INCREMENT'}");
    assert_int_equal(count(&scene, ALERT_YEAR_PLAN_BEHIND, "2022-05-30"), 1);
    assert_int_equal(count(&scene, ALERT_YEAR_PLAN_BEHIND, "2022-05-31"), 0); /* 500 of 500 */
    assert_int_equal(count(&scene, ALERT_YEAR_PLAN_BEHIND, "2022-06-30"), 1);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_TERMINATED, "2022-06-30");
    assert_int_equal(count(&scene, ALERT_YEAR_PLAN_BEHIND, "2022-06-30"), 0);
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(talks_are_listed_when_thirty_days_are_full_and_until_the_contract),
        cmocka_unit_test(signed_projects_are_listed_after_twenty_days_until_they_land_or_start),
        cmocka_unit_test(foreign_projects_are_listed_until_money_from_abroad_arrives),
        cmocka_unit_test(building_ends_with_production_and_not_with_completion),
        cmocka_unit_test(a_shelved_project_shows_its_obstacle_and_leaves_when_it_goes_on),
        cmocka_unit_test(land_is_idle_after_a_full_year_from_its_first_title),
        cmocka_unit_test(a_project_of_industry_counts_as_large_from_one_yi_exactly),
        cmocka_unit_test(a_start_before_an_approval_names_the_step_that_had_not_passed),
        cmocka_unit_test(a_project_is_silent_after_thirty_one_days_or_when_its_next_day_has_passed),
        cmocka_unit_test(excluded_and_terminated_projects_are_on_no_project_list),
        cmocka_unit_test(
            a_project_behind_its_years_plan_is_listed_since_the_month_end_that_found_it_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
