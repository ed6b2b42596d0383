/* test_monthly.c - what the month's close published: what came later stands in the next month, on
 * its own day. */
#include "bulletin_scene.h"

#include "ledger/view/calendar.h"
#include "report/monthly.h"

static struct ledger_scene scene;

static int setup(void **state)
{
    (void)state;
    ledger_scene_open(&scene);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ledger_scene_close(&scene);
    return 0;
}

static void close_on(const char *from, int day)
{
    (void)ledger_scene_submit(&scene, "3415",
                              "{'kind':'DEFINITION','occurred_on':'%s','definition':{"
                              "'definition':'SETTING','name':'monthly_close','version':'1',"
                              "'content':'{\\\"close_day\\\":%d}'}}",
                              from, day);
}

static struct monthly of_month(int year, int month, struct view *view)
{
    struct problem problem = {0};
    struct monthly monthly = monthly_view(scene.ledger, month_of_civil(year, month), DAY_NONE,
                                          &scene.arena, view, &problem);
    assert_string_equal(problem.text, "");
    return monthly;
}

static struct bulletin published(int year, int month)
{
    struct bulletin bulletin;
    struct view view;
    (void)of_month(year, month, &view);
    bulletin_make(scene.ledger, &view, &scene.arena, &bulletin);
    assert_false(bulletin.incomplete);
    return bulletin;
}

/* On the day it happened, told later. */
static uint64_t say_started(const char *subject, const char *day, const char *told_on)
{
    ledger_scene_day(&scene, told_on);
    scene.clock_stands = true;
    return ledger_scene_milestone(&scene, subject, MILESTONE_STARTED, day);
}

static void a_month_is_read_as_it_is_written(void **state)
{
    static const char *const wrong[] = {"2022-13",  "2022-00", "2022-8",   "2022",    "2022-08-01",
                                        "2022-08-", "",        "今年八月", "2200-01", " 2022-08"};
    int32_t month = 0;
    (void)state;
    assert_int_equal(month_parse(bytes_of_text("2022-08"), &month), OK);
    assert_int_equal(month, month_of_civil(2022, 8));
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        assert_int_equal(month_parse(bytes_of_text(wrong[i]), &month), ERR_MALFORMED);
    assert_int_equal(month, month_of_civil(2022, 8));
}

static void what_comes_after_the_close_stands_in_the_next_month_on_its_own_day(void **state)
{
    struct view august, september;
    (void)state;
    close_on("2022-01-01", 5);
    scene_signed(&scene, "341502/1", "2022-02-01");
    scene_signed(&scene, "341502/2", "2022-02-01");
    uint64_t in_time = say_started("341502/1", "2022-08-10", "2022-09-05");
    (void)say_started("341502/2", "2022-08-20", "2022-09-06");
    struct monthly monthly = of_month(2022, 8, &august);
    assert_int_equal(monthly.closed_on, scene_day("2022-09-05"));
    assert_int_equal(august.from, scene_day("2022-01-01"));
    assert_int_equal(august.as_of, scene_day("2022-08-31"));
    assert_int_equal(august.known_at, in_time);
    struct bulletin before = published(2022, 8), after = published(2022, 9);
    assert_int_equal(row_of(&before, "341502")->started, 1);
    assert_int_equal(row_of(&after, "341502")->started, 2);
    (void)of_month(2022, 9, &september);
    struct project_view project;
    assert_true(project_view_make(scene.ledger, ledger_scene_subject(&scene, "341502/2"),
                                  &september, &scene.arena, &project));
    assert_int_equal(project.milestones[MILESTONE_STARTED].day, scene_day("2022-08-20"));
}

static void without_a_close_all_that_is_known_counts(void **state)
{
    struct view view;
    (void)state;
    scene_signed(&scene, "341502/1", "2022-02-01");
    (void)say_started("341502/1", "2022-08-20", "2023-06-01");
    struct monthly monthly = of_month(2022, 8, &view);
    assert_int_equal(monthly.closed_on, DAY_NONE);
    assert_int_equal(view.known_at, scene.position);
    struct bulletin bulletin = published(2022, 8);
    assert_int_equal(row_of(&bulletin, "341502")->started, 1);
}

static void a_close_holds_from_the_day_the_city_set_it_for(void **state)
{
    struct view view;
    (void)state;
    scene_signed(&scene, "341502/1", "2022-02-01");
    close_on("2022-09-01", 3);
    (void)say_started("341502/1", "2022-08-20", "2022-12-01");
    assert_int_equal(of_month(2022, 8, &view).closed_on, DAY_NONE);
    assert_int_equal(view.known_at, scene.position);
    assert_int_equal(of_month(2022, 9, &view).closed_on, scene_day("2022-10-03"));
    assert_int_equal(view.known_at, scene.position - 1);
    assert_int_equal(view.definitions->close_day, 3);
}

static void a_month_closed_before_anything_was_recorded_knows_nothing(void **state)
{
    struct view view;
    (void)state;
    close_on("1995-01-01", 5); /* said on the scene's first day, 2000-01-01 */
    scene_signed(&scene, "341502/1", "2022-02-01");
    (void)of_month(1999, 6, &view);
    assert_int_equal(view.known_at, 0);
    struct bulletin bulletin = published(1999, 6);
    assert_int_equal(bulletin.total.projects, 0);
}

static void the_period_begins_where_it_is_asked_to(void **state)
{
    struct view view;
    struct problem problem = {0};
    (void)state;
    (void)monthly_view(scene.ledger, month_of_civil(2022, 8), scene_day("2022-08-01"), &scene.arena,
                       &view, &problem);
    assert_int_equal(view.from, scene_day("2022-08-01"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_month_is_read_as_it_is_written),
        TEST(what_comes_after_the_close_stands_in_the_next_month_on_its_own_day),
        TEST(without_a_close_all_that_is_known_counts),
        TEST(a_close_holds_from_the_day_the_city_set_it_for),
        TEST(a_month_closed_before_anything_was_recorded_knows_nothing),
        TEST(the_period_begins_where_it_is_asked_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
