/* test_percent.c - the published figures of domain.md 2.4, exact, with either rounding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "ledger/view/percent.h"

static const char *percent(int64_t numerator, int64_t denominator, enum rounding rounding,
                           int digits)
{
    static char out[PERCENT_TEXT_SIZE];
    assert_true(percent_text(numerator, denominator, rounding, digits, out));
    return out;
}

static const char *half_up(int64_t numerator, int64_t denominator, int digits)
{
    return percent(numerator, denominator, ROUND_HALF_UP, digits);
}

static const char *pace(int64_t actual, int64_t target, int months, int digits)
{
    static char out[PERCENT_TEXT_SIZE];
    struct time_pace of_year = {months, 12};
    assert_true(pace_text(actual, target, of_year, ROUND_HALF_UP, digits, out));
    return out;
}

static void the_start_rates_of_luan_come_out_as_published(void **state)
{
    (void)state;
    static const struct {
        int64_t started, signed_count;
        const char *published;
    } counties[] = {{43, 46, "93.5"}, {17, 19, "89.5"}, {34, 39, "87.2"}, {45, 52, "86.5"},
                    {37, 44, "84.1"}, {36, 47, "76.6"}, {34, 45, "75.6"}, {39, 52, "75.0"}};
    for (size_t i = 0; i < ARRAY_LENGTH(counties); i++)
        assert_string_equal(half_up(counties[i].started, counties[i].signed_count, 1),
                            counties[i].published);
}

static void the_shares_rates_and_paces_of_panzhihua_come_out_as_published(void **state)
{
    (void)state;
    assert_string_equal(half_up(412678, 1005136, 2), "41.06");
    assert_string_equal(half_up(176031, 1005136, 2), "17.51");
    assert_string_equal(half_up(416427, 1005136, 2), "41.43");
    assert_string_equal(half_up(1005136, 800000, 2), "125.64");
    assert_string_equal(half_up(412678, 250000, 2), "165.07");
    assert_string_equal(half_up(176031, 250000, 2), "70.41");
    assert_string_equal(half_up(416427, 300000, 2), "138.81");
    assert_string_equal(pace(1005136, 800000, 10, 2), "+42.31");
    assert_string_equal(pace(412678, 250000, 10, 2), "+81.74");
    assert_string_equal(pace(176031, 250000, 10, 2), "-12.92");
}

/* The 21st 兰洽会 printed 12.64 where its own numbers give 12.97: no rounding makes one the other.
 */
static void the_misprint_of_the_lanzhou_fair_is_not_reproduced(void **state)
{
    (void)state;
    assert_string_equal(half_up(733, 1292, 2), "56.73");
    assert_string_equal(half_up(88140, 679318, 3), "12.975");
    assert_string_equal(half_up(88140, 679318, 2), "12.97");
    assert_string_equal(percent(88140, 679318, ROUND_TRUNCATE, 2), "12.97");
}

static void the_figures_of_liangjiang_gansu_and_jiangmen_come_out_as_published(void **state)
{
    char growth[PERCENT_TEXT_SIZE];
    (void)state;
    assert_string_equal(half_up(2454, 3086, 2), "79.52");
    assert_string_equal(half_up(2154, 2454, 2), "87.78");
    assert_string_equal(half_up(476622, 700000, 2), "68.09");
    assert_true(growth_text(476622, 387866, ROUND_HALF_UP, 2, growth));
    assert_string_equal(growth, "+22.88");
    assert_string_equal(half_up(6290, 6474, 1), "97.2");
    assert_string_equal(pace(6290, 6474, 10, 1), "+13.8");
    assert_string_equal(half_up(206, 255, 1), "80.8");
}

static void a_half_goes_up_and_truncation_drops_it(void **state)
{
    (void)state;
    assert_string_equal(half_up(1, 800, 2), "0.13"); /* 0.125 */
    assert_string_equal(percent(1, 800, ROUND_TRUNCATE, 2), "0.12");
    assert_string_equal(half_up(2, 3, 0), "67");
    assert_string_equal(percent(2, 3, ROUND_TRUNCATE, 0), "66");
    assert_string_equal(half_up(1, 1000, 2), "0.10");
    assert_string_equal(half_up(0, 7, 2), "0.00");
}

static void nothing_is_a_percent_of_nothing(void **state)
{
    char out[PERCENT_TEXT_SIZE] = "old";
    struct time_pace of_year = {10, 12};
    (void)state;
    assert_false(percent_text(5, 0, ROUND_HALF_UP, 2, out));
    assert_string_equal(out, "");
    assert_false(growth_text(5, 0, ROUND_HALF_UP, 2, out));
    assert_false(growth_text(5, -1, ROUND_HALF_UP, 2, out));
    assert_false(pace_text(5, 0, of_year, ROUND_HALF_UP, 2, out));
    assert_string_equal(out, "");
}

static void a_fall_has_a_minus_and_standing_still_a_plus(void **state)
{
    char out[PERCENT_TEXT_SIZE];
    (void)state;
    assert_true(growth_text(1, 3, ROUND_HALF_UP, 1, out));
    assert_string_equal(out, "-66.7");
    assert_true(growth_text(3, 3, ROUND_HALF_UP, 1, out));
    assert_string_equal(out, "+0.0");
    assert_string_equal(percent(-1, 3, ROUND_HALF_UP, 2), "-33.33");
    assert_string_equal(pace(99999, 120000, 10, 2), "+0.00"); /* -0.0008 is no minus */
}

static void the_largest_numbers_do_not_overflow(void **state)
{
    char out[PERCENT_TEXT_SIZE];
    struct time_pace of_year = {11, 12};
    (void)state;
    assert_string_equal(half_up(INT64_MAX, 1, PERCENT_DIGITS_MAX),
                        "922337203685477580700.000000000");
    assert_string_equal(half_up(INT64_MAX, INT64_MAX, 2), "100.00");
    assert_true(growth_text(INT64_MAX, 1, ROUND_HALF_UP, 0, out));
    assert_true(pace_text(INT64_MAX, INT64_MAX, of_year, ROUND_HALF_UP, PERCENT_DIGITS_MAX, out));
    assert_string_equal(out, "+8.333333333");
    assert_int_equal(sum_saturating(INT64_MAX, 1), INT64_MAX);
    assert_int_equal(sum_saturating(INT64_MIN, -1), INT64_MIN);
    assert_int_equal(scale_half_up(INT64_MAX, INT64_MAX, 1), INT64_MAX);
}

static void wan_is_half_up_of_yuan(void **state)
{
    (void)state;
    assert_int_equal(wan_of_yuan(4999), 0);
    assert_int_equal(wan_of_yuan(5000), 1);
    assert_int_equal(wan_of_yuan(14999), 1);
    assert_int_equal(wan_of_yuan(10051360000), 1005136);
    assert_int_equal(wan_of_yuan(INT64_MAX), 922337203685478);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_start_rates_of_luan_come_out_as_published),
        cmocka_unit_test(the_shares_rates_and_paces_of_panzhihua_come_out_as_published),
        cmocka_unit_test(the_misprint_of_the_lanzhou_fair_is_not_reproduced),
        cmocka_unit_test(the_figures_of_liangjiang_gansu_and_jiangmen_come_out_as_published),
        cmocka_unit_test(a_half_goes_up_and_truncation_drops_it),
        cmocka_unit_test(nothing_is_a_percent_of_nothing),
        cmocka_unit_test(a_fall_has_a_minus_and_standing_still_a_plus),
        cmocka_unit_test(the_largest_numbers_do_not_overflow),
        cmocka_unit_test(wan_is_half_up_of_yuan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
