/* test_money.c - amounts as ledgers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/event/money.h"

struct row {
    const char *text;
    enum money_unit header;
    int64_t value;
    const char *currency;
};

static enum err parse(const char *text, enum money_unit header, struct money *out)
{
    struct problem problem = {0};
    enum err err = money_parse(bytes_of_text(text), header, out, &problem);
    if (err != OK) {
        assert_true(problem.text[0] != '\0');
        assert_true(problem.remedy[0] != '\0');
    }
    return err;
}

static void an_amount_is_exact_in_every_unit(void **state)
{
    static const struct row rows[] = {
        {"21.2466", MONEY_YI_YUAN, 2124660000, "CNY"},
        {"56.3359亿元", MONEY_YUAN, 5633590000, "CNY"},
        {"1.2亿元", MONEY_WAN_YUAN, 120000000, "CNY"},
        {"1.2亿", MONEY_YUAN, 120000000, "CNY"},
        {"3000万", MONEY_YI_YUAN, 30000000, "CNY"},
        {"5千万元", MONEY_YUAN, 50000000, "CNY"},
        {"1万亿", MONEY_YUAN, 1000000000000, "CNY"},
        {"5000元", MONEY_YI_YUAN, 5000, "CNY"},
        {"0", MONEY_YI_YUAN, 0, "CNY"},
        {"0.0001", MONEY_YI_YUAN, 10000, "CNY"},
        {"0.00000001", MONEY_YI_YUAN, 1, "CNY"},
        {"12.50", MONEY_WAN_YUAN, 125000, "CNY"},
        {"100", MONEY_YUAN, 100, "CNY"},
        {"7.0", MONEY_YUAN, 7, "CNY"},
        {"1,234,567.8", MONEY_WAN_YUAN, 12345678000, "CNY"},
        {" １２．５ 亿元 ", MONEY_YUAN, 1250000000, "CNY"},
        {"￥300", MONEY_YUAN, 300, "CNY"},
        {"人民币3000万元整", MONEY_YUAN, 30000000, "CNY"},
        {"150", MONEY_WAN_USD, 150000000, "USD"},
        {"5000万美元", MONEY_YUAN, 5000000000, "USD"},
        {"1.25", MONEY_USD, 125, "USD"},
        {"2亿美元", MONEY_YI_YUAN, 20000000000, "USD"},
        {"10亿日元", MONEY_YUAN, 1000000000, "JPY"},
        {"3000万", MONEY_WAN_USD, 3000000000, "USD"},
        {"1000000000000000", MONEY_YUAN, 1000000000000000, "CNY"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct money money = {0};
        assert_int_equal(parse(rows[i].text, rows[i].header, &money), OK);
        assert_true(money.has_value);
        assert_int_equal(money.value, rows[i].value);
        assert_string_equal(money.currency, rows[i].currency);
        assert_true(bytes_equal(money.text, bytes_trim(bytes_of_text(rows[i].text))));
    }
}

static void a_masked_amount_keeps_its_text_and_has_no_value(void **state)
{
    static const char *const texts[] = {"X亿元", "**", "1X.2", "×万元", "待定", "某亿元", "约X亿"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        struct money money = {0};
        assert_int_equal(parse(texts[i], MONEY_WAN_YUAN, &money), OK);
        assert_false(money.has_value);
        assert_true(bytes_equal_text(money.text, texts[i]));
    }
}

static void a_null_shape_is_no_amount_and_not_zero(void **state)
{
    static const char *const texts[] = {"", "-", "--", "—", "无", "null", "  "};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        struct money money = {.has_value = true};
        assert_int_equal(parse(texts[i], MONEY_YI_YUAN, &money), OK);
        assert_false(money.has_value);
        assert_int_equal(money.text.size, 0);
    }
}

static void an_approximate_amount_is_refused(void **state)
{
    static const char *const texts[] = {"6000-8000万", "约1.3亿元", "近一半", "近5亿",
                                        "5亿左右",     "300余万",   "3～5亿", "1亿以上"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        struct money money = {.value = 7};
        struct problem problem = {0};
        assert_int_equal(money_parse(bytes_of_text(texts[i]), MONEY_YUAN, &money, &problem),
                         ERR_MALFORMED);
        assert_non_null(strstr(problem.text, "approximate"));
        assert_int_equal(money.value, 7);
    }
}

static void what_is_not_one_whole_amount_is_refused(void **state)
{
    static const struct row rows[] = {
        {"0.123456789", MONEY_YI_YUAN, 0, ""},
        {"0.5", MONEY_YUAN, 0, ""},
        {"1.001", MONEY_USD, 0, ""},
        {"-5", MONEY_WAN_YUAN, 0, ""},
        {"负3万", MONEY_YUAN, 0, ""},
        {"1.2.3", MONEY_YUAN, 0, ""},
        {"亿元", MONEY_YUAN, 0, ""},
        {"三千万", MONEY_YUAN, 0, ""},
        {"5个", MONEY_YUAN, 0, ""},
        {"5亿元/年", MONEY_YUAN, 0, ""},
        {"1000000000000001", MONEY_YUAN, 0, ""},
        {"99999999", MONEY_YI_YUAN, 0, ""},
        {"1234567890123456789", MONEY_YUAN, 0, ""},
        {"1亿亿亿", MONEY_YUAN, 0, ""},
        {"1e5", MONEY_YUAN, 0, ""},
        {".", MONEY_YUAN, 0, ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct money money = {.value = 7};
        assert_int_equal(parse(rows[i].text, rows[i].header, &money), ERR_MALFORMED);
        assert_int_equal(money.value, 7);
    }
}

static void a_header_names_its_unit_in_full_or_half_width(void **state)
{
    static const struct row rows[] = {
        {"投资金额（亿元）", MONEY_YI_YUAN, 0, ""},
        {"投资金额(亿元)", MONEY_YI_YUAN, 0, ""},
        {"总投资[万元]", MONEY_WAN_YUAN, 0, ""},
        {"单位:亿元", MONEY_YI_YUAN, 0, ""},
        {"外资（万美元）", MONEY_WAN_USD, 0, ""},
        {"到位资金(元)", MONEY_YUAN, 0, ""},
        {"亿美元", MONEY_YI_USD, 0, ""},
        {"合同额（美元）", MONEY_USD, 0, ""},
    };
    enum money_unit unit = MONEY_YUAN;
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_int_equal(money_unit_of_header(bytes_of_text(rows[i].text), &unit), OK);
        assert_int_equal(unit, rows[i].header);
    }
    assert_int_equal(money_unit_of_header(bytes_of_text("元宇宙项目"), &unit), ERR_NOT_FOUND);
    assert_int_equal(money_unit_of_header(BYTES_NONE, &unit), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_amount_is_exact_in_every_unit),
        cmocka_unit_test(a_masked_amount_keeps_its_text_and_has_no_value),
        cmocka_unit_test(a_null_shape_is_no_amount_and_not_zero),
        cmocka_unit_test(an_approximate_amount_is_refused),
        cmocka_unit_test(what_is_not_one_whole_amount_is_refused),
        cmocka_unit_test(a_header_names_its_unit_in_full_or_half_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
