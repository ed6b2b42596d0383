/* alerts.c - the lists beyond the six gaps: their names, and which rule makes which. See gaps.h. */
#include "ledger/lists/alerts.h"

struct alert {
    const char *id, *name;
    gap_project_rule *project;
    gap_index_rule *subject, *unit;
    void (*whole)(struct gap_scan *scan);
};

static const struct alert alerts[ALERT_CLASSES] = {
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
                                         .whole = alert_many_contacts},
    [ALERT_LARGE_INDUSTRY_NOT_LANDED] = {"LARGE_INDUSTRY_NOT_LANDED", "亿元以上工业项目签约未落地",
                                         .project = alert_large_industry},
    [ALERT_STARTED_BEFORE_APPROVAL] = {"STARTED_BEFORE_APPROVAL", "未批先建",
                                       .project = alert_started_before_approval},
    [ALERT_SUPERVISED] = {"SUPERVISED", "挂牌督办", .subject = alert_supervised},
    [ALERT_TEAM_CHANGED_MID_LEAD] = {"TEAM_CHANGED_MID_LEAD", "小分队换人未交接",
                                     .whole = alert_team_changed},
    [ALERT_TRIP_WITHOUT_LEAD] = {"TRIP_WITHOUT_LEAD", "外出无项目",
                                 .whole = alert_trips_without_lead},
    [ALERT_TRIP_NO_FOLLOW_UP] = {"TRIP_NO_FOLLOW_UP", "外出无后续",
                                 .whole = alert_trips_without_follow_up},
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
    if (alert->whole)
        alert->whole(&scan);
    gap_scan_end(&scan, out);
}

/* What the rules of each class make of one subject. view: of projects that count in figures. */
static void look_at(struct gap_scan scans[ALERT_CLASSES], size_t subject,
                    const struct project_view *project)
{
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        if (alerts[i].project && project) {
            arena_reset(&scans[i].scratch);
            alerts[i].project(&scans[i], project);
        }
        if (alerts[i].subject) {
            arena_reset(&scans[i].scratch);
            alerts[i].subject(&scans[i], subject);
        }
    }
}

void alert_lists_make(const struct ledger *ledger, const struct view *view, size_t unit,
                      const struct project_watch *watch, struct arena *arena,
                      struct gap_list out[ALERT_CLASSES])
{
    struct gap_scan scans[ALERT_CLASSES], whole;
    struct project_view project;
    gap_scan_init(&whole, ledger, view, unit, arena);
    for (size_t i = 0; i < ALERT_CLASSES; i++)
        gap_scan_init(&scans[i], ledger, view, unit, arena);
    for (size_t i = 0; i < ledger_subject_count(ledger); i++) {
        if (!gap_is_wanted(&whole, ledger_subject_unit(ledger, i)))
            continue;
        arena_reset(&whole.scratch);
        bool counts =
            project_view_make(ledger, i, view, &whole.scratch, &project) && !project.excluded;
        look_at(scans, i, counts ? &project : NULL);
        if (counts && watch)
            watch->see(watch->context, &project);
    }
    struct gap_list nothing;
    gap_scan_end(&whole, &nothing);
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        if (alerts[i].unit)
            gap_scan_units(&scans[i], alerts[i].unit);
        if (alerts[i].whole)
            alerts[i].whole(&scans[i]);
        gap_scan_end(&scans[i], &out[i]);
    }
}

void alert_add_subject(struct gap_scan *scan, size_t subject, int32_t since, uint64_t position)
{
    struct project_view project;
    if (project_view_make(scan->ledger, subject, scan->view, &scan->scratch, &project)) {
        gap_scan_add_project(scan, &project, since, position);
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
