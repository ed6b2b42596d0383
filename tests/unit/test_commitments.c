/* test_commitments.c - promises: due, honoured, postponed, and outliving who made them. */
#include "gap_scene.h"
#include "ledger/lists/commitments.h"

static void say(struct ledger_scene *scene, const char *day, const char *fact)
{
    ledger_scene_submit(
        scene, "341502",
        "{'kind':'COMMITMENT','subject':'341502/1','occurred_on':'%s','commitment':{%s}}", day,
        fact);
}

static struct commitment one(struct ledger_scene *scene, const char *as_of)
{
    struct commitments out;
    struct view view = gap_scene_view(as_of);
    commitments_of_subject(scene->ledger, ledger_scene_subject(scene, "341502/1"), &view,
                           &scene->arena, &out);
    assert_false(out.truncated);
    assert_int_equal(out.count, 1);
    return out.rows[0];
}

static void a_promise_is_overdue_from_the_day_after_its_due_day_until_it_is_honoured(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "2019-03-01",
        "'action':'MADE','commitment_id':'奖补','amount':{'yuan':2000000},'due':'2020-12-31'");
    say(&scene, "2021-03-01", "'action':'HONOURED','commitment_id':'奖补'");
    struct commitment row = one(&scene, "2020-12-31");
    assert_false(commitment_is_overdue(&row, scene_day("2020-12-31")));
    assert_true(commitment_is_overdue(&row, scene_day("2021-01-01")));
    assert_true(row.has_amount);
    assert_int_equal(row.amount_yuan, 2000000);
    row = one(&scene, "2021-03-01");
    assert_false(commitment_is_overdue(&row, scene_day("2021-03-01")));
    assert_int_equal(row.made, scene_day("2019-03-01"));
    assert_int_equal(row.honoured, scene_day("2021-03-01"));
    ledger_scene_close(&scene);
}

static void no_change_of_people_ends_a_promise_and_its_postponing_is_counted(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "2019-03-01", "'action':'MADE','commitment_id':'a','due':'2020-12-31'");
    ledger_scene_submit(
        &scene, "341502",
        "{'kind':'ASSIGNMENT','occurred_on':'2020-06-01',"
        "'assignment':{'role':'FIRST_RESPONSIBLE','name':'新书记','from':'2020-06-01'}}");
    say(&scene, "2020-12-01", "'action':'MADE','commitment_id':'a','due':'2021-12-31'");
    struct commitment row = one(&scene, "2022-01-01");
    assert_true(commitment_is_overdue(&row, scene_day("2022-01-01")));
    assert_int_equal(row.postponed, 1);
    assert_int_equal(row.made, scene_day("2019-03-01"));
    say(&scene, "2022-02-01", "'action':'CANCELLED','commitment_id':'a'");
    say(&scene, "2022-03-01", "'action':'MADE','commitment_id':'a','due':'2022-04-01'");
    row = one(&scene, "2022-06-01");
    assert_false(commitment_is_open(&row));
    assert_int_equal(row.cancelled, scene_day("2022-02-01"));
    assert_int_equal(row.due, scene_day("2021-12-31"));
    assert_int_equal(row.postponed, 1);
    ledger_scene_close(&scene);
}

static void a_promise_without_a_fair_competition_review_is_marked(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "2024-09-01", "'action':'MADE','commitment_id':'a'");
    struct commitment row = one(&scene, "2024-09-01");
    assert_false(row.is_reviewed);
    assert_false(commitment_is_overdue(&row, scene_day("2199-12-31")));
    say(&scene, "2024-09-02", "'action':'MADE','commitment_id':'a','review':'通过'");
    row = one(&scene, "2024-09-02");
    assert_true(row.is_reviewed);
    assert_bytes(row.review, "通过");
    ledger_scene_close(&scene);
}

static void promises_told_in_turn_are_each_their_own(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "2019-01-01", "'action':'MADE','commitment_id':'b','due':'2020-01-01'");
    say(&scene, "2019-02-01", "'action':'MADE','commitment_id':'a','due':'2020-02-01'");
    say(&scene, "2019-03-01", "'action':'HONOURED','commitment_id':'b'");
    say(&scene, "2019-04-01", "'action':'MADE','commitment_id':'a','due':'2021-02-01'");
    struct commitments out;
    struct view view = gap_scene_view("2019-12-31");
    commitments_of_subject(scene.ledger, ledger_scene_subject(&scene, "341502/1"), &view,
                           &scene.arena, &out);
    assert_int_equal(out.count, 2);
    assert_bytes(out.rows[0].id, "a");
    assert_int_equal(out.rows[0].postponed, 1);
    assert_true(commitment_is_open(&out.rows[0]));
    assert_bytes(out.rows[1].id, "b");
    assert_int_equal(out.rows[1].honoured, scene_day("2019-03-01"));
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promises_told_in_turn_are_each_their_own),
        cmocka_unit_test(a_promise_is_overdue_from_the_day_after_its_due_day_until_it_is_honoured),
        cmocka_unit_test(no_change_of_people_ends_a_promise_and_its_postponing_is_counted),
        cmocka_unit_test(a_promise_without_a_fair_competition_review_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
