/* test_identity.c - keys are made once, kept from others, and never half there. */
#include "io/identity.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct home {
    char root[64], directory[96];
    struct problem problem;
};

static int setup(void **state)
{
    struct home *home = calloc(1, sizeof(*home));
    (void)snprintf(home->root, sizeof(home->root), "/tmp/identity-test-XXXXXX");
    assert_non_null(mkdtemp(home->root));
    (void)snprintf(home->directory, sizeof(home->directory), "%s/agent", home->root);
    *state = home;
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    return remove(path);
}

static int teardown(void **state)
{
    struct home *home = *state;
    int rc = nftw(home->root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(home);
    return rc;
}

static char *path_in(const struct home *home, const char *name, char out[160])
{
    (void)snprintf(out, 160, "%s/%s", home->directory, name);
    return out;
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 0777;
}

static void what_was_made_opens_and_its_halves_fit(void **state)
{
    struct home *home = *state;
    struct identity identity;
    uint8_t signature[SIGN_SIGNATURE_SIZE];
    CLEANUP(verifier_close) struct verifier *verifier = NULL;
    assert_int_equal(identity_create(home->directory, &home->problem), OK);
    assert_int_equal(identity_open(home->directory, &identity, &home->problem), OK);
    struct bytes message = bytes_of_text("m");
    assert_int_equal(signer_sign(identity.signer, message, signature), OK);
    assert_int_equal(verifier_open(identity.sign_public, &verifier), OK);
    assert_true(verifier_accepts(verifier, message, bytes_of(signature, sizeof(signature))));
    identity_close(&identity);
    static const struct identity wiped;
    assert_memory_equal(&identity, &wiped, sizeof(wiped));
}

static void the_directory_and_the_secrets_are_for_their_owner_only(void **state)
{
    struct home *home = *state;
    char path[160];
    umask(0);
    assert_int_equal(identity_create(home->directory, &home->problem), OK);
    assert_int_equal(mode_of(home->directory), 0700);
    assert_int_equal(mode_of(path_in(home, "keys", path)), 0700);
    assert_int_equal(mode_of(path_in(home, "keys/curve.secret", path)), 0600);
    assert_int_equal(mode_of(path_in(home, "keys/sign.secret", path)), 0600);
}

static void looser_modes_are_refused_with_the_chmod_to_run(void **state)
{
    struct home *home = *state;
    static const struct {
        const char *name, *remedy;
        mode_t loose, right;
    } cases[] = {
        {"", "chmod 700 ", 0750, 0700},
        {"keys", "chmod 700 ", 0701, 0700},
        {"keys/curve.secret", "chmod 600 ", 0640, 0600},
        {"keys/sign.secret", "chmod 600 ", 0604, 0600},
    };
    assert_int_equal(identity_create(home->directory, &home->problem), OK);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char path[160];
        struct identity identity;
        path_in(home, cases[i].name, path);
        if (!cases[i].name[0])
            (void)snprintf(path, sizeof(path), "%s", home->directory);
        assert_int_equal(chmod(path, cases[i].loose), 0);
        assert_int_equal(identity_open(home->directory, &identity, &home->problem), ERR_DENIED);
        assert_int_equal(strncmp(home->problem.remedy, cases[i].remedy, 10), 0);
        assert_string_equal(home->problem.remedy + 10, path);
        assert_int_equal(chmod(path, cases[i].right), 0);
        assert_int_equal(identity_open(home->directory, &identity, &home->problem), OK);
        identity_close(&identity);
    }
}

static void keys_are_never_written_over(void **state)
{
    struct home *home = *state;
    assert_int_equal(identity_create(home->directory, &home->problem), OK);
    assert_int_equal(identity_create(home->directory, &home->problem), ERR_BUSY);
}

static void a_loose_directory_gets_no_keys(void **state)
{
    struct home *home = *state;
    char path[160];
    assert_int_equal(mkdir(home->directory, 0700), 0);
    assert_int_equal(chmod(home->directory, 0755), 0);
    assert_int_equal(identity_create(home->directory, &home->problem), ERR_DENIED);
    assert_int_not_equal(access(path_in(home, "keys", path), F_OK), 0);
}

static void a_crash_before_the_rename_loses_no_key(void **state)
{
    struct home *home = *state;
    char from[160], to[160];
    struct identity identity;
    CLEANUP(buffer_release) struct buffer before = {0}, kept = {0}, now = {0};
    for (int crashes = 1; crashes <= 2; crashes++) {
        buffer_clear(&before);
        assert_int_equal(identity_create(home->directory, &home->problem), OK);
        path_in(home, "keys/curve.secret", from);
        assert_int_equal(file_read(from, 100, &before, &home->problem), OK);
        path_in(home, "keys", from);
        assert_int_equal(rename(from, path_in(home, "keys.new", to)), 0);
        assert_int_equal(identity_open(home->directory, &identity, &home->problem), ERR_NOT_FOUND);
    }
    assert_int_equal(identity_create(home->directory, &home->problem), OK);
    assert_int_equal(identity_open(home->directory, &identity, &home->problem), OK);
    identity_close(&identity);
    assert_int_equal(access(path_in(home, "keys.1/sign.secret", to), F_OK), 0);
    path_in(home, "keys.2/curve.secret", to);
    assert_int_equal(file_read(to, 100, &kept, &home->problem), OK);
    assert_true(bytes_equal(buffer_bytes(&kept), buffer_bytes(&before)));
    path_in(home, "keys/curve.secret", to);
    assert_int_equal(file_read(to, 100, &now, &home->problem), OK);
    assert_false(bytes_equal(buffer_bytes(&now), buffer_bytes(&before)));
}

static void a_damaged_or_foreign_key_is_refused(void **state)
{
    struct home *home = *state;
    struct identity identity;
    static const char *const names[] = {"keys/curve.public", "keys/curve.secret",
                                        "keys/sign.public", "keys/sign.secret"};
    assert_int_equal(identity_create(home->directory, &home->problem), OK);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char path[160];
        CLEANUP(buffer_release) struct buffer good = {0};
        path_in(home, names[i], path);
        assert_int_equal(file_read(path, 100, &good, &home->problem), OK);
        struct bytes half = bytes_of(good.data, 32);
        assert_int_equal(file_write(path, half, &home->problem), OK);
        assert_int_equal(identity_open(home->directory, &identity, &home->problem), ERR_CORRUPT);
        uint8_t digit = good.data[10];
        good.data[10] = digit == '0' ? '1' : '0'; /* another key */
        assert_int_equal(file_write(path, buffer_bytes(&good), &home->problem), OK);
        assert_int_not_equal(identity_open(home->directory, &identity, &home->problem), OK);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(identity_open(home->directory, &identity, &home->problem), ERR_NOT_FOUND);
        good.data[10] = digit;
        assert_int_equal(file_write(path, buffer_bytes(&good), &home->problem), OK);
        assert_int_equal(identity_open(home->directory, &identity, &home->problem), OK);
        identity_close(&identity);
    }
}

static void a_guarded_process_leaves_no_core(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {1, 1};
        identity_guard_process();
        bool is_guarded = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
                          getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 &&
                          limit.rlim_max == 0 && umask(0) == 077;
        _exit(is_guarded ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_made_opens_and_its_halves_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(the_directory_and_the_secrets_are_for_their_owner_only,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(looser_modes_are_refused_with_the_chmod_to_run, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(keys_are_never_written_over, setup, teardown),
        cmocka_unit_test_setup_teardown(a_loose_directory_gets_no_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(a_crash_before_the_rename_loses_no_key, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_or_foreign_key_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_guarded_process_leaves_no_core, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
