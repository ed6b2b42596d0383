/* store_scene.h - a directory of its own for each test of the store, and short words for what tests
 * do in it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"

enum { SCENE_TABLE, SCENE_OTHER };
static const char *const scene_tables[] = {"table", "other", NULL};

struct scene {
    char root[64];  /* removed afterwards */
    char store[96]; /* root/store */
};

static inline int scene_setup(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    assert_non_null(scene);
    (void)snprintf(scene->root, sizeof(scene->root), "/tmp/store-test-XXXXXX");
    assert_non_null(mkdtemp(scene->root));
    (void)snprintf(scene->store, sizeof(scene->store), "%s/store", scene->root);
    *state = scene;
    return 0;
}

static inline int scene_remove(const char *path, const struct stat *status, int type,
                               struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    return remove(path);
}

static inline int scene_teardown(void **state)
{
    struct scene *scene = *state;
    int result = nftw(scene->root, scene_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(scene);
    return result;
}

static inline struct store_options scene_options(const struct scene *scene)
{
    return (struct store_options){
        .directory = scene->store,
        .map_bytes = 64U << 20,
        .reserve_bytes = 1U << 20,
        .tables = scene_tables,
    };
}

static inline struct store *scene_open(const struct store_options *options)
{
    struct store *store = NULL;
    struct problem problem;
    enum err err = store_open(options, &store, &problem);
    if (err != OK)
        fail_msg("%s: %s (%s)", err_name(err), problem.text, problem.remedy);
    return store;
}

static inline struct bytes scene_text(const char *text)
{
    return bytes_of_text(text);
}

static inline void scene_put(struct store *store, const char *key, const char *value)
{
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(store_put(txn, SCENE_TABLE, scene_text(key), scene_text(value)), OK);
    assert_int_equal(store_commit(txn), OK);
}

static inline bool scene_has(struct store *store, const char *key, const char *value)
{
    struct store_txn *txn = NULL;
    struct bytes found;
    assert_int_equal(store_begin_read(store, &txn), OK);
    enum err err = store_get(txn, SCENE_TABLE, scene_text(key), &found);
    bool is_equal = err == OK && bytes_equal_text(found, value);
    store_txn_abort(txn);
    return is_equal;
}

/* Runs body in a child and demands that it ends with 0; a child's own asserts would confuse cmocka.
 */
static inline void scene_in_child(int (*body)(void *context), void *context)
{
    int status = -1;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(body(context));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)
