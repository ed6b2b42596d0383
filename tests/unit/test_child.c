/* test_child.c - work that may die is done in a child, and its death is an exit status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "audit/child.h"

static int end_well(void *context)
{
    child_note_good(4711);
    return *(int *)context;
}

static int die(void *context)
{
    child_note_good(12);
    (void)raise(*(int *)context);
    return 0;
}

static void the_childs_status_and_last_good_position_come_back(void **state)
{
    uint64_t good_position = 0;
    int status = 1;
    (void)state;
    assert_int_equal(child_run(end_well, &status, &good_position), 1);
    assert_int_equal(good_position, 4711);
    status = 0;
    assert_int_equal(child_run(end_well, &status, &good_position), 0);
}

static void a_deadly_signal_is_told_with_the_last_good_position(void **state)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT};
    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        uint64_t good_position = 0;
        int number = signals[i];
        assert_int_equal(child_run(die, &number, &good_position), 128 + number);
        assert_int_equal(good_position, 12);
    }
}

/* Asks the parent to stop, as a terminal or an operator does, and waits until that reaches us. */
static int stop_parent(void *context)
{
    (void)context;
    (void)kill(getppid(), SIGTERM);
    for (int i = 0; i < 1000 && !child_is_stopped(); i++)
        (void)poll(NULL, 0, 10);
    return child_is_stopped() ? 0 : 1;
}

static void a_signal_to_stop_is_passed_on(void **state)
{
    uint64_t good_position = 0;
    (void)state;
    assert_int_equal(child_run(stop_parent, NULL, &good_position), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_childs_status_and_last_good_position_come_back),
        cmocka_unit_test(a_deadly_signal_is_told_with_the_last_good_position),
        cmocka_unit_test(a_signal_to_stop_is_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
