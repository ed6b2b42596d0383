/* report_published.c - see report_published.h. */
#include "audit/report_published.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct parse {
    struct published *out;
    struct arena *arena;
    struct problem *problem;
    size_t capacity;
    enum err err;
};

/* ---- numbers as texts ---- */

static size_t digits_of(const char *text)
{
    const char *point = strchr(text, '.');
    return point ? strlen(point + 1) : 0;
}

/* "+42.310" and "42.31" are one number. */
static void normalize(const char *text, char out[FIGURE_TEXT_SIZE])
{
    (void)snprintf(out, FIGURE_TEXT_SIZE, "%s", *text == '+' ? text + 1 : text);
    if (!strchr(out, '.'))
        return;
    size_t size = strlen(out);
    while (size > 0 && out[size - 1] == '0')
        size--;
    if (size > 0 && out[size - 1] == '.')
        size--;
    out[size] = '\0';
}

static bool same_number(const char *left, const char *right)
{
    char a[FIGURE_TEXT_SIZE], b[FIGURE_TEXT_SIZE];
    normalize(left, a);
    normalize(right, b);
    return strcmp(a, b) == 0;
}

/* Cuts or rounds (half up) a decimal text to fewer digits. False: it is none, or has fewer. */
static bool shorten(const char *text, size_t digits, enum rounding rounding,
                    char out[FIGURE_TEXT_SIZE])
{
    size_t have = digits_of(text);
    char plain[FIGURE_TEXT_SIZE], *end = NULL;
    if (have <= digits || have > 9)
        return false;
    size_t at = 0;
    for (const char *from = text; *from && at + 1 < sizeof plain; from++)
        if (*from != '.')
            plain[at++] = *from;
    plain[at] = '\0';
    int64_t number = strtoll(plain, &end, 10), scale = 1;
    if (end == plain || *end)
        return false;
    for (size_t i = digits; i < have; i++)
        scale *= 10;
    int64_t rest = number % scale < 0 ? -(number % scale) : number % scale;
    int64_t whole = number / scale;
    if (rounding == ROUND_HALF_UP && 2 * rest >= scale)
        whole += number < 0 ? -1 : 1;
    int64_t unit = 1;
    for (size_t i = 0; i < digits; i++)
        unit *= 10;
    int64_t size = whole < 0 ? -whole : whole;
    const char *sign = number < 0 ? "-" : "";
    if (digits == 0)
        (void)snprintf(out, FIGURE_TEXT_SIZE, "%s%" PRId64, sign, size);
    else
        (void)snprintf(out, FIGURE_TEXT_SIZE, "%s%" PRId64 ".%0*" PRId64, sign, size / unit,
                       (int)digits, size % unit);
    return true;
}

/* ---- reading ---- */

static void fail(struct parse *parse, const char *what, const char *name)
{
    if (parse->err != OK)
        return;
    problem_set(parse->problem, "公布数 \"%.60s\": %s", name, what);
    problem_remedy(parse->problem, "the two shapes are in docs/reports.md; for example "
                                   "{\"units\":{\"341502\":{\"signed\":46}},\"total\":{}}");
    parse->err = ERR_MALFORMED;
}

static bool value_text(const json_t *value, char out[FIGURE_TEXT_SIZE])
{
    if (json_is_integer(value))
        (void)snprintf(out, FIGURE_TEXT_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        (void)snprintf(out, FIGURE_TEXT_SIZE, "%.10g", json_real_value(value));
    else if (json_is_string(value) && json_string_length(value) < FIGURE_TEXT_SIZE)
        (void)snprintf(out, FIGURE_TEXT_SIZE, "%s", json_string_value(value));
    else
        return false;
    char *percent = strchr(out, '%');
    if (percent)
        *percent = '\0';
    char *end = NULL;
    (void)strtod(out, &end);
    return end != out && !*end;
}

static void add_figure(struct parse *parse, const char *unit, const char *id, const json_t *value)
{
    struct published *out = parse->out;
    struct published_figure figure = {0};
    if (json_is_null(value) || parse->err != OK)
        return;
    if (!value_text(value, figure.text) || strlen(unit) >= sizeof figure.unit ||
        strlen(id) >= sizeof figure.id) {
        fail(parse, "须是数字 (a number is needed)", id);
        return;
    }
    (void)snprintf(figure.unit, sizeof figure.unit, "%s", unit);
    (void)snprintf(figure.id, sizeof figure.id, "%s", id);
    if (out->count == parse->capacity) {
        size_t capacity = parse->capacity > 0 ? 2 * parse->capacity : 256;
        struct published_figure *more = capacity <= PUBLISHED_FIGURES_MAX
                                            ? arena_alloc(parse->arena, capacity * sizeof figure)
                                            : NULL;
        if (!more) {
            fail(parse, "公布数过多 (too many figures)", id);
            return;
        }
        if (out->count > 0)
            memcpy(more, out->figures, out->count * sizeof figure);
        out->figures = more;
        parse->capacity = capacity;
    }
    out->figures[out->count++] = figure;
}

/* Names of tests/data's shape; what is not here is a figure's id already. */
static const struct renaming {
    const char *name, *id;
} renamings[] = {
    {"size1", "signed_fixed_ge_yi.1"},
    {"size5", "signed_fixed_ge_yi.5"},
    {"size10", "signed_fixed_ge_yi.10"},
};
static const struct family { /* an object of figures by origin or target */
    const char *name, *before, *behind;
    bool by_origin;
} families[] = {
    {"received_wan", "received_by_origin_wan.", "", true},
    {"by_origin_wan", "received_by_origin_wan.", "", true},
    {"received_by_origin_wan", "received_by_origin_wan.", "", true},
    {"received_projects", "projects_by_origin.", "", true},
    {"by_origin_projects", "projects_by_origin.", "", true},
    {"projects_by_origin", "projects_by_origin.", "", true},
    {"share_percent", "share_percent_by_origin.", "", true},
    {"share_percent_by_origin", "share_percent_by_origin.", "", true},
    {"target_rate_percent", "targets.received_wan_", ".rate_percent", false},
    {"pace_points", "targets.received_wan_", ".pace_points", false},
    {"signed_fixed_ge_yi", "signed_fixed_ge_yi.", "", false},
    {"gaps", "gaps.", "", false},
    {"rates", "rates.", "", false},
};

static void add_family(struct parse *parse, const char *unit, const char *name, json_t *members)
{
    const char *key;
    json_t *value;
    char id[2 * FIGURE_ID_SIZE];
    for (size_t i = 0; i < ARRAY_LENGTH(families); i++) {
        const struct family *family = &families[i];
        if (strcmp(family->name, name) != 0)
            continue;
        json_object_foreach(members, key, value)
        {
            /* There the three classes are disjoint: 市外 is 市外省内. */
            bool is_between = family->by_origin && strcmp(key, "out_of_city") == 0;
            (void)snprintf(id, sizeof id, "%s%.100s%s", family->before,
                           is_between ? "out_of_city_in_province" : key, family->behind);
            add_figure(parse, unit, id, value);
        }
        return;
    }
    fail(parse, "没有这组指标 (no figures of this name)", name);
}

static void add_start_rates(struct parse *parse, json_t *of_units)
{
    const char *unit;
    json_t *percent;
    json_object_foreach(of_units, unit, percent)
    {
        add_figure(parse, unit, "rates.START_OVER_SIGNED", percent);
    }
}

static void add_members(struct parse *parse, const char *unit, json_t *members)
{
    static const char *const words[] = {"code", "name", "type"};
    const char *name;
    json_t *value;
    if (!json_is_object(members)) {
        fail(parse, "须是对象 (an object is needed)", unit);
        return;
    }
    json_object_foreach(members, name, value)
    {
        const char *id = name;
        bool is_word = false;
        for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
            is_word = is_word || strcmp(words[i], name) == 0;
        for (size_t i = 0; i < ARRAY_LENGTH(renamings); i++)
            if (strcmp(renamings[i].name, name) == 0)
                id = renamings[i].id;
        if (is_word)
            continue;
        if (strcmp(name, "start_rate_percent") == 0 && json_is_object(value))
            add_start_rates(parse, value);
        else if (json_is_object(value))
            add_family(parse, unit, name, value);
        else
            add_figure(parse, unit, id, value);
    }
}

static void add_units(struct parse *parse, json_t *units)
{
    const char *code;
    size_t index;
    json_t *unit;
    if (json_is_array(units)) {
        json_array_foreach(units, index, unit)
        {
            const char *text = json_string_value(json_object_get(unit, "code"));
            add_members(parse, text ? text : "", unit);
            if (!text)
                fail(parse, "单位没有 code (a unit without its code)", "units");
        }
        return;
    }
    json_object_foreach(units, code, unit)
    {
        add_members(parse, code, unit);
    }
}

static void take_day(struct parse *parse, json_t *root, const char *name, int32_t *out)
{
    const char *text = json_string_value(json_object_get(root, name));
    if (text && day_parse(bytes_of_text(text), out) != OK)
        fail(parse, "须是日期 YYYY-MM-DD (a day)", name);
}

/* ---- what its own parts make ---- */

static const char *published_text(const struct published *published, const char *unit,
                                  const char *id)
{
    for (size_t i = 0; i < published->count; i++)
        if (strcmp(published->figures[i].unit, unit) == 0 &&
            strcmp(published->figures[i].id, id) == 0)
            return published->figures[i].text;
    return NULL;
}

static bool published_number(const struct published *published, const char *unit,
                             enum measure measure, int64_t *out)
{
    static const char *const ids[MEASURES] = {
        [MEASURE_SIGNED] = "signed",         [MEASURE_PERFORMING] = "performing",
        [MEASURE_TERMINATED] = "terminated", [MEASURE_LANDED] = "landed",
        [MEASURE_STARTED] = "started",       [MEASURE_COMPLETED] = "completed",
        [MEASURE_PRODUCING] = "producing",   [MEASURE_CONTRACT] = "contract_wan",
        [MEASURE_RECEIVED] = "received_wan",
    };
    char *end = NULL;
    const char *text = ids[measure] ? published_text(published, unit, ids[measure]) : NULL;
    if (!text)
        return false;
    *out = strtoll(text, &end, 10);
    return end != text && !*end;
}

static void work_out_rate(const struct published *published, const struct definitions *definitions,
                          struct published_figure *figure)
{
    int64_t numerator, denominator;
    const struct rate_definition *rate =
        definitions_find(definitions, figure->id + strlen("rates."));
    if (rate && published_number(published, figure->unit, rate->numerator, &numerator) &&
        published_number(published, figure->unit, rate->denominator, &denominator))
        (void)percent_text(numerator, denominator, rate->rounding, (int)digits_of(figure->text),
                           figure->own);
}

static bool is_percent(const char *id)
{
    return strncmp(id, "rates.", 6) == 0 || strncmp(id, "targets.", 8) == 0 ||
           strncmp(id, "share_percent", 13) == 0;
}

enum err published_parse(struct bytes json, const struct definitions *definitions,
                         struct arena *arena, struct published *out, struct problem *problem)
{
    json_error_t error;
    *out = (struct published){0};
    struct parse parse = {.out = out, .arena = arena, .problem = problem};
    json_t *root = json_loadb((const char *)json.data, json.size, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(root)) {
        json_decref(root);
        problem_set(problem, "第 %d 行：不是 JSON 对象 (%s)", error.line, error.text);
        problem_remedy(problem, "the two shapes are in docs/reports.md");
        return ERR_MALFORMED;
    }
    take_day(&parse, root, "as_of", &out->as_of);
    take_day(&parse, root, json_object_get(root, "from") ? "from" : "period_start", &out->from);
    add_units(&parse, json_object_get(root, "units"));
    json_t *total = json_object_get(root, "published");
    if (!total)
        total = json_object_get(root, "total");
    if (total)
        add_members(&parse, "", total);
    json_decref(root);
    if (parse.err == OK && out->count == 0)
        fail(&parse, "没有可比对的数 (nothing to compare)", "units");
    for (size_t i = 0; i < out->count; i++) {
        struct published_figure *figure = &out->figures[i];
        if (strncmp(figure->id, "rates.", strlen("rates.")) == 0)
            work_out_rate(out, definitions, figure);
    }
    return parse.err;
}

/* ---- beside the computed ---- */

/* Of every unit of the bulletin, or there is no sum to speak of. */
static void work_out_sum(const struct published *published, const struct bulletin *bulletin,
                         struct published_figure *figure)
{
    int64_t sum = 0;
    char unit[UNIT_TEXT_MAX + 1];
    for (size_t i = 0; i < bulletin->row_count; i++) {
        const char *text = published_text(
            published, bytes_to_text(bulletin->rows[i].code, unit, sizeof unit), figure->id);
        if (!text || strchr(text, '.'))
            return;
        sum = sum_saturating(sum, strtoll(text, NULL, 10));
    }
    if (bulletin->row_count > 0)
        (void)snprintf(figure->own, sizeof figure->own, "%" PRId64, sum);
}

void published_sum(const struct published *published, const struct bulletin *bulletin)
{
    for (size_t i = 0; i < published->count; i++)
        if (!*published->figures[i].unit && !is_percent(published->figures[i].id))
            work_out_sum(published, bulletin, &published->figures[i]);
}

static const struct bulletin_row *row_of(const struct bulletin *bulletin, const char *unit)
{
    if (!*unit)
        return &bulletin->total;
    for (size_t i = 0; i < bulletin->row_count; i++)
        if (bytes_equal_text(bulletin->rows[i].code, unit))
            return &bulletin->rows[i];
    return NULL;
}

/* To the published digits; a rate is worked out anew, so that nothing is rounded twice. */
static void to_digits(const struct bulletin_row *row, const struct published_figure *figure,
                      enum rounding rounding, char text[FIGURE_TEXT_SIZE])
{
    char shorter[FIGURE_TEXT_SIZE];
    size_t digits = digits_of(figure->text);
    const struct bulletin_rate *rate = strncmp(figure->id, "rates.", strlen("rates.")) == 0
                                           ? figure_rate(row, figure->id + strlen("rates."))
                                           : NULL;
    if (rate)
        (void)percent_text(rate->numerator, rate->denominator, rounding, (int)digits, text);
    else if (shorten(text, digits, rounding, shorter))
        (void)snprintf(text, FIGURE_TEXT_SIZE, "%s", shorter);
}

enum published_verdict published_judge(const struct published_figure *figure,
                                       const struct bulletin *bulletin,
                                       char computed[FIGURE_TEXT_SIZE])
{
    char cut[FIGURE_TEXT_SIZE];
    const struct bulletin_row *row = row_of(bulletin, figure->unit);
    *computed = '\0';
    if (!row)
        return PUBLISHED_UNKNOWN;
    /* A city that is one unit has its targets there. */
    if (!figure_find(row, figure->id, computed) &&
        !(row == &bulletin->total && bulletin->row_count == 1 &&
          figure_find(&bulletin->rows[0], figure->id, computed)))
        return PUBLISHED_UNKNOWN;
    memcpy(cut, computed, sizeof cut);
    to_digits(row, figure, ROUND_HALF_UP, computed);
    if (same_number(figure->text, computed))
        return PUBLISHED_AGREES;
    to_digits(row, figure, ROUND_TRUNCATE, cut);
    return is_percent(figure->id) && same_number(figure->text, cut) ? PUBLISHED_AGREES_TRUNCATED
                                                                    : PUBLISHED_DIFFERS;
}

bool published_is_misprint(const struct published_figure *figure)
{
    return *figure->own && !same_number(figure->text, figure->own);
}
