/*
 * args.h - command lines from a table, which prints --help too:
 *     PROGRAM COMMAND DIRECTORY [ARGUMENT...] [--option [VALUE]]...
 * "--" ends the options. Wrong usage is exit status 2,
 * with one line that says what and an example.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { ARGS_POSITIONAL_MAX = 4, ARGS_OPTION_MAX = 16 };

struct args_option {
    const char *name;  /* "--name" */
    const char *value; /* what the value is called in help, "NAME"; NULL: a flag without a value */
    const char *sentence;
    bool required;
};

struct args_command {
    const char *name;
    const char *positional[ARGS_POSITIONAL_MAX]; /* names, NULL-ended; "[NAME]" is optional */
    /* name NULL ends; the same name on two rows that follow: it may be given twice */
    struct args_option options[ARGS_OPTION_MAX];
    const char *sentence, *example;
    /* Free for the program's use; may be NULL. */
    int (*run)(const struct args_command *command, void *parsed);
};

struct args {
    const struct args_command *command;
    const char *positional[ARGS_POSITIONAL_MAX];
    const char *values[ARGS_OPTION_MAX]; /* index as in command->options; a set flag has "" */
    bool help; /* --help was asked for: print args_help and exit 0; the rest may be empty */
};

/* Parses argv[1..]; commands end with a row whose name is NULL. ERR_MALFORMED with a problem on
 * wrong usage. */
MUST_CHECK enum err args_parse(const struct args_command *commands, int argc, char **argv,
                               struct args *out, struct problem *problem);
const char *args_value(const struct args *args, const char *option); /* NULL: not given */
bool args_flag(const struct args *args, const char *option);
/* Help for one command, or, with command NULL, for the program. Appends text. */
struct buffer;
void args_help(const char *program, const struct args_command *commands,
               const struct args_command *command, struct buffer *out);
