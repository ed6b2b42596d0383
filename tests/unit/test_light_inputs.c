/* test_light_inputs.c - from figures and events to what the light rules ask. */
#include "gap_scene.h"
#include "ledger/lists/light_inputs.h"

static void points_are_those_that_are_printed_beside_the_light(void **state)
{
    static const struct {
        int64_t actual, target, pace, share;
    } cases[] = {
        {100513600, 80000000, 4231, 5077}, /* 攀枝花: 125.64 of 83.33 (domain.md 2.4) */
        {5333, 10000, -3000, -3600},       /* 53.33 of 83.33 */
        {53332, 100000, -3000, -3600},     /* 30.0013 behind is printed as 30.00 */
        {53328, 100000, -3001, -3601},     /* 30.0053 as 30.01 */
        {0, 1, -8333, -10000},
        {INT64_MAX, INT64_MAX, 1667, 2000},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct light_inputs inputs = {0};
        light_inputs_pace(cases[i].actual, cases[i].target, (struct time_pace){10, 12}, &inputs);
        assert_int_equal(inputs.values[LIGHT_PACE], cases[i].pace);
        assert_int_equal(inputs.values[LIGHT_PACE_SHARE], cases[i].share);
    }
    struct light_inputs inputs = {0};
    light_inputs_pace(5, 0, (struct time_pace){10, 12}, &inputs);
    assert_false(inputs.known[LIGHT_PACE]);
    light_inputs_pace(5, 10, (struct time_pace){0, 12}, &inputs);
    assert_int_equal(inputs.values[LIGHT_PACE], 5000);
    assert_false(inputs.known[LIGHT_PACE_SHARE]);
    light_inputs_pace(INT64_MAX, 1, (struct time_pace){1, 12}, &inputs);
    assert_true(inputs.values[LIGHT_PACE] == INT64_MAX);
}

static void growth_without_a_base_is_not_known(void **state)
{
    struct light_inputs inputs = {0};
    struct growth_marks marks = {.plan_hundredths = 2000, .mean_hundredths = 2500};
    (void)state;
    light_inputs_growth(10, 0, marks, &inputs);
    assert_false(inputs.known[LIGHT_GROWTH]);
    light_inputs_growth(476622, 387866, marks, &inputs); /* 甘肃 2015: 22.88 */
    assert_int_equal(inputs.values[LIGHT_GROWTH], 2288);
    assert_int_equal(inputs.values[LIGHT_GROWTH_OVER_PLAN], 288);
    assert_int_equal(inputs.values[LIGHT_GROWTH_OVER_MEAN], -212);
    light_inputs_growth(1, 8, marks, &inputs);
    assert_int_equal(inputs.values[LIGHT_GROWTH], -8750);
}

static struct light_inputs inputs_of(struct ledger_scene *scene, const char *as_of)
{
    struct project_view project;
    struct light_inputs inputs = {0};
    struct view view = gap_scene_view(as_of);
    assert_true(project_view_make(scene->ledger, ledger_scene_subject(scene, "341502/1"), &view,
                                  &scene->arena, &project));
    light_inputs_project(scene->ledger, &project, &view, &inputs);
    return inputs;
}

static void months_are_due_on_their_last_day_from_the_month_of_the_plan(void **state)
{
    struct ledger_scene scene;
    static const struct {
        const char *as_of;
        int64_t months;
    } cases[] = {{"2025-02-28", 0}, {"2025-03-30", 0}, {"2025-03-31", 1}, {"2025-04-29", 1},
                 {"2025-04-30", 2}, {"2025-05-30", 2}, {"2025-05-31", 3}};
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_project(&scene, "341502/1", 100, "2025-01-01");
    assert_false(inputs_of(&scene, "2025-06-30").known[LIGHT_MONTHS_DUE]);
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'PLAN','subject':'341502/1','occurred_on':'2025-01-05','plan':"
                        "{'plan':'YEAR','metric':'started','count':1,'to':'2025-03-10'}}");
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_int_equal(inputs_of(&scene, cases[i].as_of).values[LIGHT_MONTHS_DUE],
                         cases[i].months);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2025-05-31");
    struct light_inputs inputs = inputs_of(&scene, "2025-07-01");
    assert_int_equal(inputs.values[LIGHT_MONTHS_DUE], 0);
    assert_int_equal(inputs.values[LIGHT_MONTHS_EXCEEDED], 1);
    assert_int_equal(inputs.values[LIGHT_IN_LIBRARY], 0);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_IN_LIBRARY, "2025-07-01");
    assert_int_equal(inputs_of(&scene, "2025-07-01").values[LIGHT_IN_LIBRARY], 1);
    ledger_scene_close(&scene);
}

static void supervise(struct ledger_scene *scene, const char *day, const char *fact)
{
    ledger_scene_submit(scene, "3415",
                        "{'kind':'SUPERVISION','subject':'341502/1','occurred_on':'%s',"
                        "'supervision':{%s}}",
                        day, fact);
}

static void missed_deadlines_count_from_the_day_after_until_the_check(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_project(&scene, "341502/1", 100, "2025-01-01");
    assert_int_equal(inputs_of(&scene, "2025-01-01").values[LIGHT_REMINDED], 0);
    supervise(&scene, "2025-02-01", "'step':'REMINDED','due':'2025-02-10'");
    supervise(&scene, "2025-02-12", "'step':'SUPERVISED','due':'2025-02-20'");
    supervise(&scene, "2025-03-01", "'step':'CHECKED'");
    struct light_inputs inputs = inputs_of(&scene, "2025-02-10");
    assert_int_equal(inputs.values[LIGHT_REMINDED], 1);
    assert_int_equal(inputs.values[LIGHT_DEADLINES_MISSED], 0);
    assert_int_equal(inputs_of(&scene, "2025-02-11").values[LIGHT_DEADLINES_MISSED], 1);
    assert_int_equal(inputs_of(&scene, "2025-02-20").values[LIGHT_DEADLINES_MISSED], 1);
    assert_int_equal(inputs_of(&scene, "2025-02-21").values[LIGHT_DEADLINES_MISSED], 2);
    inputs = inputs_of(&scene, "2025-03-01");
    assert_int_equal(inputs.values[LIGHT_REMINDED], 0);
    assert_int_equal(inputs.values[LIGHT_DEADLINES_MISSED], 0);
    ledger_scene_close(&scene);
}

static void the_citys_own_rules_come_before_the_shipped_when_they_parse(void **state)
{
    static const char id[] = "YINCHUAN_2025_PACE";
    static const char *const contents[] = {
        "{\"id\":\"YINCHUAN_2025_PACE\",\"name\":\"n\",\"version\":\"2026\",\"source\":\"s\","
        "\"rules\":[{\"colour\":\"RED\",\"meaning\":\"DANGER\",\"text\":\"t\","
        "\"terms\":[{\"input\":\"PACE\",\"below\":0}]}]}",
        "{"};
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    for (size_t i = 0; i < ARRAY_LENGTH(contents); i++) {
        struct event event = {.envelope = {.kind = EVENT_DEFINITION,
                                           .occurred_on = scene_day("2026-01-01") + 31 * (int)i}};
        event.definition = (struct definition_fact){.definition = DEFINITION_LIGHTS,
                                                    .name = bytes_of_text(id),
                                                    .content = bytes_of_text(contents[i])};
        ledger_scene_say(&scene, "3415", &event);
    }
    struct rule_moment moment = {.day = scene_day("2025-12-31"), .known_at = UINT64_MAX};
    assert_string_equal(light_rules_at(scene.ledger, id, moment, &scene.arena)->version, "2025");
    moment.day = scene_day("2026-01-01");
    assert_string_equal(light_rules_at(scene.ledger, id, moment, &scene.arena)->version, "2026");
    moment.day = scene_day("2026-02-01");
    assert_string_equal(light_rules_at(scene.ledger, id, moment, &scene.arena)->version, "2025");
    assert_null(light_rules_at(scene.ledger, "NOWHERE", moment, &scene.arena));
    ledger_scene_close(&scene);
}

static void say_lights(struct ledger_scene *scene, const char *unit, const char *name,
                       const char *content)
{
    struct event event = {
        .envelope = {.kind = EVENT_DEFINITION, .occurred_on = scene_day("2026-01-01")}};
    event.definition = (struct definition_fact){.definition = DEFINITION_LIGHTS,
                                                .name = bytes_of_text(name),
                                                .content = bytes_of_text(content)};
    ledger_scene_say(scene, unit, &event);
}

static struct light_sets sets_on(struct ledger_scene *scene, const char *day)
{
    struct light_sets sets;
    struct rule_moment moment = {.day = scene_day(day), .known_at = UINT64_MAX};
    light_sets_at(scene->ledger, moment, &scene->arena, &sets);
    assert_false(sets.truncated);
    return sets;
}

#define OUR_LIGHTS(id)                                                                             \
    "{\"id\":\"" id "\",\"name\":\"n\",\"version\":\"ours\",\"source\":\"s\",\"rules\":[{"         \
    "\"colour\":\"RED\",\"meaning\":\"DANGER\",\"text\":\"t\",\"terms\":[{\"input\":\"PACE\","     \
    "\"below\":0}]}]}"

static void the_citys_own_sets_stand_behind_the_shipped_by_name_and_each_once(void **state)
{
    struct ledger_scene scene;
    size_t shipped = light_rules_shipped_count;
    (void)state;
    ledger_scene_open(&scene);
    say_lights(&scene, "3415", "OURS_B", OUR_LIGHTS("OURS_B"));
    say_lights(&scene, "3415", "OURS_A", OUR_LIGHTS("OURS_A"));
    say_lights(&scene, "3415", "OURS_B", OUR_LIGHTS("OURS_B"));
    say_lights(&scene, "3415", "YINCHUAN_2025_PACE", OUR_LIGHTS("YINCHUAN_2025_PACE"));
    say_lights(&scene, "3415", "BROKEN", "{");
    say_lights(&scene, "341502", "COUNTYS", OUR_LIGHTS("COUNTYS"));
    assert_int_equal(sets_on(&scene, "2025-12-31").count, shipped);
    struct light_sets sets = sets_on(&scene, "2026-01-01");
    assert_int_equal(sets.count, shipped + 2);
    assert_string_equal(sets.rows[1].rules->id, "YINCHUAN_2025_PACE");
    assert_string_equal(sets.rows[1].rules->version, "ours");
    assert_string_equal(sets.rows[shipped].rules->id, "OURS_A");
    assert_string_equal(sets.rows[shipped + 1].rules->id, "OURS_B");
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_those_that_are_printed_beside_the_light),
        cmocka_unit_test(growth_without_a_base_is_not_known),
        cmocka_unit_test(months_are_due_on_their_last_day_from_the_month_of_the_plan),
        cmocka_unit_test(missed_deadlines_count_from_the_day_after_until_the_check),
        cmocka_unit_test(the_citys_own_sets_stand_behind_the_shipped_by_name_and_each_once),
        cmocka_unit_test(the_citys_own_rules_come_before_the_shipped_when_they_parse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
