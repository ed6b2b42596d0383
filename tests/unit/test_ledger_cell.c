/* test_ledger_cell.c - what one cell says, and how it is remembered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/ledger_cell.h"

struct desk {
    struct ledger_sheet sheet;
    struct arena arena;
    struct problem problem;
    struct ledger_cell cell;
};

static int setup(void **state)
{
    static struct desk desk;
    static const char *const names[] = {"项目编号", "项目名称", "签约时间", "总投资(亿元)", "固投"};
    struct bytes cells[ARRAY_LENGTH(names)];
    struct csv_row header = {.cells = cells, .count = ARRAY_LENGTH(names)};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        cells[i] = bytes_of_text(names[i]);
    ledger_sheet_init(&desk.sheet);
    arena_init(&desk.arena, 1 << 20);
    assert_int_equal(ledger_sheet_on_row(&desk.sheet, &header), SHEET_HEADER);
    for (size_t i = 0; i < LEDGER_COLUMNS; i++) /* one cell is every column's */
        desk.sheet.place[i] = 0;
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    arena_release(&desk->arena);
    return 0;
}

static enum err read(struct desk *desk, enum ledger_column column, const char *text)
{
    struct bytes cell = bytes_of_text(text);
    struct csv_row row = {.cells = &cell, .count = 1};
    return ledger_cell_read(&desk->sheet, &row, column, &desk->arena, &desk->cell, &desk->problem);
}

static void null_shapes_say_nothing_and_masks_hold_back(void **state)
{
    static const char *const nulls[] = {"", "  ", "-", "--", "—", "无", "null", "\xe3\x80\x80"};
    static const char *const masks[] = {"X", "**", "×××", "待定", "？"};
    static const enum ledger_column columns[] = {COLUMN_NAME, COLUMN_STARTED, COLUMN_TOTAL,
                                                 COLUMN_ORIGIN, COLUMN_DOCUMENT};
    struct desk *desk = *state;
    for (size_t column = 0; column < ARRAY_LENGTH(columns); column++) {
        for (size_t i = 0; i < ARRAY_LENGTH(nulls); i++) {
            assert_int_equal(read(desk, columns[column], nulls[i]), OK);
            assert_int_equal(desk->cell.state, CELL_EMPTY);
        }
        for (size_t i = 0; i < ARRAY_LENGTH(masks); i++) {
            if (columns[column] == COLUMN_TOTAL && i == 4)
                continue; /* amounts know their own masks */
            assert_int_equal(read(desk, columns[column], masks[i]), OK);
            assert_int_equal(desk->cell.state, CELL_MASKED);
        }
    }
    assert_int_equal(read(desk, COLUMN_NAME, "X光机项目"), OK);
    assert_int_equal(desk->cell.state, CELL_GIVEN);
    assert_int_equal(read(desk, COLUMN_CREDIT_CODE, "9133****X"), OK);
    assert_int_equal(desk->cell.state, CELL_MASKED);
    assert_int_equal(read(desk, COLUMN_STARTED, "1970-01-01"), OK);
    assert_int_equal(desk->cell.state, CELL_EMPTY);
}

static void an_amount_has_its_value_in_yuan_and_its_words_with_the_unit(void **state)
{
    struct desk *desk = *state;
    char text[64];
    assert_int_equal(read(desk, COLUMN_TOTAL, "21.2466"), OK);
    assert_int_equal(desk->cell.money.value, 2124660000);
    assert_string_equal(bytes_to_text(desk->cell.money.text, text, sizeof(text)), "21.2466亿元");
    assert_int_equal(read(desk, COLUMN_TOTAL, "3000万"), OK);
    assert_int_equal(desk->cell.money.value, 30000000);
    assert_string_equal(bytes_to_text(desk->cell.money.text, text, sizeof(text)), "3000万");
    assert_int_equal(read(desk, COLUMN_TOTAL, "X"), OK);
    assert_false(desk->cell.money.has_value);
    assert_string_equal(bytes_to_text(desk->cell.money.text, text, sizeof(text)), "X亿元");
    assert_int_equal(read(desk, COLUMN_FIXED, "3000"), ERR_MALFORMED);
    assert_string_equal(desk->problem.text, "列“固投”: “3000” 没有单位");
    assert_int_equal(read(desk, COLUMN_FIXED, "3000万元"), OK);
}

static void words_are_known_by_their_parts_and_longer_ones_first(void **state)
{
    static const struct {
        enum ledger_column column;
        int32_t word;
        const char *text;
    } cases[] = {
        {COLUMN_DOCUMENT, DOCUMENT_CONTRACT, "正式合同"},
        {COLUMN_DOCUMENT, DOCUMENT_FRAMEWORK, "框架协议"},
        {COLUMN_DOCUMENT, DOCUMENT_FRAMEWORK, "战略合作框架协议"},
        {COLUMN_DOCUMENT, DOCUMENT_INTENT, "投资意向书"},
        {COLUMN_DOCUMENT, DOCUMENT_SUPPLEMENT, "补充合同"},
        {COLUMN_ORIGIN, ORIGIN_OUT_OF_PROVINCE, "省外"},
        {COLUMN_ORIGIN, ORIGIN_OUT_OF_CITY_IN_PROVINCE, "市外省内"},
        {COLUMN_ORIGIN, ORIGIN_INTER_COUNTY, "市内县际"},
        {COLUMN_ORIGIN, ORIGIN_OVERSEAS, "境外资金"},
        {COLUMN_ORIGIN, ORIGIN_OUT_OF_CITY, "市外"},
        {COLUMN_LEADER_LEVEL, LEADER_LEVEL_COUNTY_PRINCIPAL, "党政主要负责同志"},
        {COLUMN_LEADER_LEVEL, LEADER_LEVEL_CITY_PRINCIPAL, "市党政主要负责同志"},
        {COLUMN_LEADER_LEVEL, LEADER_LEVEL_COUNTY_PRINCIPAL, "党政主职"},
        {COLUMN_LEADER_LEVEL, LEADER_LEVEL_BUREAU_HEAD, "分局局长"},
        {COLUMN_LEADER_LEVEL, LEADER_LEVEL_OTHER, "热心市民"},
    };
    struct desk *desk = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(read(desk, cases[i].column, cases[i].text), OK);
        assert_int_equal(desk->cell.word, cases[i].word);
    }
    assert_int_equal(read(desk, COLUMN_DOCUMENT, "口头"), ERR_MALFORMED);
    assert_int_equal(read(desk, COLUMN_ORIGIN, "火星"), ERR_MALFORMED);
    assert_int_equal(obstacle_of_text(bytes_of_text("土地指标不足")), OBSTACLE_LAND_QUOTA);
    assert_int_equal(obstacle_of_text(bytes_of_text("土地未交付")), OBSTACLE_LAND);
    assert_int_equal(obstacle_of_text(bytes_of_text("能耗指标未落实")), OBSTACLE_ENERGY_QUOTA);
    assert_int_equal(obstacle_of_text(bytes_of_text("环评未批复")), OBSTACLE_ENVIRONMENT);
    assert_int_equal(obstacle_of_text(bytes_of_text("供电未到位")), OBSTACLE_POWER);
    assert_int_equal(obstacle_of_text(bytes_of_text("融资困难")), OBSTACLE_FINANCING);
    assert_int_equal(obstacle_of_text(bytes_of_text("天气不好")), OBSTACLE_OTHER);
}

static void a_code_and_a_credit_code_have_their_form(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(read(desk, COLUMN_CODE, "341502-0001"), OK);
    assert_int_equal(read(desk, COLUMN_CODE, "第一号"), OK);
    assert_int_equal(read(desk, COLUMN_CODE, "a b"), ERR_MALFORMED);
    assert_int_equal(read(desk, COLUMN_CODE, "a/b"), ERR_MALFORMED);
    assert_int_equal(read(desk, COLUMN_CREDIT_CODE, "914201063JJQQN1NTW"), OK);
    assert_int_equal(read(desk, COLUMN_CREDIT_CODE, "914201063jjqqn1ntw"), ERR_MALFORMED);
    assert_int_equal(read(desk, COLUMN_CREDIT_CODE, "91420106"), ERR_MALFORMED);
    assert_string_equal(desk->problem.text,
                        "列“统一社会信用代码”: “91420106” 不是18位统一社会信用代码");
}

static void a_complaint_is_one_line_whatever_the_cell_holds(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(read(desk, COLUMN_SIGNED, "2022\n1"), ERR_MALFORMED);
    assert_string_equal(desk->problem.text, "列“签约时间”: “2022 1” 不是日期");
}

static void equal_cells_are_remembered_alike_and_come_back(void **state)
{
    static const struct {
        enum ledger_column column;
        const char *text, *form;
    } cases[] = {
        {COLUMN_TOTAL, "2.50", "CNY 250000000"},
        {COLUMN_TOTAL, "25000万元", "CNY 250000000"},
        {COLUMN_TOTAL, "**", "**亿元"},
        {COLUMN_SIGNED, "2022-01-20", "2022-01-20"},
        {COLUMN_DOCUMENT, "合同", "3"},
        {COLUMN_DOCUMENT, "正式合同", "3"},
        {COLUMN_NAME, " 甲 ", "甲"},
    };
    struct desk *desk = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct ledger_cell again;
        assert_int_equal(read(desk, cases[i].column, cases[i].text), OK);
        struct bytes form = ledger_cell_canonical(cases[i].column, &desk->cell, &desk->arena);
        assert_true(bytes_equal_text(form, cases[i].form));
        assert_int_equal(ledger_cell_restore(cases[i].column, form, desk->cell.text, &again), OK);
        assert_int_equal(again.state, desk->cell.state);
        assert_int_equal(again.day, desk->cell.day);
        assert_int_equal(again.word, desk->cell.word);
        assert_int_equal(again.money.value, desk->cell.money.value);
        assert_true(bytes_equal(again.text, desk->cell.text));
    }
    assert_int_equal(
        ledger_cell_restore(COLUMN_SIGNED, bytes_of_text("x"), BYTES_NONE, &desk->cell),
        ERR_MALFORMED);
}

static void a_cell_that_lists_several_is_taken_apart(void **state)
{
    struct desk *desk = *state;
    struct texts list;
    CLEANUP(buffer_release) struct buffer many = {0};
    assert_int_equal(ledger_cell_list(bytes_of_text("甲；乙、 丙,\n丁;"), &desk->arena, &list), OK);
    assert_int_equal(list.count, 4);
    assert_true(bytes_equal_text(list.items[0], "甲"));
    assert_true(bytes_equal_text(list.items[2], "丙"));
    for (int i = 0; i <= LIST_ITEMS; i++)
        buffer_add_text(&many, "甲、");
    assert_int_equal(ledger_cell_list(buffer_bytes(&many), &desk->arena, &list), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_shapes_say_nothing_and_masks_hold_back),
        cmocka_unit_test(an_amount_has_its_value_in_yuan_and_its_words_with_the_unit),
        cmocka_unit_test(words_are_known_by_their_parts_and_longer_ones_first),
        cmocka_unit_test(a_code_and_a_credit_code_have_their_form),
        cmocka_unit_test(a_complaint_is_one_line_whatever_the_cell_holds),
        cmocka_unit_test(equal_cells_are_remembered_alike_and_come_back),
        cmocka_unit_test(a_cell_that_lists_several_is_taken_apart),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
