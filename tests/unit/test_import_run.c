/* test_import_run.c - whole ledgers into a real outbox: the figures of the published bulletins. */
#include "import_tally.h"

#include <jansson.h>

#define HEADER                                                                                                              \
    "序号,项目编号,项目名称,协议类型,总投资(亿元),签约时间,开工时间,累计到位资金(万元)," \
    "资金来源,到位截止时间,存在问题\n"
#define ROW_1 "1,P-1,第一项目,正式合同,2.5,2022-01-20,2022-03-01,,省外,,\n"
#define ROW_2 "2,P-2,第二项目,正式合同,1,2022-02-20,,,省外,,\n"

static struct buffer load(const char *folder, const char *name)
{
    struct buffer content = {0};
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s/%s", TEST_DATA, folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t size = 1; size > 0; content.size -= 65536 - size)
        size = fread(buffer_extend(&content, 65536), 1, 65536, file);
    assert_int_equal(fclose(file), 0);
    return content;
}

static int import_file(struct outbox *outbox, const char *unit, const char *folder,
                       const char *name)
{
    CLEANUP(buffer_release) struct buffer file = load(folder, name);
    struct import_options options = {.file_name = name, .clock_ms = 1700000000000};
    return import(outbox, unit, &options, buffer_bytes(&file));
}

static json_t *truth_of(const char *folder)
{
    CLEANUP(buffer_release) struct buffer text = load(folder, "truth.json");
    json_t *truth = json_loadb((const char *)text.data, text.size, 0, NULL);
    assert_non_null(truth);
    return truth;
}

static int64_t number_at(json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void luan_has_the_figures_of_its_bulletin_and_again_nothing_new(void **state)
{
    struct outbox *outbox = *state;
    json_t *truth = truth_of("luan-2022q3"), *unit;
    struct tally before = {0}, all = {0};
    size_t i;
    for (int round = 1; round <= 2; round++) {
        json_array_foreach(json_object_get(truth, "units"), i, unit)
        {
            char name[64];
            const char *code = json_string_value(json_object_get(unit, "code"));
            (void)snprintf(name, sizeof(name), "%s.csv", code);
            assert_int_equal(import_file(outbox, code, "luan-2022q3", name), 0);
            (void)snprintf(name, sizeof(name), "%s-trips.csv", code);
            assert_int_equal(import_file(outbox, code, "luan-2022q3", name), 0);
            assert_string_equal(outbox->error.data, "");
            assert_null(strstr((char *)outbox->out.data, "提示"));
            all = tally_of(outbox);
            if (round == 2)
                continue;
            assert_int_equal(all.milestones[MILESTONE_CONTRACT_SIGNED] -
                                 before.milestones[MILESTONE_CONTRACT_SIGNED],
                             number_at(unit, "signed"));
            assert_int_equal(all.milestones[MILESTONE_STARTED] -
                                 before.milestones[MILESTONE_STARTED],
                             number_at(unit, "started"));
            assert_int_equal(all.kinds[EVENT_CONTACT] - before.kinds[EVENT_CONTACT],
                             number_at(unit, "trips"));
            before = all;
        }
    }
    json_t *published = json_object_get(truth, "published");
    assert_int_equal(all.milestones[MILESTONE_CONTRACT_SIGNED], number_at(published, "signed"));
    assert_int_equal(all.milestones[MILESTONE_CONTRACT_SIGNED], 344);
    assert_int_equal(all.milestones[MILESTONE_STARTED], 285);
    assert_int_equal(all.kinds[EVENT_CONTACT], 161);
    assert_int_equal(all.kinds[EVENT_CORRECTION], 0);
    assert_memory_equal(all.kinds, before.kinds, sizeof(all.kinds));
    json_decref(truth);
}

static void panzhihua_has_received_what_its_bulletin_says(void **state)
{
    struct outbox *outbox = *state;
    json_t *truth = truth_of("panzhihua-2006m10");
    json_t *received =
        json_object_get(json_array_get(json_object_get(truth, "units"), 0), "received_wan");
    assert_int_equal(import_file(outbox, "510400", "panzhihua-2006m10", "510400.csv"), 0);
    struct tally tally = tally_of(outbox);
    assert_int_equal(tally.milestones[MILESTONE_CONTRACT_SIGNED], 422);
    assert_int_equal(tally.milestones[MILESTONE_STARTED], 422);
    assert_int_equal(tally.received[ORIGIN_OUT_OF_PROVINCE],
                     number_at(received, "out_of_province") * 10000);
    assert_int_equal(tally.received[ORIGIN_OUT_OF_CITY_IN_PROVINCE],
                     number_at(received, "out_of_city") * 10000);
    assert_int_equal(tally.received[ORIGIN_INTER_COUNTY],
                     number_at(received, "inter_county") * 10000);
    json_t *unit = json_array_get(json_object_get(truth, "units"), 0);
    assert_int_equal(tally.total, number_at(unit, "contract_wan") * 10000);
    assert_int_equal(import_file(outbox, "510400", "panzhihua-2006m10", "510400.csv"), 0);
    assert_says(&outbox->out, "422行 新增 0条 更正 0条 未变 422行 退回 0行");
    json_decref(truth);
}

#define BYTES(literal)                                                                             \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }

static void a_file_that_is_no_ledger_is_refused_with_the_reason(void **state)
{
    static const struct {
        struct bytes file;
        const char *says;
    } cases[] = {
        {BYTES(""), "文件是空的"},
        {BYTES("\xef\xbb\xbf"), "文件是空的"},
        {BYTES(" \r\n"), "文件是空的"},
        {BYTES("a,b,c\n1,2,3\n"), "没有台账的表头"},
        {BYTES("项目编号,项目名称\n1,2\n"), "表头缺少列“签约时间”"},
        {BYTES("出发时间,拜访企业\n1,2\n"), "表头缺少列“目的地”"},
        {BYTES("PK\x03\x04xxxx"), "Excel 工作簿"},
        {BYTES("\xd0\xcf\x11\xe0xxxx"), "Excel 工作簿"},
        {BYTES("\xff\xfe\x0a\x00"), "UTF-16"},
        {BYTES("a,b\nc,\xcf\xee\xc4\xbf\n"), "第2行第3字节(文件第7字节,0xcf)不是 UTF-8"},
        {BYTES("项目编号,项目名称,签约时间\n1,\"2,3\n4,5\n"), "第2行(文件第2行文字): 引号没有结束"},
        {BYTES("项目编号,项目名称,签约时间\n1,\"2\"x,3\n"), "引号之后还有文字"},
    };
    struct outbox *outbox = *state;
    struct import_options options = {.file_name = "x.csv"};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(import(outbox, "341502", &options, cases[i].file), 1);
        assert_says(&outbox->error, "x.csv: ");
        assert_says(&outbox->error, cases[i].says);
        assert_string_equal(outbox->out.data, "");
    }
    assert_int_equal(tally_of(outbox).count, 0);
}

static void a_dry_run_says_the_same_and_writes_nothing(void **state)
{
    struct outbox *outbox = *state;
    struct import_options options = {.file_name = "台账.csv", .is_dry_run = true};
    for (int round = 0; round < 2; round++) {
        assert_int_equal(import(outbox, "341502", &options, bytes_of_text(HEADER ROW_1 ROW_2)), 0);
        assert_says(&outbox->out, "台账.csv: 试算(未写入) 2行 新增 7条 更正 0条");
    }
    assert_int_equal(tally_of(outbox).count, 0);
    assert_int_equal(import_text(outbox, HEADER ROW_1 ROW_2), 0);
    assert_says(&outbox->out, "新增 7条");
}

static void titles_totals_and_blank_rows_are_recognised(void **state)
{
    struct outbox *outbox = *state;
    assert_int_equal(import_text(outbox, "\xef\xbb\xbf招商引资项目台账,,,,\r\n\r\n"
                                         "填报:金安区,,单位:亿元\r\n"
                                         "项目名称,统一社会信用代码,签约时间,总投资,备注\r\n"
                                         "甲,91110108UARWTFECA2,2022-01-01,2.5,\"a,\"\"b\"\"\"\r\n"
                                         ",,,,\r\n"
                                         "小 计,,,2.5,\r\n"
                                         "合计:,,,2.5,\r\n"
                                         "注:含续建\r\n"),
                     0);
    assert_says(&outbox->out, "台账.csv: 1行 新增 2条 更正 0条 未变 0行 退回 0行 跳过 7行");
    assert_says(&outbox->out, "未使用的列: “备注”");
    assert_int_equal(tally_of(outbox).total, 250000000);
    assert_int_equal(tally_of(outbox).milestones[MILESTONE_CONTRACT_SIGNED], 1);
}

static void another_machine_at_another_time_makes_the_same_event_ids(void **state)
{
    struct outbox *outbox = *state;
    void *other = NULL;
    setup(&other);
    for (int i = 0; i < 2; i++) {
        CLEANUP(buffer_release)
        struct buffer file = load("luan-2022q3", i ? "341502.csv" : "341502-trips.csv");
        struct import_options here = {.file_name = "a.csv", .clock_ms = 1700000000000};
        struct import_options there = {.file_name = "b.csv", .clock_ms = 5};
        assert_int_equal(import(outbox, "341502", &here, buffer_bytes(&file)), 0);
        assert_int_equal(import(other, "341502", &there, buffer_bytes(&file)), 0);
    }
    struct tally first = tally_of(outbox), second = tally_of(other);
    assert_true(first.count > 28 + 46);
    assert_true(hash_equal(&first.ids, &second.ids));
    teardown(&other);
}

/* 422 rows are one transaction: what does not fit as a whole leaves nothing behind. */
static void a_full_disk_is_named_and_the_same_file_goes_in_when_there_is_room(void **state)
{
    struct outbox *outbox = *state;
    store_close(outbox->store);
    outbox_open(outbox, 512 << 10);
    assert_int_equal(import_file(outbox, "510400", "panzhihua-2006m10", "510400.csv"), 1);
    assert_says(&outbox->error,
                "磁盘或配额已满,前0行已存入,其余没有 (ERR_FULL);腾出空间后再导入同一文件即可");
    assert_says(&outbox->out, "0行 新增 0条");
    assert_int_equal(tally_of(outbox).count, 0);
    store_close(outbox->store);
    outbox_open(outbox, 64 << 20);
    assert_int_equal(import_file(outbox, "510400", "panzhihua-2006m10", "510400.csv"), 0);
    assert_int_equal(tally_of(outbox).milestones[MILESTONE_CONTRACT_SIGNED], 422);
}

static void a_file_of_many_rows_goes_in_by_parts_and_what_is_left_goes_in_later(void **state)
{
    struct outbox *outbox = *state;
    struct import_options options = {.file_name = "大.csv"};
    CLEANUP(buffer_release) struct buffer file = {0};
    store_close(outbox->store);
    outbox_open(outbox, 6 << 20);
    buffer_add_text(&file, "项目编号,项目名称,签约时间\n");
    for (int i = 1; i <= IMPORT_ROWS_AT_ONCE_MAX; i++)
        buffer_add_format(&file, "P-%d,甲,2022-01-20\n", i);
    assert_int_equal(import(outbox, "341502", &options, buffer_bytes(&file)), 1);
    assert_says(&outbox->error, "000行已存入,其余没有");
    size_t stored = tally_of(outbox).count;
    assert_true(stored > 0 && stored % ((size_t)2 * IMPORT_ROWS_PER_COMMIT) == 0);
    store_close(outbox->store);
    outbox_open(outbox, 64 << 20);
    assert_int_equal(import(outbox, "341502", &options, buffer_bytes(&file)), 0);
    assert_int_equal(tally_of(outbox).count, 2 * IMPORT_ROWS_AT_ONCE_MAX);
}

static void who_answers_for_corrections_is_a_name(void **state)
{
    struct outbox *outbox = *state;
    struct bytes file = bytes_of_text(HEADER ROW_1);
    struct import_options options = {.file_name = "台账.csv", .person = "\xff"};
    assert_int_equal(import(outbox, "341502", &options, file), 1);
    assert_says(&outbox->error, "--by");
    options.person = "王科员";
    assert_int_equal(import(outbox, "341502", &options, file), 0);
    file = bytes_of_text(HEADER "1,P-1,第一项目,正式合同,2.6,2022-01-20,2022-03-01,,省外,,\n");
    assert_int_equal(import(outbox, "341502", &options, file), 0);
    struct tally tally = tally_of(outbox);
    assert_string_equal(tally.corrections, "2022-01-20 台账更新 台账.csv:2 王科员;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IMPORT_TEST(luan_has_the_figures_of_its_bulletin_and_again_nothing_new),
        IMPORT_TEST(panzhihua_has_received_what_its_bulletin_says),
        IMPORT_TEST(a_file_that_is_no_ledger_is_refused_with_the_reason),
        IMPORT_TEST(a_dry_run_says_the_same_and_writes_nothing),
        IMPORT_TEST(titles_totals_and_blank_rows_are_recognised),
        IMPORT_TEST(another_machine_at_another_time_makes_the_same_event_ids),
        IMPORT_TEST(a_full_disk_is_named_and_the_same_file_goes_in_when_there_is_room),
        IMPORT_TEST(a_file_of_many_rows_goes_in_by_parts_and_what_is_left_goes_in_later),
        IMPORT_TEST(who_answers_for_corrections_is_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
