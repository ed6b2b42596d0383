/* test_gap_rules.c - the days and counts that the city sets by an event. */
#include "gap_scene.h"

static void set_rules(struct ledger_scene *scene, const char *unit, const char *day,
                      const char *content)
{
    struct event event = {.envelope = {.kind = EVENT_DEFINITION, .occurred_on = scene_day(day)}};
    event.definition = (struct definition_fact){.definition = DEFINITION_SETTING,
                                                .name = bytes_of_text("gap_rules"),
                                                .version = bytes_of_text("2022-2"),
                                                .content = bytes_of_text(content)};
    ledger_scene_say(scene, unit, &event);
}

static struct gap_rules rules(struct ledger_scene *scene, const char *as_of)
{
    struct view view = gap_scene_view(as_of);
    return gap_rules_at(scene->ledger, &view, &scene->arena);
}

static void the_citys_rules_hold_from_their_day_and_leave_the_rest_as_shipped(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    set_rules(&scene, "3415", "2022-03-01", "{\"signed_days\": 60, \"large_yuan\": 50000000}");
    assert_int_equal(rules(&scene, "2022-02-28").signed_days, 20);
    assert_string_equal(rules(&scene, "2022-02-28").version, "1");
    struct gap_rules set = rules(&scene, "2022-03-01");
    assert_int_equal(set.signed_days, 60);
    assert_int_equal(set.large_yuan, 50000000);
    assert_int_equal(set.silent_days, gap_rules_default.silent_days);
    assert_string_equal(set.version, "2022-2");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-03-01");
    assert_int_equal(gap_scene_alerts(&scene, ALERT_SIGNED_TO_LAND, "2022-04-29").count, 0);
    assert_int_equal(gap_scene_alerts(&scene, ALERT_SIGNED_TO_LAND, "2022-04-30").count, 1);
    ledger_scene_close(&scene);
}

static void no_county_sets_the_citys_rules(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    set_rules(&scene, "341502", "2022-03-01", "{\"signed_days\": 9999}");
    assert_int_equal(rules(&scene, "2022-04-01").signed_days, 20);
    ledger_scene_close(&scene);
}

static void rules_that_are_not_whole_positive_numbers_are_passed_over(void **state)
{
    static const char *const contents[] = {"{\"signed_days\": 0}",
                                           "{\"signed_days\": -5}",
                                           "{\"signed_days\": 36501}",
                                           "{\"signed_days\": \"60\"}",
                                           "{\"signed_days\": 6.5}",
                                           "[60]",
                                           "60",
                                           "",
                                           "{\"signed_days\": 60",
                                           "{\"silent_days\": 5, \"large_yuan\": 0}",
                                           "{\"large_yuan\": 9223372036854775807}"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(contents); i++) {
        struct ledger_scene scene;
        ledger_scene_open(&scene);
        set_rules(&scene, "3415", "2022-03-01", contents[i]);
        struct gap_rules set = rules(&scene, "2022-04-01");
        assert_int_equal(set.signed_days, 20);
        assert_int_equal(set.silent_days, gap_rules_default.silent_days);
        assert_string_equal(set.version, "1");
        ledger_scene_close(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_citys_rules_hold_from_their_day_and_leave_the_rest_as_shipped),
        cmocka_unit_test(no_county_sets_the_citys_rules),
        cmocka_unit_test(rules_that_are_not_whole_positive_numbers_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
