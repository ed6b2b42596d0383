/* test_import_rows.c - rows against each other and against the import before. */
#include "import_tally.h"

#define HEADER                                                                                                              \
    "序号,项目编号,项目名称,协议类型,总投资(亿元),签约时间,开工时间,累计到位资金(万元)," \
    "资金来源,到位截止时间,存在问题\n"
#define ROW_1 "1,P-1,第一项目,正式合同,2.5,2022-01-20,2022-03-01,,省外,,\n"
#define ROW_2 "2,P-2,第二项目,正式合同,1,2022-02-20,,,省外,,\n"

#define TRIPS "序号,出发时间,返回时间,目的地,拜访企业\n"

static void a_vanished_row_is_reported_and_another_ledger_makes_none_vanish(void **state)
{
    struct outbox *outbox = *state;
    assert_int_equal(import_text(outbox, HEADER ROW_1 ROW_2), 0);
    size_t before = tally_of(outbox).count;
    const char *other = HEADER "1,Q-1,别的项目,正式合同,2.5,2022-01-20,,,省外,,\n";
    assert_int_equal(import_as(outbox, "别的.csv", other), 0);
    assert_null(strstr((char *)outbox->out.data, "不在表中"));
    size_t after = tally_of(outbox).count;
    assert_true(after > before);
    assert_int_equal(import_as(outbox, "十月.csv", HEADER ROW_2), 0);
    assert_says(&outbox->out, "“P-1 第一项目” 曾由 台账.csv 上报,现不在表中");
    assert_null(strstr((char *)outbox->out.data, "Q-1"));
    assert_int_equal(tally_of(outbox).count, after);
}

static void equal_trips_count_each_and_in_another_order_add_nothing(void **state)
{
    struct outbox *outbox = *state;
    assert_int_equal(import_text(outbox, TRIPS "1,2022-01-01,2022-01-02,上海市,甲\n"
                                               "2,2022-03-01,2022-03-02,上海市,甲\n"
                                               "3,2022-01-01,2022-01-02,上海市,甲\n"),
                     0);
    assert_int_equal(tally_of(outbox).kinds[EVENT_CONTACT], 3);
    assert_int_equal(import_text(outbox, TRIPS "1,2022-01-01,2022-01-02,上海市,甲\n"
                                               "2,2022-01-01,2022-01-02,上海市,甲\n"
                                               "3,2022-03-01,2022-03-02,上海市,甲\n"),
                     0);
    assert_says(&outbox->out, "3行 新增 0条 更正 0条 未变 3行");
    assert_int_equal(import_text(outbox, TRIPS "1,2022-01-01,2022-01-02,上海市,甲\n"
                                               "3,2022-03-01,2022-03-02,上海市,甲\n"),
                     0);
    assert_says(&outbox->out, "“2022-01-01 上海市” 曾由 台账.csv 上报,现不在表中");
    assert_int_equal(import_text(outbox, TRIPS "1,2022-01-05,2022-01-02,上海市,甲\n"), 1);
    assert_says(&outbox->error, "列“返回时间”: “2022-01-02” 早于出发时间");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IMPORT_TEST(a_vanished_row_is_reported_and_another_ledger_makes_none_vanish),
        IMPORT_TEST(equal_trips_count_each_and_in_another_order_add_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
