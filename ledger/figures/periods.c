/* periods.c - see periods.h. */
#include "ledger/figures/periods.h"

struct civil {
    int year, month, day;
};

static struct civil civil_of(int32_t day)
{
    struct civil civil = {0};
    day_to_civil(day, &civil.year, &civil.month, &civil.day);
    return civil;
}

/* The bounds of all days are those of day.h: outside them the day itself has to do. */
static int32_t day_at(int year, int month, int day_of_month, int32_t otherwise)
{
    int32_t day = otherwise;
    return day_from_civil(year, month, day_of_month, &day) == OK ? day : otherwise;
}

struct period period_of_year(int32_t day)
{
    struct civil civil = civil_of(day);
    return (struct period){day_at(civil.year, 1, 1, day), day_at(civil.year, 12, 31, day)};
}

struct period period_of_month(int32_t day)
{
    struct civil civil = civil_of(day);
    bool is_december = civil.month == 12;
    int32_t first = day_at(civil.year, civil.month, 1, day);
    int32_t next = is_december ? day_at(civil.year, 12, 31, day) + 1
                               : day_at(civil.year, civil.month + 1, 1, day);
    return (struct period){first, next - 1};
}

int32_t period_year_before(int32_t day)
{
    struct civil civil = civil_of(day);
    if (day == DAY_NONE)
        return DAY_NONE;
    int32_t first = day_at(civil.year - 1, civil.month, 1, day);
    struct period month = period_of_month(first);
    if (day == period_of_month(day).to || first + civil.day - 1 > month.to)
        return month.to;
    return first + civil.day - 1;
}

struct time_pace period_pace(const struct period *period, int32_t day)
{
    struct civil from = civil_of(period->from), to = civil_of(period->to), now = civil_of(day);
    int whole = (to.year - from.year) * 12 + to.month - from.month + 1;
    int done = (now.year - from.year) * 12 + now.month - from.month;
    done += day == period_of_month(day).to;
    if (done < 0)
        done = 0;
    return (struct time_pace){.done = done > whole ? whole : done, .whole = whole};
}
