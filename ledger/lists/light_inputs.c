/* light_inputs.c - see light_inputs.h. */
#include "ledger/lists/light_inputs.h"

#include "ledger/fold/sayings.h"
#include "ledger/lists/gap_scan.h"
#include "ledger/view/calendar.h"

__extension__ typedef __int128 wide;

enum { HUNDREDTHS = 10000 /* of a percent, in one */ };

/* Half up, away from 0; divisor is above 0. */
static int64_t rounded(wide value, wide divisor)
{
    wide half = divisor / 2;
    wide quotient = (value < 0 ? value - half : value + half) / divisor;
    if (quotient > INT64_MAX)
        return INT64_MAX;
    return quotient < INT64_MIN ? INT64_MIN : (int64_t)quotient;
}

void light_inputs_pace(int64_t actual, int64_t target, struct time_pace pace,
                       struct light_inputs *out)
{
    if (target <= 0 || pace.whole <= 0)
        return;
    wide behind = (wide)actual * pace.whole - (wide)target * pace.done;
    light_input_set(out, LIGHT_PACE, rounded(behind * HUNDREDTHS, (wide)target * pace.whole));
    if (pace.done > 0)
        light_input_set(out, LIGHT_PACE_SHARE,
                        rounded(behind * HUNDREDTHS, (wide)target * pace.done));
}

void light_inputs_growth(int64_t after, int64_t before, struct growth_marks marks,
                         struct light_inputs *out)
{
    if (before <= 0)
        return;
    int64_t growth = rounded(((wide)after - before) * HUNDREDTHS, before);
    light_input_set(out, LIGHT_GROWTH, growth);
    light_input_set(out, LIGHT_GROWTH_OVER_PLAN, rounded((wide)growth - marks.plan_hundredths, 1));
    light_input_set(out, LIGHT_GROWTH_OVER_MEAN, rounded((wide)growth - marks.mean_hundredths, 1));
}

/* The day by which it was planned to start, by the newest plan that says so; DAY_NONE: none does.
 */
static int32_t due_day(const struct sayings *plans)
{
    for (size_t i = plans->count; i-- > 0;) {
        const struct plan_fact *fact = &plans->rows[i].event.plan;
        if (!bytes_equal_text(fact->metric, "started") &&
            !bytes_equal_text(fact->metric, "planned_starts"))
            continue;
        if (fact->to != DAY_NONE)
            return fact->to;
        int32_t from = fact->from != DAY_NONE ? fact->from : plans->rows[i].day;
        return fact->plan == PLAN_YEAR ? year_of_day(from).last : from;
    }
    return DAY_NONE;
}

static void add_months_due(struct ledger_walk walk, const struct project_view *project,
                           const struct view *view, struct light_inputs *out)
{
    CLEANUP(sayings_release) struct sayings plans = {0};
    sayings_collect(walk, EVENT_PLAN, view->as_of, NULL, &plans);
    sayings_sort(&plans);
    int32_t due = due_day(&plans);
    if (due == DAY_NONE)
        return;
    /* The month of as_of has ended on its last day (contract 3.4). */
    int32_t ended = month_of_day(view->as_of + 1) - 1;
    int32_t months = ended - month_of_day(due) + 1;
    bool has_started = gap_is_beyond(project, MILESTONE_CONTRACT_SIGNED);
    light_input_set(out, LIGHT_MONTHS_DUE, has_started || months < 0 ? 0 : months);
}

static void add_supervision(struct ledger_walk walk, const struct view *view,
                            struct light_inputs *out)
{
    CLEANUP(sayings_release) struct sayings steps = {0};
    sayings_collect(walk, EVENT_SUPERVISION, view->as_of, NULL, &steps);
    sayings_sort(&steps);
    int64_t reminded = 0, missed = 0;
    for (size_t i = 0; i < steps.count; i++) {
        const struct supervision_fact *fact = &steps.rows[i].event.supervision;
        if (fact->step == SUPERVISION_CHECKED) {
            reminded = missed = 0;
            continue;
        }
        reminded = 1;
        missed += fact->due != DAY_NONE && view->as_of > fact->due;
    }
    light_input_set(out, LIGHT_REMINDED, reminded);
    light_input_set(out, LIGHT_DEADLINES_MISSED, missed);
}

void light_inputs_project(const struct ledger *ledger, const struct project_view *project,
                          const struct view *view, struct light_inputs *out)
{
    struct ledger_walk walk = ledger_walk_subject(ledger, project->subject, view->known_at);
    add_months_due(walk, project, view, out);
    add_supervision(walk, view, out);
    light_input_set(out, LIGHT_EXCUSED, 0);
    light_input_set(out, LIGHT_IN_LIBRARY, view_reached(project, MILESTONE_IN_LIBRARY));
    if (view_reached(project, MILESTONE_STARTED))
        light_input_set(out, LIGHT_MONTHS_EXCEEDED,
                        months_exceeded(project->milestones[MILESTONE_STARTED].day, view->as_of));
}

const struct light_rules *light_rules_at(const struct ledger *ledger, const char *id,
                                         struct rule_moment moment, struct arena *arena)
{
    struct city_rule rule;
    struct problem problem = {0};
    const struct light_rules *rules = NULL;
    if (city_rule_find(ledger, DEFINITION_LIGHTS, id, moment, arena, &rule) &&
        light_rules_parse(rule.content, arena, &rules, &problem) == OK)
        return rules;
    return light_rules_find(bytes_of_text(id));
}

static void add_set(const struct light_rules *rules, struct light_sets *out)
{
    if (rules)
        out->rows[out->count++].rules = rules;
}

void light_sets_at(const struct ledger *ledger, struct rule_moment moment, struct arena *arena,
                   struct light_sets *out)
{
    struct city_rule_names names = {0};
    *out = (struct light_sets){0};
    out->truncated = city_rule_names_find(ledger, DEFINITION_LIGHTS, moment, arena, &names) != OK;
    out->rows = arena_alloc(arena, (light_rules_shipped_count + names.count) * sizeof(*out->rows));
    if (!out->rows) {
        out->truncated = true;
        return;
    }
    for (size_t i = 0; i < light_rules_shipped_count; i++)
        add_set(light_rules_at(ledger, light_rules_shipped[i].id, moment, arena), out);
    for (size_t i = 0; i < names.count; i++) { /* arena_copy ends a name with a NUL */
        if (!light_rules_find(names.names[i]))
            add_set(light_rules_at(ledger, (const char *)names.names[i].data, moment, arena), out);
    }
}
