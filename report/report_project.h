/*
 * report_project.h - one project as JSON: as it stands, and its history, who said what and when,
 * what was corrected, by whom and why. The ledger keeps days, amounts and ids; the words of an
 * entry are the log's, which the caller reads by position between the two steps.
 */
#pragma once

#include <jansson.h>

#include "report/standpoint.h"

struct project_entry {
    const struct assertion *assertion, *correction; /* correction NULL: it holds */
    struct bytes content, json; /* the caller's: for people (may be empty), and the record as
                                   json_record_write has it; empty: not to be had */
};

struct project_history {
    const struct standpoint *standpoint;
    size_t subject;
    struct project_entry *entries; /* by position; the arena's */
    size_t count;                  /* 0: nothing was known by then */
};

/* Everything about the project, the corrections of it too. ERR_LIMIT: more than the arena holds. */
MUST_CHECK enum err project_history_make(const struct standpoint *standpoint, size_t subject,
                                         struct project_history *out);
/* The entry that says so; NULL: none. */
const struct project_entry *project_history_find(const struct project_history *history,
                                                 uint64_t position);
/* What the correction does: corrected, or withdrawn. */
struct correction_fact project_correction(const struct standpoint *standpoint,
                                          const struct assertion *correction);
/* As `huoshui-audit project --json`. The caller owns it: json_decref. */
json_t *project_to_json(const struct project_history *history);
