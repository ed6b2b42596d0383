/* definitions_money.c - foreign money in yuan by the rate of its day (R34). See definitions.h. */
#include "ledger/view/definitions.h"

#define YUAN_MILLIONTHS 1000000

enum { AMOUNT_MINOR_UNITS = 100 };

/* Minor units of one whole: those that money_parse and the event's form count in. */
static int64_t minor_units(const char *currency)
{
    static const char *const whole[] = {"JPY", "KRW", "VND"};
    for (size_t i = 0; i < ARRAY_LENGTH(whole); i++) {
        if (strcmp(currency, whole[i]) == 0)
            return 1;
    }
    return AMOUNT_MINOR_UNITS;
}

/* Rates are in order of currency and day: the last one up to the day, by halves. */
static const struct exchange_rate *rate_on(const struct definitions *definitions,
                                           const char *currency, int32_t day)
{
    size_t low = 0, high = definitions->exchange_rate_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct exchange_rate *rate = &definitions->exchange_rates[middle];
        int order = strcmp(rate->currency, currency);
        if (order < 0 || (order == 0 && rate->day <= day))
            low = middle + 1;
        else
            high = middle;
    }
    const struct exchange_rate *found = low > 0 ? &definitions->exchange_rates[low - 1] : NULL;
    return found && strcmp(found->currency, currency) == 0 ? found : NULL;
}

bool definitions_yuan(const struct definitions *definitions, const struct money *money, int32_t day,
                      int64_t *out)
{
    if (money->currency[0] == '\0' || strcmp(money->currency, "CNY") == 0) {
        *out = money->value;
        return true;
    }
    const struct exchange_rate *rate = rate_on(definitions, money->currency, day);
    if (!rate)
        return false;
    *out = scale_half_up(money->value, rate->yuan_millionths,
                         minor_units(money->currency) * YUAN_MILLIONTHS);
    return true;
}
