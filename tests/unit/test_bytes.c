/* test_bytes.c - bytes, buffers, integers and text forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/bytes.h"

#define TEXT(literal) bytes_of(literal, sizeof(literal) - 1)

static void assert_buffer(struct buffer *buffer, const char *text)
{
    assert_int_equal(buffer->size, strlen(text));
    assert_true(bytes_equal_text(buffer_bytes(buffer), text));
    buffer_clear(buffer);
}

static void bytes_are_ordered_like_memory_and_the_shorter_first(void **state)
{
    (void)state;
    assert_true(bytes_compare(TEXT("a"), TEXT("b")) < 0);
    assert_true(bytes_compare(TEXT("a"), TEXT("ab")) < 0);
    assert_true(bytes_compare(TEXT("\xff"), TEXT("ab")) > 0);
    assert_true(bytes_compare(BYTES_NONE, TEXT("")) == 0);
    assert_true(bytes_compare(BYTES_NONE, TEXT("a")) < 0);
    assert_true(bytes_equal(BYTES_NONE, TEXT("")));
    assert_false(bytes_equal(TEXT("a"), TEXT("ab")));
    assert_false(bytes_equal(TEXT("aa"), TEXT("ab")));
}

static void strict_utf8_is_accepted(void **state)
{
    (void)state;
    assert_true(bytes_are_utf8(BYTES_NONE));
    assert_true(bytes_are_utf8(TEXT("项目 A\t1\r\n")));
    assert_true(bytes_are_utf8(TEXT("\xc2\xa0\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80")));
    assert_true(bytes_are_utf8(TEXT("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf")));
}

static void broken_or_invisible_utf8_is_refused(void **state)
{
    static const char *const bad[] = {
        "\x80",         "\xc0\x80",         "\xc1\xbf",         "\xc2",     "\xc2\x41",
        "\xe0\x9f\xbf", "\xed\xa0\x80",     "\xed\xbf\xbf",     "\xe4\xb8", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",     "\x1b",
        "\x7f",         "\xc2\x80",         "\xc2\x9f",         "\x01",     "\xf0\x9f\x98",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(bytes_are_utf8(bytes_of_text(bad[i])));
    assert_false(bytes_are_utf8(TEXT("a\0b")));
    static const uint8_t cut[] = {0xe9, 0xa1};
    assert_false(bytes_are_utf8(bytes_of(cut, sizeof(cut))));
}

static void trimming_takes_ascii_and_wide_blanks_from_both_ends_only(void **state)
{
    (void)state;
    assert_true(bytes_equal_text(bytes_trim(TEXT(" \t　 项　目\r\n　")), "项　目"));
    assert_int_equal(bytes_trim(TEXT(" 　 ")).size, 0);
    assert_int_equal(bytes_trim(BYTES_NONE).size, 0);
    assert_true(bytes_equal_text(bytes_trim(TEXT("\x80 ")), "\x80"));
}

static void text_that_does_not_fit_is_cut_between_characters(void **state)
{
    char out[6];
    (void)state;
    assert_string_equal(bytes_to_text(TEXT("abcde"), out, sizeof(out)), "abcde");
    assert_string_equal(bytes_to_text(TEXT("abcdef"), out, sizeof(out)), "abcde");
    assert_string_equal(bytes_to_text(TEXT("项目"), out, sizeof(out)), "项");
    assert_string_equal(bytes_to_text(TEXT("项"), out, 3), "");
    assert_string_equal(bytes_to_text(BYTES_NONE, out, 1), "");
}

static void a_buffer_keeps_every_byte_while_it_grows(void **state)
{
    CLEANUP(buffer_release) struct buffer buffer = {0};
    size_t moves = 0;
    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        size_t capacity = buffer.capacity;
        *buffer_extend(&buffer, 1) = (uint8_t)(i * 7);
        moves += buffer.capacity != capacity;
    }
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(buffer.data[i], (uint8_t)(i * 7));
    assert_true(moves < 16);
    const uint8_t *memory = buffer.data;
    buffer_clear(&buffer);
    buffer_add(&buffer, BYTES_NONE);
    assert_ptr_equal(buffer.data, memory);
    assert_int_equal(buffer.size, 0);
}

static void formatted_text_is_whole_at_every_fill_of_the_buffer(void **state)
{
    (void)state;
    for (size_t fill = 0; fill < 70; fill++) {
        CLEANUP(buffer_release) struct buffer buffer = {0};
        memset(buffer_extend(&buffer, fill), 'x', fill);
        buffer_add_format(&buffer, "%s=%d", "amount", 1234);
        assert_int_equal(buffer.size, fill + 11);
        assert_memory_equal(buffer.data + fill, "amount=1234", 11);
    }
}

static void integers_are_stored_big_endian(void **state)
{
    uint8_t out[8];
    (void)state;
    u32_put(out, 0x01020304);
    assert_memory_equal(out, "\1\2\3\4", 4);
    assert_int_equal(u32_get(out), 0x01020304);
    u64_put(out, 0xf102030405060708U);
    assert_memory_equal(out, "\xf1\2\3\4\5\6\7\x8", 8);
    assert_true(u64_get(out) == 0xf102030405060708U);
}

static void a_number_is_digits_within_its_limit(void **state)
{
    uint64_t value = 77;
    (void)state;
    assert_int_equal(u64_parse(TEXT("18446744073709551615"), UINT64_MAX, &value), OK);
    assert_true(value == UINT64_MAX);
    assert_int_equal(u64_parse(TEXT("007"), 7, &value), OK);
    assert_true(value == 7);
    assert_int_equal(u64_parse(TEXT("8"), 7, &value), ERR_LIMIT);
    assert_int_equal(u64_parse(TEXT("18446744073709551616"), UINT64_MAX, &value), ERR_LIMIT);
    assert_int_equal(u64_parse(TEXT("99999999999999999999999"), UINT64_MAX, &value), ERR_LIMIT);
    assert_int_equal(u64_parse(TEXT("184467440737095516160"), 9, &value), ERR_LIMIT);
    assert_int_equal(u64_parse(TEXT("99999999999999999999999x"), 9, &value), ERR_MALFORMED);
    static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "0x1", "１"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_int_equal(u64_parse(bytes_of_text(bad[i]), 9, &value), ERR_MALFORMED);
    assert_true(value == 7); /* unchanged by failures */
}

static void hex_is_lower_case_and_decodes_in_either_case(void **state)
{
    CLEANUP(buffer_release) struct buffer buffer = {0};
    char text[5];
    (void)state;
    hex_encode(TEXT("\x00\x9f\xff"), &buffer);
    assert_buffer(&buffer, "009fff");
    assert_string_equal(hex_text(TEXT("\xab\x01"), text, sizeof(text)), "ab01");
    assert_int_equal(hex_decode(TEXT("4aFf"), &buffer), OK);
    assert_buffer(&buffer, "J\xff");
    assert_int_equal(hex_decode(TEXT("abc"), &buffer), ERR_MALFORMED);
    assert_int_equal(hex_decode(TEXT("abcg"), &buffer), ERR_MALFORMED);
    assert_int_equal(buffer.size, 0);
}

/* RFC 4648, section 10. */
static void base64_follows_its_standard_both_ways(void **state)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xfb\xff\xbf", "+/+/"}};
    CLEANUP(buffer_release) struct buffer buffer = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        base64_encode(bytes_of_text(pairs[i][0]), &buffer);
        assert_buffer(&buffer, pairs[i][1]);
        assert_int_equal(base64_decode(bytes_of_text(pairs[i][1]), &buffer), OK);
        assert_buffer(&buffer, pairs[i][0]);
    }
}

static void base64_has_one_text_for_the_same_bytes(void **state)
{
    static const char *const bad[] = {"Zg",   "Zg=",    "Zh==",     "Zm9=",    "Zg==Zg==",
                                      "Z===", "====",   "Zm 9",     "Zm-_",    "=Zm9",
                                      "Zm=v", "Zm9v\n", "Zm9vZm9*", "Zm9vZh=="};
    CLEANUP(buffer_release) struct buffer buffer = {0};
    (void)state;
    buffer_add_text(&buffer, "kept");
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        assert_int_equal(base64_decode(bytes_of_text(bad[i]), &buffer), ERR_MALFORMED);
        assert_true(bytes_equal_text(buffer_bytes(&buffer), "kept"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_ordered_like_memory_and_the_shorter_first),
        cmocka_unit_test(strict_utf8_is_accepted),
        cmocka_unit_test(broken_or_invisible_utf8_is_refused),
        cmocka_unit_test(trimming_takes_ascii_and_wide_blanks_from_both_ends_only),
        cmocka_unit_test(text_that_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(a_buffer_keeps_every_byte_while_it_grows),
        cmocka_unit_test(formatted_text_is_whole_at_every_fill_of_the_buffer),
        cmocka_unit_test(integers_are_stored_big_endian),
        cmocka_unit_test(a_number_is_digits_within_its_limit),
        cmocka_unit_test(hex_is_lower_case_and_decodes_in_either_case),
        cmocka_unit_test(base64_follows_its_standard_both_ways),
        cmocka_unit_test(base64_has_one_text_for_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
