/*
 * bulletin_units.c - what is said about a unit and not about a project: trips done, plans, targets.
 * Of two plans for the same days the one said last counts.
 */
#include <stdlib.h>

#include "ledger/figures/bulletin_parts.h"
#include "ledger/fold/growing.h"

struct unit_plan { /* a unit's plan of starts, or of money for the year */
    struct period period;
    int32_t day;
    uint32_t kind; /* enum plan */
    bool is_money;
    int64_t value;
    size_t order;
};

struct plans {
    struct unit_plan *rows;
    size_t count, capacity;
};

static void trip_take(struct bulletin_work *work, struct bulletin_row *row,
                      const struct assertion *assertion, const struct contact_fact *fact)
{
    struct measure_period period = {work->view.from, work->view.as_of};
    int32_t day = fact->from != DAY_NONE ? fact->from : assertion->day;
    int64_t firms = (int64_t)fact->firms.count;
    size_t first = 0;
    if (fact->contact != CONTACT_TRIP || fact->state != CONTACT_STATE_DONE)
        return;
    size_t count = targets_of(&work->targets, row->unit, &first);
    for (size_t i = first; i < first + count; i++)
        target_add_trips(&work->targets.rows[i], day, firms, &work->view);
    for (size_t city = 0; city < work->city_count; city++) {
        count = work->cities[city] != row->unit
                    ? targets_of(&work->targets, work->cities[city], &first)
                    : 0;
        for (size_t i = first; i < first + count; i++)
            target_add_trips(&work->targets.rows[i], day, firms, &work->view);
    }
    if (!measure_day_within(day, &period))
        return;
    row->trips++;
    row->trips_without_lead += fact->leads.count == 0;
    row->firms_visited = sum_saturating(row->firms_visited, firms);
}

static bool is_of_starts(const struct plan_fact *fact)
{
    return fact->count > 0 && (bytes_equal_text(fact->metric, "started") ||
                               bytes_equal_text(fact->metric, "planned_starts"));
}

static void plan_take(struct bulletin_work *work, struct plans *plans,
                      const struct assertion *assertion, const struct plan_fact *fact)
{
    int32_t day = fact->from != DAY_NONE ? fact->from : assertion->day;
    struct unit_plan plan = {.day = assertion->day,
                             .kind = (uint32_t)fact->plan,
                             .order = plans->count,
                             .value = fact->count};
    plan.period = fact->plan == PLAN_YEAR ? period_of_year(day) : period_of_month(day);
    if (fact->from != DAY_NONE)
        plan.period.from = fact->from;
    if (fact->to != DAY_NONE)
        plan.period.to = fact->to;
    plan.is_money = !is_of_starts(fact) && fact->plan == PLAN_YEAR && fact->amount.has_value &&
                    fact->amount.value >= 0;
    if (plan.is_money &&
        !definitions_yuan(work->view.definitions, &fact->amount, assertion->day, &plan.value))
        return;
    if (assertion->day > work->view.as_of || (!plan.is_money && !is_of_starts(fact)))
        return;
    struct unit_plan *grown =
        growing_list(&work->scratch, plans->rows, plans->count, &plans->capacity, sizeof(*grown));
    work->is_short |= !grown;
    if (!grown)
        return;
    plans->rows = grown;
    grown[plans->count++] = plan;
}

static int compare_numbers(int64_t left, int64_t right)
{
    return left < right ? -1 : left > right;
}

static int compare_matters(const struct unit_plan *left, const struct unit_plan *right)
{
    int order = compare_numbers(left->is_money, right->is_money);
    if (order == 0)
        order = compare_numbers(left->kind, right->kind);
    if (order == 0)
        order = compare_numbers(left->period.from, right->period.from);
    return order != 0 ? order : compare_numbers(left->period.to, right->period.to);
}

static int compare_plans(const void *left_pointer, const void *right_pointer)
{
    const struct unit_plan *left = left_pointer, *right = right_pointer;
    int order = compare_matters(left, right);
    if (order == 0)
        order = compare_numbers(left->day, right->day);
    return order != 0 ? order : compare_numbers((int64_t)left->order, (int64_t)right->order);
}

/* Months within the period; without any the year's plan that as_of lies in. */
static void plans_settle(struct plans *plans, const struct view *view, struct measures *out)
{
    int64_t months = 0, year = 0, money = 0;
    bool has_months = false, has_money = false;
    if (plans->count > 0)
        qsort(plans->rows, plans->count, sizeof(*plans->rows), compare_plans);
    for (size_t i = 0; i < plans->count; i++) {
        const struct unit_plan *plan = &plans->rows[i];
        bool is_replaced = i + 1 < plans->count && compare_matters(plan, plan + 1) == 0;
        bool is_now = plan->period.from <= view->as_of && view->as_of <= plan->period.to;
        bool is_within = plan->period.to <= view->as_of &&
                         (view->from == DAY_NONE || plan->period.from >= view->from);
        if (is_replaced)
            continue;
        if (plan->is_money && is_now) {
            money = sum_saturating(money, plan->value);
            has_money = true;
        } else if (!plan->is_money && plan->kind == PLAN_MONTH && is_within) {
            months = sum_saturating(months, plan->value);
            has_months = true;
        } else if (!plan->is_money && plan->kind == PLAN_YEAR && is_now) {
            year = sum_saturating(year, plan->value);
        }
    }
    measure_add(out, MEASURE_PLANNED_STARTS, has_months ? months : year);
    if (has_money) /* the unit's own word beats the sum of its projects' */
        out->values[MEASURE_YEAR_PLAN] = money;
}

void unit_take_words(struct bulletin_work *work, uint16_t unit)
{
    struct plans plans = {0};
    struct ledger_fact read;
    const struct assertion *assertion = NULL;
    struct bulletin_row *row = &work->rows[unit];
    struct ledger_walk walk = ledger_walk_unit(work->ledger, unit, work->view.known_at);
    bool is_city = ledger_unit_is_city(work->ledger, unit, work->view.known_at);
    while ((assertion = ledger_next(&walk)) != NULL) {
        if (assertion->kind != EVENT_CONTACT && assertion->kind != EVENT_PLAN)
            continue;
        ledger_read(work->ledger, assertion, &work->scratch, &read);
        if (assertion->kind == EVENT_CONTACT)
            trip_take(work, row, assertion, &read.event.contact);
        else
            plan_take(work, &plans, assertion, &read.event.plan);
    }
    plans_settle(&plans, &work->view, is_city ? &work->city_plans : &row->measures);
    arena_reset(&work->scratch);
}

void unit_take_targets(struct bulletin_work *work)
{
    for (size_t unit = 0; unit < work->unit_count; unit++) {
        const struct assertion *assertion = NULL;
        struct ledger_walk walk = ledger_walk_unit(work->ledger, unit, work->view.known_at);
        while ((assertion = ledger_next(&walk)) != NULL) {
            if (assertion->kind == EVENT_TARGET)
                targets_take(&work->targets, work->ledger, &work->view, assertion, work->arena);
        }
    }
    targets_sort(&work->targets);
}
