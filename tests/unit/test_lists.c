/* test_lists.c - joining and leaving named lists. */
#include "gap_scene.h"

#include <stdio.h>

#include "ledger/view/lists.h"

static void say(struct ledger_scene *scene, const char *day, const char *fact)
{
    ledger_scene_submit(scene, "341502",
                        "{'kind':'LIST','subject':'341502/1','occurred_on':'%s','list':{%s}}", day,
                        fact);
}

static struct list_memberships memberships(struct ledger_scene *scene, const char *as_of)
{
    struct list_memberships list;
    struct view view = gap_scene_view(as_of);
    list_memberships_make(scene->ledger, ledger_scene_subject(scene, "341502/1"), &view,
                          &scene->arena, &list);
    assert_false(list.truncated);
    return list;
}

static bool holds(struct ledger_scene *scene, const char *list, const char *as_of)
{
    int32_t since;
    struct list_memberships rows = memberships(scene, as_of);
    return list_holds(&rows, bytes_of_text(list), &since);
}

static void a_project_is_on_a_list_from_the_day_it_joins_to_the_day_before_it_leaves(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "2022-03-01", "'list':'重点跟踪','action':'JOINED','basis':'市招商办〔2022〕3号'");
    say(&scene, "2022-03-15", "'list':'重点跟踪','action':'JOINED'");
    say(&scene, "2022-06-01", "'list':'重点跟踪','action':'LEFT','reason':'已开工'");
    assert_false(holds(&scene, "重点跟踪", "2022-02-28"));
    assert_true(holds(&scene, "重点跟踪", "2022-03-01"));
    assert_true(holds(&scene, "重点跟踪", "2022-05-31"));
    assert_false(holds(&scene, "重点跟踪", "2022-06-01"));
    assert_false(holds(&scene, "重点", "2022-05-31"));
    struct list_memberships rows = memberships(&scene, "2022-06-01");
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.rows[0].since, scene_day("2022-03-01"));
    assert_int_equal(rows.rows[0].left, scene_day("2022-06-01"));
    assert_false(rows.rows[0].left_without_reason);
    assert_bytes(rows.rows[0].basis, "市招商办〔2022〕3号");
    say(&scene, "2022-09-01", "'list':'重点跟踪','action':'JOINED'");
    rows = memberships(&scene, "2022-09-01");
    assert_int_equal(rows.rows[0].since, scene_day("2022-09-01"));
    ledger_scene_close(&scene);
}

static void each_level_is_a_list_of_its_own_until_one_leaves_without_a_level(void **state)
{
    struct ledger_scene scene;
    int32_t since = DAY_NONE;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "2022-03-01", "'list':'重点项目','level':'city','action':'JOINED'");
    say(&scene, "2022-02-01", "'list':'重点项目','level':'county','action':'JOINED'");
    say(&scene, "2022-02-01", "'list':'挂牌督办','action':'JOINED'");
    struct list_memberships rows = memberships(&scene, "2022-03-01");
    assert_int_equal(rows.count, 3);
    assert_true(list_holds(&rows, bytes_of_text("重点项目"), &since));
    assert_int_equal(since, scene_day("2022-02-01"));
    say(&scene, "2022-04-01", "'list':'重点项目','level':'county','action':'LEFT'");
    rows = memberships(&scene, "2022-04-01");
    assert_true(list_holds(&rows, bytes_of_text("重点项目"), &since));
    assert_int_equal(since, scene_day("2022-03-01"));
    say(&scene, "2022-05-01", "'list':'重点项目','action':'LEFT'");
    assert_false(holds(&scene, "重点项目", "2022-05-01"));
    assert_true(holds(&scene, "挂牌督办", "2022-05-01"));
    ledger_scene_close(&scene);
}

static void leaving_without_a_reason_is_remembered(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    say(&scene, "2022-03-01", "'list':'挂牌督办','action':'JOINED'");
    say(&scene, "2022-04-01", "'list':'挂牌督办','action':'LEFT'");
    struct list_memberships rows = memberships(&scene, "2022-04-01");
    assert_true(rows.rows[0].left_without_reason);
    say(&scene, "2022-05-01", "'list':'挂牌督办','action':'LEFT','reason':'补报'");
    rows = memberships(&scene, "2022-05-01");
    assert_true(rows.rows[0].left_without_reason); /* it had left already */
    assert_int_equal(rows.rows[0].left, scene_day("2022-04-01"));
    assert_true(list_is_supervised(bytes_of_text("挂牌督办")));
    assert_true(list_is_supervised(bytes_of_text("市级重点督办项目")));
    assert_true(list_is_supervised(bytes_of_text("SUPERVISED")));
    assert_false(list_is_supervised(bytes_of_text("重点跟踪")));
    assert_false(list_is_supervised(BYTES_NONE));
    ledger_scene_close(&scene);
}

static void no_more_levels_are_kept_than_a_list_can_have(void **state)
{
    struct ledger_scene scene;
    char fact[100];
    (void)state;
    ledger_scene_open(&scene);
    for (int i = 0; i < LIST_LEVELS_MAX + 5; i++) {
        (void)snprintf(fact, sizeof(fact), "'list':'x','level':'%02d','action':'JOINED'", i);
        say(&scene, "2022-03-01", fact);
    }
    assert_int_equal(memberships(&scene, "2022-03-01").count, LIST_LEVELS_MAX);
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_project_is_on_a_list_from_the_day_it_joins_to_the_day_before_it_leaves),
        cmocka_unit_test(each_level_is_a_list_of_its_own_until_one_leaves_without_a_level),
        cmocka_unit_test(leaving_without_a_reason_is_remembered),
        cmocka_unit_test(no_more_levels_are_kept_than_a_list_can_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
