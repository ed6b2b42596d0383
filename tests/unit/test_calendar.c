/* test_calendar.c - months and their close, who chairs, what the circular is headed. */
#include "tests/unit/ledger_scene.h"

#include "ledger/view/calendar.h"

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

static void a_month_knows_its_ends_in_leap_years_too(void **state)
{
    (void)state;
    assert_int_equal(month_first_day(month_of_civil(2024, 2)), scene_day("2024-02-01"));
    assert_int_equal(month_last_day(month_of_civil(2024, 2)), scene_day("2024-02-29"));
    assert_int_equal(month_last_day(month_of_civil(2023, 2)), scene_day("2023-02-28"));
    assert_int_equal(month_last_day(month_of_civil(2022, 12)), scene_day("2022-12-31"));
    assert_int_equal(month_of_day(scene_day("2022-12-31")), month_of_civil(2022, 12));
    assert_int_equal(month_year(month_of_civil(2022, 12)), 2022);
    assert_int_equal(month_of_year(month_of_civil(2022, 12)), 12);
    assert_int_equal(month_last_day(month_of_civil(2200, 1)), DAY_NONE);
    assert_int_equal(month_last_day(month_of_civil(1970, 1)), 30);
}

static void months_later_is_the_same_day_or_the_months_last(void **state)
{
    (void)state;
    assert_int_equal(day_plus_months(scene_day("2022-01-31"), 1), scene_day("2022-02-28"));
    assert_int_equal(day_plus_months(scene_day("2022-01-31"), 13), scene_day("2023-02-28"));
    assert_int_equal(day_plus_months(scene_day("2022-03-15"), -3), scene_day("2021-12-15"));
    assert_int_equal(day_plus_months(scene_day("2022-03-15"), INT32_MAX), DAY_NONE);
}

static void a_month_counts_in_the_pace_from_its_last_day_on(void **state)
{
    (void)state;
    assert_int_equal(months_done(scene_day("2006-10-30")), 9);
    assert_int_equal(months_done(scene_day("2006-10-31")), 10);
    assert_int_equal(months_done(scene_day("2006-11-01")), 10);
    assert_int_equal(months_done(scene_day("2006-01-01")), 0);
    assert_int_equal(months_done(scene_day("2006-12-31")), 12);
}

static void quarters_and_years_hold_their_days(void **state)
{
    (void)state;
    int quarter = 0;
    struct day_range range = quarter_of_day(scene_day("2022-09-30"), &quarter);
    assert_int_equal(quarter, 3);
    assert_int_equal(range.first, scene_day("2022-07-01"));
    assert_int_equal(range.last, scene_day("2022-09-30"));
    range = quarter_of_day(scene_day("2022-10-01"), &quarter);
    assert_int_equal(quarter, 4);
    assert_int_equal(range.first, scene_day("2022-10-01"));
    range = year_of_day(scene_day("2024-02-29"));
    assert_int_equal(range.first, scene_day("2024-01-01"));
    assert_int_equal(range.last, scene_day("2024-12-31"));
    char text[MONTH_TEXT_SIZE];
    assert_string_equal(month_series_text(month_of_civil(2022, 9), text), "1-9月");
    assert_string_equal(month_series_text(month_of_civil(2022, 1), text), "1月");
}

static void a_late_event_lands_in_the_next_publication_and_keeps_its_day(void **state)
{
    struct ledger_scene *scene = *state;
    int32_t august = month_of_civil(2022, 8);
    ledger_scene_day(scene, "2022-09-05"); /* noon of the closing day: in time */
    uint64_t in_time = ledger_scene_milestone(scene, "341502/1", MILESTONE_STARTED, "2022-08-20");
    int64_t in_time_ms = scene->now_ms;
    ledger_scene_day(scene, "2022-09-06");
    uint64_t late = ledger_scene_milestone(scene, "341502/2", MILESTONE_STARTED, "2022-08-20");
    int64_t late_ms = scene->now_ms;
    assert_true(late > in_time);
    assert_int_equal(close_position(scene->ledger, august, 5), in_time);
    assert_int_equal(close_position(scene->ledger, august + 1, 5), late);
    int32_t day = scene_day("2022-08-20");
    assert_int_equal(publication_month(day, in_time_ms, 5), august);
    assert_int_equal(publication_month(day, late_ms, 5), august + 1);
    /* Years late: the month that is open when it comes. */
    assert_int_equal(publication_month(scene_day("2020-01-01"), late_ms, 5), august + 1);
    assert_int_equal(publication_month(scene_day("2022-09-06"), late_ms, 5), august + 1);
    /* Without a close all that is known counts, in its own month. */
    assert_true(close_position(scene->ledger, august, 0) == UINT64_MAX);
    assert_int_equal(publication_month(day, late_ms, 0), august);
}

static void the_close_is_the_end_of_its_day_in_shanghai(void **state)
{
    (void)state;
    int64_t close_ms = close_instant_ms(month_of_civil(2022, 8), 5);
    assert_int_equal(day_of_instant(close_ms - 1), scene_day("2022-09-05"));
    assert_int_equal(day_of_instant(close_ms), scene_day("2022-09-06"));
    /* The 31st of a month that has 28 days. */
    close_ms = close_instant_ms(month_of_civil(2022, 1), 31);
    assert_int_equal(day_of_instant(close_ms - 1), scene_day("2022-02-28"));
    int32_t month = month_of_civil(2022, 8);
    int64_t at_close = close_instant_ms(month, 5);
    assert_int_equal(publication_month(scene_day("2022-08-01"), at_close - 1, 5), month);
    assert_int_equal(publication_month(scene_day("2022-08-01"), at_close, 5), month + 1);
}

#define CALENDAR_RULE(name, day, content)                                                          \
    "{'kind':'DEFINITION','occurred_on':'" day "','definition':{'definition':'CALENDAR',"          \
    "'name':'" name "','version':'v1','content':'" content "'}}"

static void the_chair_goes_by_the_months_parity_from_the_day_of_the_rule(void **state)
{
    struct ledger_scene *scene = *state;
    struct meeting meeting;
    struct problem problem = {0};
    assert_int_equal(meeting_of_day(scene->ledger, scene_day("2025-03-01"), UINT64_MAX,
                                    &scene->arena, &meeting, &problem),
                     OK);
    assert_int_equal(meeting.chair.size, 0);
    uint64_t first = ledger_scene_submit(
        scene, "3415",
        CALENDAR_RULE(
            "meeting_chairs", "2025-01-01",
            "{\\u0022odd\\u0022:\\u0022区长\\u0022,\\u0022even\\u0022:\\u0022书记\\u0022}"));
    (void)ledger_scene_submit(
        scene, "3415",
        CALENDAR_RULE(
            "meeting_chairs", "2025-05-01",
            "{\\u0022odd\\u0022:\\u0022常务\\u0022,\\u0022even\\u0022:\\u0022书记\\u0022}"));
    static const struct {
        const char *day, *chair;
    } cases[] = {{"2025-03-31", "区长"},
                 {"2025-04-01", "书记"},
                 {"2025-05-01", "常务"},
                 {"2025-12-31", "书记"},
                 {"2024-12-31", ""}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(meeting_of_day(scene->ledger, scene_day(cases[i].day), UINT64_MAX,
                                        &scene->arena, &meeting, &problem),
                         OK);
        assert_true(bytes_equal_text(meeting.chair, cases[i].chair));
    }
    /* What was known then still gives the chair of then. */
    assert_int_equal(meeting_of_day(scene->ledger, scene_day("2025-05-01"), first, &scene->arena,
                                    &meeting, &problem),
                     OK);
    assert_true(bytes_equal_text(meeting.chair, "区长"));
    assert_int_equal(
        meeting_of_day(scene->ledger, DAY_NONE, first, &scene->arena, &meeting, &problem),
        ERR_NOT_FOUND);
}

static void a_rule_that_is_not_the_citys_is_none(void **state)
{
    struct ledger_scene *scene = *state;
    (void)ledger_scene_submit(
        scene, "341502",
        CALENDAR_RULE("meeting_chairs", "2025-01-01",
                      "{\\u0022odd\\u0022:\\u0022我\\u0022,\\u0022even\\u0022:\\u0022我\\u0022}"));
    struct meeting meeting;
    struct problem problem = {0};
    assert_int_equal(meeting_of_day(scene->ledger, scene_day("2025-03-01"), UINT64_MAX,
                                    &scene->arena, &meeting, &problem),
                     OK);
    assert_int_equal(meeting.chair.size, 0);
}

static void a_rule_that_does_not_parse_is_named(void **state)
{
    struct ledger_scene *scene = *state;
    static const char *const bad[] = {
        "{\\u0022odd\\u0022:\\u0022区长\\u0022}", "[]",
        "{\\u0022odd\\u0022:1,\\u0022even\\u0022:2}",
        "{\\u0022odd\\u0022:\\u0022a\\u0022,\\u0022evn\\u0022:\\u0022b\\u0022}", "nonsense"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        (void)ledger_scene_submit(scene, "3415",
                                  CALENDAR_RULE("meeting_chairs", "2025-01-01", "%s"), bad[i]);
        struct meeting meeting;
        struct problem problem = {0};
        assert_int_equal(meeting_of_day(scene->ledger, scene_day("2025-03-01"), UINT64_MAX,
                                        &scene->arena, &meeting, &problem),
                         ERR_MALFORMED);
        assert_non_null(strstr(problem.text, "meeting_chairs"));
    }
}

static void the_circular_has_its_signer_quarter_and_year(void **state)
{
    struct ledger_scene *scene = *state;
    (void)ledger_scene_submit(
        scene, "3415",
        CALENDAR_RULE("circular", "2022-01-01",
                      "{\\u0022office\\u0022:\\u0022市委督查室\\u0022,\\u0022signer\\u0022:"
                      "\\u0022主任\\u0022,\\u0022subject\\u0022:\\u0022招商引资\\u0022}"));
    struct circular circular;
    struct problem problem = {0};
    assert_int_equal(circular_of_day(scene->ledger, scene_day("2022-09-30"), UINT64_MAX,
                                     &scene->arena, &circular, &problem),
                     OK);
    assert_true(bytes_equal_text(circular.signer, "主任"));
    assert_int_equal(circular.year, 2022);
    assert_int_equal(circular.quarter, 3);
    assert_int_equal(circular.period.first, scene_day("2022-07-01"));
    assert_true(bytes_equal_text(circular.title, "市委督查室2022年第三季度招商引资通报"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_month_knows_its_ends_in_leap_years_too),
        cmocka_unit_test(months_later_is_the_same_day_or_the_months_last),
        cmocka_unit_test(a_month_counts_in_the_pace_from_its_last_day_on),
        cmocka_unit_test(quarters_and_years_hold_their_days),
        cmocka_unit_test_setup_teardown(
            a_late_event_lands_in_the_next_publication_and_keeps_its_day, open_scene, close_scene),
        cmocka_unit_test(the_close_is_the_end_of_its_day_in_shanghai),
        cmocka_unit_test_setup_teardown(
            the_chair_goes_by_the_months_parity_from_the_day_of_the_rule, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(a_rule_that_is_not_the_citys_is_none, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(a_rule_that_does_not_parse_is_named, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(the_circular_has_its_signer_quarter_and_year, open_scene,
                                        close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
