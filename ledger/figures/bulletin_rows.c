/* bulletin_rows.c - a project's part in its unit's row, and what is worked out of a row's sums. */
#include "ledger/figures/bulletin_parts.h"

#define WAN 10000LL

const int64_t bulletin_sizes[BULLETIN_SIZES] = {500 * WAN,   5000 * WAN,   10000 * WAN,
                                                50000 * WAN, 100000 * WAN, 500000 * WAN};

static void add(int64_t *sum, int64_t value)
{
    *sum = sum_saturating(*sum, value);
}

enum origin origin_of_project(const struct project_view *project)
{
    enum origin only = ORIGIN_NONE;
    if (project->origin > ORIGIN_NONE && project->origin < ORIGINS)
        return (enum origin)project->origin;
    for (int i = ORIGIN_NONE + 1; i < ORIGINS; i++) {
        if (i == ORIGIN_OUT_OF_CITY || !project->received[i].known)
            continue;
        if (only != ORIGIN_NONE)
            return ORIGIN_NONE;
        only = (enum origin)i;
    }
    return only;
}

static void add_origins(struct bulletin_row *row, const struct project_view *project)
{
    enum origin origin = origin_of_project(project);
    bool is_of_city = origin == ORIGIN_OUT_OF_PROVINCE || origin == ORIGIN_OUT_OF_CITY_IN_PROVINCE;
    row->projects_by_origin[ORIGIN_NONE]++;
    row->projects_by_origin[origin] += origin != ORIGIN_NONE;
    row->projects_by_origin[ORIGIN_OUT_OF_CITY] += is_of_city;
    for (size_t i = 0; i < ORIGINS; i++)
        add(&row->received_by_origin[i], project->received[i].yuan);
}

/* Those signed within the period (contract 8.1). What measures count stands there already. */
static void add_cohort(struct bulletin_row *row, const struct project_view *project,
                       const struct view *view)
{
    bool is_carried_over = project_is_carried_over(project, view->as_of);
    row->signed_new += !is_carried_over;
    row->signed_carried_over += is_carried_over;
    for (size_t i = 0; i < BULLETIN_SIZES; i++) {
        row->signed_fixed_ge[i] +=
            project->planned_fixed.known && project->planned_fixed.yuan >= bulletin_sizes[i];
    }
    add_origins(row, project);
}

static void add_last_year(struct bulletin_row *row, const struct project_view *project,
                          const struct measure_period *period)
{
    struct measure_period before = {period_year_before(period->from),
                                    period_year_before(period->as_of)};
    struct amount_view now[ORIGINS], start[ORIGINS] = {0};
    int32_t signed_on = project->milestones[MILESTONE_CONTRACT_SIGNED].day;
    row->signed_growth.before += measure_day_within(signed_on, &before);
    project_received_at(project, before.as_of, now);
    if (before.from != DAY_NONE)
        project_received_at(project, before.from - 1, start);
    add(&row->received_growth.before, now[ORIGIN_NONE].yuan - start[ORIGIN_NONE].yuan);
}

void row_add_project(struct bulletin_row *row, const struct project_view *project,
                     const struct view *view)
{
    struct measure_period period = {view->from, view->as_of};
    int32_t since = DAY_NONE;
    row->projects += project->is_project;
    measures_add(&row->measures, project, &period);
    if (measure_day_within(project->milestones[MILESTONE_CONTRACT_SIGNED].day, &period))
        add_cohort(row, project, view);
    for (size_t i = 0; i < MILESTONES; i++)
        row->in_period[i] += measure_day_within(project->milestones[i].day, &period);
    for (int i = 0; i < GAP_CLASSES; i++)
        row->gaps[i] += gap_holds(project, (enum gap_class)i, &since);
    add_last_year(row, project, &period);
    row->trips += project->trips;
    row->firms_visited = sum_saturating(row->firms_visited, project->firms_visited);
    row->obstacles_open += project->obstacles_open;
    row->anomalies += project->anomalies != 0;
    row->masked += (project->anomalies & ANOMALY_MASKED_AMOUNT) != 0;
}

static void add_list(int64_t *sums, const int64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(&sums[i], values[i]);
}

void row_add_row(struct bulletin_row *total, const struct bulletin_row *row)
{
    add(&total->projects, row->projects);
    add_list(total->measures.values, row->measures.values, MEASURES);
    add_list(total->in_period, row->in_period, MILESTONES);
    add_list(total->signed_fixed_ge, row->signed_fixed_ge, BULLETIN_SIZES);
    add(&total->signed_new, row->signed_new);
    add(&total->signed_carried_over, row->signed_carried_over);
    add_list(total->received_by_origin, row->received_by_origin, ORIGINS);
    add_list(total->projects_by_origin, row->projects_by_origin, ORIGINS);
    add(&total->trips, row->trips);
    add(&total->trips_without_lead, row->trips_without_lead);
    add(&total->firms_visited, row->firms_visited);
    add_list(total->gaps, row->gaps, GAP_CLASSES);
    add(&total->obstacles_open, row->obstacles_open);
    add(&total->anomalies, row->anomalies);
    add(&total->masked, row->masked);
    add(&total->signed_growth.before, row->signed_growth.before);
    add(&total->received_growth.before, row->received_growth.before);
    /* The city's data are complete up to where the last of its units' are. */
    if (row->complete_to_ms > 0 &&
        (total->complete_to_ms == 0 || row->complete_to_ms < total->complete_to_ms))
        total->complete_to_ms = row->complete_to_ms;
}

static void take_measures(struct bulletin_row *row)
{
    const int64_t *values = row->measures.values;
    row->signed_count = values[MEASURE_SIGNED];
    row->performing = values[MEASURE_PERFORMING];
    row->terminated = values[MEASURE_TERMINATED];
    row->landed = values[MEASURE_LANDED];
    row->started = values[MEASURE_STARTED];
    row->completed = values[MEASURE_COMPLETED];
    row->producing = values[MEASURE_PRODUCING];
    row->contract_yuan = values[MEASURE_CONTRACT];
    row->received_yuan = values[MEASURE_RECEIVED];
    row->received_in_period_yuan = values[MEASURE_RECEIVED_IN_PERIOD];
    row->verified_yuan = values[MEASURE_VERIFIED];
}

static void write_shares(struct bulletin_row *row, const struct definitions *definitions)
{
    const struct rate_definition *share = definitions_find(definitions, "SHARE");
    for (size_t i = 0; i < ORIGINS; i++)
        (void)percent_text(row->received_by_origin[i], row->received_yuan, share->rounding,
                           share->digits, row->share_percent_by_origin[i]);
}

static void write_growth(struct bulletin_growth *growth, int64_t now,
                         const struct definitions *definitions)
{
    const struct rate_definition *rule = definitions_find(definitions, "GROWTH");
    growth->has_base =
        growth_text(now, growth->before, rule->rounding, rule->digits, growth->percent);
}

static void write_rates(struct bulletin_row *row, const struct definitions *definitions,
                        struct arena *arena)
{
    row->rate_count = 0;
    row->rates = arena_alloc(arena, definitions->rate_count * sizeof(*row->rates));
    for (size_t i = 0; row->rates && i < definitions->rate_count; i++) {
        const struct rate_definition *definition = &definitions->rates[i];
        struct bulletin_rate *rate = &row->rates[row->rate_count];
        if (definition->numerator == MEASURE_NONE)
            continue;
        rate->definition = definition;
        rate->numerator = row->measures.values[definition->numerator];
        rate->denominator = row->measures.values[definition->denominator];
        rate->has_percent = percent_text(rate->numerator, rate->denominator, definition->rounding,
                                         definition->digits, rate->percent);
        row->rate_count++;
    }
}

void row_finish(struct bulletin_row *row, const struct view *view, struct arena *arena)
{
    take_measures(row);
    write_shares(row, view->definitions);
    write_rates(row, view->definitions, arena);
    write_growth(&row->signed_growth, row->signed_count, view->definitions);
    write_growth(&row->received_growth, row->received_in_period_yuan, view->definitions);
}
