/*
 * assess_explain.c - from a figure down to what was said: for each project its part and the
 * assertion that gives it, for each amount every event of it.
 */
#include <stdlib.h>

#include "ledger/assess/assess_values.h"

enum { SCRATCH_BYTES = 4 << 20 };

struct explanation {
    const struct ledger *ledger;
    const struct assessment *assessment;
    const struct assess_row *row;
    struct arena *arena;
    struct arena scratch;
    struct assess_evidence_list *out;
    struct assess_evidence form; /* part and base of what is being added */
};

static void add(struct explanation *explanation, struct assess_evidence row)
{
    struct assess_evidence_list *out = explanation->out;
    row.part = explanation->form.part;
    row.is_base = explanation->form.is_base;
    if (out->count == EVIDENCE_MAX)
        out->left_out++;
    else
        out->rows[out->count++] = row;
}

/* The milestone that puts a project into a count; MILESTONE_NONE: amounts, plans. */
static enum milestone milestone_of(enum measure measure)
{
    static const uint8_t milestones[MEASURES] = {
        [MEASURE_SIGNED] = MILESTONE_CONTRACT_SIGNED,
        [MEASURE_PERFORMING] = MILESTONE_CONTRACT_SIGNED,
        [MEASURE_NEW_PROJECTS] = MILESTONE_CONTRACT_SIGNED,
        [MEASURE_ON_CHAIN] = MILESTONE_CONTRACT_SIGNED,
        [MEASURE_PERFORMING_SAID] = MILESTONE_PERFORMING,
        [MEASURE_TERMINATED] = MILESTONE_TERMINATED,
        [MEASURE_STARTED] = MILESTONE_STARTED,
        [MEASURE_STARTED_IN_PERIOD] = MILESTONE_STARTED,
        [MEASURE_COMPLETED] = MILESTONE_COMPLETED,
        [MEASURE_PRODUCING] = MILESTONE_PRODUCING,
    };
    return milestones[measure];
}

static bool is_of_funds(enum measure measure, const struct funds_fact *fact)
{
    if (measure == MEASURE_FIXED_FORMED)
        return fact->funds == FUNDS_FIXED_INVESTMENT;
    return (measure == MEASURE_RECEIVED || measure == MEASURE_RECEIVED_IN_PERIOD ||
            measure == MEASURE_RECEIVED_THIS_YEAR) &&
           (fact->funds == FUNDS_NONE || fact->funds == FUNDS_RECEIVED);
}

/* Does the event carry a number of the measure? */
static bool tells(enum measure measure, const struct event *event, int64_t *value)
{
    const struct money *money = NULL;
    if (event->envelope.kind == EVENT_FUNDS && is_of_funds(measure, &event->funds))
        money = &event->funds.amount;
    else if (event->envelope.kind == EVENT_PROJECT && measure == MEASURE_CONTRACT)
        money = &event->project.planned_total;
    else if (event->envelope.kind == EVENT_VERIFICATION && measure == MEASURE_VERIFIED)
        money = &event->verification.verified_amount;
    else if (event->envelope.kind == EVENT_PLAN && measure == MEASURE_YEAR_PLAN)
        money = &event->plan.amount;
    if (money && money->has_value)
        *value = money->value;
    return money && money->has_value;
}

static void add_details(struct explanation *explanation, struct ledger_walk walk, size_t subject,
                        enum measure measure)
{
    const struct view *view = &explanation->assessment->view;
    const struct assertion *assertion = NULL;
    while ((assertion = ledger_next(&walk))) {
        int64_t value = 0;
        struct ledger_fact fact;
        if (assertion->day > view->as_of)
            continue;
        arena_reset(&explanation->scratch);
        ledger_read(explanation->ledger, assertion, &explanation->scratch, &fact);
        if (tells(measure, &fact.event, &value))
            add(explanation, (struct assess_evidence){.subject = subject,
                                                      .position = assertion->position,
                                                      .value = value,
                                                      .is_detail = true});
    }
}

static void explain_measure(struct explanation *explanation, enum measure measure)
{
    const struct ledger *ledger = explanation->ledger;
    const struct view *view = &explanation->assessment->view;
    for (size_t i = 0; i < ledger_subject_count(ledger); i++) {
        struct project_view project;
        struct measures measures;
        if (!assess_project_measures(ledger, view, i, &explanation->scratch, &project, &measures) ||
            project.unit != explanation->row->unit || measures.values[measure] == 0)
            continue;
        enum milestone milestone =
            measure == MEASURE_LANDED
                ? (enum milestone)(view->definitions->landed_milestone % MILESTONES)
                : milestone_of(measure);
        uint64_t position = project.milestones[milestone].position;
        add(explanation, (struct assess_evidence){.subject = i,
                                                  .position = position,
                                                  .value = measures.values[measure]});
        if (milestone == MILESTONE_NONE)
            add_details(explanation, ledger_walk_subject(ledger, i, view->known_at), i, measure);
    }
    if (measure == MEASURE_YEAR_PLAN || measure == MEASURE_PLANNED_STARTS)
        add_details(explanation, ledger_walk_unit(ledger, explanation->row->unit, view->known_at),
                    SIZE_MAX, MEASURE_YEAR_PLAN);
}

static void explain_list(struct explanation *explanation, const struct assess_source *source)
{
    struct gap_list list = {0};
    const struct view *view = &explanation->assessment->view;
    if (source->kind == SOURCE_GAP)
        gap_list_make(explanation->ledger, view, source->gap, explanation->row->unit,
                      explanation->arena, &list);
    else
        alert_list_make(explanation->ledger, view, source->alert, explanation->row->unit,
                        explanation->arena, &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct gap_row *row = &list.rows[i];
        if (source->older_than_days < 0 || row->age_days > source->older_than_days)
            add(explanation, (struct assess_evidence){
                                 .subject = row->subject, .position = row->position, .value = 1});
    }
}

static void explain_denied(struct explanation *explanation, struct ledger_walk walk, size_t subject)
{
    const struct assertion *assertion = NULL;
    while ((assertion = ledger_next(&walk))) {
        if (assertion->about == explanation->row->unit &&
            assess_denied(explanation->ledger, assertion, &explanation->assessment->view))
            add(explanation, (struct assess_evidence){
                                 .subject = subject, .position = assertion->position, .value = 1});
    }
}

/* The TARGET events of the metric: the newest of them holds. */
static void explain_target(struct explanation *explanation, struct bytes metric)
{
    const struct view *view = &explanation->assessment->view;
    struct ledger_walk walk =
        ledger_walk_unit(explanation->ledger, explanation->row->unit, view->known_at);
    const struct assertion *assertion = NULL;
    while ((assertion = ledger_next(&walk))) {
        if (assertion->kind != EVENT_TARGET || assertion->day > view->as_of)
            continue;
        struct ledger_fact fact;
        arena_reset(&explanation->scratch);
        ledger_read(explanation->ledger, assertion, &explanation->scratch, &fact);
        const struct target_fact *target = &fact.event.target;
        if (!bytes_equal(target->metric, metric))
            continue;
        const struct money *amount = &target->base_amount;
        add(explanation, (struct assess_evidence){.subject = SIZE_MAX,
                                                  .position = assertion->position,
                                                  .value = amount->has_value ? amount->value
                                                                             : target->base_count,
                                                  .is_detail = true});
    }
}

static void explain_source(struct explanation *explanation, const struct assess_source *source)
{
    const struct ledger *ledger = explanation->ledger;
    uint64_t known_at = explanation->assessment->view.known_at;
    switch (source->kind) {
    case SOURCE_MEASURE:
        explain_measure(explanation, source->measure);
        break;
    case SOURCE_GAP:
    case SOURCE_ALERT:
        explain_list(explanation, source);
        break;
    case SOURCE_DENIED:
        for (size_t i = 0; i < ledger_subject_count(ledger); i++)
            explain_denied(explanation, ledger_walk_subject(ledger, i, known_at), i);
        for (size_t i = 0; i < ledger_unit_count(ledger); i++)
            explain_denied(explanation, ledger_walk_unit(ledger, i, known_at), SIZE_MAX);
        break;
    case SOURCE_TARGET:
    case SOURCE_STRETCH:
    case SOURCE_ACTUAL:
        explain_target(explanation, source->metric);
        break;
    case SOURCE_FIXED: /* stands in the scheme */
    case SOURCE_KINDS:
        break;
    }
}

static int compare(const void *left, const void *right, void *context)
{
    const struct ledger *ledger = ((const struct explanation *)context)->ledger;
    const struct assess_evidence *a = left, *b = right;
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    if (a->is_base != b->is_base)
        return a->is_base ? 1 : -1;
    if (a->subject != b->subject) {
        if (a->subject == SIZE_MAX || b->subject == SIZE_MAX)
            return a->subject == SIZE_MAX ? 1 : -1;
        return bytes_compare(ledger_subject(ledger, a->subject),
                             ledger_subject(ledger, b->subject));
    }
    if (a->is_detail != b->is_detail)
        return a->is_detail ? 1 : -1;
    return (a->position > b->position) - (a->position < b->position);
}

void assess_explain(const struct ledger *ledger, const struct assessment *assessment,
                    const struct assess_row *row, size_t item, struct arena *arena,
                    struct assess_evidence_list *out)
{
    const struct assess_item *rule = &assessment->scheme->items[item];
    struct assess_evidence_list list = {0};
    struct explanation explanation = {
        .ledger = ledger, .assessment = assessment, .row = row, .arena = arena, .out = &list};
    struct assess_evidence *rows = calloc(EVIDENCE_MAX, sizeof(*rows));
    if (!rows)
        abort();
    list.rows = rows;
    arena_init(&explanation.scratch, SCRATCH_BYTES);
    for (size_t i = 0; i < rule->part_count; i++) {
        explanation.form = (struct assess_evidence){.part = (uint8_t)i};
        explain_source(&explanation, &rule->parts[i].value);
        explanation.form.is_base = true;
        if (rule->kind != ITEM_COUNT)
            explain_source(&explanation, &rule->parts[i].base);
    }
    arena_release(&explanation.scratch);
    qsort_r(rows, list.count, sizeof(*rows), compare, &explanation);
    list.rows = arena_alloc(arena, list.count * sizeof(*rows));
    if (list.rows) {
        memcpy(list.rows, rows, list.count * sizeof(*rows));
    } else {
        list.left_out += list.count;
        list.count = 0;
    }
    free(rows);
    *out = list;
}
