/* day.c - the proleptic Gregorian calendar in days, after Howard Hinnant's days_from_civil. */
#include "base/day.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>

enum {
    YEAR_MIN = 1900,
    YEAR_MAX = 2199,
    DAY_MIN = -25567, /* 1900-01-01 */
    DAY_MAX = 84005,  /* 2199-12-31 */
    DAY_MS = 86400000,
    SHANGHAI_MS = 8 * 3600 * 1000,
};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

enum err day_from_civil(int year, int month, int day_of_month, int32_t *out)
{
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day_of_month < 1 ||
        day_of_month > month_length(year, month))
        return ERR_MALFORMED;
    int shifted =
        month <= 2 ? year - 1 : year; /* a year that begins in March ends in its leap day */
    int era = shifted / 400;
    int year_of_era = shifted - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    *out = era * 146097 + day_of_era - 719468;
    return OK;
}

void day_to_civil(int32_t day, int *year, int *month, int *day_of_month)
{
    int64_t shifted = (int64_t)day + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int day_of_era = (int)(shifted - era * 146097);
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    *day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    *month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    *year = (int)(year_of_era + era * 400) + (*month <= 2);
}

static enum err parse_part(struct bytes text, size_t at, size_t size, int *out)
{
    uint64_t value = 0;
    enum err err = u64_parse(bytes_of(text.data + at, size), INT32_MAX, &value);
    if (err == OK)
        *out = (int)value;
    return err;
}

enum err day_parse(struct bytes text, int32_t *out)
{
    int year = 0, month = 0, day_of_month = 0;
    if (text.size != DAY_TEXT_SIZE - 1 || text.data[4] != '-' || text.data[7] != '-' ||
        parse_part(text, 0, 4, &year) != OK || parse_part(text, 5, 2, &month) != OK ||
        parse_part(text, 8, 2, &day_of_month) != OK)
        return ERR_MALFORMED;
    return day_from_civil(year, month, day_of_month, out);
}

char *day_text(int32_t day, char out[DAY_TEXT_SIZE])
{
    int year = 0, month = 0, day_of_month = 0;
    if (day == DAY_NONE)
        return bytes_to_text(BYTES_NONE, out, DAY_TEXT_SIZE);
    if (day < DAY_MIN || day > DAY_MAX)
        return bytes_to_text(bytes_of_text("?"), out, DAY_TEXT_SIZE);
    day_to_civil(day, &year, &month, &day_of_month);
    int length = snprintf(out, DAY_TEXT_SIZE, "%04d-%02d-%02d", year, month, day_of_month);
    assert(length == DAY_TEXT_SIZE - 1);
    return out;
}

/* Floor division: an instant before 1970 belongs to the day that had begun, not to the next. */
static int64_t floor_day(int64_t unix_ms, int64_t *ms_of_day)
{
    int64_t day = unix_ms / DAY_MS;
    int64_t rest = unix_ms % DAY_MS + SHANGHAI_MS; /* added after the division: cannot overflow */
    if (rest < 0) {
        rest += DAY_MS;
        day--;
    }
    if (rest >= DAY_MS) {
        rest -= DAY_MS;
        day++;
    }
    *ms_of_day = rest;
    return day;
}

int32_t day_of_instant(int64_t unix_ms)
{
    int64_t ms_of_day = 0;
    int64_t day = floor_day(unix_ms, &ms_of_day);
    return day > INT32_MAX ? INT32_MAX : day < INT32_MIN ? INT32_MIN : (int32_t)day;
}

char *instant_text(int64_t unix_ms, char out[INSTANT_TEXT_SIZE])
{
    int year = 0, month = 0, day_of_month = 0;
    int64_t ms_of_day = 0;
    int64_t day = floor_day(unix_ms, &ms_of_day);
    if (day < DAY_MIN || day > DAY_MAX)
        return bytes_to_text(bytes_of_text("?"), out, INSTANT_TEXT_SIZE);
    day_to_civil((int32_t)day, &year, &month, &day_of_month);
    int ms = (int)ms_of_day;
    int length =
        snprintf(out, INSTANT_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03d+08:00", year, month,
                 day_of_month, ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
    assert(length == 29);
    return out;
}
