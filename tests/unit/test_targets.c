/* test_targets.c - base and stretch, trees, thresholds, lists, and whose word sets a target. */
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

/* members: the rest of the target's JSON. */
static void set_about(const char *unit, const char *about, const char *day, const char *members)
{
    ledger_scene_submit(scene, unit,
                        "{'kind':'TARGET','occurred_on':'%s','about_unit':'%s','target':{%s}}", day,
                        about, members);
}

static void set(const char *unit, const char *members)
{
    set_about(unit, unit, "2022-01-01", members);
}

static struct bulletin on(const char *as_of)
{
    return bulletin_on(scene, "2022-01-01", as_of);
}

static void a_target_has_a_base_and_a_stretch(void **state)
{
    (void)state;
    set("341502", "'metric':'received_wan_total','base_amount':{'yuan':508},"
                  "'stretch_amount':{'yuan':550},'document':'责任书1号'");
    scene_signed(scene, "341502/1", "2022-02-01");
    ledger_scene_funds(scene, "341502/1", ORIGIN_LOCAL, 254, "2022-05-31");
    struct bulletin bulletin = on("2022-06-30");
    const struct bulletin_target *target =
        target_of(row_of(&bulletin, "341502"), "received_wan_total", NULL);
    assert_true(target->is_amount && target->has_stretch && target->has_rate);
    assert_int_equal(target->base, 508);
    assert_int_equal(target->stretch, 550);
    assert_int_equal(target->actual, 254);
    assert_string_equal(target->rate_percent, "50.00");
    assert_string_equal(target->pace_points, "+0.00");
    assert_true(bytes_equal_text(target->document, "责任书1号"));
}

static void the_newest_target_in_force_counts_and_old_years_are_over(void **state)
{
    (void)state;
    set_about("341502", "341502", "2021-01-01",
              "'metric':'signed','base_count':9,'period_from':'2021-01-01',"
              "'period_to':'2021-12-31'");
    set_about("341502", "341502", "2022-01-01",
              "'metric':'signed','base_count':10,'period_from':'2022-01-01',"
              "'period_to':'2022-12-31'");
    set_about("341502", "341502", "2022-07-01",
              "'metric':'signed','base_count':12,'period_from':'2022-01-01',"
              "'period_to':'2022-12-31'");
    struct bulletin bulletin = on("2022-06-30");
    const struct bulletin_row *row = row_of(&bulletin, "341502");
    assert_int_equal(row->target_count, 1);
    assert_int_equal(row->targets[0].base, 10);
    bulletin = on("2022-07-01");
    assert_int_equal(row_of(&bulletin, "341502")->targets[0].base, 12);
}

static void a_contract_signed_in_march_is_for_january_too(void **state)
{
    (void)state;
    set_about("341502", "341502", "2022-05-10",
              "'metric':'signed','base_count':12,'period_from':'2022-01-01'");
    set_about("341502", "341502", "2022-03-10",
              "'metric':'signed','base_count':10,'period_from':'2022-01-01'");
    set_about("341502", "341502", "2022-03-10", "'metric':'started','base_count':10");
    struct bulletin bulletin = on("2022-01-31");
    const struct bulletin_row *row = row_of(&bulletin, "341502");
    assert_int_equal(row->target_count, 1); /* without a period it begins when it is said */
    assert_int_equal(row->targets[0].base, 10);
    bulletin = on("2022-05-31");
    assert_int_equal(target_of(row_of(&bulletin, "341502"), "signed", NULL)->base, 12);
}

static void the_citys_word_beats_the_units_own(void **state)
{
    (void)state;
    set_about("3415", "341502", "2022-01-01", "'metric':'signed','base_count':20");
    set_about("341502", "341502", "2022-02-01", "'metric':'signed','base_count':10");
    struct bulletin bulletin = on("2022-06-30");
    const struct bulletin_row *row = row_of(&bulletin, "341502");
    assert_int_equal(row->target_count, 1);
    assert_int_equal(row->targets[0].base, 20);
}

static void a_threshold_counts_projects_of_its_size(void **state)
{
    (void)state;
    set("341502", "'metric':'started','base_count':2,'threshold':{'yuan':5000}");
    static const int64_t totals[] = {4999, 5000, 9000};
    for (int i = 0; i < 3; i++) {
        char subject[SUBJECT_TEXT_MAX];
        (void)snprintf(subject, sizeof subject, "341502/%d", i);
        ledger_scene_project(scene, subject, totals[i], "2022-01-05");
        ledger_scene_milestone(scene, subject, MILESTONE_STARTED, "2022-02-05");
    }
    struct bulletin bulletin = on("2022-06-30");
    const struct bulletin_target *target = target_of(row_of(&bulletin, "341502"), "started", NULL);
    assert_int_equal(target->actual, 2);
    assert_string_equal(target->rate_percent, "100.00");
    assert_int_equal(target->threshold, 5000);
}

/* 宜宾: 开工率 of the supervised list, not of all projects. */
static void a_rate_of_a_list_has_only_the_list_below_the_line(void **state)
{
    (void)state;
    set("341502", "'metric':'START_OVER_SIGNED','base_count':8500,'list':'挂牌督办'");
    for (int i = 0; i < 8; i++) {
        char subject[SUBJECT_TEXT_MAX];
        (void)snprintf(subject, sizeof subject, "341502/%d", i);
        scene_signed(scene, subject, "2021-05-01"); /* last year's fair */
        if (i < 4)
            ledger_scene_submit(scene, "341502",
                                "{'kind':'LIST','subject':'%s','occurred_on':'2022-01-10',"
                                "'list':{'list':'挂牌督办','action':'JOINED'}}",
                                subject);
        if (i < 3)
            ledger_scene_milestone(scene, subject, MILESTONE_STARTED, "2022-02-05");
    }
    struct bulletin bulletin = on("2022-06-30");
    const struct bulletin_target *target =
        target_of(row_of(&bulletin, "341502"), "START_OVER_SIGNED", "挂牌督办");
    assert_int_equal(target->actual, 7500);
    assert_string_equal(target->rate_percent, "88.24");
    assert_string_equal(target->pace_points, ""); /* a rate does not fill up by the month */
}

static void a_tree_whose_parts_do_not_add_up_says_so(void **state)
{
    (void)state;
    set("3415", "'metric':'signed','base_count':30");
    set("341502", "'metric':'signed','base_count':10,'parent_unit':'3415'");
    set("341503", "'metric':'signed','base_count':20"); /* without a parent: the city's */
    struct bulletin bulletin = on("2022-06-30");
    const struct bulletin_target *whole = target_of(&bulletin.total, "signed", NULL);
    assert_int_equal(whole->base, 30);
    assert_int_equal(whole->children, 30);
    assert_true(whole->has_children);
    assert_false(whole->sum_differs);
    set_about("341503", "341503", "2022-02-01", "'metric':'signed','base_count':19");
    bulletin = on("2022-06-30");
    assert_true(target_of(&bulletin.total, "signed", NULL)->sum_differs);
}

static void all_projects_count_toward_the_citys_target(void **state)
{
    (void)state;
    set("3415", "'metric':'signed','base_count':4");
    scene_signed(scene, "341502/1", "2022-02-01");
    scene_signed(scene, "341503/1", "2022-02-01");
    scene_signed(scene, "3415/1", "2022-02-01");
    struct bulletin bulletin = on("2022-06-30");
    assert_int_equal(target_of(&bulletin.total, "signed", NULL)->actual, 3);
    assert_string_equal(target_of(&bulletin.total, "signed", NULL)->rate_percent, "75.00");
}

static void without_a_target_of_its_own_the_city_has_the_sum(void **state)
{
    (void)state;
    set("341502", "'metric':'signed','base_count':1");
    set("341503", "'metric':'signed','base_count':3");
    scene_signed(scene, "341502/1", "2022-02-01");
    struct bulletin bulletin = on("2022-06-30");
    const struct bulletin_target *sum = target_of(&bulletin.total, "signed", NULL);
    assert_int_equal(sum->base, 4);
    assert_int_equal(sum->actual, 1);
    assert_string_equal(sum->rate_percent, "25.00");
    assert_string_equal(sum->pace_points, "-25.00");
}

static void only_what_came_within_the_targets_period_counts(void **state)
{
    (void)state;
    set("341502", "'metric':'received_wan_local','base_amount':{'yuan':100}");
    ledger_scene_funds(scene, "341502/1", ORIGIN_LOCAL, 40, "2021-12-31");
    ledger_scene_funds(scene, "341502/1", ORIGIN_LOCAL, 90, "2022-05-31");
    struct bulletin bulletin = on("2022-06-30");
    assert_int_equal(target_of(row_of(&bulletin, "341502"), "received_wan_local", NULL)->actual,
                     50);
}

static void trips_and_reserves_have_targets_too(void **state)
{
    (void)state;
    set("341502", "'metric':'trips','base_count':4");
    set("3415", "'metric':'trips','base_count':8");
    set("341502", "'metric':'reserve','base_count':1");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'CONTACT','occurred_on':'2022-03-01','contact':{"
                        "'contact':'TRIP','state':'DONE'}}");
    ledger_scene_milestone(scene, "341502/1", MILESTONE_NEGOTIATING, "2022-03-01");
    ledger_scene_milestone(scene, "341502/2", MILESTONE_NEGOTIATING, "2022-03-01");
    scene_signed(scene, "341502/2", "2022-04-01");
    struct bulletin bulletin = on("2022-06-30");
    const struct bulletin_row *row = row_of(&bulletin, "341502");
    assert_int_equal(target_of(row, "trips", NULL)->actual, 1);
    assert_int_equal(target_of(&bulletin.total, "trips", NULL)->actual, 1);
    assert_int_equal(target_of(&bulletin.total, "trips", NULL)->base, 8);
    assert_int_equal(target_of(row, "reserve", NULL)->actual, 1);
}

static void a_figure_nobody_knows_is_listed_without_a_rate(void **state)
{
    (void)state;
    set("341502", "'metric':'happiness','base_count':100");
    struct bulletin bulletin = on("2022-06-30");
    const struct bulletin_target *target =
        target_of(row_of(&bulletin, "341502"), "happiness", NULL);
    assert_false(target->has_rate);
    assert_string_equal(target->rate_percent, "");
}

static void a_locality_rounds_its_paces_by_its_definition(void **state)
{
    (void)state; /* 江门: 629.0 of 647.4, 97.2% and 13.8 points ahead */
    ledger_scene_submit(scene, "3415",
                        "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                        "'definition':'METRIC','name':'x','content':"
                        "'[{\\'id\\':\\'TARGET_RATE\\',\\'digits\\':1},"
                        "{\\'id\\':\\'PACE_POINTS\\',\\'digits\\':1}]'}}");
    set("341502", "'metric':'received_wan_total','base_amount':{'yuan':6474}");
    ledger_scene_funds(scene, "341502/1", ORIGIN_LOCAL, 6290, "2022-10-31");
    struct bulletin bulletin = on("2022-10-31");
    const struct bulletin_target *target =
        target_of(row_of(&bulletin, "341502"), "received_wan_total", NULL);
    assert_string_equal(target->rate_percent, "97.2");
    assert_string_equal(target->pace_points, "+13.8");
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_target_has_a_base_and_a_stretch),
        SCENE_TEST(the_newest_target_in_force_counts_and_old_years_are_over),
        SCENE_TEST(a_contract_signed_in_march_is_for_january_too),
        SCENE_TEST(the_citys_word_beats_the_units_own),
        SCENE_TEST(a_threshold_counts_projects_of_its_size),
        SCENE_TEST(a_rate_of_a_list_has_only_the_list_below_the_line),
        SCENE_TEST(a_tree_whose_parts_do_not_add_up_says_so),
        SCENE_TEST(all_projects_count_toward_the_citys_target),
        SCENE_TEST(without_a_target_of_its_own_the_city_has_the_sum),
        SCENE_TEST(only_what_came_within_the_targets_period_counts),
        SCENE_TEST(trips_and_reserves_have_targets_too),
        SCENE_TEST(a_figure_nobody_knows_is_listed_without_a_rate),
        SCENE_TEST(a_locality_rounds_its_paces_by_its_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
