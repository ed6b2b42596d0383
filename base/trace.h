/*
 * trace.h - cores do not log, they trace: one line an event, "name field=value ...". Production
 * prints what the simulator's stories compare. A struct trace without a sink drops its lines at the
 * cost of one test.
 */
#pragma once

#include "base/attr.h"

struct trace {
    void (*sink)(void *context,
                 const char *line); /* borrowed; at most 503 bytes, control characters are '?' */
    void *context;
};

void trace_line(const struct trace *trace, const char *format, ...) PRINTF_LIKE(2, 3);
