/* report_boards.h - 红黑榜 and 赛马榜 of a sitting, as lines and as JSON. */
#pragma once

#include "audit/report.h"
#include "ledger/assess/boards.h"

struct sitting_boards {
    const struct assessment *now;
    int32_t before; /* the previous sitting's day; DAY_NONE: none was named */
    struct score_board board;
};

/*
 * scheme: in force on that day, or the sitting's own. The previous sitting is computed by what is
 * known now, so that a late report does not pass for a rise. ERR_LIMIT: too much at once.
 */
MUST_CHECK enum err report_boards_make(struct report *report, const struct assess_scheme *scheme,
                                       struct sitting_boards *out);
void report_boards_add(struct report *report, const struct sitting_boards *boards);
json_t *report_boards_json(const struct sitting_boards *boards);
