/* err.c - names of failures, their one reporter, and complaints to a person. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

static err_reporter *reporter_in_use;

const char *err_name(enum err err)
{
    switch (err) {
    case OK:
        return "OK";
    case ERR_IO:
        return "ERR_IO";
    case ERR_FULL:
        return "ERR_FULL";
    case ERR_CORRUPT:
        return "ERR_CORRUPT";
    case ERR_MALFORMED:
        return "ERR_MALFORMED";
    case ERR_LIMIT:
        return "ERR_LIMIT";
    case ERR_DENIED:
        return "ERR_DENIED";
    case ERR_NOT_FOUND:
        return "ERR_NOT_FOUND";
    case ERR_BUSY:
        return "ERR_BUSY";
    }
    return "ERR_UNKNOWN";
}

void err_report_to(err_reporter *reporter)
{
    reporter_in_use = reporter;
}

void err_report(enum err err, const char *file, int line)
{
    if (reporter_in_use)
        reporter_in_use(err, file, line);
}

/*
 * Formats into a buffer of its own, since an argument may be the very text that is replaced
 * ("%s, row %d" around an earlier complaint), and cuts between characters, not within one.
 */
static void PRINTF_LIKE(3, 0)
    set_text(char *out, size_t out_size, const char *format, va_list arguments)
{
    char text[1024];
    int length = vsnprintf(text, sizeof(text), format, arguments);
    if (length < 0) /* an encoding error of the C library: the bare format still says something */
        bytes_to_text(bytes_of_text(format), out, out_size);
    else
        bytes_to_text(bytes_of_text(text), out, out_size);
}

void problem_set(struct problem *problem, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_text(problem->text, sizeof(problem->text), format, arguments);
    va_end(arguments);
}

void problem_remedy(struct problem *problem, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_text(problem->remedy, sizeof(problem->remedy), format, arguments);
    va_end(arguments);
}
