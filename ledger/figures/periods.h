/* periods.h - months and years of a bulletin: what is done of a year, and the same days last year.
 */
#pragma once

#include "base/day.h"
#include "ledger/view/percent.h"

struct period {
    int32_t from, to; /* both ends in */
};

struct period period_of_year(int32_t day);
struct period period_of_month(int32_t day);
/*
 * The same day of last year; the last day of a month stays the last of that month. DAY_NONE stays.
 */
int32_t period_year_before(int32_t day);
/* Whole months of the period that have ended by the day (contract 3.4): 10 of 12 on 31 October. */
struct time_pace period_pace(const struct period *period, int32_t day);
