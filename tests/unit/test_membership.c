/* test_membership.c - a reading program's directory: made with its own settings, joined by the
 * right WELCOME only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader/membership.h"
#include "tests/unit/welcome_scene.h"

struct wide_settings { /* a program with a setting of its own */
    struct membership_settings membership;
    int64_t port;
};

static const struct setting wide_rows[] = {
    MEMBERSHIP_SETTING_ROWS,
    {"port", SETTING_NUMBER, 1, 65535, "8600", "", "Where it listens.",
     offsetof(struct wide_settings, port)},
};
static const struct settings_table wide_table = {wide_rows, ARRAY_LENGTH(wide_rows)};

static const struct membership_program reader = {
    .program = "huoshui-reader",
    .role = PEER_DISPLAY,
    .role_name = "display",
    .of_whom = "a reader's",
    .example_name = "调度大厅",
    .settings = &wide_table,
    .settings_size = sizeof(struct wide_settings),
};

struct scene {
    char root[64], directory[80], welcome[80], request[MEMBERSHIP_PATH_MAX];
    struct problem problem;
};

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    (void)snprintf(scene->root, sizeof scene->root, "/tmp/audit-test-XXXXXX");
    assert_non_null(mkdtemp(scene->root));
    (void)snprintf(scene->directory, sizeof scene->directory, "%s/U", scene->root);
    (void)snprintf(scene->welcome, sizeof scene->welcome, "%s/welcome", scene->root);
    if (membership_create(&reader, scene->directory, "调度大厅", scene->request, &scene->problem) !=
        OK)
        fail_msg("%s", scene->problem.text);
    *state = scene;
    return 0;
}

static int remove_file(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    return remove(path);
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    int result = nftw(scene->root, remove_file, 16, FTW_DEPTH | FTW_PHYS);
    free(scene);
    return result;
}

/* As the city's broker answers the request; key_flip spoils whose welcome it is. */
static void write_welcome(struct scene *scene, uint32_t role, uint8_t key_flip)
{
    struct welcome_draft draft = {
        .role = role, .address = "tcp://127.0.0.1:8500", .key_flip = key_flip};
    welcome_scene_write(scene->request, &draft, scene->welcome);
}

static void init_makes_a_signed_request_in_its_role_and_says_where(void **state)
{
    struct scene *scene = *state;
    CLEANUP(arena_release) struct arena arena;
    struct enrolment_request request;
    arena_init(&arena, 1 << 20);
    assert_int_equal(scene->request[0], '/');
    welcome_scene_request(scene->request, &arena, &request);
    assert_int_equal(request.role, PEER_DISPLAY);
    assert_true(bytes_equal_text(request.name, "调度大厅"));
    assert_int_equal(request.unit.size, 0);
}

static void init_twice_or_without_a_name_is_refused(void **state)
{
    struct scene *scene = *state;
    char other[80];
    assert_int_equal(
        membership_create(&reader, scene->directory, "调度大厅", scene->request, &scene->problem),
        ERR_BUSY);
    (void)snprintf(other, sizeof other, "%s/V", scene->root);
    assert_int_equal(membership_create(&reader, other, " ", scene->request, &scene->problem),
                     ERR_MALFORMED);
    assert_int_not_equal(access(other, F_OK), 0);
}

static void until_it_has_joined_it_is_told_how(void **state)
{
    struct scene *scene = *state;
    struct membership membership;
    assert_int_equal(membership_open(&reader, scene->directory, &membership, &scene->problem),
                     ERR_NOT_FOUND);
    assert_non_null(strstr(scene->problem.text, "has not joined"));
    assert_non_null(strstr(scene->problem.remedy, "huoshui-broker enrol"));
    assert_non_null(strstr(scene->problem.remedy, "huoshui-reader join"));
}

static void it_joins_with_its_own_welcome_and_remembers_it(void **state)
{
    struct scene *scene = *state;
    struct membership membership;
    char address[64];
    write_welcome(scene, PEER_DISPLAY, 0);
    assert_int_equal(
        membership_join(&reader, scene->directory, scene->welcome, &membership, &scene->problem),
        OK);
    membership_close(&membership);
    assert_int_equal(membership_open(&reader, scene->directory, &membership, &scene->problem), OK);
    assert_string_equal(membership_address(&membership, address, sizeof address),
                        "tcp://127.0.0.1:8500");
    (void)snprintf(membership.settings->broker_address, sizeof membership.settings->broker_address,
                   "tcp://10.0.0.1:9");
    assert_string_equal(membership_address(&membership, address, sizeof address),
                        "tcp://10.0.0.1:9");
    assert_true(bytes_equal_text(membership.welcome.city_name, "六安市"));
    membership_close(&membership);
}

static const struct wide_settings *own(const struct membership *membership)
{
    return (const struct wide_settings *)membership->settings;
}

static void its_settings_file_has_the_programs_own_rows_too(void **state)
{
    struct scene *scene = *state;
    struct membership membership;
    char path[96];
    (void)snprintf(path, sizeof path, "%s/huoshui.conf", scene->directory);
    CLEANUP(buffer_release) struct buffer text = {0};
    assert_int_equal(file_read(path, 1 << 16, &text, &scene->problem), OK);
    buffer_add(&text, bytes_of("", 1));
    assert_non_null(strstr((const char *)text.data, "port = 8600"));
    assert_non_null(strstr((const char *)text.data, "window = 100000"));
    write_welcome(scene, PEER_DISPLAY, 0);
    struct bytes changed = bytes_of_text("port = 9\nwindow = 64\n");
    assert_int_equal(file_write(path, changed, &scene->problem), OK);
    assert_int_equal(
        membership_join(&reader, scene->directory, scene->welcome, &membership, &scene->problem),
        OK);
    assert_int_equal(own(&membership)->port, 9);
    assert_int_equal(own(&membership)->membership.window_records, 64);
    membership_close(&membership);
}

static void a_complaint_names_the_program_whose_directory_it_is(void **state)
{
    struct scene *scene = *state;
    struct membership membership;
    assert_int_equal(
        membership_join(&reader, scene->root, scene->welcome, &membership, &scene->problem),
        ERR_NOT_FOUND);
    assert_non_null(strstr(scene->problem.text, "is not a reader's directory"));
    assert_non_null(strstr(scene->problem.remedy, "huoshui-reader init"));
    assert_non_null(strstr(scene->problem.remedy, "--name 调度大厅"));
}

static void a_welcome_for_another_key_or_an_agent_is_refused(void **state)
{
    struct scene *scene = *state;
    struct membership membership;
    write_welcome(scene, PEER_DISPLAY, 1);
    assert_int_equal(
        membership_join(&reader, scene->directory, scene->welcome, &membership, &scene->problem),
        ERR_DENIED);
    assert_non_null(strstr(scene->problem.text, "welcomes the key"));
    write_welcome(scene, PEER_AGENT, 0);
    assert_int_equal(
        membership_join(&reader, scene->directory, scene->welcome, &membership, &scene->problem),
        ERR_DENIED);
    assert_non_null(strstr(scene->problem.remedy, "--role display"));
    assert_int_equal(membership_open(&reader, scene->directory, &membership, &scene->problem),
                     ERR_NOT_FOUND); /* nothing was kept */
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(init_makes_a_signed_request_in_its_role_and_says_where),
        TEST(init_twice_or_without_a_name_is_refused),
        TEST(until_it_has_joined_it_is_told_how),
        TEST(it_joins_with_its_own_welcome_and_remembers_it),
        TEST(its_settings_file_has_the_programs_own_rows_too),
        TEST(a_complaint_names_the_program_whose_directory_it_is),
        TEST(a_welcome_for_another_key_or_an_agent_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
