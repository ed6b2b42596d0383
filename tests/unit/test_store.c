/* test_store.c - transactions, cursors, state and backups of one store. */
#include "store_scene.h"

static void nobody_sees_an_unfinished_transaction(void **state)
{
    struct store_options options = scene_options(*state);
    struct store *store = scene_open(&options);
    struct store_txn *reader = NULL;
    struct store_txn *writer = NULL;
    struct bytes found;
    assert_int_equal(store_begin(store, &writer), OK);
    assert_int_equal(store_put(writer, SCENE_TABLE, scene_text("a"), scene_text("1")), OK);
    assert_int_equal(store_get(writer, SCENE_TABLE, scene_text("a"), &found), OK);
    assert_int_equal(store_begin_read(store, &reader), OK);
    assert_int_equal(store_get(reader, SCENE_TABLE, scene_text("a"), &found), ERR_NOT_FOUND);
    assert_int_equal(store_commit(writer), OK);
    /* a reader keeps the state it began with */
    assert_int_equal(store_get(reader, SCENE_TABLE, scene_text("a"), &found), ERR_NOT_FOUND);
    store_txn_abort(reader);
    assert_true(scene_has(store, "a", "1"));
    store_close(store);
}

static void an_aborted_transaction_leaves_nothing(void **state)
{
    struct store_options options = scene_options(*state);
    struct store *store = scene_open(&options);
    struct store_txn *writer = NULL;
    scene_put(store, "a", "1");
    assert_int_equal(store_begin(store, &writer), OK);
    assert_int_equal(store_put(writer, SCENE_TABLE, scene_text("a"), scene_text("2")), OK);
    store_txn_abort(writer);
    assert_true(scene_has(store, "a", "1"));
    store_close(store);
}

static void what_was_committed_is_there_after_a_reopen(void **state)
{
    struct store_options options = scene_options(*state);
    struct store *store = scene_open(&options);
    scene_put(store, "a", "1");
    store_close(store);
    store = scene_open(&options);
    assert_true(scene_has(store, "a", "1"));
    store_close(store);
}

static void an_append_below_the_last_key_is_refused_and_so_is_its_commit(void **state)
{
    struct store_options options = scene_options(*state);
    struct store *store = scene_open(&options);
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(store_append(txn, SCENE_TABLE, scene_text("b"), scene_text("1")), OK);
    assert_int_equal(store_append(txn, SCENE_TABLE, scene_text("b"), scene_text("2")), ERR_CORRUPT);
    assert_int_equal(store_append(txn, SCENE_TABLE, scene_text("a"), scene_text("2")), ERR_CORRUPT);
    assert_int_equal(store_append(txn, SCENE_TABLE, scene_text("c"), scene_text("2")), OK);
    assert_int_equal(store_commit(txn), ERR_CORRUPT);
    assert_false(scene_has(store, "b", "1"));
    scene_put(store, "b", "3");
    store_close(store);
}

static void reserved_bytes_are_the_callers_to_fill(void **state)
{
    struct store_options options = scene_options(*state);
    struct store *store = scene_open(&options);
    struct store_txn *txn = NULL;
    uint8_t *room = NULL;
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(store_append_reserve(txn, SCENE_TABLE, scene_text("k"), 5, &room), OK);
    memset(room, 'h', 5);
    assert_int_equal(store_commit(txn), OK);
    assert_true(scene_has(store, "k", "hhhhh"));
    store_close(store);
}

static void a_seek_finds_the_neighbour_on_either_side(void **state)
{
    struct store_options options = scene_options(*state);
    struct store *store = scene_open(&options);
    struct store_txn *txn = NULL;
    struct store_cursor cursor = {0};
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(store_seek(txn, SCENE_TABLE, BYTES_NONE, &cursor), ERR_NOT_FOUND);
    assert_int_equal(store_seek_last(txn, SCENE_TABLE, &cursor), ERR_NOT_FOUND);
    assert_int_equal(store_seek_back(txn, SCENE_TABLE, scene_text("b"), &cursor), ERR_NOT_FOUND);
    store_cursor_close(&cursor); /* never opened: harmless */
    store_txn_abort(txn);
    scene_put(store, "b", "1");
    scene_put(store, "d", "2");
    static const struct {
        const char *at, *forward, *back;
    } cases[] = {
        {"a", "b", NULL}, {"b", "b", "b"}, {"c", "d", "b"}, {"d", "d", "d"}, {"e", NULL, "d"}};
    assert_int_equal(store_begin_read(store, &txn), OK);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        enum err err = store_seek(txn, SCENE_TABLE, scene_text(cases[i].at), &cursor);
        assert_int_equal(err, cases[i].forward ? OK : ERR_NOT_FOUND);
        if (err == OK) {
            assert_true(bytes_equal_text(cursor.key, cases[i].forward));
            store_cursor_close(&cursor);
        }
        err = store_seek_back(txn, SCENE_TABLE, scene_text(cases[i].at), &cursor);
        assert_int_equal(err, cases[i].back ? OK : ERR_NOT_FOUND);
        if (err == OK) {
            assert_true(bytes_equal_text(cursor.key, cases[i].back));
            store_cursor_close(&cursor);
        }
    }
    store_txn_abort(txn);
    store_close(store);
}

static void a_removed_key_is_gone_and_the_next_step_is_the_one_behind_it(void **state)
{
    struct store_options options = scene_options(*state);
    struct store *store = scene_open(&options);
    struct store_txn *txn = NULL;
    struct store_cursor cursor = {0};
    scene_put(store, "a", "1");
    scene_put(store, "b", "2");
    scene_put(store, "c", "3");
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(store_remove(txn, SCENE_TABLE, scene_text("b")), OK);
    assert_int_equal(store_remove(txn, SCENE_TABLE, scene_text("b")), ERR_NOT_FOUND);
    assert_int_equal(store_commit(txn), OK);
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(store_seek(txn, SCENE_TABLE, BYTES_NONE, &cursor), OK);
    assert_int_equal(store_next(&cursor), OK);
    assert_true(bytes_equal_text(cursor.key, "c"));
    assert_int_equal(store_next(&cursor), ERR_NOT_FOUND);
    assert_true(bytes_equal_text(cursor.key, "c")); /* out changes only on success */
    store_cursor_close(&cursor);
    store_txn_abort(txn);
    store_close(store);
}

static void a_backup_opens_and_equals_and_is_private(void **state)
{
    const struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct store *store = scene_open(&options);
    struct store_txn *writer = NULL;
    struct problem problem;
    struct stat status;
    char backup[128];
    char file[160];
    (void)snprintf(backup, sizeof(backup), "%s/backup", scene->root);
    (void)snprintf(file, sizeof(file), "%s/data.mdb", backup);
    scene_put(store, "a", "1");
    scene_put(store, "b", "2");
    assert_int_equal(store_begin(store, &writer), OK);
    assert_int_equal(store_put(writer, SCENE_TABLE, scene_text("c"), scene_text("3")), OK);
    store_txn_abort(writer);
    mode_t before = umask(0);
    assert_int_equal(store_backup(store, backup, &problem), OK);
    umask(before);
    assert_int_equal(stat(backup, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    scene_put(store, "a", "later");
    store_close(store);
    options.directory = backup;
    struct store *copy = scene_open(&options);
    assert_true(scene_has(copy, "a", "1"));
    assert_true(scene_has(copy, "b", "2"));
    assert_false(scene_has(copy, "c", "3"));
    scene_put(copy, "d", "it goes on from there");
    store_close(copy);
}

static void a_backup_never_replaces_another(void **state)
{
    const struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct store *store = scene_open(&options);
    struct problem problem;
    char backup[128];
    (void)snprintf(backup, sizeof(backup), "%s/backup", scene->root);
    assert_int_equal(store_backup(store, backup, &problem), OK);
    assert_int_equal(store_backup(store, backup, &problem), ERR_DENIED);
    assert_non_null(strstr(problem.text, "backup/data.mdb"));
    assert_true(strlen(problem.remedy) > 0);
    store_close(store);
}

static int die_reading(void *context)
{
    struct store_options *options = context;
    static struct store *store; /* static: still held when the process is gone, and no leak */
    static struct store_txn *txn;
    struct problem problem;
    options->read_only = true;
    if (store_open(options, &store, &problem) != OK || store_begin_read(store, &txn) != OK)
        return 1;
    return 0; /* without a goodbye */
}

static void the_state_counts_readers_and_clears_dead_ones(void **state)
{
    struct store_options options = scene_options(*state);
    struct store *store = scene_open(&options);
    struct store_options others = options;
    struct store_txn *txn = NULL;
    struct store_state measured;
    scene_in_child(die_reading, &others);
    assert_int_equal(store_state(store, &measured), OK);
    assert_int_equal(measured.stale_readers_cleared, 1);
    assert_int_equal(measured.readers, 0);
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(store_state(store, &measured), OK);
    assert_int_equal(measured.stale_readers_cleared, 0);
    assert_int_equal(measured.readers, 1);
    store_txn_abort(txn);
    assert_int_equal(store_state(store, &measured), OK);
    assert_int_equal(measured.readers, 0);
    assert_int_equal(measured.map_bytes, options.map_bytes);
    assert_true(measured.used_bytes > 0 && measured.used_bytes < 1 << 20);
    store_close(store);
}

static void an_auditor_is_told_when_a_store_is_of_another_kind(void **state)
{
    static const char *const wanted[] = {"table", "nowhere", NULL};
    struct store_options options = scene_options(*state);
    struct store *store = scene_open(&options);
    struct problem problem;
    store_close(store);
    options.tables = wanted;
    options.read_only = true;
    assert_int_equal(store_open(&options, &store, &problem), ERR_CORRUPT);
    assert_non_null(strstr(problem.text, "nowhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(nobody_sees_an_unfinished_transaction),
        SCENE_TEST(an_aborted_transaction_leaves_nothing),
        SCENE_TEST(what_was_committed_is_there_after_a_reopen),
        SCENE_TEST(an_append_below_the_last_key_is_refused_and_so_is_its_commit),
        SCENE_TEST(reserved_bytes_are_the_callers_to_fill),
        SCENE_TEST(a_seek_finds_the_neighbour_on_either_side),
        SCENE_TEST(a_removed_key_is_gone_and_the_next_step_is_the_one_behind_it),
        SCENE_TEST(a_backup_opens_and_equals_and_is_private),
        SCENE_TEST(a_backup_never_replaces_another),
        SCENE_TEST(the_state_counts_readers_and_clears_dead_ones),
        SCENE_TEST(an_auditor_is_told_when_a_store_is_of_another_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
