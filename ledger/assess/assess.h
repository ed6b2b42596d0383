/*
 * assess.h - 考核: a scheme's scores for every unit, as of a day and as known at a position, so
 * that any past sitting comes out again. A row says what it was made from; assess_explain goes down
 * to the events. Scores are whole ten-thousandths of a point; each item is rounded once, half up,
 * and the total is the sum of what is shown.
 */
#pragma once

#include "ledger/assess/assess_scheme.h"
#include "ledger/figures/bulletin.h"

struct assess_number {
    bool known;    /* false: no target was set, or it has no such figure */
    int64_t value; /* a count, or yuan */
    /* In hundredths, with un-landed signings at the scheme's weight (R7); else value * 100. */
    int64_t weighted;
};

struct assess_part_result {
    struct assess_number value, base;
    bool is_amount; /* yuan */
    bool measured;  /* both known, and the base above 0 */
};

struct assess_item_result {
    int64_t points; /* ten-thousandths; taken off when the item deducts */
    bool measured;  /* false: some part could not be: that part gives nothing */
    struct assess_part_result parts[SCHEME_PARTS_MAX];
    struct bytes formula; /* Chinese, with the numbers put in: (3个÷5个)×100%×20分=12.0000分 */
};

struct assess_row {
    struct bytes code, name;
    int64_t score;                    /* ten-thousandths, of the items that count */
    int64_t printed;                  /* rounded to the scheme's digits; still in ten-thousandths */
    int64_t deductions;               /* of all deducting items, whether they count or not (R68) */
    size_t rank;                      /* within its group, by what is printed */
    struct assess_item_result *items; /* as many as the scheme has */
    int32_t group;                    /* index into the scheme's groups; 0 when it has none */
    uint16_t unit;
    bool red, black;
};

/* What a sitting freezes: everything in it is borrowed from the arena, the ledger and the scheme.
 */
struct assessment {
    struct view view;
    const struct assess_scheme *scheme;
    struct assess_row *rows; /* by group, rank, code */
    size_t row_count;
    struct hash facts; /* of the bulletin it was made from (contract 8.3) */
    bool incomplete;   /* the arena was too small: say so, show nothing */
};

void assess_make(const struct ledger *ledger, const struct view *view,
                 const struct assess_scheme *scheme, struct arena *arena, struct assessment *out);
const struct assess_row *assess_find(const struct assessment *assessment, struct bytes code);
/* Rounded to the scheme's digits; still in ten-thousandths. */
int64_t score_printed(const struct assess_scheme *scheme, int64_t score);
/* "87.35": to so many digits; what lies behind them is cut off. */
enum { SCORE_TEXT_SIZE = 32 };
char *score_text(int64_t score, int64_t digits, char out[SCORE_TEXT_SIZE]);

/* ---- down to the events ---- */

enum { EVIDENCE_MAX = 20000 };

struct assess_evidence {
    size_t subject;    /* SIZE_MAX: of the unit itself */
    uint64_t position; /* of the assertion that says it; 0: none by itself */
    int64_t value;     /* its part of the figure: 1, or yuan; of a detail what it says itself */
    bool is_detail;    /* one of the events that the figure of the project above came from */
    bool is_base;      /* of what the figure is divided by */
    uint8_t part;      /* of the item */
};
struct assess_evidence_list {
    struct assess_evidence *rows; /* part by part, value before base, by project key, position */
    size_t count, left_out;
};
/* The item of a row; in the arena (left_out counts what did not fit). */
void assess_explain(const struct ledger *ledger, const struct assessment *assessment,
                    const struct assess_row *row, size_t item, struct arena *arena,
                    struct assess_evidence_list *out);
