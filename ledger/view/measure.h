/*
 * measure.h - what a rate counts or sums over projects: the measures by name, and one project's
 * share in each. Rates, targets and the bulletin's rows add up the same numbers.
 */
#pragma once

#include "ledger/view/view.h"

enum measure {
    MEASURE_NONE,
    MEASURE_SIGNED,          /* the cohort: CONTRACT_SIGNED within the period (contract 8.1) */
    MEASURE_PERFORMING,      /* signed and not terminated */
    MEASURE_PERFORMING_SAID, /* 履约项目 counted by their own milestone */
    MEASURE_TERMINATED,
    MEASURE_LANDED,
    MEASURE_STARTED,
    MEASURE_PLANNED_STARTS,    /* 计划开工 of the period (PLAN events) */
    MEASURE_STARTED_IN_PERIOD, /* whatever the cohort */
    MEASURE_COMPLETED,
    MEASURE_PRODUCING,
    MEASURE_ON_CHAIN,           /* new projects that name a 产业链 */
    MEASURE_NEW_PROJECTS,       /* signed and not carried over (R14) */
    MEASURE_CONTRACT,           /* yuan */
    MEASURE_RECEIVED,           /* yuan, cumulative */
    MEASURE_RECEIVED_IN_PERIOD, /* yuan, whatever the cohort */
    MEASURE_YEAR_PLAN,          /* yuan planned this year (PLAN events) */
    MEASURE_FIXED_FORMED,       /* yuan of fixed investment formed */
    MEASURE_RECEIVED_THIS_YEAR, /* yuan since 1 January of as_of's year, whatever the cohort */
    MEASURE_VERIFIED,           /* yuan, as inspectors found */
    MEASURES
};

const char *measure_id(enum measure measure);   /* "STARTED" */
const char *measure_name(enum measure measure); /* 开工 */
bool measure_is_amount(enum measure measure);   /* yuan; otherwise a count */
/* False: no such id; "NONE" is none. */
bool measure_of_id(struct bytes id, enum measure *out);

struct measures {
    int64_t values[MEASURES];
};

/* Days of the period and of the year that the amounts "in period" and "this year" start at. */
struct measure_period {
    int32_t from; /* DAY_NONE: since the first event */
    int32_t as_of;
};
/* Adds the project's part, as by the period's end. PLANNED_STARTS stays: it is no project's. */
void measure_add(struct measures *measures, enum measure measure, int64_t value);
void measures_add(struct measures *measures, const struct project_view *project,
                  const struct measure_period *period);
bool measure_day_within(int32_t day, const struct measure_period *period);
/* Continuing (续建): flagged as carried over, or signed before as_of's year (R14). */
bool project_is_carried_over(const struct project_view *project, int32_t as_of);
