/*
 * report_published.h - the figures of a bulletin that somebody has published, to be set beside
 * computed ones. Two shapes of JSON: {"units":{"341502":{"signed":46}},"total":{…}} with the ids of
 * report_figures.h, and that of tests/data (docs/reports.md has both).
 */
#pragma once

#include "report/report_figures.h"

enum { PUBLISHED_FIGURES_MAX = 20000 };

struct published_figure {
    char unit[UNIT_TEXT_MAX + 1]; /* "": the total */
    char id[FIGURE_ID_SIZE], text[FIGURE_TEXT_SIZE];
    char own[FIGURE_TEXT_SIZE]; /* as it follows from its own parts; "" when they are not there */
};

struct published {
    int32_t from, as_of; /* DAY_NONE: it does not say */
    struct published_figure *figures;
    size_t count;
};

/* In the arena. Rates are worked out anew from the published parts by their definition. */
MUST_CHECK enum err published_parse(struct bytes json, const struct definitions *definitions,
                                    struct arena *arena, struct published *out,
                                    struct problem *problem);

/* The own figure of a total is the sum of its units, where every unit of the bulletin is there. */
void published_sum(const struct published *published, const struct bulletin *bulletin);

enum published_verdict {
    PUBLISHED_AGREES,
    PUBLISHED_AGREES_TRUNCATED, /* cut off, not rounded */
    PUBLISHED_DIFFERS,
    PUBLISHED_UNKNOWN, /* no such unit or figure here */
};
/* computed: the figure as the ledger gives it, to the digits that were published; "" for none. */
enum published_verdict published_judge(const struct published_figure *figure,
                                       const struct bulletin *bulletin,
                                       char computed[FIGURE_TEXT_SIZE]);
/* Do the published parts make another figure than the one that was printed? */
bool published_is_misprint(const struct published_figure *figure);
