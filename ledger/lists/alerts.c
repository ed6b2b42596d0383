/* alerts.c - the lists beyond the six gaps: their names, and which rule makes which. See gaps.h. */
#include "ledger/lists/alerts.h"

const struct alert alerts[ALERT_CLASSES] = {
    [ALERT_NEGOTIATING_TO_SIGN] = {"NEGOTIATING_TO_SIGN", "在谈未签约",
                                   .project = alert_negotiating_to_sign},
    [ALERT_SIGNED_TO_LAND] = {"SIGNED_TO_LAND", "签约未落地", .project = alert_signed_to_land},
    [ALERT_FOREIGN_NOT_EFFECTIVE] = {"FOREIGN_NOT_EFFECTIVE", "外资未见效",
                                     .project = alert_foreign_not_effective},
    [ALERT_BUILDING_TO_PRODUCE] = {"BUILDING_TO_PRODUCE", "在建未投产",
                                   .project = alert_building_to_produce},
    [ALERT_SHELVED] = {"SHELVED", "搁置", .project = alert_shelved},
    [ALERT_LAND_NOT_STARTED] = {"LAND_NOT_STARTED", "拿地未开工",
                                .project = alert_land_not_started},
    [ALERT_MANY_CONTACTS_NO_PROGRESS] = {"MANY_CONTACTS_NO_PROGRESS", "久谈不进",
                                         .lead = alert_many_contacts},
    [ALERT_LARGE_INDUSTRY_NOT_LANDED] = {"LARGE_INDUSTRY_NOT_LANDED", "亿元以上工业项目签约未落地",
                                         .project = alert_large_industry},
    [ALERT_STARTED_BEFORE_APPROVAL] = {"STARTED_BEFORE_APPROVAL", "未批先建",
                                       .project = alert_started_before_approval},
    [ALERT_SUPERVISED] = {"SUPERVISED", "挂牌督办", .subject = alert_supervised},
    [ALERT_TEAM_CHANGED_MID_LEAD] = {"TEAM_CHANGED_MID_LEAD", "小分队换人未交接",
                                     .subject = alert_lead_left, .lead = alert_team_changed},
    [ALERT_TRIP_WITHOUT_LEAD] = {"TRIP_WITHOUT_LEAD", "外出无项目",
                                 .unit = alert_trip_without_lead},
    [ALERT_TRIP_NO_FOLLOW_UP] = {"TRIP_NO_FOLLOW_UP", "外出无后续",
                                 .lead = alert_trip_not_followed},
    [ALERT_COMMITMENT_OVERDUE] = {"COMMITMENT_OVERDUE", "承诺未兑现",
                                  .subject = alert_commitment_of_subject,
                                  .unit = alert_commitment_of_unit},
    [ALERT_OBSTACLE_OVERDUE] = {"OBSTACLE_OVERDUE", "问题逾期", .subject = alert_obstacle_overdue},
    [ALERT_SILENT] = {"SILENT", "久无动静", .project = alert_silent},
    [ALERT_INSTRUCTION_OVERDUE] = {"INSTRUCTION_OVERDUE", "批示逾期",
                                   .subject = alert_instruction_of_subject,
                                   .unit = alert_instruction_of_unit},
    [ALERT_YEAR_PLAN_BEHIND] = {"YEAR_PLAN_BEHIND", "年度计划未达时序",
                                .project = alert_year_plan_behind},
    [ALERT_OBSTACLE_NO_SOLUTION] = {"OBSTACLE_NO_SOLUTION", "有问题无对策",
                                    .subject = alert_obstacle_no_solution},
};

const char *alert_id(enum alert_class class)
{
    return alerts[class].id;
}

const char *alert_name(enum alert_class class)
{
    return alerts[class].name;
}

bool alert_of_id(struct bytes id, enum alert_class *out)
{
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        if (bytes_equal_text(id, alerts[i].id)) {
            *out = (enum alert_class)i;
            return true;
        }
    }
    return false;
}

static void scan_leads(struct gap_scan *scan, gap_lead_rule *rule)
{
    CLEANUP(buffer_release) struct buffer touches = {0}, departures = {0};
    size_t count = touches_gather_all(scan, &touches);
    for (size_t i = 0; i < ledger_unit_count(scan->ledger); i++) {
        arena_reset(&scan->scratch);
        departures_of_unit(scan, i, &departures);
    }
    const struct touch *rows = (const struct touch *)(const void *)touches.data;
    struct lead_contacts lead = {.departures =
                                     (const struct departure *)(const void *)departures.data,
                                 .departure_count = departures.size / sizeof(struct departure)};
    for (size_t i = 0, end; i < count; i = end) {
        end = touches_end(rows, count, i);
        lead.rows = &rows[i];
        lead.count = end - i;
        arena_reset(&scan->scratch);
        rule(scan, &lead);
    }
}

void alert_list_make(const struct ledger *ledger, const struct view *view, enum alert_class class,
                     size_t unit, struct arena *arena, struct gap_list *out)
{
    const struct alert *alert = &alerts[class];
    struct gap_scan scan;
    gap_scan_init(&scan, ledger, view, unit, arena);
    if (alert->project)
        gap_scan_projects(&scan, alert->project);
    if (alert->subject)
        gap_scan_subjects(&scan, alert->subject);
    if (alert->unit)
        gap_scan_units(&scan, alert->unit);
    if (alert->lead)
        scan_leads(&scan, alert->lead);
    gap_scan_end(&scan, out);
}

void alert_add_subject(struct gap_scan *scan, size_t subject, int32_t since, uint64_t position)
{
    struct project_view place;
    const struct project_view *project = gap_scan_see(scan, subject, &place);
    if (project) {
        gap_scan_add_project(scan, project, since, position);
        return;
    }
    uint16_t unit = ledger_subject_unit(scan->ledger, subject);
    struct gap_row row = {.subject = subject,
                          .unit = unit,
                          .since = since,
                          .owner = gap_unit_name(scan, unit),
                          .position = position};
    gap_scan_add(scan, &row);
}

int32_t alert_last_day(const struct gap_scan *scan, size_t subject, uint64_t *position)
{
    struct ledger_walk walk = ledger_walk_subject(scan->ledger, subject, scan->view->known_at);
    const struct assertion *assertion = NULL;
    int32_t last = DAY_NONE;
    while ((assertion = ledger_next(&walk))) {
        bool is_later = last == DAY_NONE || assertion->day > last;
        if (assertion->kind == EVENT_CORRECTION || assertion->day > scan->view->as_of || !is_later)
            continue;
        last = assertion->day;
        *position = assertion->position;
    }
    return last;
}
