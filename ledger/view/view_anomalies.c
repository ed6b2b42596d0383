/* view_anomalies.c - what looks wrong is flagged with a reason and counted all the same. */
#include "ledger/view/view_parts.h"

static const struct anomaly_row {
    enum anomaly anomaly;
    const char *id, *text;
} rows[] = {
    {ANOMALY_STARTED_BEFORE_SIGNED, "STARTED_BEFORE_SIGNED", "开工早于签约"},
    {ANOMALY_FUNDS_ABOVE_CONTRACT, "FUNDS_ABOVE_CONTRACT", "到位资金超过总投资"},
    {ANOMALY_PRODUCING_BEFORE_COMPLETED, "PRODUCING_BEFORE_COMPLETED", "投产早于竣工"},
    {ANOMALY_DAY_IN_FUTURE, "DAY_IN_FUTURE", "日期晚于入账日"},
    {ANOMALY_DISPUTED_MILESTONE, "DISPUTED_MILESTONE", "同一节点各部门日期不一"},
    {ANOMALY_MASKED_AMOUNT, "MASKED_AMOUNT", "金额未公开,未计入"},
    {ANOMALY_STARTED_BEFORE_APPROVAL, "STARTED_BEFORE_APPROVAL", "未批先建"},
    {ANOMALY_MISPLACED, "MISPLACED", "信封与内容不符"},
    {ANOMALY_CUMULATIVE_FELL, "CUMULATIVE_FELL", "累计到位资金减少"},
    {ANOMALY_SKIPPED_MILESTONE, "SKIPPED_MILESTONE", "后一节点已到,前一节点无日期"},
    {ANOMALY_NESTED_FUNDS, "NESTED_FUNDS", "省外与市外省内资金之和超过市外资金"},
    {ANOMALY_UNREGISTERED, "UNREGISTERED", "项目未登记"},
    {ANOMALY_AMOUNT_OUT_OF_RANGE, "AMOUNT_OUT_OF_RANGE", "金额为负或过大,未计入"},
    {ANOMALY_NO_EXCHANGE_RATE, "NO_EXCHANGE_RATE", "外币无汇率,未计入"},
    {ANOMALY_TOO_MANY, "TOO_MANY", "记录过多,未全部计入"},
};

const char *anomaly_text(enum anomaly anomaly)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        if (rows[i].anomaly == anomaly)
            return rows[i].text;
    }
    return "";
}

const char *anomaly_id(enum anomaly anomaly)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        if (rows[i].anomaly == anomaly)
            return rows[i].id;
    }
    return "";
}

static bool is_before(const struct project_view *project, enum milestone left, enum milestone right)
{
    return view_reached(project, left) && view_reached(project, right) &&
           project->milestones[left].day < project->milestones[right].day;
}

/* A later step of the main line reached, and this one not. Partial production needs no completion.
 */
static bool is_skipped(const struct project_view *project)
{
    static const enum milestone line[] = {MILESTONE_CONTRACT_SIGNED, MILESTONE_STARTED,
                                          MILESTONE_COMPLETED,       MILESTONE_PRODUCING,
                                          MILESTONE_ABOVE_SCALE,     MILESTONE_FULL_CAPACITY};
    bool has_gap = false;
    for (size_t i = 0; i < ARRAY_LENGTH(line); i++) {
        bool is_reached = view_reached(project, line[i]);
        if (is_reached && has_gap)
            return true;
        bool is_excused =
            line[i] == MILESTONE_COMPLETED && project->milestones[MILESTONE_PRODUCING].partial;
        has_gap |= !is_reached && !is_excused;
    }
    return false;
}

static bool is_started_before_approval(const struct view_work *work)
{
    int32_t started = work->out->milestones[MILESTONE_STARTED].day;
    for (size_t i = 0; started != DAY_NONE && i < work->approval_count; i++) {
        int32_t passed = work->approvals[i].passed;
        if (passed == DAY_NONE || passed > started)
            return true;
    }
    return false;
}

void anomalies_settle(struct view_work *work)
{
    const struct project_view *project = work->out;
    const struct amount_view *received = &project->received[ORIGIN_NONE];
    if (is_before(project, MILESTONE_STARTED, MILESTONE_CONTRACT_SIGNED))
        view_flag(work, ANOMALY_STARTED_BEFORE_SIGNED);
    if (is_before(project, MILESTONE_PRODUCING, MILESTONE_COMPLETED) &&
        !project->milestones[MILESTONE_PRODUCING].partial)
        view_flag(work, ANOMALY_PRODUCING_BEFORE_COMPLETED);
    if (received->known && project->planned_total.known &&
        received->yuan > project->planned_total.yuan)
        view_flag(work, ANOMALY_FUNDS_ABOVE_CONTRACT);
    if (is_skipped(project))
        view_flag(work, ANOMALY_SKIPPED_MILESTONE);
    if (is_started_before_approval(work))
        view_flag(work, ANOMALY_STARTED_BEFORE_APPROVAL);
}
