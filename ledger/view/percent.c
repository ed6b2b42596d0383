/* percent.c - see percent.h. The quotient is taken once, of integers: no step rounds before it. */
#include "ledger/view/percent.h"

#include <stddef.h>

typedef __int128 wide; /* holds 2^63 * 12 * 100 * 10^PERCENT_DIGITS_MAX */

static wide power_of_ten(int digits)
{
    wide power = 1;
    for (int i = 0; i < digits; i++)
        power *= 10;
    return power;
}

static int digits_within(int digits)
{
    if (digits < 0)
        return 0;
    return digits > PERCENT_DIGITS_MAX ? PERCENT_DIGITS_MAX : digits;
}

/* numerator / denominator in units of 10^-digits; denominator is not 0. */
static wide quotient(wide numerator, wide denominator, enum rounding rounding, int digits)
{
    bool is_negative = (numerator < 0) != (denominator < 0);
    wide dividend = (numerator < 0 ? -numerator : numerator) * power_of_ten(digits);
    wide divisor = denominator < 0 ? -denominator : denominator;
    wide result = dividend / divisor;
    if (rounding == ROUND_HALF_UP && dividend % divisor >= divisor - dividend % divisor)
        result++;
    return is_negative ? -result : result;
}

static void write_text(wide value, int digits, bool with_sign, char out[PERCENT_TEXT_SIZE])
{
    wide magnitude = value < 0 ? -value : value;
    char text[PERCENT_TEXT_SIZE];
    size_t at = sizeof(text) - 1, size = 0;
    text[at] = '\0';
    for (int written = 0; written <= digits || magnitude > 0; written++) {
        if (written == digits && digits > 0)
            text[--at] = '.';
        text[--at] = (char)('0' + (int)(magnitude % 10));
        magnitude /= 10;
    }
    if (value < 0)
        out[size++] = '-';
    else if (with_sign)
        out[size++] = '+';
    while (at < PERCENT_TEXT_SIZE)
        out[size++] = text[at++];
}

bool percent_text(int64_t numerator, int64_t denominator, enum rounding rounding, int digits,
                  char out[PERCENT_TEXT_SIZE])
{
    out[0] = '\0';
    if (denominator == 0)
        return false;
    digits = digits_within(digits);
    write_text(quotient((wide)numerator * 100, denominator, rounding, digits), digits, false, out);
    return true;
}

bool growth_text(int64_t after, int64_t before, enum rounding rounding, int digits,
                 char out[PERCENT_TEXT_SIZE])
{
    out[0] = '\0';
    if (before <= 0)
        return false;
    digits = digits_within(digits);
    wide growth = ((wide)after - before) * 100;
    write_text(quotient(growth, before, rounding, digits), digits, true, out);
    return true;
}

bool pace_text(int64_t actual, int64_t target, struct time_pace pace, enum rounding rounding,
               int digits, char out[PERCENT_TEXT_SIZE])
{
    out[0] = '\0';
    if (target <= 0 || pace.whole <= 0)
        return false;
    digits = digits_within(digits);
    wide points = ((wide)actual * pace.whole - (wide)target * pace.done) * 100;
    write_text(quotient(points, (wide)target * pace.whole, rounding, digits), digits, true, out);
    return true;
}

static int64_t saturated(wide value)
{
    if (value > INT64_MAX)
        return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

int64_t wan_of_yuan(int64_t yuan)
{
    return saturated(quotient(yuan, 10000, ROUND_HALF_UP, 0));
}

int64_t sum_saturating(int64_t left, int64_t right)
{
    return saturated((wide)left + right);
}

int64_t scale_half_up(int64_t value, int64_t factor, int64_t divisor)
{
    return saturated(quotient((wide)value * factor, divisor, ROUND_HALF_UP, 0));
}
