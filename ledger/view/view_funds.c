/*
 * view_funds.c - what arrived (contract 8.1): for each class and origin the believed authority's
 * statements in order of their day, folded: a cumulative one replaces, an increment adds to the
 * last before it. Other classes stay apart from 到位资金 (R38); what inspectors found is folded in
 * the same way, on the day of the statement that they looked at.
 */
#include <stdlib.h>

#include "ledger/fold/growing.h"
#include "ledger/view/view_parts.h"

static void add_item(struct view_work *work, const struct funds_item *item)
{
    struct funds_item *grown = growing_list(work->arena, work->funds, work->fund_count,
                                            &work->fund_capacity, sizeof(*grown));
    if (!grown) {
        view_flag(work, ANOMALY_TOO_MANY);
        return;
    }
    work->funds = grown;
    grown[work->fund_count++] = *item;
}

static int32_t day_of(const struct assertion *assertion, const struct funds_fact *fact)
{
    return fact->period_to != DAY_NONE ? fact->period_to : assertion->day;
}

static uint8_t origin_of(const struct funds_fact *fact)
{
    bool is_ours = fact->origin > ORIGIN_NONE && fact->origin < ORIGINS;
    return is_ours ? (uint8_t)fact->origin : ORIGIN_NONE;
}

void funds_say(struct view_work *work, const struct assertion *assertion,
               const struct funds_fact *fact)
{
    int32_t day = day_of(assertion, fact);
    bool is_ours = fact->funds >= FUNDS_NONE && fact->funds <= FUNDS_FIXED_INVESTMENT;
    if (day > work->view->as_of || !is_ours)
        return;
    struct amount_view amount = view_amount(work, &fact->amount, day);
    struct funds_item item = {
        .yuan = amount.yuan,
        .position = assertion->position,
        .day = day,
        .unit = assertion->unit,
        .body = assertion->body == BODY_NONE ? BODY_INVESTMENT_BUREAU : assertion->body,
        .funds = fact->funds == FUNDS_NONE ? FUNDS_RECEIVED : (uint8_t)fact->funds,
        .origin = origin_of(fact),
        .basis = (uint8_t)fact->basis,
    };
    if (amount.known)
        add_item(work, &item);
}

/* What was found: the claim itself, nothing of it, or an amount of the inspector's own. */
static bool found_amount(struct view_work *work, const struct verification_fact *fact,
                         const struct money *claim, int32_t day, int64_t *out)
{
    const struct money *found = &fact->verified_amount;
    bool has_found = found->has_value || found->text.size > 0;
    if (fact->result == VERIFICATION_DENIED) {
        *out = 0;
        return true;
    }
    if (!has_found && fact->result == VERIFICATION_CONFIRMED)
        found = claim;
    if (!found)
        return false;
    struct amount_view amount = view_amount(work, found, day);
    *out = amount.yuan;
    return amount.known;
}

/* What was not known then, is not there; and once it comes, it may be said of another project. */
static const struct assertion *find_target(struct view_work *work,
                                           const struct verification_fact *fact)
{
    const struct assertion *target = ledger_find_event(work->ledger, fact->target.data);
    work->out->looks_elsewhere |= !target || target->subject != work->out->subject + 1;
    return target && target->position <= work->view->known_at ? target : NULL;
}

void verification_say(struct view_work *work, const struct assertion *assertion,
                      const struct verification_fact *fact)
{
    struct ledger_fact read = {0};
    const struct assertion *target = NULL;
    bool is_own_word = assertion->unit == work->out->unit && assertion->body != BODY_INSPECTOR;
    if (is_own_word || assertion->day > work->view->as_of)
        return;
    if (fact->target.size == EVENT_ID_SIZE)
        target = find_target(work, fact);
    bool is_of_funds = target && target->kind == EVENT_FUNDS;
    if (is_of_funds)
        ledger_read_fields(work->ledger, target, 0, NULL, &read);
    else if (target || fact->milestone != MILESTONE_NONE || !fact->verified_amount.has_value)
        return;
    const struct funds_fact *claim = &read.event.funds;
    struct funds_item item = {.position = assertion->position,
                              .day = is_of_funds ? day_of(target, claim) : assertion->day,
                              .unit = assertion->unit,
                              .body = assertion->body,
                              .funds = FUNDS_VERIFIED,
                              .basis = FUNDS_BASIS_CUMULATIVE};
    if (is_of_funds) {
        if (claim->funds != FUNDS_NONE && claim->funds != FUNDS_RECEIVED)
            return;
        item.about = target->position;
        item.origin = origin_of(claim);
        item.basis = (uint8_t)claim->basis;
    }
    if (item.day <= work->view->as_of &&
        found_amount(work, fact, is_of_funds ? &claim->amount : NULL, item.day, &item.yuan))
        add_item(work, &item);
}

static int compare_series(const struct view_work *work, const struct funds_item *left,
                          const struct funds_item *right)
{
    if (left->funds != right->funds)
        return left->funds < right->funds ? -1 : 1;
    if (left->origin != right->origin)
        return left->origin < right->origin ? -1 : 1;
    return view_compare_authorities(work, left->body, left->unit, right->body, right->unit);
}

static int compare_items(const void *left_pointer, const void *right_pointer, void *work)
{
    const struct funds_item *left = left_pointer, *right = right_pointer;
    int order = compare_series(work, left, right);
    if (order != 0)
        return order;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    if (left->about != right->about)
        return left->about < right->about ? -1 : 1;
    return left->position < right->position ? -1 : 1;
}

/* One authority's statements of one class and origin, in order. */
static size_t fold(struct view_work *work, const struct funds_item *items, size_t count,
                   struct funds_step *out)
{
    int64_t yuan = 0;
    size_t steps = 0;
    for (size_t i = 0; i < count; i++) {
        const struct funds_item *item = &items[i];
        bool is_looked_at_again =
            item->about > 0 && i + 1 < count && items[i + 1].about == item->about;
        if (is_looked_at_again)
            continue;
        if (item->basis == FUNDS_BASIS_INCREMENT) {
            yuan = sum_saturating(yuan, item->yuan);
        } else {
            bool has_fallen = steps > 0 && item->yuan < yuan && item->day > out[steps - 1].day;
            if (has_fallen && item->funds == FUNDS_RECEIVED)
                view_flag(work, ANOMALY_CUMULATIVE_FELL);
            yuan = item->yuan;
        }
        out[steps++] = (struct funds_step){
            .day = item->day, .funds = item->funds, .origin = item->origin, .yuan = yuan};
    }
    return steps;
}

static void fold_all(struct view_work *work, struct funds_step *steps)
{
    struct project_view *out = work->out;
    const struct funds_item *believed = NULL;
    for (size_t start = 0, end = 0; start < work->fund_count; start = end) {
        const struct funds_item *first = &work->funds[start];
        while (end < work->fund_count && compare_series(work, first, &work->funds[end]) == 0)
            end++;
        bool is_less_believed =
            believed && believed->funds == first->funds && believed->origin == first->origin;
        if (is_less_believed)
            continue;
        out->fund_count += fold(work, first, end - start, &steps[out->fund_count]);
        believed = first;
    }
    out->funds = steps;
}

static bool is_nested_wrongly(const struct project_view *project, int32_t day)
{
    int64_t yuan[ORIGINS] = {0};
    bool known[ORIGINS] = {0};
    for (size_t i = 0; i < project->fund_count; i++) {
        const struct funds_step *step = &project->funds[i];
        if (step->funds != FUNDS_RECEIVED || step->day > day)
            continue;
        yuan[step->origin] = step->yuan;
        known[step->origin] = true;
    }
    return known[ORIGIN_OUT_OF_CITY] &&
           yuan[ORIGIN_OUT_OF_PROVINCE] + yuan[ORIGIN_OUT_OF_CITY_IN_PROVINCE] >
               yuan[ORIGIN_OUT_OF_CITY];
}

void funds_settle(struct view_work *work)
{
    struct project_view *out = work->out;
    const struct view *view = work->view;
    if (work->fund_count > 0) {
        struct funds_step *steps = arena_alloc(work->arena, work->fund_count * sizeof(*steps));
        qsort_r(work->funds, work->fund_count, sizeof(*work->funds), compare_items, work);
        if (steps)
            fold_all(work, steps);
        else
            view_flag(work, ANOMALY_TOO_MANY);
    }
    project_received_at(out, view->as_of, out->received);
    if (view->from != DAY_NONE)
        project_received_at(out, view->from - 1, out->received_before);
    out->verified = project_funds_at(out, FUNDS_VERIFIED, view->as_of);
    out->government = project_funds_at(out, FUNDS_GOVERNMENT, view->as_of);
    out->fdi_used = project_funds_at(out, FUNDS_FDI_USED, view->as_of);
    out->fixed_formed = project_funds_at(out, FUNDS_FIXED_INVESTMENT, view->as_of);
    if (is_nested_wrongly(out, view->as_of))
        view_flag(work, ANOMALY_NESTED_FUNDS);
}
