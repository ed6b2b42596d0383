/*
 * test_store_model.c - LMDB as installed against a model: seeded operations, compared at every step
 * and whole after each commit, abort and reopen. A failing seed prints itself.
 */
#include "store_scene.h"

#include "base/random.h"

enum { KEYS = 400, TABLES = 2, STEPS = 1500, SEEDS = 12, VALUE_MAX = 9000 };

struct model {
    uint32_t sizes[TABLES][KEYS]; /* size of the value + 1; 0: absent */
    uint8_t fills[TABLES][KEYS];  /* the byte that all of the value repeats */
};

struct run {
    struct store_options options;
    struct store *store;
    struct store_txn *txn; /* NULL between transactions */
    struct random random;
    struct model committed, working;
};

static struct bytes key_of(unsigned number, uint8_t key[40])
{
    memset(key, 'k', 40);
    key[0] = (uint8_t)(number >> 8);
    key[1] = (uint8_t)number;
    return bytes_of(key, 2 + number % 7 * 6);
}

static unsigned number_of(struct bytes key)
{
    return (unsigned)key.data[0] << 8 | key.data[1];
}

static void expect_bytes(const struct model *model, unsigned table, unsigned number,
                         struct bytes value)
{
    assert_int_equal(value.size + 1, model->sizes[table][number]);
    for (size_t i = 0; i < value.size; i++)
        assert_int_equal(value.data[i], model->fills[table][number]);
}

static void expect_whole(struct run *run, const struct model *model)
{
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(run->store, &txn), OK);
    for (unsigned table = 0; table < TABLES; table++) {
        struct store_cursor cursor = {0};
        enum err err = store_seek(txn, table, BYTES_NONE, &cursor);
        for (unsigned number = 0; number < KEYS; number++) {
            if (model->sizes[table][number] == 0)
                continue;
            assert_int_equal(err, OK);
            assert_int_equal(number_of(cursor.key), number);
            expect_bytes(model, table, number, cursor.value);
            err = store_next(&cursor);
        }
        assert_int_equal(err, ERR_NOT_FOUND);
        store_cursor_close(&cursor);
    }
    store_txn_abort(txn);
}

static void put(struct run *run, unsigned table, unsigned number, bool append)
{
    static uint8_t value[VALUE_MAX];
    uint8_t key[40];
    bool is_large = random_chance(&run->random, 10);
    uint32_t size = (uint32_t)random_below(&run->random, is_large ? VALUE_MAX : 300);
    uint8_t fill = (uint8_t)random_next(&run->random);
    memset(value, fill, size);
    struct bytes bytes = bytes_of(value, size);
    if (append && random_chance(&run->random, 50)) {
        uint8_t *room = NULL;
        assert_int_equal(store_append_reserve(run->txn, table, key_of(number, key), size, &room),
                         OK);
        if (size > 0)
            memcpy(room, value, size);
    } else if (append) {
        assert_int_equal(store_append(run->txn, table, key_of(number, key), bytes), OK);
    } else {
        assert_int_equal(store_put(run->txn, table, key_of(number, key), bytes), OK);
    }
    run->working.sizes[table][number] = size + 1;
    run->working.fills[table][number] = fill;
}

static void append_next(struct run *run, unsigned table)
{
    unsigned next = KEYS;
    while (next > 0 && run->working.sizes[table][next - 1] == 0)
        next--;
    if (next < KEYS)
        put(run, table, next, true);
}

static void expect_seek(struct run *run, unsigned table, unsigned number, bool back)
{
    uint8_t key[40];
    struct store_cursor cursor = {0};
    const uint32_t *sizes = run->working.sizes[table];
    int at = (int)number;
    while (at >= 0 && at < KEYS && sizes[at] == 0)
        at += back ? -1 : 1;
    enum err err = back ? store_seek_back(run->txn, table, key_of(number, key), &cursor)
                        : store_seek(run->txn, table, key_of(number, key), &cursor);
    if (at < 0 || at >= KEYS) {
        assert_int_equal(err, ERR_NOT_FOUND);
        return;
    }
    assert_int_equal(err, OK);
    assert_int_equal(number_of(cursor.key), at);
    expect_bytes(&run->working, table, (unsigned)at, cursor.value);
    store_cursor_close(&cursor);
}

static void get(struct run *run, unsigned table, unsigned number)
{
    uint8_t key[40];
    struct bytes value;
    enum err err = store_get(run->txn, table, key_of(number, key), &value);
    assert_int_equal(err, run->working.sizes[table][number] ? OK : ERR_NOT_FOUND);
    if (err == OK)
        expect_bytes(&run->working, table, number, value);
}

static void remove_one(struct run *run, unsigned table, unsigned number)
{
    uint8_t key[40];
    enum err err = store_remove(run->txn, table, key_of(number, key));
    assert_int_equal(err, run->working.sizes[table][number] ? OK : ERR_NOT_FOUND);
    run->working.sizes[table][number] = 0;
}

static void end_transaction(struct run *run, bool commit)
{
    if (commit) {
        assert_int_equal(store_commit(TAKE(run->txn)), OK);
        run->committed = run->working;
    } else {
        store_txn_abort(TAKE(run->txn));
    }
    if (random_chance(&run->random, 15)) {
        store_close(run->store);
        run->store = scene_open(&run->options);
    }
    expect_whole(run, &run->committed);
}

static void step(struct run *run)
{
    if (!run->txn) {
        assert_int_equal(store_begin(run->store, &run->txn), OK);
        run->working = run->committed;
    }
    unsigned table = (unsigned)random_below(&run->random, TABLES);
    unsigned number = (unsigned)random_below(&run->random, KEYS);
    uint64_t choice = random_below(&run->random, 100);
    if (choice < 20)
        put(run, table, number % 300, false);
    else if (choice < 45)
        append_next(run, table);
    else if (choice < 65)
        remove_one(run, table, number);
    else if (choice < 75)
        get(run, table, number);
    else if (choice < 85)
        expect_seek(run, table, number, false);
    else if (choice < 95)
        expect_seek(run, table, number, true);
    else
        end_transaction(run, choice < 98);
}

static void the_store_does_what_its_model_does(void **state)
{
    const struct scene *scene = *state;
    struct run *run = calloc(1, sizeof(*run));
    char directory[128];
    assert_non_null(run);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        (void)snprintf(directory, sizeof(directory), "%s/%u", scene->root, (unsigned)seed);
        memset(run, 0, sizeof(*run));
        run->options = scene_options(scene);
        run->options.directory = directory;
        run->options.no_sync = true;
        run->store = scene_open(&run->options);
        random_init(&run->random, seed);
        print_message("seed %u\n", (unsigned)seed);
        for (int i = 0; i < STEPS; i++)
            step(run);
        if (run->txn)
            end_transaction(run, true);
        store_close(run->store);
    }
    free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {SCENE_TEST(the_store_does_what_its_model_does)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
