/*
 * test_store_crash.c - a writer is killed at seeded points; what it had reported as committed is
 * there, whole. The kill ends the process and not the machine: what the disk does with a lost power
 * supply is LMDB's fsync's affair.
 */
#include "store_scene.h"

#include <signal.h>

#include "base/random.h"
#include "store/log.h"

enum { ROUNDS = 40, BATCH_MAX = 7, REPORTS_MAX = 40 };

/* A record is made from its position alone, so that a reader knows what must stand there. */
static struct bytes record_of(uint64_t position, uint8_t record[900])
{
    size_t size = 20 + position * 37 % 880;
    for (size_t i = 0; i < size; i++)
        record[i] = (uint8_t)(position + i);
    return bytes_of(record, size);
}

static enum err append_batch(struct store *store, uint64_t count, uint64_t *last)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    struct log_head head;
    struct unit_row row = {.epoch = 1};
    uint8_t record[900];
    TRY(store_begin(store, &txn));
    TRY(log_head(txn, &head));
    for (uint64_t i = 1; i <= count; i++) {
        struct bytes bytes = record_of(head.position + i, record);
        struct hash hash = hash_of(bytes);
        TRY(log_append(txn, head.position + i, &bytes, &hash, 1));
    }
    TRY(log_run_put(txn, bytes_of_text("341502"), 1, head.position + 1, head.position + 1));
    row.last_seq = head.position + count;
    TRY(log_unit_put(txn, bytes_of_text("341502"), &row));
    TRY(store_commit(TAKE(txn)));
    *last = row.last_seq;
    return OK;
}

static int append_until_killed(const struct store_options *options, uint64_t seed, int report)
{
    struct store *store = NULL;
    struct problem problem;
    struct random random;
    uint64_t last;
    random_init(&random, seed);
    if (store_open(options, &store, &problem) != OK)
        return 1;
    while (append_batch(store, 1 + random_below(&random, BATCH_MAX), &last) == OK)
        if (write(report, &last, sizeof(last)) != (ssize_t)sizeof(last))
            return 2;
    return 3;
}

static void expect_everything(struct store *store, uint64_t reported)
{
    struct store_txn *txn = NULL;
    struct log_reader reader = {0};
    struct log_head head;
    struct unit_row row = {0};
    uint8_t record[900];
    uint64_t position = 0;
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(log_head(txn, &head), OK);
    assert_true(head.position >= reported);
    assert_true(head.position <= reported + BATCH_MAX); /* one commit may be ahead of its report */
    assert_int_equal(log_reader_open(txn, 1, &reader), OK);
    enum err err;
    while ((err = log_read(&reader, HASH_GROUP, SIZE_MAX)) == OK)
        for (size_t i = 0; i < reader.count; i++) {
            struct bytes stored = reader.rows[i];
            struct bytes found = bytes_of(stored.data + HASH_SIZE, stored.size - HASH_SIZE);
            position++;
            assert_int_equal(reader.position + i, position);
            assert_true(bytes_equal(found, record_of(position, record)));
        }
    log_reader_close(&reader);
    assert_int_equal(err, ERR_NOT_FOUND);
    assert_int_equal(position, head.position);
    err = log_unit_get(txn, bytes_of_text("341502"), &row);
    assert_int_equal(err, position > 0 ? OK : ERR_NOT_FOUND);
    assert_int_equal(row.last_seq, position); /* one transaction holds log and row */
    for (uint64_t seq = 1; seq <= position; seq += 11) {
        uint64_t found = 0;
        assert_int_equal(log_find(txn, bytes_of_text("341502"), 1, seq, &found), OK);
        assert_int_equal(found, seq);
    }
    store_txn_abort(txn);
}

/* Kills after a number of reports and some turns of a loop; answers with the last position
 * reported. */
static uint64_t live_and_die(const struct store_options *options, struct random *random)
{
    int pipe_ends[2];
    int status = -1;
    uint64_t seed = random_next(random);
    uint64_t wanted = random_below(random, REPORTS_MAX);
    volatile uint64_t turns = random_below(random, 400000);
    uint64_t reported = 0;
    uint64_t last = 0;
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(pipe_ends[0]);
        _exit(append_until_killed(options, seed, pipe_ends[1]));
    }
    close(pipe_ends[1]);
    for (uint64_t i = 0; i < wanted; i++)
        if (read(pipe_ends[0], &last, sizeof(last)) == (ssize_t)sizeof(last))
            reported = last;
    while (turns > 0)
        turns--;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    while (read(pipe_ends[0], &last, sizeof(last)) == (ssize_t)sizeof(last))
        reported = last;
    close(pipe_ends[0]);
    return reported;
}

static void what_a_killed_writer_had_committed_is_there(void **state)
{
    struct store_options options = scene_options(*state);
    struct random random;
    struct problem problem;
    struct store *store = NULL;
    uint64_t reported = 0;
    options.tables = log_tables;
    random_init(&random, 20240607);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t last = live_and_die(&options, &random);
        if (last > 0)
            reported = last;
        enum err err = store_open(&options, &store, &problem);
        if (err != OK) /* killed while it made the file: an empty data.mdb, and the remedy is to
                          remove it */
            fail_msg("round %d: %s: %s", round, err_name(err), problem.text);
        struct store_txn *txn = NULL;
        struct log_head head;
        expect_everything(store, reported);
        assert_int_equal(store_begin_read(store, &txn), OK);
        assert_int_equal(log_head(txn, &head), OK);
        reported = head.position;
        store_txn_abort(txn);
        store_close(store);
    }
    assert_true(reported > ROUNDS);
}

static void a_store_is_made_whole_or_not_at_all(void **state)
{
    const struct scene *scene = *state;
    struct store_options options = scene_options(scene);
    struct random random;
    char directory[128];
    options.directory = directory;
    random_init(&random, 7);
    for (int round = 0; round < ROUNDS; round++) {
        struct store *store = NULL;
        struct problem problem;
        volatile uint64_t turns = random_below(&random, 3000000);
        (void)snprintf(directory, sizeof(directory), "%s/%d", scene->root, round);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit((int)store_open(&options, &store, &problem));
        while (turns > 0)
            turns--;
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        store = scene_open(&options);
        scene_put(store, "a", "1");
        store_close(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(what_a_killed_writer_had_committed_is_there),
        SCENE_TEST(a_store_is_made_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
