/* report_breakdown.h - `huoshui-audit bulletin --by`: the bulletin's figures by park, leader, year
 * … as a table, CSV or JSON. */
#pragma once

#include "ledger/figures/breakdown.h"
#include "report/report_bulletin.h"

/* paper->bulletin: the view and the total of the breakdown, for title and notes. The caller owns
 * it: json_decref. */
json_t *breakdown_to_json(const struct breakdown *breakdown, const struct bulletin_paper *paper);
/* UTF-8 with a byte order mark, CRLF, a row a value, then the total. */
void breakdown_to_csv(const struct breakdown *breakdown, struct buffer *out);
void breakdown_to_table(const struct breakdown *breakdown, const struct bulletin_paper *paper,
                        struct arena *arena, struct buffer *out);
