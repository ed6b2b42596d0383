/* fraction.c - see fraction.h. */
#include "ledger/view/fraction.h"

#include <assert.h>
#include <stddef.h>

static struct wide wide_of(uint64_t value)
{
    return (struct wide){{value}};
}

static int wide_compare(const struct wide *left, const struct wide *right)
{
    for (size_t i = WIDE_WORDS; i-- > 0;) {
        if (left->words[i] != right->words[i])
            return left->words[i] < right->words[i] ? -1 : 1;
    }
    return 0;
}

static struct wide wide_plus(const struct wide *left, const struct wide *right)
{
    struct wide sum;
    unsigned __int128 carry = 0;
    for (size_t i = 0; i < WIDE_WORDS; i++) {
        carry += (unsigned __int128)left->words[i] + right->words[i];
        sum.words[i] = (uint64_t)carry;
        carry >>= 64;
    }
    assert(carry == 0);
    return sum;
}

static struct wide wide_minus(const struct wide *left, const struct wide *right)
{
    struct wide difference;
    uint64_t borrow = 0;
    for (size_t i = 0; i < WIDE_WORDS; i++) {
        unsigned __int128 taken = (unsigned __int128)right->words[i] + borrow;
        difference.words[i] = left->words[i] - (uint64_t)taken;
        borrow = taken > left->words[i];
    }
    assert(borrow == 0);
    return difference;
}

static struct wide wide_times(const struct wide *left, const struct wide *right)
{
    struct wide product = {{0}};
    for (size_t i = 0; i < WIDE_WORDS; i++) {
        unsigned __int128 carry = 0;
        for (size_t j = 0; left->words[i] != 0 && j < WIDE_WORDS; j++) {
            if (i + j >= WIDE_WORDS) {
                assert(right->words[j] == 0);
                continue;
            }
            carry += (unsigned __int128)left->words[i] * right->words[j] + product.words[i + j];
            product.words[i + j] = (uint64_t)carry;
            carry >>= 64;
        }
        assert(carry == 0);
    }
    return product;
}

static bool wide_bit(const struct wide *value, size_t bit)
{
    return value->words[bit / 64] >> (bit % 64) & 1;
}

static struct wide wide_shifted(const struct wide *value, bool low_bit)
{
    struct wide shifted;
    uint64_t carry = low_bit;
    for (size_t i = 0; i < WIDE_WORDS; i++) {
        shifted.words[i] = value->words[i] << 1 | carry;
        carry = value->words[i] >> 63;
    }
    assert(carry == 0);
    return shifted;
}

/* Bit by bit: a score is computed some thousand times, never a million. */
static struct wide wide_divide(const struct wide *left, const struct wide *right,
                               struct wide *remainder)
{
    struct wide quotient = {{0}};
    *remainder = wide_of(0);
    for (size_t bit = (size_t)64 * WIDE_WORDS; bit-- > 0;) {
        *remainder = wide_shifted(remainder, wide_bit(left, bit));
        if (wide_compare(remainder, right) >= 0) {
            *remainder = wide_minus(remainder, right);
            quotient.words[bit / 64] |= (uint64_t)1 << (bit % 64);
        }
    }
    return quotient;
}

struct fraction fraction_of(uint64_t numerator, uint64_t denominator)
{
    assert(denominator > 0);
    return (struct fraction){wide_of(numerator), wide_of(denominator)};
}

struct fraction fraction_times(struct fraction left, struct fraction right)
{
    return (struct fraction){wide_times(&left.numerator, &right.numerator),
                             wide_times(&left.denominator, &right.denominator)};
}

struct fraction fraction_over(struct fraction left, struct fraction right)
{
    assert(!fraction_is_zero(right));
    return fraction_times(left, (struct fraction){right.denominator, right.numerator});
}

struct fraction fraction_plus(struct fraction left, struct fraction right)
{
    struct wide a = wide_times(&left.numerator, &right.denominator);
    struct wide b = wide_times(&right.numerator, &left.denominator);
    return (struct fraction){wide_plus(&a, &b), wide_times(&left.denominator, &right.denominator)};
}

struct fraction fraction_minus(struct fraction left, struct fraction right)
{
    struct wide a = wide_times(&left.numerator, &right.denominator);
    struct wide b = wide_times(&right.numerator, &left.denominator);
    return (struct fraction){wide_minus(&a, &b), wide_times(&left.denominator, &right.denominator)};
}

int fraction_compare(struct fraction left, struct fraction right)
{
    struct wide a = wide_times(&left.numerator, &right.denominator);
    struct wide b = wide_times(&right.numerator, &left.denominator);
    return wide_compare(&a, &b);
}

bool fraction_is_zero(struct fraction fraction)
{
    struct wide zero = wide_of(0);
    return wide_compare(&fraction.numerator, &zero) == 0;
}

int64_t fraction_round(struct fraction fraction, enum rounding rounding)
{
    struct wide rest, limit = wide_of(INT64_MAX);
    struct wide quotient = wide_divide(&fraction.numerator, &fraction.denominator, &rest);
    struct wide twice = wide_shifted(&rest, false);
    if (wide_compare(&quotient, &limit) >= 0)
        return INT64_MAX;
    bool up = rounding == ROUND_HALF_UP && wide_compare(&twice, &fraction.denominator) >= 0;
    return (int64_t)quotient.words[0] + up;
}
