/* test_large_pages.c - memory of any size is zero, writable to its end, and on its boundary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/fold/large_pages.h"

static const size_t sizes[] = {1,
                               LARGE_PAGE_SIZE / 2 - 1,
                               LARGE_PAGE_SIZE / 2,
                               LARGE_PAGE_SIZE - 8,
                               LARGE_PAGE_SIZE,
                               LARGE_PAGE_SIZE + 1,
                               3 * (size_t)LARGE_PAGE_SIZE};

static void check(uint8_t *memory, size_t size)
{
    for (size_t at = 0; at < size; at += 509)
        assert_int_equal(memory[at], 0);
    assert_int_equal(memory[size - 1], 0);
    memory[0] = memory[size - 1] = 0xff;
    if (size >= LARGE_PAGE_SIZE / 2)
        assert_int_equal((uintptr_t)memory % LARGE_PAGE_SIZE, 0);
    large_pages_free(memory, size);
}

static void it_is_zero_and_writable_to_its_end(void **state)
{
    (void)state;
    for (int again = 0; again < 3; again++) { /* what was given back may come again */
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            check(large_pages_alloc(sizes[i]), sizes[i]);
            check(large_pages_block(0, sizes[i]), sizes[i]);
            check(large_pages_block(1, sizes[i]), sizes[i]);
        }
    }
}

static void nothing_is_given_back_as_nothing(void **state)
{
    (void)state;
    large_pages_free(NULL, 0);
    large_pages_free(NULL, LARGE_PAGE_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_zero_and_writable_to_its_end),
        cmocka_unit_test(nothing_is_given_back_as_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
