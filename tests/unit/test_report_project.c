/* test_report_project.c - one project as JSON: its state, its history with the log's own words, and
 * what a wall does not show of it. */
#include "tests/unit/ledger_scene.h"

#include <stdlib.h>

#include "ledger/view/definitions.h"
#include "report/report_json.h"
#include "report/report_project.h"

struct scene {
    struct ledger_scene ledger;
    struct view view;
    struct standpoint standpoint;
    struct project_history history;
    uint64_t registered, wrong, right, correction;
};

/* Registered with a telephone number in its name, started on a wrong day, corrected. */
static int setup(void **state)
{
    static struct scene scene;
    struct ledger_scene *ledger = &scene.ledger;
    scene = (struct scene){0};
    ledger_scene_open(ledger);
    scene.registered = ledger_scene_submit(
        ledger, "341502",
        "{'kind':'PROJECT','subject':'341502/1','occurred_on':'2022-01-01','project':{"
        "'action':'REGISTERED','name':'甲项目（李副市长13800138000）','planned_total':{'yuan':"
        "20000000}}}");
    scene.wrong =
        ledger_scene_milestone(ledger, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-02-02");
    scene.correction = ledger_scene_withdraw(ledger, "341502", scene.wrong);
    scene.right =
        ledger_scene_milestone(ledger, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-03-03");
    scene.view = (struct view){.as_of = scene_day("2022-09-30"),
                               .known_at = ledger->position,
                               .definitions = definitions_shipped()};
    scene.standpoint =
        (struct standpoint){.ledger = ledger->ledger, .view = &scene.view, .arena = &ledger->arena};
    *state = &scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    ledger_scene_close(&scene->ledger);
    return 0;
}

static enum err make(struct scene *scene)
{
    return project_history_make(&scene->standpoint,
                                ledger_scene_subject(&scene->ledger, "341502/1"), &scene->history);
}

static struct project_entry *entry_at(struct scene *scene, uint64_t position)
{
    const struct project_entry *found = project_history_find(&scene->history, position);
    return found ? &scene->history.entries[found - scene->history.entries] : NULL;
}

static void say_words(struct scene *scene)
{
    entry_at(scene, scene->registered)->json =
        bytes_of_text("{\"position\":4,\"kind\":\"PROJECT\",\"project\":{\"name\":\"甲\"}}");
    entry_at(scene, scene->correction)->json =
        bytes_of_text("{\"position\":7,\"kind\":\"CORRECTION\",\"correction\":{\"reason\":"
                      "\"王某13800138000说的\",\"person\":\"王某\"}}");
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static json_t *history_json(json_t *project, size_t index)
{
    return json_array_get(json_object_get(project, "history"), index);
}

static void the_state_is_that_of_the_day(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(make(scene), OK);
    json_t *out = project_to_json(&scene->history);
    assert_string_equal(text_of(out, "project"), "341502/1");
    assert_string_equal(text_of(out, "name"), "甲项目（李副市长13800138000）");
    assert_string_equal(text_of(out, "as_of"), "2022-09-30");
    assert_string_equal(text_of(out, "stage"), "CONTRACT_SIGNED");
    assert_int_equal(json_integer_value(json_object_get(out, "planned_total_wan")), 2000);
    assert_true(json_is_null(json_object_get(out, "received_wan")));
    assert_true(json_is_null(json_object_get(out, "investor")));
    json_t *milestones = json_object_get(out, "milestones");
    assert_int_equal(json_array_size(milestones), 1);
    assert_string_equal(text_of(json_array_get(milestones, 0), "day"), "2022-03-03");
    assert_string_equal(json_string_value(json_array_get(json_object_get(out, "gaps"), 0)),
                        "SIGNED_NOT_STARTED");
    json_decref(out);
}

static void what_was_verified_stands_beside_what_was_claimed(void **state)
{
    struct scene *scene = *state;
    (void)ledger_scene_funds(&scene->ledger, "341502/1", ORIGIN_OUT_OF_PROVINCE, 8000000,
                             "2022-06-30");
    scene->view.known_at = scene->ledger.position;
    assert_int_equal(make(scene), OK);
    json_t *out = project_to_json(&scene->history);
    assert_int_equal(json_integer_value(json_object_get(out, "received_wan")), 800);
    assert_true(json_is_null(json_object_get(out, "verified_wan")));
    json_decref(out);
    (void)ledger_scene_submit(
        &scene->ledger, "3415",
        "{'kind':'VERIFICATION','subject':'341502/1','occurred_on':"
        "'2022-07-15','body':'INSPECTOR','verification':{'finding':'部分属实',"
        "'verified_amount':{'yuan':7500000}}}");
    scene->view.known_at = scene->ledger.position;
    assert_int_equal(make(scene), OK);
    out = project_to_json(&scene->history);
    assert_int_equal(json_integer_value(json_object_get(out, "received_wan")), 800);
    assert_int_equal(json_integer_value(json_object_get(out, "verified_wan")), 750);
    json_decref(out);
}

static void the_history_is_in_order_with_the_words_of_the_log(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(make(scene), OK);
    assert_int_equal(scene->history.count, 4);
    for (size_t i = 1; i < scene->history.count; i++)
        assert_true(scene->history.entries[i - 1].assertion->position <
                    scene->history.entries[i].assertion->position);
    say_words(scene);
    json_t *out = project_to_json(&scene->history);
    json_t *first = history_json(out, 0), *corrected = history_json(out, 1);
    assert_string_equal(text_of(json_object_get(first, "project"), "name"), "甲");
    assert_string_equal(text_of(first, "unit_name"), "金安区");
    assert_true(json_is_null(json_object_get(first, "corrected_by")));
    /* What was not to be had is still there, by position and instant. */
    assert_int_equal(json_integer_value(json_object_get(corrected, "position")), scene->wrong);
    assert_non_null(text_of(corrected, "recorded_at"));
    json_t *by = json_object_get(corrected, "corrected_by");
    assert_int_equal(json_integer_value(json_object_get(by, "position")), scene->correction);
    assert_string_equal(text_of(by, "action"), "WITHDRAWN");
    assert_string_equal(text_of(by, "reason"), "王某13800138000说的");
    assert_string_equal(text_of(by, "person"), "王某");
    json_decref(out);
}

static void before_it_was_corrected_nothing_corrects_it(void **state)
{
    struct scene *scene = *state;
    scene->view.known_at = scene->wrong;
    assert_int_equal(make(scene), OK);
    assert_int_equal(scene->history.count, 2);
    json_t *out = project_to_json(&scene->history);
    assert_true(json_is_null(json_object_get(history_json(out, 1), "corrected_by")));
    json_decref(out);
    assert_null(entry_at(scene, scene->correction));
    scene->view.known_at = scene->registered - 1;
    assert_int_equal(make(scene), OK);
    assert_int_equal(scene->history.count, 0);
}

static void a_wall_shows_neither_numbers_nor_clerks(void **state)
{
    struct scene *scene = *state;
    scene->standpoint.for_wall = true;
    assert_int_equal(make(scene), OK);
    say_words(scene);
    json_t *out = project_to_json(&scene->history);
    char *text = json_dumps(out, JSON_COMPACT);
    assert_null(strstr(text, "13800138000"));
    assert_null(strstr(text, "\"王某\""));
    free(text);
    assert_string_equal(text_of(out, "name"), "甲项目（李副市长***********）");
    json_t *by = json_object_get(history_json(out, 1), "corrected_by");
    assert_string_equal(text_of(by, "reason"), "王某***********说的");
    assert_true(json_is_null(json_object_get(by, "person")));
    json_t *said = json_object_get(history_json(out, 2), "correction");
    assert_null(json_object_get(said, "person"));
    json_decref(out);
}

static void a_long_history_is_whole_and_one_beyond_the_arena_an_error(void **state)
{
    enum { NOTES = 300 };
    struct scene *scene = *state;
    for (int i = 0; i < NOTES; i++)
        (void)ledger_scene_submit(&scene->ledger, "341502",
                                  "{'kind':'NOTE','subject':'341502/1','occurred_on':'2022-04-01',"
                                  "'note':{'text':'%d'}}",
                                  i);
    scene->view.known_at = scene->ledger.position;
    assert_int_equal(make(scene), OK);
    assert_int_equal(scene->history.count, 4 + NOTES);
    CLEANUP(arena_release) struct arena small;
    arena_init(&small, 64 * sizeof(struct project_entry));
    scene->standpoint.arena = &small;
    assert_int_equal(make(scene), ERR_LIMIT);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_state_is_that_of_the_day),
        TEST(what_was_verified_stands_beside_what_was_claimed),
        TEST(the_history_is_in_order_with_the_words_of_the_log),
        TEST(before_it_was_corrected_nothing_corrects_it),
        TEST(a_wall_shows_neither_numbers_nor_clerks),
        TEST(a_long_history_is_whole_and_one_beyond_the_arena_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
