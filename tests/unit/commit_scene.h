/* commit_scene.h - a fresh log in a folder of its own, and batches to write into it; shared by the
 * tests around the commit. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/commit.h"
#include "proto/wire.h"

struct commit_scene {
    char directory[64];
    struct store *store;
    struct commit commit;
    struct batch batch;
    struct hash chain; /* of unit 341502, as the events were added */
    uint64_t seq;
    uint64_t quota_bytes;
};

static inline void scene_open_store(struct commit_scene *scene)
{
    struct problem problem = {0};
    struct store_options options = {
        .directory = scene->directory,
        .map_bytes = 8 << 20,
        .quota_bytes = scene->quota_bytes,
        .reserve_bytes = 256 << 10,
        .tables = log_tables,
    };
    assert_int_equal(store_open(&options, &scene->store, &problem), OK);
    assert_int_equal(commit_open(&scene->commit, scene->store), OK);
}

static inline void scene_open(struct commit_scene *scene)
{
    *scene = (struct commit_scene){.quota_bytes = scene->quota_bytes};
    (void)snprintf(scene->directory, sizeof scene->directory, "/tmp/huoshui-commit-XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    scene_open_store(scene);
    batch_init(&scene->batch);
}

static inline void scene_close(struct commit_scene *scene)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "lock", "head"};
    batch_release(&scene->batch);
    commit_release(&scene->commit);
    store_close(scene->store);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char path[96];
        (void)snprintf(path, sizeof path, "%s/%s", scene->directory, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(scene->directory), 0);
}

/* The next event of a unit; its envelope's bytes need not make sense to the commit. */
static inline struct batch_entry *scene_add_event(struct commit_scene *scene, const char *unit,
                                                  uint64_t seq, struct bytes envelope)
{
    struct batch_entry *entry = batch_add(&scene->batch, BATCH_EVENT, unit);
    entry->epoch = 1;
    entry->seq = seq;
    entry->envelope = batch_copy(&scene->batch, envelope);
    entry->envelope_hash = hash_of(envelope);
    scene->chain = hash_chain(&scene->chain, &entry->envelope_hash);
    entry->chain = scene->chain;
    return entry;
}

static inline void scene_commit(struct commit_scene *scene, int64_t wall_ms)
{
    assert_int_equal(commit_batch(&scene->commit, scene->store, &scene->batch, wall_ms), OK);
}

/* The record at a position; borrowed until the transaction ends. */
static inline struct record scene_record(struct store_txn *txn, uint64_t position)
{
    struct bytes row;
    struct record record;
    assert_int_equal(log_row(txn, position, &row), OK);
    assert_int_equal(wire_row_open(row, &record, NULL), OK);
    return record;
}
