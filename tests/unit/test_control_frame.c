/* test_control_frame.c - what is a request and what is an answer, byte by byte; the rest is refused
 * by its head. */
#include "io/control_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void add_frame(struct buffer *out, char kind, const char *payload, size_t size)
{
    uint8_t head[CONTROL_HEAD_SIZE] = {(uint8_t)kind};
    u32_put(head + 1, (uint32_t)size);
    buffer_add(out, bytes_of(head, sizeof(head)));
    buffer_add(out, bytes_of(payload, size));
}

static void add_head(struct buffer *out, char kind, uint32_t size)
{
    add_frame(out, kind, "", 0);
    u32_put(out->data + out->size - 4, size);
}

static void a_request_reads_the_same_in_any_pieces(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    (void)state;
    add_frame(&bytes, CONTROL_ARGUMENT, "import", 6);
    add_frame(&bytes, CONTROL_ARGUMENT, "", 0);
    add_frame(&bytes, CONTROL_INPUT, "a,b\n", 4);
    add_frame(&bytes, CONTROL_INPUT, "c", 1);
    add_frame(&bytes, CONTROL_END, "", 0);
    for (size_t piece = 1; piece <= bytes.size; piece++) {
        struct control_request_reader reader = {0};
        enum control_verdict verdict = CONTROL_MORE;
        for (size_t at = 0; at < bytes.size; at += piece) {
            assert_int_equal(verdict, CONTROL_MORE);
            size_t left = bytes.size - at;
            verdict = control_request_take(&reader,
                                           bytes_of(bytes.data + at, left < piece ? left : piece));
        }
        assert_int_equal(verdict, CONTROL_WHOLE);
        struct control_request request = control_request_of(&reader);
        assert_int_equal(request.argument_count, 2);
        assert_string_equal(request.arguments[0], "import");
        assert_string_equal(request.arguments[1], "");
        assert_null(request.arguments[2]);
        assert_true(bytes_equal_text(request.input, "a,b\nc"));
        control_request_release(&reader);
    }
}

static enum control_verdict take_request(const struct buffer *bytes, const char **refusal)
{
    struct control_request_reader reader = {0};
    enum control_verdict verdict = control_request_take(&reader, buffer_bytes(bytes));
    *refusal = reader.refusal;
    control_request_release(&reader);
    return verdict;
}

static void what_is_no_request_is_refused_with_a_sentence(void **state)
{
    static const struct {
        char kind;
        uint32_t size;
        const char *says;
    } heads[] = {
        {CONTROL_END, 1, "empty"},
        {CONTROL_ARGUMENT, CONTROL_ARGUMENTS_SIZE_MAX - 2, "too long"},
        {CONTROL_INPUT, CONTROL_INPUT_SIZE_MAX, "too large"}, /* behind one byte */
        {CONTROL_OUT, 0, "version"},
    };
    const char *refusal;
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(heads); i++) {
        CLEANUP(buffer_release) struct buffer bytes = {0};
        add_frame(&bytes, CONTROL_ARGUMENT, "a", 1);
        add_frame(&bytes, CONTROL_INPUT, "x", 1);
        add_head(&bytes, heads[i].kind, heads[i].size);
        assert_int_equal(take_request(&bytes, &refusal), CONTROL_REFUSED);
        assert_non_null(strstr(refusal, heads[i].says));
    }
    CLEANUP(buffer_release) struct buffer with_nul = {0};
    add_frame(&with_nul, CONTROL_ARGUMENT, "a\0b", 3);
    assert_int_equal(take_request(&with_nul, &refusal), CONTROL_REFUSED);
    assert_non_null(strstr(refusal, "NUL"));
}

static void the_largest_request_is_taken(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    static const char text[CONTROL_ARGUMENTS_SIZE_MAX] = {0};
    static char letters[CONTROL_ARGUMENTS_SIZE_MAX];
    const char *refusal;
    (void)state;
    memset(letters, 'a', sizeof(letters));
    add_frame(&bytes, CONTROL_ARGUMENT, letters, sizeof(letters) - 1);
    add_frame(&bytes, CONTROL_INPUT, text, sizeof(text));
    add_head(&bytes, CONTROL_INPUT, CONTROL_INPUT_SIZE_MAX - (uint32_t)sizeof(text));
    assert_int_equal(take_request(&bytes, &refusal), CONTROL_MORE);
    buffer_clear(&bytes);
    for (int i = 0; i < CONTROL_ARGUMENTS_MAX - 1; i++)
        add_frame(&bytes, CONTROL_ARGUMENT, "a", 1);
    add_frame(&bytes, CONTROL_END, "", 0);
    assert_int_equal(take_request(&bytes, &refusal), CONTROL_WHOLE);
}

struct said {
    struct buffer out, error;
    struct control_answer answer;
};

static enum control_verdict take_answer(const struct buffer *bytes, size_t piece, struct said *said)
{
    enum control_verdict verdict = CONTROL_MORE;
    said->answer = (struct control_answer){.out = &said->out, .error = &said->error, .status = -1};
    struct control_answer_reader reader = {.answer = &said->answer};
    for (size_t at = 0; at < bytes->size && verdict == CONTROL_MORE; at += piece) {
        size_t left = bytes->size - at;
        verdict =
            control_answer_take(&reader, bytes_of(bytes->data + at, left < piece ? left : piece));
    }
    return verdict;
}

static void said_release(struct said *said)
{
    buffer_release(&said->out);
    buffer_release(&said->error);
}

static void an_answer_reads_the_same_in_any_pieces(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    (void)state;
    add_frame(&bytes, CONTROL_OUT, "one ", 4);
    add_frame(&bytes, CONTROL_ERROR, "but", 3);
    add_frame(&bytes, CONTROL_OUT, "", 0);
    add_frame(&bytes, CONTROL_OUT, "two", 3);
    add_frame(&bytes, CONTROL_STATUS, "\0\0\1\2", 4);
    for (size_t piece = 1; piece <= bytes.size; piece++) {
        struct said said = {0};
        assert_int_equal(take_answer(&bytes, piece, &said), CONTROL_WHOLE);
        assert_true(bytes_equal_text(buffer_bytes(&said.out), "one two"));
        assert_true(bytes_equal_text(buffer_bytes(&said.error), "but"));
        assert_int_equal(said.answer.status, 258);
        said_release(&said);
    }
}

static void an_answer_without_its_status_is_not_whole(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct said said = {0};
    (void)state;
    add_frame(&bytes, CONTROL_OUT, "one", 3);
    add_frame(&bytes, CONTROL_STATUS, "\0\0\0\0", 4);
    bytes.size--;
    assert_int_equal(take_answer(&bytes, bytes.size, &said), CONTROL_MORE);
    assert_int_equal(said.answer.status, -1);
    said_release(&said);
}

static void what_is_no_answer_is_refused_and_nothing_of_it_kept(void **state)
{
    static const struct {
        char kind;
        uint32_t size;
    } heads[] = {
        {CONTROL_OUT, CONTROL_PART_SIZE_MAX + 1},
        {CONTROL_ERROR, UINT32_MAX},
        {CONTROL_STATUS, 3},
        {CONTROL_STATUS, 5},
        {CONTROL_END, 0},
        {'?', 4},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(heads); i++) {
        CLEANUP(buffer_release) struct buffer bytes = {0};
        struct said said = {0};
        add_head(&bytes, heads[i].kind, heads[i].size);
        buffer_add_text(&bytes, "payload");
        assert_int_equal(take_answer(&bytes, 2, &said), CONTROL_REFUSED);
        assert_int_equal(said.out.size + said.error.size, 0);
        assert_int_equal(said.answer.status, -1);
        said_release(&said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_reads_the_same_in_any_pieces),
        cmocka_unit_test(what_is_no_request_is_refused_with_a_sentence),
        cmocka_unit_test(the_largest_request_is_taken),
        cmocka_unit_test(an_answer_reads_the_same_in_any_pieces),
        cmocka_unit_test(an_answer_without_its_status_is_not_whole),
        cmocka_unit_test(what_is_no_answer_is_refused_and_nothing_of_it_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
