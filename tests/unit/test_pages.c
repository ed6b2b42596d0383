/* test_pages.c - a unit's page, lists of projects, definitions, and the ledger's counts. */
#include "board_scene.h"
#include "display/pages.h"
#include "ledger/view/definitions.h"

#define DAY "2022-09-30"

struct stage {
    struct ledger_scene scene;
    struct view view;
    struct bulletin bulletin;
    struct standpoint standpoint;
};

static void live(struct ledger_scene *scene)
{
    ledger_scene_project(scene, "341502/1", 100000000, "2022-01-05");
    ledger_scene_milestone(scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-01-05");
    ledger_scene_milestone(scene, "341502/1", MILESTONE_STARTED, "2022-02-05");
    ledger_scene_project(scene, "341503/2", 200000000, "2022-03-05");
    ledger_scene_milestone(scene, "341503/2", MILESTONE_CONTRACT_SIGNED, "2022-03-05");
    ledger_scene_milestone(scene, "341503/3", MILESTONE_NEGOTIATING, "2022-04-05");
    ledger_scene_submit(scene, "341503",
                        "{'kind':'PROJECT','subject':'341503/2','occurred_on':'2022-03-05',"
                        "'project':{'action':'CHANGED','investor':'阳光电源股份有限公司',"
                        "'industry':'新能源'}}");
    ledger_scene_submit(scene, "341503",
                        "{'kind':'ASSIGNMENT','subject':'341503/2','occurred_on':'2022-03-06',"
                        "'assignment':{'role':'SPONSOR_LEADER','name':'周区长 13805641234'}}");
    ledger_scene_submit(scene, "341503",
                        "{'kind':'OBSTACLE','subject':'341503/2','occurred_on':'2022-03-07',"
                        "'obstacle':{'action':'RAISED','obstacle_id':'a','obstacle':'POWER'}}");
}

static int open_stage(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    ledger_scene_open(&stage->scene);
    live(&stage->scene);
    stage->view = (struct view){.from = scene_day("2022-01-01"),
                                .as_of = scene_day(DAY),
                                .known_at = stage->scene.position};
    bulletin_make(stage->scene.ledger, &stage->view, &stage->scene.arena, &stage->bulletin);
    stage->view = stage->bulletin.view;
    stage->standpoint = (struct standpoint){
        .ledger = stage->scene.ledger, .view = &stage->view, .arena = &stage->scene.arena};
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;
    ledger_scene_close(&stage->scene);
    free(stage);
    return 0;
}

static json_t *list_of(struct stage *stage, struct project_wish wish)
{
    wish.limit = wish.limit > 0 ? wish.limit : PROJECTS_SHOWN_MAX;
    return project_list_json(&stage->standpoint, &wish);
}

static int64_t count_of(struct stage *stage, const char *text, const char *stage_id, size_t unit)
{
    json_t *list = list_of(stage, (struct project_wish){.text = bytes_of_text(text),
                                                        .stage = bytes_of_text(stage_id),
                                                        .unit = unit});
    int64_t count = number_in(list, "count");
    assert_int_equal(json_array_size(json_object_get(list, "projects")), count);
    json_decref(list);
    return count;
}

static void projects_are_found_by_text_stage_and_unit(void **state)
{
    struct stage *stage = *state;
    size_t yuan = ledger_scene_unit(&stage->scene, "341503");
    assert_int_equal(count_of(stage, "", "", LEDGER_UNITS_MAX), 3);
    assert_int_equal(count_of(stage, "阳光", "", LEDGER_UNITS_MAX), 1);
    assert_int_equal(count_of(stage, "341503/", "", LEDGER_UNITS_MAX), 2);
    assert_int_equal(count_of(stage, "没有这个", "", LEDGER_UNITS_MAX), 0);
    assert_int_equal(count_of(stage, "", "SIGNED", LEDGER_UNITS_MAX), 1);
    assert_int_equal(count_of(stage, "", "CONTRACT_SIGNED", LEDGER_UNITS_MAX), 1);
    assert_int_equal(count_of(stage, "", "STARTED", LEDGER_UNITS_MAX), 1);
    assert_int_equal(count_of(stage, "", "NEGOTIATING", LEDGER_UNITS_MAX), 1);
    assert_int_equal(count_of(stage, "", "", yuan), 2);
    assert_true(project_stage_is_known(bytes_of_text("PRODUCING")));
    assert_true(project_stage_is_known(BYTES_NONE));
    assert_false(project_stage_is_known(bytes_of_text("signed")));
}

static void a_row_has_the_project_s_face_without_telephones(void **state)
{
    struct stage *stage = *state;
    json_t *list = list_of(
        stage, (struct project_wish){.text = bytes_of_text("阳光"), .unit = LEDGER_UNITS_MAX});
    json_t *row = json_array_get(json_object_get(list, "projects"), 0);
    assert_string_equal(text_in(row, "project"), "341503/2");
    assert_string_equal(text_in(row, "stage"), "CONTRACT_SIGNED");
    assert_int_equal(number_in(row, "planned_yuan"), 200000000);
    assert_true(is_null_in(row, "received_yuan")); /* not known is not 0 */
    assert_string_equal(text_in(row, "obstacle"), "供电");
    assert_string_equal(text_in(row, "last_day"), "2022-03-05");
    assert_non_null(strstr(text_in(row, "leader"), "周区长"));
    assert_null(strstr(text_in(row, "leader"), "41234"));
    assert_string_equal(json_string_value(json_array_get(json_object_get(row, "gaps"), 0)),
                        "SIGNED_NOT_STARTED");
    json_decref(list);
}

static void the_newest_come_first_and_the_limit_holds(void **state)
{
    struct stage *stage = *state;
    json_t *list = list_of(stage, (struct project_wish){.unit = LEDGER_UNITS_MAX, .limit = 2});
    json_t *rows = json_object_get(list, "projects");
    assert_int_equal(json_array_size(rows), 2);
    assert_int_equal(number_in(list, "count"), 3);
    assert_string_equal(text_in(json_array_get(rows, 0), "project"), "341503/3");
    assert_string_equal(text_in(json_array_get(rows, 1), "project"), "341503/2");
    json_decref(list);
}

static void a_unit_s_page_has_its_row_its_place_and_what_is_stuck(void **state)
{
    struct stage *stage = *state;
    struct unit_wish wish = {.bulletin = &stage->bulletin,
                             .unit = ledger_scene_unit(&stage->scene, "341503"),
                             .with_claims = true};
    json_t *page = unit_page_json(&stage->standpoint, &wish);
    json_t *gap = json_array_get(json_object_get(page, "gaps"), 0);
    assert_string_equal(text_in(page, "unit"), "341503");
    assert_string_equal(text_in(page, "name"), "裕安区");
    assert_int_equal(number_in(json_object_get(page, "row"), "signed"), 1);
    assert_int_equal(number_in(page, "rank"), 2);
    assert_int_equal(number_in(page, "of"), 2);
    assert_int_equal(json_array_size(json_object_get(page, "gaps")), GAP_CLASSES);
    assert_int_equal(number_in(gap, "count"), 1);
    assert_int_equal(number_in(page, "count"), 2);
    assert_true(json_is_array(json_object_get(page, "claims")));
    json_decref(page);
    wish.with_claims = false;
    page = unit_page_json(&stage->standpoint, &wish);
    assert_true(is_null_in(page, "claims"));
    json_decref(page);
}

static void every_definition_in_force_is_named_with_its_version(void **state)
{
    struct stage *stage = *state;
    json_t *page = definitions_page_json(&stage->standpoint, BYTES_NONE);
    json_t *rates = json_object_get(page, "definitions");
    json_t *start = row_with(rates, "id", "START_OVER_SIGNED");
    assert_int_equal(json_array_size(rates), stage->view.definitions->rate_count);
    assert_string_equal(text_in(start, "formula"), "开工/签约");
    assert_string_equal(text_in(start, "version"), "1");
    assert_int_equal(json_array_size(json_object_get(page, "gaps")), GAP_CLASSES);
    assert_int_equal(json_array_size(json_object_get(page, "alerts")), ALERT_CLASSES);
    json_t *lights = json_array_get(json_object_get(page, "lights"), 0);
    assert_string_equal(text_in(lights, "id"), board_lights_shipped);
    assert_true(json_array_size(json_object_get(lights, "rules")) > 0);
    json_decref(page);
}

static void the_ledger_s_page_counts_what_was_recorded(void **state)
{
    struct stage *stage = *state;
    (void)ledger_scene_record(&stage->scene, "341502", RECORD_REFUSAL); /* after the standpoint */
    json_t *page = ledger_page_json(&stage->standpoint, bytes_of_text("{\"position\":7}"),
                                    bytes_of_text("[]"));
    assert_int_equal(number_in(json_object_get(page, "head"), "position"), 7);
    assert_int_equal(number_in(page, "events"), 9);
    assert_int_equal(number_in(page, "refusals"), 0);
    assert_string_equal(text_in(page, "first_day"), "2000-01-01");
    assert_string_equal(text_in(page, "last_day"), "2022-04-05");
    json_decref(page);
}

#define STAGE_TEST(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(projects_are_found_by_text_stage_and_unit),
        STAGE_TEST(a_row_has_the_project_s_face_without_telephones),
        STAGE_TEST(the_newest_come_first_and_the_limit_holds),
        STAGE_TEST(a_unit_s_page_has_its_row_its_place_and_what_is_stuck),
        STAGE_TEST(every_definition_in_force_is_named_with_its_version),
        STAGE_TEST(the_ledger_s_page_counts_what_was_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
