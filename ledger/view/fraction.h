/*
 * fraction.h - exact shares: sums, differences and quotients of fractions that are rounded once, at
 * the end (考核 scores). 512-bit parts, so that what a scheme may combine (assess_scheme.h's
 * limits) never overflows; a bug that would is an assert. Never negative.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ledger/view/percent.h"

enum { WIDE_WORDS = 8 };

struct wide { /* least word first */
    uint64_t words[WIDE_WORDS];
};

struct fraction {
    struct wide numerator, denominator; /* denominator is above 0 */
};

struct fraction fraction_of(uint64_t numerator, uint64_t denominator);
struct fraction fraction_times(struct fraction left, struct fraction right);
struct fraction fraction_over(struct fraction left, struct fraction right); /* right above 0 */
struct fraction fraction_plus(struct fraction left, struct fraction right);
struct fraction fraction_minus(struct fraction left, struct fraction right); /* left >= right */
int fraction_compare(struct fraction left, struct fraction right);           /* -1, 0, 1 */
bool fraction_is_zero(struct fraction fraction);
/* The fraction as a whole number, rounded; INT64_MAX when it is larger. */
int64_t fraction_round(struct fraction fraction, enum rounding rounding);
