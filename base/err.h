/*
 * err.h - failures: what nobody wanted. They are passed up with TRY, which reports file and line at
 * each step. An outcome that a protocol expects is not an err: it has an enum of its own.
 */
#pragma once

#include "base/attr.h"

enum err {
    OK,
    ERR_IO,        /* the system refused: disk, socket, permission */
    ERR_FULL,      /* no space: disk, quota or map */
    ERR_CORRUPT,   /* stored bytes are not what was written */
    ERR_MALFORMED, /* bytes or text from outside break their form */
    ERR_LIMIT,     /* well formed, but beyond a stated limit */
    ERR_DENIED,    /* no right, wrong key, loose file mode */
    ERR_NOT_FOUND,
    ERR_BUSY, /* somebody else holds it, or a capacity is used up; try later */
};

const char *err_name(enum err err); /* "ERR_IO"; static text */

/* Called by TRY for each step a failure passes. NULL (default): silent. Set once at start. */
typedef void err_reporter(enum err err, const char *file, int line);
void err_report_to(err_reporter *reporter);
void err_report(enum err err, const char *file, int line);

#define TRY(expression)                                                                            \
    do {                                                                                           \
        enum err try_err_ = (expression);                                                          \
        if (try_err_ != OK) {                                                                      \
            err_report(try_err_, __FILE__, __LINE__);                                              \
            return try_err_;                                                                       \
        }                                                                                          \
    } while (0)

/* A complaint to a person: what is wrong and where, and what to do about it. Both may be cut at
 * their size, between characters. Start from = {0}. An argument may be the problem's own text:
 * problem_set(p, "%s: %s", file, p->text). */
struct problem {
    char text[512];
    char remedy[384];
};
void problem_set(struct problem *problem, const char *format, ...) PRINTF_LIKE(2, 3);
void problem_remedy(struct problem *problem, const char *format, ...) PRINTF_LIKE(2, 3);
