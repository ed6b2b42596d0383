/* board_stuck.c - what is stuck: the six gaps with their ages, the alerts, obstacles by kind and by
 * owner, and the projects on a supervised list with their sponsor leaders. */
#include <stdlib.h>

#include "display/board_limits.h"
#include "display/board_parts.h"
#include "ledger/event/schema.h"
#include "ledger/lists/assignments.h"
#include "ledger/view/obstacles.h"

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

static json_t *counts_of_units(struct board_work *work, const struct gap_list *list)
{
    json_t *out = json_array();
    size_t unit_count = ledger_unit_count(work->ledger);
    int64_t *counts = arena_alloc(work->arena, (unit_count + 1) * sizeof(*counts));
    work->is_short = work->is_short || !counts;
    for (size_t i = 0; counts && i < list->count; i++)
        counts[list->rows[i].unit]++;
    /* In order of the codes, as the bulletin's rows; then those who have none, as met. */
    for (size_t i = 0; counts && i < work->bulletin.row_count + unit_count; i++) {
        size_t unit = i < work->bulletin.row_count ? work->bulletin.rows[i].unit
                                                   : i - work->bulletin.row_count;
        if (counts[unit] == 0)
            continue;
        json_t *one = json_object();
        report_set(one, "unit", text_json(ledger_unit(work->ledger, unit)->unit));
        set_count(one, "count", counts[unit]);
        report_append(out, one);
        counts[unit] = 0;
    }
    return out;
}

json_t *alerts_json(struct board_work *work)
{
    json_t *out = json_array();
    struct gap_rules rules = gap_rules_at(work->ledger, &work->view, work->arena);
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        enum alert_class class = (enum alert_class)i;
        const struct gap_list *list = &work->alerts[i];
        CLEANUP(buffer_release) struct buffer definition = {0};
        if (list->count == 0)
            continue;
        json_t *one = json_object();
        alert_definition(class, &rules, &definition);
        set_text(one, "id", alert_id(class));
        set_text(one, "name", alert_name(class));
        set_text(one, "level", board_alert_is_bad(class) ? "bad" : "warn");
        set_count(one, "count", (int64_t)list->count);
        report_set(one, "units", counts_of_units(work, list));
        report_set(one, "definition", text_json(buffer_bytes(&definition)));
        report_append(out, one);
    }
    return out;
}

/* ---- obstacles ---- */

static int compare_by_kind(const void *left_sum, const void *right_sum)
{
    const struct obstacle_sum *left = left_sum, *right = right_sum;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return bytes_compare(left->owner, right->owner);
}

struct kind_sum {
    int32_t kind, longest;
    int64_t open;
    struct bytes owner; /* who has most of them */
    int64_t owned;
};

static struct kind_sum sum_of_kind(const struct obstacle_sum *rows, size_t count)
{
    struct kind_sum sum = {.kind = rows->kind, .open = (int64_t)count};
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && bytes_equal(rows[end].owner, rows[i].owner); end++)
            sum.longest = rows[end].days > sum.longest ? rows[end].days : sum.longest;
        if (rows[i].owner.size > 0 && (int64_t)(end - i) > sum.owned) {
            sum.owner = rows[i].owner;
            sum.owned = (int64_t)(end - i);
        }
    }
    return sum;
}

/* Most first, then by the kind's number. */
static int compare_kinds(const void *left_sum, const void *right_sum)
{
    const struct kind_sum *left = left_sum, *right = right_sum;
    if (left->open != right->open)
        return left->open > right->open ? -1 : 1;
    return (left->kind > right->kind) - (left->kind < right->kind);
}

static json_t *kinds_json(const struct board_walk *walk)
{
    json_t *out = json_array();
    CLEANUP(buffer_release) struct buffer sums = {0};
    size_t count = walk->obstacles.size / sizeof(struct obstacle_sum);
    struct obstacle_sum *rows = (struct obstacle_sum *)(void *)walk->obstacles.data;
    if (count == 0)
        return out;
    qsort(rows, count, sizeof(*rows), compare_by_kind);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && rows[end].kind == rows[i].kind;)
            end++;
        struct kind_sum sum = sum_of_kind(&rows[i], end - i);
        buffer_add(&sums, bytes_of(&sum, sizeof(sum)));
    }
    struct kind_sum *kinds = (struct kind_sum *)(void *)sums.data;
    size_t kind_count = sums.size / sizeof(*kinds);
    qsort(kinds, kind_count, sizeof(*kinds), compare_kinds);
    for (size_t i = 0; i < kind_count; i++) {
        const struct word *word = word_of_number(words_of_name("obstacle"), kinds[i].kind);
        json_t *one = json_object();
        set_text(one, "id", word ? word->id : NULL);
        set_text(one, "kind", word ? word->chinese : "未说明");
        set_count(one, "open", kinds[i].open);
        set_person(one, "owner", kinds[i].owner);
        set_count(one, "longest_days", kinds[i].longest);
        report_append(out, one);
    }
    return out;
}

static json_t *owners_json(struct board_work *work)
{
    enum { OWNERS_SHOWN_MAX = 60 }; /* a city has forty departments (domain.md 9) */
    struct owner_load_list list;
    json_t *out = json_array();
    owner_load_make(work->ledger, &work->view, LEDGER_UNITS_MAX, work->arena, &list);
    work->is_short = work->is_short || list.truncated;
    for (size_t i = 0; i < list.count && i < OWNERS_SHOWN_MAX; i++) {
        json_t *one = json_object();
        set_person(one, "owner", list.rows[i].owner);
        set_count(one, "open", list.rows[i].open);
        set_count(one, "overdue", list.rows[i].overdue);
        set_count(one, "days", list.rows[i].days);
        report_append(out, one);
    }
    return out;
}

json_t *obstacles_json(struct board_work *work)
{
    json_t *out = json_object();
    set_count(out, "open", work->walk.obstacles_open);
    set_count(out, "overdue", work->walk.obstacles_overdue);
    set_count(out, "without_reason", work->walk.without_reason);
    report_set(out, "kinds", kinds_json(&work->walk));
    report_set(out, "owners", owners_json(work));
    set_text(out, "definition",
             "截至当日未销号的问题；未报：超过任一堵点时限而没有未销号问题的项目，每个项目计一次");
    return out;
}

/* ---- supervised ---- */

static json_t *supervised_row(struct board_work *work, const struct gap_row *row)
{
    json_t *out = json_object();
    struct project_view project = {0};
    struct assignments assignments = {0};
    const struct assignment *leader = NULL;
    if (row->subject != SIZE_MAX) {
        (void)project_view_make(work->ledger, row->subject, &work->view, work->arena, &project);
        assignments_of_subject(work->ledger, row->subject, &work->view, work->arena, &assignments);
        leader = assignment_on(&assignments, ROLE_SPONSOR_LEADER, work->view.as_of);
        report_set(out, "project", text_json(ledger_subject(work->ledger, row->subject)));
    } else {
        report_set(out, "project", json_null());
    }
    set_shown(out, "name", project.name);
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
    const struct gap_list *list = &work->alerts[ALERT_SUPERVISED];
    json_t *out = json_array();
    for (size_t i = 0; i < list->count && i < SUPERVISED_SHOWN_MAX; i++)
        report_append(out, supervised_row(work, &list->rows[i]));
    return out;
}
