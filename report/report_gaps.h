/*
 * report_gaps.h - the lists of what is stuck, as JSON: the six gap classes and the alerts in one
 * row of classes, gaps first.
 */
#pragma once

#include <jansson.h>

#include "ledger/lists/alerts.h"
#include "ledger/lists/gaps.h"
#include "report/standpoint.h"

enum { STUCK_CLASSES = GAP_CLASSES + ALERT_CLASSES };

const char *stuck_id(size_t class);   /* "SIGNED_NOT_STARTED" */
const char *stuck_name(size_t class); /* 签约未开工 */
/* The list's 口径 in one line, with the days and counts in force. Appends. */
void stuck_definition(const struct standpoint *standpoint, size_t class, struct buffer *out);
/* Of the rules in force, in the arena. */
const char *stuck_version(const struct standpoint *standpoint, size_t class);
/* The class of the id; STUCK_CLASSES: no class has it. */
size_t stuck_of_id(struct bytes id);
/* unit LEDGER_UNITS_MAX: of all. */
void stuck_list_make(const struct standpoint *standpoint, size_t class, size_t unit,
                     struct gap_list *out);
/* The name of the row's project; empty when it has none. */
struct bytes stuck_project_name(const struct standpoint *standpoint, const struct gap_row *row);
json_t *stuck_row_json(const struct standpoint *standpoint, const struct gap_row *row);
json_t *stuck_list_json(const struct standpoint *standpoint, size_t class,
                        const struct gap_list *list);
/* As `huoshui-audit gaps --json`: the classes from first up to end. */
json_t *stuck_to_json(const struct standpoint *standpoint, size_t first, size_t end, size_t unit);
