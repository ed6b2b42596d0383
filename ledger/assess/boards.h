/*
 * boards.h - 红黑榜 and 赛马榜: the rows of a sitting's assessment beside those of the sitting
 * before, who rose and who fell (domain.md 6.1, 6.2).
 */
#pragma once

#include "ledger/assess/assess.h"

struct score_row {
    const struct assess_row *row;    /* of this sitting */
    const struct assess_row *before; /* NULL: was not ranked then */
    int64_t rise;                    /* places gained; fell: negative; 0 when not ranked before */
    int64_t gain;                    /* of the printed score, ten-thousandths */
    bool other_group;                /* ranked in another group then: no rise is told */
};

struct score_board {
    struct score_row *rows; /* as this sitting's: by group, rank, code */
    size_t row_count;
    size_t *red, *black; /* indexes of rows: red from the first, black from the last */
    size_t red_count, black_count;
    size_t gone;       /* ranked before, not now */
    bool other_scheme; /* id or version changed since: compare with care */
    bool incomplete;   /* the arena was too small */
};

/* before may be NULL: the first sitting. Borrows both. */
void score_board_make(const struct assessment *now, const struct assessment *before,
                      struct arena *arena, struct score_board *out);
