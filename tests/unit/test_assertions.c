/* test_assertions.c - what still holds of what was said, as known at any position. */
#include "tests/unit/ledger_scene.h"

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

static const struct assertion *said_at(const struct ledger_scene *scene, uint64_t position)
{
    return ledger_find_event(scene->ledger, scene->ids[position]);
}

static bool holds(const struct ledger_scene *scene, uint64_t position, uint64_t known_at)
{
    const struct assertion *said = said_at(scene, position);
    bool walked = false;
    struct ledger_walk walk = said->subject != 0
                                  ? ledger_walk_subject(scene->ledger, said->subject - 1, known_at)
                                  : ledger_walk_unit(scene->ledger, said->about, known_at);
    for (const struct assertion *at; (at = ledger_next(&walk));)
        walked = walked || at == said;
    assert_int_equal(walked, !ledger_correction_of(scene->ledger, said, known_at));
    return walked;
}

static struct ledger_counts counts(const struct ledger_scene *scene, uint64_t known_at)
{
    struct ledger_counts out;
    ledger_counts(scene->ledger, known_at, &out);
    return out;
}

/* A correction of an event by its id, whoever says it. */
static uint64_t correct(struct ledger_scene *scene, const char *unit, const uint8_t *target,
                        const char *own_id)
{
    struct event event = {
        .envelope = {.kind = EVENT_CORRECTION, .occurred_on = scene_day("2022-02-01")},
        .correction = {.action = CORRECTION_ACTION_CORRECTED,
                       .target = bytes_of(target, EVENT_ID_SIZE),
                       .reason = bytes_of_text("台账更新"),
                       .person = bytes_of_text("李四")}};
    if (own_id)
        event.envelope.event_id = bytes_of(own_id, EVENT_ID_SIZE);
    return ledger_scene_say(scene, unit, &event);
}

/* ---- walks ---- */

static void what_is_said_of_a_project_is_walked_in_order_of_position(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t expected[3];
    expected[0] = ledger_scene_project(scene, "341502/1", 100000000, "2022-01-05");
    (void)ledger_scene_project(scene, "341502/2", 5, "2022-01-06");
    expected[1] = ledger_scene_milestone(scene, "341502/1", MILESTONE_STARTED, "2022-03-01");
    expected[2] = ledger_scene_funds(scene, "341502/1", ORIGIN_OVERSEAS, 7, "2021-12-31");
    for (size_t known = 0; known <= 3; known++) {
        uint64_t known_at = known == 0 ? expected[0] - 1 : expected[known - 1];
        struct ledger_walk walk =
            ledger_walk_subject(scene->ledger, ledger_scene_subject(scene, "341502/1"), known_at);
        for (size_t i = 0; i < known; i++)
            assert_int_equal(ledger_next(&walk)->position, expected[i]);
        assert_null(ledger_next(&walk));
        assert_null(ledger_next(&walk));
    }
}

static void what_is_said_of_a_unit_is_walked_without_its_projects(void **state)
{
    struct ledger_scene *scene = *state;
    (void)ledger_scene_project(scene, "341502/1", 5, "2022-01-05");
    uint64_t own = ledger_scene_submit(
        scene, "341502", "{'kind':'NOTE','occurred_on':'2022-01-05','note':{'text':'例会'}}");
    uint64_t of_city =
        ledger_scene_submit(scene, "3415",
                            "{'kind':'TARGET','about_unit':'341502','occurred_on':'2022-01-05',"
                            "'target':{'metric':'signed','base_count':5}}");
    struct ledger_walk walk =
        ledger_walk_unit(scene->ledger, ledger_scene_unit(scene, "341502"), UINT64_MAX);
    assert_int_equal(ledger_next(&walk)->position, own);
    assert_int_equal(ledger_next(&walk)->position, of_city);
    assert_null(ledger_next(&walk));
    walk = ledger_walk_unit(scene->ledger, ledger_scene_unit(scene, "3415"), UINT64_MAX);
    assert_null(ledger_next(&walk));
}

static void an_assertion_gives_back_what_was_said(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t position = ledger_scene_submit(
        scene, "341502",
        "{'kind':'CONTACT','subject':'341502/1','occurred_on':'2022-01-05','body':'DRC',"
        "'contact':{'contact':'TRIP','state':'DONE','leader':'王五','half_days':3,"
        "'firms':['甲公司','乙公司'],'conclusion':'谈成了'}}");
    const struct assertion *said = said_at(scene, position);
    struct ledger_fact fact;
    ledger_read(scene->ledger, said, &scene->arena, &fact);
    const struct envelope *envelope = &fact.event.envelope;
    const struct contact_fact *contact = &fact.event.contact;
    assert_int_equal(envelope->kind, EVENT_CONTACT);
    assert_int_equal(envelope->body, BODY_DRC);
    assert_true(bytes_equal_text(envelope->subject, "341502/1"));
    assert_true(bytes_equal_text(envelope->about_unit, "341502"));
    assert_int_equal(envelope->occurred_on, scene_day("2022-01-05"));
    assert_true(envelope->agent_clock_ms == scene->now_ms);
    assert_memory_equal(envelope->event_id.data, scene->ids[position], EVENT_ID_SIZE);
    assert_true(bytes_equal_text(contact->leader, "王五"));
    assert_int_equal(contact->half_days, 3);
    assert_int_equal(contact->firms.count, 2);
    assert_true(bytes_equal_text(contact->firms.items[1], "乙公司"));
    assert_int_equal(contact->conclusion.size, 0); /* long: read again by position */
    assert_int_equal(fact.long_given, 1 << 14);
    ledger_read(scene->ledger, said, NULL, &fact);
    assert_int_equal(fact.event.contact.firms.count, 0);
}

static void what_the_ledger_itself_needs_is_kept_however_long(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t position =
        ledger_scene_submit(scene, "3415",
                            "{'kind':'DEFINITION','occurred_on':'2022-01-05','definition':{"
                            "'definition':'METRIC','name':'landed','content':'%01200d'}}",
                            7);
    struct ledger_fact fact;
    ledger_read(scene->ledger, said_at(scene, position), NULL, &fact);
    assert_int_equal(fact.event.definition.content.size, 1200);
    assert_int_equal(fact.long_given, 0);
}

/* ---- corrections ---- */

static void a_corrected_assertion_ends_when_the_correction_is_known(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t said = ledger_scene_project(scene, "341502/1", 1, "2022-01-05");
    uint64_t taken_back = ledger_scene_withdraw(scene, "341502", said);
    assert_true(holds(scene, said, taken_back - 1));
    assert_false(holds(scene, said, taken_back));
    assert_int_equal(
        ledger_correction_of(scene->ledger, said_at(scene, said), UINT64_MAX)->position,
        taken_back);
    assert_int_equal(counts(scene, UINT64_MAX).corrections, 1);
    assert_int_equal(counts(scene, UINT64_MAX).orphans, 0);
    struct ledger_walk walk =
        ledger_walk_subject(scene->ledger, ledger_scene_subject(scene, "341502/1"), UINT64_MAX);
    walk.with_corrected = true; /* it was never forgotten */
    assert_ptr_equal(ledger_next(&walk), said_at(scene, said));
}

static void only_who_said_it_and_the_city_may_correct_it(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t said = ledger_scene_project(scene, "341502/1", 1, "2022-01-05");
    (void)ledger_scene_withdraw(scene, "341503", said);
    assert_true(holds(scene, said, UINT64_MAX));
    (void)ledger_scene_withdraw(scene, "3415", said);
    assert_false(holds(scene, said, UINT64_MAX));
    uint64_t of_city =
        ledger_scene_submit(scene, "3415",
                            "{'kind':'NOTE','subject':'341502/1','occurred_on':'2022-01-05',"
                            "'note':{'text':'督办'}}");
    (void)ledger_scene_withdraw(scene, "341502", of_city);
    assert_true(holds(scene, of_city, UINT64_MAX));
}

static void a_correction_may_come_before_what_it_corrects(void **state)
{
    struct ledger_scene *scene = *state;
    /* The city saw it elsewhere first: the same event, as this log will get it later. */
    uint64_t said = ledger_scene_project(scene, "341502/1", 1, "2022-01-05");
    uint8_t id[EVENT_ID_SIZE];
    memcpy(id, scene->ids[said], EVENT_ID_SIZE);
    ledger_scene_close(scene);
    ledger_scene_open(scene);
    uint64_t correction = correct(scene, "3415", id, NULL);
    assert_int_equal(counts(scene, correction).orphans, 1);
    said = ledger_scene_project(scene, "341502/1", 1, "2022-01-05");
    assert_false(holds(scene, said, UINT64_MAX));
    assert_int_equal(counts(scene, UINT64_MAX).orphans, 0);
    assert_int_equal(counts(scene, said - 1).orphans, 1);
}

static void a_correction_taken_back_lets_its_target_hold_again(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t said = ledger_scene_project(scene, "341502/1", 1, "2022-01-05");
    uint64_t first = correct(scene, "341502", scene->ids[said], NULL);
    uint64_t second = ledger_scene_withdraw(scene, "341502", first);
    uint64_t third = ledger_scene_withdraw(scene, "3415", second);
    assert_true(holds(scene, said, first - 1));
    assert_false(holds(scene, said, first));
    assert_true(holds(scene, said, second));
    assert_false(holds(scene, said, third));
    assert_false(holds(scene, first, second));
    assert_true(holds(scene, first, third));
    uint64_t again = correct(scene, "3415", scene->ids[said], NULL);
    assert_false(holds(scene, said, again));
}

static void the_first_correction_that_stands_is_named(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t said = ledger_scene_project(scene, "341502/1", 1, "2022-01-05");
    uint64_t strange = ledger_scene_withdraw(scene, "341503", said);
    uint64_t taken_back = correct(scene, "341502", scene->ids[said], NULL);
    uint64_t stands = ledger_scene_withdraw(scene, "341502", said);
    uint64_t later = ledger_scene_withdraw(scene, "3415", said);
    const struct assertion *target = said_at(scene, said);
    assert_null(ledger_correction_of(scene->ledger, target, strange));
    assert_int_equal(ledger_correction_of(scene->ledger, target, later)->position, taken_back);
    (void)ledger_scene_withdraw(scene, "341502", taken_back);
    assert_int_equal(ledger_correction_of(scene->ledger, target, UINT64_MAX)->position, stands);
    uint64_t other = ledger_scene_project(scene, "341502/2", 1, "2022-01-05");
    uint64_t first = ledger_scene_withdraw(scene, "341502", other);
    (void)correct(scene, "341502", scene->ids[other], NULL);
    (void)ledger_scene_withdraw(scene, "3415", other);
    target = said_at(scene, other);
    assert_int_equal(ledger_correction_of(scene->ledger, target, UINT64_MAX)->position, first);
}

static void corrections_in_a_ring_come_to_an_end(void **state)
{
    static const char one[] = "number one......", two[] = "number two......";
    struct ledger_scene *scene = *state;
    uint64_t first = correct(scene, "341502", (const uint8_t *)two, one);
    uint64_t second = correct(scene, "341502", (const uint8_t *)one, two);
    uint64_t itself =
        correct(scene, "341502", (const uint8_t *)"three...........", "three...........");
    (void)holds(scene, first, UINT64_MAX);
    (void)holds(scene, second, UINT64_MAX);
    (void)holds(scene, itself, UINT64_MAX);
}

static void a_long_chain_of_corrections_costs_no_stack(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t said = ledger_scene_project(scene, "341502/1", 1, "2022-01-05"), last = said;
    for (int i = 0; i < 3000; i++)
        last = correct(scene, "341502", scene->ids[last], NULL);
    assert_false(holds(scene, last - 1, UINT64_MAX));
    assert_true(holds(scene, last, UINT64_MAX));
    (void)holds(scene, said, UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
        TEST(what_is_said_of_a_project_is_walked_in_order_of_position),
        TEST(what_is_said_of_a_unit_is_walked_without_its_projects),
        TEST(an_assertion_gives_back_what_was_said),
        TEST(what_the_ledger_itself_needs_is_kept_however_long),
        TEST(a_corrected_assertion_ends_when_the_correction_is_known),
        TEST(only_who_said_it_and_the_city_may_correct_it),
        TEST(a_correction_may_come_before_what_it_corrects),
        TEST(a_correction_taken_back_lets_its_target_hold_again),
        TEST(the_first_correction_that_stands_is_named),
        TEST(corrections_in_a_ring_come_to_an_end),
        TEST(a_long_chain_of_corrections_costs_no_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
