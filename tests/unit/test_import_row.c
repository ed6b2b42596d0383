/* test_import_row.c - each complaint about a row names its place, its column and the remedy. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        IMPORT_TEST(each_bad_row_is_named_with_its_column_and_remedy_and_the_good_go_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
