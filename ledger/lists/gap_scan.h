/*
 * gap_scan.h - how the rules of gaps.c and alerts*.c are run and how they put rows on a list; no
 * header for others. A rule looks at one project, one subject or one unit at a time, in the
 * ledger's order; the list is sorted at the end, so that order shows nowhere.
 */
#pragma once

#include "ledger/lists/gaps.h"
#include "ledger/view/obstacles.h"
#include "ledger/view/view_memo.h"

struct gap_scan {
    const struct ledger *ledger;
    const struct view *view;
    struct gap_rules rules;
    size_t unit;             /* whose rows are wanted; LEDGER_UNITS_MAX: all */
    enum gap_class gap;      /* of a gap list's scan */
    struct arena *arena;     /* the list's: texts of rows */
    struct arena scratch;    /* of the project, subject or unit that is looked at */
    struct buffer rows;      /* struct gap_row */
    struct buffer why;       /* of the row being made */
    struct bytes person;     /* of the row being made; the next has none */
    struct view_memo *views; /* of the view; NULL: every project is looked at */
    bool truncated;
};

void gap_scan_init(struct gap_scan *scan, const struct ledger *ledger, const struct view *view,
                   size_t unit, struct arena *arena);
/* Sorts, moves the rows to the arena, and releases the scan. */
void gap_scan_end(struct gap_scan *scan, struct gap_list *out);

typedef void gap_project_rule(struct gap_scan *scan, const struct project_view *project);
typedef void gap_index_rule(struct gap_scan *scan, size_t index);
/* Projects of the wanted unit that count in figures; scope rules leave out the others. */
void gap_scan_projects(struct gap_scan *scan, gap_project_rule *rule);
void gap_scan_subjects(struct gap_scan *scan, gap_index_rule *rule); /* whatever they are */
void gap_scan_units(struct gap_scan *scan, gap_index_rule *rule);

/* NULL: no project. In place, or where it is remembered. */
const struct project_view *gap_scan_see(struct gap_scan *scan, size_t subject,
                                        struct project_view *place);
/* A row about the project, with obstacle, owner and transfers filled in. scan->why: its reason. */
void gap_scan_add_project(struct gap_scan *scan, const struct project_view *project, int32_t since,
                          uint64_t position);
/* Any row; its age and its reason are filled in. */
void gap_scan_add(struct gap_scan *scan, const struct gap_row *row);

/* scan->why gets the text, in place of what it held. */
#define GAP_WHY(scan, ...)                                                                         \
    (buffer_clear(&(scan)->why), buffer_add_format(&(scan)->why, __VA_ARGS__))
/* The text of a struct bytes as two arguments of "%.*s". */
#define TEXT_ARGUMENTS(bytes) (int)(bytes).size, (const char *)(bytes).data

static inline bool gap_is_due(const struct gap_scan *scan, int32_t since, int32_t days)
{
    return since != DAY_NONE && (int64_t)scan->view->as_of - since >= days;
}
/* On the main line after the milestone, by any of the later ones. */
bool gap_is_beyond(const struct project_view *project, enum milestone milestone);
struct bytes gap_unit_name(const struct gap_scan *scan, size_t unit);
/* Is it wanted: of the unit that is asked for, or any. */
static inline bool gap_is_wanted(const struct gap_scan *scan, size_t unit)
{
    return scan->unit == LEDGER_UNITS_MAX || scan->unit == unit;
}
