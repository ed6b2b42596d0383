/* test_city_rule.c - which of the city's rules is in force on a day, as known at a position. */
#include "tests/unit/ledger_scene.h"

#include "ledger/view/city_rule.h"

static int open_scene(void **state)
{
    static struct ledger_scene scene;
    ledger_scene_open(&scene);
    *state = &scene;
    return 0;
}

static int close_scene(void **state)
{
    ledger_scene_close(*state);
    return 0;
}

static uint64_t say_rule(struct ledger_scene *scene, const char *unit, const char *from,
                         const char *version)
{
    return ledger_scene_submit(scene, unit,
                               "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                               "'definition':'SCHEME','name':'year','version':'%s','from':'%s',"
                               "'content':'{}'}}",
                               version, from);
}

static void assert_version(struct ledger_scene *scene, const char *day, uint64_t known_at,
                           const char *version)
{
    struct rule_moment moment = {scene_day(day), known_at};
    struct city_rule rule = {0};
    bool found =
        city_rule_find(scene->ledger, DEFINITION_SCHEME, "year", moment, &scene->arena, &rule);
    assert_int_equal(found, version != NULL);
    if (version)
        assert_true(bytes_equal_text(rule.version, version));
}

static void the_latest_day_counts_then_the_latest_position(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t first = say_rule(scene, "3415", "2022-01-01", "a");
    uint64_t second = say_rule(scene, "3415", "2023-01-01", "b");
    uint64_t third = say_rule(scene, "3415", "2022-01-01", "c"); /* said later, of an earlier day */
    assert_version(scene, "2021-12-31", UINT64_MAX, NULL);
    assert_version(scene, "2022-06-01", UINT64_MAX, "c");
    assert_version(scene, "2022-06-01", second, "a");
    assert_version(scene, "2023-01-01", UINT64_MAX, "b");
    assert_version(scene, "2023-01-01", first, "a");
    (void)ledger_scene_withdraw(scene, "3415", third);
    assert_version(scene, "2022-06-01", UINT64_MAX, "a");
}

static void only_the_citys_own_agent_sets_rules(void **state)
{
    struct ledger_scene *scene = *state;
    (void)say_rule(scene, "341502", "2022-01-01", "a");
    assert_version(scene, "2022-06-01", UINT64_MAX, NULL);
}

static void another_name_or_kind_is_another_rule(void **state)
{
    struct ledger_scene *scene = *state;
    (void)say_rule(scene, "3415", "2022-01-01", "a");
    struct rule_moment moment = {scene_day("2022-06-01"), UINT64_MAX};
    struct city_rule rule = {0};
    assert_false(
        city_rule_find(scene->ledger, DEFINITION_SCHEME, "years", moment, &scene->arena, &rule));
    assert_false(
        city_rule_find(scene->ledger, DEFINITION_ARBITER, "year", moment, &scene->arena, &rule));
}

static void the_names_of_a_kind_are_those_in_force_each_once_by_their_bytes(void **state)
{
    static const char *const names[] = {"year", "b", "a", "b"};
    struct ledger_scene *scene = *state;
    struct city_rule_names found;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        (void)ledger_scene_submit(scene, "3415",
                                  "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                                  "'definition':'SCHEME','name':'%s','from':'2022-0%zu-01',"
                                  "'content':'{}'}}",
                                  names[i], i + 1);
    (void)ledger_scene_submit(scene, "3415",
                              "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                              "'definition':'LIGHTS','name':'other kind','content':'{}'}}");
    (void)say_rule(scene, "341502", "2022-01-01", "c");
    struct rule_moment moment = {scene_day("2022-12-31"), UINT64_MAX};
    assert_int_equal(
        city_rule_names_find(scene->ledger, DEFINITION_SCHEME, moment, &scene->arena, &found), OK);
    assert_int_equal(found.count, 3);
    assert_true(bytes_equal_text(found.names[0], "a"));
    assert_true(bytes_equal_text(found.names[1], "b"));
    assert_true(bytes_equal_text(found.names[2], "year"));
    moment.day = scene_day("2022-02-01");
    assert_int_equal(
        city_rule_names_find(scene->ledger, DEFINITION_SCHEME, moment, &scene->arena, &found), OK);
    assert_int_equal(found.count, 2);
    moment.known_at = 0;
    assert_int_equal(
        city_rule_names_find(scene->ledger, DEFINITION_SCHEME, moment, &scene->arena, &found), OK);
    assert_int_equal(found.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_latest_day_counts_then_the_latest_position, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(only_the_citys_own_agent_sets_rules, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(
            the_names_of_a_kind_are_those_in_force_each_once_by_their_bytes, open_scene,
            close_scene),
        cmocka_unit_test_setup_teardown(another_name_or_kind_is_another_rule, open_scene,
                                        close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
