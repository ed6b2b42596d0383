/* fuzz_amount.c - any bytes as a cell of an amount or a day: a figure within limits, text without
 * one, or a complaint. */
#include <assert.h>
#include <stdlib.h>

#include "base/day.h"
#include "ledger/event/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_amount(struct bytes text, enum money_unit unit)
{
    struct money money = {0};
    struct problem problem = {0};
    if (money_parse(text, unit, &money, &problem) != OK) {
        assert(problem.text[0] && problem.remedy[0]);
        return;
    }
    if (money.has_value)
        assert(money.value >= 0);
    assert(money.text.size <= text.size);
}

static void check_day(struct bytes text)
{
    int32_t day = DAY_NONE;
    char again[DAY_TEXT_SIZE];
    if (day_parse(text, &day) != OK || day == DAY_NONE)
        return;
    int32_t parsed = DAY_NONE;
    assert(day_parse(bytes_of_text(day_text(day, again)), &parsed) == OK && parsed == day);
    assert(bytes_equal_text(text, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct bytes text = bytes_of(data + 1, size - 1);
    enum money_unit header;
    check_amount(text, (enum money_unit)(data[0] % (MONEY_YI_USD + 1)));
    if (money_unit_of_header(text, &header) == OK)
        assert(header <= MONEY_YI_USD);
    check_day(text);
    return 0;
}
