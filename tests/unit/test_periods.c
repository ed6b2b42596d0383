/* test_periods.c - months that count, and the same days a year before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/figures/periods.h"

static int32_t day(const char *text)
{
    int32_t out = DAY_NONE;
    assert_int_equal(day_parse(bytes_of_text(text), &out), OK);
    return out;
}

static int done(const char *as_of)
{
    struct period year = period_of_year(day("2006-06-15"));
    struct time_pace pace = period_pace(&year, day(as_of));
    assert_int_equal(pace.whole, 12);
    return pace.done;
}

static void a_month_counts_on_its_last_day_and_not_before(void **state)
{
    (void)state;
    assert_int_equal(done("2006-10-31"), 10);
    assert_int_equal(done("2006-10-30"), 9);
    assert_int_equal(done("2006-11-01"), 10);
    assert_int_equal(done("2006-02-28"), 2);
    assert_int_equal(done("2006-01-01"), 0);
    assert_int_equal(done("2006-12-31"), 12);
    assert_int_equal(done("2007-03-31"), 12);
    assert_int_equal(done("2005-03-31"), 0);
}

static void a_quarter_has_three_months(void **state)
{
    (void)state;
    struct period quarter = {day("2022-07-01"), day("2022-09-30")};
    struct time_pace pace = period_pace(&quarter, day("2022-08-31"));
    assert_int_equal(pace.done, 2);
    assert_int_equal(pace.whole, 3);
}

static void the_same_day_of_last_year_keeps_the_end_of_its_month(void **state)
{
    (void)state;
    assert_int_equal(period_year_before(day("2015-08-31")), day("2014-08-31"));
    assert_int_equal(period_year_before(day("2015-08-15")), day("2014-08-15"));
    assert_int_equal(period_year_before(day("2020-02-29")), day("2019-02-28"));
    assert_int_equal(period_year_before(day("2021-02-28")), day("2020-02-29"));
    assert_int_equal(period_year_before(DAY_NONE), DAY_NONE);
}

static void months_and_years_have_their_ends(void **state)
{
    (void)state;
    struct period month = period_of_month(day("2020-02-10"));
    assert_int_equal(month.from, day("2020-02-01"));
    assert_int_equal(month.to, day("2020-02-29"));
    assert_int_equal(period_of_month(day("2021-12-05")).to, day("2021-12-31"));
    assert_int_equal(period_of_year(day("2021-12-05")).from, day("2021-01-01"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_month_counts_on_its_last_day_and_not_before),
        cmocka_unit_test(a_quarter_has_three_months),
        cmocka_unit_test(the_same_day_of_last_year_keeps_the_end_of_its_month),
        cmocka_unit_test(months_and_years_have_their_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
