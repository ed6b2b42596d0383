/*
 * alerts_project.c - the rules about one project. Each begins with the day that opened it and says
 * in its reason which rule put it there.
 */
#include "ledger/fold/sayings.h"
#include "ledger/lists/alerts.h"
#include "ledger/view/calendar.h"
#include "ledger/view/definitions.h"

static bool is_live(const struct project_view *project)
{
    return !view_reached(project, MILESTONE_TERMINATED);
}

static bool is_signed(const struct project_view *project)
{
    return view_reached(project, MILESTONE_CONTRACT_SIGNED);
}

static bool is_started(const struct project_view *project)
{
    return gap_is_beyond(project, MILESTONE_CONTRACT_SIGNED);
}

/* As the city defines 落地; who has started is past that question. */
static bool is_landed(const struct gap_scan *scan, const struct project_view *project)
{
    const struct definitions *definitions = scan->view->definitions;
    enum milestone landed =
        definitions ? (enum milestone)definitions->landed_milestone : MILESTONE_LANDED;
    return view_reached(project, landed) || is_started(project);
}

static void add_since_milestone(struct gap_scan *scan, const struct project_view *project,
                                enum milestone milestone)
{
    const struct milestone_view *row = &project->milestones[milestone];
    gap_scan_add_project(scan, project, row->day, row->position);
}

void alert_negotiating_to_sign(struct gap_scan *scan, const struct project_view *project)
{
    static const enum milestone talks[] = {MILESTONE_NEGOTIATING, MILESTONE_INTENT_SIGNED,
                                           MILESTONE_FRAMEWORK_SIGNED};
    if (!is_live(project) || is_signed(project) || is_started(project))
        return;
    enum milestone first = MILESTONE_NONE;
    for (size_t i = 0; i < ARRAY_LENGTH(talks); i++) {
        if (view_reached(project, talks[i]) &&
            (first == MILESTONE_NONE ||
             project->milestones[talks[i]].day < project->milestones[first].day))
            first = talks[i];
    }
    if (first == MILESTONE_NONE ||
        !gap_is_due(scan, project->milestones[first].day, scan->rules.negotiating_days))
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "%s 起在谈，满 %d 天未签正式合同", day_text(project->milestones[first].day, day),
            (int)scan->rules.negotiating_days);
    add_since_milestone(scan, project, first);
}

void alert_signed_to_land(struct gap_scan *scan, const struct project_view *project)
{
    int32_t since = project->milestones[MILESTONE_CONTRACT_SIGNED].day;
    if (!is_live(project) || !is_signed(project) || is_landed(scan, project) ||
        !gap_is_due(scan, since, scan->rules.signed_days))
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "签约于 %s，满 %d 天未落地", day_text(since, day), (int)scan->rules.signed_days);
    add_since_milestone(scan, project, MILESTONE_CONTRACT_SIGNED);
}

static bool has_arrived(const struct amount_view *amount)
{
    return amount->masked || (amount->known && amount->yuan > 0);
}

void alert_foreign_not_effective(struct gap_scan *scan, const struct project_view *project)
{
    int32_t since = project->milestones[MILESTONE_CONTRACT_SIGNED].day;
    if (!is_live(project) || project->origin != ORIGIN_OVERSEAS || !is_signed(project) ||
        has_arrived(&project->received[ORIGIN_OVERSEAS]) || has_arrived(&project->fdi_used) ||
        !gap_is_due(scan, since, scan->rules.signed_days))
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "外资项目签约于 %s，满 %d 天境外资金未到位", day_text(since, day),
            (int)scan->rules.signed_days);
    add_since_milestone(scan, project, MILESTONE_CONTRACT_SIGNED);
}

void alert_building_to_produce(struct gap_scan *scan, const struct project_view *project)
{
    if (!is_live(project) || !view_reached(project, MILESTONE_STARTED) ||
        gap_is_beyond(project, MILESTONE_COMPLETED))
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "开工于 %s，至今未投产",
            day_text(project->milestones[MILESTONE_STARTED].day, day));
    add_since_milestone(scan, project, MILESTONE_STARTED);
}

/* A step of the main line after it is its end. */
void alert_shelved(struct gap_scan *scan, const struct project_view *project)
{
    static const enum milestone resumed_by[] = {MILESTONE_CONTRACT_SIGNED, MILESTONE_STARTED,
                                                MILESTONE_COMPLETED,       MILESTONE_PRODUCING,
                                                MILESTONE_ABOVE_SCALE,     MILESTONE_FULL_CAPACITY};
    int32_t since = project->milestones[MILESTONE_SHELVED].day;
    if (!is_live(project) || !view_reached(project, MILESTONE_SHELVED))
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(resumed_by); i++) {
        if (view_reached(project, resumed_by[i]) && project->milestones[resumed_by[i]].day > since)
            return;
    }
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "%s 搁置，至今未恢复", day_text(since, day));
    add_since_milestone(scan, project, MILESTONE_SHELVED);
}

/* The first day on which the land was its own; DAY_NONE: never, or it was taken back. */
static int32_t land_day(struct gap_scan *scan, const struct project_view *project,
                        uint64_t *position)
{
    const struct milestone_view *acquired = &project->milestones[MILESTONE_LAND_ACQUIRED];
    int32_t day = acquired->day;
    *position = acquired->position;
    CLEANUP(sayings_release) struct sayings sayings = {0};
    sayings_collect(ledger_walk_subject(scan->ledger, project->subject, scan->view->known_at),
                    EVENT_LAND, scan->view->as_of, &scan->scratch, &sayings);
    sayings_sort(&sayings);
    for (size_t i = 0; i < sayings.count; i++) {
        int32_t land = sayings.rows[i].event.land.land;
        if (land == LAND_RECLAIMED)
            day = DAY_NONE;
        bool is_taken = land == LAND_AUCTIONED || land == LAND_CONTRACTED ||
                        land == LAND_DELIVERED || land == LAND_CERTIFIED;
        if (!is_taken || (day != DAY_NONE && day <= sayings.rows[i].day))
            continue;
        day = sayings.rows[i].day;
        *position = sayings.rows[i].position;
    }
    return day;
}

void alert_land_not_started(struct gap_scan *scan, const struct project_view *project)
{
    if (!is_live(project) || is_started(project))
        return;
    uint64_t position;
    int32_t since = land_day(scan, project, &position);
    if (!gap_is_due(scan, since, scan->rules.land_not_started_days))
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "%s 拿地，满 %d 天未开工", day_text(since, day),
            (int)scan->rules.land_not_started_days);
    gap_scan_add_project(scan, project, since, position);
}

/* By GB/T 4754 (sections B, C, D; divisions 06 to 46) where a code is given, else by the words that
 * localities use for manufacturing. */
static bool is_industrial(const struct project_view *project)
{
    static const char *const words[] = {"工业", "制造", "加工", "装备", "化工",     "建材",
                                        "冶金", "采矿", "汽车", "纺织", "电子信息", "新材料"};
    struct bytes code = project->industry_code, name = project->industry;
    if (code.size > 0 && code.data[0] >= 'A' && code.data[0] <= 'T')
        return code.data[0] >= 'B' && code.data[0] <= 'D';
    if (code.size >= 2) {
        int division = (code.data[0] - '0') * 10 + code.data[1] - '0';
        return division >= 6 && division <= 46;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(words) && name.size > 0; i++) {
        if (memmem(name.data, name.size, words[i], strlen(words[i])))
            return true;
    }
    return false;
}

void alert_large_industry(struct gap_scan *scan, const struct project_view *project)
{
    if (!is_live(project) || !is_signed(project) || is_landed(scan, project) ||
        !is_industrial(project) || !project->planned_total.known ||
        project->planned_total.yuan < scan->rules.large_yuan)
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "总投资 %lld 万元的工业项目，签约于 %s，至今未落地",
            (long long)(project->planned_total.yuan / 10000),
            day_text(project->milestones[MILESTONE_CONTRACT_SIGNED].day, day));
    add_since_milestone(scan, project, MILESTONE_CONTRACT_SIGNED);
}

static struct bytes step_of(const struct event *event)
{
    return event->approval.step;
}

/* Which step had not passed by the start; empty: the events name none. */
static struct bytes missing_step(struct gap_scan *scan, const struct project_view *project)
{
    int32_t started = project->milestones[MILESTONE_STARTED].day;
    CLEANUP(sayings_release) struct sayings sayings = {0};
    sayings_gather(ledger_walk_subject(scan->ledger, project->subject, scan->view->known_at),
                   EVENT_APPROVAL, scan->view->as_of, &scan->scratch, step_of, &sayings);
    for (size_t i = 0, end; i < sayings.count; i = end) {
        bool has_passed = false;
        end = sayings_group_end(&sayings, i);
        for (size_t j = i; j < end; j++)
            has_passed =
                has_passed || (sayings.rows[j].event.approval.result == APPROVAL_RESULT_PASSED &&
                               sayings.rows[j].day <= started);
        if (!has_passed)
            return sayings.rows[i].key;
    }
    return BYTES_NONE;
}

void alert_started_before_approval(struct gap_scan *scan, const struct project_view *project)
{
    if (!is_live(project) || !view_reached(project, MILESTONE_STARTED) ||
        (project->anomalies & ANOMALY_STARTED_BEFORE_APPROVAL) == 0)
        return;
    char day[DAY_TEXT_SIZE];
    struct bytes step = missing_step(scan, project);
    GAP_WHY(scan, "开工于 %s，当日%s%.*s%s尚未通过",
            day_text(project->milestones[MILESTONE_STARTED].day, day), step.size > 0 ? "“" : "审批",
            TEXT_ARGUMENTS(step), step.size > 0 ? "”" : "");
    add_since_milestone(scan, project, MILESTONE_STARTED);
}

/* Of the newest note that names a next day; DAY_NONE: none does. */
static int32_t next_action(struct gap_scan *scan, const struct project_view *project)
{
    CLEANUP(sayings_release) struct sayings sayings = {0};
    sayings_collect(ledger_walk_subject(scan->ledger, project->subject, scan->view->known_at),
                    EVENT_NOTE, scan->view->as_of, &scan->scratch, &sayings);
    sayings_sort(&sayings);
    for (size_t i = sayings.count; i-- > 0;) {
        if (sayings.rows[i].event.note.next_action != DAY_NONE)
            return sayings.rows[i].event.note.next_action;
    }
    return DAY_NONE;
}

/* A day set for the next step holds the silence off until it has passed without any event. */
void alert_silent(struct gap_scan *scan, const struct project_view *project)
{
    if (!is_live(project) || view_reached(project, MILESTONE_FULL_CAPACITY) ||
        view_reached(project, MILESTONE_SHELVED) || view_reached(project, MILESTONE_TRANSFERRED))
        return;
    uint64_t position = 0;
    char day[DAY_TEXT_SIZE];
    int32_t last = alert_last_day(scan, project->subject, &position);
    int32_t next = next_action(scan, project);
    if (next != DAY_NONE && next > last) {
        if (scan->view->as_of <= next)
            return;
        GAP_WHY(scan, "原定 %s 再跟进，至今无动静", day_text(next, day));
        gap_scan_add_project(scan, project, next, position);
        return;
    }
    if (!gap_is_due(scan, last, scan->rules.silent_days))
        return;
    GAP_WHY(scan, "%s 以来满 %d 天无任何事件", day_text(last, day), (int)scan->rules.silent_days);
    gap_scan_add_project(scan, project, last, position);
}

static int64_t received_by(const struct project_view *project, int32_t day)
{
    struct amount_view received[ORIGINS];
    project_received_at(project, day, received);
    return received[0].known ? received[0].yuan : 0;
}

/* What the year's plan asks by the end of a month is its share of the year (序时); behind since the
 * first of the months in a row whose end found it below that. */
void alert_year_plan_behind(struct gap_scan *scan, const struct project_view *project)
{
    int32_t month = month_of_day(scan->view->as_of);
    int done = months_done(scan->view->as_of);
    int32_t january = month - month_of_year(month) + 1, since = DAY_NONE;
    if (!is_live(project) || !project->year_plan.known || project->year_plan.yuan <= 0)
        return;
    int64_t before = received_by(project, month_first_day(january) - 1);
    for (int months = done; months > 0; months--) {
        int32_t end = month_last_day(january + months - 1);
        int64_t arrived = received_by(project, end) - before;
        if ((__int128)arrived * 12 >= (__int128)project->year_plan.yuan * months)
            break;
        since = end;
    }
    if (since == DAY_NONE)
        return;
    GAP_WHY(
        scan, "年度计划到位 %lld 万元，前 %d 个月应到 %lld 万元，实到 %lld 万元",
        (long long)wan_of_yuan(project->year_plan.yuan), done,
        (long long)wan_of_yuan((int64_t)((__int128)project->year_plan.yuan * done / 12)),
        (long long)wan_of_yuan(received_by(project, month_last_day(january + done - 1)) - before));
    gap_scan_add_project(scan, project, since, 0);
}
