/* test_assignments.c - who answers for what on a day. */
#include "gap_scene.h"
#include "ledger/lists/assignments.h"

static void say(struct ledger_scene *scene, const char *day, const char *fact)
{
    ledger_scene_submit(
        scene, "341502",
        "{'kind':'ASSIGNMENT','subject':'341502/1','occurred_on':'%s','assignment':{%s}}", day,
        fact);
}

static struct assignments assignments(struct ledger_scene *scene, const char *as_of)
{
    struct assignments out;
    struct view view = gap_scene_view(as_of);
    assignments_of_subject(scene->ledger, ledger_scene_subject(scene, "341502/1"), &view,
                           &scene->arena, &out);
    assert_false(out.truncated);
    return out;
}

/* As known at the end of 2022. */
static void assert_holder(struct ledger_scene *scene, enum role role, const char *day,
                          const char *name)
{
    struct assignments rows = assignments(scene, "2022-12-31");
    const struct assignment *row = assignment_on(&rows, role, scene_day(day));
    if (!name)
        assert_null(row);
    else
        assert_bytes(row->name, name);
}

static void a_new_leader_follows_the_one_before_from_his_first_day(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "2022-03-01", "'role':'SPONSOR_LEADER','name':'张三'");
    say(&scene, "2022-03-20", "'role':'SPONSOR_LEADER','name':'张三'");
    say(&scene, "2022-05-01", "'role':'SPONSOR_LEADER','name':'李四','from':'2022-04-15'");
    assert_holder(&scene, ROLE_SPONSOR_LEADER, "2022-02-28", NULL);
    assert_holder(&scene, ROLE_SPONSOR_LEADER, "2022-03-01", "张三");
    assert_holder(&scene, ROLE_SPONSOR_LEADER, "2022-04-14", "张三");
    assert_holder(&scene, ROLE_SPONSOR_LEADER, "2022-04-15", "李四");
    assert_holder(&scene, ROLE_LEAD, "2022-04-15", NULL);
    struct assignments before = assignments(&scene, "2022-04-30");
    assert_int_equal(before.count, 1); /* nobody had said it yet */
    say(&scene, "2022-06-01", "'role':'SPONSOR_LEADER','name':'张三'");
    assert_holder(&scene, ROLE_SPONSOR_LEADER, "2022-05-31", "李四");
    assert_holder(&scene, ROLE_SPONSOR_LEADER, "2022-06-01", "张三");
    assert_holder(&scene, ROLE_SPONSOR_LEADER, "2022-04-01", "张三");
    ledger_scene_close(&scene);
}

static void an_end_ends_it_on_its_last_day(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "2022-03-01", "'role':'OWNER_PERSON','name':'张三'");
    say(&scene, "2022-05-02", "'role':'OWNER_PERSON','name':'张三','to':'2022-05-01'");
    say(&scene, "2022-05-05", "'role':'LEAD','name':'王五','to':'2022-05-03'");
    assert_holder(&scene, ROLE_OWNER_PERSON, "2022-05-01", "张三");
    assert_holder(&scene, ROLE_OWNER_PERSON, "2022-05-02", NULL);
    assert_holder(&scene, ROLE_LEAD, "2022-05-02", NULL);
    assert_holder(&scene, ROLE_LEAD, "2022-05-03", "王五");
    assert_holder(&scene, ROLE_LEAD, "2022-05-04", NULL);
    ledger_scene_close(&scene);
}

static void two_named_for_one_day_hold_it_together_and_the_next_follows_both(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "2022-03-01", "'role':'SPONSOR_LEADER','name':'a'");
    say(&scene, "2022-03-01", "'role':'SPONSOR_LEADER','name':'b'");
    say(&scene, "2022-04-01", "'role':'SPONSOR_LEADER','name':'c'");
    struct assignments rows = assignments(&scene, "2022-12-31");
    assert_int_equal(rows.count, 3);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(rows.rows[i].to, scene_day("2022-03-31"));
    assert_int_equal(rows.rows[2].to, DAY_NONE);
    ledger_scene_close(&scene);
}

static void members_of_a_team_stand_side_by_side_and_come_back_as_a_new_stint(void **state)
{
    struct ledger_scene scene;
    static const struct {
        const char *day, *fact;
    } said[] = {
        {"2022-03-01", "'role':'TEAM_MEMBER','name':'张三','team':'一队'"},
        {"2022-03-02", "'role':'TEAM_MEMBER','name':'李四','team':'一队'"},
        {"2022-04-01", "'role':'TEAM_MEMBER','name':'张三','team':'一队','to':'2022-03-31'"},
        {"2022-06-01", "'role':'TEAM_MEMBER','name':'张三','team':'一队'"},
        {"2022-06-01", "'role':'TEAM_MEMBER','name':'张三','team':'二队'"},
    };
    (void)state;
    ledger_scene_open(&scene);
    for (size_t i = 0; i < ARRAY_LENGTH(said); i++)
        ledger_scene_submit(&scene, "341502",
                            "{'kind':'ASSIGNMENT','occurred_on':'%s','assignment':{%s}}",
                            said[i].day, said[i].fact);
    struct assignments rows;
    struct view view = gap_scene_view("2022-06-30");
    assignments_of_unit(scene.ledger, ledger_scene_unit(&scene, "341502"), &view, &scene.arena,
                        &rows);
    assert_int_equal(rows.count, 4);
    assert_int_equal(rows.rows[0].to, scene_day("2022-03-31"));
    assert_int_equal(rows.rows[1].to, DAY_NONE);
    assert_bytes(rows.rows[1].name, "李四");
    assert_int_equal(rows.rows[2].from, scene_day("2022-06-01"));
    assert_int_equal(rows.rows[3].from, scene_day("2022-06-01"));
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_leader_follows_the_one_before_from_his_first_day),
        cmocka_unit_test(an_end_ends_it_on_its_last_day),
        cmocka_unit_test(two_named_for_one_day_hold_it_together_and_the_next_follows_both),
        cmocka_unit_test(members_of_a_team_stand_side_by_side_and_come_back_as_a_new_stint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
