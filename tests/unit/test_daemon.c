/* test_daemon.c - a log line is one line, the supervisor hears us, a signal stops us once. */
#include "io/daemon.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* What is written to standard error between the two calls; a packet pipe keeps one write one read.
 */
static int ends[2], kept_stderr;

static void capture(void)
{
    assert_int_equal(pipe2(ends, O_DIRECT | O_NONBLOCK), 0);
    kept_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
}

static ssize_t captured(char *out, size_t out_size)
{
    ssize_t size = read(ends[0], out, out_size - 1);
    out[size > 0 ? size : 0] = '\0';
    return size;
}

static void capture_end(void)
{
    dup2(kept_stderr, STDERR_FILENO);
    close(kept_stderr);
    close(ends[0]);
}

static void a_log_line_is_one_write_with_a_time_and_a_level(void **state)
{
    char line[500], more[10];
    (void)state;
    capture();
    log_line("info", "agent_welcomed unit=%s have=%d", "341502", 41);
    ssize_t size = captured(line, sizeof(line));
    ssize_t rest = captured(more, sizeof(more));
    capture_end();
    assert_true(size > 0);
    assert_int_equal(rest, -1);
    assert_string_equal(strchr(line, ' '), " info agent_welcomed unit=341502 have=41\n");
    assert_int_equal(line[10], 'T');
    assert_string_equal(strstr(line, "+08:00 ") + 7, "info agent_welcomed unit=341502 have=41\n");
}

static void a_name_from_outside_cannot_forge_a_line(void **state)
{
    char line[500];
    (void)state;
    capture();
    log_line("warning", "odd name=%s", "a\n2022 info forged\t\x1b[2J市\x7f");
    (void)captured(line, sizeof(line));
    capture_end();
    assert_non_null(strstr(line, "name=a\\n2022 info forged\\t\\x1b[2J市\\x7f\n"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void a_very_long_line_is_cut_and_still_ends(void **state)
{
    static char text[20000], line[20000];
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    capture();
    log_line("info", "%s", text);
    ssize_t size = captured(line, sizeof(line));
    capture_end();
    assert_true(size > 4000 && size <= 4096);
    assert_int_equal(line[size - 1], '\n');
}

static enum err fails(void)
{
    TRY(ERR_FULL);
    return OK;
}

static void a_failure_is_logged_with_its_place(void **state)
{
    char line[500];
    (void)state;
    capture();
    log_failures("huoshui-test");
    enum err err = fails();
    err_report_to(NULL);
    (void)captured(line, sizeof(line));
    capture_end();
    assert_int_equal(err, ERR_FULL);
    assert_non_null(strstr(line, " error "));
    assert_non_null(strstr(line, "program=huoshui-test err=ERR_FULL at="));
    assert_non_null(strstr(line, "test_daemon.c:"));
}

static void a_trace_is_logged_as_information(void **state)
{
    char line[500];
    struct trace trace = log_trace();
    (void)state;
    capture();
    trace_line(&trace, "acked seq=%d", 3);
    (void)captured(line, sizeof(line));
    capture_end();
    assert_non_null(strstr(line, " info acked seq=3\n"));
}

static int supervisor(const struct sockaddr_un *address, size_t name_size)
{
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name_size);
    assert_int_equal(bind(descriptor, (const struct sockaddr *)address, size), 0);
    return descriptor;
}

static void assert_told(int descriptor, const char *state_text)
{
    char text[100];
    notify_state(state_text);
    ssize_t size = recv(descriptor, text, sizeof(text), 0);
    assert_int_equal(size, strlen(state_text));
    assert_memory_equal(text, state_text, strlen(state_text));
}

static void the_supervisor_is_told_at_a_path(void **state)
{
    char directory[] = "/tmp/notify-test-XXXXXX";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)state;
    assert_non_null(mkdtemp(directory));
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", directory);
    int descriptor = supervisor(&address, strlen(address.sun_path) + 1);
    (void)setenv("NOTIFY_SOCKET", address.sun_path, 1);
    assert_told(descriptor, "READY=1");
    assert_told(descriptor, "STATUS=serving 活水");
    close(descriptor);
    notify_state("WATCHDOG=1"); /* nobody there: nothing happens */
    unlink(address.sun_path);
    assert_int_equal(rmdir(directory), 0);
    (void)unsetenv("NOTIFY_SOCKET");
    notify_state("READY=1");
}

static void the_supervisor_is_told_at_an_abstract_name(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)state;
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "@notify-test-%d", (int)getpid());
    (void)setenv("NOTIFY_SOCKET", address.sun_path, 1);
    size_t size = strlen(address.sun_path);
    address.sun_path[0] = '\0';
    int descriptor = supervisor(&address, size);
    assert_told(descriptor, "STOPPING=1");
    close(descriptor);
    (void)unsetenv("NOTIFY_SOCKET");
}

static void the_watchdog_is_fed_at_half_its_time(void **state)
{
    char process[20];
    (void)state;
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
    assert_int_equal(notify_watchdog_ms(), 0);
    (void)setenv("WATCHDOG_USEC", "30000000", 1);
    assert_int_equal(notify_watchdog_ms(), 15000);
    (void)snprintf(process, sizeof(process), "%d", (int)getpid());
    (void)setenv("WATCHDOG_PID", process, 1);
    assert_int_equal(notify_watchdog_ms(), 15000);
    (void)setenv("WATCHDOG_PID", "1", 1); /* meant for somebody else */
    assert_int_equal(notify_watchdog_ms(), 0);
    (void)unsetenv("WATCHDOG_PID");
    (void)setenv("WATCHDOG_USEC", "soon", 1);
    assert_int_equal(notify_watchdog_ms(), 0);
    (void)unsetenv("WATCHDOG_USEC");
}

static void count(void *context)
{
    (*(int *)context)++;
}

static void a_signal_stops_once_and_a_broken_pipe_never(void **state)
{
    uv_loop_t loop;
    struct signals signals;
    int stops = 0;
    (void)state;
    uv_loop_init(&loop);
    assert_int_equal(signals_open(&loop, &signals, count, &stops), OK);
    (void)raise(SIGPIPE);
    (void)raise(SIGTERM);
    (void)raise(SIGINT);
    uv_run(&loop, UV_RUN_DEFAULT); /* ends, since both handles have stopped */
    assert_int_equal(stops, 1);
    signals_close(&signals);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void the_steady_clock_never_goes_back(void **state)
{
    (void)state;
    uint64_t before = clock_steady_ms();
    for (int i = 0; i < 1000; i++) {
        uint64_t now = clock_steady_ms();
        assert_true(now >= before);
        before = now;
    }
    assert_true(clock_wall_ms() > INT64_C(1600000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_line_is_one_write_with_a_time_and_a_level),
        cmocka_unit_test(a_name_from_outside_cannot_forge_a_line),
        cmocka_unit_test(a_very_long_line_is_cut_and_still_ends),
        cmocka_unit_test(a_failure_is_logged_with_its_place),
        cmocka_unit_test(a_trace_is_logged_as_information),
        cmocka_unit_test(the_supervisor_is_told_at_a_path),
        cmocka_unit_test(the_supervisor_is_told_at_an_abstract_name),
        cmocka_unit_test(the_watchdog_is_fed_at_half_its_time),
        cmocka_unit_test(a_signal_stops_once_and_a_broken_pipe_never),
        cmocka_unit_test(the_steady_clock_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
