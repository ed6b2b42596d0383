/* test_store_check.c - who may open a store, from where, and what is said about a damaged one. */
#include "store_scene.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>

#include "base/random.h"

static enum err try_open(const struct store_options *options, struct problem *problem)
{
    struct store *store = NULL;
    enum err err = store_open(options, &store, problem);
    store_close(store);
    return err;
}

static void path_of(const struct scene *scene, const char *name, char *out, size_t out_size)
{
    (void)snprintf(out, out_size, "%s/%s", scene->store, name);
}

struct rival {
    struct store_options options;
    char holder[24];
};

static int be_refused(void *context)
{
    const struct rival *rival = context;
    struct problem problem;
    if (try_open(&rival->options, &problem) != ERR_BUSY)
        return 1;
    return strstr(problem.text, rival->holder) && problem.remedy[0] ? 0 : 2;
}

static void a_second_open_is_busy_and_names_the_holder(void **state)
{
    struct rival rival = {.options = scene_options(*state)};
    struct problem problem;
    struct store *store = scene_open(&rival.options);
    (void)snprintf(rival.holder, sizeof(rival.holder), "process %ld", (long)getpid());
    scene_in_child(be_refused, &rival);
    assert_int_equal(be_refused(&rival), 0); /* nor twice in one process */
    store_close(store);
    assert_int_equal(try_open(&rival.options, &problem), OK);
}

struct audit {
    struct store_options options;
    int go[2];
};

static int read_beside_the_writer(void *context)
{
    const struct audit *audit = context;
    struct store *store = NULL;
    struct problem problem;
    char byte;
    if (store_open(&audit->options, &store, &problem) != OK)
        return 1;
    if (!scene_has(store, "a", "1") || scene_has(store, "b", "2"))
        return 2;
    if (write(audit->go[1], "x", 1) != 1 || read(audit->go[1], &byte, 1) != 1)
        return 3;
    if (!scene_has(store, "b", "2"))
        return 4;
    store_close(store);
    return 0;
}

static void an_auditor_reads_beside_a_running_writer_and_follows_it(void **state)
{
    struct audit audit = {.options = scene_options(*state)};
    struct store *store = scene_open(&audit.options);
    int status = -1;
    char byte;
    scene_put(store, "a", "1");
    audit.options.read_only = true;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, audit.go), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(read_beside_the_writer(&audit));
    close(audit.go[1]);
    assert_int_equal(read(audit.go[0], &byte, 1), 1);
    scene_put(store, "b", "2");
    assert_int_equal(write(audit.go[0], "x", 1), 1);
    close(audit.go[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    store_close(store);
}

enum { NOBODY = 65534 };

/* As somebody who owns the place and still may not write there; root would be let in everywhere. */
static bool become_nobody(const struct scene *scene, mode_t directory, mode_t lock_file)
{
    static const char *const names[] = {"", "data.mdb", "lock.mdb", "lock"};
    bool is_root = geteuid() == 0;
    char path[128];
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        path_of(scene, names[i], path, sizeof(path));
        if (is_root && chown(path, NOBODY, NOBODY) != 0 && errno != ENOENT)
            return false;
    }
    path_of(scene, "lock.mdb", path, sizeof(path));
    if (chmod(path, lock_file) != 0 && errno != ENOENT)
        return false;
    if (chmod(scene->store, directory) != 0)
        return false;
    if (!is_root)
        return true;
    return chown(scene->root, NOBODY, NOBODY) == 0 && setgroups(0, NULL) == 0 &&
           setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

static int read_where_nothing_can_be_written(void *context)
{
    struct scene *scene = context;
    struct store_options options = scene_options(scene);
    struct store *store = NULL;
    struct problem problem;
    options.read_only = true;
    if (!become_nobody(scene, 0500, 0400))
        return 1;
    if (store_open(&options, &store, &problem) != OK)
        return 2;
    if (!scene_has(store, "a", "1"))
        return 3;
    store_close(store);
    return chmod(scene->store, 0700) == 0 ? 0 : 4;
}

static void a_copy_on_a_read_only_place_can_be_read(void **state)
{
    struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct store *store = scene_open(&options);
    char path[128];
    scene_put(store, "a", "1");
    store_close(store);
    path_of(scene, "lock.mdb", path, sizeof(path));
    assert_int_equal(unlink(path), 0);
    scene_in_child(read_where_nothing_can_be_written, scene);
}

static int be_kept_from_reading_without_locks(void *context)
{
    struct scene *scene = context;
    struct store_options options = scene_options(scene);
    struct problem problem;
    options.read_only = true;
    if (!become_nobody(scene, 0700, 0400))
        return 1;
    return try_open(&options, &problem) == ERR_BUSY ? 0 : 2;
}

static void nobody_reads_without_locks_beside_a_writer(void **state)
{
    struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct store *store = scene_open(&options);
    scene_in_child(be_kept_from_reading_without_locks, scene);
    store_close(store);
}

static void a_new_directory_and_its_files_are_private(void **state)
{
    const struct scene *scene = *state;
    static const char *const names[] = {"data.mdb", "lock.mdb", "lock"};
    struct store_options options = scene_options(scene);
    struct stat status;
    char path[128];
    mode_t before = umask(0);
    struct store *store = scene_open(&options);
    umask(before);
    assert_int_equal(stat(scene->store, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        path_of(scene, names[i], path, sizeof(path));
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
    }
    store_close(store);
}

static void a_loose_directory_is_refused_with_the_chmod_to_run(void **state)
{
    const struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct problem problem;
    char command[128];
    (void)snprintf(command, sizeof(command), "chmod 700 '%s'", scene->store);
    assert_int_equal(mkdir(scene->store, 0700), 0);
    assert_int_equal(chmod(scene->store, 0750), 0);
    assert_int_equal(try_open(&options, &problem), ERR_DENIED);
    assert_string_equal(problem.remedy, command);
    assert_int_equal(chmod(scene->store, 0700), 0); /* what the remedy says */
    assert_int_equal(try_open(&options, &problem), OK);
}

static void a_reader_makes_nothing(void **state)
{
    const struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct problem problem;
    options.read_only = true;
    assert_int_equal(try_open(&options, &problem), ERR_NOT_FOUND);
    assert_int_equal(access(scene->store, F_OK), -1);
    assert_int_equal(mkdir(scene->store, 0700), 0);
    assert_int_equal(try_open(&options, &problem), ERR_NOT_FOUND);
    assert_non_null(strstr(problem.text, "data.mdb"));
    assert_int_equal(rmdir(scene->store), 0); /* still empty */
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wbe");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void expect_damaged(const struct scene *scene)
{
    struct store_options options = scene_options(scene);
    struct problem problem;
    for (int read_only = 0; read_only <= 1; read_only++) {
        options.read_only = read_only;
        assert_int_equal(try_open(&options, &problem), ERR_CORRUPT);
        assert_non_null(strstr(problem.text, "store/data.mdb is damaged"));
        assert_non_null(strstr(problem.remedy, "backup"));
    }
}

static void garbage_and_nothing_are_said_to_be_damage(void **state)
{
    const struct scene *scene = *state;
    struct random random;
    uint8_t garbage[4 * 4096];
    char path[128];
    path_of(scene, "data.mdb", path, sizeof(path));
    random_init(&random, 1);
    for (size_t i = 0; i < sizeof(garbage); i++)
        garbage[i] = (uint8_t)random_next(&random);
    assert_int_equal(mkdir(scene->store, 0700), 0);
    static const size_t sizes[] = {0, 1, 40, 4096, sizeof(garbage)};
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        write_file(path, garbage, sizes[i]);
        expect_damaged(scene);
    }
}

static void a_page_size_that_is_none_is_said_to_be_damage(void **state)
{
    const struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct problem problem;
    static const uint32_t sizes[] = {0, 1, 4095, 8192, UINT32_MAX};
    char path[128];
    assert_int_equal(try_open(&options, &problem), OK);
    path_of(scene, "data.mdb", path, sizeof(path));
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        assert_int_equal(pwrite(fd, &sizes[i], 4, 40), 4);
        expect_damaged(scene);
    }
    close(fd);
}

enum { KEYS = 60 };

static void put_numbered(struct store *store, int number, bool *is_there)
{
    char key[16];
    char value[600];
    (void)snprintf(key, sizeof(key), "key %d", number);
    memset(value, 'v', sizeof(value));
    value[sizeof(value) - 1] = '\0';
    if (is_there)
        *is_there = scene_has(store, key, value);
    else
        scene_put(store, key, value);
}

static int find_all_or_damage(void *context)
{
    struct store_options options = scene_options(context);
    struct store *store = NULL;
    struct problem problem;
    enum err err = store_open(&options, &store, &problem);
    bool is_there = err == OK;
    for (int i = 0; i < KEYS && is_there; i++)
        put_numbered(store, i, &is_there);
    store_close(store);
    return is_there || err == ERR_CORRUPT ? 0 : 1;
}

/* Every length that loses a page in use is found before a read through the map would end the
 * process. */
static void a_truncated_store_is_said_to_be_damaged(void **state)
{
    struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct store_state measured;
    struct stat status;
    char path[128];
    struct store *store = scene_open(&options);
    for (int i = 0; i < KEYS; i++)
        put_numbered(store, i, NULL);
    assert_int_equal(store_state(store, &measured), OK);
    store_close(store);
    path_of(scene, "data.mdb", path, sizeof(path));
    assert_int_equal(stat(path, &status), 0);
    for (off_t size = status.st_size - 4096; size >= 0; size -= 4096) {
        assert_int_equal(truncate(path, size), 0);
        scene_in_child(find_all_or_damage, scene);
        if ((uint64_t)size < measured.used_bytes)
            expect_damaged(scene);
    }
}

/* LMDB numbers pages that it then gives back unwritten: such a short file is whole. */
static void a_file_that_lacks_only_free_pages_opens(void **state)
{
    const struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct store_txn *txn = NULL;
    struct stat status;
    static const uint8_t large[200 << 10];
    char path[128];
    struct store *store = scene_open(&options);
    for (int i = 0; i < KEYS; i++)
        put_numbered(store, i % 3, NULL); /* leaves free pages behind */
    assert_int_equal(store_begin(store, &txn), OK);
    struct bytes key = scene_text("a");
    assert_int_equal(store_put(txn, SCENE_TABLE, key, bytes_of(large, sizeof(large))), OK);
    assert_int_equal(store_remove(txn, SCENE_TABLE, key), OK);
    assert_int_equal(store_put(txn, SCENE_TABLE, key, scene_text("1")), OK);
    assert_int_equal(store_commit(txn), OK);
    store_close(store);
    path_of(scene, "data.mdb", path, sizeof(path));
    assert_int_equal(stat(path, &status), 0);
    assert_true(status.st_size < (100 << 10));
    store = scene_open(&options);
    assert_true(scene_has(store, "a", "1"));
    scene_put(store, "b", "2");
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_second_open_is_busy_and_names_the_holder),
        SCENE_TEST(an_auditor_reads_beside_a_running_writer_and_follows_it),
        SCENE_TEST(a_copy_on_a_read_only_place_can_be_read),
        SCENE_TEST(nobody_reads_without_locks_beside_a_writer),
        SCENE_TEST(a_new_directory_and_its_files_are_private),
        SCENE_TEST(a_loose_directory_is_refused_with_the_chmod_to_run),
        SCENE_TEST(a_reader_makes_nothing),
        SCENE_TEST(garbage_and_nothing_are_said_to_be_damage),
        SCENE_TEST(a_page_size_that_is_none_is_said_to_be_damage),
        SCENE_TEST(a_truncated_store_is_said_to_be_damaged),
        SCENE_TEST(a_file_that_lacks_only_free_pages_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
