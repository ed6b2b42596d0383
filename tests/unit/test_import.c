/* test_import.c - what is said when a ledger comes again with other cells. */
#include "import_tally.h"

#define HEADER                                                                                                              \
    "序号,项目编号,项目名称,协议类型,总投资(亿元),签约时间,开工时间,累计到位资金(万元)," \
    "资金来源,到位截止时间,存在问题\n"
#define ROW_1 "1,P-1,第一项目,正式合同,2.5,2022-01-20,2022-03-01,,省外,,\n"
#define ROW_2 "2,P-2,第二项目,正式合同,1,2022-02-20,,,省外,,\n"

static void a_changed_cell_is_a_correction_that_says_who_and_where(void **state)
{
    struct outbox *outbox = *state;
    assert_int_equal(import_text(outbox, HEADER ROW_1 ROW_2), 0);
    assert_says(&outbox->out, "台账.csv: 2行 新增 7条 更正 0条 未变 0行 退回 0行");
    assert_int_equal(import_text(outbox, HEADER ROW_2
                                 "1,P-1,第一项目,正式合同,2.5,2022-01-21,2022-03-01,,省外,,\n"),
                     0);
    assert_says(&outbox->out, "2行 新增 0条 更正 1条 未变 1行 退回 0行");
    struct tally tally = tally_of(outbox);
    assert_string_equal(tally.corrections, "2022-01-21 台账更新 台账.csv:3 341502;");
    assert_int_equal(tally.milestones[MILESTONE_CONTRACT_SIGNED], 3); /* the earlier one stays */
    assert_int_equal(tally.kinds[EVENT_PROJECT], 2);
}

static void a_correction_names_the_earlier_event_and_its_successor(void **state)
{
    struct outbox *outbox = *state;
    struct hash chain;
    struct store_txn *txn = NULL;
    struct arena arena;
    struct problem problem = {0};
    struct event event = {0};
    struct envelope envelopes[9];
    uint64_t first = 0;
    arena_init(&arena, 1 << 20);
    assert_int_equal(import_text(outbox, HEADER ROW_1), 0);
    assert_int_equal(
        import_text(outbox, HEADER "1,P-1,第一项目,正式合同,2.5,2022-01-20,2022-04-01,,省外,,\n"),
        0);
    assert_int_equal(store_begin_read(outbox->store, &txn), OK);
    for (uint64_t seq = 1; seq <= 6; seq++) {
        struct bytes bytes;
        assert_int_equal(outbox_event(txn, 1, seq, &bytes, &chain), OK);
        assert_int_equal(wire_envelope_decode(bytes, &envelopes[seq], &problem), OK);
        if (envelopes[seq].kind == EVENT_MILESTONE && !first &&
            envelopes[seq].occurred_on == 19052) /* 2022-03-01 */
            first = seq;
    }
    assert_int_not_equal(first, 0);
    assert_int_equal(wire_fact_decode(&envelopes[6], &arena, &event, &problem), OK);
    assert_true(bytes_equal(event.correction.target, envelopes[first].event_id));
    assert_true(bytes_equal(event.correction.successor, envelopes[5].event_id));
    assert_int_equal(event.correction.action, CORRECTION_ACTION_CORRECTED);
    store_txn_abort(txn);
    arena_release(&arena);
}

static void a_cell_changed_back_and_forth_is_corrected_each_time(void **state)
{
    static const char *const days[] = {"2022-01-20", "2022-01-21", "2022-01-20", "2022-01-21",
                                       "2022-01-20"};
    struct outbox *outbox = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(days); i++) {
        char text[512];
        (void)snprintf(text, sizeof(text), HEADER "1,P-1,第一项目,正式合同,2.5,%s,,,省外,,\n",
                       days[i]);
        assert_int_equal(import_text(outbox, text), 0);
        struct tally tally = tally_of(outbox);
        assert_int_equal(tally.kinds[EVENT_CORRECTION], i);
        assert_int_equal(tally.milestones[MILESTONE_CONTRACT_SIGNED], i + 1);
    }
    assert_int_equal(import_text(outbox, HEADER "1,P-1,第一项目,正式合同,2.5,2022-01-20,,,省外,,"),
                     0);
    assert_says(&outbox->out, "更正 0条 未变 1行");
}

static void an_emptied_cell_is_reported_and_takes_nothing_back(void **state)
{
    struct outbox *outbox = *state;
    assert_int_equal(
        import_text(outbox, HEADER
                    "1,P-1,第一项目,正式合同,2.5,2022-01-20,2022-03-01,900,省外,2022-06-30,缺电\n"),
        0);
    size_t before = tally_of(outbox).count;
    assert_int_equal(
        import_text(outbox, HEADER "1,P-1,第一项目,正式合同,X,2022-01-20,,,省外,,无\n"), 0);
    assert_says(&outbox->out, "新增 0条 更正 0条 未变 1行");
    assert_says(&outbox->out, "台账.csv:2 列“开工时间”: 曾上报“2022-03-01”,现为空");
    assert_says(&outbox->out, "列“总投资(亿元)”: 曾上报“2.5亿元”");
    assert_says(&outbox->out, "列“累计到位资金(万元)”: 曾上报");
    assert_says(&outbox->out, "列“存在问题”: 曾上报“缺电”");
    assert_int_equal(tally_of(outbox).count, before);
    /* What an emptied cell had said still stands when another cell of the same fact changes. */
    assert_int_equal(import_text(outbox, HEADER "1,P-1,新名称,正式合同,,2022-01-20,,,省外,,\n"), 0);
    struct tally tally = tally_of(outbox);
    assert_int_equal(tally.kinds[EVENT_CORRECTION], 1);
    assert_int_equal(tally.total, 2 * 250000000);
}

static void next_months_sum_is_new_and_the_same_months_is_a_correction(void **state)
{
    struct outbox *outbox = *state;
    const char *october = HEADER "1,P-1,甲,正式合同,2,2022-01-20,,900,省外,2022-10-31,\n";
    assert_int_equal(import_text(outbox, october), 0);
    assert_int_equal(
        import_text(outbox, HEADER "1,P-1,甲,正式合同,2,2022-01-20,,1000,省外,2022-11-30,\n"), 0);
    assert_says(&outbox->out, "新增 1条 更正 0条");
    assert_int_equal(
        import_text(outbox, HEADER "1,P-1,甲,正式合同,2,2022-01-20,,1100,省外,2022-11-30,\n"), 0);
    assert_says(&outbox->out, "新增 0条 更正 1条");
    assert_int_equal(import_text(outbox, october), 0); /* October still says the same */
    assert_says(&outbox->out, "更正 0条 未变 1行");
}

static void a_framework_that_becomes_a_contract_later_is_no_correction(void **state)
{
    struct outbox *outbox = *state;
    assert_int_equal(import_text(outbox, HEADER "1,P-1,甲,框架协议,2,2022-01-20,,,省外,,\n"), 0);
    assert_int_equal(import_text(outbox, HEADER "1,P-1,甲,正式合同,2,2022-05-20,,,省外,,\n"), 0);
    struct tally tally = tally_of(outbox);
    assert_int_equal(tally.kinds[EVENT_CORRECTION], 0);
    assert_int_equal(tally.milestones[MILESTONE_FRAMEWORK_SIGNED], 1);
    assert_int_equal(tally.milestones[MILESTONE_CONTRACT_SIGNED], 1);
}

static void another_agreement_of_the_same_day_corrects_agreement_and_milestone(void **state)
{
    struct outbox *outbox = *state;
    assert_int_equal(import_text(outbox, HEADER "1,P-1,甲,框架协议,2,2022-01-20,,,省外,,\n"), 0);
    assert_int_equal(import_text(outbox, HEADER "1,P-1,甲,正式合同,2,2022-01-20,,,省外,,\n"), 0);
    assert_int_equal(tally_of(outbox).kinds[EVENT_CORRECTION], 2);
}

static void a_cell_filled_in_later_corrects_the_fact_it_belongs_to(void **state)
{
    struct outbox *outbox = *state;
    assert_int_equal(import_text(outbox, HEADER "1,P-1,甲,正式合同,,2022-01-20,,,省外,,\n"), 0);
    assert_int_equal(import_text(outbox, HEADER "1,P-1,甲,正式合同,2,2022-01-20,,,省外,,\n"), 0);
    struct tally tally = tally_of(outbox);
    assert_int_equal(tally.kinds[EVENT_CORRECTION], 1);
    assert_int_equal(tally.total, 200000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IMPORT_TEST(a_changed_cell_is_a_correction_that_says_who_and_where),
        IMPORT_TEST(a_correction_names_the_earlier_event_and_its_successor),
        IMPORT_TEST(a_cell_changed_back_and_forth_is_corrected_each_time),
        IMPORT_TEST(an_emptied_cell_is_reported_and_takes_nothing_back),
        IMPORT_TEST(next_months_sum_is_new_and_the_same_months_is_a_correction),
        IMPORT_TEST(a_framework_that_becomes_a_contract_later_is_no_correction),
        IMPORT_TEST(another_agreement_of_the_same_day_corrects_agreement_and_milestone),
        IMPORT_TEST(a_cell_filled_in_later_corrects_the_fact_it_belongs_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
