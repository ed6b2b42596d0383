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

int main(void)
{
    const struct CMUnitTest tests[] = {
        IMPORT_TEST(an_event_taken_before_is_known_and_not_taken_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
