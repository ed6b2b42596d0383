/* test_telephone.c - what is a person's number in a text, and what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/telephone.h"

static void assert_masked(const char *text, const char *expected)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    telephone_mask(bytes_of_text(text), &out);
    buffer_add(&out, bytes_of("", 1));
    assert_string_equal((const char *)out.data, expected);
}

static void assert_stays(const char *text)
{
    assert_masked(text, text);
}

static void a_mobile_number_is_masked_however_it_is_grouped(void **state)
{
    (void)state;
    assert_masked("联系人王某13800138000。", "联系人王某***********。");
    assert_masked("138-0013-8000", "***-****-****");
    assert_masked("138 0013 8000", "*** **** ****");
    assert_masked("1380013-8000", "*******-****");
    assert_masked("138-00138000", "***-********");
    assert_masked("+8613800138000", "+*************");
    assert_masked("008613800138000", "***************");
    assert_masked("+86 13800138000", "+86 ***********");
}

static void full_width_digits_hide_nothing(void **state)
{
    (void)state;
    assert_masked("手机１３８００１３８０００号", "手机***********号");
    assert_masked("１38００１３80００", "***********");
}

static void a_landline_is_known_by_its_area_code(void **state)
{
    (void)state;
    assert_masked("0564-3345678", "****-*******");
    assert_masked("010-65123456转8", "***-********转8");
    assert_masked("05643345678", "***********");
    assert_masked("0564 334 5678", "**** *** ****");
}

static void without_an_area_code_it_takes_a_word_before_it(void **state)
{
    (void)state;
    assert_masked("电话：3345678", "电话：*******");
    assert_masked("联系方式 (33456789)", "联系方式 (********)");
    assert_masked("手机号码是： 3345678", "手机号码是： *******");
    assert_masked("Tel: 334-5678", "Tel: ***-****");
    assert_stays("到位资金20000000元");
    assert_stays("3345678");
}

static void an_identity_card_is_masked_with_its_last_letter(void **state)
{
    (void)state;
    assert_masked("身份证342401199001011234", "身份证******************");
    assert_masked("34240119900101123X）", "******************）");
    assert_stays("342401179001011234"); /* no birthday */
    assert_stays("342401199013011234"); /* no month */
}

static void dates_amounts_and_codes_stay(void **state)
{
    (void)state;
    assert_stays("");
    assert_stays("2022-09-30 10:00:07");
    assert_stays("20220930");
    assert_stays("138 2022-09-30");
    assert_stays("341502/341502-0001");
    assert_stays("总投资12000000000元");
    assert_stays("91340100MA2ABCDE5X");
    assert_stays("2203-341502-04-01-123456");
    assert_stays("138001380001");
    assert_stays("12345678901");
    assert_stays("六安市\xff\xef\xbc");
}

static void the_second_of_two_numbers_is_found_too(void **state)
{
    (void)state;
    assert_masked("2022 13800138000 13900139000", "2022 *********** ***********");
    assert_masked("1380013800013800138000", "1380013800013800138000");
    assert_masked("5 138 0013 8000 5", "5 *** **** **** 5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mobile_number_is_masked_however_it_is_grouped),
        cmocka_unit_test(full_width_digits_hide_nothing),
        cmocka_unit_test(a_landline_is_known_by_its_area_code),
        cmocka_unit_test(without_an_area_code_it_takes_a_word_before_it),
        cmocka_unit_test(an_identity_card_is_masked_with_its_last_letter),
        cmocka_unit_test(dates_amounts_and_codes_stay),
        cmocka_unit_test(the_second_of_two_numbers_is_found_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
