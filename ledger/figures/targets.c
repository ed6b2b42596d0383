/* targets.c - targets as set, and what is done toward each; see targets.h. */
#include "ledger/figures/targets.h"

#include <stdlib.h>

#include "ledger/fold/growing.h"

enum figure {
    FIGURE_RECEIVED,
    FIGURE_FUNDS,
    FIGURE_MILESTONE,
    FIGURE_CONTRACT,
    FIGURE_RESERVE,
    FIGURE_NEW,
    FIGURE_TRIPS,
    FIGURE_FIRMS
};

struct metric {
    const char *id;
    enum figure figure;
    int detail; /* enum origin, funds or milestone */
};

/* 市外省内 is what these ledgers call out_of_city (contract 6.3); the superset is all_out_of_city.
 */
static const struct metric metrics[] = {
    {"received_wan_total", FIGURE_RECEIVED, ORIGIN_NONE},
    {"received_wan_out_of_province", FIGURE_RECEIVED, ORIGIN_OUT_OF_PROVINCE},
    {"received_wan_out_of_city", FIGURE_RECEIVED, ORIGIN_OUT_OF_CITY_IN_PROVINCE},
    {"received_wan_out_of_city_in_province", FIGURE_RECEIVED, ORIGIN_OUT_OF_CITY_IN_PROVINCE},
    {"received_wan_all_out_of_city", FIGURE_RECEIVED, ORIGIN_OUT_OF_CITY},
    {"received_wan_inter_county", FIGURE_RECEIVED, ORIGIN_INTER_COUNTY},
    {"received_wan_overseas", FIGURE_RECEIVED, ORIGIN_OVERSEAS},
    {"received_wan_local", FIGURE_RECEIVED, ORIGIN_LOCAL},
    {"fdi_used_wan", FIGURE_FUNDS, FUNDS_FDI_USED},
    {"fixed_formed_wan", FIGURE_FUNDS, FUNDS_FIXED_INVESTMENT},
    {"verified_wan", FIGURE_FUNDS, FUNDS_VERIFIED},
    {"contract_wan", FIGURE_CONTRACT, 0},
    {"signed", FIGURE_MILESTONE, MILESTONE_CONTRACT_SIGNED},
    {"landed", FIGURE_MILESTONE, MILESTONE_LANDED},
    {"started", FIGURE_MILESTONE, MILESTONE_STARTED},
    {"in_library", FIGURE_MILESTONE, MILESTONE_IN_LIBRARY},
    {"completed", FIGURE_MILESTONE, MILESTONE_COMPLETED},
    {"producing", FIGURE_MILESTONE, MILESTONE_PRODUCING},
    {"above_scale", FIGURE_MILESTONE, MILESTONE_ABOVE_SCALE},
    {"full_capacity", FIGURE_MILESTONE, MILESTONE_FULL_CAPACITY},
    {"new_projects", FIGURE_NEW, 0},
    {"reserve", FIGURE_RESERVE, 0},
    {"trips", FIGURE_TRIPS, 0},
    {"firms_visited", FIGURE_FIRMS, 0},
};

static const struct metric *metric_of(struct bytes id)
{
    for (size_t i = 0; i < ARRAY_LENGTH(metrics); i++) {
        if (bytes_equal_text(id, metrics[i].id))
            return &metrics[i];
    }
    return NULL;
}

static const struct rate_definition *rate_of(const struct definitions *definitions, struct bytes id)
{
    for (size_t i = 0; i < definitions->rate_count; i++) {
        const struct rate_definition *rate = &definitions->rates[i];
        if (bytes_equal_text(id, rate->id) && rate->numerator != MEASURE_NONE)
            return rate;
    }
    return NULL;
}

/* False: masked, foreign without a rate, or beyond what counts; out is then 0. */
static bool yuan_of(const struct definitions *definitions, const struct money *money, int32_t day,
                    int64_t *out)
{
    *out = 0;
    return money->has_value && money->value >= 0 && definitions_yuan(definitions, money, day, out);
}

static void set_amounts(struct target *target, const struct target_fact *fact,
                        const struct definitions *definitions)
{
    struct bulletin_target *face = &target->face;
    if (yuan_of(definitions, &fact->base_amount, target->day, &face->base)) {
        face->is_amount = true;
        face->has_stretch =
            yuan_of(definitions, &fact->stretch_amount, target->day, &face->stretch);
    } else {
        face->base = fact->base_count;
        face->stretch = fact->stretch_count;
        face->has_stretch = fact->stretch_count > 0;
    }
    (void)yuan_of(definitions, &fact->threshold, target->day, &face->threshold);
}

static struct period period_of(const struct target_fact *fact, int32_t as_of)
{
    struct period period = period_of_year(as_of);
    if (fact->period_from != DAY_NONE)
        period.from = fact->period_from;
    if (fact->period_to != DAY_NONE)
        period.to = fact->period_to;
    return period;
}

void targets_take(struct targets *targets, const struct ledger *ledger, const struct view *view,
                  const struct assertion *assertion, struct arena *arena)
{
    struct ledger_fact read;
    bool by_city = ledger_unit_is_city(ledger, assertion->unit, view->known_at);
    ledger_read(ledger, assertion, arena, &read);
    const struct target_fact *fact = &read.event.target;
    struct target target = {
        .face = {.metric = fact->metric, .list = fact->list, .document = fact->document},
        .unit = assertion->about,
        .is_citys = ledger_unit_is_city(ledger, assertion->about, view->known_at),
        .by_city = by_city,
        .is_later = assertion->day > view->as_of,
        .day = assertion->day,
        .order = targets->count,
        .parent = fact->parent_unit,
        .period = period_of(fact, view->as_of),
        .metric = metric_of(fact->metric),
        .rate = rate_of(view->definitions, fact->metric),
    };
    /* A year's contract is signed in its second month or third, and is for the first as well. */
    if ((target.is_later && fact->period_from == DAY_NONE) || view->as_of < target.period.from ||
        view->as_of > target.period.to || (!by_city && assertion->unit != assertion->about))
        return;
    set_amounts(&target, fact, view->definitions);
    struct target *grown =
        targets->count < TARGETS_MAX
            ? growing_list(arena, targets->rows, targets->count, &targets->capacity, sizeof(*grown))
            : NULL;
    if (!grown) {
        targets->truncated = true;
        return;
    }
    targets->rows = grown;
    grown[targets->count++] = target;
}

/* ---- order ---- */

static int compare_numbers(int64_t left, int64_t right)
{
    return left < right ? -1 : left > right;
}

int target_compare_figures(const struct target *left, const struct target *right)
{
    int order = bytes_compare(left->face.metric, right->face.metric);
    if (order == 0)
        order = bytes_compare(left->face.list, right->face.list);
    if (order == 0)
        order = compare_numbers(left->face.threshold, right->face.threshold);
    if (order == 0)
        order = compare_numbers(left->period.from, right->period.from);
    return order != 0 ? order : compare_numbers(left->period.to, right->period.to);
}

static int compare_of_unit(const struct target *left, const struct target *right)
{
    int order = compare_numbers(left->unit, right->unit);
    return order != 0 ? order : target_compare_figures(left, right);
}

/*
 * The one in force comes first: what was said by as_of before what was said after it; the city's
 * word; then the newest, or of the later ones the first.
 */
static int compare_targets(const void *left_pointer, const void *right_pointer)
{
    const struct target *left = left_pointer, *right = right_pointer;
    int order = compare_of_unit(left, right);
    if (order == 0)
        order = compare_numbers(left->is_later, right->is_later);
    if (order == 0)
        order = compare_numbers(right->by_city, left->by_city);
    if (order == 0)
        order = left->is_later ? compare_numbers(left->day, right->day)
                               : compare_numbers(right->day, left->day);
    return order != 0 ? order : compare_numbers((int64_t)right->order, (int64_t)left->order);
}

void targets_sort(struct targets *targets)
{
    size_t kept = 0, of_unit = 0;
    if (targets->count > 0)
        qsort(targets->rows, targets->count, sizeof(*targets->rows), compare_targets);
    for (size_t i = 0; i < targets->count; i++) {
        const struct target *row = &targets->rows[i];
        const struct target *last = kept > 0 ? &targets->rows[kept - 1] : NULL;
        if (last && compare_of_unit(last, row) == 0)
            continue;
        of_unit = last && last->unit == row->unit ? of_unit + 1 : 1;
        if (of_unit <= BULLETIN_TARGETS_MAX)
            targets->rows[kept++] = *row;
        else
            targets->truncated = true;
    }
    targets->count = kept;
}

size_t targets_of(const struct targets *targets, uint16_t unit, size_t *first)
{
    size_t low = 0, high = targets->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (targets->rows[middle].unit < unit)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (low < targets->count && targets->rows[low].unit == unit)
        low++;
    return low - *first;
}

/* ---- what is done toward them ---- */

static int64_t received_within(const struct project_view *project, enum origin origin,
                               const struct measure_period *period)
{
    struct amount_view now[ORIGINS], before[ORIGINS];
    project_received_at(project, period->as_of, now);
    project_received_at(project, period->from - 1, before);
    return now[origin].yuan - before[origin].yuan;
}

static int64_t funds_within(const struct project_view *project, uint8_t funds,
                            const struct measure_period *period)
{
    return project_funds_at(project, funds, period->as_of).yuan -
           project_funds_at(project, funds, period->from - 1).yuan;
}

/* 在谈储备 (R60): some step before the signing taken, the signing not, and alive. */
static bool is_in_reserve(const struct project_view *project)
{
    enum milestone stage = project_stage(project);
    return stage >= MILESTONE_LEAD && stage <= MILESTONE_FRAMEWORK_SIGNED &&
           !view_reached(project, MILESTONE_TERMINATED);
}

static int64_t part_of(const struct project_view *project, const struct metric *metric,
                       const struct measure_period *period)
{
    int32_t signed_on = project->milestones[MILESTONE_CONTRACT_SIGNED].day;
    bool is_signed = measure_day_within(signed_on, period);
    switch (metric->figure) {
    case FIGURE_RECEIVED:
        return received_within(project, (enum origin)metric->detail, period);
    case FIGURE_FUNDS:
        return funds_within(project, (uint8_t)metric->detail, period);
    case FIGURE_MILESTONE:
        return measure_day_within(project->milestones[metric->detail].day, period);
    case FIGURE_CONTRACT:
        return is_signed ? project->planned_total.yuan : 0;
    case FIGURE_NEW:
        return is_signed && !project_is_carried_over(project, period->as_of);
    case FIGURE_RESERVE:
        return is_in_reserve(project);
    case FIGURE_TRIPS:
    case FIGURE_FIRMS:
        break;
    }
    return 0;
}

static bool is_on_list(const struct project_view *project, struct bytes list)
{
    for (size_t i = 0; i < project->lists.count; i++) {
        if (bytes_equal(project->lists.items[i], list))
            return true;
    }
    return list.size == 0;
}

void target_add_project(struct target *target, const struct project_view *project,
                        const struct view *view)
{
    struct bulletin_target *face = &target->face;
    bool is_large = face->threshold == 0 || (project->planned_total.known &&
                                             project->planned_total.yuan >= face->threshold);
    if (!is_large || !is_on_list(project, face->list))
        return;
    struct measure_period period = {target->period.from, view->as_of};
    if (target->rate) {
        /* A list is last year's fair as often as not: its projects count whenever they signed. */
        period.from = face->list.size > 0 ? DAY_NONE : view->from;
        measures_add(&target->measures, project, &period);
    } else if (target->metric) {
        face->actual = sum_saturating(face->actual, part_of(project, target->metric, &period));
    }
}

void target_add_trips(struct target *target, int32_t day, int64_t firms, const struct view *view)
{
    struct measure_period period = {target->period.from, view->as_of};
    if (!target->metric || target->face.list.size > 0 || !measure_day_within(day, &period))
        return;
    if (target->metric->figure == FIGURE_TRIPS)
        target->face.actual = sum_saturating(target->face.actual, 1);
    else if (target->metric->figure == FIGURE_FIRMS)
        target->face.actual = sum_saturating(target->face.actual, firms);
}
