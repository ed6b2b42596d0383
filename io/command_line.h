/*
 * command_line.h - what the main of every program does with its table of commands (base/args.h):
 * help, wrong usage, the command's function, and what a person is told. Exit status 0 done, 1
 * refused or failed, 2 wrong usage.
 */
#pragma once

#include "base/args.h"
#include "io/control.h"

enum { COMMAND_DONE = 0, COMMAND_REFUSED = 1, COMMAND_USAGE = 2 };

struct command_action {
    const char *name;                    /* as in the table of commands */
    int (*run)(const struct args *args); /* gives the exit status */
};

struct command_line {
    const char *program;                  /* "huoshui-agent" */
    const struct args_command *commands;  /* name NULL ends */
    const struct command_action *actions; /* one a command, in any order; name NULL ends */
};

/* The whole of main: guards the process, parses, prints help or runs; gives the exit status. */
int command_line_main(const struct command_line *line, int argc, char **argv);

/* On standard error, behind what is printed already: "PROGRAM: text", "remedy: …"; gives status. */
int command_fail(const struct problem *problem, int status);
/* Flushes standard output: status, or COMMAND_REFUSED where nobody could be told. */
int command_finish(int status);
int command_print_answer(const struct control_answer *answer);

/* Rows that mean the same in every command: .options = {{COMMAND_JSON}, {COMMAND_OUT}}. */
#define COMMAND_JSON "--json", NULL, "for scripts", false
#define COMMAND_PROMETHEUS                                                                         \
    "--prometheus", NULL, "for a node exporter's textfile directory: figures as Prometheus reads", \
        false
#define COMMAND_CHECK                                                                              \
    "--check", NULL, "for a supervisor: silent, or exit 1 and what is out of order", false
#define COMMAND_AS_OF "--as-of", "DAY", "截至 to the end of this day, YYYY-MM-DD", false
#define COMMAND_OUT   "--out", "FILE", "write it there, whole or not at all; default: print it", false

/* What a status with the three above is asked for: "json", "prometheus", "check"; "": for people.
 */
const char *command_status_form(const struct args *args);

/*
 * The value of an option in its type. Not given: OK, and out keeps what the caller put there.
 * ERR_MALFORMED: a problem that names the option, what it may be, and the command's example.
 */
struct command_range {
    uint64_t least, most;
};
MUST_CHECK enum err command_number(const struct args *args, const char *option,
                                   struct command_range range, uint64_t *out,
                                   struct problem *problem);
MUST_CHECK enum err command_day(const struct args *args, const char *option, int32_t *out,
                                struct problem *problem);
/* choices end with NULL; out is the index of the one that was named. */
MUST_CHECK enum err command_choice(const struct args *args, const char *option,
                                   const char *const *choices, size_t *out,
                                   struct problem *problem);

/* To the file that the option names (as file_write), else, or for "-", to standard output. */
MUST_CHECK enum err command_write(const struct args *args, const char *option, struct bytes text,
                                  struct problem *problem);
