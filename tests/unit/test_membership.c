/* test_membership.c - an auditor's directory: made, joined by the right WELCOME only. */
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
    if (membership_create(scene->directory, "审计局", scene->request, &scene->problem) != OK)
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

static void read_request(struct scene *scene, struct arena *arena, struct enrolment_request *out)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    assert_int_equal(file_read(scene->request, 1 << 16, &text, &scene->problem), OK);
    struct bytes kept = arena_copy(arena, buffer_bytes(&text));
    assert_int_equal(wire_request_open(kept, arena, out, &scene->problem), OK);
}

/* As the city's broker answers the request; key_flip spoils whose welcome it is. */
static void write_welcome(struct scene *scene, uint32_t role, uint8_t key_flip)
{
    uint8_t public_key[SIGN_KEY_SIZE], secret_key[SIGN_KEY_SIZE], key_id[KEY_ID_SIZE];
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer text = {0};
    CLEANUP(signer_close) struct signer *signer = NULL;
    struct enrolment_request request;
    arena_init(&arena, 1 << 20);
    read_request(scene, &arena, &request);
    wire_key_id(request.curve_key, request.signing_key, key_id);
    key_id[0] ^= key_flip;
    assert_int_equal(sign_keypair(public_key, secret_key), OK);
    assert_int_equal(signer_open(secret_key, &signer), OK);
    struct enrolment_welcome welcome = {
        .address = bytes_of_text("tcp://127.0.0.1:8500"),
        .name = request.name,
        .city_name = bytes_of_text("六安市"),
        .city_unit = bytes_of_text("3415"),
        .log_id = bytes_of("0123456789abcdef", 16),
        .role = role,
        .key_id = bytes_of(key_id, sizeof key_id),
        .broker_curve_key = bytes_of(public_key, sizeof public_key),
        .broker_signing_key = bytes_of(public_key, sizeof public_key),
    };
    if (role == PEER_AGENT)
        welcome.unit = bytes_of_text("341502"), welcome.epoch = 1;
    assert_int_equal(wire_welcome_seal(&welcome, signer, &text), OK);
    assert_int_equal(file_write(scene->welcome, buffer_bytes(&text), &scene->problem), OK);
}

static void init_makes_a_signed_request_of_an_auditor_and_says_where(void **state)
{
    struct scene *scene = *state;
    CLEANUP(arena_release) struct arena arena;
    struct enrolment_request request;
    arena_init(&arena, 1 << 20);
    assert_int_equal(scene->request[0], '/');
    read_request(scene, &arena, &request);
    assert_int_equal(request.role, PEER_AUDITOR);
    assert_true(bytes_equal_text(request.name, "审计局"));
    assert_int_equal(request.unit.size, 0);
}

static void init_twice_or_without_a_name_is_refused(void **state)
{
    struct scene *scene = *state;
    char other[80];
    assert_int_equal(membership_create(scene->directory, "审计局", scene->request, &scene->problem),
                     ERR_BUSY);
    (void)snprintf(other, sizeof other, "%s/V", scene->root);
    assert_int_equal(membership_create(other, " ", scene->request, &scene->problem), ERR_MALFORMED);
    assert_int_not_equal(access(other, F_OK), 0);
}

static void until_it_has_joined_it_is_told_how(void **state)
{
    struct scene *scene = *state;
    struct membership membership;
    assert_int_equal(membership_open(scene->directory, &membership, &scene->problem),
                     ERR_NOT_FOUND);
    assert_non_null(strstr(scene->problem.text, "has not joined"));
    assert_non_null(strstr(scene->problem.remedy, "huoshui-broker enrol"));
}

static void it_joins_with_its_own_welcome_and_remembers_it(void **state)
{
    struct scene *scene = *state;
    struct membership membership;
    char address[64];
    write_welcome(scene, PEER_AUDITOR, 0);
    assert_int_equal(
        membership_join(scene->directory, scene->welcome, &membership, &scene->problem), OK);
    membership_close(&membership);
    assert_int_equal(membership_open(scene->directory, &membership, &scene->problem), OK);
    assert_string_equal(membership_address(&membership, address, sizeof address),
                        "tcp://127.0.0.1:8500");
    (void)snprintf(membership.settings.broker_address, sizeof membership.settings.broker_address,
                   "tcp://10.0.0.1:9");
    assert_string_equal(membership_address(&membership, address, sizeof address),
                        "tcp://10.0.0.1:9");
    assert_true(bytes_equal_text(membership.welcome.city_name, "六安市"));
    membership_close(&membership);
}

static void a_welcome_for_another_key_or_an_agent_is_refused(void **state)
{
    struct scene *scene = *state;
    struct membership membership;
    write_welcome(scene, PEER_AUDITOR, 1);
    assert_int_equal(
        membership_join(scene->directory, scene->welcome, &membership, &scene->problem),
        ERR_DENIED);
    assert_non_null(strstr(scene->problem.text, "welcomes the key"));
    write_welcome(scene, PEER_AGENT, 0);
    assert_int_equal(
        membership_join(scene->directory, scene->welcome, &membership, &scene->problem),
        ERR_DENIED);
    assert_non_null(strstr(scene->problem.remedy, "--role auditor"));
    assert_int_equal(membership_open(scene->directory, &membership, &scene->problem),
                     ERR_NOT_FOUND); /* nothing was kept */
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(init_makes_a_signed_request_of_an_auditor_and_says_where),
        TEST(init_twice_or_without_a_name_is_refused),
        TEST(until_it_has_joined_it_is_told_how),
        TEST(it_joins_with_its_own_welcome_and_remembers_it),
        TEST(a_welcome_for_another_key_or_an_agent_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
