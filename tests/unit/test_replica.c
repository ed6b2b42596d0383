/* test_replica.c - the records as they were sent, on the disk or held for it. */
#include "display/replica.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { MAP_BYTES = 64 << 20 };

struct scene {
    char folder[64];
    struct replica replica;
    struct hash hashes[64];
};

static void open_replica(struct scene *scene)
{
    struct store_options sizes = {.map_bytes = MAP_BYTES, .reserve_bytes = 1 << 16};
    struct problem problem = {0};
    if (replica_open(scene->folder, &sizes, &scene->replica, &problem) != OK)
        fail_msg("%s", problem.text);
}

static void set_up(struct scene *scene)
{
    *scene = (struct scene){0};
    (void)snprintf(scene->folder, sizeof scene->folder, "/tmp/replica-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    open_replica(scene);
}

static void tear_down(struct scene *scene)
{
    char path[400];
    replica_close(&scene->replica);
    DIR *folder = opendir(scene->folder);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        (void)snprintf(path, sizeof path, "%s/%s", scene->folder, entry->d_name);
        (void)unlink(path);
    }
    (void)closedir(folder);
    assert_int_equal(0, rmdir(scene->folder));
}

static enum err add(struct scene *scene, uint64_t position)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct record record = {.position = position,
                            .recorded_at_ms = 1000 + (int64_t)position,
                            .kind = RECORD_SETTING,
                            .unit = bytes_of_text("3415"),
                            .detail = bytes_of_text("detail")};
    wire_record_encode(&record, &bytes);
    struct hash hash = hash_of(buffer_bytes(&bytes));
    scene->hashes[position % 64] = hash;
    return replica_add(&scene->replica, position, &hash, buffer_bytes(&bytes));
}

struct seen {
    uint64_t next, count, stop_at;
    const struct scene *scene;
};

static enum err look(void *context, const struct record *record, const struct hash *hash)
{
    struct seen *seen = context;
    assert_int_equal(seen->next, record->position);
    assert_true(hash_equal(&seen->scene->hashes[record->position % 64], hash));
    seen->next++;
    seen->count++;
    return record->position == seen->stop_at ? ERR_LIMIT : OK;
}

static uint64_t count_of(struct scene *scene, uint64_t from, uint64_t to)
{
    struct seen seen = {.next = from, .scene = scene};
    assert_int_equal(OK, replica_read(&scene->replica, from, to, look, &seen));
    return seen.count;
}

static void what_is_held_reads_like_what_is_written(void **state)
{
    (void)state;
    struct scene scene;
    struct hash hash;
    set_up(&scene);
    for (uint64_t i = 1; i <= 10; i++)
        assert_int_equal(OK, add(&scene, i));
    assert_int_equal(OK, replica_commit(&scene.replica));
    for (uint64_t i = 11; i <= 15; i++)
        assert_int_equal(OK, add(&scene, i));
    assert_int_equal(5, replica_waiting(&scene.replica));
    assert_int_equal(15, count_of(&scene, 1, 100));
    assert_int_equal(4, count_of(&scene, 9, 12));
    assert_int_equal(2, count_of(&scene, 12, 13));
    assert_int_equal(OK, replica_hash(&scene.replica, 7, &hash));
    assert_true(hash_equal(&scene.hashes[7], &hash));
    struct seen seen = {.next = 3, .stop_at = 5, .scene = &scene};
    assert_int_equal(ERR_LIMIT, replica_read(&scene.replica, 3, 10, look, &seen));
    assert_int_equal(3, seen.count);
    tear_down(&scene);
}

static void after_a_restart_it_goes_on_where_the_disk_ends(void **state)
{
    (void)state;
    struct scene scene;
    set_up(&scene);
    for (uint64_t i = 1; i <= 20; i++) {
        assert_int_equal(OK, add(&scene, i));
        if (i == 12)
            assert_int_equal(OK, replica_commit(&scene.replica));
    }
    replica_close(&scene.replica);
    open_replica(&scene);
    assert_int_equal(12, scene.replica.newest.position);
    assert_true(hash_equal(&scene.hashes[12], &scene.replica.newest.hash));
    assert_int_equal(OK, add(&scene, 13));
    assert_int_equal(13, count_of(&scene, 1, 13));
    tear_down(&scene);
}

static void a_record_out_of_its_order_is_not_taken(void **state)
{
    (void)state;
    struct scene scene;
    set_up(&scene);
    assert_int_equal(ERR_MALFORMED, add(&scene, 2));
    assert_int_equal(OK, add(&scene, 1));
    assert_int_equal(ERR_MALFORMED, add(&scene, 1));
    assert_int_equal(ERR_MALFORMED, add(&scene, 3));
    assert_int_equal(1, replica_waiting(&scene.replica));
    tear_down(&scene);
}

static void what_cannot_be_written_stays_held_within_its_limit(void **state)
{
    (void)state;
    struct scene scene;
    struct hash hash = {0};
    enum { LARGE = 1 << 20 };
    CLEANUP(buffer_release) struct buffer bytes = {0};
    set_up(&scene);
    memset(buffer_extend(&bytes, LARGE), 7, LARGE);
    uint64_t position = 1;
    while (replica_add(&scene.replica, position, &hash, buffer_bytes(&bytes)) == OK)
        position++;
    assert_int_equal(REPLICA_HELD_MAX / LARGE, position - 1);
    assert_int_not_equal(OK, replica_commit(&scene.replica)); /* the map is as large */
    assert_int_equal(position - 1, replica_waiting(&scene.replica));
    assert_int_equal(0, scene.replica.head.position);
    tear_down(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_held_reads_like_what_is_written),
        cmocka_unit_test(after_a_restart_it_goes_on_where_the_disk_ends),
        cmocka_unit_test(a_record_out_of_its_order_is_not_taken),
        cmocka_unit_test(what_cannot_be_written_stays_held_within_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
