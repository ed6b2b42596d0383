/* test_report_gaps.c - the lists of what is stuck, as JSON. */
#include "tests/unit/gap_scene.h"

#include <stdlib.h>

#include "report/report_gaps.h"
#include "report/report_json.h"

static struct ledger_scene scene;
static struct view view;
static struct standpoint standpoint;

/* Two projects that are signed and not started, one with an obstacle whose owner left a number. */
static int setup(void **state)
{
    (void)state;
    ledger_scene_open(&scene);
    for (int i = 1; i <= 2; i++) {
        const char *subject = i == 1 ? "341502/1" : "341503/1";
        ledger_scene_project(&scene, subject, 100, "2022-01-01");
        (void)ledger_scene_milestone(&scene, subject, MILESTONE_CONTRACT_SIGNED, "2022-02-01");
    }
    (void)ledger_scene_submit(&scene, "341502",
                              "{'kind':'OBSTACLE','subject':'341502/1','occurred_on':'2022-03-01',"
                              "'obstacle':{'action':'RAISED','obstacle_id':'1','obstacle':'LAND',"
                              "'owner':'王某13800138000'}}");
    view = gap_scene_view("2022-03-31");
    standpoint = (struct standpoint){.ledger = scene.ledger, .view = &view, .arena = &scene.arena};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ledger_scene_close(&scene);
    return 0;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static json_t *list_of(json_t *whole, size_t index)
{
    return json_array_get(json_object_get(whole, "lists"), index);
}

static json_t *row_of(json_t *whole, size_t list, size_t row)
{
    return json_array_get(json_object_get(list_of(whole, list), "rows"), row);
}

static void every_class_has_an_id_of_its_own_that_finds_it(void **state)
{
    (void)state;
    for (size_t class = 0; class < STUCK_CLASSES; class ++) {
        assert_int_equal(stuck_of_id(bytes_of_text(stuck_id(class))), class);
        assert_int_not_equal(*stuck_name(class), '\0');
    }
    assert_int_equal(stuck_of_id(bytes_of_text("NO_SUCH")), STUCK_CLASSES);
    assert_int_equal(stuck_of_id(BYTES_NONE), STUCK_CLASSES);
    assert_string_equal(stuck_id(GAP_CLASSES), alert_id((enum alert_class)0));
}

static void lists_are_whole_and_in_order_and_say_when(void **state)
{
    (void)state;
    json_t *out = stuck_to_json(&standpoint, 0, STUCK_CLASSES, LEDGER_UNITS_MAX);
    assert_string_equal(text_of(out, "as_of"), "2022-03-31");
    assert_int_equal(json_integer_value(json_object_get(out, "known_at")), view.known_at);
    assert_int_equal(json_array_size(json_object_get(out, "lists")), STUCK_CLASSES);
    for (size_t class = 0; class < STUCK_CLASSES; class ++) {
        json_t *list = list_of(out, class);
        assert_string_equal(text_of(list, "class"), stuck_id(class));
        assert_int_equal(json_integer_value(json_object_get(list, "count")),
                         json_array_size(json_object_get(list, "rows")));
    }
    json_decref(out);
}

static void a_row_says_which_project_since_when_and_whose_task(void **state)
{
    (void)state;
    json_t *out = stuck_to_json(&standpoint, GAP_SIGNED_NOT_STARTED, GAP_SIGNED_NOT_STARTED + 1,
                                ledger_scene_unit(&scene, "341502"));
    assert_int_equal(json_array_size(json_object_get(out, "lists")), 1);
    assert_int_equal(json_integer_value(json_object_get(list_of(out, 0), "count")), 1);
    json_t *row = row_of(out, 0, 0);
    assert_string_equal(text_of(row, "project"), "341502/1");
    assert_string_equal(text_of(row, "unit"), "341502");
    assert_string_equal(text_of(row, "unit_name"), "金安区");
    assert_string_equal(text_of(row, "since"), "2022-02-01");
    assert_int_equal(json_integer_value(json_object_get(row, "age_days")), 58);
    assert_string_equal(text_of(row, "owner"), "王某13800138000");
    assert_true(json_integer_value(json_object_get(row, "position")) > 0);
    json_decref(out);
}

static void a_list_says_what_it_counts_by_the_citys_days_in_force(void **state)
{
    (void)state;
    json_t *out = stuck_to_json(&standpoint, 0, STUCK_CLASSES, LEDGER_UNITS_MAX);
    size_t landing = GAP_CLASSES + ALERT_SIGNED_TO_LAND;
    assert_string_equal(text_of(list_of(out, GAP_SIGNED_NOT_STARTED), "definition"),
                        gap_definition(GAP_SIGNED_NOT_STARTED));
    assert_string_equal(text_of(list_of(out, GAP_SIGNED_NOT_STARTED), "version"), "1");
    assert_string_equal(text_of(list_of(out, landing), "definition"), "签约满20天未落地");
    json_decref(out);
    (void)ledger_scene_submit(&scene, "3415",
                              "{'kind':'DEFINITION','occurred_on':'2022-03-01','definition':{"
                              "'definition':'SETTING','name':'gap_rules','version':'2022-2',"
                              "'content':'{\\\"signed_days\\\":60}'}}");
    out = stuck_to_json(&standpoint, landing, landing + 1, LEDGER_UNITS_MAX);
    assert_string_equal(text_of(list_of(out, 0), "definition"), "签约满60天未落地");
    assert_string_equal(text_of(list_of(out, 0), "version"), "2022-2");
    json_decref(out);
}

static void what_is_not_known_is_null(void **state)
{
    (void)state;
    struct gap_row row = {.subject = SIZE_MAX, .unit = ledger_scene_unit(&scene, "341503")};
    json_t *out = stuck_row_json(&standpoint, &row);
    static const char *const unknown[] = {"project",  "name",  "since", "age_days",
                                          "obstacle", "owner", "why",   "position"};
    for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++)
        assert_true(json_is_null(json_object_get(out, unknown[i])));
    assert_string_equal(text_of(out, "unit_name"), "裕安区");
    assert_int_equal(json_integer_value(json_object_get(out, "transfers")), 0);
    json_decref(out);
}

static void a_wall_shows_no_telephone_number(void **state)
{
    (void)state;
    standpoint.for_wall = true;
    json_t *out = stuck_to_json(&standpoint, 0, STUCK_CLASSES, LEDGER_UNITS_MAX);
    char *text = json_dumps(out, JSON_COMPACT);
    assert_null(strstr(text, "13800138000"));
    assert_non_null(strstr(text, "王某***********"));
    free(text);
    json_decref(out);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static void a_wall_does_not_name_whoever_left_a_lead(void **state)
{
    size_t left = GAP_CLASSES + ALERT_TEAM_CHANGED_MID_LEAD;
    (void)state;
    (void)ledger_scene_milestone(&scene, "341502/9", MILESTONE_NEGOTIATING, "2022-02-01");
    (void)ledger_scene_submit(
        &scene, "341502",
        "{'kind':'ASSIGNMENT','subject':'341502/9','occurred_on':'2022-02-05',"
        "'assignment':{'role':'OWNER_PERSON','name':'张三','from':'2022-02-01','to':'2022-03-01'}"
        "}");
    json_t *office = stuck_to_json(&standpoint, left, left + 1, LEDGER_UNITS_MAX);
    assert_string_equal(text_of(row_of(office, 0, 0), "why"),
                        "张三 跟踪至 2022-03-01，此后无人接手");
    standpoint.for_wall = true;
    json_t *wall = stuck_to_json(&standpoint, left, left + 1, LEDGER_UNITS_MAX);
    assert_string_equal(text_of(row_of(wall, 0, 0), "why"), "某人 跟踪至 2022-03-01，此后无人接手");
    char *text = json_dumps(wall, 0);
    assert_null(strstr(text, "张三"));
    free(text);
    json_decref(office);
    json_decref(wall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_class_has_an_id_of_its_own_that_finds_it),
        TEST(lists_are_whole_and_in_order_and_say_when),
        TEST(a_row_says_which_project_since_when_and_whose_task),
        TEST(a_list_says_what_it_counts_by_the_citys_days_in_force),
        TEST(what_is_not_known_is_null),
        TEST(a_wall_shows_no_telephone_number),
        TEST(a_wall_does_not_name_whoever_left_a_lead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
