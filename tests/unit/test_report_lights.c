/* test_report_lights.c - a project's lights in a report: which are raised, and what the pace asks.
 */
#include "audit/report_lights.h"
#include "gap_scene.h"

static struct report report_of(struct ledger_scene *scene, const char *as_of,
                               struct project_view *project)
{
    struct report report = {.ledger = scene->ledger, .view = gap_scene_view(as_of)};
    arena_init(&report.arena, 1 << 20);
    assert_true(project_view_make(scene->ledger, ledger_scene_subject(scene, "341502/1"),
                                  &report.view, &scene->arena, project));
    return report;
}

/* "YINCHUAN_2025_PACE RED; …", in order. */
static void assert_lights(struct ledger_scene *scene, const char *as_of, const char *expected)
{
    struct project_view project;
    struct report report = report_of(scene, as_of, &project);
    CLEANUP(buffer_release) struct buffer text = {0}, lines = {0};
    json_t *lights = report_lights_json(&report, &project);
    for (size_t i = 0; i < json_array_size(lights); i++) {
        json_t *light = json_array_get(lights, i);
        buffer_add_format(&text, "%s %s; ", json_string_value(json_object_get(light, "rules")),
                          json_string_value(json_object_get(light, "colour")));
    }
    buffer_add(&text, bytes_of("", 1));
    assert_string_equal((const char *)text.data, expected);
    report_lights_add(&report, &project, &lines);
    size_t count = 0;
    for (size_t i = 0; i < lines.size; i++)
        count += lines.data[i] == '\n';
    assert_int_equal(count, json_array_size(lights));
    json_decref(lights);
    arena_release(&report.arena);
}

static void a_light_stands_only_where_a_rule_holds(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_project(&scene, "341502/1", 100, "2022-01-01");
    assert_lights(&scene, "2022-06-30", "");
    (void)ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-07-01");
    assert_lights(&scene, "2022-07-20", "");
    assert_lights(&scene, "2022-08-20", "YINCHUAN_2025_LIBRARY YELLOW; ");
    assert_lights(&scene, "2022-09-20", "YINCHUAN_2025_LIBRARY RED; ");
    ledger_scene_close(&scene);
}

static void the_pace_is_what_arrived_this_year_beside_the_years_plan(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_project(&scene, "341502/1", 100, "2021-01-01");
    (void)ledger_scene_funds(&scene, "341502/1", ORIGIN_OUT_OF_PROVINCE, 90, "2021-12-31");
    (void)ledger_scene_submit(&scene, "341502",
                              "{'kind':'PLAN','subject':'341502/1','occurred_on':'2022-01-01',"
                              "'plan':{'plan':'YEAR','metric':'received','amount':{'yuan':100}}}");
    (void)ledger_scene_funds(&scene, "341502/1", ORIGIN_OUT_OF_PROVINCE, 120, "2022-05-31");
    /* 30 of 100 at half the year: 20 points behind, 40 % of what was due. */
    assert_lights(&scene, "2022-06-30", "YINCHUAN_2025_PACE YELLOW; SANYA_2022_PROJECT YELLOW; ");
    assert_lights(&scene, "2022-12-31", "YINCHUAN_2025_PACE RED; SANYA_2022_PROJECT RED; ");
    assert_lights(&scene, "2022-03-31", "YINCHUAN_2025_PACE YELLOW; SANYA_2022_PROJECT RED; ");
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_light_stands_only_where_a_rule_holds),
        cmocka_unit_test(the_pace_is_what_arrived_this_year_beside_the_years_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
