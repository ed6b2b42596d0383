/*
 * percent.h - percents, points and growth as text, exact: 128-bit integers, rounded once, by the
 * definition's rule. Sums that saturate: a hostile amount must not wrap a city's total.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum rounding { ROUND_HALF_UP, ROUND_TRUNCATE }; /* half up: away from 0, as bureaus round */

enum { PERCENT_TEXT_SIZE = 48, PERCENT_DIGITS_MAX = 9 };

/*
 * numerator * 100 / denominator as text without the sign ("93.48"); false and "" when the
 * denominator is 0.
 */
bool percent_text(int64_t numerator, int64_t denominator, enum rounding rounding, int digits,
                  char out[PERCENT_TEXT_SIZE]);
/* (after - before) * 100 / before with its sign ("+22.88"); false when before is not above 0. */
bool growth_text(int64_t after, int64_t before, enum rounding rounding, int digits,
                 char out[PERCENT_TEXT_SIZE]);

struct time_pace { /* 时序进度: done of whole months */
    int done, whole;
};
/*
 * 超/欠进度 in points: actual * 100 / target - done * 100 / whole with its sign ("-12.92"); false
 * when the target is not above 0.
 */
bool pace_text(int64_t actual, int64_t target, struct time_pace pace, enum rounding rounding,
               int digits, char out[PERCENT_TEXT_SIZE]);

/* 万元 of yuan, half up (contract 8.2). */
int64_t wan_of_yuan(int64_t yuan);
int64_t sum_saturating(int64_t left, int64_t right);
/* value * factor / divisor, half up, saturating; divisor is above 0. */
int64_t scale_half_up(int64_t value, int64_t factor, int64_t divisor);
