/* calendar.c - see calendar.h. */
#include "ledger/view/calendar.h"

#include <assert.h>
#include <stdio.h>

#include "ledger/view/city_rule.h"
#include "ledger/view/json_value.h"

enum { DAY_MS = 86400000, SHANGHAI_MS = 8 * 3600 * 1000 };

int32_t month_of_civil(int year, int month)
{
    return year * 12 + month - 1;
}

int32_t month_of_day(int32_t day)
{
    int year = 0, month = 0, day_of_month = 0;
    day_to_civil(day, &year, &month, &day_of_month);
    return month_of_civil(year, month);
}

int32_t month_first_day(int32_t month)
{
    int32_t day = DAY_NONE;
    enum err err = day_from_civil(month_year(month), month_of_year(month), 1, &day);
    return err == OK ? day : DAY_NONE;
}

int32_t month_last_day(int32_t month)
{
    int32_t first = month_first_day(month), day = DAY_NONE;
    if (first == DAY_NONE && month != month_of_civil(1970, 1))
        return DAY_NONE;
    for (int length = 31; length >= 28; length--) {
        if (day_from_civil(month_year(month), month_of_year(month), length, &day) == OK)
            break;
    }
    return day;
}

/* The month's day of that number, or its last; DAY_NONE outside the calendar. */
static int32_t day_of_month_or_last(int32_t month, int day_of_month)
{
    int32_t day = DAY_NONE;
    enum err err = day_from_civil(month_year(month), month_of_year(month), day_of_month, &day);
    return err == OK ? day : month_last_day(month);
}

int32_t day_plus_months(int32_t day, int32_t months)
{
    int year = 0, month = 0, day_of_month = 0;
    day_to_civil(day, &year, &month, &day_of_month);
    int64_t to = (int64_t)month_of_civil(year, month) + months;
    return to < 0 || to > INT32_MAX ? DAY_NONE : day_of_month_or_last((int32_t)to, day_of_month);
}

int months_done(int32_t as_of)
{
    int32_t month = month_of_day(as_of);
    return month_of_year(month) - (as_of < month_last_day(month));
}

char *month_series_text(int32_t month, char out[MONTH_TEXT_SIZE])
{
    int number = month_of_year(month);
    const char *start = number == 1 ? "" : "1-";
    int length = snprintf(out, MONTH_TEXT_SIZE, "%s%d月", start, number);
    assert(length > 0 && length < MONTH_TEXT_SIZE);
    return out;
}

struct day_range quarter_of_day(int32_t day, int *quarter)
{
    int32_t month = month_of_day(day);
    int index = (month_of_year(month) - 1) / 3;
    int32_t first = month_of_civil(month_year(month), index * 3 + 1);
    *quarter = index + 1;
    return (struct day_range){month_first_day(first), month_last_day(first + 2)};
}

struct day_range year_of_day(int32_t day)
{
    int year = month_year(month_of_day(day));
    return (struct day_range){month_first_day(month_of_civil(year, 1)),
                              month_last_day(month_of_civil(year, 12))};
}

int64_t close_instant_ms(int32_t month, uint32_t close_day)
{
    if (close_day == 0)
        return INT64_MAX;
    int32_t day = day_of_month_or_last(month + 1, close_day > 31 ? 31 : (int)close_day);
    return ((int64_t)day + 1) * DAY_MS - SHANGHAI_MS; /* the end of the day in Asia/Shanghai */
}

uint64_t close_position(const struct ledger *ledger, int32_t month, uint32_t close_day)
{
    if (close_day == 0)
        return UINT64_MAX;
    return ledger_position_at(ledger, close_instant_ms(month, close_day));
}

int32_t publication_month(int32_t occurred_on, int64_t recorded_at_ms, uint32_t close_day)
{
    int32_t own = month_of_day(occurred_on);
    if (close_day == 0)
        return own;
    /* The month before the one it was recorded in is the earliest that may still be open. */
    int32_t open = month_of_day(day_of_instant(recorded_at_ms)) - 1;
    if (recorded_at_ms >= close_instant_ms(open, close_day))
        open++;
    return own > open ? own : open;
}

/* ---- rules ---- */

struct rule_text {
    const char *name;
    struct bytes *out;
};

static enum err complain(const char *rule, const char *what, struct problem *problem)
{
    problem_set(problem, "calendar rule \"%s\": %s", rule, what);
    problem_remedy(problem, "say the DEFINITION of kind CALENDAR again, with texts only");
    return ERR_MALFORMED;
}

/* An object of exactly these texts. */
static enum err read_rule(const struct city_rule *rule, const struct rule_text *texts, size_t count,
                          struct arena *arena, struct problem *problem)
{
    const struct json_value *object = NULL;
    struct problem inner = {0};
    char name[64];
    bytes_to_text(rule->name, name, sizeof(name));
    if (json_value_parse(rule->content, arena, &object, &inner) != OK)
        return complain(name, inner.text, problem);
    if (object->type != JSON_OBJECT || object->count != count)
        return complain(name, "not the members it must have", problem);
    for (size_t i = 0; i < count; i++) {
        const struct json_value *member = json_value_member(object, texts[i].name);
        if (!member || member->type != JSON_TEXT)
            return complain(name, texts[i].name, problem);
        *texts[i].out = member->text;
    }
    return OK;
}

enum err meeting_of_day(const struct ledger *ledger, int32_t day, uint64_t known_at,
                        struct arena *arena, struct meeting *out, struct problem *problem)
{
    struct city_rule rule = {0};
    struct bytes odd = BYTES_NONE, even = BYTES_NONE, basis = BYTES_NONE;
    if (day == DAY_NONE)
        return ERR_NOT_FOUND;
    struct rule_moment moment = {day, known_at};
    if (city_rule_find(ledger, DEFINITION_CALENDAR, "meeting_chairs", moment, arena, &rule)) {
        const struct rule_text texts[] = {{"odd", &odd}, {"even", &even}};
        TRY(read_rule(&rule, texts, ARRAY_LENGTH(texts), arena, problem));
        basis = rule.version;
    }
    int32_t month = month_of_day(day);
    *out = (struct meeting){month, month_of_year(month) % 2 == 1 ? odd : even, basis};
    return OK;
}

static struct bytes circular_title(const struct circular *circular, struct bytes subject,
                                   struct arena *arena)
{
    static const char *const quarters[] = {"一", "二", "三", "四"};
    CLEANUP(buffer_release) struct buffer title = {0};
    buffer_add(&title, circular->office);
    buffer_add_format(&title, "%d年第%s季度", circular->year, quarters[circular->quarter - 1]);
    buffer_add(&title, subject);
    buffer_add_text(&title, "通报");
    return arena_copy(arena, buffer_bytes(&title));
}

enum err circular_of_day(const struct ledger *ledger, int32_t day, uint64_t known_at,
                         struct arena *arena, struct circular *out, struct problem *problem)
{
    struct city_rule rule = {0};
    struct circular circular = {0};
    struct bytes subject = bytes_of_text("招商引资工作");
    if (day == DAY_NONE)
        return ERR_NOT_FOUND;
    struct rule_moment moment = {day, known_at};
    if (city_rule_find(ledger, DEFINITION_CALENDAR, "circular", moment, arena, &rule)) {
        const struct rule_text texts[] = {
            {"office", &circular.office}, {"signer", &circular.signer}, {"subject", &subject}};
        TRY(read_rule(&rule, texts, ARRAY_LENGTH(texts), arena, problem));
    }
    circular.period = quarter_of_day(day, &circular.quarter);
    circular.year = month_year(month_of_day(day));
    circular.title = circular_title(&circular, subject, arena);
    *out = circular;
    return OK;
}
