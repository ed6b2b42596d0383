/*
 * board_ranking.c - units in order of one rate, with their places a month ago; and the figures that
 * the map can show, each in five classes. Compared as fractions, never as printed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "display/board_parts.h"
#include "report/report_figures.h"
#include "report/standpoint.h"

__extension__ typedef __int128 wide;

bool row_is_place(const struct board_work *work, const struct bulletin_row *row)
{
    uint32_t type = ledger_unit(work->ledger, row->unit)->type;
    return type == UNIT_COUNTY || type == UNIT_PARK || row->projects > 0;
}

const struct rate_definition *rate_named(const struct board_work *work, const char *name)
{
    const struct bulletin_rate *rate = figure_headline(&work->bulletin.total, name);
    return rate ? rate->definition : NULL;
}

/* A number of each place, as a fraction; denominator 0: it has none. */
struct place {
    const struct bulletin_row *row;
    int64_t numerator, denominator, rank, class;
};

struct places {
    struct place *rows; /* in order of the number down, then of the code; those without last */
    size_t count, numbered;
};

/* Left has more: -1. */
static int compare_numbers(const struct place *left, const struct place *right)
{
    wide one = (wide)left->numerator * right->denominator;
    wide other = (wide)right->numerator * left->denominator;
    return (one < other) - (one > other);
}

static int compare_places(const void *left_place, const void *right_place)
{
    const struct place *left = left_place, *right = right_place;
    int order = (left->denominator == 0) - (right->denominator == 0);
    if (order == 0 && left->denominator > 0)
        order = compare_numbers(left, right);
    return order != 0 ? order : bytes_compare(left->row->code, right->row->code);
}

/* Ties share a rank, and the class of their best place, in fifths of those that have a number; when
 * all are alike, none is best. */
static void number_places(struct places *places)
{
    enum { CLASSES = 5 };
    size_t count = 0;
    qsort(places->rows, places->count, sizeof(*places->rows), compare_places);
    while (count < places->count && places->rows[count].denominator > 0)
        count++;
    places->numbered = count;
    for (size_t i = 0, end; i < count; i = end) {
        end = i + 1;
        while (end < count && compare_numbers(&places->rows[i], &places->rows[end]) == 0)
            end++;
        for (size_t j = i; j < end; j++) {
            places->rows[j].rank = (int64_t)i + 1;
            places->rows[j].class =
                end - i == count ? 0 : (int64_t)((count - 1 - i) * CLASSES / count);
        }
    }
}

typedef void number_of(const struct bulletin_row *row, const char *id, struct place *out);

static void rate_number(const struct bulletin_row *row, const char *id, struct place *out)
{
    const struct bulletin_rate *rate = figure_rate(row, id);
    if (!rate || !rate->has_percent)
        return;
    out->numerator = rate->numerator;
    out->denominator = rate->denominator;
}

static bool places_make(struct board_work *work, const struct bulletin *bulletin, number_of *number,
                        const char *id, struct places *out)
{
    *out = (struct places){0};
    out->rows = arena_alloc(work->arena, (bulletin->row_count + 1) * sizeof(*out->rows));
    work->is_short = work->is_short || !out->rows;
    for (size_t i = 0; out->rows && i < bulletin->row_count; i++) {
        struct place place = {.row = &bulletin->rows[i]};
        if (!row_is_place(work, place.row))
            continue;
        number(place.row, id, &place);
        out->rows[out->count++] = place;
    }
    if (out->rows)
        number_places(out);
    return out->rows != NULL;
}

static void set_rank(json_t *object, const char *key, int64_t rank)
{
    report_set(object, key, rank > 0 ? json_integer(rank) : json_null());
}

/* ---- ranking ---- */

static int64_t rank_of(const struct places *places, uint16_t unit)
{
    for (size_t i = 0; i < places->count; i++) {
        if (places->rows[i].row->unit == unit)
            return places->rows[i].rank;
    }
    return 0;
}

static void set_rate(json_t *object, const struct bulletin_row *row, const char *id)
{
    const struct bulletin_rate *rate = figure_rate(row, id);
    set_count(object, "numerator", rate ? rate->numerator : 0);
    set_count(object, "denominator", rate ? rate->denominator : 0);
    set_text(object, "percent", rate && rate->has_percent ? rate->percent : NULL);
}

static json_t *ranked_row_json(const struct board_work *work, const struct place *place,
                               int64_t before, const char *id)
{
    const struct bulletin_target *target = target_of_metric(place->row, id);
    json_t *out = json_object();
    report_set(out, "unit", text_json(place->row->code));
    set_rank(out, "rank", place->rank);
    set_rank(out, "before", before);
    set_rate(out, place->row, id);
    report_set(out, "target", target_json(target));
    report_set(out, "light", light_of_target(work, target));
    return out;
}

/* What the setting asks for; of a rate that is not in force the headline 开工率. */
static const struct rate_definition *ranked_rate(const struct board_work *work)
{
    char id[64];
    const struct bulletin_rate *rate = figure_rate(
        &work->bulletin.total, bytes_to_text(work->question->ranked_by, id, sizeof(id)));
    return rate ? rate->definition : rate_named(work, "开工率");
}

struct board_place board_place_of(const struct standpoint *standpoint,
                                  const struct bulletin *bulletin, uint16_t unit,
                                  struct bytes ranked_by)
{
    struct places places;
    struct board_question question = {.ranked_by = ranked_by};
    struct board_work work = {.ledger = standpoint->ledger,
                              .question = &question,
                              .bulletin = *bulletin,
                              .arena = standpoint->arena};
    const struct rate_definition *rate = ranked_rate(&work);
    if (!rate || !places_make(&work, bulletin, rate_number, rate->id, &places))
        return (struct board_place){0};
    return (struct board_place){rank_of(&places, unit), (int64_t)places.numbered};
}

json_t *ranking_json(struct board_work *work)
{
    const struct rate_definition *rate = ranked_rate(work);
    struct places now, before;
    json_t *out = json_object(), *rows = json_array(), *total = json_object();
    if (rate && places_make(work, &work->bulletin, rate_number, rate->id, &now) &&
        places_make(work, &work->before, rate_number, rate->id, &before)) {
        for (size_t i = 0; i < now.count; i++) {
            const struct place *place = &now.rows[i];
            report_append(
                rows, ranked_row_json(work, place, rank_of(&before, place->row->unit), rate->id));
        }
        set_rate(total, &work->bulletin.total, rate->id);
    }
    set_text(out, "id", rate ? rate->id : NULL);
    set_text(out, "name", rate ? rate->name : NULL);
    set_text(out, "definition", rate ? rate->formula : NULL);
    set_text(out, "version", rate ? rate->version : NULL);
    report_set(out, "rows", rows);
    report_set(out, "total", total);
    return out;
}

/* ---- map ---- */

#define COUNT_NUMBER(name, value)                                                                  \
    static void name(const struct bulletin_row *row, const char *id, struct place *out)            \
    {                                                                                              \
        (void)id;                                                                                  \
        out->numerator = (value);                                                                  \
        out->denominator = 1;                                                                      \
    }
COUNT_NUMBER(signed_number, row->signed_count)
COUNT_NUMBER(started_number, row->started)
COUNT_NUMBER(producing_number, row->producing)
COUNT_NUMBER(received_number, row->received_in_period_yuan)
COUNT_NUMBER(unstarted_number, row->gaps[GAP_SIGNED_NOT_STARTED])

struct map_figure {
    const char *id, *name, *unit, *definition;
    number_of *number;
    bool is_rate, is_money;
    bool more_is_worse;
};

static json_t *place_json(const struct map_figure *figure, const struct place *place)
{
    enum { BASIS_POINTS = 10000 };
    char text[PERCENT_TEXT_SIZE] = "";
    json_t *out = json_object();
    bool has_number = place->denominator > 0;
    int64_t number = place->numerator;
    if (figure->is_rate && has_number) {
        const struct bulletin_rate *rate = figure_rate(place->row, figure->id);
        (void)snprintf(text, sizeof(text), "%s", rate->percent);
        number = scale_half_up(place->numerator, BASIS_POINTS, place->denominator);
    } else if (figure->is_money) {
        (void)yi_text(number, 2, text);
    } else if (has_number) {
        (void)snprintf(text, sizeof(text), "%lld", (long long)number);
    }
    report_set(out, "unit", text_json(place->row->code));
    set_text(out, "text", text);
    report_set(out, "number", has_number ? json_integer(number) : json_null());
    set_rank(out, "rank", place->rank);
    report_set(out, "class", has_number ? json_integer(place->class) : json_null());
    return out;
}

static int compare_by_code(const void *left, const void *right)
{
    return bytes_compare(((const struct place *)left)->row->code,
                         ((const struct place *)right)->row->code);
}

static json_t *map_figure_json(struct board_work *work, const struct map_figure *figure)
{
    struct places places;
    json_t *out = json_object(), *values = json_array();
    if (places_make(work, &work->bulletin, figure->number, figure->id, &places)) {
        qsort(places.rows, places.count, sizeof(*places.rows), compare_by_code);
        for (size_t i = 0; i < places.count; i++)
            report_append(values, place_json(figure, &places.rows[i]));
    }
    set_text(out, "id", figure->id);
    set_text(out, "name", figure->name);
    set_text(out, "unit", figure->unit);
    set_text(out, "definition", figure->definition);
    report_set(out, "more_is_worse", json_boolean(figure->more_is_worse));
    report_set(out, "values", values);
    return out;
}

json_t *map_json(struct board_work *work)
{
    static const struct map_figure figures_of_map[] = {
        {"SIGNED", "签约", "个", "期内签订正式合同的项目，含已终止", signed_number,
         .is_rate = false},
        {"STARTED", "开工", "个", "期内签约项目中截至当日已开工", started_number, .is_rate = false},
        {"PRODUCING", "投产", "个", "期内签约项目中截至当日已投产", producing_number,
         .is_rate = false},
        {"RECEIVED_IN_PERIOD", "到位资金", "亿元", "期内到位资金之和，不论项目何年签约",
         received_number, .is_money = true},
        {"SIGNED_NOT_STARTED", "签约未开工", "个", "截至当日已签约、未开工、未终止，不论何年签约",
         unstarted_number, .more_is_worse = true},
    };
    const struct rate_definition *rate = rate_named(work, "开工率");
    json_t *out = json_array();
    if (rate) {
        struct map_figure start = {rate->id,      rate->name,  "%",
                                   rate->formula, rate_number, .is_rate = true};
        report_append(out, map_figure_json(work, &start));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(figures_of_map); i++)
        report_append(out, map_figure_json(work, &figures_of_map[i]));
    return out;
}
