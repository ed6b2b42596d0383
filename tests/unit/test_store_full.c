/* test_store_full.c - no space: quota, reserve, map, a file that may not grow, a disk that is full.
 */
#include "store_scene.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

enum { VALUE_SIZE = 3000 };

static enum err append_number(struct store_txn *txn, uint64_t number)
{
    static const uint8_t value[VALUE_SIZE] = {1, 2, 3};
    uint8_t key[8];
    u64_put(key, number);
    return store_append(txn, SCENE_OTHER, bytes_of(key, sizeof(key)),
                        bytes_of(value, sizeof(value)));
}

/* One value a transaction until something fails; *number is the first that is not in. */
static enum err fill(struct store *store, bool reserved, uint64_t *number)
{
    for (;;) {
        CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
        TRY(reserved ? store_begin_reserved(store, &txn) : store_begin(store, &txn));
        TRY(append_number(txn, *number));
        TRY(store_commit(TAKE(txn)));
        (*number)++;
    }
}

static uint64_t count_numbers(struct store *store)
{
    struct store_txn *txn = NULL;
    struct store_cursor cursor = {0};
    uint64_t count = 0;
    assert_int_equal(store_begin_read(store, &txn), OK);
    enum err err = store_seek(txn, SCENE_OTHER, BYTES_NONE, &cursor);
    while (err == OK) {
        assert_int_equal(u64_get(cursor.key.data), count);
        assert_int_equal(cursor.value.size, VALUE_SIZE);
        count++;
        err = store_next(&cursor);
    }
    assert_int_equal(err, ERR_NOT_FOUND);
    store_cursor_close(&cursor);
    store_txn_abort(txn);
    return count;
}

static void above_the_quota_only_reserved_writes_go_on(void **state)
{
    struct store_options options = scene_options(*state);
    struct store_state full;
    uint64_t number = 0;
    options.map_bytes = 8U << 20;
    options.quota_bytes = 2U << 20;
    options.no_sync = true;
    struct store *store = scene_open(&options);
    scene_put(store, "a", "1");
    assert_int_equal(fill(store, false, &number), ERR_FULL);
    assert_int_equal(store_state(store, &full), OK);
    assert_true(full.used_bytes <= full.quota_bytes + 32768U);
    assert_true(full.used_bytes > full.quota_bytes - full.quota_bytes / 20);
    assert_int_equal(fill(store, false, &number), ERR_FULL);
    uint64_t ordinary = number;
    assert_int_equal(fill(store, true, &number), ERR_FULL); /* until the map ends */
    assert_true(number > 2 * ordinary);
    assert_int_equal(count_numbers(store), number);
    assert_true(scene_has(store, "a", "1"));
    store_close(store);
}

static void one_large_transaction_does_not_leap_over_the_quota(void **state)
{
    struct store_options options = scene_options(*state);
    struct store_txn *txn = NULL;
    uint64_t number = 0;
    options.map_bytes = 32U << 20;
    options.quota_bytes = 2U << 20;
    struct store *store = scene_open(&options);
    assert_int_equal(store_begin(store, &txn), OK);
    enum err err = OK;
    while (err == OK)
        err = append_number(txn, number++);
    assert_int_equal(err, ERR_FULL);
    assert_in_range(number, 400, 700);
    assert_int_equal(store_commit(txn), ERR_FULL);
    assert_int_equal(count_numbers(store), 0);
    static const uint8_t large[3 << 20]; /* nor does one value */
    assert_int_equal(store_begin(store, &txn), OK);
    struct bytes value = bytes_of(large, sizeof(large));
    assert_int_equal(store_put(txn, SCENE_TABLE, scene_text("a"), value), ERR_FULL);
    store_txn_abort(txn);
    store_close(store);
}

static void what_is_removed_gives_its_room_back(void **state)
{
    struct store_options options = scene_options(*state);
    struct store_txn *txn = NULL;
    uint64_t number = 0;
    options.map_bytes = 8U << 20;
    options.quota_bytes = 2U << 20;
    options.no_sync = true;
    struct store *store = scene_open(&options);
    assert_int_equal(fill(store, false, &number), ERR_FULL);
    assert_int_equal(store_begin_reserved(store, &txn), OK);
    for (uint64_t gone = 0; gone < number; gone++) {
        uint8_t key[8];
        u64_put(key, gone);
        assert_int_equal(store_remove(txn, SCENE_OTHER, bytes_of(key, sizeof(key))), OK);
    }
    assert_int_equal(store_commit(txn), OK);
    uint64_t again = 0;
    assert_int_equal(fill(store, false, &again), ERR_FULL);
    assert_true(again > number - number / 10);
    store_close(store);
}

static void a_disk_below_the_reserve_takes_only_reserved_writes(void **state)
{
    struct store_options options = scene_options(*state);
    struct statvfs disk;
    struct store_txn *txn = NULL;
    assert_int_equal(statvfs("/tmp", &disk), 0);
    options.reserve_bytes = 2 * (uint64_t)disk.f_blocks * disk.f_frsize; /* never free */
    options.map_bytes = options.reserve_bytes + (1U << 30);
    struct store *store = NULL;
    struct problem problem;
    if (store_open(&options, &store, &problem) != OK)
        skip(); /* valgrind gives no room for such a map */
    assert_int_equal(store_begin(store, &txn), ERR_FULL);
    assert_int_equal(store_begin_reserved(store, &txn), OK);
    assert_int_equal(append_number(txn, 0), OK);
    assert_int_equal(store_commit(txn), OK);
    assert_int_equal(count_numbers(store), 1);
    store_close(store);
}

static void a_full_map_is_an_answer_and_a_larger_one_goes_on(void **state)
{
    struct store_options options = scene_options(*state);
    struct store_txn *txn = NULL;
    uint64_t number = 0;
    options.map_bytes = 256U << 10;
    options.reserve_bytes = 64U << 10;
    struct store *store = scene_open(&options);
    assert_int_equal(fill(store, true, &number), ERR_FULL);
    /* a transaction whose failure the caller overlooks is not committed by half */
    assert_int_equal(store_begin_reserved(store, &txn), OK);
    for (uint64_t i = 0; i < 9; i++)
        (void)!append_number(txn, number + i);
    assert_int_equal(store_commit(txn), ERR_FULL);
    assert_int_equal(count_numbers(store), number);
    store_close(store);
    options.map_bytes = 8U << 20;
    store = scene_open(&options);
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(append_number(txn, number), OK);
    assert_int_equal(store_commit(txn), OK);
    assert_int_equal(count_numbers(store), number + 1);
    store_close(store);
}

static enum err append_many(struct store *store, uint64_t first, uint64_t count)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin(store, &txn));
    for (uint64_t i = 0; i < count; i++)
        TRY(append_number(txn, first + i));
    return store_commit(TAKE(txn));
}

static uint64_t file_size(const struct scene *scene)
{
    struct stat status;
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/data.mdb", scene->store);
    assert_int_equal(stat(path, &status), 0);
    return (uint64_t)status.st_size;
}

static void set_file_limit(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The limit stops LMDB's writes at every half page in turn: some end short (EIO), some at once
 * (EFBIG). */
static void a_write_that_ends_anywhere_loses_nothing_and_the_next_works(void **state)
{
    const struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct store *store = scene_open(&options);
    uint64_t count = 0;
    unsigned failures = 0;
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit unlimited;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    for (uint64_t step = 0; step < 24; step++) {
        set_file_limit(file_size(scene) + step * 2048);
        enum err err = append_many(store, count, 10);
        set_file_limit(unlimited.rlim_cur);
        assert_true(err == OK || err == ERR_FULL);
        failures += err == ERR_FULL;
        count += err == OK ? 10 : 0;
        assert_int_equal(count_numbers(store), count);
        assert_int_equal(append_many(store, count, 1), OK);
        count++;
        if (step % 6 == 0) {
            store_close(store);
            store = scene_open(&options);
        }
        assert_int_equal(count_numbers(store), count);
    }
    (void)signal(SIGXFSZ, before);
    assert_true(failures >= 10);
    store_close(store);
}

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool is_written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return is_written;
}

/* A small disk of the child's own: a tmpfs in a mount namespace. False where the system does not
 * allow it. */
static bool mount_small_disk(const char *at)
{
    char map[32];
    unsigned user = getuid();
    unsigned group = getgid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    (void)!write_text("/proc/self/setgroups", "deny");
    (void)snprintf(map, sizeof(map), "0 %u 1", user);
    if (!write_text("/proc/self/uid_map", map))
        return false;
    (void)snprintf(map, sizeof(map), "0 %u 1", group);
    return write_text("/proc/self/gid_map", map) &&
           mount("none", at, "tmpfs", 0, "size=512k,mode=0700") == 0;
}

enum { CHILD_CANNOT_MOUNT = 77 };

static int live_on_a_full_disk(const struct scene *scene)
{
    struct store_options options = scene_options(scene);
    struct store *store = NULL;
    struct problem problem;
    uint64_t number = 0;
    char filler[128];
    options.reserve_bytes = 4096;
    (void)snprintf(filler, sizeof(filler), "%s/filler", scene->root);
    if (!mount_small_disk(scene->root))
        return CHILD_CANNOT_MOUNT;
    if (store_open(&options, &store, &problem) != OK)
        return 1;
    int fd = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, 128 << 10) != 0 || posix_fallocate(fd, 0, 128 << 10) != 0)
        return 2;
    if (fill(store, true, &number) != ERR_FULL || number < 20)
        return 3;
    if (append_many(store, number, 1) != ERR_FULL || count_numbers(store) != number)
        return 4;
    close(fd);
    if (unlink(filler) != 0 || append_many(store, number, 10) != OK)
        return 5;
    store_close(store);
    if (store_open(&options, &store, &problem) != OK || count_numbers(store) != number + 10)
        return 6;
    store_close(store);
    return 0;
}

static void a_full_disk_is_an_answer_and_space_heals_it(void **state)
{
    int status = -1;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(live_on_a_full_disk(*state));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == CHILD_CANNOT_MOUNT)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(above_the_quota_only_reserved_writes_go_on),
        SCENE_TEST(one_large_transaction_does_not_leap_over_the_quota),
        SCENE_TEST(what_is_removed_gives_its_room_back),
        SCENE_TEST(a_disk_below_the_reserve_takes_only_reserved_writes),
        SCENE_TEST(a_full_map_is_an_answer_and_a_larger_one_goes_on),
        SCENE_TEST(a_write_that_ends_anywhere_loses_nothing_and_the_next_works),
        SCENE_TEST(a_full_disk_is_an_answer_and_space_heals_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
