/* test_gaps.c - the six classes, by hand-made views and in lists. */
#include "gap_scene.h"

#define WAN 10000LL

static struct project_view reached(const char *days[MILESTONES])
{
    struct project_view project = {0};
    for (size_t i = 0; i < MILESTONES; i++)
        project.milestones[i].day = days[i] ? scene_day(days[i]) : DAY_NONE;
    return project;
}
#define REACHED(...) reached((const char *[MILESTONES]){__VA_ARGS__})

/* The classes it is in as bits. */
static unsigned classes_of(const struct project_view *project)
{
    unsigned classes = 0;
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        int32_t since;
        if (gap_holds(project, (enum gap_class)i, &since))
            classes |= 1U << i;
    }
    return classes;
}

static int32_t since_of(const struct project_view *project, enum gap_class class)
{
    int32_t since = DAY_NONE;
    assert_true(gap_holds(project, class, &since));
    return since;
}

static void the_highest_milestone_reached_decides_which_gap_a_project_is_in(void **state)
{
    static const enum milestone line[] = {MILESTONE_CONTRACT_SIGNED, MILESTONE_STARTED,
                                          MILESTONE_COMPLETED,       MILESTONE_PRODUCING,
                                          MILESTONE_ABOVE_SCALE,     MILESTONE_FULL_CAPACITY};
    (void)state;
    struct project_view project = {0};
    assert_int_equal(classes_of(&project), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(line); i++) {
        project.milestones[line[i]].day = 18000 + (int32_t)i;
        bool is_stuck = line[i] != MILESTONE_FULL_CAPACITY;
        assert_int_equal(classes_of(&project), is_stuck ? 1U << i : 0);
        if (is_stuck)
            assert_int_equal(since_of(&project, (enum gap_class)i), 18000 + (int32_t)i);
    }
}

static void production_before_completion_is_neither_unfinished_nor_idle(void **state)
{
    (void)state;
    struct project_view project =
        REACHED([MILESTONE_CONTRACT_SIGNED] = "2021-01-01", [MILESTONE_STARTED] = "2021-03-01",
                [MILESTONE_PRODUCING] = "2022-05-01");
    assert_int_equal(classes_of(&project), 1U << GAP_PRODUCING_NOT_ABOVE_SCALE);
    project.milestones[MILESTONE_COMPLETED].day = scene_day("2022-08-01");
    assert_int_equal(classes_of(&project), 1U << GAP_PRODUCING_NOT_ABOVE_SCALE);
    assert_int_equal(since_of(&project, GAP_PRODUCING_NOT_ABOVE_SCALE), scene_day("2022-05-01"));
}

static void a_terminated_project_is_in_no_gap_and_a_shelved_one_stays_in_its_own(void **state)
{
    (void)state;
    struct project_view project =
        REACHED([MILESTONE_CONTRACT_SIGNED] = "2021-01-01", [MILESTONE_SHELVED] = "2021-06-01");
    assert_int_equal(classes_of(&project), 1U << GAP_SIGNED_NOT_STARTED);
    project.milestones[MILESTONE_TERMINATED].day = scene_day("2021-07-01");
    assert_int_equal(classes_of(&project), 0);
}

static void five_million_yuan_exactly_belong_into_the_library(void **state)
{
    unsigned building = 1U << GAP_STARTED_NOT_COMPLETED;
    unsigned both = building | 1U << GAP_UNDER_CONSTRUCTION_NOT_IN_LIBRARY;
    (void)state;
    struct project_view project = REACHED([MILESTONE_STARTED] = "2022-03-01");
    project.planned_total = (struct amount_view){.yuan = 500 * WAN, .known = true};
    assert_int_equal(classes_of(&project), both);
    assert_int_equal(since_of(&project, GAP_UNDER_CONSTRUCTION_NOT_IN_LIBRARY),
                     scene_day("2022-03-01"));
    project.planned_total.yuan--;
    assert_int_equal(classes_of(&project), building);
    project.planned_total = (struct amount_view){.yuan = 500 * WAN, .masked = true};
    assert_int_equal(classes_of(&project), building);
    project.planned_total = (struct amount_view){.yuan = 500 * WAN, .known = true};
    project.milestones[MILESTONE_IN_LIBRARY].day = scene_day("2022-04-01");
    assert_int_equal(classes_of(&project), building);
    project.milestones[MILESTONE_IN_LIBRARY].day = DAY_NONE;
    project.milestones[MILESTONE_COMPLETED].day = scene_day("2022-04-01");
    assert_int_equal(classes_of(&project), 1U << GAP_COMPLETED_NOT_PRODUCING);
}

static void a_class_is_found_by_its_id_and_no_other_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        enum gap_class class = GAP_CLASSES;
        assert_true(gap_of_id(bytes_of_text(gap_id((enum gap_class)i)), &class));
        assert_int_equal(class, i);
        assert_true(gap_name((enum gap_class)i)[0] != '\0');
    }
    enum gap_class class;
    assert_false(gap_of_id(bytes_of_text("签约未开工"), &class));
    assert_false(gap_of_id(BYTES_NONE, &class));
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        enum alert_class alert = ALERT_CLASSES;
        assert_true(alert_of_id(bytes_of_text(alert_id((enum alert_class)i)), &alert));
        assert_int_equal(alert, i);
        assert_true(alert_name((enum alert_class)i)[0] != '\0');
    }
    enum alert_class alert;
    assert_false(alert_of_id(bytes_of_text("NOTHING"), &alert));
}

static void a_gap_opens_on_its_day_and_closes_on_the_day_of_the_next_milestone(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_project(&scene, "341502/1", 3000 * WAN, "2022-02-01");
    uint64_t position =
        ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-03-01");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-05-10");
    assert_int_equal(gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-02-28").count, 0);
    struct gap_row row =
        assert_one_row(gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-03-01"),
                       "签约于 2022-03-01，至今未开工");
    assert_int_equal(row.age_days, 0);
    assert_int_equal(row.position, position);
    row = assert_one_row(gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-05-09"),
                         "签约于 2022-03-01，至今未开工");
    assert_int_equal(row.age_days, 69);
    assert_int_equal(row.since, scene_day("2022-03-01"));
    assert_int_equal(gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-05-10").count, 0);
    assert_one_row(gap_scene_gaps(&scene, GAP_STARTED_NOT_COMPLETED, "2022-05-10"),
                   "开工于 2022-05-10，至今未竣工");
    assert_one_row(gap_scene_gaps(&scene, GAP_UNDER_CONSTRUCTION_NOT_IN_LIBRARY, "2022-05-10"),
                   "开工于 2022-05-10，至今未入库");
    ledger_scene_close(&scene);
}

static void the_oldest_come_first_and_equal_days_in_order_of_the_key(void **state)
{
    static const char *const order[] = {"341503/2", "341502/3", "341503/1", "341502/1"};
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341503/1", MILESTONE_CONTRACT_SIGNED, "2022-03-02");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-03-03");
    ledger_scene_milestone(&scene, "341503/2", MILESTONE_CONTRACT_SIGNED, "2022-03-01");
    ledger_scene_milestone(&scene, "341502/3", MILESTONE_CONTRACT_SIGNED, "2022-03-02");
    struct gap_list list = gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-04-01");
    assert_int_equal(list.count, ARRAY_LENGTH(order));
    for (size_t i = 0; i < list.count; i++)
        assert_bytes(ledger_subject(scene.ledger, list.rows[i].subject), order[i]);
    struct view view = gap_scene_view("2022-04-01");
    gap_list_make(scene.ledger, &view, GAP_SIGNED_NOT_STARTED, ledger_scene_unit(&scene, "341503"),
                  &scene.arena, &list);
    assert_int_equal(list.count, 2);
    ledger_scene_close(&scene);
}

static void a_row_names_whose_task_it_is_and_how_often_it_was_passed_on(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-03-01");
    struct gap_row row =
        assert_one_row(gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-03-02"),
                       "签约于 2022-03-01，至今未开工");
    assert_bytes(row.owner, "金安区");
    assert_bytes(row.obstacle, "");
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'ASSIGNMENT','subject':'341502/1','occurred_on':'2022-03-03',"
                        "'assignment':{'role':'RESPONSIBLE_UNIT','name':'金安区经信局'}}");
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'OBSTACLE','subject':'341502/1','occurred_on':'2022-03-05',"
                        "'obstacle':{'action':'RAISED','obstacle_id':'a','obstacle':'POWER'}}");
    ledger_scene_submit(
        &scene, "341502",
        "{'kind':'OBSTACLE','subject':'341502/1','occurred_on':'2022-03-06',"
        "'obstacle':{'action':'TRANSFERRED','obstacle_id':'a','owner':'供电公司'}}");
    row = gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-03-05").rows[0];
    assert_bytes(row.owner, "金安区经信局");
    assert_bytes(row.obstacle, "供电");
    row = gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-03-06").rows[0];
    assert_bytes(row.owner, "供电公司");
    assert_int_equal(row.transfers, 1);
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'OBSTACLE','subject':'341502/1','occurred_on':'2022-03-20',"
                        "'obstacle':{'action':'CLOSED','obstacle_id':'a'}}");
    row = gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-03-20").rows[0];
    assert_bytes(row.owner, "金安区经信局");
    assert_int_equal(row.transfers, 0);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_SHELVED, "2022-04-01");
    assert_one_row(gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-04-01"),
                   "签约于 2022-03-01，至今未开工（2022-04-01 搁置）");
    ledger_scene_close(&scene);
}

static void what_was_withdrawn_opens_no_gap_from_then_on(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    uint64_t said =
        ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-03-01");
    ledger_scene_withdraw(&scene, "341502", said);
    assert_int_equal(gap_scene_gaps(&scene, GAP_SIGNED_NOT_STARTED, "2022-04-01").count, 0);
    struct gap_list list;
    struct view view = gap_scene_view("2022-04-01");
    view.known_at = said;
    gap_list_make(scene.ledger, &view, GAP_SIGNED_NOT_STARTED, LEDGER_UNITS_MAX, &scene.arena,
                  &list);
    assert_int_equal(list.count, 1);
    ledger_scene_close(&scene);
}

static void an_arena_that_is_full_is_told_and_not_hidden(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-03-01");
    for (size_t limit = 0; limit < 1024; limit += 16) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, limit);
        struct gap_list list;
        struct view view = gap_scene_view("2022-04-01");
        gap_list_make(scene.ledger, &view, GAP_SIGNED_NOT_STARTED, LEDGER_UNITS_MAX, &arena, &list);
        assert_int_equal(list.count, list.truncated ? 0 : 1);
        assert_true(limit > 0 || list.truncated);
    }
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_milestone_reached_decides_which_gap_a_project_is_in),
        cmocka_unit_test(production_before_completion_is_neither_unfinished_nor_idle),
        cmocka_unit_test(a_terminated_project_is_in_no_gap_and_a_shelved_one_stays_in_its_own),
        cmocka_unit_test(five_million_yuan_exactly_belong_into_the_library),
        cmocka_unit_test(a_class_is_found_by_its_id_and_no_other_text),
        cmocka_unit_test(a_gap_opens_on_its_day_and_closes_on_the_day_of_the_next_milestone),
        cmocka_unit_test(the_oldest_come_first_and_equal_days_in_order_of_the_key),
        cmocka_unit_test(a_row_names_whose_task_it_is_and_how_often_it_was_passed_on),
        cmocka_unit_test(what_was_withdrawn_opens_no_gap_from_then_on),
        cmocka_unit_test(an_arena_that_is_full_is_told_and_not_hidden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
