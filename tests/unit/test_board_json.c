/* test_board_json.c - what a county wrote stays text; money as people write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "display/board_json.h"

static void assert_shown(struct bytes text, size_t most, const char *wanted)
{
    CLEANUP(buffer_release) struct buffer shown = {0};
    shown_add(text, most, &shown);
    buffer_add(&shown, bytes_of("", 1));
    assert_string_equal((const char *)shown.data, wanted);
}

static void what_moves_or_hides_the_text_beside_it_is_a_blank(void **state)
{
    (void)state;
    assert_shown(bytes_of_text("金安\n\t区"), 20, "金安 区");
    assert_shown(bytes_of_text("a\u202Eb\u2066c\u200Fd"), 20, "a b c d"); /* directions */
    assert_shown(bytes_of_text("\u200B\u2060\uFEFF"), 20, "");            /* no width */
    assert_shown(bytes_of_text("\033[31mred"), 20, "[31mred");
    assert_shown(bytes_of_text("  两边　有空白  "), 20, "两边 有空白");
    assert_shown(bytes_of_text("Z\u0301\u0301\u0301\u0301algo"), 20, "Zalgo");
}

static void markup_stays_the_letters_it_is(void **state)
{
    (void)state;
    assert_shown(bytes_of_text("<b>&amp;</b>"), 20, "<b>&amp;</b>");
}

static void a_long_text_is_cut_by_characters(void **state)
{
    (void)state;
    assert_shown(bytes_of_text("阿克塞哈萨克族自治县"), 10, "阿克塞哈萨克族自治县");
    assert_shown(bytes_of_text("阿克塞哈萨克族自治县"), 9, "阿克塞哈萨克族自治…");
    assert_shown(bytes_of_text("𠮷𠮷𠮷"), 2, "𠮷𠮷…");
    assert_shown(bytes_of_text("ab   "), 2, "ab"); /* nothing is cut off but blanks */
}

static void bytes_that_are_no_text_are_question_marks(void **state)
{
    (void)state;
    assert_shown(bytes_of("a\xFF\xE5\x9B", 4), 20, "a???");
    assert_shown(bytes_of("\xC0\x80z", 3), 20, "??z");
    assert_shown(bytes_of("a\0b", 3), 20, "a b");
}

static void assert_money(int64_t yuan, const char *wanted)
{
    char text[PERCENT_TEXT_SIZE];
    assert_string_equal(money_text(yuan, text), wanted);
}

static void money_is_written_as_people_write_it(void **state)
{
    (void)state;
    assert_money(32000000, "3200万元");
    assert_money(2124660000, "21.2466亿元");
    assert_money(120000000, "1.2亿元");
    assert_money(100000000, "1亿元");
    assert_money(12345, "1.2345万元");
    assert_money(860, "860元");
    assert_money(0, "0元");
    assert_money(-32000000, "-3200万元");
    assert_money(INT64_MAX, "92233720368.5478亿元");
    assert_money(INT64_MIN, "-92233720368.5478亿元");
}

static void hundreds_of_millions_have_the_digits_asked_for(void **state)
{
    (void)state;
    char text[PERCENT_TEXT_SIZE];
    assert_string_equal(yi_text(41260000000, 2, text), "412.60");
    assert_string_equal(yi_text(499999, 2, text), "0.00");
    assert_string_equal(yi_text(500000, 2, text), "0.01");  /* half up */
    assert_string_equal(yi_text(-499999, 2, text), "0.00"); /* never -0 */
}

static void a_person_has_no_telephone(void **state)
{
    (void)state;
    json_t *object = json_object();
    set_person(object, "leader", bytes_of_text("金安区-王县长-13805641234"));
    const char *shown = json_string_value(json_object_get(object, "leader"));
    assert_non_null(strstr(shown, "王县长"));
    assert_null(strstr(shown, "1234"));
    set_person(object, "nobody", BYTES_NONE);
    assert_true(json_is_null(json_object_get(object, "nobody")));
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_moves_or_hides_the_text_beside_it_is_a_blank),
        cmocka_unit_test(markup_stays_the_letters_it_is),
        cmocka_unit_test(a_long_text_is_cut_by_characters),
        cmocka_unit_test(bytes_that_are_no_text_are_question_marks),
        cmocka_unit_test(money_is_written_as_people_write_it),
        cmocka_unit_test(hundreds_of_millions_have_the_digits_asked_for),
        cmocka_unit_test(a_person_has_no_telephone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
