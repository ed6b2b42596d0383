/* test_import_row.c - each complaint about a row names its place, its column and the remedy. */
#include "agent/import_report.h"
#include "import_tally.h"

#define HEADER                                                                                                              \
    "序号,项目编号,项目名称,协议类型,总投资(亿元),签约时间,开工时间,累计到位资金(万元)," \
    "资金来源,到位截止时间,存在问题\n"
#define ROW_1 "1,P-1,第一项目,正式合同,2.5,2022-01-20,2022-03-01,,省外,,\n"
#define ROW_2 "2,P-2,第二项目,正式合同,1,2022-02-20,,,省外,,\n"

static void each_bad_row_is_named_with_its_column_and_remedy_and_the_good_go_in(void **state)
{
    static const struct {
        const char *row, *says;
    } cases[] = {
        {"1,B,乙,正式合同,1,2022-13-01,,,,,",
         "列“签约时间”: “2022-13-01” 不是日期;请改为 YYYY-MM-DD"},
        {"1,B,乙,正式合同,很多,2022-01-01,,,,,", "列“总投资(亿元)”: “很多”"},
        {"1,B,乙,口头,1,2022-01-01,,,,,", "列“协议类型”: “口头” 不认识;请改为 正式合同"},
        {"1,B,乙,正式合同,1,2022-01-01,,,火星,,", "列“资金来源”: “火星” 不认识;请改为 省外"},
        {"1,B,乙,正式合同,1,2022-01-01,,900,省外,,", "列“到位截止时间”: 没有到位截止时间;"},
        {"1,B,乙,正式合同,1,2022-01-01,,900,,2022-06-30,", "列“资金来源”: 没有资金来源;"},
        {"1,B,乙,正式合同,1,,,,,,", "列“签约时间”: 没有签约时间,也没有其他日期;请填写"},
        {"1,B,,正式合同,1,2022-01-01,,,,,", "列“项目名称”: 没有项目名称;请填写"},
        {"1,,乙,正式合同,1,2022-01-01,,,,,", "列“项目编号”: 没有项目编号"},
        {"1,B C,乙,正式合同,1,2022-01-01,,,,,", "列“项目编号”: “B C” 不能作项目编号"},
        {"1,B,乙,正式合同,1,234,2022-01-01,,,,,", "列“签约时间”: “234” 不是日期"},
        {"1,B,乙,正式合同,1,2022-01-01,,,,,缺电,缺水", "多出第12格,表头只有11列;含逗号"},
        {"1,P-1,甲,正式合同,1,2022-01-01,,,,,", "与第2行是同一个项目“P-1”;请合并"},
        {"1,B,乙,正式合同,1,1899-01-01,,,,,", "“1899-01-01” 不是日期"},
        {"1,B,乙,正式合同,1,1948-01-01,,,,,", "“1948-01-01” 早于1949-10-01"},
    };
    struct outbox *outbox = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct buffer file = {0};
        buffer_add_format(&file, "%s%s%s\n%s", HEADER, ROW_1, cases[i].row, ROW_2);
        buffer_add(&file, bytes_of("", 1));
        assert_int_equal(import_text(outbox, (char *)file.data), 1);
        assert_says(&outbox->error, "台账.csv:3 ");
        assert_null(strstr((char *)outbox->error.data, "/tmp"));
        assert_says(&outbox->error, cases[i].says);
        assert_says(&outbox->out, i == 0 ? "3行 新增 7条 更正 0条 未变 0行 退回 1行"
                                         : "3行 新增 0条 更正 0条 未变 2行 退回 1行");
        buffer_release(&file);
    }
    assert_int_equal(tally_of(outbox).count, 7);
}

static size_t lines_of(const struct buffer *text)
{
    size_t count = 0;
    for (size_t i = 0; i < text->size; i++)
        count += text->data[i] == '\n';
    return count;
}

static void every_bad_cell_of_a_row_is_named_and_none_of_the_row_goes_in(void **state)
{
    static const char *const all[] = {
        "台账.csv:3 列“协议类型”: “口头” 不认识;请改为 正式合同",
        "台账.csv:3 列“总投资(亿元)”: “很多”",
        "台账.csv:3 列“签约时间”: “2022-13-01” 不是日期;请改为 YYYY-MM-DD",
        "台账.csv:3 列“开工时间”: “春天” 不是日期;请改为 YYYY-MM-DD",
        "台账.csv:3 列“项目名称”: 没有项目名称;请填写",
        "台账.csv:3 列“到位截止时间”: 没有到位截止时间;",
        "台账.csv:3 列“资金来源”: 没有资金来源;",
    };
    struct outbox *outbox = *state;
    const char *file = HEADER ROW_1 "2,B,,口头,很多,2022-13-01,春天,900,,,\n" ROW_2;
    assert_int_equal(import_text(outbox, file), 1);
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
        assert_says(&outbox->error, all[i]);
    assert_int_equal(lines_of(&outbox->error), ARRAY_LENGTH(all));
    assert_says(&outbox->out, "3行 新增 7条 更正 0条 未变 0行 退回 1行");
    assert_int_equal(tally_of(outbox).count, 7);
}

static void a_bad_cell_is_not_called_missing_too(void **state)
{
    static const char *const rows[] = {
        "1,B,乙,正式合同,1,很早,,,,,",
        "1,B C,乙,正式合同,1,2022-01-01,,,,,",
        "1,B,乙,正式合同,1,2022-01-01,,900,火星,2022-06-30,",
        "1,B,乙,正式合同,1,2022-01-01,,900,省外,夏天,",
        "1,B,乙,正式合同,1,1948-01-01,,,,,",
    };
    struct outbox *outbox = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct buffer file = {0};
        buffer_add_format(&file, "%s%s\n", HEADER, rows[i]);
        buffer_add(&file, bytes_of("", 1));
        assert_int_equal(import_text(outbox, (char *)file.data), 1);
        if (lines_of(&outbox->error) != 1)
            fail_msg("%s: %s", rows[i], (char *)outbox->error.data);
        buffer_release(&file);
    }
}

#define WIDE_HEADER                                                                                                              \
    "项目编号,项目名称,统一社会信用代码,协议类型,总投资(亿元),固定资产投资(亿元),签约时间," \
    "开工时间,"                                                                                                              \
    "竣工时间,投产时间,终止时间,累计到位资金(万元),资金来源,到位截止时间\n"

static void beyond_the_limit_a_rows_bad_cells_are_counted(void **state)
{
    struct outbox *outbox = *state;
    const char *bad = "B C,乙,坏码,口头,很多,不少,一,二,三,四,五,六,火星,七\n";
    struct buffer file = {0};
    buffer_add_format(&file, "%s%s", WIDE_HEADER, bad);
    buffer_add(&file, bytes_of("", 1));
    assert_int_equal(import_text(outbox, (char *)file.data), 1);
    assert_int_equal(lines_of(&outbox->error), IMPORT_COMPLAINTS_MAX + 1);
    assert_says(&outbox->error, "台账.csv:2 另有 5处有误,每行最多列出 8处;请核对整行");
    buffer_release(&file);
}

static void refused_rows_beyond_the_lines_that_are_shown_are_counted(void **state)
{
    struct outbox *outbox = *state;
    struct buffer file = {0};
    buffer_add_text(&file, HEADER);
    for (int i = 0; i < IMPORT_REFUSALS_SHOWN_MAX; i++)
        buffer_add_format(&file, "1,B%d,乙,口头,很多,2022-01-01,,,,,\n", i);
    buffer_add(&file, bytes_of("", 1));
    assert_int_equal(import_text(outbox, (char *)file.data), 1);
    assert_int_equal(lines_of(&outbox->error), IMPORT_REFUSALS_SHOWN_MAX + 1);
    assert_says(&outbox->error, "另有 1000行退回 (more rows refused)");
    buffer_release(&file);
}

static void the_same_complaint_of_two_facts_is_made_once(void **state)
{
    struct import_complaints complaints = {.count = 0};
    struct problem first = {.text = "one"}, second = {.text = "two"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        import_complain(&complaints, &first);
        import_complain(&complaints, &second);
    }
    assert_int_equal(complaints.count, 2);
}

static void an_emptied_cell_beside_a_bad_one_is_no_complaint(void **state)
{
    struct outbox *outbox = *state;
    const char *before = HEADER "1,B,乙,正式合同,1,2022-01-01,,900,省外,2022-06-30,\n";
    assert_int_equal(import_text(outbox, before), 0);
    assert_int_equal(import_text(outbox, HEADER "1,B,乙,口头,1,2022-01-01,,900,,2022-06-30,\n"), 1);
    assert_int_equal(lines_of(&outbox->error), 1);
    assert_null(strstr((char *)outbox->out.data, "现为空"));
    assert_null(strstr((char *)outbox->out.data, "不在表中"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IMPORT_TEST(each_bad_row_is_named_with_its_column_and_remedy_and_the_good_go_in),
        IMPORT_TEST(every_bad_cell_of_a_row_is_named_and_none_of_the_row_goes_in),
        IMPORT_TEST(a_bad_cell_is_not_called_missing_too),
        IMPORT_TEST(beyond_the_limit_a_rows_bad_cells_are_counted),
        IMPORT_TEST(refused_rows_beyond_the_lines_that_are_shown_are_counted),
        IMPORT_TEST(the_same_complaint_of_two_facts_is_made_once),
        IMPORT_TEST(an_emptied_cell_beside_a_bad_one_is_no_complaint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
