/* test_index.c - `huoshui-audit verify` on a directory: tables and head file must say what the log
 * says. The command runs as it is, in its child process. */
#include "tests/unit/audit_scene.h"

#include <fcntl.h>

#include "audit/commands.h"

enum { ROWS_MAX = 128, SAID_MAX = 8192, FLIP_STEP = 5, FLIP_STEP_HASHED = 13 };

static const struct args_command verify_command = {
    .name = "verify",
    .positional = {"SOURCE"},
    .options = {{"--json", NULL, "", false}, {"--timeout", "SECONDS", "", false}},
    .example = "huoshui-audit verify B",
};

/* Runs the command with both outputs in a file; gives the exit status. */
static int run_verify(const struct city *city, bool json, char said[SAID_MAX])
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/said", city->root);
    (void)fflush(stdout);
    int out = dup(STDOUT_FILENO), error = dup(STDERR_FILENO);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
    assert_true(out >= 0 && error >= 0 && file >= 0);
    (void)dup2(file, STDOUT_FILENO);
    (void)dup2(file, STDERR_FILENO);
    struct args args = {.command = &verify_command, .positional = {city->root}};
    args.values[0] = json ? "" : NULL;
    int status = command_verify(&args);
    (void)fflush(stdout);
    (void)dup2(out, STDOUT_FILENO);
    (void)dup2(error, STDERR_FILENO);
    (void)close(out);
    (void)close(error);
    ssize_t size = pread(file, said, SAID_MAX - 1, 0);
    assert_true(size >= 0);
    said[size] = '\0';
    (void)close(file);
    return status;
}

static void expect(const struct city *city, int status, const char *words)
{
    static char said[SAID_MAX];
    int got = run_verify(city, false, said);
    if (got != status || !strstr(said, words))
        fail_msg("expected status %d and \"%s\", got %d: %s", status, words, got, said);
}

static void live(struct city *city)
{
    city_live(city);
    city_store(city);
}

static struct bytes seq_key(const char *unit, uint32_t epoch, uint64_t seq, uint8_t out[64])
{
    size_t size = strlen(unit);
    memcpy(out, unit, size + 1);
    u32_put(out + size + 1, epoch);
    u64_put(out + size + 5, seq);
    return bytes_of(out, size + 13);
}

/* value.data NULL: the row goes away. */
static void set_row(struct city *city, enum log_table table, struct bytes key, struct bytes value)
{
    struct store_txn *txn = NULL;
    struct store *store = city_store_open(city);
    assert_int_equal(store_begin(store, &txn), OK);
    if (value.data)
        assert_int_equal(store_put(txn, table, key, value), OK);
    else
        assert_int_equal(store_remove(txn, table, key), OK);
    assert_int_equal(store_commit(txn), OK);
    store_close(store);
}

static void set_position(struct city *city, enum log_table table, struct bytes key,
                         uint64_t position)
{
    uint8_t value[8];
    u64_put(value, position);
    set_row(city, table, key, bytes_of(value, sizeof value));
}

/* As the broker notes a backup, with the row's check. */
static void set_safe_position(struct city *city, uint64_t position)
{
    struct store_txn *txn = NULL;
    struct store *store = city_store_open(city);
    uint8_t value[8];
    u64_put(value, position);
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(log_meta_put(txn, "safe_position", bytes_of(value, sizeof value)), OK);
    assert_int_equal(store_commit(txn), OK);
    store_close(store);
}

static void a_store_as_the_broker_leaves_it_is_clean(void **state)
{
    static char said[SAID_MAX];
    struct city city;
    (void)state;
    live(&city);
    expect(&city, EXIT_DONE,
           "clean: 六安市, 15 records: 9 events of 2 units, 1 refusals, 5 of the");
    assert_int_equal(run_verify(&city, true, said), EXIT_DONE);
    assert_non_null(strstr(said, "{\"clean\":true,\"city\":\"六安市\",\"records\":15,"));
    city_close(&city);
}

struct row {
    enum log_table table;
    struct bytes key, value;
};

static size_t collect(struct city *city, struct row *rows)
{
    size_t count = 0;
    struct store_txn *txn = NULL;
    struct store *store = city_store_open(city);
    assert_int_equal(store_begin_read(store, &txn), OK);
    for (enum log_table table = LOG_LOG; table <= LOG_MARKS; table++) {
        struct store_cursor cursor = {0};
        enum err err = store_seek(txn, table, BYTES_NONE, &cursor);
        for (; err == OK && count < ROWS_MAX; err = store_next(&cursor)) {
            struct buffer key = {0}, value = {0};
            buffer_add(&key, cursor.key);
            buffer_add(&value, cursor.value);
            rows[count++] = (struct row){table, city_keep(city, &key), city_keep(city, &value)};
        }
        store_cursor_close(&cursor);
    }
    store_txn_abort(txn);
    store_close(store);
    return count;
}

/* Flips one bit of byte i of the key or, behind it, of the value; true when verify finds it. */
static bool is_found(struct city *city, const struct row *row, size_t i)
{
    static char said[SAID_MAX];
    uint8_t bytes[4096];
    size_t size = row->key.size + row->value.size;
    assert_true(size <= sizeof bytes);
    memcpy(bytes, row->key.data, row->key.size);
    if (row->value.size > 0)
        memcpy(bytes + row->key.size, row->value.data, row->value.size);
    bytes[i] ^= (uint8_t)(1 << i % 8);
    struct bytes key = bytes_of(bytes, row->key.size);
    set_row(city, row->table, row->key, BYTES_NONE);
    set_row(city, row->table, key, bytes_of(bytes + row->key.size, row->value.size));
    int status = run_verify(city, false, said);
    set_row(city, row->table, key, BYTES_NONE);
    set_row(city, row->table, row->key,
            bytes_of(row->value.size ? row->value.data : bytes, row->value.size));
    return status == EXIT_REFUSED && strstr(said, "position");
}

/* A key that became its neighbour's would make two rows one: LMDB holds no such table. */
static bool is_taken(const struct row *rows, size_t count, const struct row *row, size_t i)
{
    for (size_t r = 0; r < count && i < row->key.size; r++) {
        const uint8_t *key = rows[r].key.data;
        if (rows[r].table == row->table && rows[r].key.size == row->key.size &&
            memcmp(key, row->key.data, i) == 0 && key[i] == (row->key.data[i] ^ 1 << i % 8) &&
            memcmp(key + i + 1, row->key.data + i + 1, row->key.size - i - 1) == 0)
            return true;
    }
    return false;
}

static void a_flipped_bit_in_any_row_of_any_table_is_found(void **state)
{
    static struct row rows[ROWS_MAX];
    struct city city;
    size_t next = 0, seen = 0;
    (void)state;
    live(&city);
    size_t count = collect(&city, rows);
    assert_in_range(count, 30, ROWS_MAX - 1);
    for (size_t r = 0; r < count; r++) {
        size_t size = rows[r].key.size + rows[r].value.size;
        for (size_t i = 0; i < size; i++, seen++) {
            if (seen < next)
                continue;
            next = seen + (rows[r].table == LOG_LOG ? FLIP_STEP_HASHED : FLIP_STEP);
            if (!is_taken(rows, count, &rows[r], i) && !is_found(&city, &rows[r], i))
                fail_msg("byte %zu of row %zu of table %s was missed", i, r,
                         log_tables[rows[r].table]);
        }
    }
    expect(&city, EXIT_DONE, "clean"); /* all flips were undone: they were what was found */
    city_close(&city);
}

static void a_hole_in_the_log_is_named(void **state)
{
    uint8_t key[8];
    struct city city;
    (void)state;
    live(&city);
    u64_put(key, 7);
    set_row(&city, LOG_LOG, bytes_of(key, sizeof key), BYTES_NONE);
    expect(&city, EXIT_REFUSED, "position 7");
    city_close(&city);
}

static void a_run_that_leads_elsewhere_or_is_missing_is_named(void **state)
{
    uint8_t key[64];
    struct city city;
    (void)state;
    live(&city);
    set_position(&city, LOG_RUNS, seq_key("341502", 1, 4, key), 7);
    expect(&city, EXIT_REFUSED, "position 8: the table of runs leads elsewhere");
    set_row(&city, LOG_RUNS, seq_key("341502", 1, 4, key), BYTES_NONE);
    expect(&city, EXIT_REFUSED, "position 8: the table of runs has no row");
    set_position(&city, LOG_RUNS, seq_key("341502", 1, 4, key), 8);
    set_position(&city, LOG_RUNS, seq_key("341502", 1, 2, key),
                 5); /* a commit may begin anywhere */
    expect(&city, EXIT_DONE, "clean");
    set_position(&city, LOG_RUNS, seq_key("341502", 1, 2, key), 6);
    expect(&city, EXIT_REFUSED, "position 6: the table of runs says that seq 2");
    set_position(&city, LOG_RUNS, seq_key("341502", 1, 2, key), UINT64_C(5) | 1 << 20);
    expect(&city, EXIT_REFUSED, "the table of runs says that seq 2"); /* far behind the head */
    city_close(&city);
}

static void the_end_of_an_epochs_runs_is_true_and_there(void **state)
{
    uint8_t key[64];
    struct city city;
    (void)state;
    live(&city);
    set_row(&city, LOG_RUNS, seq_key("341502", 1, 5, key), BYTES_NONE);
    expect(&city, EXIT_REFUSED, "position 12: the table of runs has no row");
    set_position(&city, LOG_RUNS, seq_key("341502", 1, 5, key), 0);
    expect(&city, EXIT_DONE, "clean");
    set_position(&city, LOG_RUNS, seq_key("341502", 1, 3, key), 0); /* seq 3 is there */
    expect(&city, EXIT_REFUSED, "table of runs says that seq 3");
    city_close(&city);
}

static void a_signature_row_says_the_position_it_stands_at(void **state)
{
    uint8_t key[8];
    struct city city;
    struct buffer row = {0};
    (void)state;
    live(&city);
    struct push_signature signature = city.signatures[5];
    signature.position = 7;
    wire_push_signature_encode(&signature, &row);
    u64_put(key, 6);
    set_row(&city, LOG_SIGNATURES, bytes_of(key, sizeof key), buffer_bytes(&row));
    buffer_release(&row);
    expect(&city, EXIT_REFUSED, "position 6: its signature row is damaged");
    city_close(&city);
}

static void refusals_and_marks_are_those_of_the_log(void **state)
{
    uint8_t key[64];
    struct city city;
    (void)state;
    live(&city);
    set_position(&city, LOG_REFUSALS, seq_key("341503", 1, 1, key), 7);
    expect(&city, EXIT_REFUSED, "what is no refusal");
    set_row(&city, LOG_REFUSALS, seq_key("341503", 1, 1, key), BYTES_NONE);
    set_row(&city, LOG_REFUSALS, seq_key("341503", 1, 2, key), BYTES_NONE);
    expect(&city, EXIT_REFUSED, "position 9: the table of refusals has no row");
    set_position(&city, LOG_REFUSALS, seq_key("341503", 1, 2, key), 9);
    u64_put(key, 7);
    set_row(&city, LOG_MARKS, bytes_of(key, 8), bytes_of("", 0));
    expect(&city, EXIT_REFUSED, "what is not the broker's own");
    set_row(&city, LOG_MARKS, bytes_of(key, 8), BYTES_NONE);
    u64_put(key, 10);
    set_row(&city, LOG_MARKS, bytes_of(key, 8), BYTES_NONE);
    expect(&city, EXIT_REFUSED, "position 10: the table of marks has no row");
    city_close(&city);
}

static void set_unit(struct city *city, const char *unit, const struct unit_row *row)
{
    struct store_txn *txn = NULL;
    struct store *store = city_store_open(city);
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(log_unit_put(txn, bytes_of_text(unit), row), OK);
    assert_int_equal(store_commit(txn), OK);
    store_close(store);
}

static struct unit_row get_unit(struct city *city, const char *unit)
{
    struct unit_row row;
    struct store_txn *txn = NULL;
    struct store *store = city_store_open(city);
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(log_unit_get(txn, bytes_of_text(unit), &row), OK);
    store_txn_abort(txn);
    store_close(store);
    return row;
}

static void the_row_of_a_unit_says_what_the_log_says(void **state)
{
    struct city city;
    (void)state;
    live(&city);
    const struct unit_row good = get_unit(&city, "341503");
    struct unit_row bad[] = {good, good, good, good};
    bad[0].last_seq++;
    bad[1].last_position--;
    bad[2].chain.bytes[5] ^= 1;
    bad[3].refused_count++;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        set_unit(&city, "341503", &bad[i]);
        expect(&city, EXIT_REFUSED, "the row of 341503 disagrees with the log");
    }
    set_unit(&city, "341503", &good);
    set_unit(&city, "341504", &(struct unit_row){.epoch = 1}); /* said hello, and nothing yet */
    expect(&city, EXIT_DONE, "clean");
    set_unit(&city, "341504", &(struct unit_row){.epoch = 1, .last_seq = 1, .last_position = 1});
    expect(&city, EXIT_REFUSED, "the row of 341504 disagrees");
    set_row(&city, LOG_UNITS, bytes_of_text("341504"), BYTES_NONE);
    set_row(&city, LOG_UNITS, bytes_of_text("341503"), BYTES_NONE);
    expect(&city, EXIT_REFUSED, "no row for a unit that has spoken");
    city_close(&city);
}

static void write_head(struct city *city, const struct log_head *head)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/store", city->root);
    assert_int_equal(log_head_file_write(path, head), OK);
}

static void a_store_behind_or_beside_its_head_file_was_rolled_back_or_rewritten(void **state)
{
    struct city city;
    struct log_head head;
    char path[96];
    (void)state;
    live(&city);
    (void)snprintf(path, sizeof path, "%s/store", city.root);
    assert_int_equal(log_head_file_read(path, &head), OK);
    head.position++;
    write_head(&city, &head);
    expect(&city, EXIT_REFUSED, "rolled back");
    head.position -= 2; /* older than the log: as after a kill; but the hash is that of 15 */
    write_head(&city, &head);
    expect(&city, EXIT_REFUSED, "position 14: it is not the record that the head file names");
    (void)snprintf(path, sizeof path, "%s/store/head", city.root);
    assert_int_equal(truncate(path, 40), 0);
    expect(&city, EXIT_REFUSED, "head is damaged");
    assert_int_equal(remove(path), 0); /* a backup may have none */
    expect(&city, EXIT_DONE, "clean");
    city_close(&city);
}

static void meta_holds_only_what_is_known(void **state)
{
    struct city city;
    (void)state;
    live(&city);
    set_safe_position(&city, 15);
    expect(&city, EXIT_DONE, "clean");
    set_safe_position(&city, 16);
    expect(&city, EXIT_REFUSED, "safe position");
    set_position(&city, LOG_META, bytes_of_text("safe_position"),
                 15); /* as a flipped byte has no check */
    expect(&city, EXIT_REFUSED, "safe position is damaged");
    set_row(&city, LOG_META, bytes_of_text("safe_position"), BYTES_NONE);
    set_position(&city, LOG_META, bytes_of_text("safe_positiom"), 1);
    expect(&city, EXIT_REFUSED, "does not know");
    city_close(&city);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_as_the_broker_leaves_it_is_clean),
        cmocka_unit_test(a_flipped_bit_in_any_row_of_any_table_is_found),
        cmocka_unit_test(a_hole_in_the_log_is_named),
        cmocka_unit_test(a_run_that_leads_elsewhere_or_is_missing_is_named),
        cmocka_unit_test(the_end_of_an_epochs_runs_is_true_and_there),
        cmocka_unit_test(a_signature_row_says_the_position_it_stands_at),
        cmocka_unit_test(refusals_and_marks_are_those_of_the_log),
        cmocka_unit_test(the_row_of_a_unit_says_what_the_log_says),
        cmocka_unit_test(a_store_behind_or_beside_its_head_file_was_rolled_back_or_rewritten),
        cmocka_unit_test(meta_holds_only_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
