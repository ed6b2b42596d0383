/* test_report_lights.c - a project's lights in a report: which are raised, and what the pace asks.
 */
#include "gap_scene.h"
#include "report/report_lights.h"

/* "YINCHUAN_2025_PACE RED; …", in order. */
static void assert_lights(struct ledger_scene *scene, const char *as_of, const char *expected)
{
    struct project_view project;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct view view = gap_scene_view(as_of);
    struct standpoint standpoint = {.ledger = scene->ledger, .view = &view, .arena = &arena};
    assert_true(project_view_make(scene->ledger, ledger_scene_subject(scene, "341502/1"), &view,
                                  &scene->arena, &project));
    CLEANUP(buffer_release) struct buffer text = {0}, lines = {0};
    json_t *lights = report_lights_json(&standpoint, &project);
    for (size_t i = 0; i < json_array_size(lights); i++) {
        json_t *light = json_array_get(lights, i);
        buffer_add_format(&text, "%s %s; ", json_string_value(json_object_get(light, "rules")),
                          json_string_value(json_object_get(light, "colour")));
    }
    buffer_add(&text, bytes_of("", 1));
    assert_string_equal((const char *)text.data, expected);
    report_lights_add(&standpoint, &project, &lines);
    size_t count = 0;
    for (size_t i = 0; i < lines.size; i++)
        count += lines.data[i] == '\n';
    assert_int_equal(count, json_array_size(lights));
    json_decref(lights);
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

/* Red from 10 points behind: stricter than the shipped ones, under a name of the city's own. */
static void the_citys_own_set_under_a_new_name_stands_behind_the_shipped(void **state)
{
    static const char content[] =
        "{\"id\":\"OURS_2022\",\"name\":\"本市进度亮灯\",\"version\":\"1\",\"source\":\"s\","
        "\"shown\":[\"IN_LIBRARY\"],\"rules\":[{\"colour\":\"RED\",\"meaning\":\"DANGER\",\"text\":"
        "\"未入库\",\"terms\":[{\"input\":\"IN_LIBRARY\",\"at_most\":0}]}]}";
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_project(&scene, "341502/1", 100, "2022-01-01");
    (void)ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-07-01");
    struct event event = {
        .envelope = {.kind = EVENT_DEFINITION, .occurred_on = scene_day("2022-08-01")}};
    event.definition = (struct definition_fact){.definition = DEFINITION_LIGHTS,
                                                .name = bytes_of_text("OURS_2022"),
                                                .content = bytes_of_text(content)};
    ledger_scene_say(&scene, "3415", &event);
    assert_lights(&scene, "2022-07-20", "");
    assert_lights(&scene, "2022-08-20", "YINCHUAN_2025_LIBRARY YELLOW; OURS_2022 RED; ");
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_light_stands_only_where_a_rule_holds),
        cmocka_unit_test(the_citys_own_set_under_a_new_name_stands_behind_the_shipped),
        cmocka_unit_test(the_pace_is_what_arrived_this_year_beside_the_years_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
