/* test_boards.c - the horse race: who rose since the sitting before, who is red and who black. */
#include "ledger/assess/boards.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct assess_row ranked(const char *code, size_t rank, int64_t points)
{
    return (struct assess_row){
        .code = bytes_of_text(code), .rank = rank, .printed = points * POINT};
}

static void a_row_rises_and_falls_by_places_within_its_group(void **state)
{
    (void)state;
    struct assess_scheme scheme = {.id = bytes_of_text("s"), .version = bytes_of_text("1")};
    struct assess_row before[] = {ranked("341502", 1, 90), ranked("341503", 2, 80),
                                  ranked("341504", 3, 70)};
    struct assess_row now[] = {ranked("341504", 1, 95), ranked("341522", 2, 91),
                               ranked("341502", 3, 85)};
    now[0].red = true;
    now[1].black = now[2].black = true;
    struct assessment earlier = {.scheme = &scheme, .rows = before, .row_count = 3};
    struct assessment later = {.scheme = &scheme, .rows = now, .row_count = 3};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 16);
    struct score_board board;
    score_board_make(&later, &earlier, &arena, &board);
    assert_int_equal(board.row_count, 3);
    assert_int_equal(board.rows[0].rise, 2);
    assert_int_equal(board.rows[0].gain, 25 * POINT);
    assert_null(board.rows[1].before);
    assert_int_equal(board.rows[1].rise, 0);
    assert_int_equal(board.rows[2].rise, -2);
    assert_int_equal(board.rows[2].gain, -5 * POINT);
    assert_int_equal(board.gone, 1);
    assert_false(board.other_scheme);
    assert_int_equal(board.red_count, 1);
    assert_int_equal(board.red[0], 0);
    assert_int_equal(board.black_count, 2);
    assert_int_equal(board.black[0], 2); /* the last first */
}

static void a_first_sitting_has_no_rise(void **state)
{
    (void)state;
    struct assess_scheme scheme = {.id = bytes_of_text("s")};
    struct assess_row now[] = {ranked("341504", 1, 95)};
    struct assessment later = {.scheme = &scheme, .rows = now, .row_count = 1};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 16);
    struct score_board board;
    score_board_make(&later, NULL, &arena, &board);
    assert_int_equal(board.row_count, 1);
    assert_null(board.rows[0].before);
    struct assessment empty = {.scheme = &scheme};
    score_board_make(&later, &empty, &arena, &board);
    assert_null(board.rows[0].before);
    assert_int_equal(board.gone, 0);
}

static void another_group_or_another_scheme_is_told(void **state)
{
    (void)state;
    struct assess_group groups[] = {{.name = bytes_of_text("一类")},
                                    {.name = bytes_of_text("二类")}};
    struct assess_scheme old = {
        .version = bytes_of_text("2021"), .groups = groups, .group_count = 2};
    struct assess_scheme new = old;
    new.version = bytes_of_text("2022");
    struct assess_row before[] = {ranked("341502", 5, 90)};
    struct assess_row now[] = {ranked("341502", 1, 90)};
    now[0].group = 1;
    struct assessment earlier = {.scheme = &old, .rows = before, .row_count = 1};
    struct assessment later = {.scheme = &new, .rows = now, .row_count = 1};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 16);
    struct score_board board;
    score_board_make(&later, &earlier, &arena, &board);
    assert_true(board.other_scheme);
    assert_true(board.rows[0].other_group);
    assert_int_equal(board.rows[0].rise, 0);
}

static void an_arena_too_small_is_told(void **state)
{
    (void)state;
    struct assess_scheme scheme = {.id = bytes_of_text("s")};
    struct assess_row now[] = {ranked("341504", 1, 95)};
    struct assessment later = {.scheme = &scheme, .rows = now, .row_count = 1};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 8);
    struct score_board board;
    score_board_make(&later, NULL, &arena, &board);
    assert_true(board.incomplete);
    assert_int_equal(board.row_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_rises_and_falls_by_places_within_its_group),
        cmocka_unit_test(a_first_sitting_has_no_rise),
        cmocka_unit_test(another_group_or_another_scheme_is_told),
        cmocka_unit_test(an_arena_too_small_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
