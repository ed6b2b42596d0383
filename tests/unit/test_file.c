/* test_file.c - a small file is replaced whole or not at all. */
#include "store_scene.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "store/file.h"

static void a_file_is_replaced_and_nothing_lies_beside_it(void **state)
{
    const struct scene *scene = *state;
    uint8_t read_back[16];
    size_t size = 0;
    char path[128];
    struct stat status;
    static const char *const texts[] = {"first", "", "third and last"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        assert_int_equal(file_replace(scene->root, "f", bytes_of_text(texts[i])), OK);
        assert_int_equal(file_read_small(scene->root, "f", read_back, sizeof(read_back), &size),
                         OK);
        assert_true(bytes_equal_text(bytes_of(read_back, size), texts[i]));
    }
    (void)snprintf(path, sizeof(path), "%s/f", scene->root);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    (void)snprintf(path, sizeof(path), "%s/f.part", scene->root);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_failed_replacement_leaves_the_old_file(void **state)
{
    const struct scene *scene = *state;
    uint8_t read_back[16];
    size_t size = 0;
    struct rlimit limit;
    struct rlimit before;
    char path[128];
    assert_int_equal(file_replace(scene->root, "f", bytes_of_text("old")), OK);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 5; /* the disk fills in the middle of a write */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    enum err err = file_replace(scene->root, "f", bytes_of_text("newer and longer"));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(err, ERR_FULL);
    assert_int_equal(file_read_small(scene->root, "f", read_back, sizeof(read_back), &size), OK);
    assert_true(bytes_equal_text(bytes_of(read_back, size), "old"));
    (void)snprintf(path, sizeof(path), "%s/f.part", scene->root);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_file_larger_than_its_limit_is_not_read(void **state)
{
    const struct scene *scene = *state;
    uint8_t read_back[4];
    size_t size = 99;
    enum err err = file_read_small(scene->root, "f", read_back, sizeof(read_back), &size);
    assert_int_equal(err, ERR_NOT_FOUND);
    assert_int_equal(file_replace(scene->root, "f", bytes_of_text("12345")), OK);
    err = file_read_small(scene->root, "f", read_back, sizeof(read_back), &size);
    assert_int_equal(err, ERR_LIMIT);
    assert_int_equal(size, 99);
}

static void failures_of_the_system_have_their_names(void **state)
{
    (void)state;
    assert_int_equal(file_err(ENOSPC), ERR_FULL);
    assert_int_equal(file_err(EDQUOT), ERR_FULL);
    assert_int_equal(file_err(EFBIG), ERR_FULL);
    assert_int_equal(file_err(EACCES), ERR_DENIED);
    assert_int_equal(file_err(EROFS), ERR_DENIED);
    assert_int_equal(file_err(ENOENT), ERR_NOT_FOUND);
    assert_int_equal(file_err(EIO), ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_file_is_replaced_and_nothing_lies_beside_it),
        SCENE_TEST(a_failed_replacement_leaves_the_old_file),
        SCENE_TEST(a_file_larger_than_its_limit_is_not_read),
        SCENE_TEST(failures_of_the_system_have_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
