/* settings_meaning.c - what the settings mean together: days, and the names we answer to. */
#include <stdio.h>

#include "display/settings.h"

static enum err check_day(const char *file_name, const char *name, const char *text,
                          struct problem *problem)
{
    int32_t day;
    if (!*text || (day_parse(bytes_of_text(text), &day) == OK && day != DAY_NONE))
        return OK;
    problem_set(problem, "%s: %s = %s: 须是日期 YYYY-MM-DD (a day)", file_name, name, text);
    problem_remedy(problem, "for example %s = 2022-09-30, or nothing behind the sign", name);
    return ERR_MALFORMED;
}

enum err display_settings_check(const struct display_settings *settings, const char *file_name,
                                struct problem *problem)
{
    struct display_names names;
    TRY(check_day(file_name, "as_of", settings->as_of, problem));
    TRY(check_day(file_name, "from", settings->from, problem));
    display_settings_names(settings, &names);
    if (names.left_out == 0)
        return OK;
    problem_set(problem, "%s: hosts: more than %d names", file_name, DISPLAY_NAMES_MAX);
    problem_remedy(problem, "name only those by which browsers really call the display");
    return ERR_LIMIT;
}

int32_t display_settings_as_of(const struct display_settings *settings, int64_t now_ms)
{
    int32_t day;
    if (*settings->as_of && day_parse(bytes_of_text(settings->as_of), &day) == OK)
        return day;
    return day_of_instant(now_ms);
}

int32_t display_settings_from(const struct display_settings *settings, int32_t as_of)
{
    int32_t day;
    int year, month, day_of_month;
    if (*settings->from && day_parse(bytes_of_text(settings->from), &day) == OK && day <= as_of)
        return day;
    day_to_civil(as_of, &year, &month, &day_of_month);
    return day_from_civil(year, 1, 1, &day) == OK ? day : as_of;
}

void display_settings_names(const struct display_settings *settings, struct display_names *out)
{
    *out = (struct display_names){0};
    (void)snprintf(out->text, sizeof out->text, "%s", settings->hosts);
    char *rest = out->text;
    while (*rest) {
        size_t size = strcspn(rest, ", ");
        char *name = rest;
        rest += size + (name[size] != '\0');
        name[size] = '\0';
        if (size > 0 && out->count < DISPLAY_NAMES_MAX)
            out->names[out->count++] = name;
        else if (size > 0)
            out->left_out++;
    }
}
