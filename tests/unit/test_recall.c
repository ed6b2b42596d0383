/* test_recall.c - answers kept by their question. */
#include "display/recall.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <setjmp.h>

#include <cmocka.h>

static struct bytes key_of(int number, char out[16])
{
    (void)snprintf(out, 16, "question %d", number);
    return bytes_of_text(out);
}

static void keep(struct recall *recall, int number, size_t size)
{
    char key[16];
    CLEANUP(buffer_release) struct buffer body = {0};
    memset(buffer_extend(&body, size), 'a' + number % 26, size);
    struct answer answer = {.status = 200, .type = "text/plain", .body = body};
    recall_keep(recall, key_of(number, key), &answer);
}

static bool is_kept(struct recall *recall, int number)
{
    char key[16];
    return recall_find(recall, key_of(number, key)) != NULL;
}

static void the_same_question_has_the_same_bytes(void **state)
{
    (void)state;
    struct recall recall;
    char key[16];
    recall_init(&recall, 1, 1 << 20);
    keep(&recall, 3, 100);
    const struct answer *answer = recall_find(&recall, key_of(3, key));
    assert_non_null(answer);
    assert_int_equal(200, answer->status);
    assert_int_equal(100, answer->body.size);
    assert_int_equal('d', answer->body.data[99]);
    assert_false(is_kept(&recall, 4));
    keep(&recall, 3, 50);
    assert_int_equal(50, recall_find(&recall, key_of(3, key))->body.size);
    recall_release(&recall);
}

static void the_least_lately_asked_goes_first(void **state)
{
    (void)state;
    struct recall recall;
    recall_init(&recall, 1, 10000);
    for (int i = 0; i < 8; i++)
        keep(&recall, i, 900);
    assert_true(is_kept(&recall, 0));
    for (int i = 8; i < 12; i++) {
        keep(&recall, i, 900);
        assert_true(is_kept(&recall, 0));
        assert_true(recall.used_bytes <= 10000);
    }
    assert_false(is_kept(&recall, 1));
    assert_true(is_kept(&recall, 11));
    recall_release(&recall);
}

static void one_large_answer_does_not_drive_out_all_others(void **state)
{
    (void)state;
    struct recall recall;
    recall_init(&recall, 1, 10000);
    keep(&recall, 1, 500);
    keep(&recall, 2, 5000);
    assert_true(is_kept(&recall, 1));
    assert_false(is_kept(&recall, 2));
    recall_release(&recall);
}

static void small_answers_are_bounded_too(void **state)
{
    (void)state;
    struct recall recall;
    recall_init(&recall, 1, RECALL_BYTES_MAX);
    for (int i = 0; i < RECALL_ANSWERS_MAX + 10; i++)
        keep(&recall, i, 1);
    assert_int_equal(RECALL_ANSWERS_MAX, recall.answers.count);
    recall_release(&recall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_question_has_the_same_bytes),
        cmocka_unit_test(the_least_lately_asked_goes_first),
        cmocka_unit_test(one_large_answer_does_not_drive_out_all_others),
        cmocka_unit_test(small_answers_are_bounded_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
