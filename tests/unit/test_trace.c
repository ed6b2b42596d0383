/* test_trace.c - trace lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/trace.h"

static char last_line[600];
static int line_count;

static void keep_line(void *context, const char *line)
{
    assert_ptr_equal(context, &line_count);
    strncpy(last_line, line, sizeof(last_line) - 1);
    line_count++;
}

static void without_a_sink_lines_are_dropped(void **state)
{
    struct trace trace = {0};
    (void)state;
    line_count = 0;
    trace_line(&trace, "agent_welcomed county=%d", 331);
    assert_int_equal(line_count, 0);
}

static void a_line_reaches_the_sink_whole(void **state)
{
    struct trace trace = {keep_line, &line_count};
    (void)state;
    trace_line(&trace, "agent_welcomed county=%d name=%s", 331, "金寨");
    assert_string_equal(last_line, "agent_welcomed county=331 name=金寨");
}

static void a_name_cannot_forge_a_line(void **state)
{
    struct trace trace = {keep_line, &line_count};
    (void)state;
    trace_line(&trace, "agent_refused name=%s", "a\nagent_welcomed\x1b[2J\x7f");
    assert_string_equal(last_line, "agent_refused name=a?agent_welcomed?[2J?");
}

static void a_long_line_is_cut_between_characters(void **state)
{
    struct trace trace = {keep_line, &line_count};
    char name[900];
    (void)state;
    for (size_t i = 0; i < sizeof(name) - 1; i++)
        name[i] = "县"[i % 3];
    name[sizeof(name) - 1] = '\0';
    trace_line(&trace, "%s", name);
    assert_int_equal(strlen(last_line), 501);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_sink_lines_are_dropped),
        cmocka_unit_test(a_line_reaches_the_sink_whole),
        cmocka_unit_test(a_name_cannot_forge_a_line),
        cmocka_unit_test(a_long_line_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
