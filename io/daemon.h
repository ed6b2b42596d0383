/*
 * daemon.h - what every long-running program needs of the system: clocks, signals, log lines, the
 * supervisor's socket.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/bytes.h"
#include "base/trace.h"

int64_t clock_wall_ms(void);    /* Unix time; recorded, never used for waiting */
uint64_t clock_steady_ms(void); /* for deadlines */

/* "2022-09-30T10:00:00.123+08:00 info agent_welcomed unit=341502 have=41" on standard error, one
 * write a line. */
void log_line(const char *level, const char *format, ...) PRINTF_LIKE(2, 3);
void log_failures(const char *program); /* err_report_to standard error */
struct trace log_trace(void);           /* a sink that prints with level info */

/* Calls stop once, on SIGTERM or SIGINT, on the loop. SIGPIPE is ignored. */
struct signals {
    uv_signal_t term, interrupt;
    void (*stop)(void *context);
    void *context;
};
MUST_CHECK enum err signals_open(uv_loop_t *loop, struct signals *signals,
                                 void (*stop)(void *context), void *context);
void signals_close(struct signals *signals);

/* sd_notify(3) by hand: one datagram to $NOTIFY_SOCKET; nothing when it is not set. */
void notify_state(const char *state); /* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=…" */
uint64_t notify_watchdog_ms(void);    /* half of $WATCHDOG_USEC; 0: no watchdog */
