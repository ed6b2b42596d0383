/* test_fraction.c - exact shares: rounded once, and wide enough for what a scheme may combine. */
#include "ledger/view/fraction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static int64_t rounded(uint64_t numerator, uint64_t denominator, enum rounding rounding)
{
    return fraction_round(fraction_of(numerator, denominator), rounding);
}

static void a_half_goes_up_or_is_cut_as_the_rule_says(void **state)
{
    (void)state;
    assert_int_equal(rounded(1, 2, ROUND_HALF_UP), 1);
    assert_int_equal(rounded(1, 2, ROUND_TRUNCATE), 0);
    assert_int_equal(rounded(499999, 1000000, ROUND_HALF_UP), 0);
    assert_int_equal(rounded(7, 2, ROUND_HALF_UP), 4);
    assert_int_equal(rounded(7, 2, ROUND_TRUNCATE), 3);
    assert_int_equal(rounded(0, 9, ROUND_HALF_UP), 0);
    assert_true(rounded(UINT64_MAX, 1, ROUND_HALF_UP) == INT64_MAX);
    assert_true(rounded((uint64_t)INT64_MAX - 1, 1, ROUND_HALF_UP) == INT64_MAX - 1);
}

static void thirds_add_up_to_one(void **state)
{
    (void)state;
    struct fraction third = fraction_of(1, 3);
    struct fraction sum = fraction_plus(fraction_plus(third, third), third);
    assert_int_equal(fraction_compare(sum, fraction_of(1, 1)), 0);
    assert_true(fraction_is_zero(fraction_minus(sum, fraction_of(5, 5))));
    assert_int_equal(fraction_compare(third, fraction_of(33333, 100000)), 1);
    assert_int_equal(fraction_compare(third, fraction_of(33334, 100000)), -1);
    assert_int_equal(fraction_compare(fraction_over(third, fraction_of(2, 9)), fraction_of(3, 2)),
                     0);
}

static void four_parts_of_the_largest_numbers_stay_exact(void **state)
{
    (void)state;
    struct fraction sum = fraction_of(0, 1);
    for (uint64_t i = 0; i < 4; i++) {
        struct fraction part = fraction_of(INT64_MAX - i, INT64_MAX - 4 - i);
        sum = fraction_plus(sum, fraction_times(part, fraction_of(25, 10000)));
    }
    /* A hair above 0.01: 4 * 0.0025 times a ratio just above 1. */
    sum = fraction_times(sum, fraction_of(1000000000000, 1));
    assert_true(fraction_round(sum, ROUND_TRUNCATE) == 10000000000);
    assert_int_equal(fraction_compare(sum, fraction_of(10000000000, 1)), 1);
}

/* 90 bits over 107, as a part of a scheme may be (assess.c), four times, and the item's points. */
static void what_a_scheme_may_combine_fits(void **state)
{
    (void)state;
    struct fraction part = fraction_over(fraction_of(INT64_MAX, 100), fraction_of(INT64_MAX, 1));
    part = fraction_over(part, fraction_of(999999999, 1000000));
    part = fraction_times(part, fraction_of(25, 100));
    struct fraction sum = fraction_of(0, 1);
    for (int i = 0; i < 4; i++)
        sum = fraction_plus(sum, part);
    sum = fraction_times(sum, fraction_of(1000000000, 1));
    assert_int_equal(fraction_round(sum, ROUND_HALF_UP), 10000); /* 10^9 / 100 / 999.999999 */
    struct fraction range = fraction_minus(part, fraction_of(1, INT64_MAX));
    struct fraction share = fraction_over(fraction_minus(part, fraction_of(1, INT64_MAX)), range);
    assert_int_equal(
        fraction_round(fraction_times(share, fraction_of(1000000000, 1)), ROUND_TRUNCATE),
        1000000000);
}

/* Small numbers against plain integers. */
static void a_thousand_small_fractions_are_as_plain_arithmetic_has_them(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 1000; i++) {
        uint64_t v[4];
        for (int j = 0; j < 4; j++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            v[j] = (seed >> 40) % 1000 + 1;
        }
        struct fraction left = fraction_of(v[0], v[1]), right = fraction_of(v[2], v[3]);
        uint64_t a = v[0] * v[3], b = v[2] * v[1], d = v[1] * v[3];
        assert_int_equal(fraction_compare(left, right), (a > b) - (a < b));
        assert_int_equal(fraction_round(fraction_plus(left, right), ROUND_TRUNCATE), (a + b) / d);
        assert_int_equal(fraction_round(fraction_over(left, right), ROUND_HALF_UP),
                         (2 * a + b) / (2 * b));
        if (a >= b)
            assert_int_equal(fraction_round(fraction_minus(left, right), ROUND_HALF_UP),
                             (2 * (a - b) + d) / (2 * d));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_half_goes_up_or_is_cut_as_the_rule_says),
        cmocka_unit_test(thirds_add_up_to_one),
        cmocka_unit_test(four_parts_of_the_largest_numbers_stay_exact),
        cmocka_unit_test(what_a_scheme_may_combine_fits),
        cmocka_unit_test(a_thousand_small_fractions_are_as_plain_arithmetic_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
