/* test_files.c - a small file is there whole, old or new; and no reader takes more than its limit.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/identity.h"

struct home {
    char root[64], path[96];
    struct problem problem;
};

static int setup(void **state)
{
    struct home *home = calloc(1, sizeof(*home));
    (void)snprintf(home->root, sizeof(home->root), "/tmp/files-test-XXXXXX");
    assert_non_null(mkdtemp(home->root));
    (void)snprintf(home->path, sizeof(home->path), "%s/file", home->root);
    *state = home;
    return 0;
}

static int teardown(void **state)
{
    struct home *home = *state;
    unlink(home->path);
    int rc = rmdir(home->root); /* fails when a temporary file was left behind */
    free(home);
    return rc;
}

static void what_was_written_is_read_back_and_private(void **state)
{
    struct home *home = *state;
    struct stat status;
    CLEANUP(buffer_release) struct buffer out = {0};
    umask(0);
    assert_int_equal(file_write(home->path, bytes_of_text("first"), &home->problem), OK);
    assert_int_equal(file_write(home->path, bytes_of_text("second"), &home->problem), OK);
    assert_int_equal(file_read(home->path, 6, &out, &home->problem), OK);
    assert_true(bytes_equal_text(buffer_bytes(&out), "second"));
    assert_int_equal(stat(home->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void an_open_reader_keeps_the_old_file_whole(void **state)
{
    struct home *home = *state;
    CLEANUP(buffer_release) struct buffer out = {0};
    assert_int_equal(file_write(home->path, bytes_of_text("old"), &home->problem), OK);
    int descriptor = open(home->path, O_RDONLY);
    assert_int_equal(file_write(home->path, bytes_of_text("new"), &home->problem), OK);
    assert_int_equal(file_read_stream(descriptor, 10, &out, &home->problem), OK);
    assert_true(bytes_equal_text(buffer_bytes(&out), "old"));
    close(descriptor);
}

static void a_failed_write_leaves_nothing_behind(void **state)
{
    struct home *home = *state;
    char path[160];
    assert_int_equal(mkdir(home->path, 0700), 0); /* a directory cannot be replaced by a file */
    assert_int_not_equal(file_write(home->path, bytes_of_text("x"), &home->problem), OK);
    assert_true(home->problem.remedy[0] != '\0');
    assert_int_equal(rmdir(home->path), 0);
    (void)snprintf(path, sizeof(path), "%s/absent/file", home->root);
    assert_int_equal(file_write(path, bytes_of_text("x"), &home->problem), ERR_NOT_FOUND);
}

static void a_file_beyond_the_limit_is_refused_and_one_at_it_is_not(void **state)
{
    struct home *home = *state;
    size_t size = 200000;
    CLEANUP(buffer_release) struct buffer content = {0}, out = {0};
    memset(buffer_extend(&content, size), 'x', size);
    assert_int_equal(file_write(home->path, buffer_bytes(&content), &home->problem), OK);
    buffer_add_text(&out, "kept");
    assert_int_equal(file_read(home->path, size - 1, &out, &home->problem), ERR_LIMIT);
    assert_int_equal(out.size, 4);
    assert_int_equal(file_read(home->path, size, &out, &home->problem), OK);
    assert_int_equal(out.size, 4 + size);
}

static void a_file_that_is_not_there_is_said_to_be(void **state)
{
    struct home *home = *state;
    CLEANUP(buffer_release) struct buffer out = {0};
    assert_int_equal(file_read(home->path, 10, &out, &home->problem), ERR_NOT_FOUND);
    assert_non_null(strstr(home->problem.text, home->path));
}

static void a_stream_is_read_to_its_end_in_pieces(void **state)
{
    struct home *home = *state;
    int ends[2];
    CLEANUP(buffer_release) struct buffer out = {0};
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "one", 3), 3);
    assert_int_equal(write(ends[1], "two", 3), 3);
    close(ends[1]);
    assert_int_equal(file_read_stream(ends[0], 6, &out, &home->problem), OK);
    assert_true(bytes_equal_text(buffer_bytes(&out), "onetwo"));
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_read_back_and_private, setup, teardown),
        cmocka_unit_test_setup_teardown(an_open_reader_keeps_the_old_file_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_write_leaves_nothing_behind, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_beyond_the_limit_is_refused_and_one_at_it_is_not,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_there_is_said_to_be, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stream_is_read_to_its_end_in_pieces, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
