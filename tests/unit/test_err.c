/* test_err.c - names, the reporter and complaints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/err.h"

static int reported_count, reported_line;
static enum err reported_err;

static void note_report(enum err err, const char *file, int line)
{
    assert_non_null(strstr(file, "test_err.c"));
    reported_count++;
    reported_line = line;
    reported_err = err;
}

static enum err fail_with(enum err err)
{
    return err;
}

static enum err pass_up(enum err err)
{
    TRY(fail_with(err));
    return OK;
}

static void every_failure_has_its_own_name(void **state)
{
    (void)state;
    assert_string_equal(err_name(OK), "OK");
    assert_string_equal(err_name(ERR_BUSY), "ERR_BUSY");
    for (enum err left = OK; left <= ERR_BUSY; left++) {
        for (enum err right = OK; right < left; right++)
            assert_string_not_equal(err_name(left), err_name(right));
    }
}

static void a_failure_is_reported_at_each_step_and_success_is_not(void **state)
{
    (void)state;
    reported_count = 0;
    assert_int_equal(pass_up(ERR_IO), ERR_IO); /* no reporter yet: silent */
    assert_int_equal(reported_count, 0);
    err_report_to(note_report);
    assert_int_equal(pass_up(OK), OK);
    assert_int_equal(reported_count, 0);
    assert_int_equal(pass_up(ERR_FULL), ERR_FULL);
    err_report_to(NULL);
    assert_int_equal(reported_count, 1);
    assert_int_equal(reported_err, ERR_FULL);
    assert_true(reported_line > 0);
}

static void a_long_complaint_is_cut_between_characters(void **state)
{
    struct problem problem = {0};
    char text[600];
    (void)state;
    for (size_t i = 0; i < sizeof(text) - 1; i++)
        text[i] = "项"[i % 3];
    text[sizeof(text) - 1] = '\0';
    problem_set(&problem, "x%s", text);
    assert_int_equal(strlen(problem.text), 511); /* 1 + 170 * 3 */
    problem_set(&problem, "%s", text);
    assert_int_equal(strlen(problem.text), 510);
    problem_remedy(&problem, "%s", text);
    assert_int_equal(strlen(problem.remedy), 381);
}

static void a_complaint_can_be_wrapped_around_itself(void **state)
{
    struct problem problem = {0};
    (void)state;
    problem_set(&problem, "row %d", 7);
    problem_remedy(&problem, "look there");
    problem_set(&problem, "%s: %s", "ledger.csv", problem.text);
    assert_string_equal(problem.text, "ledger.csv: row 7");
    assert_string_equal(problem.remedy, "look there");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failure_has_its_own_name),
        cmocka_unit_test(a_failure_is_reported_at_each_step_and_success_is_not),
        cmocka_unit_test(a_long_complaint_is_cut_between_characters),
        cmocka_unit_test(a_complaint_can_be_wrapped_around_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
