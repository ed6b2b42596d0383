/* test_board_lights.c - targets beside the figures, and the lights that the chosen rules give. */
#include "board_scene.h"

static int open_scene(void **state)
{
    static struct ledger_scene scene;
    ledger_scene_open(&scene);
    for (int i = 0; i < 4; i++) {
        char subject[32];
        (void)snprintf(subject, sizeof subject, "341502/%d", i);
        ledger_scene_project(&scene, subject, 100000000, "2022-01-05");
        ledger_scene_milestone(&scene, subject, MILESTONE_CONTRACT_SIGNED, "2022-01-05");
    }
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-02-05");
    ledger_scene_funds(&scene, "341502/1", ORIGIN_OUT_OF_PROVINCE, 30000000, "2022-06-30");
    *state = &scene;
    return 0;
}

static int close_scene(void **state)
{
    ledger_scene_close(*state);
    return 0;
}

static void set_target(struct ledger_scene *scene, const char *unit, const char *metric,
                       const char *value)
{
    ledger_scene_submit(scene, "3415",
                        "{'kind':'TARGET','about_unit':'%s','occurred_on':'2022-01-01','body':"
                        "'CITY','target':{'metric':'%s','period_from':'2022-01-01','period_to':"
                        "'2022-12-31',%s,'document':'目标责任书'}}",
                        unit, metric, value);
}

static json_t *funds_with(struct ledger_scene *scene, const struct board_question *question)
{
    json_t *headlines = board_section(scene, BOARD_HEADLINES, question);
    json_t *row = json_incref(row_with(headlines, "id", "RECEIVED_IN_PERIOD"));
    json_decref(headlines);
    return row;
}

static json_t *funds_on(struct ledger_scene *scene)
{
    struct board_question question = board_question_of("2022-09-30");
    return funds_with(scene, &question);
}

static void without_a_target_there_is_no_light(void **state)
{
    json_t *funds = funds_on(*state);
    json_t *light = json_object_get(funds, "light");
    assert_int_equal(number_in(funds, "yuan"), 30000000);
    assert_true(is_null_in(funds, "target"));
    assert_true(is_null_in(light, "colour"));
    assert_string_equal(text_in(light, "word"), "未设目标");
    json_decref(funds);
}

/* 3000 of 10000 万 is 30.0 %, 45 points behind 75: red in Yinchuan below 30 points. */
static void the_light_is_of_the_points_that_are_shown(void **state)
{
    struct ledger_scene *scene = *state;
    set_target(scene, "3415", "received_wan_total", "'base_amount':{'yuan':100000000}");
    json_t *funds = funds_on(scene);
    json_t *target = json_object_get(funds, "target"), *light = json_object_get(funds, "light");
    assert_int_equal(number_in(target, "base"), 100000000);
    assert_true(is_null_in(target, "stretch"));
    assert_string_equal(text_in(target, "rate_percent"), "30.00");
    assert_string_equal(text_in(target, "pace_points"), "-45.00");
    assert_string_equal(text_in(target, "document"), "目标责任书");
    assert_string_equal(text_in(light, "colour"), "RED");
    assert_string_equal(text_in(light, "shape"), "SQUARE");
    assert_string_equal(text_in(light, "rules"), "YINCHUAN_2025_PACE");
    assert_non_null(strstr(text_in(light, "why"), "-45.00"));
    json_decref(funds);
}

/* 三亚 asks for the share of the pace: 30 of 75 is 60 % behind it, red as well; 40 of 75 yellow. */
static void the_setting_chooses_another_rule_set(void **state)
{
    struct ledger_scene *scene = *state;
    struct board_question question = board_question_of("2022-09-30");
    question.lights = bytes_of_text("SANYA_2022_PROJECT");
    set_target(scene, "3415", "received_wan_total", "'base_amount':{'yuan':75000000}");
    json_t *funds = funds_with(scene, &question);
    assert_string_equal(text_in(json_object_get(funds, "light"), "rules"), "SANYA_2022_PROJECT");
    assert_string_equal(text_in(json_object_get(funds, "light"), "colour"), "YELLOW");
    json_decref(funds);
    question.lights = bytes_of_text("NOBODY_HAS_THIS");
    funds = funds_with(scene, &question);
    assert_string_equal(text_in(json_object_get(funds, "light"), "rules"), board_lights_shipped);
    json_decref(funds);
}

static void the_city_has_a_rule_set_of_its_own(void **state)
{
    struct ledger_scene *scene = *state;
    struct board_question question = board_question_of("2022-09-30");
    question.lights = bytes_of_text("OURS");
    set_target(scene, "3415", "received_wan_total", "'base_amount':{'yuan':100000000}");
    ledger_scene_submit(
        scene, "3415",
        "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{'definition':'LIGHTS',"
        "'name':'OURS','content':'{\\'id\\':\\'OURS\\',\\'name\\':\\'我市亮灯\\',"
        "\\'version\\':\\'1\\',\\'source\\':\\'s\\',\\'shown\\':[\\'PACE\\'],\\'rules\\':["
        "{\\'colour\\':\\'BLUE\\',\\'meaning\\':\\'REMIND\\',\\'text\\':\\'t\\',\\'terms\\':["
        "{\\'input\\':\\'PACE\\',\\'below\\':0}]}]}'}}");
    json_t *funds = funds_with(scene, &question);
    assert_string_equal(text_in(json_object_get(funds, "light"), "colour"), "BLUE");
    json_decref(funds);
}

/* A rate does not fill up by month: it is beside its target itself. */
static void a_rate_is_measured_against_its_target_and_not_the_pace(void **state)
{
    struct ledger_scene *scene = *state;
    struct board_question question = board_question_of("2022-09-30");
    set_target(scene, "341502", "START_OVER_SIGNED", "'base_count':4000");
    json_t *ranking = board_section(scene, BOARD_RANKING, &question);
    json_t *row = row_with(json_object_get(ranking, "rows"), "unit", "341502");
    json_t *target = json_object_get(row, "target"), *light = json_object_get(row, "light");
    assert_string_equal(text_in(row, "percent"), "25.00");
    assert_string_equal(text_in(target, "base"), "40.00");
    assert_string_equal(text_in(target, "points"), "-15.00");
    assert_true(is_null_in(target, "pace_points"));
    assert_string_equal(text_in(light, "colour"), "YELLOW");
    assert_non_null(strstr(text_in(light, "why"), "-15.00"));
    assert_null(strstr(text_in(light, "why"), "时序"));
    json_decref(ranking);
}

static void a_count_of_a_stage_has_its_target(void **state)
{
    struct ledger_scene *scene = *state;
    set_target(scene, "3415", "signed", "'base_count':4,'stretch_count':5");
    json_t *stages = board_on(scene, BOARD_STAGES, "2022-09-30");
    json_t *signed_stage = row_with(stages, "id", "SIGNED");
    json_t *target = json_object_get(signed_stage, "target");
    assert_int_equal(number_in(target, "base"), 4);
    assert_int_equal(number_in(target, "stretch"), 5);
    assert_string_equal(text_in(target, "pace_points"), "+25.00");
    assert_string_equal(text_in(json_object_get(signed_stage, "light"), "colour"), "GREEN");
    json_decref(stages);
}

/* The province's target for large projects is no target of all. */
static void a_target_of_some_projects_is_not_shown_as_one_of_all(void **state)
{
    struct ledger_scene *scene = *state;
    set_target(scene, "3415", "signed", "'base_count':4,'threshold':{'yuan':500000000}");
    json_t *stages = board_on(scene, BOARD_STAGES, "2022-09-30");
    assert_true(is_null_in(row_with(stages, "id", "SIGNED"), "target"));
    json_decref(stages);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(without_a_target_there_is_no_light),
        SCENE_TEST(the_light_is_of_the_points_that_are_shown),
        SCENE_TEST(the_setting_chooses_another_rule_set),
        SCENE_TEST(the_city_has_a_rule_set_of_its_own),
        SCENE_TEST(a_rate_is_measured_against_its_target_and_not_the_pace),
        SCENE_TEST(a_count_of_a_stage_has_its_target),
        SCENE_TEST(a_target_of_some_projects_is_not_shown_as_one_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
