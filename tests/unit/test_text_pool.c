/* test_text_pool.c - a text is kept once, keeps its number and stays where it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "ledger/fold/text_pool.h"

enum { TEXTS = 50000 };

static struct bytes text_number(int number, char out[64])
{
    (void)snprintf(out, 64, "%d号文 %.*s", number, number % 40,
                   "________________________________________");
    return bytes_of_text(out);
}

static void texts_are_numbered_in_the_order_they_come_and_found_again(void **state)
{
    struct text_pool pool;
    char text[64];
    (void)state;
    text_pool_init(&pool, 11);
    struct bytes first = BYTES_NONE;
    for (int round = 0; round < 2; round++) {
        for (int i = 1; i <= TEXTS; i++)
            assert_int_equal(text_pool_add(&pool, text_number(i, text)), i);
        if (round == 0)
            first = text_pool_get(&pool, 1);
    }
    assert_int_equal(pool.count, TEXTS);
    for (int i = 1; i <= TEXTS; i++) {
        assert_int_equal(text_pool_find(&pool, text_number(i, text)), i);
        assert_true(bytes_equal(text_pool_get(&pool, (uint32_t)i), bytes_of_text(text)));
    }
    assert_ptr_equal(text_pool_get(&pool, 1).data, first.data);
    assert_int_equal(text_pool_find(&pool, bytes_of_text("never said")), 0);
    text_pool_release(&pool);
}

static void the_empty_text_is_number_0(void **state)
{
    struct text_pool pool;
    (void)state;
    text_pool_init(&pool, 11);
    assert_int_equal(text_pool_add(&pool, BYTES_NONE), 0);
    assert_int_equal(text_pool_find(&pool, BYTES_NONE), 0);
    assert_int_equal(text_pool_get(&pool, 0).size, 0);
    assert_int_equal(pool.count, 0);
    text_pool_release(&pool);
}

static void the_longest_text_is_kept_whole(void **state)
{
    struct text_pool pool;
    uint8_t *text = malloc(TEXT_POOL_TEXT_MAX);
    (void)state;
    assert_non_null(text);
    memset(text, 'x', TEXT_POOL_TEXT_MAX);
    text_pool_init(&pool, 11);
    for (size_t size = TEXT_POOL_TEXT_MAX; size > TEXT_POOL_TEXT_MAX - 3; size--) {
        uint32_t number = text_pool_add(&pool, bytes_of(text, size));
        assert_true(bytes_equal(text_pool_get(&pool, number), bytes_of(text, size)));
    }
    text_pool_release(&pool);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_numbered_in_the_order_they_come_and_found_again),
        cmocka_unit_test(the_empty_text_is_number_0),
        cmocka_unit_test(the_longest_text_is_kept_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
