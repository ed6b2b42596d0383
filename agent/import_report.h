/*
 * import_report.h - what an import tells the clerk: one line of counts, then what was noticed, and
 * each refused row with its place, its column and the remedy. Counts hold what is on the disk.
 */
#pragma once

#include "agent/import.h"

enum {
    IMPORT_REFUSALS_SHOWN_MAX = 2000, /* lines, but a row's whole; the rest is counted */
    IMPORT_REMARKS_SHOWN_MAX = 200,
};

struct import_counts {
    uint64_t rows;      /* with data */
    uint64_t skipped;   /* title, total, blank */
    uint64_t said;      /* events */
    uint64_t corrected; /* facts said again with a correction */
    uint64_t unchanged; /* rows */
    uint64_t refused;   /* rows */
};

struct import_report {
    struct bytes file_name;
    struct import_counts counts;
    uint64_t remark_count;
    uint64_t refusal_lines, rows_shown; /* refused rows and their lines */
    struct buffer remarks, refusals;
};

void import_report_release(struct import_report *report);
void import_report_refuse(struct import_report *report, uint64_t row,
                          const struct import_complaints *why);
void import_report_emptied(struct import_report *report, const struct import_row *row,
                           enum ledger_column column);
void import_report_missing(struct import_report *report, struct bytes label,
                           struct bytes file_name);
void import_report_columns(struct import_report *report, const struct ledger_sheet *sheet);
/* out: counts and remarks; error: the refused rows. */
void import_report_write(const struct import_report *report, bool is_dry_run, struct buffer *out,
                         struct buffer *error);
/* The file as a whole was refused, or the disk did not take the rest of it. */
void import_report_failure(struct bytes file_name, const struct problem *why, struct buffer *error);
