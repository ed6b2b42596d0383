/* report_breakdown.h - `huoshui-audit bulletin --by`: the bulletin's figures by park, leader, year
 * … as a table, CSV, JSON or a workbook. */
#pragma once

#include "ledger/figures/breakdown.h"
#include "report/report_bulletin.h"

/* paper->bulletin: the view and the total of the breakdown, for title and notes, and the units'
 * rows, for those whose data end before the day. The caller owns it: json_decref. */
json_t *breakdown_to_json(const struct breakdown *breakdown, const struct bulletin_paper *paper);
/* UTF-8 with a byte order mark, CRLF, a row a value, then the total. */
void breakdown_to_csv(const struct breakdown *breakdown, struct buffer *out);
void breakdown_to_table(const struct breakdown *breakdown, const struct bulletin_paper *paper,
                        struct arena *arena, struct buffer *out);
MUST_CHECK enum err breakdown_to_xlsx(const struct breakdown *breakdown,
                                      const struct bulletin_paper *paper, struct buffer *out,
                                      struct problem *problem);
