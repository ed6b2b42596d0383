/* test_roster.c - who may speak, write and read, as the log's roster records say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "broker/roster.h"

struct scene {
    struct roster roster;
    uint64_t position;
    uint8_t keys[8][CURVE_KEY_SIZE];
};

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    roster_init(&scene->roster, 3);
    for (size_t i = 0; i < ARRAY_LENGTH(scene->keys); i++)
        memset(scene->keys[i], (int)i + 1, CURVE_KEY_SIZE);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    roster_release(&scene->roster);
    free(scene);
    return 0;
}

static struct bytes key(const struct scene *scene, size_t number)
{
    return bytes_of(scene->keys[number], CURVE_KEY_SIZE);
}

static struct roster_change enrolment(const struct scene *scene, const char *unit, size_t number)
{
    struct bytes name = bytes_of_text(unit);
    return (struct roster_change){
        .action = ROSTER_ENROL,
        .role = PEER_AGENT,
        .unit = name,
        .name = bytes_of_text(strcmp(unit, "341502") == 0 ? "金安区" : "裕安区"),
        .unit_type = UNIT_COUNTY,
        .epoch = roster_next_epoch(&scene->roster, name),
        .curve_key = key(scene, number),
        .signing_key = key(scene, number),
        .key_id = bytes_of(scene->keys[number], KEY_ID_SIZE),
    };
}

static struct roster_change reader(const struct scene *scene, const char *name, size_t number)
{
    struct roster_change change = enrolment(scene, "", number);
    change.role = PEER_DISPLAY;
    change.unit_type = 0;
    change.epoch = 0;
    change.name = bytes_of_text(name);
    return change;
}

static enum err apply(struct scene *scene, struct roster_change change)
{
    return roster_apply(&scene->roster, ++scene->position, &change);
}

static const struct roster_entry *enrol(struct scene *scene, const char *unit, size_t number)
{
    assert_int_equal(apply(scene, enrolment(scene, unit, number)), OK);
    return roster_by_key(&scene->roster, key(scene, number));
}

static struct roster_change revocation(const struct scene *scene, size_t number)
{
    return (struct roster_change){.action = ROSTER_REVOKE, .curve_key = key(scene, number)};
}

static void an_enrolled_key_is_found_by_key_and_by_unit(void **state)
{
    struct scene *scene = *state;
    const struct roster_entry *entry = enrol(scene, "341502", 0);
    assert_non_null(entry);
    assert_string_equal(entry->unit, "341502");
    assert_string_equal(entry->name, "金安区");
    assert_int_equal(entry->epoch, 1);
    assert_int_equal(entry->enrolled_at, 1);
    assert_non_null(entry->verifier);
    assert_ptr_equal(roster_by_unit(&scene->roster, bytes_of_text("341502")), entry);
    assert_null(roster_by_key(&scene->roster, key(scene, 1)));
    assert_null(roster_by_unit(&scene->roster, bytes_of_text("341503")));
}

static void a_revoked_key_is_found_no_more_and_its_entry_stays(void **state)
{
    struct scene *scene = *state;
    const struct roster_entry *entry = enrol(scene, "341502", 0);
    assert_int_equal(apply(scene, revocation(scene, 0)), OK);
    assert_null(roster_by_key(&scene->roster, key(scene, 0)));
    assert_null(roster_by_unit(&scene->roster, bytes_of_text("341502")));
    assert_null(roster_find(&scene->roster, "341502"));
    assert_ptr_equal(scene->roster.entries[0], entry);
    assert_int_equal(entry->revoked_at, 2);
}

static void an_enrolment_ends_the_key_the_unit_had_and_counts_the_epoch_on(void **state)
{
    struct scene *scene = *state;
    enrol(scene, "341502", 0);
    const struct roster_entry *second = enrol(scene, "341502", 1);
    assert_null(roster_by_key(&scene->roster, key(scene, 0)));
    assert_int_equal(second->epoch, 2);
    assert_ptr_equal(roster_by_unit(&scene->roster, bytes_of_text("341502")), second);
    assert_int_equal(roster_next_epoch(&scene->roster, bytes_of_text("341502")), 3);
    assert_int_equal(apply(scene, revocation(scene, 1)), OK);
    assert_int_equal(roster_next_epoch(&scene->roster, bytes_of_text("341502")), 3);
    assert_int_equal(roster_next_epoch(&scene->roster, bytes_of_text("341503")), 1);
}

static void a_key_enrolled_again_has_one_entry_in_force(void **state)
{
    struct scene *scene = *state;
    enrol(scene, "341502", 0);
    const struct roster_entry *again = enrol(scene, "341502", 0);
    assert_int_equal(again->epoch, 2);
    assert_int_equal(scene->roster.count, 2);
    assert_int_equal(scene->roster.entries[0]->revoked_at, 2);
    enrol(scene, "341503", 0); /* the key moves: the unit it left has none */
    assert_null(roster_by_unit(&scene->roster, bytes_of_text("341502")));
}

static void a_change_that_the_log_should_not_hold_is_malformed_and_changes_nothing(void **state)
{
    struct scene *scene = *state;
    struct roster_change good = enrolment(scene, "341502", 0), change;
#define BREAK(field, value)                                                                        \
    change = good;                                                                                 \
    change.field = value;                                                                          \
    assert_int_equal(apply(scene, change), ERR_MALFORMED)
    BREAK(action, 0);
    BREAK(action, 4);
    BREAK(role, 0);
    BREAK(role, 5);
    BREAK(unit_type, 0);
    BREAK(unit_type, 7);
    BREAK(epoch, 0);
    BREAK(unit, BYTES_NONE);
    BREAK(unit, bytes_of_text("34150x"));
    BREAK(name, BYTES_NONE);
    BREAK(name, bytes_of_text("\xff"));
    BREAK(curve_key, bytes_of(scene->keys, 31));
    BREAK(signing_key, bytes_of(scene->keys, 33));
    BREAK(key_id, bytes_of(scene->keys, 7));
    BREAK(action, ROSTER_REVOKE);
    BREAK(action, ROSTER_RENAME);
#undef BREAK
    good = reader(scene, "市委大屏", 0);
    good.unit = bytes_of_text("341502");
    assert_int_equal(apply(scene, good), ERR_MALFORMED);
    assert_int_equal(scene->roster.count, 0);
}

static void an_epoch_that_was_used_is_malformed(void **state)
{
    struct scene *scene = *state;
    enrol(scene, "341502", 0);
    struct roster_change change = enrolment(scene, "341502", 1);
    change.epoch = 1;
    assert_int_equal(apply(scene, change), ERR_MALFORMED);
    assert_non_null(roster_by_key(&scene->roster, key(scene, 0)));
}

static void a_new_name_and_type_are_in_force_from_its_record_on(void **state)
{
    struct scene *scene = *state;
    const struct roster_entry *entry = enrol(scene, "341502", 0);
    struct roster_change rename = {.action = ROSTER_RENAME,
                                   .unit = bytes_of_text("341502"),
                                   .name = bytes_of_text("金安新区"),
                                   .unit_type = UNIT_PARK};
    assert_int_equal(apply(scene, rename), OK);
    assert_string_equal(entry->name, "金安新区");
    assert_int_equal(entry->unit_type, UNIT_PARK);
    rename.name = bytes_of(scene->keys, 0);
    assert_int_equal(apply(scene, rename), ERR_MALFORMED);
    assert_string_equal(entry->name, "金安新区");
}

static void a_peer_is_found_by_unit_name_or_key_id_and_never_by_a_guess(void **state)
{
    struct scene *scene = *state;
    const struct roster_entry *county = enrol(scene, "341502", 0);
    assert_int_equal(apply(scene, reader(scene, "市委大屏", 1)), OK);
    const struct roster_entry *display = roster_by_key(&scene->roster, key(scene, 1));
    assert_ptr_equal(roster_find(&scene->roster, "341502"), county);
    assert_ptr_equal(roster_find(&scene->roster, "金安区"), county);
    assert_ptr_equal(roster_find(&scene->roster, "0101010101010101"), county);
    assert_ptr_equal(roster_find(&scene->roster, "市委大屏"), display);
    assert_null(roster_find(&scene->roster, ""));
    assert_null(roster_find(&scene->roster, "裕安区"));
    assert_int_equal(apply(scene, reader(scene, "金安区", 2)), OK);
    assert_null(roster_find(&scene->roster, "金安区"));
    assert_ptr_equal(roster_find(&scene->roster, "341502"), county);
}

static enum roster_request_verdict judge(const struct scene *scene, struct roster_change change,
                                         bool replace)
{
    return roster_judge(&scene->roster, &change, replace);
}

static void a_live_key_must_be_replaced_on_purpose(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(judge(scene, enrolment(scene, "341502", 0), false), ROSTER_WELCOME);
    enrol(scene, "341502", 0);
    assert_int_equal(judge(scene, enrolment(scene, "341502", 1), false), ROSTER_NEEDS_REPLACE);
    assert_int_equal(judge(scene, enrolment(scene, "341502", 1), true), ROSTER_WELCOME);
    assert_int_equal(judge(scene, enrolment(scene, "341502", 0), false), ROSTER_KEY_IN_USE);
    assert_int_equal(judge(scene, enrolment(scene, "341503", 0), false), ROSTER_KEY_IN_USE);
    assert_int_equal(judge(scene, enrolment(scene, "341502", 0), true), ROSTER_WELCOME);
    assert_int_equal(apply(scene, revocation(scene, 0)), OK);
    assert_int_equal(judge(scene, enrolment(scene, "341502", 1), false), ROSTER_WELCOME);
}

static void a_display_is_held_by_its_name_and_never_holds_a_unit(void **state)
{
    struct scene *scene = *state;
    const struct roster_entry *county = enrol(scene, "341502", 0);
    struct roster_change screen = reader(scene, "341502", 1);
    assert_null(roster_holder(&scene->roster, &screen));
    assert_int_equal(judge(scene, screen, false), ROSTER_WELCOME);
    assert_int_equal(apply(scene, screen), OK);
    assert_ptr_equal(roster_by_unit(&scene->roster, bytes_of_text("341502")), county);
    screen = reader(scene, "341502", 2);
    assert_int_equal(judge(scene, screen, false), ROSTER_NEEDS_REPLACE);
    assert_ptr_equal(roster_holder(&scene->roster, &screen),
                     roster_by_key(&scene->roster, key(scene, 1)));
}

static void a_request_that_breaks_its_roles_form_is_a_bad_unit(void **state)
{
    struct scene *scene = *state;
    struct roster_change change = enrolment(scene, "341502", 0);
    change.unit = bytes_of_text("3");
    assert_int_equal(judge(scene, change, true), ROSTER_BAD_UNIT);
    change = reader(scene, "", 0);
    assert_int_equal(judge(scene, change, true), ROSTER_BAD_UNIT);
}

static void a_full_roster_takes_no_more(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < ROSTER_ENTRIES_MAX; i++)
        assert_int_equal(apply(scene, enrolment(scene, "341502", 0)), OK);
    assert_int_equal(judge(scene, enrolment(scene, "341502", 0), true), ROSTER_FULL);
    assert_int_equal(apply(scene, enrolment(scene, "341502", 0)), ERR_LIMIT);
    assert_non_null(roster_by_key(&scene->roster, key(scene, 0)));
}

static bool may_say(const struct roster_entry *entry, uint32_t kind, const char *about,
                    const char *subject)
{
    struct envelope envelope = {
        .kind = kind, .about_unit = bytes_of_text(about), .subject = bytes_of_text(subject)};
    return roster_may_say(entry, &envelope);
}

static void an_agent_says_only_what_is_about_its_own_unit_and_projects(void **state)
{
    const struct roster_entry *agent = enrol(*state, "341502", 0);
    assert_true(may_say(agent, EVENT_NOTE, "", ""));
    assert_true(may_say(agent, EVENT_NOTE, "341502", ""));
    assert_true(may_say(agent, EVENT_MILESTONE, "", "341502/341502-0001"));
    assert_true(may_say(agent, 9999, "", "")); /* a kind of later programs */
    assert_false(may_say(agent, EVENT_NOTE, "341503", ""));
    assert_false(may_say(agent, EVENT_NOTE, "3415", ""));
    assert_false(may_say(agent, EVENT_MILESTONE, "", "341503/341502-0001"));
    assert_false(may_say(agent, EVENT_MILESTONE, "341502", "3415021/1"));
    assert_false(may_say(agent, EVENT_MILESTONE, "341503", "341502/341502-0001"));
}

static void the_citys_agent_writes_about_any_unit(void **state)
{
    struct scene *scene = *state;
    struct roster_change change = enrolment(scene, "3415", 0);
    change.unit_type = UNIT_CITY;
    assert_int_equal(apply(scene, change), OK);
    const struct roster_entry *city = roster_by_key(&scene->roster, key(scene, 0));
    assert_true(may_say(city, EVENT_VERDICT, "341503", "341502/341502-0001"));
}

static void an_inspector_writes_verifications_only(void **state)
{
    struct scene *scene = *state;
    struct roster_change change = enrolment(scene, "3415-ducha", 0);
    change.role = PEER_INSPECTOR;
    assert_int_equal(apply(scene, change), OK);
    const struct roster_entry *inspector = roster_by_key(&scene->roster, key(scene, 0));
    assert_true(may_say(inspector, EVENT_VERIFICATION, "341503", "341503/1"));
    assert_false(may_say(inspector, EVENT_NOTE, "", ""));
    assert_false(may_say(inspector, 9999, "", ""));
}

static void displays_and_auditors_write_nothing(void **state)
{
    struct scene *scene = *state;
    struct roster_change change = reader(scene, "大屏", 0);
    for (uint32_t role = PEER_DISPLAY; role <= PEER_AUDITOR; role++) {
        change.role = role;
        assert_int_equal(apply(scene, change), OK);
        assert_false(may_say(roster_by_key(&scene->roster, key(scene, 0)), EVENT_NOTE, "", ""));
    }
}

static bool may_read(const struct roster_entry *entry, uint32_t kind, const char *unit,
                     const struct envelope *envelope)
{
    struct record record = {.kind = kind, .unit = bytes_of_text(unit)};
    return roster_may_read(entry, &record, envelope);
}

static void an_agent_reads_its_own_and_the_citys_about_it_and_no_other_county(void **state)
{
    const struct roster_entry *agent = enrol(*state, "341502", 0);
    struct envelope own = {0}, about_us = {.about_unit = bytes_of_text("341502")};
    struct envelope our_project = {.subject = bytes_of_text("341502/1")};
    struct envelope theirs = {.subject = bytes_of_text("341503/1")};
    assert_true(may_read(agent, RECORD_EVENT, "341502", &own));
    assert_true(may_read(agent, RECORD_REFUSAL, "341502", NULL));
    assert_true(may_read(agent, RECORD_EVENT, "3415", &about_us));
    assert_true(may_read(agent, RECORD_EVENT, "3415", &our_project));
    assert_false(may_read(agent, RECORD_EVENT, "3415", &theirs));
    assert_false(may_read(agent, RECORD_EVENT, "3415", NULL));
    assert_false(may_read(agent, RECORD_EVENT, "341503", &theirs));
    assert_false(may_read(agent, RECORD_EVENT, "341503", &own));
    /* 341503 had no right to say it, and we none to read it. */
    assert_false(may_read(agent, RECORD_REFUSAL, "341503", &about_us));
    assert_false(may_read(agent, RECORD_ROSTER, "3415", NULL));
    assert_false(may_read(agent, RECORD_ALARM, "341502", NULL));
}

static void displays_auditors_and_inspectors_read_all(void **state)
{
    struct scene *scene = *state;
    struct roster_entry entry = {0};
    struct envelope envelope = {0};
    (void)scene;
    for (uint32_t role = PEER_DISPLAY; role <= PEER_INSPECTOR; role++) {
        entry.role = role;
        assert_true(may_read(&entry, RECORD_EVENT, "341502", &envelope));
        assert_true(may_read(&entry, RECORD_ALARM, "3415", NULL));
    }
    entry.role = 9;
    assert_false(may_read(&entry, RECORD_EVENT, "341502", &envelope));
}

static void an_agent_may_follow_no_unit_but_its_own(void **state)
{
    struct bytes units[] = {bytes_of_text("341502"), bytes_of_text("341503")};
    struct texts own = {units, 1}, both = {units, 2}, all = {NULL, 0};
    const struct roster_entry *agent = enrol(*state, "341502", 0);
    struct roster_entry auditor = {.role = PEER_AUDITOR};
    assert_true(roster_may_follow(agent, &own));
    assert_true(roster_may_follow(agent, &all));
    assert_false(roster_may_follow(agent, &both));
    assert_true(roster_may_follow(&auditor, &both));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_enrolled_key_is_found_by_key_and_by_unit),
        TEST(a_revoked_key_is_found_no_more_and_its_entry_stays),
        TEST(an_enrolment_ends_the_key_the_unit_had_and_counts_the_epoch_on),
        TEST(a_key_enrolled_again_has_one_entry_in_force),
        TEST(a_change_that_the_log_should_not_hold_is_malformed_and_changes_nothing),
        TEST(an_epoch_that_was_used_is_malformed),
        TEST(a_new_name_and_type_are_in_force_from_its_record_on),
        TEST(a_peer_is_found_by_unit_name_or_key_id_and_never_by_a_guess),
        TEST(a_live_key_must_be_replaced_on_purpose),
        TEST(a_display_is_held_by_its_name_and_never_holds_a_unit),
        TEST(a_request_that_breaks_its_roles_form_is_a_bad_unit),
        TEST(a_full_roster_takes_no_more),
        TEST(an_agent_says_only_what_is_about_its_own_unit_and_projects),
        TEST(the_citys_agent_writes_about_any_unit),
        TEST(an_inspector_writes_verifications_only),
        TEST(displays_and_auditors_write_nothing),
        TEST(an_agent_reads_its_own_and_the_citys_about_it_and_no_other_county),
        TEST(displays_auditors_and_inspectors_read_all),
        TEST(an_agent_may_follow_no_unit_but_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
