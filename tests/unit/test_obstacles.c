/* test_obstacles.c - an obstacle's life, who had it, and for how long. */
#include "gap_scene.h"
#include "ledger/view/obstacles.h"

static void say(struct ledger_scene *scene, const char *unit, const char *day, const char *fact)
{
    ledger_scene_submit(
        scene, unit, "{'kind':'OBSTACLE','subject':'341502/1','occurred_on':'%s','obstacle':{%s}}",
        day, fact);
}

static struct obstacle_list obstacles(struct ledger_scene *scene, const char *as_of)
{
    struct obstacle_list list;
    struct view view = gap_scene_view(as_of);
    obstacle_list_make(scene->ledger, ledger_scene_subject(scene, "341502/1"), &view, &scene->arena,
                       &list);
    assert_false(list.truncated);
    return list;
}

static struct obstacle_view one(struct ledger_scene *scene, const char *as_of)
{
    struct obstacle_list list = obstacles(scene, as_of);
    assert_int_equal(list.count, 1);
    return list.rows[0];
}

static void an_obstacle_is_open_from_its_day_until_the_day_it_is_closed(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "341502", "2022-03-01",
        "'action':'RAISED','obstacle_id':'a','obstacle':'LAND','owner':'自然资源局'");
    say(&scene, "341502", "2022-03-20", "'action':'ANSWERED','obstacle_id':'a'");
    say(&scene, "341502", "2022-03-31", "'action':'CLOSED','obstacle_id':'a'");
    assert_int_equal(obstacles(&scene, "2022-02-28").count, 0);
    struct obstacle_view row = one(&scene, "2022-03-30");
    assert_true(obstacle_is_open(&row));
    assert_int_equal(row.state, OBSTACLE_ACTION_ANSWERED);
    assert_int_equal(row.days_open, 29);
    assert_string_equal(obstacle_kind_text(&row), "土地");
    row = one(&scene, "2022-03-31");
    assert_false(obstacle_is_open(&row));
    row = one(&scene, "2022-12-31");
    assert_int_equal(row.days_open, 30);
    assert_int_equal(row.holdings[0].days, 30);
    assert_null(obstacle_newest_open(&(struct obstacle_list){.rows = &row, .count = 1}));
    ledger_scene_close(&scene);
}

static void it_is_overdue_from_the_day_after_it_was_due(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "341502", "2022-03-01", "'action':'RAISED','obstacle_id':'a','due':'2022-04-01'");
    struct obstacle_view row = one(&scene, "2022-04-01");
    assert_false(obstacle_is_overdue(&row, scene_day("2022-04-01")));
    assert_true(obstacle_is_overdue(&row, scene_day("2022-04-02")));
    assert_string_equal(obstacle_kind_text(&row), "未说明");
    say(&scene, "341502", "2022-04-01", "'action':'CLOSED','obstacle_id':'a'");
    row = one(&scene, "2022-04-02");
    assert_false(obstacle_is_overdue(&row, scene_day("2022-04-02")));
    ledger_scene_close(&scene);
}

static void a_transfer_counts_when_another_department_gets_it(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "341502", "2022-03-01", "'action':'RAISED','obstacle_id':'a','owner':'甲局'");
    say(&scene, "341502", "2022-03-02", "'action':'ASSIGNED','obstacle_id':'a','owner':'甲局'");
    say(&scene, "341502", "2022-03-05", "'action':'TRANSFERRED','obstacle_id':'a','owner':'乙局'");
    say(&scene, "341502", "2022-03-06", "'action':'TRANSFERRED','obstacle_id':'a','owner':'乙局'");
    say(&scene, "341502", "2022-03-09", "'action':'TRANSFERRED','obstacle_id':'a','owner':'甲局'");
    say(&scene, "341502", "2022-03-10", "'action':'TRANSFERRED','obstacle_id':'a'");
    struct obstacle_view row = one(&scene, "2022-03-04");
    assert_int_equal(row.transfers, 0);
    row = one(&scene, "2022-03-05");
    assert_int_equal(row.transfers, 1);
    assert_bytes(row.owner, "乙局");
    row = one(&scene, "2022-03-20");
    assert_int_equal(row.transfers, 3);
    assert_int_equal(row.holding_count, 3);
    assert_int_equal(row.holdings[0].days, 4);
    assert_int_equal(row.holdings[1].days, 4);
    assert_int_equal(row.holdings[2].days, 11);
    assert_bytes(row.holdings[2].owner, "甲局");
    ledger_scene_close(&scene);
}

static void raised_anew_after_closing_it_counts_from_then(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "341502", "2022-03-01", "'action':'RAISED','obstacle_id':'a','owner':'甲局'");
    say(&scene, "341502", "2022-03-11", "'action':'RAISED','obstacle_id':'a'");
    struct obstacle_view row = one(&scene, "2022-03-15");
    assert_int_equal(row.days_open, 14); /* said again, it is no younger */
    say(&scene, "341502", "2022-03-21", "'action':'CLOSED','obstacle_id':'a'");
    say(&scene, "341502", "2022-03-25", "'action':'ANSWERED','obstacle_id':'a','owner':'乙局'");
    row = one(&scene, "2022-03-26");
    assert_false(obstacle_is_open(&row));
    assert_bytes(row.owner, "甲局");
    say(&scene, "341502", "2022-04-01", "'action':'RAISED','obstacle_id':'a'");
    row = one(&scene, "2022-04-03");
    assert_true(obstacle_is_open(&row));
    assert_int_equal(row.days_open, 2);
    assert_int_equal(row.holdings[0].days, 20);
    assert_int_equal(row.holdings[1].days, 2);
    ledger_scene_close(&scene);
}

static void a_solution_too_long_to_be_kept_is_still_one(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "341502", "2022-03-01", "'action':'RAISED','obstacle_id':'a','description':'缺地'");
    struct obstacle_view row = one(&scene, "2022-03-01");
    assert_false(row.has_solution);
    say(&scene, "341502", "2022-03-02", "'action':'ANSWERED','obstacle_id':'a','solution':'调剂'");
    row = one(&scene, "2022-03-02");
    assert_true(row.has_solution);
    ledger_scene_close(&scene);
}

/* The county raises what the city has closed on the same day: the city's word comes after. */
static void the_order_of_two_units_words_does_not_depend_on_whose_arrived_first(void **state)
{
    static const char *const facts[2][2] = {
        {"341502", "'action':'RAISED','obstacle_id':'a','owner':'甲局'"},
        {"3415", "'action':'CLOSED','obstacle_id':'a'"}};
    (void)state;
    for (size_t first = 0; first < 2; first++) {
        struct ledger_scene scene;
        ledger_scene_open(&scene);
        say(&scene, facts[first][0], "2022-03-01", facts[first][1]);
        say(&scene, facts[1 - first][0], "2022-03-01", facts[1 - first][1]);
        struct obstacle_view row = one(&scene, "2022-03-02");
        assert_false(obstacle_is_open(&row));
        assert_bytes(row.owner, "甲局");
        ledger_scene_close(&scene);
    }
}

static void the_newest_open_one_is_shown_and_of_a_day_the_first_by_id(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "341502", "2022-03-02", "'action':'RAISED','obstacle_id':'c'");
    say(&scene, "341502", "2022-03-02", "'action':'RAISED','obstacle_id':'b'");
    say(&scene, "341502", "2022-03-01", "'action':'RAISED','obstacle_id':'a'");
    struct obstacle_list list = obstacles(&scene, "2022-03-05");
    assert_int_equal(list.count, 3);
    assert_bytes(obstacle_newest_open(&list)->id, "b");
    say(&scene, "341502", "2022-03-05", "'action':'CLOSED','obstacle_id':'b'");
    list = obstacles(&scene, "2022-03-05");
    assert_bytes(obstacle_newest_open(&list)->id, "c");
    ledger_scene_close(&scene);
}

static void departments_stand_by_the_days_they_have_had_obstacles(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "341502", "2022-03-01",
        "'action':'RAISED','obstacle_id':'a','owner':'甲局','due':'2022-03-10'");
    say(&scene, "341502", "2022-03-03", "'action':'TRANSFERRED','obstacle_id':'a','owner':'乙局'");
    say(&scene, "341502", "2022-03-05", "'action':'RAISED','obstacle_id':'b','owner':'甲局'");
    say(&scene, "341502", "2022-03-06", "'action':'CLOSED','obstacle_id':'b'");
    struct owner_load_list loads;
    struct view view = gap_scene_view("2022-03-11");
    owner_load_make(scene.ledger, &view, LEDGER_UNITS_MAX, &scene.arena, &loads);
    assert_int_equal(loads.count, 2);
    assert_bytes(loads.rows[0].owner, "乙局");
    assert_int_equal(loads.rows[0].days, 8);
    assert_int_equal(loads.rows[0].open, 1);
    assert_int_equal(loads.rows[0].overdue, 1);
    assert_int_equal(loads.rows[0].passed_on, 0);
    assert_bytes(loads.rows[1].owner, "甲局");
    assert_int_equal(loads.rows[1].days, 3);
    assert_int_equal(loads.rows[1].open, 0);
    assert_int_equal(loads.rows[1].passed_on, 1);
    owner_load_make(scene.ledger, &view, ledger_scene_unit(&scene, "341503"), &scene.arena, &loads);
    assert_int_equal(loads.count, 0);
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_obstacle_is_open_from_its_day_until_the_day_it_is_closed),
        cmocka_unit_test(it_is_overdue_from_the_day_after_it_was_due),
        cmocka_unit_test(a_transfer_counts_when_another_department_gets_it),
        cmocka_unit_test(raised_anew_after_closing_it_counts_from_then),
        cmocka_unit_test(a_solution_too_long_to_be_kept_is_still_one),
        cmocka_unit_test(the_order_of_two_units_words_does_not_depend_on_whose_arrived_first),
        cmocka_unit_test(the_newest_open_one_is_shown_and_of_a_day_the_first_by_id),
        cmocka_unit_test(departments_stand_by_the_days_they_have_had_obstacles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
