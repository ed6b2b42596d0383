/* test_home.c - an agent's directory: what is refused at opening, and when a change is a change. */
#include "agent_scene.h"

#include <stdio.h>
#include <sys/stat.h>

static enum err open_with(struct agent_scene *scene, struct problem *problem)
{
    struct home home;
    enum err err = home_open(scene->directory, HOME_READ, &home, problem);
    if (err == OK)
        home_close(&home);
    return err;
}

static void write_settings(const struct agent_scene *scene, const char *text)
{
    char path[128];
    struct problem problem = {0};
    (void)snprintf(path, sizeof(path), "%s/huoshui.conf", scene->directory);
    assert_int_equal(file_write(path, bytes_of_text(text), &problem), OK);
}

static void an_unknown_setting_is_named_with_its_file_and_line(void **state)
{
    struct agent_scene *scene = *state;
    struct problem problem = {0};
    home_close(&scene->home);
    write_settings(scene, "heartbeat_ms = 2000\nno_such = 1\n");
    assert_int_equal(open_with(scene, &problem), ERR_MALFORMED);
    assert_non_null(strstr(problem.text, "/A/huoshui.conf, line 2"));
    assert_non_null(strstr(problem.text, "no_such"));
    write_settings(scene, "heartbeat_ms = 2000\n");
    agent_scene_open_home(scene);
    assert_true(scene->home.settings.heartbeat_ms == 2000);
}

static void a_directory_that_others_may_read_is_refused_with_the_chmod(void **state)
{
    struct agent_scene *scene = *state;
    struct problem problem = {0};
    home_close(&scene->home);
    assert_int_equal(chmod(scene->directory, 0755), 0);
    assert_int_equal(open_with(scene, &problem), ERR_DENIED);
    assert_non_null(strstr(problem.remedy, "chmod 700"));
    assert_int_equal(chmod(scene->directory, 0700), 0);
    agent_scene_open_home(scene);
}

static void a_directory_without_an_init_is_named(void **state)
{
    struct agent_scene *scene = *state;
    struct home home;
    struct problem problem = {0};
    assert_int_equal(home_open("/nonexistent/A", HOME_READ, &home, &problem), ERR_NOT_FOUND);
    assert_non_null(strstr(problem.text, "/nonexistent/A"));
    (void)scene;
}

static void a_change_that_is_not_committed_never_was(void **state)
{
    struct agent_scene *scene = *state;
    struct home_change change;
    assert_int_equal(home_begin(&scene->home, &change), OK);
    change.state.epoch = 9;
    home_abort(&change);
    assert_true(scene->home.state.epoch == 0 && agent_scene_stored(scene).epoch == 0);
    assert_int_equal(home_begin(&scene->home, &change), OK);
    change.state.epoch = 9;
    assert_int_equal(home_commit(&scene->home, &change), OK);
    assert_true(scene->home.state.epoch == 9 && agent_scene_stored(scene).epoch == 9);
}

static void a_cursor_that_is_ahead_survives_what_an_import_has_written(void **state)
{
    struct agent_scene *scene = *state;
    struct outbox_state stored;
    struct store_txn *txn = NULL;
    agent_scene_note(scene, "一");
    scene->home.state.acked_seq = 1;
    scene->home.is_cursor_ahead = true;
    assert_int_equal(store_begin(scene->home.store, &txn), OK);
    assert_int_equal(outbox_state_get(txn, &stored), OK);
    stored.last_seq = 5;
    assert_int_equal(outbox_state_put(txn, &stored), OK);
    assert_int_equal(store_commit(txn), OK);
    assert_int_equal(home_refresh(&scene->home), OK);
    assert_true(scene->home.state.last_seq == 5 && scene->home.state.acked_seq == 1);
    assert_true(scene->home.is_cursor_ahead);
}

static void the_backlog_is_estimated_from_what_waits(void **state)
{
    struct agent_scene *scene = *state;
    assert_true(home_backlog_bytes(&scene->home) == 0);
    for (int i = 0; i < 100; i++) {
        char text[16];
        (void)snprintf(text, sizeof(text), "%03d", i);
        agent_scene_note(scene, text);
    }
    uint64_t all = home_backlog_bytes(&scene->home);
    assert_in_range(all, 100 * 40, 100 * 120);
    scene->home.state.acked_seq = 50;
    assert_in_range(home_backlog_bytes(&scene->home), all / 2 - 100, all / 2 + 100);
}

#define SCENE_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, agent_scene_setup, agent_scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(an_unknown_setting_is_named_with_its_file_and_line),
        SCENE_TEST(a_directory_that_others_may_read_is_refused_with_the_chmod),
        SCENE_TEST(a_directory_without_an_init_is_named),
        SCENE_TEST(a_change_that_is_not_committed_never_was),
        SCENE_TEST(a_cursor_that_is_ahead_survives_what_an_import_has_written),
        SCENE_TEST(the_backlog_is_estimated_from_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
