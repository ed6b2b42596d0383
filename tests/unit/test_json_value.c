/* test_json_value.c - what a definition's text may be, and that everything else is named. */
#include "ledger/view/json_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static enum err parse(struct arena *arena, const char *text, const struct json_value **out,
                      struct problem *problem)
{
    *problem = (struct problem){0};
    return json_value_parse(bytes_of_text(text), arena, out, problem);
}

static void a_scheme_like_text_is_read_in_its_order(void **state)
{
    (void)state;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 16);
    const struct json_value *value = NULL;
    struct problem problem;
    assert_int_equal(parse(&arena,
                           " {\"a\": [1, -20, 9223372036854775807],\n \"名\":"
                           "\"x\\n\\u4e2d\\ud83d\\ude00\", \"t\":true,\"f\":false,\"n\":null, "
                           "\"o\":{}, \"l\":[]}\n",
                           &value, &problem),
                     OK);
    assert_int_equal(value->type, JSON_OBJECT);
    assert_int_equal(value->count, 7);
    const struct json_value *list = json_value_member(value, "a");
    assert_int_equal(list->count, 3);
    assert_int_equal(list->first->number, 1);
    assert_int_equal(list->first->next->number, -20);
    assert_true(list->first->next->next->number == INT64_MAX);
    const struct json_value *text = json_value_member(value, "名");
    assert_int_equal(text->line, 2);
    assert_true(bytes_equal_text(text->text, "x\n中😀"));
    assert_int_equal(json_value_member(value, "t")->number, 1);
    assert_int_equal(json_value_member(value, "f")->number, 0);
    assert_int_equal(json_value_member(value, "n")->type, JSON_NULL);
    assert_int_equal(json_value_member(value, "o")->count, 0);
    assert_null(json_value_member(value, "b"));
}

static void what_is_not_strict_is_refused_with_its_line(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{",
        "}",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "[1 2]",
        "\"abc",
        "\"\\",
        "\"\\q\"",
        "\"\\u12g4\"",
        "\"\\ud800\"",
        "\"\\ude00\"",
        "\"\\u0000\"",
        "\"\t\x01\"",
        "\"\xff\"",
        "01",
        "-",
        "1.5",
        "1e3",
        "nul",
        "truefalse",
        "[1]]",
        "9223372036854775808",
        "\"a\nb\"",
        "[[[[[[[[[[[[[1]]]]]]]]]]]]]",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        CLEANUP(arena_release) struct arena arena;
        arena_init(&arena, 1 << 16);
        const struct json_value *value = NULL;
        struct problem problem;
        assert_int_equal(parse(&arena, bad[i], &value, &problem), ERR_MALFORMED);
        assert_null(value);
        assert_non_null(strstr(problem.text, "line 1:"));
        assert_true(problem.remedy[0] != '\0');
    }
}

static void a_name_given_twice_is_named(void **state)
{
    (void)state;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 16);
    const struct json_value *value = NULL;
    struct problem problem;
    assert_int_equal(parse(&arena, "{\"w\":1,\n\"w\":2}", &value, &problem), ERR_MALFORMED);
    assert_string_equal(problem.text, "line 2: \"w\" is given twice");
}

static void a_text_beyond_the_limit_or_the_arena_is_refused(void **state)
{
    (void)state;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 100);
    const struct json_value *value = NULL;
    struct problem problem;
    assert_int_equal(parse(&arena, "[1,2,3,4,5,6,7,8]", &value, &problem), ERR_LIMIT);
    CLEANUP(buffer_release) struct buffer buffer = {0};
    memset(buffer_extend(&buffer, JSON_TEXT_SIZE_MAX + 1), ' ', JSON_TEXT_SIZE_MAX + 1);
    assert_int_equal(json_value_parse(buffer_bytes(&buffer), &arena, &value, &problem), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scheme_like_text_is_read_in_its_order),
        cmocka_unit_test(what_is_not_strict_is_refused_with_its_line),
        cmocka_unit_test(a_name_given_twice_is_named),
        cmocka_unit_test(a_text_beyond_the_limit_or_the_arena_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
