/* test_id_index.c - every number of an id is found, in the order they came, however the table
 * grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/random.h"
#include "ledger/event/event.h"
#include "ledger/fold/id_index.h"

enum { IDS = 20000, SEED = 9 };

static uint8_t ids[IDS][EVENT_ID_SIZE];

static const uint8_t *id_of(const void *owner, uint32_t number)
{
    (void)owner;
    return ids[number];
}

static void all_numbers_of_an_id_are_found_in_the_order_they_came(void **state)
{
    struct id_index index = {.id_of = id_of};
    struct random random;
    (void)state;
    random_init(&random, 4);
    for (uint32_t i = 0; i < IDS; i++) {
        if (i >= 10 && random_chance(&random, 30)) /* said before, by another unit */
            memcpy(ids[i], ids[random_below(&random, i)], EVENT_ID_SIZE);
        else
            for (size_t at = 0; at < EVENT_ID_SIZE; at++)
                ids[i][at] = (uint8_t)random_next(&random);
        struct id_key key = id_key_of(SEED, ids[i]);
        id_index_add(&index, &key, i);
    }
    for (uint32_t i = 0; i < IDS; i += 7) {
        struct id_key key = id_key_of(SEED, ids[i]);
        struct id_walk walk = id_index_find(&index, &key);
        for (uint32_t expected = 0; expected < IDS; expected++) {
            if (memcmp(ids[expected], ids[i], EVENT_ID_SIZE) == 0)
                assert_int_equal(id_index_next(&walk), expected);
        }
        assert_int_equal(id_index_next(&walk), ID_INDEX_NONE);
    }
    id_index_release(&index);
}

static void an_id_never_added_is_not_found(void **state)
{
    struct id_index index = {.id_of = id_of};
    struct id_key key = id_key_of(SEED, (const uint8_t *)"sixteen bytes ..");
    (void)state;
    struct id_walk walk = id_index_find(&index, &key);
    assert_int_equal(id_index_next(&walk), ID_INDEX_NONE);
    struct id_key other = id_key_of(SEED, ids[0]);
    id_index_add(&index, &other, 0);
    walk = id_index_find(&index, &key);
    assert_int_equal(id_index_next(&walk), ID_INDEX_NONE);
    id_index_release(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_numbers_of_an_id_are_found_in_the_order_they_came),
        cmocka_unit_test(an_id_never_added_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
