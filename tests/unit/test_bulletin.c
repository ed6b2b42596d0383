/* test_bulletin.c - 六安 2022 Q3 and 攀枝花 2006 as published, and the arithmetic of contract 8. */
#include "bulletin_scene.h"

#include <stdio.h>

static struct ledger_scene *scene;

static int open_scene(void **state)
{
    static struct ledger_scene the_scene;
    ledger_scene_open(&the_scene);
    scene = &the_scene;
    *state = scene;
    return 0;
}

static int close_scene(void **state)
{
    ledger_scene_close(*state);
    return 0;
}

/* ---- published tables ---- */

struct county {
    const char *unit, *name;
    const char *published;
    int signed_count, size5, size10, started, trips, rank;
};

static const struct county luan[] = {
    {"341502", "金安区", "93.5", 46, 11, 6, 43, 28, 1},
    {"341503", "裕安区", "84.1", 44, 10, 3, 37, 13, 5},
    {"341504", "叶集区", "89.5", 19, 5, 4, 17, 23, 2},
    {"341522", "霍邱县", "86.5", 52, 11, 4, 45, 14, 4},
    {"341523", "舒城县", "75.0", 52, 14, 5, 39, 24, 8},
    {"341524", "金寨县", "76.6", 47, 10, 4, 36, 19, 6},
    {"341525", "霍山县", "75.6", 45, 13, 4, 34, 17, 7},
    {"341571", "六安经济技术开发区", "87.2", 39, 14, 6, 34, 23, 3},
};

static void say_county(const struct county *county)
{
    char subject[SUBJECT_TEXT_MAX];
    if (strcmp(county->unit, "341503") > 0)
        ledger_scene_enrol(scene, county->unit, county->name, UNIT_COUNTY);
    for (int i = 0; i < county->signed_count; i++) {
        int64_t yi = i < county->size10 ? 10 : i < county->size5 ? 5 : 1;
        (void)snprintf(subject, sizeof subject, "%s/%d", county->unit, i);
        ledger_scene_submit(scene, county->unit,
                            "{'kind':'PROJECT','subject':'%s','occurred_on':'2022-02-01','project':"
                            "{'action':'REGISTERED','planned_fixed':{'yuan':%lld}}}",
                            subject, (long long)yi * 10000 * WAN);
        ledger_scene_milestone(scene, subject, MILESTONE_CONTRACT_SIGNED, "2022-02-01");
        if (i < county->started)
            ledger_scene_milestone(scene, subject, MILESTONE_STARTED, "2022-09-30");
    }
    for (int i = 0; i < county->trips; i++)
        ledger_scene_submit(scene, county->unit,
                            "{'kind':'CONTACT','occurred_on':'2022-03-01','contact':{"
                            "'contact':'TRIP','state':'DONE','occurrence':%d,"
                            "'firms':['甲','乙'],'leads':['%s/0']}}",
                            i + 1, county->unit);
}

static void the_table_of_luan_comes_out_as_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(luan); i++)
        say_county(&luan[i]);
    ledger_scene_submit(scene, "3415",
                        "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                        "'definition':'METRIC','name':'START_OVER_SIGNED',"
                        "'content':'{\\'digits\\':1}'}}");
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_int_equal(bulletin.row_count, ARRAY_LENGTH(luan));
    for (size_t i = 0; i < ARRAY_LENGTH(luan); i++) {
        const struct bulletin_row *row = &bulletin.rows[i];
        assert_true(bytes_equal_text(row->code, luan[i].unit));
        assert_true(bytes_equal_text(row->name, luan[i].name));
        assert_int_equal(row->signed_count, luan[i].signed_count);
        assert_int_equal(row->started, luan[i].started);
        assert_int_equal(row->signed_fixed_ge[3], luan[i].size5);
        assert_int_equal(row->signed_fixed_ge[4], luan[i].size10);
        assert_int_equal(row->trips, luan[i].trips);
        assert_int_equal(row->trips_without_lead, 0);
        assert_int_equal(row->firms_visited, 2 * luan[i].trips);
        assert_string_equal(rate_text(row, "START_OVER_SIGNED"), luan[i].published);
        assert_int_equal(row->rank, luan[i].rank);
        assert_int_equal(row->gaps[GAP_SIGNED_NOT_STARTED], row->signed_count - row->started);
    }
    assert_int_equal(bulletin.total.signed_count, 344);
    assert_int_equal(bulletin.total.signed_fixed_ge[2], 344);
    assert_int_equal(bulletin.total.signed_fixed_ge[3], 88);
    assert_int_equal(bulletin.total.signed_fixed_ge[4], 36);
    assert_int_equal(bulletin.total.started, 285);
    assert_int_equal(bulletin.total.trips, 161);
    assert_int_equal(bulletin.total.rank, 0);
    assert_int_equal(bulletin_on(scene, "2022-01-01", "2022-09-29").total.started, 0);
}

static void say_panzhihua(const char *unit)
{
    static const struct {
        enum origin origin;
        int64_t wan, target_wan;
        const char *metric;
    } classes[] = {
        {ORIGIN_OUT_OF_PROVINCE, 412678, 250000, "received_wan_out_of_province"},
        {ORIGIN_OUT_OF_CITY_IN_PROVINCE, 176031, 250000, "received_wan_out_of_city"},
        {ORIGIN_INTER_COUNTY, 416427, 300000, "received_wan_inter_county"},
    };
    static const char target[] = "{'kind':'TARGET','occurred_on':'2006-01-01','target':{"
                                 "'metric':'%s','period_from':'2006-01-01',"
                                 "'period_to':'2006-12-31','base_amount':{'yuan':%lld}}}";
    char subject[SUBJECT_TEXT_MAX];
    for (size_t i = 0; i < ARRAY_LENGTH(classes); i++) {
        (void)snprintf(subject, sizeof subject, "%s/%zu", unit, i);
        scene_signed(scene, subject, "2006-03-01");
        ledger_scene_funds(scene, subject, classes[i].origin, classes[i].wan * WAN, "2006-10-31");
        ledger_scene_submit(scene, unit, target, classes[i].metric,
                            (long long)classes[i].target_wan * WAN);
    }
    ledger_scene_submit(scene, unit, target, "received_wan_total", 800000 * WAN);
}

static void the_table_of_panzhihua_comes_out_as_published(void **state)
{
    (void)state;
    say_panzhihua("341502");
    struct bulletin bulletin = bulletin_on(scene, "2006-01-01", "2006-10-31");
    const struct bulletin_row *rows[] = {row_of(&bulletin, "341502"), &bulletin.total};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct bulletin_row *row = rows[i];
        assert_int_equal(row->received_yuan, 1005136 * WAN);
        assert_int_equal(row->received_by_origin[ORIGIN_OUT_OF_CITY], 588709 * WAN);
        assert_int_equal(row->projects_by_origin[ORIGIN_OUT_OF_PROVINCE], 1);
        assert_int_equal(row->projects_by_origin[ORIGIN_OUT_OF_CITY], 2);
        assert_string_equal(row->share_percent_by_origin[ORIGIN_OUT_OF_PROVINCE], "41.06");
        assert_string_equal(row->share_percent_by_origin[ORIGIN_OUT_OF_CITY_IN_PROVINCE], "17.51");
        assert_string_equal(row->share_percent_by_origin[ORIGIN_INTER_COUNTY], "41.43");
        static const char *const published[][3] = {
            {"received_wan_total", "125.64", "+42.31"},
            {"received_wan_out_of_province", "165.07", "+81.74"},
            {"received_wan_out_of_city", "70.41", "-12.92"},
            {"received_wan_inter_county", "138.81", "+55.48"},
        };
        for (size_t j = 0; j < ARRAY_LENGTH(published); j++) {
            const struct bulletin_target *target = target_of(row, published[j][0], NULL);
            assert_string_equal(target->rate_percent, published[j][1]);
            assert_string_equal(target->pace_points, published[j][2]);
        }
    }
    bulletin = bulletin_on(scene, "2006-01-01", "2006-10-30");
    assert_string_equal(target_of(&bulletin.total, "received_wan_total", NULL)->pace_points,
                        "-75.00"); /* nothing yet, and nine months */
}

/* ---- contract 8 ---- */

static void the_period_has_both_its_ends(void **state)
{
    (void)state;
    scene_signed(scene, "341502/1", "2021-12-31");
    scene_signed(scene, "341502/2", "2022-01-01");
    scene_signed(scene, "341502/3", "2022-09-30");
    scene_signed(scene, "341502/4", "2022-10-01");
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_int_equal(bulletin.total.signed_count, 2);
    assert_int_equal(bulletin_on(scene, NULL, "2022-09-30").total.signed_count, 3);
}

static void terminated_projects_stay_signed_and_do_not_perform(void **state)
{
    (void)state;
    scene_signed(scene, "341502/1", "2022-02-01");
    scene_signed(scene, "341502/2", "2022-02-01");
    ledger_scene_funds(scene, "341502/1", ORIGIN_LOCAL, 30 * WAN, "2022-03-01");
    ledger_scene_milestone(scene, "341502/1", MILESTONE_TERMINATED, "2022-05-01");
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_int_equal(bulletin.total.signed_count, 2);
    assert_int_equal(bulletin.total.terminated, 1);
    assert_int_equal(bulletin.total.performing, 1);
    assert_int_equal(bulletin.total.contract_yuan, 200 * WAN);
    assert_int_equal(bulletin.total.received_yuan, 30 * WAN);
    assert_string_equal(rate_text(&bulletin.total, "PERF_NOT_TERMINATED"), "50.00");
    assert_string_equal(rate_text(&bulletin.total, "FUND_OVER_CONTRACT"), "15.00");
    assert_int_equal(bulletin_on(scene, "2022-01-01", "2022-04-30").total.performing, 2);
}

static void what_happened_in_the_period_counts_whatever_the_cohort(void **state)
{
    (void)state;
    scene_signed(scene, "341502/1", "2021-02-01");
    ledger_scene_milestone(scene, "341502/1", MILESTONE_STARTED, "2022-02-01");
    ledger_scene_funds(scene, "341502/1", ORIGIN_LOCAL, 10 * WAN, "2021-12-31");
    ledger_scene_funds(scene, "341502/1", ORIGIN_LOCAL, 40 * WAN, "2022-06-30");
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_int_equal(bulletin.total.signed_count, 0);
    assert_int_equal(bulletin.total.started, 0);
    assert_int_equal(bulletin.total.in_period[MILESTONE_STARTED], 1);
    assert_int_equal(bulletin.total.received_yuan, 0);
    assert_int_equal(bulletin.total.received_in_period_yuan, 30 * WAN);
    assert_null(rate_text(&bulletin.total, "START_OVER_SIGNED"));
}

static void each_rate_is_its_numerator_over_its_denominator(void **state)
{
    static const struct {
        enum milestone milestone;
        int count; /* of eight signed */
    } reached[] = {{MILESTONE_PERFORMING, 7},
                   {MILESTONE_LANDED, 6},
                   {MILESTONE_STARTED, 5},
                   {MILESTONE_PRODUCING, 3},
                   {MILESTONE_TERMINATED, 2}};
    static const char *const expected[][2] = {
        {"PERF_NOT_TERMINATED", "75.00"}, {"PERF_COUNTED", "87.50"},
        {"START_OVER_SIGNED", "62.50"},   {"START_OVER_PLAN", "125.00"},
        {"PROD_OVER_SIGNED", "37.50"},    {"PROD_OVER_STARTED", "60.00"},
        {"FUND_OVER_CONTRACT", "6.25"},   {"FUND_OVER_YEAR_PLAN", "33.33"},
        {"LAND_OVER_SIGNED", "75.00"},    {"FAI_CONVERSION", "40.00"},
        {"CHAIN_FIT", "12.50"},
    };
    char subject[SUBJECT_TEXT_MAX];
    (void)state;
    for (int i = 0; i < 8; i++) {
        (void)snprintf(subject, sizeof subject, "341502/%d", i);
        scene_signed(scene, subject, "2022-02-01");
        for (size_t j = 0; j < ARRAY_LENGTH(reached); j++) {
            if (i < reached[j].count)
                ledger_scene_milestone(scene, subject, reached[j].milestone, "2022-03-01");
        }
    }
    ledger_scene_funds(scene, "341502/0", ORIGIN_LOCAL, 50 * WAN, "2022-03-31");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'FUNDS','subject':'341502/0','occurred_on':'2022-03-31','funds':{"
                        "'amount':{'yuan':200000},'origin':'LOCAL','basis':'CUMULATIVE',"
                        "'funds':'FIXED_INVESTMENT'}}");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PROJECT','subject':'341502/0','occurred_on':'2022-02-01',"
                        "'project':{'action':'CHANGED','chain':'新能源汽车'}}");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PLAN','occurred_on':'2022-03-01','plan':{'plan':'MONTH',"
                        "'metric':'started','count':4}}");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PLAN','occurred_on':'2022-01-01','plan':{'plan':'YEAR',"
                        "'amount':{'yuan':1500000}}}");
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
        assert_string_equal(rate_text(&bulletin.total, expected[i][0]), expected[i][1]);
}

/* 江门: 255 planned in the ten months, 206 started. */
static void starts_over_plan_take_the_months_of_the_period(void **state)
{
    (void)state;
    static const char plan[] = "{'kind':'PLAN','occurred_on':'%s','plan':{'plan':'%s',"
                               "'metric':'started','count':%d}}";
    for (int i = 0; i < 206; i++) {
        char subject[SUBJECT_TEXT_MAX];
        (void)snprintf(subject, sizeof subject, "341502/%d", i);
        ledger_scene_milestone(scene, subject, MILESTONE_STARTED, "2022-05-01");
    }
    ledger_scene_submit(scene, "341502", plan, "2022-01-05", "YEAR", 412);
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-10-31");
    assert_string_equal(rate_text(&bulletin.total, "START_OVER_PLAN"), "50.00");
    ledger_scene_submit(scene, "341502", plan, "2022-01-05", "MONTH", 100);
    ledger_scene_submit(scene, "341502", plan, "2022-01-06", "MONTH", 55); /* instead */
    ledger_scene_submit(scene, "341502", plan, "2022-10-05", "MONTH", 200);
    ledger_scene_submit(scene, "341502", plan, "2022-11-05", "MONTH", 300);
    bulletin = bulletin_on(scene, "2022-01-01", "2022-10-31");
    assert_string_equal(rate_text(&bulletin.total, "START_OVER_PLAN"), "80.78");
}

/* 甘肃 2015: 4766.22亿 after 3878.66亿. */
static void growth_is_over_the_same_months_of_last_year(void **state)
{
    (void)state;
    scene_signed(scene, "341502/1", "2014-08-31");
    scene_signed(scene, "341502/2", "2014-09-01");
    scene_signed(scene, "341502/3", "2015-03-01");
    scene_signed(scene, "341502/4", "2015-03-01");
    ledger_scene_funds(scene, "341502/1", ORIGIN_LOCAL, 38786600 * WAN, "2014-08-31");
    ledger_scene_funds(scene, "341502/2", ORIGIN_LOCAL, 77 * WAN, "2014-12-31");
    ledger_scene_funds(scene, "341502/3", ORIGIN_LOCAL, 47662200 * WAN, "2015-08-31");
    struct bulletin bulletin = bulletin_on(scene, "2015-01-01", "2015-08-31");
    assert_true(bulletin.total.received_growth.has_base);
    assert_string_equal(bulletin.total.received_growth.percent, "+22.88");
    assert_int_equal(bulletin.total.signed_growth.before, 1);
    assert_string_equal(bulletin.total.signed_growth.percent, "+100.00");
    assert_false(row_of(&bulletin, "341503")->signed_growth.has_base); /* NO_BASE, not 0 */
}

static void a_carried_over_project_is_continuing_and_not_new(void **state)
{
    (void)state;
    scene_signed(scene, "341502/1", "2021-12-31");
    scene_signed(scene, "341502/2", "2022-01-01");
    scene_signed(scene, "341502/3", "2022-01-01");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PROJECT','subject':'341502/3','occurred_on':'2022-02-01',"
                        "'project':{'action':'CHANGED','carried_over':true}}");
    struct bulletin bulletin = bulletin_on(scene, NULL, "2022-12-31");
    assert_int_equal(bulletin.total.signed_new, 1);
    assert_int_equal(bulletin.total.signed_carried_over, 2);
}

static void ties_share_a_rank_and_the_next_counts_them(void **state)
{
    (void)state;
    ledger_scene_enrol(scene, "341504", "叶集区", UNIT_COUNTY);
    ledger_scene_enrol(scene, "341522", "霍邱县", UNIT_COUNTY);
    scene_signed(scene, "341502/1", "2022-02-01");
    scene_signed(scene, "341503/1", "2022-02-01");
    scene_signed(scene, "341504/1", "2022-02-01");
    ledger_scene_milestone(scene, "341503/1", MILESTONE_STARTED, "2022-03-01");
    ledger_scene_milestone(scene, "341504/1", MILESTONE_STARTED, "2022-03-01");
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_int_equal(row_of(&bulletin, "341502")->rank, 3);
    assert_int_equal(row_of(&bulletin, "341503")->rank, 1);
    assert_int_equal(row_of(&bulletin, "341504")->rank, 1);
    assert_int_equal(row_of(&bulletin, "341522")->rank, 0); /* nothing to be ranked by */
}

static void a_unit_without_events_has_zeros_and_the_city_no_row(void **state)
{
    (void)state;
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_int_equal(bulletin.row_count, 2);
    assert_null(row_of(&bulletin, "3415"));
    assert_int_equal(row_of(&bulletin, "341502")->signed_count, 0);
    assert_int_equal(row_of(&bulletin, "341502")->complete_to_ms, 0);
    scene_signed(scene, "3415/1", "2022-02-01");
    bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_int_equal(row_of(&bulletin, "3415")->signed_count, 1);
    assert_int_equal(bulletin.total.signed_count, 1);
}

static void excluded_projects_count_in_no_figure(void **state)
{
    (void)state;
    scene_signed(scene, "341502/1", "2022-02-01");
    scene_signed(scene, "341502/2", "2022-02-01");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PROJECT','subject':'341502/2','occurred_on':'2022-02-01',"
                        "'project':{'action':'CHANGED','scope':'EXCLUDED'}}");
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_int_equal(bulletin.total.signed_count, 1);
    assert_int_equal(bulletin.total.projects, 1);
    assert_int_equal(bulletin.total.gaps[GAP_SIGNED_NOT_STARTED], 1);
}

static void trips_count_by_the_day_they_began(void **state)
{
    static const char trip[] = "{'kind':'CONTACT','occurred_on':'%s','contact':{'contact':'%s',"
                               "'state':'%s','from':'%s'}}";
    (void)state;
    ledger_scene_submit(scene, "341502", trip, "2022-10-02", "TRIP", "DONE", "2022-09-30");
    ledger_scene_submit(scene, "341502", trip, "2022-10-03", "TRIP", "DONE", "2022-09-29");
    ledger_scene_submit(scene, "341502", trip, "2022-01-02", "TRIP", "DONE", "2021-12-31");
    ledger_scene_submit(scene, "341502", trip, "2022-05-02", "TRIP", "PLANNED", "2022-05-02");
    ledger_scene_submit(scene, "341502", trip, "2022-05-02", "RECEPTION", "DONE", "2022-05-02");
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_int_equal(bulletin.total.trips, 2);
    assert_int_equal(bulletin.total.trips_without_lead, 2);
}

/* ---- digests ---- */

static void the_frame_covers_the_question_and_the_definitions(void **state)
{
    (void)state;
    scene_signed(scene, "341502/1", "2022-02-01");
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    struct hash frame = bulletin.frame, facts = bulletin.facts;
    uint64_t position = scene->position;
    bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_true(hash_equal(&frame, &bulletin.frame));
    bulletin = bulletin_on(scene, "2022-01-01", "2022-09-29");
    assert_false(hash_equal(&frame, &bulletin.frame));
    assert_true(hash_equal(&facts, &bulletin.facts));
    bulletin = bulletin_on(scene, "2022-01-02", "2022-09-30");
    assert_false(hash_equal(&frame, &bulletin.frame));
    ledger_scene_submit(scene, "3415",
                        "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                        "'definition':'METRIC','name':'SHARE','content':'{\\'digits\\':1}'}}");
    bulletin = bulletin_known(scene, "2022-01-01", "2022-09-30", position);
    assert_true(hash_equal(&frame, &bulletin.frame)); /* what was shown then */
    bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_false(hash_equal(&frame, &bulletin.frame));
}

static void a_what_if_has_a_frame_of_its_own(void **state)
{
    struct problem problem;
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    struct view view = bulletin.view;
    struct hash frame = bulletin.frame;
    (void)state;
    assert_int_equal(definitions_with(definitions_shipped(),
                                      bytes_of_text("{\"id\":\"SHARE\",\"digits\":1}"),
                                      &scene->arena, &view.definitions, &problem),
                     OK);
    bulletin_make(scene->ledger, &view, &scene->arena, &bulletin);
    assert_false(hash_equal(&frame, &bulletin.frame));
}

static void without_memory_a_bulletin_says_that_it_is_incomplete(void **state)
{
    struct bulletin bulletin;
    struct arena small;
    struct view view = {.as_of = scene_day("2022-09-30"), .known_at = UINT64_MAX};
    (void)state;
    scene_signed(scene, "341502/1", "2022-02-01");
    for (size_t limit = 0; limit < 12000; limit += 500) {
        arena_init(&small, limit);
        bulletin_make(scene->ledger, &view, &small, &bulletin);
        assert_true(bulletin.incomplete || bulletin.total.signed_count == 1);
        assert_true(limit > 0 || bulletin.incomplete);
        arena_release(&small);
    }
}

static void a_correction_known_later_changes_later_frames_only(void **state)
{
    (void)state;
    ledger_scene_project(scene, "341502/1", 100 * WAN, "2022-02-01");
    uint64_t signing =
        ledger_scene_milestone(scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-02-01");
    uint64_t before = scene->position;
    ledger_scene_withdraw(scene, "341502", signing);
    assert_int_equal(bulletin_known(scene, "2022-01-01", "2022-09-30", before).total.signed_count,
                     1);
    assert_int_equal(bulletin_on(scene, "2022-01-01", "2022-09-30").total.signed_count, 0);
}

static void the_largest_amounts_add_up_and_are_flagged(void **state)
{
    char subject[SUBJECT_TEXT_MAX];
    (void)state;
    for (int i = 0; i < 5; i++) {
        (void)snprintf(subject, sizeof subject, "341502/%d", i);
        scene_signed(scene, subject, "2022-02-01");
        ledger_scene_funds(scene, subject, ORIGIN_LOCAL, 1000000000000000, "2022-02-01");
    }
    struct bulletin bulletin = bulletin_on(scene, "2022-01-01", "2022-09-30");
    assert_int_equal(bulletin.total.received_yuan, 5000000000000000);
    assert_int_equal(bulletin.total.anomalies, 5);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(the_table_of_luan_comes_out_as_published),
        SCENE_TEST(the_table_of_panzhihua_comes_out_as_published),
        SCENE_TEST(the_period_has_both_its_ends),
        SCENE_TEST(terminated_projects_stay_signed_and_do_not_perform),
        SCENE_TEST(what_happened_in_the_period_counts_whatever_the_cohort),
        SCENE_TEST(each_rate_is_its_numerator_over_its_denominator),
        SCENE_TEST(starts_over_plan_take_the_months_of_the_period),
        SCENE_TEST(growth_is_over_the_same_months_of_last_year),
        SCENE_TEST(a_carried_over_project_is_continuing_and_not_new),
        SCENE_TEST(ties_share_a_rank_and_the_next_counts_them),
        SCENE_TEST(a_unit_without_events_has_zeros_and_the_city_no_row),
        SCENE_TEST(excluded_projects_count_in_no_figure),
        SCENE_TEST(trips_count_by_the_day_they_began),
        SCENE_TEST(the_frame_covers_the_question_and_the_definitions),
        SCENE_TEST(a_what_if_has_a_frame_of_its_own),
        SCENE_TEST(without_memory_a_bulletin_says_that_it_is_incomplete),
        SCENE_TEST(a_correction_known_later_changes_later_frames_only),
        SCENE_TEST(the_largest_amounts_add_up_and_are_flagged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
