/* test_office.c - a broker's directory: made once, opened by one, honest about a store that went
 * back in time. */
#include "office_scene.h"

#include <sys/stat.h>

static void a_directory_is_made_once(void **state)
{
    (void)state;
    struct office_scene scene;
    office_scene_open(&scene);
    struct problem problem = {0};
    struct office_plan plan = {.directory = scene.directory, .name = "六安市", .unit = "3415"};
    assert_int_not_equal(office_create(&plan, &problem), OK);
    assert_true(*problem.text != '\0');
    office_scene_close(&scene);
}

static void a_second_opening_is_refused_while_the_first_lives(void **state)
{
    (void)state;
    struct office_scene scene;
    static struct office second;
    office_scene_open(&scene);
    struct problem problem = {0};
    assert_int_equal(office_open(scene.directory, &second, &problem), ERR_BUSY);
    assert_true(*problem.text != '\0');
    office_scene_close(&scene);
}

static void a_wrong_unit_or_name_is_refused_with_its_remedy(void **state)
{
    (void)state;
    struct problem problem = {0};
    struct office_plan plan = {.directory = "/nonexistent/B", .name = "六安市", .unit = "34a5"};
    assert_int_equal(office_create(&plan, &problem), ERR_MALFORMED);
    assert_non_null(strstr(problem.text, "34a5"));
    assert_true(*problem.remedy != '\0');
    plan.unit = "3415";
    plan.name = "";
    assert_int_equal(office_create(&plan, &problem), ERR_MALFORMED);
}

static void an_unknown_setting_names_the_file_and_the_line(void **state)
{
    (void)state;
    struct office_scene scene;
    office_scene_open(&scene);
    office_close(&scene.office);
    char path[OFFICE_PATH_MAX];
    struct problem problem = {0};
    (void)snprintf(path, sizeof path, "%s/huoshui.conf", scene.directory);
    assert_int_equal(file_write(path, bytes_of_text("window = 10\nwindo = 11\n"), &problem), OK);
    assert_int_equal(office_open(scene.directory, &scene.office, &problem), ERR_MALFORMED);
    assert_non_null(strstr(problem.text, "huoshui.conf, line 2"));
    assert_non_null(strstr(problem.text, "windo"));
    office_scene_close(&scene);
}

static void city_and_roster_come_back_from_the_log(void **state)
{
    (void)state;
    struct office_scene scene;
    struct office_peer peer;
    office_scene_open(&scene);
    office_peer_make(&peer, PEER_AGENT, "341502", "金安区");
    assert_int_equal(office_enrol(&scene, &peer, "", ""), 0);
    uint8_t log_id[LOG_ID_SIZE];
    memcpy(log_id, scene.office.log_id, LOG_ID_SIZE);
    struct problem problem = {0};
    office_close(&scene.office);
    assert_int_equal(office_open(scene.directory, &scene.office, &problem), OK);
    assert_string_equal(scene.office.city_name, "六安市");
    assert_string_equal(scene.office.city_unit, "3415");
    assert_memory_equal(scene.office.log_id, log_id, LOG_ID_SIZE);
    const struct roster_entry *entry =
        roster_by_unit(&scene.office.roster, bytes_of_text("341502"));
    assert_non_null(entry);
    assert_int_equal(entry->enrolled_at, 2);
    buffer_release(&peer.request);
    office_scene_close(&scene);
}

static void a_store_behind_its_head_file_is_seen(void **state)
{
    (void)state;
    struct office_scene scene;
    office_scene_open(&scene);
    char path[OFFICE_PATH_MAX];
    struct log_head ahead = {.position = scene.office.commit.head.position + 5};
    assert_int_equal(log_head_file_write(office_path(&scene.office, "store", path), &ahead), OK);
    struct problem problem = {0};
    office_close(&scene.office);
    assert_int_equal(office_open(scene.directory, &scene.office, &problem), OK);
    assert_true(scene.office.rolled_back);
    office_scene_close(&scene);
}

static void secrets_that_others_may_read_are_refused_with_the_chmod(void **state)
{
    (void)state;
    struct office_scene scene;
    office_scene_open(&scene);
    office_close(&scene.office);
    char path[OFFICE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/keys/sign.secret", scene.directory);
    assert_int_equal(chmod(path, 0644), 0);
    struct problem problem = {0};
    assert_int_equal(office_open(scene.directory, &scene.office, &problem), ERR_DENIED);
    assert_non_null(strstr(problem.remedy, "chmod 600"));
    office_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_is_made_once),
        cmocka_unit_test(a_second_opening_is_refused_while_the_first_lives),
        cmocka_unit_test(a_wrong_unit_or_name_is_refused_with_its_remedy),
        cmocka_unit_test(an_unknown_setting_names_the_file_and_the_line),
        cmocka_unit_test(city_and_roster_come_back_from_the_log),
        cmocka_unit_test(a_store_behind_its_head_file_is_seen),
        cmocka_unit_test(secrets_that_others_may_read_are_refused_with_the_chmod),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
