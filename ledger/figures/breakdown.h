/*
 * breakdown.h - the bulletin's figures by something else than units: by park, industry, chain,
 * leader … Plans, targets and trips that units speak of without a project are in no row; but by
 * team, every trip stands in the row of the team that made it (R71).
 */
#pragma once

#include "ledger/figures/bulletin.h"

enum { BREAKDOWN_ROWS_MAX = 4096 };

enum breakdown_dimension {
    BREAKDOWN_PARK,           /* R25, R104 */
    BREAKDOWN_INDUSTRY,       /* as reported */
    BREAKDOWN_CHAIN,          /* 产业链 */
    BREAKDOWN_SIZE,           /* R28: band of planned fixed investment, else of planned total */
    BREAKDOWN_ORIGIN,         /* the investor's; not said: the one class that money came from */
    BREAKDOWN_INVESTOR_CLASS, /* R97 */
    BREAKDOWN_CHANNEL,        /* R89 */
    BREAKDOWN_COHORT,         /* R8: the year of CONTRACT_SIGNED */
    BREAKDOWN_TEAM,           /* R71: whose members follow it, or who had contacts about it */
    BREAKDOWN_LEADER,         /* 包抓领导 in force on as_of */
    BREAKDOWN_FAIR,           /* R26, R90 */
    BREAKDOWN_LIST,           /* those it is on */
    BREAKDOWN_TAG,
    BREAKDOWN_DIMENSIONS
};

const char *breakdown_id(enum breakdown_dimension dimension);      /* "investor-class" */
const char *breakdown_name(enum breakdown_dimension dimension);    /* 投资方类型 */
const char *breakdown_without(enum breakdown_dimension dimension); /* 未填报; cohort: 未签约 */
/* A project may stand in several rows, whose sum is then above the total. */
bool breakdown_is_multiple(enum breakdown_dimension dimension);

struct breakdown_row {
    struct bytes value; /* empty: the projects without one */
    struct bulletin_row figures;
};

struct breakdown {
    struct view view;
    enum breakdown_dimension dimension;
    struct breakdown_row *rows; /* signed count down, then text; those without a value last */
    size_t row_count;
    struct bulletin_row total; /* each project once */
    int64_t in_several_rows;   /* projects */
    int64_t sized_by_total;    /* projects whose planned fixed investment is not known */
    struct problem problem;    /* a definition of the city that did not parse; empty: none */
    bool too_many;             /* values: more than BREAKDOWN_ROWS_MAX; there are no rows */
    bool incomplete;           /* the arena was too small: say so, show nothing */
};

/* In the arena. Without definitions in the view, by those in force. */
void breakdown_make(const struct ledger *ledger, const struct view *view,
                    enum breakdown_dimension dimension, struct arena *arena, struct breakdown *out);
