/* test_day.c - civil days and instants in Shanghai. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/day.h"

static int32_t day_of(const char *text)
{
    int32_t day = 12345;
    assert_int_equal(day_parse(bytes_of_text(text), &day), OK);
    return day;
}

static void days_count_from_1970_and_that_day_is_none(void **state)
{
    char text[DAY_TEXT_SIZE];
    (void)state;
    assert_int_equal(day_of("1970-01-01"), DAY_NONE);
    assert_int_equal(day_of("1970-01-02"), 1);
    assert_int_equal(day_of("1969-12-31"), -1);
    assert_int_equal(day_of("2022-09-30"), 19265);
    assert_string_equal(day_text(DAY_NONE, text), "");
}

static void every_day_from_1900_to_2199_follows_the_one_before(void **state)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t expected = day_of("1900-01-01"), day = 0;
    char text[DAY_TEXT_SIZE];
    (void)state;
    for (int year = 1900; year <= 2199; year++) {
        int is_leap = year % 4 == 0 && year != 1900 && year != 2100;
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && is_leap);
            for (int of_month = 1; of_month <= length; of_month++, expected++) {
                int civil[3];
                assert_int_equal(day_from_civil(year, month, of_month, &day), OK);
                assert_int_equal(day, expected);
                day_to_civil(day, &civil[0], &civil[1], &civil[2]);
                assert_true(civil[0] == year && civil[1] == month && civil[2] == of_month);
                assert_true(day == DAY_NONE || day_of(day_text(day, text)) == day);
            }
            assert_int_equal(day_from_civil(year, month, length + 1, &day), ERR_MALFORMED);
        }
    }
    assert_int_equal(expected, day_of("2199-12-31") + 1);
}

static void what_is_no_real_date_is_malformed(void **state)
{
    static const char *const bad[] = {
        "",           "1899-12-31", "2200-01-01",  "2023-02-29", "2100-02-29",
        "2024-00-10", "2024-13-10", "2024-01-00",  "2024-04-31", "2024-1-01",
        "2024/01/01", "20240101",   "2024-01-01 ", "+024-01-01", "2024-01-0x",
        "2024/01-01", "2024-01/01", "2024--1-01",  "2024-01-011"};
    int32_t day = 7;
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_int_equal(day_parse(bytes_of_text(bad[i]), &day), ERR_MALFORMED);
    assert_int_equal(day, 7);
    assert_int_equal(day_of("2024-02-29") + 1, day_of("2024-03-01"));
    assert_int_equal(day_of("2000-02-29") + 1, day_of("2000-03-01"));
}

static void a_day_outside_the_years_is_shown_as_unknown(void **state)
{
    static const int32_t outside[] = {INT32_MIN, -25568, 84006, INT32_MAX};
    char text[DAY_TEXT_SIZE];
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(outside); i++)
        assert_string_equal(day_text(outside[i], text), "?");
    assert_string_equal(day_text(-25567, text), "1900-01-01");
    assert_string_equal(day_text(84005, text), "2199-12-31");
}

static void the_day_changes_at_midnight_in_shanghai(void **state)
{
    int64_t midnight_ms = 19265LL * 86400000 - 8 * 3600000LL; /* 2022-09-29T16:00:00Z */
    (void)state;
    assert_int_equal(day_of_instant(midnight_ms), day_of("2022-09-30"));
    assert_int_equal(day_of_instant(midnight_ms - 1), day_of("2022-09-29"));
    assert_int_equal(day_of_instant(-8 * 3600000LL), 0);
    assert_int_equal(day_of_instant(-8 * 3600000LL - 1), -1);
    assert_int_equal(day_of_instant(-32 * 3600000LL), -1);
    assert_int_equal(day_of_instant(-32 * 3600000LL - 1), -2);
    assert_int_equal(day_of_instant(INT64_MAX), INT32_MAX);
    assert_int_equal(day_of_instant(INT64_MIN), INT32_MIN);
}

static void an_instant_is_written_with_the_fixed_offset(void **state)
{
    char text[INSTANT_TEXT_SIZE];
    (void)state;
    assert_string_equal(instant_text(1664503200123, text), "2022-09-30T10:00:00.123+08:00");
    assert_string_equal(instant_text(0, text), "1970-01-01T08:00:00.000+08:00");
    assert_string_equal(instant_text(-28800001, text), "1969-12-31T23:59:59.999+08:00");
    assert_string_equal(instant_text(-25567LL * 86400000 - 28800001, text), "?");
    assert_string_equal(instant_text(84006LL * 86400000 - 28800000, text), "?");
    assert_string_equal(instant_text(INT64_MAX, text), "?");
    assert_string_equal(instant_text(INT64_MIN, text), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_count_from_1970_and_that_day_is_none),
        cmocka_unit_test(every_day_from_1900_to_2199_follows_the_one_before),
        cmocka_unit_test(what_is_no_real_date_is_malformed),
        cmocka_unit_test(a_day_outside_the_years_is_shown_as_unknown),
        cmocka_unit_test(the_day_changes_at_midnight_in_shanghai),
        cmocka_unit_test(an_instant_is_written_with_the_fixed_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
