/* assess.c - from what the sources hold to points, scores and ranks; see assess.h. */
#include "ledger/assess/assess.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/assess/assess_formula.h"
#include "ledger/assess/assess_values.h"
#include "ledger/view/fraction.h"

enum { HUNDRED = 100, GOAL_WHOLE = HUNDRED * POINT };
#define POINTS_LARGEST 1000000000000000LL /* a count without a bound ends here */

static uint64_t above_zero(int64_t value)
{
    return value > 0 ? (uint64_t)value : 0;
}

/* value ÷ base ÷ goal; the part is measured. At most 90 bits over 107. */
static struct fraction part_ratio(const struct assess_part *part,
                                  const struct assess_part_result *result)
{
    struct fraction ratio = fraction_over(fraction_of(above_zero(result->value.weighted), HUNDRED),
                                          fraction_of(above_zero(result->base.value), 1));
    if (part->goal > 0)
        ratio = fraction_over(ratio, fraction_of((uint64_t)part->goal, GOAL_WHOLE));
    return ratio;
}

static struct fraction percent_fraction(int64_t percent)
{
    return fraction_of((uint64_t)percent, HUNDRED);
}

static int64_t points_of(struct fraction share, int64_t points)
{
    return fraction_round(fraction_times(share, fraction_of((uint64_t)points, 1)), ROUND_HALF_UP);
}

static int64_t ratio_points(const struct assess_item *item, const struct assess_item_result *result)
{
    struct fraction sum = fraction_of(0, 1);
    for (size_t i = 0; i < item->part_count; i++) {
        if (!result->parts[i].measured)
            continue;
        struct fraction ratio = part_ratio(&item->parts[i], &result->parts[i]);
        struct fraction cap = percent_fraction(item->cap_percent);
        if (fraction_compare(ratio, cap) > 0)
            ratio = cap;
        sum = fraction_plus(sum,
                            fraction_times(ratio, percent_fraction(item->parts[i].share_percent)));
    }
    return points_of(sum, item->points);
}

static int64_t count_points(const struct assess_item *item, const struct assess_item_result *result)
{
    struct fraction points = fraction_times(
        fraction_of(above_zero(result->parts[0].value.weighted), HUNDRED),
        fraction_over(fraction_of((uint64_t)item->each, 1), fraction_of((uint64_t)item->per, 1)));
    int64_t most = item->points > 0 ? item->points : POINTS_LARGEST;
    int64_t rounded = fraction_round(points, ROUND_HALF_UP);
    return rounded < most ? rounded : most;
}

/* ---- 功效系数: over the units of one group ---- */

struct spread {
    bool known;
    struct assess_part_result least, most; /* as they were measured, for the formula too */
};

static struct spread find_spread(const struct assessment *assessment, size_t item, int32_t group)
{
    const struct assess_part *part = &assessment->scheme->items[item].parts[0];
    struct spread spread = {0};
    for (size_t i = 0; i < assessment->row_count; i++) {
        const struct assess_part_result *result = &assessment->rows[i].items[item].parts[0];
        if (assessment->rows[i].group != group || !result->measured)
            continue;
        struct fraction ratio = part_ratio(part, result);
        if (!spread.known || fraction_compare(ratio, part_ratio(part, &spread.least)) < 0)
            spread.least = *result;
        if (!spread.known || fraction_compare(ratio, part_ratio(part, &spread.most)) > 0)
            spread.most = *result;
        spread.known = true;
    }
    return spread;
}

/* (x - min) ÷ (max - min) × 40 + 60 percent; all alike: all of it. */
static int64_t spread_points(const struct assess_item *item,
                             const struct assess_item_result *result, const struct spread *spread)
{
    const struct assess_part *part = &item->parts[0];
    if (!result->parts[0].measured)
        return 0;
    struct fraction least = part_ratio(part, &spread->least);
    struct fraction range = fraction_minus(part_ratio(part, &spread->most), least);
    struct fraction share = fraction_of(1, 1);
    if (!fraction_is_zero(range))
        share = fraction_over(fraction_minus(part_ratio(part, &result->parts[0]), least), range);
    share = fraction_plus(fraction_times(share, percent_fraction(item->span_percent)),
                          percent_fraction(item->base_percent));
    return points_of(share, item->points);
}

/* ---- rows ---- */

static int32_t group_of(const struct assess_scheme *scheme, struct bytes code)
{
    for (size_t i = 0; i < scheme->group_count; i++) {
        for (size_t j = 0; j < scheme->groups[i].unit_count; j++) {
            if (bytes_equal(scheme->groups[i].units[j], code))
                return (int32_t)i;
        }
    }
    return scheme->group_count > 0 ? -1 : 0;
}

static bool is_assessed(const struct assess_work *work, const struct bulletin_row *row)
{
    uint32_t type = ledger_unit(work->ledger, row->unit)->type;
    if (work->scheme->group_count > 0)
        return group_of(work->scheme, row->code) >= 0;
    if (work->scheme->unit_types == 0)
        return type != UNIT_CITY;
    return type < 32 && work->scheme->unit_types >> type & 1;
}

/* False: the arena is too small. */
static bool add_rows(struct assess_work *work)
{
    const struct bulletin *bulletin = work->bulletin;
    struct assessment *out = work->out;
    size_t items = work->scheme->item_count;
    out->rows = arena_alloc(work->arena, bulletin->row_count * sizeof(*out->rows));
    work->figures = arena_alloc(work->arena, bulletin->row_count * sizeof(*work->figures));
    work->unlanded = arena_alloc(work->arena, bulletin->row_count * sizeof(*work->unlanded));
    if (!out->rows || !work->figures || !work->unlanded)
        return false;
    for (size_t i = 0; i < bulletin->row_count; i++) {
        const struct bulletin_row *figures = &bulletin->rows[i];
        if (!is_assessed(work, figures))
            continue;
        struct assess_row *row = &out->rows[out->row_count];
        *row = (struct assess_row){.unit = figures->unit,
                                   .code = figures->code,
                                   .name = figures->name,
                                   .group = group_of(work->scheme, figures->code)};
        row->items = arena_alloc(work->arena, items * sizeof(*row->items));
        if (!row->items)
            return false;
        work->figures[out->row_count++] = i;
        work->row_of_unit[figures->unit] = (uint32_t)out->row_count;
    }
    return true;
}

/* ---- items ---- */

static bool measure_part(struct assess_work *work, size_t item, size_t part)
{
    const struct assess_item *rule = &work->scheme->items[item];
    bool is_count = rule->kind == ITEM_COUNT, is_amount = false, base_is_amount = false;
    size_t rows = work->out->row_count;
    struct assess_number *values = arena_alloc(work->arena, rows * sizeof(*values));
    struct assess_number *bases = arena_alloc(work->arena, rows * sizeof(*bases));
    if (!values || !bases || !assess_values(work, &rule->parts[part].value, values, &is_amount) ||
        (!is_count && !assess_values(work, &rule->parts[part].base, bases, &base_is_amount)))
        return false;
    for (size_t i = 0; i < rows; i++) {
        struct assess_item_result *result = &work->out->rows[i].items[item];
        bool measured = values[i].known && (is_count || (bases[i].known && bases[i].value > 0));
        result->parts[part] =
            (struct assess_part_result){values[i], bases[i], is_amount || base_is_amount, measured};
        result->measured = measured && (part == 0 || result->measured);
    }
    return true;
}

static bool score_item(struct assess_work *work, size_t item)
{
    const struct assess_item *rule = &work->scheme->items[item];
    for (size_t part = 0; part < rule->part_count; part++) {
        if (!measure_part(work, item, part))
            return false;
    }
    for (size_t i = 0; i < work->out->row_count; i++) {
        struct assess_row *row = &work->out->rows[i];
        struct assess_item_result *result = &row->items[item];
        struct spread spread = {0};
        if (rule->kind == ITEM_SPREAD) {
            spread = find_spread(work->out, item, row->group);
            result->points = spread_points(rule, result, &spread);
        } else {
            result->points =
                rule->kind == ITEM_RATIO ? ratio_points(rule, result) : count_points(rule, result);
        }
        struct formula formula = {work->scheme, rule, result, &spread.least, &spread.most};
        result->formula = formula_text(&formula, work->arena);
        if (!result->formula.data)
            return false;
        if (rule->deduct)
            row->deductions = sum_saturating(row->deductions, result->points);
        if (!rule->deduct)
            row->score = sum_saturating(row->score, result->points);
        else if (work->scheme->deductions_count)
            row->score = sum_saturating(row->score, -result->points);
    }
    return true;
}

/* ---- ranks ---- */

static int compare_rows(const void *left, const void *right)
{
    const struct assess_row *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->printed != b->printed)
        return a->printed > b->printed ? -1 : 1;
    return bytes_compare(a->code, b->code);
}

int64_t score_printed(const struct assess_scheme *scheme, int64_t score)
{
    int64_t step = 1;
    for (int64_t i = scheme->digits; i < 4; i++)
        step *= 10;
    int64_t rest = score % step, cut = score - rest;
    int64_t twice = rest < 0 ? -2 * rest : 2 * rest;
    if (scheme->rounding == ROUND_HALF_UP && twice >= step && rest != 0)
        cut = sum_saturating(cut, rest < 0 ? -step : step);
    return cut;
}

/* One group's rows, sorted: the first of equals gives them their rank. */
static void rank_group(const struct assess_scheme *scheme, struct assess_row *rows, size_t count)
{
    size_t dense = 0;
    for (size_t start = 0, end = 0; start < count; start = end) {
        dense++;
        for (end = start; end < count && rows[end].printed == rows[start].printed; end++)
            continue;
        for (size_t i = start; i < end; i++) {
            rows[i].rank = scheme->dense_ties ? dense : start + 1;
            rows[i].red = start < (size_t)scheme->red;
            rows[i].black = !rows[i].red && count - end < (size_t)scheme->black;
        }
    }
}

static void rank_rows(struct assessment *out)
{
    for (size_t i = 0; i < out->row_count; i++)
        out->rows[i].printed = score_printed(out->scheme, out->rows[i].score);
    if (out->row_count > 0)
        qsort(out->rows, out->row_count, sizeof(*out->rows), compare_rows);
    for (size_t start = 0, end = 0; start < out->row_count; start = end) {
        for (end = start; end < out->row_count && out->rows[end].group == out->rows[start].group;
             end++)
            continue;
        rank_group(out->scheme, out->rows + start, end - start);
    }
}

void assess_make(const struct ledger *ledger, const struct view *view,
                 const struct assess_scheme *scheme, struct arena *arena, struct assessment *out)
{
    *out = (struct assessment){.view = *view, .scheme = scheme};
    struct bulletin bulletin;
    bulletin_make(ledger, view, arena, &bulletin);
    out->facts = bulletin.facts;
    struct assess_work work = {.ledger = ledger,
                               .view = view,
                               .scheme = scheme,
                               .arena = arena,
                               .out = out,
                               .bulletin = &bulletin};
    work.row_of_unit = arena_alloc(arena, (LEDGER_UNITS_MAX + 1) * sizeof(*work.row_of_unit));
    out->incomplete = bulletin.incomplete || !work.row_of_unit || !add_rows(&work);
    if (out->incomplete)
        return;
    assess_values_prepare(&work);
    for (size_t i = 0; i < scheme->item_count && !out->incomplete; i++)
        out->incomplete = !score_item(&work, i);
    rank_rows(out);
}

const struct assess_row *assess_find(const struct assessment *assessment, struct bytes code)
{
    for (size_t i = 0; i < assessment->row_count; i++) {
        if (bytes_equal(assessment->rows[i].code, code))
            return &assessment->rows[i];
    }
    return NULL;
}
