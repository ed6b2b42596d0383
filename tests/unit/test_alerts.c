/* test_alerts.c - all alerts in one walk are the lists that are made one by one. */
#include "gap_scene.h"

#include <stdio.h>

static struct ledger_scene scene;

static int open_scene(void **state)
{
    (void)state;
    ledger_scene_open(&scene);
    for (int i = 0; i < 6; i++) {
        char subject[32];
        (void)snprintf(subject, sizeof subject, "%s/%d", i % 2 ? "341502" : "341503", i);
        ledger_scene_project(&scene, subject, 200000000, "2022-01-01");
        ledger_scene_milestone(&scene, subject, MILESTONE_CONTRACT_SIGNED, "2022-01-01");
        if (i > 3)
            ledger_scene_milestone(&scene, subject, MILESTONE_STARTED, "2022-02-01");
        if (i == 2)
            ledger_scene_milestone(&scene, subject, MILESTONE_SHELVED, "2022-02-01");
    }
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'PROJECT','subject':'341502/1','occurred_on':'2022-01-02',"
                        "'project':{'action':'CHANGED','government_money':true}}");
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'LIST','subject':'341502/1','occurred_on':'2022-03-01','list':"
                        "{'list':'挂牌督办','action':'JOINED'}}");
    ledger_scene_submit(&scene, "341503",
                        "{'kind':'OBSTACLE','subject':'341503/0','occurred_on':'2022-03-07',"
                        "'obstacle':{'action':'RAISED','obstacle_id':'a','due':'2022-04-01'}}");
    ledger_scene_submit(&scene, "341503",
                        "{'kind':'CONTACT','occurred_on':'2022-03-07','contact':{'contact':"
                        "'TRIP','state':'DONE','destination':'上海市'}}");
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    ledger_scene_close(&scene);
    return 0;
}

static void assert_same(const struct gap_list *one, const struct gap_list *other)
{
    assert_false(one->truncated || other->truncated);
    assert_int_equal(one->count, other->count);
    for (size_t i = 0; i < one->count; i++) {
        assert_int_equal(one->rows[i].subject, other->rows[i].subject);
        assert_int_equal(one->rows[i].since, other->rows[i].since);
        assert_true(bytes_equal(one->rows[i].why, other->rows[i].why));
        assert_true(bytes_equal(one->rows[i].owner, other->rows[i].owner));
    }
}

static void compare(size_t unit, size_t *lists_with_rows)
{
    struct view view = gap_scene_view("2022-09-30");
    struct gap_list all[ALERT_CLASSES], alone;
    alert_lists_make(scene.ledger, &view, unit, NULL, &scene.arena, all);
    *lists_with_rows = 0;
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        alert_list_make(scene.ledger, &view, (enum alert_class)i, unit, &scene.arena, &alone);
        assert_same(&all[i], &alone);
        *lists_with_rows += alone.count > 0;
    }
}

static void one_walk_gives_the_lists_that_are_made_one_by_one(void **state)
{
    size_t whole, of_unit;
    (void)state;
    compare(LEDGER_UNITS_MAX, &whole);
    compare(ledger_scene_unit(&scene, "341502"), &of_unit);
    assert_in_range(whole, 7, ALERT_CLASSES); /* of each sort of rule some */
    assert_in_range(of_unit, 2, whole - 1);
}

static void see(void *context, const struct project_view *project)
{
    assert_false(project->excluded);
    (*(size_t *)context)++;
}

static void the_watch_sees_each_project_that_counts(void **state)
{
    (void)state;
    size_t seen = 0;
    struct project_watch watch = {see, &seen};
    struct view view = gap_scene_view("2022-09-30");
    struct gap_list all[ALERT_CLASSES];
    alert_lists_make(scene.ledger, &view, LEDGER_UNITS_MAX, &watch, &scene.arena, all);
    assert_int_equal(seen, 5);                        /* government money counts in no figure */
    assert_int_equal(all[ALERT_SUPERVISED].count, 1); /* and is supervised all the same */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_walk_gives_the_lists_that_are_made_one_by_one),
        cmocka_unit_test(the_watch_sees_each_project_that_counts),
    };
    return cmocka_run_group_tests(tests, open_scene, close_scene);
}
