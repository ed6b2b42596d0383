/*
 * report.h - what every report does before its own work: the source is folded into a ledger, the
 * options become a view, and what the work has written goes out whole or not at all. A directory is
 * read in a child process (contract 5.4).
 */
#pragma once

#include "audit/source.h"
#include "base/args.h"
#include "report/keyring.h"
#include "report/report_bulletin.h"
#include "report/report_json.h"
#include "report/standpoint.h"

enum { REPORT_DEFINITIONS_SIZE_MAX = 1 << 20 };

struct report {
    const struct args *args;
    struct source source;
    struct ledger *ledger;
    struct view view; /* known_at is a position of the log; definitions are in force on as_of */
    struct arena arena;
    struct problem problem;
    char city[KEYRING_NAME_MAX + 1];
    bool what_if;           /* by the definitions of --scheme */
    struct monthly monthly; /* of --month */
    struct buffer out;
    int status; /* of a work that succeeds: EXIT_DONE, unless it found what it looked for */
};

/*
 * Options that the command's table has: --as-of, --from, --known-at, --month, --out; --as-of
 * defaults to the day of the newest record. Gives the exit status.
 */
int report_run(const struct args *args, enum err (*work)(struct report *report));

/* A position, or a day: what was recorded by its end. ERR_NOT_FOUND: the log ends before. */
MUST_CHECK enum err report_position(struct report *report, const char *text, uint64_t *out);
/* NULL when the command does not know the option, or it was not given. */
const char *report_option(const struct args *args, const char *option);
const char *report_option_again(const struct args *args, const char *option); /* its second */
/* Definitions changed by the file of --scheme, marked as what-if. */
MUST_CHECK enum err report_take_scheme(struct report *report);
/* What the command line left open; DAY_NONE leaves it so. */
void report_days(struct report *report, int32_t from, int32_t as_of);
/* Another view altogether; ERR_NOT_FOUND: the log ends before known_at. */
MUST_CHECK enum err report_look_at(struct report *report, const struct view *view);
/* The bulletin of the report's view, known at another position. */
void report_bulletin(struct report *report, uint64_t known_at, struct bulletin *out,
                     struct bulletin_paper *paper);
/* UNIT of --unit as the ledger knows it; LEDGER_UNITS_MAX when it is not given. */
MUST_CHECK enum err report_unit(struct report *report, size_t *out);
/* One line of JSON and a newline; takes the value over. */
void report_add_json(struct report *report, json_t *value);
/* What the shared forms of report/ are asked of. */
struct standpoint report_standpoint(struct report *report);
