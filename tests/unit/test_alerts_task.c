/* test_alerts_task.c - what is supervised, promised, in the way, and instructed. */
#include "gap_scene.h"

static void submit(struct ledger_scene *scene, const char *unit, const char *kind, const char *day,
                   const char *fact)
{
    ledger_scene_submit(scene, unit, "{'kind':'%s','subject':'341502/1','occurred_on':'%s',%s}",
                        kind, day, fact);
}

static void a_supervised_project_shows_its_newest_step_and_may_not_leave_in_silence(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-01-01");
    submit(&scene, "3415", "LIST", "2022-03-01",
           "'list':{'list':'挂牌督办','level':'市级','action':'JOINED'}");
    submit(&scene, "3415", "LIST", "2022-03-01", "'list':{'list':'重点跟踪','action':'JOINED'}");
    assert_one_row(gap_scene_alerts(&scene, ALERT_SUPERVISED, "2022-03-01"),
                   "2022-03-01 列入“挂牌督办”（市级），尚无督办记录");
    submit(&scene, "3415", "SUPERVISION", "2022-04-01", "'supervision':{'step':'REMINDED'}");
    submit(&scene, "3415", "SUPERVISION", "2022-05-01", "'supervision':{'step':'INTERVIEWED'}");
    assert_one_row(gap_scene_alerts(&scene, ALERT_SUPERVISED, "2022-05-01"),
                   "2022-03-01 列入“挂牌督办”（市级），最近一次约谈在 2022-05-01");
    submit(&scene, "3415", "LIST", "2022-06-01", "'list':{'list':'挂牌督办','action':'LEFT'}");
    struct gap_row row = assert_one_row(gap_scene_alerts(&scene, ALERT_SUPERVISED, "2022-06-02"),
                                        "2022-06-01 移出“挂牌督办”（市级），未说明原因");
    assert_int_equal(row.age_days, 1);
    ledger_scene_close(&scene);
}

static void leaving_a_supervised_list_with_a_reason_takes_the_row_away(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    submit(&scene, "3415", "LIST", "2022-03-01", "'list':{'list':'挂牌督办','action':'JOINED'}");
    submit(&scene, "3415", "LIST", "2022-06-01",
           "'list':{'list':'挂牌督办','action':'LEFT','reason':'已投产'}");
    struct gap_row row = assert_one_row(gap_scene_alerts(&scene, ALERT_SUPERVISED, "2022-05-31"),
                                        "2022-03-01 列入“挂牌督办”，尚无督办记录");
    assert_bytes(row.owner, "金安区");
    assert_int_equal(gap_scene_alerts(&scene, ALERT_SUPERVISED, "2022-06-01").count, 0);
    ledger_scene_close(&scene);
}

static void an_overdue_obstacle_is_a_row_of_its_own_with_its_owner_and_transfers(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    submit(&scene, "341502", "OBSTACLE", "2022-03-01",
           "'obstacle':{'action':'RAISED','obstacle_id':'缺地','obstacle':'LAND',"
           "'owner':'甲局','due':'2022-04-01'}");
    submit(&scene, "341502", "OBSTACLE", "2022-03-02",
           "'obstacle':{'action':'TRANSFERRED','obstacle_id':'缺地','owner':'乙局'}");
    assert_int_equal(gap_scene_alerts(&scene, ALERT_OBSTACLE_OVERDUE, "2022-04-01").count, 0);
    struct gap_row row = assert_one_row(
        gap_scene_alerts(&scene, ALERT_OBSTACLE_OVERDUE, "2022-04-02"),
        "问题“缺地”2022-03-01 提出，应于 2022-04-01 前解决，至今未销号，未提出解决办法");
    assert_bytes(row.owner, "乙局");
    assert_bytes(row.obstacle, "土地");
    assert_int_equal(row.transfers, 1);
    assert_int_equal(row.age_days, 1);
    submit(&scene, "341502", "OBSTACLE", "2022-04-02",
           "'obstacle':{'action':'CLOSED','obstacle_id':'缺地'}");
    assert_int_equal(gap_scene_alerts(&scene, ALERT_OBSTACLE_OVERDUE, "2022-04-02").count, 0);
    ledger_scene_close(&scene);
}

static void an_open_obstacle_without_a_way_out_is_listed_until_somebody_proposes_one(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    submit(&scene, "341502", "OBSTACLE", "2022-03-01",
           "'obstacle':{'action':'RAISED','obstacle_id':'缺电','obstacle':'POWER'}");
    submit(&scene, "341502", "OBSTACLE", "2022-03-01",
           "'obstacle':{'action':'RAISED','obstacle_id':'缺地','obstacle':'LAND'}");
    submit(&scene, "341502", "OBSTACLE", "2022-03-09",
           "'obstacle':{'action':'CLOSED','obstacle_id':'缺地'}");
    struct gap_row row =
        assert_one_row(gap_scene_alerts(&scene, ALERT_OBSTACLE_NO_SOLUTION, "2022-03-11"),
                       "问题“缺电”2022-03-01 提出，至今无人提出解决办法");
    assert_int_equal(row.age_days, 10);
    submit(&scene, "341502", "OBSTACLE", "2022-03-12",
           "'obstacle':{'action':'ANSWERED','obstacle_id':'缺电','solution':'架设专线'}");
    assert_int_equal(gap_scene_alerts(&scene, ALERT_OBSTACLE_NO_SOLUTION, "2022-03-12").count, 0);
    ledger_scene_close(&scene);
}

static void overdue_promises_of_projects_and_of_units_are_both_listed(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_TERMINATED, "2022-01-01");
    submit(&scene, "341502", "COMMITMENT", "2020-01-01",
           "'commitment':{'action':'MADE','commitment_id':'奖补','due':'2022-03-01'}");
    ledger_scene_submit(&scene, "341503",
                        "{'kind':'COMMITMENT','occurred_on':'2020-01-01','commitment':{'action':"
                        "'MADE','commitment_id':'修路','due':'2022-02-01','review':'通过'}}");
    struct gap_list list = gap_scene_alerts(&scene, ALERT_COMMITMENT_OVERDUE, "2022-03-01");
    struct gap_row row = assert_one_row(list, "承诺“修路”应于 2022-02-01 前兑现，至今未兑现");
    assert_true(row.subject == SIZE_MAX);
    assert_bytes(row.owner, "裕安区");
    list = gap_scene_alerts(&scene, ALERT_COMMITMENT_OVERDUE, "2022-03-02");
    assert_int_equal(list.count, 2);
    assert_bytes(list.rows[1].why,
                 "承诺“奖补”应于 2022-03-01 前兑现，至今未兑现，无公平竞争审查结论");
    ledger_scene_close(&scene);
}

static void
an_instruction_is_overdue_until_it_is_answered_even_on_the_day_it_was_given(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    submit(&scene, "3415", "INSTRUCTION", "2022-03-01",
           "'instruction':{'action':'GIVEN','instruction_id':'7号','leader':'市长',"
           "'to':'金安区政府','due':'2022-03-10'}");
    submit(&scene, "341502", "INSTRUCTION", "2022-04-01",
           "'instruction':{'action':'ANSWERED','instruction_id':'7号'}");
    submit(&scene, "341502", "INSTRUCTION", "2022-05-01",
           "'instruction':{'action':'ANSWERED','instruction_id':'8号'}");
    submit(&scene, "3415", "INSTRUCTION", "2022-05-01",
           "'instruction':{'action':'GIVEN','instruction_id':'8号','due':'2022-05-02'}");
    assert_int_equal(gap_scene_alerts(&scene, ALERT_INSTRUCTION_OVERDUE, "2022-03-10").count, 0);
    struct gap_row row =
        assert_one_row(gap_scene_alerts(&scene, ALERT_INSTRUCTION_OVERDUE, "2022-03-11"),
                       "市长批示“7号”应于 2022-03-10 前反馈，至今未反馈");
    assert_bytes(row.owner, "金安区政府");
    assert_int_equal(gap_scene_alerts(&scene, ALERT_INSTRUCTION_OVERDUE, "2022-04-01").count, 0);
    assert_int_equal(gap_scene_alerts(&scene, ALERT_INSTRUCTION_OVERDUE, "2022-06-01").count, 0);
    submit(&scene, "3415", "INSTRUCTION", "2022-06-01",
           "'instruction':{'action':'GIVEN','instruction_id':'8号','due':'2022-06-10'}");
    assert_int_equal(gap_scene_alerts(&scene, ALERT_INSTRUCTION_OVERDUE, "2022-06-11").count, 1);
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_supervised_project_shows_its_newest_step_and_may_not_leave_in_silence),
        cmocka_unit_test(leaving_a_supervised_list_with_a_reason_takes_the_row_away),
        cmocka_unit_test(an_overdue_obstacle_is_a_row_of_its_own_with_its_owner_and_transfers),
        cmocka_unit_test(overdue_promises_of_projects_and_of_units_are_both_listed),
        cmocka_unit_test(an_open_obstacle_without_a_way_out_is_listed_until_somebody_proposes_one),
        cmocka_unit_test(
            an_instruction_is_overdue_until_it_is_answered_even_on_the_day_it_was_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
