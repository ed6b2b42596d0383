/* test_commands.c - what an operator types: enrol, revoke, status, and the note after a backup. */
#include "office_scene.h"

static bool says(const struct buffer *buffer, const char *words)
{
    return strstr((const char *)buffer->data, words) != NULL;
}

static void an_enrolment_gives_a_welcome_that_the_other_side_can_check(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer peer;
    office_scene_open(&scene);
    office_peer_make(&peer, PEER_AGENT, "341502", "金安区");
    assert_int_equal(office_enrol(&scene, &peer, "", ""), 0);
    assert_true(says(&scene.error, "KEYID"));

    struct arena arena;
    struct problem problem = {0};
    struct enrolment_welcome welcome;
    arena_init(&arena, 1 << 20);
    struct bytes text = bytes_of(scene.out.data, scene.out.size - 1);
    assert_int_equal(wire_welcome_open(text, &arena, &welcome, &problem), OK);
    assert_true(bytes_equal_text(welcome.address, "tcp://127.0.0.1:8500"));
    assert_true(bytes_equal_text(welcome.unit, "341502"));
    assert_true(bytes_equal_text(welcome.city_name, "六安市"));
    assert_int_equal(welcome.epoch, 1);
    assert_true(
        bytes_equal(welcome.broker_curve_key, bytes_of(scene.office.identity.curve_public, 32)));
    assert_non_null(roster_by_key(&scene.office.roster, bytes_of(peer.curve_public, 32)));
    arena_release(&arena);
    buffer_release(&peer.request);
    office_scene_close(&scene);
}

static void a_unit_with_a_live_key_needs_replace_and_gets_a_new_epoch(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer old, new;
    office_scene_open(&scene);
    office_peer_make(&old, PEER_AGENT, "341502", "金安区");
    office_peer_make(&new, PEER_AGENT, "341502", "金安区");
    assert_int_equal(office_enrol(&scene, &old, "", ""), 0);
    assert_int_equal(office_enrol(&scene, &new, "", ""), 1);
    assert_true(says(&scene.error, "--replace"));
    assert_int_equal(office_enrol(&scene, &new, "", "replace"), 0);
    assert_null(roster_by_key(&scene.office.roster, bytes_of(old.curve_public, 32)));
    assert_int_equal(roster_by_key(&scene.office.roster, bytes_of(new.curve_public, 32))->epoch, 2);
    buffer_release(&old.request);
    buffer_release(&new.request);
    office_scene_close(&scene);
}

static void the_same_keys_may_come_back_with_replace(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer peer;
    office_scene_open(&scene);
    office_peer_make(&peer, PEER_AGENT, "341502", "金安区");
    assert_int_equal(office_enrol(&scene, &peer, "", ""), 0);
    assert_int_equal(office_enrol(&scene, &peer, "", ""), 1);
    assert_int_equal(office_enrol(&scene, &peer, "", "replace"), 0);
    assert_int_equal(roster_by_key(&scene.office.roster, bytes_of(peer.curve_public, 32))->epoch,
                     2);
    buffer_release(&peer.request);
    office_scene_close(&scene);
}

static void a_changed_request_is_refused(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer peer;
    office_scene_open(&scene);
    office_peer_make(&peer, PEER_AGENT, "341502", "金安区");
    size_t middle = peer.request.size / 2;
    peer.request.data[middle] = peer.request.data[middle] == 'A' ? 'B' : 'A';
    assert_int_equal(office_enrol(&scene, &peer, "", ""), 1);
    assert_int_equal(scene.office.roster.count, 0);
    buffer_release(&peer.request);
    office_scene_close(&scene);
}

static void the_operator_decides_the_role(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer peer;
    office_scene_open(&scene);
    office_peer_make(&peer, PEER_AGENT, "3415-ducha", "督查室");
    assert_int_equal(office_enrol(&scene, &peer, "king", ""), 2);
    assert_int_equal(office_enrol(&scene, &peer, "inspector", ""), 0);
    const struct roster_entry *entry =
        roster_by_key(&scene.office.roster, bytes_of(peer.curve_public, 32));
    assert_int_equal(entry->role, PEER_INSPECTOR);
    buffer_release(&peer.request);
    office_scene_close(&scene);
}

static void revoking_names_a_unit_a_name_or_a_keyid_and_survives_a_reopen(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer county, wall;
    office_scene_open(&scene);
    office_peer_make(&county, PEER_AGENT, "341502", "金安区");
    office_peer_make(&wall, PEER_DISPLAY, "", "市委大屏");
    assert_int_equal(office_enrol(&scene, &county, "", ""), 0);
    assert_int_equal(office_enrol(&scene, &wall, "", ""), 0);
    const char *nobody[] = {"revoke", "341599"}, *unit[] = {"revoke", "341502"},
               *name[] = {"revoke", "市委大屏"};
    assert_int_equal(office_ask(&scene, nobody, 2, BYTES_NONE), 1);
    assert_int_equal(office_ask(&scene, unit, 2, BYTES_NONE), 0);
    assert_int_equal(office_ask(&scene, name, 2, BYTES_NONE), 0);

    struct problem problem = {0};
    office_close(&scene.office);
    assert_int_equal(office_open(scene.directory, &scene.office, &problem), OK);
    assert_null(roster_by_key(&scene.office.roster, bytes_of(county.curve_public, 32)));
    assert_null(roster_by_key(&scene.office.roster, bytes_of(wall.curve_public, 32)));
    assert_int_equal(scene.office.roster.count, 2); /* history stays */
    buffer_release(&county.request);
    buffer_release(&wall.request);
    office_scene_close(&scene);
}

static void a_display_named_like_a_unit_replaces_no_county(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer county, wall;
    office_scene_open(&scene);
    office_peer_make(&county, PEER_AGENT, "341502", "金安区");
    office_peer_make(&wall, PEER_DISPLAY, "", "341502");
    assert_int_equal(office_enrol(&scene, &county, "", ""), 0);
    assert_int_equal(office_enrol(&scene, &wall, "", "replace"), 0);
    assert_non_null(roster_by_key(&scene.office.roster, bytes_of(county.curve_public, 32)));
    buffer_release(&county.request);
    buffer_release(&wall.request);
    office_scene_close(&scene);
}

static void status_says_head_units_and_alarms(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer peer;
    office_scene_open(&scene);
    office_peer_make(&peer, PEER_AGENT, "341502", "金安区");
    assert_int_equal(office_enrol(&scene, &peer, "", ""), 0);
    struct batch batch;
    batch_init(&batch);
    struct alarm alarm = {
        .code = ALARM_CLONE, .unit = bytes_of_text("341502"), .text = bytes_of_text("two of one")};
    office_alarm(&scene.office, &batch, &alarm);
    assert_int_equal(office_append(&scene.office, &batch), OK);
    batch_release(&batch);

    const char *json[] = {"status", "json"}, *text[] = {"status", ""};
    assert_int_equal(office_ask(&scene, json, 2, BYTES_NONE), 0);
    assert_true(says(&scene.out, "\"head\":{\"position\":3"));
    assert_true(
        says(&scene.out,
             "\"unit\":\"341502\",\"name\":\"金安区\",\"role\":\"agent\",\"type\":\"county\""));
    assert_true(says(&scene.out, "\"code\":\"CLONE\",\"unit\":\"341502\",\"text\":\"two of one\""));
    assert_true(says(&scene.out, "\"last_contact\":null"));
    assert_int_equal(office_ask(&scene, text, 2, BYTES_NONE), 0);
    assert_true(says(&scene.out, "not running"));
    assert_true(says(&scene.out, "CLONE  341502  two of one"));
    buffer_release(&peer.request);
    office_scene_close(&scene);
}

/* Every sample follows a HELP and a TYPE of its own name, and ends in a number. */
static void assert_well_formed(const struct buffer *out)
{
    char text[16384], family[128] = "";
    bytes_to_text(buffer_bytes(out), text, sizeof text);
    for (char *rest = text, *line; (line = strsep(&rest, "\n")) && *line;) {
        char name[128] = "", type[16] = "", end = 0;
        unsigned long long number = 0;
        if (sscanf(line, "# HELP %127s", family) == 1)
            continue;
        if (sscanf(line, "# TYPE %127s %15s", name, type) == 2) {
            assert_string_equal(name, family);
            continue;
        }
        assert_int_equal(sscanf(line, "%127[a-z_]", name), 1);
        assert_string_equal(name, family);
        assert_int_equal(sscanf(strrchr(line, ' '), " %llu%*[.0-9]%c", &number, &end), 1);
    }
    assert_true(*family);
}

static void status_for_prometheus_has_the_same_figures_well_formed(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer peer, display;
    office_scene_open(&scene);
    office_peer_make(&peer, PEER_AGENT, "341502", "金\"安区");
    office_peer_make(&display, PEER_DISPLAY, "", "大屏");
    assert_int_equal(office_enrol(&scene, &peer, "", ""), 0);
    assert_int_equal(office_enrol(&scene, &display, "", ""), 0);
    const char *prometheus[] = {"status", "prometheus"};
    assert_int_equal(office_ask(&scene, prometheus, 2, BYTES_NONE), 0);
    assert_true(says(&scene.out, "\nhuoshui_broker_head_position 3\n"));
    assert_true(says(&scene.out, "\nhuoshui_broker_running 0\n"));
    assert_true(says(&scene.out, "\nhuoshui_broker_alarms_total 0\n"));
    assert_true(
        says(&scene.out, "\nhuoshui_broker_unit_online{unit=\"341502\",name=\"金\\\"安区\"} 0\n"));
    assert_false(says(&scene.out, "timestamp_seconds{")); /* never: no sample, not 1970 */
    assert_false(says(&scene.out, "大屏"));
    scene.out.size--; /* office_ask ended it */
    assert_well_formed(&scene.out);
    buffer_release(&peer.request);
    buffer_release(&display.request);
    office_scene_close(&scene);
}

static void a_check_fails_with_a_reason_unless_the_broker_runs_and_takes(void **state)
{
    (void)state;
    static struct hub hub;
    struct office_scene scene;
    office_scene_open(&scene);
    struct desk desk = {.office = &scene.office};
    assert_int_equal(status_print(&desk, "check", &scene.answer), 1);
    buffer_add(&scene.error, bytes_of("", 1));
    assert_true(says(&scene.error, "not running"));
    buffer_clear(&scene.error);
    desk.hub = &hub;
    assert_int_equal(status_print(&desk, "check", &scene.answer), 1);
    buffer_add(&scene.error, bytes_of("", 1));
    assert_true(says(&scene.error, "disk full"));
    buffer_clear(&scene.error);
    hub.limits.taking = true;
    assert_int_equal(status_print(&desk, "check", &scene.answer), 0);
    assert_int_equal(scene.error.size + scene.out.size, 0);
    office_scene_close(&scene);
}

static void a_noted_backup_is_the_safe_position_after_a_reopen(void **state)
{
    (void)state;
    struct office_scene scene;
    office_scene_open(&scene);
    const char *beyond[] = {"note-backup", "99"}, *good[] = {"note-backup", "1"};
    assert_int_equal(office_ask(&scene, beyond, 2, BYTES_NONE), 2);
    assert_int_equal(office_ask(&scene, good, 2, BYTES_NONE), 0);
    struct problem problem = {0};
    office_close(&scene.office);
    assert_int_equal(office_open(scene.directory, &scene.office, &problem), OK);
    assert_int_equal(scene.office.safe_position, 1);
    office_scene_close(&scene);
}

static void without_an_address_nobody_is_enrolled(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer peer;
    office_scene_open(&scene);
    scene.office.settings.advertise[0] = '\0'; /* and it has never run, so no port is known */
    office_peer_make(&peer, PEER_AGENT, "341502", "金安区");
    assert_int_equal(office_enrol(&scene, &peer, "", ""), 1);
    assert_true(says(&scene.error, "advertise"));
    buffer_release(&peer.request);
    office_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_enrolment_gives_a_welcome_that_the_other_side_can_check),
        cmocka_unit_test(a_unit_with_a_live_key_needs_replace_and_gets_a_new_epoch),
        cmocka_unit_test(the_same_keys_may_come_back_with_replace),
        cmocka_unit_test(a_changed_request_is_refused),
        cmocka_unit_test(the_operator_decides_the_role),
        cmocka_unit_test(revoking_names_a_unit_a_name_or_a_keyid_and_survives_a_reopen),
        cmocka_unit_test(a_display_named_like_a_unit_replaces_no_county),
        cmocka_unit_test(status_says_head_units_and_alarms),
        cmocka_unit_test(status_for_prometheus_has_the_same_figures_well_formed),
        cmocka_unit_test(a_check_fails_with_a_reason_unless_the_broker_runs_and_takes),
        cmocka_unit_test(a_noted_backup_is_the_safe_position_after_a_reopen),
        cmocka_unit_test(without_an_address_nobody_is_enrolled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
