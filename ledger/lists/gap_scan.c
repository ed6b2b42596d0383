/* gap_scan.c - walks what a rule looks at and keeps the rows it finds; see gap_scan.h. */
#include "ledger/lists/gap_scan.h"

#include <stdlib.h>

#include "ledger/fold/sayings.h"
#include "ledger/lists/assignments.h"

void gap_scan_init(struct gap_scan *scan, const struct ledger *ledger, const struct view *view,
                   size_t unit, struct arena *arena)
{
    *scan = (struct gap_scan){.ledger = ledger, .view = view, .unit = unit, .arena = arena};
    arena_init(&scan->scratch, SAYINGS_SCRATCH_BYTES);
    scan->rules = gap_rules_at(ledger, view, arena);
}

const struct project_view *gap_scan_see(struct gap_scan *scan, size_t subject,
                                        struct project_view *place)
{
    if (scan->views)
        return view_memo_project(scan->views, scan->ledger, subject, scan->view, &scan->scratch);
    return project_view_make(scan->ledger, subject, scan->view, &scan->scratch, place) ? place
                                                                                       : NULL;
}

void gap_scan_projects(struct gap_scan *scan, gap_project_rule *rule)
{
    for (size_t i = 0; i < ledger_subject_count(scan->ledger); i++) {
        if (!gap_is_wanted(scan, ledger_subject_unit(scan->ledger, i)))
            continue;
        struct project_view project;
        arena_reset(&scan->scratch);
        if (project_view_make(scan->ledger, i, scan->view, &scan->scratch, &project) &&
            !project.excluded)
            rule(scan, &project);
    }
}

void gap_scan_subjects(struct gap_scan *scan, gap_index_rule *rule)
{
    for (size_t i = 0; i < ledger_subject_count(scan->ledger); i++) {
        if (!gap_is_wanted(scan, ledger_subject_unit(scan->ledger, i)))
            continue;
        arena_reset(&scan->scratch);
        rule(scan, i);
    }
}

void gap_scan_units(struct gap_scan *scan, gap_index_rule *rule)
{
    for (size_t i = 0; i < ledger_unit_count(scan->ledger); i++) {
        if (!gap_is_wanted(scan, i))
            continue;
        arena_reset(&scan->scratch);
        rule(scan, i);
    }
}

struct bytes gap_unit_name(const struct gap_scan *scan, size_t unit)
{
    return ledger_unit_name(scan->ledger, unit, scan->view->as_of, scan->view->known_at);
}

/* Whose task it is when no obstacle says so. */
static struct bytes responsible(struct gap_scan *scan, const struct project_view *project)
{
    struct assignments assignments;
    assignments_of_subject(scan->ledger, project->subject, scan->view, &scan->scratch,
                           &assignments);
    const struct assignment *row =
        assignment_on(&assignments, ROLE_RESPONSIBLE_UNIT, scan->view->as_of);
    if (row)
        return row->name;
    return project->responsible_unit.size > 0 ? project->responsible_unit
                                              : gap_unit_name(scan, project->unit);
}

void gap_scan_add_project(struct gap_scan *scan, const struct project_view *project, int32_t since,
                          uint64_t position)
{
    struct gap_row row = {
        .subject = project->subject, .unit = project->unit, .since = since, .position = position};
    struct obstacle_list obstacles;
    obstacle_list_make(scan->ledger, project->subject, scan->view, &scan->scratch, &obstacles);
    for (size_t i = 0; i < obstacles.count; i++) {
        if (obstacle_is_open(&obstacles.rows[i]))
            row.transfers += obstacles.rows[i].transfers;
    }
    const struct obstacle_view *newest = obstacle_newest_open(&obstacles);
    if (newest) {
        row.obstacle = bytes_of_text(obstacle_kind_text(newest));
        row.owner = newest->owner;
    }
    if (row.owner.size == 0)
        row.owner = responsible(scan, project);
    gap_scan_add(scan, &row);
}

void gap_scan_add(struct gap_scan *scan, const struct gap_row *row)
{
    struct gap_row added = *row;
    added.age_days = row->since == DAY_NONE ? 0 : scan->view->as_of - row->since;
    added.owner = arena_copy(scan->arena, row->owner);
    added.why = arena_copy(scan->arena, buffer_bytes(&scan->why));
    added.person = scan->person;
    scan->person = BYTES_NONE;
    if (!added.owner.data || !added.why.data) {
        scan->truncated = true;
        return;
    }
    buffer_add(&scan->rows, bytes_of(&added, sizeof(added)));
}

static struct bytes key_of(const struct ledger *ledger, const struct gap_row *row)
{
    return row->subject == SIZE_MAX ? ledger_unit(ledger, row->unit)->unit
                                    : ledger_subject(ledger, row->subject);
}

static int compare_rows(const void *left_row, const void *right_row, void *context)
{
    const struct gap_row *left = left_row, *right = right_row;
    const struct ledger *ledger = context;
    int order = (left->since == DAY_NONE) - (right->since == DAY_NONE);
    if (order == 0)
        order = (left->since > right->since) - (left->since < right->since);
    if (order == 0)
        order = bytes_compare(key_of(ledger, left), key_of(ledger, right));
    return order == 0 ? bytes_compare(left->why, right->why) : order;
}

void gap_scan_end(struct gap_scan *scan, struct gap_list *out)
{
    *out = (struct gap_list){.truncated = scan->truncated};
    size_t count = scan->rows.size / sizeof(*out->rows);
    if (count > 0 && !out->truncated) {
        qsort_r(scan->rows.data, count, sizeof(*out->rows), compare_rows, (void *)scan->ledger);
        out->rows = arena_alloc(scan->arena, scan->rows.size);
        out->truncated = !out->rows;
    }
    if (out->rows) {
        memcpy(out->rows, scan->rows.data, scan->rows.size);
        out->count = count;
    }
    buffer_release(&scan->rows);
    buffer_release(&scan->why);
    arena_release(&scan->scratch);
}
