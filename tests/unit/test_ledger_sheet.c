/* test_ledger_sheet.c - a ledger is known by its header, however the locality writes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/ledger_sheet.h"

static enum sheet_verdict on_row(struct ledger_sheet *sheet, const char *text)
{
    static struct csv csv;
    struct arena arena;
    struct csv_row row;
    struct problem problem;
    arena_init(&arena, CSV_ARENA_SIZE_MIN);
    csv_init(&csv, bytes_of_text(text));
    assert_int_equal(csv_next(&csv, &arena, &row, &problem), OK);
    enum sheet_verdict verdict = ledger_sheet_on_row(sheet, &row);
    arena_release(&arena);
    return verdict;
}

static void the_kind_is_known_by_the_header_in_any_order(void **state)
{
    struct ledger_sheet sheet;
    (void)state;
    ledger_sheet_init(&sheet);
    assert_int_equal(on_row(&sheet, "签约时间,项目名称,备注,项目编号"), SHEET_HEADER);
    assert_int_equal(sheet.kind, LEDGER_PROJECTS);
    assert_int_equal(sheet.place[COLUMN_SIGNED], 0);
    assert_int_equal(sheet.place[COLUMN_CODE], 3);
    assert_int_equal(sheet.place[COLUMN_STARTED], -1);
    assert_string_equal(sheet.unknown, "“备注”");
    ledger_sheet_init(&sheet);
    assert_int_equal(on_row(&sheet, "目的地,单位,出发时间"), SHEET_HEADER);
    assert_int_equal(sheet.kind, LEDGER_TRIPS);
    assert_string_equal(sheet.unknown, "");
}

static void brackets_of_either_width_name_the_unit(void **state)
{
    static const struct {
        const char *header;
        enum money_unit unit;
    } cases[] = {
        {"总投资(亿元)", MONEY_YI_YUAN},       {"总投资（万元）", MONEY_WAN_YUAN},
        {"计划总投资[亿元]", MONEY_YI_YUAN},   {"* 总 投 资 额【万元】", MONEY_WAN_YUAN},
        {"\"总投资\n(亿元)\"", MONEY_YI_YUAN}, {"总投资(万美元)", MONEY_WAN_USD},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct ledger_sheet sheet;
        CLEANUP(buffer_release) struct buffer header = {0};
        ledger_sheet_init(&sheet);
        buffer_add_format(&header, "项目编号,项目名称,签约日期,%s", cases[i].header);
        buffer_add(&header, bytes_of("", 1));
        assert_int_equal(on_row(&sheet, (const char *)header.data), SHEET_HEADER);
        assert_int_equal(sheet.place[COLUMN_TOTAL], 3);
        assert_true(sheet.has_unit[COLUMN_TOTAL]);
        assert_int_equal(sheet.unit[COLUMN_TOTAL], cases[i].unit);
    }
}

static void a_second_column_of_the_same_name_is_not_taken_and_named(void **state)
{
    struct ledger_sheet sheet;
    (void)state;
    ledger_sheet_init(&sheet);
    assert_int_equal(on_row(&sheet, "项目编号,项目名称,签约时间,总投资(亿元),总投资(万元)"),
                     SHEET_HEADER);
    assert_int_equal(sheet.unit[COLUMN_TOTAL], MONEY_YI_YUAN);
    assert_string_equal(sheet.unknown, "“总投资(万元)”");
}

static void a_unit_above_the_header_counts_for_columns_without_one(void **state)
{
    struct ledger_sheet sheet;
    (void)state;
    ledger_sheet_init(&sheet);
    assert_int_equal(on_row(&sheet, "招商引资项目台账,,,"), SHEET_TITLE);
    assert_int_equal(on_row(&sheet, "填报单位:金安区,,,单位:亿元"), SHEET_TITLE);
    assert_int_equal(on_row(&sheet, "项目编号,项目名称,签约时间,总投资,固投(万元)"), SHEET_HEADER);
    assert_int_equal(sheet.unit[COLUMN_TOTAL], MONEY_YI_YUAN);
    assert_int_equal(sheet.unit[COLUMN_FIXED], MONEY_WAN_YUAN);
}

static void titles_totals_and_blank_rows_are_no_data(void **state)
{
    static const struct {
        const char *row;
        enum sheet_verdict verdict;
    } cases[] = {
        {"1,P-1,甲,2022-01-01,2", SHEET_DATA},
        {",,,,", SHEET_BLANK},
        {" ,\xe3\x80\x80,", SHEET_BLANK},
        {"合计,,,,5", SHEET_TOTAL},
        {",合 计,,,5", SHEET_TOTAL},
        {"9,,小计:,,5", SHEET_TOTAL},
        {"总计46个,,,,5", SHEET_TOTAL},
        {"一、工业项目,,,,", SHEET_TITLE},
        {"47,,,,", SHEET_TITLE},
        {"序号,项目编号,项目名称,签约时间,总投资", SHEET_TITLE},
        {"2,P-2,合计大厦,2022-01-01,2", SHEET_DATA},
        {",P-3,,,", SHEET_DATA},
    };
    struct ledger_sheet sheet;
    (void)state;
    ledger_sheet_init(&sheet);
    assert_int_equal(on_row(&sheet, "序号,项目编号,项目名称,签约时间,总投资"), SHEET_HEADER);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_int_equal(on_row(&sheet, cases[i].row), cases[i].verdict);
}

static void a_file_without_a_header_is_told_what_a_header_needs(void **state)
{
    struct ledger_sheet sheet;
    struct problem problem = {0};
    (void)state;
    ledger_sheet_init(&sheet);
    for (int i = 1; i < SHEET_HEADER_ROWS_MAX; i++)
        assert_int_equal(on_row(&sheet, "a,b"), SHEET_TITLE);
    assert_int_equal(on_row(&sheet, "a,b"), SHEET_NO_LEDGER);
    ledger_sheet_explain(&sheet, &problem);
    assert_non_null(strstr(problem.text, "前10行里没有台账的表头"));
    assert_non_null(strstr(problem.remedy, "“项目名称”、“签约时间”"));
    ledger_sheet_init(&sheet);
    assert_int_equal(on_row(&sheet, "项目名称,投资方"), SHEET_TITLE);
    assert_int_equal(on_row(&sheet, "甲,乙"), SHEET_TITLE);
    ledger_sheet_explain(&sheet, &problem);
    assert_non_null(strstr(problem.text, "表头缺少列“项目编号”、“签约时间”"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kind_is_known_by_the_header_in_any_order),
        cmocka_unit_test(brackets_of_either_width_name_the_unit),
        cmocka_unit_test(a_second_column_of_the_same_name_is_not_taken_and_named),
        cmocka_unit_test(a_unit_above_the_header_counts_for_columns_without_one),
        cmocka_unit_test(titles_totals_and_blank_rows_are_no_data),
        cmocka_unit_test(a_file_without_a_header_is_told_what_a_header_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
