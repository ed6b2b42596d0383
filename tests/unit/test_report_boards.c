/* test_report_boards.c - red and black lists and the horse race, as lines and as JSON. */
#include "audit/report_boards.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct assess_row ranked(const char *code, size_t rank, int64_t points)
{
    return (struct assess_row){.code = bytes_of_text(code),
                               .name = bytes_of_text(code),
                               .rank = rank,
                               .printed = points * POINT};
}

static void assert_says(const struct buffer *out, const char *words)
{
    if (!memmem(out->data, out->size, words, strlen(words)))
        fail_msg("no \"%s\" in:\n%.*s", words, (int)out->size, (const char *)out->data);
}

static void who_rose_who_fell_and_who_cannot_be_compared_is_told(void **state)
{
    struct assess_row rows[] = {ranked("甲", 1, 95), ranked("乙", 2, 91), ranked("丙", 3, 85),
                                ranked("丁", 4, 80), ranked("戊", 5, 70)};
    const struct assess_row before[] = {ranked("甲", 3, 90), ranked("丙", 1, 92),
                                        ranked("丁", 4, 80), ranked("戊", 1, 60)};
    struct score_row race[] = {{&rows[0], &before[0], 2, 5L * POINT, false},
                               {&rows[1], NULL, 0, 0, false},
                               {&rows[2], &before[1], -2, -7L * POINT, false},
                               {&rows[3], &before[2], 0, 0, false},
                               {&rows[4], &before[3], 0, 10L * POINT, true}};
    struct assess_scheme scheme = {.digits = 2};
    struct assessment now = {.scheme = &scheme, .rows = rows, .row_count = ARRAY_LENGTH(rows)};
    size_t red[] = {0}, black[] = {4, 3};
    struct sitting_boards boards = {
        .now = &now,
        .before = 19000,
        .board = {race, ARRAY_LENGTH(race), red, black, 1, 2, .gone = 3, .other_scheme = true}};
    struct report report = {0};
    (void)state;
    arena_init(&report.arena, 1 << 20);
    report_boards_add(&report, &boards);
    static const char *const words[] = {"红榜：甲 95.00\n",
                                        "黑榜：戊 70.00、丁 80.00\n",
                                        "甲    ↑2",
                                        "+5.00\n",
                                        "上次未列",
                                        "丙    ↓2",
                                        "-7.00\n",
                                        "换组",
                                        "丁    —",
                                        "考核方案已变，慎比）\n",
                                        "上次在列、本次不在列：3 个\n"};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        assert_says(&report.out, words[i]);
    json_t *json = report_boards_json(&boards);
    CLEANUP(buffer_release) struct buffer text = {0};
    char *dump = json_dumps(json_object_get(json, "race"), JSON_COMPACT);
    buffer_add_text(&text, dump);
    assert_says(&text, "\"rank\":1,\"rank_before\":3,\"rise\":2,\"gain\":\"5.00\"");
    assert_says(&text, "\"rank\":2,\"rank_before\":null,\"rise\":null,\"gain\":null");
    assert_says(&text, "\"rank\":5,\"rank_before\":1,\"rise\":null,\"gain\":\"10.00\"");
    free(dump);
    json_decref(json);
    buffer_release(&report.out);
    arena_release(&report.arena);
}

static void without_lists_and_without_a_sitting_before_nothing_is_said(void **state)
{
    struct assess_row row = ranked("甲", 1, 95);
    struct score_row race = {.row = &row};
    struct assess_scheme scheme = {.digits = 2};
    struct assessment now = {.scheme = &scheme, .rows = &row, .row_count = 1};
    struct sitting_boards boards = {.now = &now, .board = {.rows = &race, .row_count = 1}};
    struct report report = {0};
    (void)state;
    report_boards_add(&report, &boards);
    assert_int_equal(report.out.size, 0);
    json_t *json = report_boards_json(&boards);
    assert_int_equal(json_array_size(json_object_get(json, "race")), 0);
    assert_true(json_is_null(json_object_get(json, "before")));
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_rose_who_fell_and_who_cannot_be_compared_is_told),
        cmocka_unit_test(without_lists_and_without_a_sitting_before_nothing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
