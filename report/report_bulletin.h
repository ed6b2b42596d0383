/*
 * report_bulletin.h - a bulletin in its four forms (contract 8.2): JSON for scripts, CSV for other
 * programs, a table for a terminal, and a workbook that an office prints and hands out.
 */
#pragma once

#include <jansson.h>

#include "ledger/figures/bulletin.h"
#include "report/monthly.h"

struct bulletin_paper { /* what stands around the figures */
    const struct bulletin *bulletin;
    const char *city;       /* 六安市 */
    uint64_t known_at;      /* the position that the figures were known at */
    int64_t recorded_at_ms; /* of that position */
    bool what_if;           /* by definitions that are not in force (contract 7) */
    struct monthly monthly; /* what the month's close published */
};

/* The caller owns it: json_decref. */
json_t *bulletin_to_json(const struct bulletin_paper *paper);
/* "2022-08"; null when it is not a month's publication. */
json_t *monthly_month_json(const struct monthly *monthly);
json_t *bulletin_row_json(const struct bulletin_row *row, struct bytes code, struct bytes name);
/* UTF-8 with a byte order mark, CRLF, a row a unit, then the total. */
void bulletin_to_csv(const struct bulletin_paper *paper, struct buffer *out);
void bulletin_to_table(const struct bulletin_paper *paper, struct arena *arena, struct buffer *out);
MUST_CHECK enum err bulletin_to_xlsx(const struct bulletin_paper *paper, struct buffer *out,
                                     struct problem *problem);

/* ---- words that all forms share ---- */

/* "2022年1—9月", "截至2022年9月30日", "2022年3月5日—9月30日" */
void paper_period(const struct bulletin_paper *paper, struct buffer *out);
void paper_title(const struct bulletin_paper *paper, struct buffer *out);
/* Lines: when, known at which record, what the figures of the page mean (page 0: of all), whose
 * data end before the day. */
void paper_notes(const struct bulletin_paper *paper, int page, struct buffer *out);
/* A cell of a CSV file. is_text: one that a spreadsheet program would take for a formula is shown
 * as text. */
void paper_csv_cell(const char *text, bool is_text, bool first, struct buffer *out);
