/* test_csv.c - rows as RFC 4180 writes them, and the complaints about those that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/csv.h"
#include "base/random.h"

/* All rows as "number/line:cell|cell;"; a failure as "!" and the complaint. */
static const char *rows_of(struct bytes file, struct buffer *out)
{
    static struct csv csv;
    struct arena arena;
    struct csv_row row;
    struct problem problem = {0};
    enum err err;
    arena_init(&arena, CSV_ARENA_SIZE_MIN);
    buffer_clear(out);
    csv_init(&csv, file);
    while ((err = csv_next(&csv, &arena, &row, &problem)) == OK) {
        buffer_add_format(out, "%d/%d:", (int)row.number, (int)row.line);
        for (size_t i = 0; i < row.count; i++) {
            buffer_add(out, row.cells[i]);
            buffer_add_text(out, i + 1 < row.count ? "|" : ";");
        }
        arena_reset(&arena);
    }
    if (err != ERR_NOT_FOUND)
        buffer_add_format(out, "!%s", problem.text);
    buffer_add(out, bytes_of("", 1));
    arena_release(&arena);
    return (const char *)out->data;
}

static void rows_are_read_with_every_kind_of_line_end_and_quote(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"a,b\nc,d", "1/1:a|b;2/2:c|d;"},
        {"a,b\r\nc,d\r\n", "1/1:a|b;2/2:c|d;"},
        {"a\rb\r", "1/1:a;2/2:b;"},
        {"\xef\xbb\xbf"
         "a,,\n\n,x",
         "1/1:a||;2/2:;3/3:|x;"},
        {"\"a,\"\"b\"\"\",\"\"\n", "1/1:a,\"b\"|;"},
        {"\"a\r\nb\nc\",d\ne", "1/1:a\r\nb\nc|d;2/4:e;"},
        {"a \"b\" c,5\"\n", "1/1:a \"b\" c|5\";"},
        {"\xef\xbb\xbf\"a\"", "1/1:a;"},
        {"a,", "1/1:a|;"},
        {"\"\"\"\"", "1/1:\";"},
    };
    CLEANUP(buffer_release) struct buffer out = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_string_equal(rows_of(bytes_of_text(cases[i][0]), &out), cases[i][1]);
}

static void a_row_that_is_none_is_named_by_row_and_line(void **state)
{
    static const char *const cases[][2] = {
        {"\"a\nb\"\nc,\"d\ne", "1/1:a\nb;!第2行(文件第3行文字): 引号没有结束"},
        {"a\n\"b\"c,d\n", "1/1:a;!第2行(文件第2行文字): 引号之后还有文字"},
        {"\"a\"\"", "!第1行(文件第1行文字): 引号没有结束"},
    };
    CLEANUP(buffer_release) struct buffer out = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_string_equal(rows_of(bytes_of_text(cases[i][0]), &out), cases[i][1]);
}

static void cells_and_their_sizes_have_a_limit(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    CLEANUP(buffer_release) struct buffer file = {0};
    (void)state;
    memset(buffer_extend(&file, CSV_CELLS_MAX - 1), ',', CSV_CELLS_MAX - 1);
    assert_null(strchr(rows_of(buffer_bytes(&file), &out), '!'));
    buffer_add_text(&file, ",");
    assert_non_null(strstr(rows_of(buffer_bytes(&file), &out), "!第1行(文件第1行文字): 多于256格"));
    buffer_clear(&file);
    memset(buffer_extend(&file, CSV_CELL_SIZE_MAX), 'x', CSV_CELL_SIZE_MAX);
    assert_null(strchr(rows_of(buffer_bytes(&file), &out), '!'));
    buffer_add_text(&file, "x");
    assert_non_null(strstr(rows_of(buffer_bytes(&file), &out), "单元格过长"));
    file.data[0] = '"';
    buffer_add_text(&file, "xx\"");
    assert_non_null(strstr(rows_of(buffer_bytes(&file), &out), "引号可能没有配对"));
}

/* Cells of any bytes, quoted by the book, come back as they were. */
static void what_is_written_is_read_again(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    struct random random;
    (void)state;
    random_init(&random, 4180);
    for (int round = 0; round < 2000; round++) {
        static const char letters[] = "\",\n\rab";
        CLEANUP(buffer_release) struct buffer file = {0};
        CLEANUP(buffer_release) struct buffer expected = {0};
        size_t cells = 1 + random_below(&random, 4);
        buffer_add_text(&expected, "1/1:");
        for (size_t i = 0; i < cells; i++) {
            buffer_add_text(&file, i ? ",\"" : "\"");
            for (uint64_t left = random_below(&random, 6); left > 0; left--) {
                struct bytes letter = bytes_of(&letters[random_below(&random, 6)], 1);
                buffer_add(&file, letter);
                buffer_add(&expected, letter);
                if (letter.data[0] == '"')
                    buffer_add(&file, letter);
            }
            buffer_add_text(&file, "\"");
            buffer_add_text(&expected, i + 1 < cells ? "|" : ";");
        }
        buffer_add(&expected, bytes_of("", 1));
        assert_string_equal(rows_of(buffer_bytes(&file), &out), expected.data);
    }
}

static void bytes_that_are_no_utf8_are_named_by_line_and_byte(void **state)
{
    struct problem problem = {0};
    (void)state;
    assert_int_equal(csv_encoding_check(bytes_of_text("\xef\xbb\xbf甲,乙\n"), &problem), OK);
    assert_int_equal(csv_encoding_check(bytes_of_text("甲\n乙\xe4\xb8,\n"), &problem),
                     ERR_MALFORMED);
    assert_string_equal(problem.text,
                        "第2行第4字节(文件第8字节,0xe4)不是 UTF-8 文字 (not UTF-8 text)");
    assert_non_null(strstr(problem.remedy, "另存为“CSV UTF-8"));
    assert_int_equal(csv_encoding_check(bytes_of("a\0b", 3), &problem), ERR_MALFORMED);
    assert_non_null(strstr(problem.text, "第1行第2字节(文件第2字节,0x00)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_with_every_kind_of_line_end_and_quote),
        cmocka_unit_test(a_row_that_is_none_is_named_by_row_and_line),
        cmocka_unit_test(cells_and_their_sizes_have_a_limit),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(bytes_that_are_no_utf8_are_named_by_line_and_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
