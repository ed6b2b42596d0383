/* test_growing.c - a list that doubles in an arena keeps what it holds, also when there is no room.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/fold/growing.h"

static void it_keeps_what_it_holds_while_it_grows(void **state)
{
    enum { ITEMS = 5000 };
    CLEANUP(arena_release) struct arena arena;
    uint32_t *items = NULL;
    size_t capacity = 0;
    (void)state;
    arena_init(&arena, 1 << 20);
    for (uint32_t count = 0; count < ITEMS; count++) {
        items = growing_list(&arena, items, count, &capacity, sizeof *items);
        assert_non_null(items);
        assert_true(count < capacity);
        items[count] = count * 3;
    }
    for (uint32_t i = 0; i < ITEMS; i++)
        assert_int_equal(items[i], i * 3);
    assert_in_range(capacity, ITEMS, 2 * ITEMS);
}

static void it_stays_where_it_is_while_there_is_room(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    size_t capacity = 0;
    (void)state;
    arena_init(&arena, 1 << 20);
    uint64_t *items = growing_list(&arena, NULL, 0, &capacity, sizeof *items);
    size_t used = arena.used_bytes;
    assert_ptr_equal(growing_list(&arena, items, capacity - 1, &capacity, sizeof *items), items);
    assert_int_equal(arena.used_bytes, used);
    assert_ptr_not_equal(growing_list(&arena, items, capacity, &capacity, sizeof *items), items);
}

static void without_room_the_list_stays_as_it_was(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    size_t capacity = 0;
    (void)state;
    arena_init(&arena, 300);
    uint64_t *items = growing_list(&arena, NULL, 0, &capacity, sizeof *items);
    size_t before = capacity;
    assert_non_null(items);
    for (size_t i = 0; i < capacity; i++)
        items[i] = i;
    assert_null(growing_list(&arena, items, capacity, &capacity, sizeof *items));
    assert_int_equal(capacity, before);
    for (size_t i = 0; i < capacity; i++)
        assert_int_equal(items[i], i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_keeps_what_it_holds_while_it_grows),
        cmocka_unit_test(it_stays_where_it_is_while_there_is_room),
        cmocka_unit_test(without_room_the_list_stays_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
