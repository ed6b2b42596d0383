/*
 * report_figures.h - the figures of a bulletin's row by name: what the table, the CSV file and the
 * printed page show in columns, what `compare` looks up and `diff` sets side by side. Ids are the
 * paths of the JSON form: "signed", "signed_fixed_ge_yi.5", "rates.START_OVER_SIGNED".
 */
#pragma once

#include "ledger/figures/bulletin.h"

enum { FIGURE_TEXT_SIZE = 64, FIGURE_ID_SIZE = 160 };

enum figure_kind {
    FIGURE_COUNT,
    FIGURE_WAN,     /* yuan in the row, 万元 in print */
    FIGURE_PERCENT, /* text in the row */
    FIGURE_RATE,    /* the headline rate of this name */
    FIGURE_RANK,
    FIGURE_COMPLETE_TO, /* a day */
};

/* 表一 推进, 表二 资金, 表三 堵点, 表四 目标; 0: in JSON and CSV only. */
enum { FIGURE_PAGE_PROGRESS = 1, FIGURE_PAGE_FUNDS, FIGURE_PAGE_GAPS, FIGURE_PAGE_TARGETS };

struct figure {
    const char *id;
    const char *group; /* of the merged heading; NULL: the heading stands alone */
    const char *title, *unit;
    enum figure_kind kind;
    int page;
    size_t offset; /* within struct bulletin_row */
};

extern const struct figure figures[];
extern const size_t figure_count;

/* "" when there is nothing to show. */
const char *figure_text(const struct figure *figure, const struct bulletin_row *row,
                        char out[FIGURE_TEXT_SIZE]);
/*
 * Any figure by its id, those of rates and targets too ("rates.ID", "targets.METRIC.rate_percent").
 * False: no figure has this id. out is "" where the figure has no value.
 */
bool figure_find(const struct bulletin_row *row, const char *id, char out[FIGURE_TEXT_SIZE]);
/* The rate a locality shows first under this name; NULL: none. */
const struct bulletin_rate *figure_headline(const struct bulletin_row *row, const char *name);
const struct bulletin_rate *figure_rate(const struct bulletin_row *row, const char *id);
/* "省外到位资金（1亿元以上，重点督办）"; its metric's id when nobody has a name for it. */
void figure_target_name(const struct bulletin_target *target, struct buffer *out);
const char *figure_target_unit(const struct bulletin_target *target); /* 万元, 个, 万分之一 */
int64_t figure_size_count(const struct bulletin_row *row, int64_t yuan); /* projects of this size */
/* Calls back for every figure of the row in one order: fixed ones, rates, targets. */
void figure_each(const struct bulletin_row *row,
                 void (*take)(void *context, const char *id, const char *name, const char *value),
                 void *context);
