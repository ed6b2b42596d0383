/*
 * calendar.h - the city's rhythm: months, quarters and years; the monthly close, after which late
 * events go into the next publication and keep their own day (R57); who chairs the month's meeting
 * (R56); the head of the supervision office's circular (R55). Days and positions, never a clock.
 */
#pragma once

#include "ledger/fold/ledger.h"

/* A month is year * 12 + (month - 1): months are counted and compared as numbers. */
enum { MONTH_TEXT_SIZE = 24 };
int32_t month_of_civil(int year, int month);
int32_t month_of_day(int32_t day);
static inline int month_year(int32_t month)
{
    return month / 12;
}
static inline int month_of_year(int32_t month) /* 1 to 12 */
{
    return month % 12 + 1;
}
int32_t month_first_day(int32_t month); /* DAY_NONE outside 1900 to 2199, as the next */
int32_t month_last_day(int32_t month);
/* The day n whole months later; the month's last day when it has no such day. */
int32_t day_plus_months(int32_t day, int32_t months);
/* Months of as_of's year that count in the time pace: a month does on its last day (contract 3.4).
 */
int months_done(int32_t as_of);
/* "1-9月", "1月"; January is not published alone, so the series begins "1-2月" (domain.md 0.7). */
char *month_series_text(int32_t month, char out[MONTH_TEXT_SIZE]);

struct day_range { /* both ends in */
    int32_t first, last;
};
struct day_range quarter_of_day(int32_t day, int *quarter); /* 1 to 4 */
struct day_range year_of_day(int32_t day);

/*
 * Monthly close. close_day: the day of the next month at whose end the month is closed (that
 * month's last day, if it has no such day); 0: no close, and all that is known counts.
 */
int64_t close_instant_ms(int32_t month, uint32_t close_day); /* INT64_MAX for close_day 0 */
/* known_at of what was published for the month; UINT64_MAX for close_day 0. */
uint64_t close_position(const struct ledger *ledger, int32_t month, uint32_t close_day);
/* In whose publication a record first stands: its own month, or, late, the first open one. */
int32_t publication_month(int32_t occurred_on, int64_t recorded_at_ms, uint32_t close_day);

/* ---- who chairs, who signs: DEFINITION events of kind CALENDAR ---- */

struct meeting {
    int32_t month;
    struct bytes chair; /* "区长"; empty: the city has not said */
    struct bytes basis; /* version of the rule */
};
struct circular {
    struct bytes office, signer; /* 市委督查室, who signs */
    int year, quarter;           /* of the day asked for */
    struct day_range period;     /* the quarter */
    struct bytes title;          /* 市委督查室2022年第三季度招商引资工作通报 */
};
/*
 * "meeting_chairs": {"odd": "区长", "even": "书记"}; "circular": {"office": …, "signer": …,
 * "subject": …}. ERR_MALFORMED: the rule in force does not parse; problem names it. ERR_NOT_FOUND:
 * the day is in no month. A rule that was never set leaves its texts empty.
 */
MUST_CHECK enum err meeting_of_day(const struct ledger *ledger, int32_t day, uint64_t known_at,
                                   struct arena *arena, struct meeting *out,
                                   struct problem *problem);
MUST_CHECK enum err circular_of_day(const struct ledger *ledger, int32_t day, uint64_t known_at,
                                    struct arena *arena, struct circular *out,
                                    struct problem *problem);
