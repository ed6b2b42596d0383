/* test_outbox_add.c - an assertion goes into the outbox once. */
#include "agent/outbox_add.h"
#include "import_scene.h"

static void an_event_taken_before_is_known_and_not_taken_again(void **state)
{
    struct outbox *outbox = *state;
    struct outbox_state now;
    struct store_txn *txn = NULL;
    enum outbox_verdict verdict;
    uint64_t seq = 0;
    const char *ids[] = {"0123456789abcdef", "fedcba9876543210", "0123456789abcdef"};
    for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
        assert_int_equal(store_begin(outbox->store, &txn), OK);
        assert_int_equal(outbox_state_get(txn, &now), OK);
        assert_int_equal(
            outbox_add(txn, &now, bytes_of_text(ids[i]), bytes_of_text("envelope"), &verdict, &seq),
            OK);
        assert_int_equal(verdict, i < 2 ? OUTBOX_TAKEN : OUTBOX_KNOWN);
        assert_int_equal(seq, i < 2 ? i + 1 : 1);
        assert_int_equal(now.last_seq, i < 2 ? i + 1 : 2);
        assert_int_equal(outbox_state_put(txn, &now), OK);
        assert_int_equal(store_commit(txn), OK);
    }
}

static void what_stands_in_a_rotten_row_is_taken_again(void **state)
{
    struct outbox *outbox = *state;
    struct outbox_state now;
    struct store_txn *txn = NULL;
    enum outbox_verdict verdict = OUTBOX_KNOWN;
    uint64_t seq = 0;
    uint8_t key[12], row[HASH_SIZE + 8] = {0};
    struct bytes id = bytes_of_text("0123456789abcdef"), envelope = bytes_of_text("envelope");
    assert_int_equal(store_begin(outbox->store, &txn), OK);
    assert_int_equal(outbox_state_get(txn, &now), OK);
    assert_int_equal(outbox_add(txn, &now, id, envelope, &verdict, &seq), OK);
    u32_put(key, 1);
    u64_put(key + 4, 1);
    assert_int_equal(
        store_put(txn, OUTBOX_EVENTS, bytes_of(key, sizeof(key)), bytes_of(row, sizeof(row))), OK);
    assert_int_equal(outbox_add(txn, &now, id, envelope, &verdict, &seq), OK);
    assert_int_equal(verdict, OUTBOX_TAKEN);
    assert_int_equal(seq, 2);
    store_txn_abort(txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IMPORT_TEST(an_event_taken_before_is_known_and_not_taken_again),
        IMPORT_TEST(what_stands_in_a_rotten_row_is_taken_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
