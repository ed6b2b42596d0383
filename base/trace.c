/* trace.c - see trace.h. */
#include "base/trace.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/bytes.h"

enum { LINE_SIZE = 512 };

void trace_line(const struct trace *trace, const char *format, ...)
{
    char text[LINE_SIZE], line[LINE_SIZE - 8];
    if (!trace->sink)
        return;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    bytes_to_text(bytes_of_text(text), line, sizeof(line));
    for (char *at = line; *at; at++) { /* a peer's name must not forge a line of its own */
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    }
    trace->sink(trace->context, line);
}
