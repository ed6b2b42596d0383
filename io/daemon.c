/* daemon.c - clocks, log lines, signals and the supervisor's socket. See daemon.h. */
#include "io/daemon.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/day.h"

enum { LINE_SIZE = 4096 /* PIPE_BUF: up to here a write to a pipe is not torn */ };

static int64_t read_clock_ms(clockid_t clock)
{
    struct timespec now = {0};
    if (clock_gettime(clock, &now) != 0)
        abort();
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
    return read_clock_ms(CLOCK_REALTIME);
}

uint64_t clock_steady_ms(void)
{
    return (uint64_t)read_clock_ms(CLOCK_MONOTONIC);
}

/* A control character becomes \n, \t or \xNN: text from outside cannot forge a line or move a
 * terminal. */
static void add_escaped(struct buffer *out, struct bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte == '\n')
            buffer_add_text(out, "\\n");
        else if (byte == '\t')
            buffer_add_text(out, "\\t");
        else if (byte < ' ' || byte == 0x7f)
            buffer_add_format(out, "\\x%02x", byte);
        else
            buffer_add(out, bytes_of(&byte, 1));
    }
}

/* One write, so that the lines of two processes on one pipe do not mix; what the system will not
 * take is lost. */
static void write_line(const char *level, const char *text)
{
    char instant[INSTANT_TEXT_SIZE], cut[LINE_SIZE];
    CLEANUP(buffer_release) struct buffer line = {0};
    buffer_add_format(&line, "%s %s ", instant_text(clock_wall_ms(), instant), level);
    add_escaped(&line, bytes_of_text(text));
    bytes_to_text(buffer_bytes(&line), cut, sizeof(cut));
    size_t size = strlen(cut);
    cut[size] = '\n';
    ssize_t written = write(STDERR_FILENO, cut, size + 1);
    (void)written;
}

void log_line(const char *level, const char *format, ...)
{
    char text[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    write_line(level, length < 0 ? format : text);
}

static const char *failing_program = "";

static void log_failure(enum err err, const char *file, int line)
{
    log_line("error", "failed program=%s err=%s at=%s:%d", failing_program, err_name(err), file,
             line);
}

void log_failures(const char *program)
{
    failing_program = program;
    err_report_to(log_failure);
}

static void log_trace_sink(void *context, const char *line)
{
    (void)context;
    write_line("info", line);
}

struct trace log_trace(void)
{
    return (struct trace){.sink = log_trace_sink};
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct signals *signals = handle->data;
    (void)number;
    uv_signal_stop(&signals->term);
    uv_signal_stop(&signals->interrupt);
    signals->stop(signals->context);
}

enum err signals_open(uv_loop_t *loop, struct signals *signals, void (*stop)(void *context),
                      void *context)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    if (sigaction(SIGPIPE, &ignore, NULL) != 0)
        return ERR_IO;
    signals->stop = stop;
    signals->context = context;
    if (uv_signal_init(loop, &signals->term) != 0)
        return ERR_IO;
    signals->term.data = signals;
    if (uv_signal_init(loop, &signals->interrupt) != 0) {
        uv_close((uv_handle_t *)&signals->term, NULL);
        return ERR_IO;
    }
    signals->interrupt.data = signals;
    if (uv_signal_start(&signals->term, on_signal, SIGTERM) != 0 ||
        uv_signal_start(&signals->interrupt, on_signal, SIGINT) != 0) {
        signals_close(signals);
        return ERR_IO;
    }
    return OK;
}

void signals_close(struct signals *signals)
{
    uv_close((uv_handle_t *)&signals->term, NULL);
    uv_close((uv_handle_t *)&signals->interrupt, NULL);
}

void notify_state(const char *state)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = name ? strlen(name) : 0;
    if (length < 2 || length >= sizeof(address.sun_path) || (name[0] != '/' && name[0] != '@'))
        return;
    memcpy(address.sun_path, name, length);
    if (name[0] == '@')
        address.sun_path[0] = '\0'; /* the abstract namespace: no file */
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t sent = sendto(descriptor, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
                          (const struct sockaddr *)&address, size);
    (void)sent; /* the supervisor's own timeout is the answer to a lost datagram */
    close(descriptor);
}

uint64_t notify_watchdog_ms(void)
{
    const char *microseconds = getenv("WATCHDOG_USEC"), *process = getenv("WATCHDOG_PID");
    uint64_t value = 0, id = 0;
    if (!microseconds || u64_parse(bytes_of_text(microseconds), UINT64_MAX, &value) != OK)
        return 0;
    if (process &&
        (u64_parse(bytes_of_text(process), INT32_MAX, &id) != OK || id != (uint64_t)getpid()))
        return 0; /* meant for another process, which handed its environment on */
    uint64_t half_ms = value / 2000;
    return value > 0 && half_ms == 0 ? 1 : half_ms;
}
