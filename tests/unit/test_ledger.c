/* test_ledger.c - what a record of the log adds, and what is asked of it as known at a position. */
#include "tests/unit/ledger_scene.h"

#include <stdio.h>

#include "ledger/fold/assertions.h"

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

static struct ledger_counts counts_at(const struct ledger_scene *scene, uint64_t known_at)
{
    struct ledger_counts counts;
    ledger_counts(scene->ledger, known_at, &counts);
    return counts;
}

static const struct assertion *said_at(const struct ledger_scene *scene, uint64_t position)
{
    const struct assertion *said = ledger_find_event(scene->ledger, scene->ids[position]);
    assert_non_null(said);
    return said;
}

static bool is_misplaced(const struct ledger_scene *scene, uint64_t position)
{
    return said_at(scene, position)->flags & ASSERTION_MISPLACED;
}

/* ---- what is applied ---- */

static void a_record_that_is_not_beyond_the_last_is_refused(void **state)
{
    struct ledger_scene *scene = *state;
    struct record record = {.kind = RECORD_ALARM, .position = scene->position};
    struct ledger_input input = {.record = &record};
    assert_int_equal(ledger_apply(scene->ledger, &input), ERR_MALFORMED);
    record.position += 5; /* a reader who may not see all has holes */
    assert_int_equal(ledger_apply(scene->ledger, &input), OK);
    assert_int_equal(ledger_position(scene->ledger), record.position);
}

static void a_duplicate_changes_nothing_but_the_count(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t said = ledger_scene_funds(scene, "341502/1", ORIGIN_OVERSEAS, 7, "2022-01-05");
    struct hash before, after;
    ledger_facts_digest(scene->ledger, UINT64_MAX, &before);
    uint64_t again = ledger_scene_funds(scene, "341502/1", ORIGIN_OVERSEAS, 7, "2022-01-05");
    ledger_facts_digest(scene->ledger, UINT64_MAX, &after);
    assert_true(hash_equal(&before, &after));
    assert_int_equal(counts_at(scene, again - 1).duplicates, 0);
    assert_int_equal(counts_at(scene, again).duplicates, 1);
    assert_int_equal(counts_at(scene, again).events, 1);
    assert_int_equal(said_at(scene, again)->position, said);
}

static void where_something_was_said_again_is_known(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t once = ledger_scene_project(scene, "341502/2", 9, "2022-01-05");
    uint64_t said = ledger_scene_project(scene, "341502/1", 9, "2022-01-05");
    uint64_t second = ledger_scene_project(scene, "341502/1", 9, "2022-01-05");
    (void)ledger_scene_project(scene, "341502/3", 9, "2022-01-05");
    (void)ledger_scene_project(scene, "341502/3", 9, "2022-01-05");
    uint64_t third = ledger_scene_project(scene, "341502/1", 9, "2022-01-05");
    const struct assertion *assertion = said_at(scene, said);
    assert_int_equal(ledger_next_repeat(scene->ledger, assertion, 0), second);
    assert_int_equal(ledger_next_repeat(scene->ledger, assertion, second), third);
    assert_int_equal(ledger_next_repeat(scene->ledger, assertion, third), 0);
    assert_int_equal(ledger_next_repeat(scene->ledger, said_at(scene, once), 0), 0);
}

static void an_id_taken_from_another_unit_is_no_duplicate(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t said = ledger_scene_project(scene, "341502/1", 9, "2022-01-05");
    struct event event = {.envelope = {.kind = EVENT_NOTE,
                                       .event_id = bytes_of(scene->ids[said], EVENT_ID_SIZE),
                                       .occurred_on = scene_day("2022-01-06")},
                          .note.text = bytes_of_text("抢注")};
    uint64_t forged = ledger_scene_say(scene, "341503", &event);
    assert_int_equal(counts_at(scene, forged).duplicates, 0);
    assert_int_equal(counts_at(scene, forged).events, 2);
    (void)ledger_scene_project(scene, "341502/1", 9, "2022-01-05");
    assert_int_equal(counts_at(scene, UINT64_MAX).duplicates, 1);
}

static void refusals_and_what_is_not_understood_are_counted(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t refusal = ledger_scene_record(scene, "341502", RECORD_REFUSAL);
    uint64_t strange = ledger_scene_record(scene, "341502", RECORD_EVENT);
    (void)ledger_scene_record(scene, "3415", RECORD_ALARM);
    assert_int_equal(counts_at(scene, refusal).refusals, 1);
    assert_int_equal(counts_at(scene, refusal).not_understood, 0);
    assert_int_equal(counts_at(scene, strange).not_understood, 1);
    assert_int_equal(counts_at(scene, UINT64_MAX).refusals, 1);
    assert_int_equal(counts_at(scene, UINT64_MAX).events, 0);
}

static void an_event_without_a_place_for_its_unit_is_not_understood(void **state)
{
    struct ledger_scene *scene = *state;
    char unit[UNIT_TEXT_MAX + 1];
    for (int i = 0; ledger_unit_count(scene->ledger) < LEDGER_UNITS_MAX; i++) {
        (void)snprintf(unit, sizeof unit, "3415-%d", i);
        ledger_scene_enrol(scene, unit, "街道", UNIT_TEAM);
    }
    struct event event = {.envelope = {.kind = EVENT_NOTE, .occurred_on = 1},
                          .note.text = bytes_of_text("满")};
    (void)ledger_scene_say(scene, "990000", &event);
    assert_int_equal(counts_at(scene, UINT64_MAX).not_understood, 1);
    uint64_t known = ledger_scene_project(scene, "341502/1", 9, "2022-01-05");
    assert_int_equal(said_at(scene, known)->position, known);
}

/* ---- what it concerns ---- */

static void an_event_is_about_its_subjects_unit_or_the_one_it_names(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t of_project =
        ledger_scene_submit(scene, "3415",
                            "{'kind':'NOTE','subject':'341502/1','occurred_on':'2022-01-05',"
                            "'note':{'text':'市级现场会'}}");
    uint64_t of_unit =
        ledger_scene_submit(scene, "3415",
                            "{'kind':'NOTE','about_unit':'341503','occurred_on':'2022-01-05',"
                            "'note':{'text':'请报进展'}}");
    uint64_t of_itself = ledger_scene_submit(
        scene, "3415", "{'kind':'NOTE','occurred_on':'2022-01-05','note':{'text':'例会'}}");
    assert_int_equal(said_at(scene, of_project)->about, ledger_scene_unit(scene, "341502"));
    assert_int_equal(said_at(scene, of_project)->unit, ledger_scene_unit(scene, "3415"));
    assert_int_equal(said_at(scene, of_unit)->about, ledger_scene_unit(scene, "341503"));
    assert_int_equal(said_at(scene, of_itself)->about, ledger_scene_unit(scene, "3415"));
    assert_int_equal(said_at(scene, of_project)->subject,
                     ledger_scene_subject(scene, "341502/1") + 1);
    assert_int_equal(said_at(scene, of_unit)->subject, 0);
    size_t index = ledger_scene_subject(scene, "341502/1");
    assert_int_equal(ledger_subject_unit(scene->ledger, index), ledger_scene_unit(scene, "341502"));
}

static void an_envelope_that_disagrees_with_its_payload_is_flagged(void **state)
{
    static const char *const misplaced[] = {
        "{'kind':'NOTE','subject':'341502/1','about_unit':'341503','occurred_on':'2022-01-05',"
        "'note':{'text':'两处'}}",
        "{'kind':'TARGET','about_unit':'341502','occurred_on':'2022-01-05',"
        "'target':{'metric':'signed','base_count':5,'parent_unit':'341502'}}",
        "{'kind':'MILESTONE','subject':'341502/1','occurred_on':'2022-01-05',"
        "'milestone':{'milestone':'TRANSFERRED','to_unit':'341502'}}",
        "{'kind':'FUNDS','subject':'341502/1','occurred_on':'2022-01-05','funds':{"
        "'amount':{'yuan':5},'origin':'OVERSEAS','basis':'INCREMENT','period_from':'2022-01-06'}}",
        "{'kind':'CONTACT','occurred_on':'2022-01-05','contact':{'contact':'TRIP',"
        "'state':'DONE','from':'2022-01-06'}}",
        "{'kind':'APPROVAL','subject':'341502/1','occurred_on':'2022-01-05','approval':{"
        "'step':'环评','result':'PASSED','applied':'2022-01-06'}}",
        "{'kind':'FAIR','subject':'341502/1','occurred_on':'2022-01-05','fair':{"
        "'fair':'徽商大会','projects':['341502/2']}}",
        "{'kind':'VERDICT','subject':'341502/1','occurred_on':'2022-01-05','verdict':{"
        "'matter':'首报','reason':'先报','projects':['341502/2']}}",
    };
    static const char *const fine[] = {
        "{'kind':'NOTE','subject':'341502/1','about_unit':'341502','occurred_on':'2022-01-05',"
        "'note':{'text':'一处'}}",
        "{'kind':'TARGET','about_unit':'341502','occurred_on':'2022-01-05',"
        "'target':{'metric':'signed','base_count':5,'parent_unit':'3415'}}",
        "{'kind':'MILESTONE','subject':'341502/1','occurred_on':'2022-01-05',"
        "'milestone':{'milestone':'TRANSFERRED','to_unit':'341503'}}",
        "{'kind':'FUNDS','subject':'341502/1','occurred_on':'2022-01-05','funds':{"
        "'amount':{'yuan':5},'origin':'OVERSEAS','basis':'INCREMENT','period_from':'2022-01-05'}}",
        "{'kind':'CONTACT','occurred_on':'2022-01-05','contact':{'contact':'TRIP',"
        "'state':'PLANNED','from':'2022-01-06'}}",
        "{'kind':'CONTACT','occurred_on':'1966-01-05','contact':{'contact':'TRIP',"
        "'state':'DONE'}}",
        "{'kind':'APPROVAL','subject':'341502/1','occurred_on':'2022-01-05','approval':{"
        "'step':'环评','result':'PASSED','applied':'2022-01-05'}}",
        "{'kind':'FAIR','subject':'341502/1','occurred_on':'2022-01-05','fair':{"
        "'fair':'徽商大会','projects':['341502/2','341502/1']}}",
        "{'kind':'VERDICT','subject':'341502/1','occurred_on':'2022-01-05','verdict':{"
        "'matter':'首报','reason':'先报','projects':['341502/1']}}",
    };
    struct ledger_scene *scene = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(misplaced); i++)
        assert_true(is_misplaced(scene, ledger_scene_submit(scene, "3415", "%s", misplaced[i])));
    for (size_t i = 0; i < ARRAY_LENGTH(fine); i++)
        assert_false(is_misplaced(scene, ledger_scene_submit(scene, "3415", "%s", fine[i])));
}

/* ---- time ---- */

static void the_position_of_an_evening_is_the_last_before_it(void **state)
{
    struct ledger_scene *scene = *state;
    ledger_scene_day(scene, "2022-03-01");
    uint64_t said = ledger_scene_project(scene, "341502/1", 9, "2022-01-05");
    int64_t said_ms = scene->now_ms;
    ledger_scene_day(scene, "2022-03-02");
    uint64_t alarm = ledger_scene_record(scene, "3415", RECORD_ALARM);
    int64_t alarm_ms = scene->now_ms;
    const struct ledger *ledger = scene->ledger;
    assert_int_equal(ledger_position_at(ledger, 0), 0);
    assert_int_equal(ledger_position_at(ledger, said_ms), said - 1);
    assert_int_equal(ledger_position_at(ledger, said_ms + 1), said);
    assert_int_equal(ledger_position_at(ledger, alarm_ms), said);
    assert_int_equal(ledger_position_at(ledger, INT64_MAX), alarm);
    assert_true(ledger_recorded_at_ms(ledger, said) == said_ms);
    assert_true(ledger_recorded_at_ms(ledger, alarm) == alarm_ms);
    assert_true(ledger_recorded_at_ms(ledger, UINT64_MAX) == alarm_ms);
    assert_true(ledger_recorded_at_ms(ledger, 0) == 0);
}

static void recorded_time_never_goes_back(void **state)
{
    struct ledger_scene *scene = *state;
    ledger_scene_day(scene, "2022-03-02");
    (void)ledger_scene_record(scene, "3415", RECORD_ALARM);
    int64_t newest_ms = scene->now_ms;
    scene->clock_stands = true;
    ledger_scene_day(scene, "2021-03-02");
    uint64_t later = ledger_scene_project(scene, "341502/1", 9, "2022-01-05");
    assert_true(ledger_recorded_at_ms(scene->ledger, later) == newest_ms);
}

static void a_units_data_are_complete_to_its_last_event(void **state)
{
    struct ledger_scene *scene = *state;
    uint16_t unit = ledger_scene_unit(scene, "341502");
    assert_true(ledger_unit_complete_to_ms(scene->ledger, unit, UINT64_MAX) == 0);
    ledger_scene_day(scene, "2022-03-01");
    uint64_t first = ledger_scene_project(scene, "341502/1", 9, "2022-01-05");
    int64_t first_ms = scene->now_ms;
    ledger_scene_day(scene, "2022-03-05");
    (void)ledger_scene_project(scene, "341503/1", 9, "2022-01-05");
    assert_true(ledger_unit_complete_to_ms(scene->ledger, unit, UINT64_MAX) == first_ms);
    uint64_t second = ledger_scene_project(scene, "341502/2", 9, "2022-01-05");
    assert_true(ledger_unit_complete_to_ms(scene->ledger, unit, UINT64_MAX) == scene->now_ms);
    assert_true(ledger_unit_complete_to_ms(scene->ledger, unit, second - 1) == first_ms);
    assert_true(ledger_unit_complete_to_ms(scene->ledger, unit, first - 1) == 0);
    assert_int_equal(ledger_unit(scene->ledger, unit)->last_position, second);
}

/* ---- the roster ---- */

static const char *name_on(const struct ledger_scene *scene, const char *day, uint64_t known_at)
{
    static char text[64];
    uint16_t unit = ledger_scene_unit(scene, "341502");
    return bytes_to_text(ledger_unit_name(scene->ledger, unit, scene_day(day), known_at), text,
                         sizeof text);
}

static void a_unit_has_the_name_in_force_on_the_day_as_known_then(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t before = scene->position;
    ledger_scene_rename(scene, "341502", "金安新区", "2020-06-01");
    ledger_scene_rename(scene, "341502", "金安开发区", "2010-01-01");
    assert_string_equal(name_on(scene, "2005-01-01", UINT64_MAX), "金安区");
    assert_string_equal(name_on(scene, "2015-01-01", UINT64_MAX), "金安开发区");
    assert_string_equal(name_on(scene, "2020-05-31", UINT64_MAX), "金安开发区");
    assert_string_equal(name_on(scene, "2020-06-01", UINT64_MAX), "金安新区");
    assert_string_equal(name_on(scene, "2020-06-01", before), "金安区");
    assert_string_equal(name_on(scene, "1999-01-01", UINT64_MAX), "金安区");
    assert_string_equal(name_on(scene, "2020-06-01", 1), "341502");
}

static void a_city_is_known_by_its_settings_and_by_its_enrolment(void **state)
{
    struct ledger_scene *scene = *state;
    uint16_t city = ledger_scene_unit(scene, "3415");
    assert_true(ledger_unit_is_city(scene->ledger, city, 1));
    assert_false(ledger_unit_is_city(scene->ledger, ledger_scene_unit(scene, "341502"), 99));
    ledger_scene_enrol(scene, "3415-zsj", "市招商局", UNIT_CITY);
    uint16_t bureau = ledger_scene_unit(scene, "3415-zsj");
    assert_true(ledger_unit_is_city(scene->ledger, bureau, scene->position));
    assert_false(ledger_unit_is_city(scene->ledger, bureau, scene->position - 1));
    assert_int_equal(ledger_unit(scene->ledger, bureau)->type, UNIT_CITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
        TEST(a_record_that_is_not_beyond_the_last_is_refused),
        TEST(a_duplicate_changes_nothing_but_the_count),
        TEST(where_something_was_said_again_is_known),
        TEST(an_id_taken_from_another_unit_is_no_duplicate),
        TEST(refusals_and_what_is_not_understood_are_counted),
        TEST(an_event_without_a_place_for_its_unit_is_not_understood),
        TEST(an_event_is_about_its_subjects_unit_or_the_one_it_names),
        TEST(an_envelope_that_disagrees_with_its_payload_is_flagged),
        TEST(the_position_of_an_evening_is_the_last_before_it),
        TEST(recorded_time_never_goes_back),
        TEST(a_units_data_are_complete_to_its_last_event),
        TEST(a_unit_has_the_name_in_force_on_the_day_as_known_then),
        TEST(a_city_is_known_by_its_settings_and_by_its_enrolment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
