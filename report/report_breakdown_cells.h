/* report_breakdown_cells.h - the columns of a breakdown, for report_breakdown*.c; no header for
 * others. */
#pragma once

#include "report/report_breakdown.h"

/* Calls back for the cells of a page, 0: of both; row NULL: for the headings. */
struct breakdown_cells {
    const struct breakdown *breakdown;
    const struct bulletin_row *row;
    int page; /* FIGURE_PAGE_PROGRESS, FIGURE_PAGE_FUNDS */
    void *out;
    void (*take)(void *out, const char *text);
};
void breakdown_each_cell(const struct breakdown_cells *cells);
size_t breakdown_columns(const struct breakdown *breakdown, int page);
struct bytes breakdown_row_name(const struct breakdown *breakdown, const struct breakdown_row *row);
/* Lines: what the sums of its rows mean. */
void breakdown_notes(const struct breakdown *breakdown, struct buffer *out);

#define BREAKDOWN_TOTAL "合计"
