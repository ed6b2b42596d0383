/* test_alerts.c - the tally of all alerts counts the lists that are made one by one. */
#include "gap_scene.h"

#include <stdio.h>

#include "ledger/lists/alert_tally.h"

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

static void one_tally_counts_the_lists_that_are_made_one_by_one(void **state)
{
    (void)state;
    size_t lists = 0;
    struct view view = gap_scene_view("2022-09-30");
    struct view_memo views = {0};
    struct alert_memory *memory = alert_memory_new();
    struct alert_tally tally;
    view_memo_begin(&views, scene.ledger, &view);
    alert_tally_make(memory, &views, scene.ledger, &view, &scene.arena, &tally);
    assert_false(tally.incomplete);
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        struct gap_list alone;
        for (size_t unit = 0; unit < ledger_unit_count(scene.ledger); unit++) {
            alert_list_make(scene.ledger, &view, (enum alert_class)i, unit, &scene.arena, &alone);
            assert_int_equal(tally.counts[i][unit], alone.count);
        }
        alert_list_make(scene.ledger, &view, (enum alert_class)i, LEDGER_UNITS_MAX, &scene.arena,
                        &alone);
        assert_int_equal(tally.totals[i], alone.count);
        lists += alone.count > 0;
    }
    assert_in_range(lists, 7, ALERT_CLASSES);    /* of each sort of rule some */
    assert_int_equal(tally.supervised.count, 1); /* government money: it counts in no figure */
    alert_memory_free(memory);
    view_memo_release(&views);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_tally_counts_the_lists_that_are_made_one_by_one),
    };
    return cmocka_run_group_tests(tests, open_scene, close_scene);
}
