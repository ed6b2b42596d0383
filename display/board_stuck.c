/* board_stuck.c - what is stuck: the six gaps with their ages, the alerts, and the projects on a
 * supervised list with their sponsor leaders. */
#include "display/board_limits.h"
#include "display/board_parts.h"
#include "ledger/lists/assignments.h"

/* ---- gaps ---- */

json_t *gaps_json(struct board_work *work)
{
    json_t *out = json_array();
    int32_t limits[GAP_CLASSES];
    struct rule_moment moment = {work->view.as_of, work->view.known_at};
    board_gap_limits(work->ledger, moment, work->arena, limits);
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        const struct gap_sum *gap = &work->walk.gaps[i];
        const int32_t *ages = (const int32_t *)(const void *)gap->ages.data;
        int64_t shown = gap->count < GAP_AGES_MAX ? gap->count : GAP_AGES_MAX;
        json_t *one = json_object(), *ticks = json_array();
        for (int64_t at = 0; at < shown; at++)
            report_append(ticks, json_integer(ages[at]));
        set_text(one, "id", gap_id((enum gap_class)i));
        set_text(one, "name", gap_name((enum gap_class)i));
        set_count(one, "count", gap->count);
        set_count(one, "limit_days", limits[i]);
        set_count(one, "over_limit", gap->over_limit);
        report_set(one, "longest_days", gap->count > 0 ? json_integer(gap->longest) : json_null());
        report_set(one, "ages", ticks);
        set_count(one, "ages_left_out", gap->count - shown);
        set_text(one, "definition", gap_definition((enum gap_class)i));
        report_append(out, one);
    }
    return out;
}

/* ---- alerts ---- */

/* Bad: a rule was broken, or a day that somebody had named has passed. The others are slow. */
static const bool is_bad[ALERT_CLASSES] = {
    [ALERT_SHELVED] = true,
    [ALERT_LAND_NOT_STARTED] = true,
    [ALERT_STARTED_BEFORE_APPROVAL] = true,
    [ALERT_COMMITMENT_OVERDUE] = true,
    [ALERT_OBSTACLE_OVERDUE] = true,
    [ALERT_INSTRUCTION_OVERDUE] = true,
};

bool board_alert_is_bad(enum alert_class class)
{
    return is_bad[class];
}

static void add_count(const struct board_work *work, size_t unit, int64_t count, json_t *out)
{
    json_t *one = json_object();
    report_set(one, "unit", text_json(ledger_unit(work->ledger, unit)->unit));
    set_count(one, "count", count);
    report_append(out, one);
}

/* In order of the codes, as the bulletin's rows; then those who have none, as met. */
static json_t *counts_of_units(struct board_work *work, const int64_t *counts)
{
    json_t *out = json_array();
    size_t unit_count = ledger_unit_count(work->ledger);
    bool *has_row = arena_alloc(work->arena, unit_count + 1);
    work->is_short = work->is_short || !has_row;
    for (size_t i = 0; has_row && i < work->bulletin.row_count; i++) {
        size_t unit = work->bulletin.rows[i].unit;
        has_row[unit] = true;
        if (counts[unit] > 0)
            add_count(work, unit, counts[unit], out);
    }
    for (size_t unit = 0; has_row && unit < unit_count; unit++) {
        if (!has_row[unit] && counts[unit] > 0)
            add_count(work, unit, counts[unit], out);
    }
    return out;
}

json_t *alerts_json(struct board_work *work)
{
    json_t *out = json_array();
    struct gap_rules rules = gap_rules_at(work->ledger, &work->view, work->arena);
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        enum alert_class class = (enum alert_class)i;
        CLEANUP(buffer_release) struct buffer definition = {0};
        if (work->alerts.totals[i] == 0)
            continue;
        json_t *one = json_object();
        alert_definition(class, &rules, &definition);
        set_text(one, "id", alert_id(class));
        set_text(one, "name", alert_name(class));
        set_text(one, "level", board_alert_is_bad(class) ? "bad" : "warn");
        set_count(one, "count", work->alerts.totals[i]);
        report_set(one, "units", counts_of_units(work, work->alerts.counts[i]));
        report_set(one, "definition", text_json(buffer_bytes(&definition)));
        report_append(out, one);
    }
    return out;
}

/* ---- supervised ---- */

static json_t *supervised_row(struct board_work *work, const struct gap_row *row)
{
    json_t *out = json_object();
    struct assignments assignments = {0};
    const struct assignment *leader = NULL;
    const struct project_view *project = NULL;
    if (row->subject != SIZE_MAX) {
        project = view_memo_project(&work->memory->now, work->ledger, row->subject, &work->view,
                                    work->arena);
        assignments_of_subject(work->ledger, row->subject, &work->view, work->arena, &assignments);
        leader = assignment_on(&assignments, ROLE_SPONSOR_LEADER, work->view.as_of);
        report_set(out, "project", text_json(ledger_subject(work->ledger, row->subject)));
    } else {
        report_set(out, "project", json_null());
    }
    set_shown(out, "name", project ? project->name : BYTES_NONE);
    report_set(out, "unit", text_json(ledger_unit(work->ledger, row->unit)->unit));
    set_person(out, "leader", leader ? leader->name : BYTES_NONE);
    set_day(out, "since", row->since);
    report_set(out, "days", row->since == DAY_NONE ? json_null() : json_integer(row->age_days));
    set_person(out, "why", row->why);
    return out;
}

json_t *supervised_json(struct board_work *work)
{
    enum { SUPERVISED_SHOWN_MAX = 200 }; /* 宜宾 had 132 (domain.md 2) */
    const struct gap_list *list = &work->alerts.supervised;
    json_t *out = json_array();
    for (size_t i = 0; i < list->count && i < SUPERVISED_SHOWN_MAX; i++)
        report_append(out, supervised_row(work, &list->rows[i]));
    return out;
}
