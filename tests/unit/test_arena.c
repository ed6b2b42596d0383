/* test_arena.c - an arena's limit, alignment and reuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

static void what_it_hands_out_is_zeroed_aligned_and_apart(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    uint8_t *pieces[600];
    (void)state;
    arena_init(&arena, 1 << 20);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++) {
            pieces[i] = arena_alloc(&arena, i);
            assert_non_null(pieces[i]);
            assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
            for (size_t at = 0; at < i; at++)
                assert_int_equal(pieces[i][at], 0);
            memset(pieces[i], (int)(i % 251) + 1, i);
        }
        for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++) {
            for (size_t at = 0; at < i; at++)
                assert_int_equal(pieces[i][at], i % 251 + 1);
        }
        arena_reset(&arena);
    }
}

static void nothing_is_handed_out_beyond_the_limit(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    (void)state;
    arena_init(&arena, 64);
    assert_null(arena_alloc(&arena, 65));
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_non_null(arena_alloc(&arena, 48));
    assert_null(arena_alloc(&arena, 17));
    assert_non_null(arena_alloc(&arena, 1));
    assert_null(arena_alloc(&arena, 1)); /* a single byte takes a whole step */
    assert_null(arena_alloc(&arena, 0));
    arena_reset(&arena);
    assert_non_null(arena_alloc(&arena, 64));
}

static void a_size_near_the_end_of_numbers_is_refused(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    (void)state;
    arena_init(&arena, SIZE_MAX);
    for (size_t less = 0; less < 64; less++)
        assert_null(arena_alloc(&arena, SIZE_MAX - less));
    assert_null(arena_copy(&arena, bytes_of("", SIZE_MAX)).data);
}

static void a_load_that_repeats_needs_no_new_memory_after_a_reset(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    (void)state;
    arena_init(&arena, 1 << 24);
    for (int i = 0; i < 1000; i++)
        assert_non_null(arena_alloc(&arena, 100));
    arena_reset(&arena);
    const struct arena_block *kept = arena.blocks;
    assert_non_null(kept);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++)
            assert_non_null(arena_alloc(&arena, 100));
        assert_ptr_equal(arena.blocks, kept);
        arena_reset(&arena);
        assert_ptr_equal(arena.blocks, kept);
        assert_int_equal(arena.used_bytes, 0);
    }
}

static void a_copy_ends_with_a_nul_that_is_not_counted(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    (void)state;
    arena_init(&arena, 48);
    struct bytes copy = arena_copy(&arena, bytes_of("0123456789abcdef", 16));
    assert_int_equal(copy.size, 16);
    assert_string_equal((const char *)copy.data, "0123456789abcdef");
    struct bytes empty = arena_copy(&arena, BYTES_NONE);
    assert_non_null(empty.data);
    assert_int_equal(empty.size, 0);
    assert_null(arena_copy(&arena, bytes_of_text("no")).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_hands_out_is_zeroed_aligned_and_apart),
        cmocka_unit_test(nothing_is_handed_out_beyond_the_limit),
        cmocka_unit_test(a_size_near_the_end_of_numbers_is_refused),
        cmocka_unit_test(a_load_that_repeats_needs_no_new_memory_after_a_reset),
        cmocka_unit_test(a_copy_ends_with_a_nul_that_is_not_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
