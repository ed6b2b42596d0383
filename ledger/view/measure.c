/* measure.c - the measures' names, and what one project adds to each; see measure.h. */
#include "ledger/view/measure.h"

#include "ledger/view/percent.h"

static const struct measure_row {
    const char *id, *name;
    bool is_amount;
} rows[MEASURES] = {
    [MEASURE_NONE] = {"NONE", "", false},
    [MEASURE_SIGNED] = {"SIGNED", "签约项目", false},
    [MEASURE_PERFORMING] = {"PERFORMING", "签约未终止项目", false},
    [MEASURE_PERFORMING_SAID] = {"PERFORMING_SAID", "履约项目", false},
    [MEASURE_TERMINATED] = {"TERMINATED", "终止项目", false},
    [MEASURE_LANDED] = {"LANDED", "落地项目", false},
    [MEASURE_STARTED] = {"STARTED", "开工项目", false},
    [MEASURE_PLANNED_STARTS] = {"PLANNED_STARTS", "本期计划开工项目", false},
    [MEASURE_STARTED_IN_PERIOD] = {"STARTED_IN_PERIOD", "本期开工项目", false},
    [MEASURE_COMPLETED] = {"COMPLETED", "竣工项目", false},
    [MEASURE_PRODUCING] = {"PRODUCING", "投产项目", false},
    [MEASURE_ON_CHAIN] = {"ON_CHAIN", "产业链上新项目", false},
    [MEASURE_NEW_PROJECTS] = {"NEW_PROJECTS", "新项目", false},
    [MEASURE_CONTRACT] = {"CONTRACT", "合同投资总额", true},
    [MEASURE_RECEIVED] = {"RECEIVED", "累计到位资金", true},
    [MEASURE_RECEIVED_IN_PERIOD] = {"RECEIVED_IN_PERIOD", "本期到位资金", true},
    [MEASURE_YEAR_PLAN] = {"YEAR_PLAN", "当年计划到位资金", true},
    [MEASURE_FIXED_FORMED] = {"FIXED_FORMED", "形成固定资产投资", true},
    [MEASURE_RECEIVED_THIS_YEAR] = {"RECEIVED_THIS_YEAR", "当年到位资金", true},
    [MEASURE_VERIFIED] = {"VERIFIED", "核实到位资金", true},
};

const char *measure_id(enum measure measure)
{
    return rows[measure].id;
}

const char *measure_name(enum measure measure)
{
    return rows[measure].name;
}

bool measure_is_amount(enum measure measure)
{
    return rows[measure].is_amount;
}

bool measure_of_id(struct bytes id, enum measure *out)
{
    for (int i = MEASURE_NONE + 1; i < MEASURES; i++) {
        if (bytes_equal_text(id, rows[i].id)) {
            *out = (enum measure)i;
            return true;
        }
    }
    return false;
}

bool measure_day_within(int32_t day, const struct measure_period *period)
{
    return day != DAY_NONE && day <= period->as_of &&
           (period->from == DAY_NONE || day >= period->from);
}

static int32_t year_start(int32_t day)
{
    int year = 0, month = 0, day_of_month = 0;
    int32_t start = day;
    day_to_civil(day, &year, &month, &day_of_month);
    return day_from_civil(year, 1, 1, &start) == OK ? start : day;
}

bool project_is_carried_over(const struct project_view *project, int32_t as_of)
{
    int32_t signed_on = project->milestones[MILESTONE_CONTRACT_SIGNED].day;
    return project->carried_over || (signed_on != DAY_NONE && signed_on < year_start(as_of));
}

void measure_add(struct measures *measures, enum measure measure, int64_t value)
{
    measures->values[measure] = sum_saturating(measures->values[measure], value);
}

static int64_t received_by(const struct project_view *project, int32_t day)
{
    struct amount_view received[ORIGINS];
    project_received_at(project, day, received);
    return received[ORIGIN_NONE].yuan;
}

/* What has happened to those signed within the period. */
static void add_cohort(struct measures *measures, const struct project_view *project,
                       const struct measure_period *period)
{
    static const struct {
        enum milestone milestone;
        enum measure measure;
    } reached[] = {
        {MILESTONE_PERFORMING, MEASURE_PERFORMING_SAID},
        {MILESTONE_TERMINATED, MEASURE_TERMINATED},
        {MILESTONE_LANDED, MEASURE_LANDED},
        {MILESTONE_STARTED, MEASURE_STARTED},
        {MILESTONE_COMPLETED, MEASURE_COMPLETED},
        {MILESTONE_PRODUCING, MEASURE_PRODUCING},
    };
    bool is_new = !project_is_carried_over(project, period->as_of);
    measure_add(measures, MEASURE_SIGNED, 1);
    measure_add(measures, MEASURE_PERFORMING, !view_reached(project, MILESTONE_TERMINATED));
    for (size_t i = 0; i < ARRAY_LENGTH(reached); i++)
        measure_add(measures, reached[i].measure, view_reached(project, reached[i].milestone));
    measure_add(measures, MEASURE_NEW_PROJECTS, is_new);
    measure_add(measures, MEASURE_ON_CHAIN, is_new && project->chain.size > 0);
    measure_add(measures, MEASURE_CONTRACT, project->planned_total.yuan);
    measure_add(measures, MEASURE_RECEIVED, project->received[ORIGIN_NONE].yuan);
    measure_add(measures, MEASURE_FIXED_FORMED, project->fixed_formed.yuan);
    measure_add(measures, MEASURE_VERIFIED, project->verified.yuan);
}

void measures_add(struct measures *measures, const struct project_view *project,
                  const struct measure_period *period)
{
    int64_t received = project->received[ORIGIN_NONE].yuan;
    int64_t before = period->from == DAY_NONE ? 0 : received_by(project, period->from - 1);
    if (measure_day_within(project->milestones[MILESTONE_CONTRACT_SIGNED].day, period))
        add_cohort(measures, project, period);
    measure_add(measures, MEASURE_STARTED_IN_PERIOD,
                measure_day_within(project->milestones[MILESTONE_STARTED].day, period));
    measure_add(measures, MEASURE_YEAR_PLAN, project->year_plan.yuan);
    measure_add(measures, MEASURE_RECEIVED_IN_PERIOD, received - before);
    measure_add(measures, MEASURE_RECEIVED_THIS_YEAR,
                received - received_by(project, year_start(period->as_of) - 1));
}
