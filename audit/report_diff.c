/* report_diff.c - `huoshui-audit diff`: the same day, known at two positions: which figures have
 * changed, and the events between them that changed a project or a unit. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "audit/report.h"
#include "audit/report_commands.h"
#include "audit/report_reread.h"
#include "report/report_grid.h"
#include "report/table.h"

#include "report/report_figures.h"

enum { EVENTS_MAX = 20000, SCRATCH_SIZE = 64 << 20 };

struct difference {
    struct report *report;
    uint64_t known_at[2]; /* rising */
    struct bulletin bulletins[2];
    const struct assertion **events; /* EVENTS_MAX; by position in the end */
    size_t count, left_out;
    struct arena scratch;
};

/* ---- because of which events ---- */

static bool is_between(const struct difference *difference, uint64_t position)
{
    return position > difference->known_at[0] && position <= difference->known_at[1];
}

static void add_event(struct difference *difference, const struct assertion *assertion)
{
    if (difference->count < EVENTS_MAX)
        difference->events[difference->count++] = assertion;
    else
        difference->left_out++;
}

/* What is of a later day says nothing about this one, unless it takes something back. */
static bool bears_on(const struct difference *difference, const struct assertion *assertion)
{
    return is_between(difference, assertion->position) && assertion->kind != EVENT_NOTE &&
           (assertion->day <= difference->report->view.as_of ||
            assertion->kind == EVENT_CORRECTION);
}

/* Gives how many there are; adds them when asked to. */
static size_t take_events(struct difference *difference, struct ledger_walk walk, bool add)
{
    const struct assertion *assertion, *correction;
    size_t count = 0;
    walk.with_corrected = true;
    while ((assertion = ledger_next(&walk))) {
        if (bears_on(difference, assertion)) {
            count++;
            if (add)
                add_event(difference, assertion);
        }
        correction =
            ledger_correction_of(difference->report->ledger, assertion, difference->known_at[1]);
        if (correction && is_between(difference, correction->position)) {
            count++;
            if (add)
                add_event(difference, correction);
        }
    }
    return count;
}

static bool same_amount(const struct amount_view *left, const struct amount_view *right)
{
    return left->known == right->known && left->masked == right->masked &&
           (!left->known || left->yuan == right->yuan);
}

static bool same_project(const struct project_view *left, const struct project_view *right)
{
    bool same = left->excluded == right->excluded && left->carried_over == right->carried_over &&
                left->anomalies == right->anomalies &&
                left->obstacles_open == right->obstacles_open && left->origin == right->origin &&
                same_amount(&left->planned_total, &right->planned_total) &&
                same_amount(&left->planned_fixed, &right->planned_fixed) &&
                same_amount(&left->verified, &right->verified) &&
                bytes_equal(left->name, right->name) && left->lists.count == right->lists.count;
    for (int i = 0; i < MILESTONES; i++)
        same = same && left->milestones[i].day == right->milestones[i].day;
    for (int i = 0; i < ORIGINS; i++)
        same = same && same_amount(&left->received[i], &right->received[i]);
    return same;
}

static bool has_changed(struct difference *difference, size_t subject)
{
    struct project_view views[2];
    bool known[2];
    arena_reset(&difference->scratch);
    for (int i = 0; i < 2; i++) {
        struct view view = difference->report->view;
        view.known_at = difference->known_at[i];
        view.definitions = difference->bulletins[i].view.definitions;
        known[i] = project_view_make(difference->report->ledger, subject, &view,
                                     &difference->scratch, &views[i]);
    }
    return known[0] != known[1] || (known[0] && !same_project(&views[0], &views[1]));
}

static int compare_events(const void *left, const void *right)
{
    uint64_t a = (*(const struct assertion *const *)left)->position;
    uint64_t b = (*(const struct assertion *const *)right)->position;
    return a < b ? -1 : a > b;
}

static void collect(struct difference *difference)
{
    const struct ledger *ledger = difference->report->ledger;
    uint64_t known_at = difference->known_at[1];
    for (size_t i = 0; i < ledger_subject_count(ledger); i++) {
        struct ledger_walk walk = ledger_walk_subject(ledger, i, known_at);
        if (take_events(difference, walk, false) > 0 && has_changed(difference, i))
            (void)take_events(difference, walk, true);
    }
    for (size_t i = 0; i < ledger_unit_count(ledger); i++)
        (void)take_events(difference, ledger_walk_unit(ledger, i, known_at), true);
    qsort(difference->events, difference->count, sizeof(struct assertion *), compare_events);
    size_t kept = 0;
    for (size_t i = 0; i < difference->count; i++)
        if (kept == 0 || difference->events[kept - 1] != difference->events[i])
            difference->events[kept++] = difference->events[i];
    difference->count = kept;
}

/* ---- which figures ---- */

struct figures_of_row {
    struct difference *difference;
    const struct bulletin_row *before;
    struct bytes code, name;
    struct grid *grid;
    json_t *json; /* or the grid */
};

static const struct bulletin_row *row_of(const struct bulletin *bulletin, struct bytes code)
{
    for (size_t i = 0; i < bulletin->row_count; i++)
        if (bytes_equal(bulletin->rows[i].code, code))
            return &bulletin->rows[i];
    return NULL;
}

static void take_figure(void *context, const char *id, const char *name, const char *after)
{
    struct figures_of_row *row = context;
    char before[FIGURE_TEXT_SIZE] = "";
    if (strcmp(id, "complete_to") == 0) /* grows with every event */
        return;
    if (row->before && !figure_find(row->before, id, before))
        *before = '\0';
    if (strcmp(before, after) == 0)
        return;
    if (!row->json) {
        grid_add(row->grid, row->name);
        grid_add_text(row->grid, name);
        grid_add_text(row->grid, *before ? before : "—");
        grid_add_text(row->grid, *after ? after : "—");
        return;
    }
    json_t *out = json_object();
    report_set(out, "unit", report_text_json(row->code));
    report_set(out, "name", report_text_json(row->name));
    report_set(out, "figure", json_string(id));
    report_set(out, "before", report_text_json(bytes_of_text(before)));
    report_set(out, "after", report_text_json(bytes_of_text(after)));
    json_array_append_new(row->json, out);
}

static void compare_rows(struct difference *difference, struct grid *grid, json_t *json)
{
    const struct bulletin *before = &difference->bulletins[0], *after = &difference->bulletins[1];
    struct figures_of_row row = {.difference = difference, .grid = grid, .json = json};
    for (size_t i = 0; i < after->row_count; i++) {
        row.code = after->rows[i].code;
        row.name = after->rows[i].name;
        row.before = row_of(before, row.code);
        figure_each(&after->rows[i], take_figure, &row);
    }
    row.code = BYTES_NONE;
    row.name = bytes_of_text("全市合计");
    row.before = &before->total;
    figure_each(&after->total, take_figure, &row);
}

/* ---- out ---- */

static void write_json(struct difference *difference, const struct reread *rows)
{
    struct report *report = difference->report;
    json_t *out = json_object(), *positions = json_array(), *figures_changed = json_array();
    json_t *events = json_array();
    for (int i = 0; i < 2; i++)
        json_array_append_new(positions, json_integer((json_int_t)difference->known_at[i]));
    compare_rows(difference, NULL, figures_changed);
    for (size_t i = 0; i < difference->count; i++) {
        json_t *event = reread_object(&rows[i]);
        if (!event)
            event = json_object();
        report_set(event, "position", json_integer((json_int_t)rows[i].position));
        json_array_append_new(events, event);
    }
    report_set(out, "as_of", report_day_json(report->view.as_of));
    report_set(out, "from", report_day_json(report->view.from));
    report_set(out, "known_at", positions);
    report_set(out, "figures", figures_changed);
    report_set(out, "events", events);
    report_set(out, "events_left_out", json_integer((json_int_t)difference->left_out));
    report_add_json(report, out);
}

static void add_event_row(struct difference *difference, struct grid *grid,
                          const struct assertion *assertion, const struct reread *row)
{
    const struct ledger *ledger = difference->report->ledger;
    char text[INSTANT_TEXT_SIZE], day[DAY_TEXT_SIZE];
    const char *kind = table_kind_name(assertion->kind);
    grid_add_number(grid, (int64_t)assertion->position);
    (void)snprintf(day, sizeof day, "%.10s", instant_text(assertion->recorded_at_ms, text));
    grid_add_text(grid, day);
    grid_add_text(grid, day_text(assertion->day, day));
    grid_add(grid,
             ledger_unit_name(ledger, assertion->unit, assertion->day, difference->known_at[1]));
    grid_add_text(grid, kind ? kind : "？");
    grid_add(grid,
             assertion->subject > 0 ? ledger_subject(ledger, assertion->subject - 1) : BYTES_NONE);
    grid_add(grid, row->content);
}

static void add_headings(struct grid *grid, const char *const *headings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        grid_add_text(grid, headings[i]);
    grid_end_headings(grid);
}

static void write_table(struct difference *difference, const struct reread *rows)
{
    static const char *const figure_headings[] = {"单位", "指标", "先", "后"};
    static const char *const event_headings[] = {"记录", "录入日",   "发生日", "单位",
                                                 "类别", "项目编号", "内容"};
    struct report *report = difference->report;
    struct grid grid;
    char day[DAY_TEXT_SIZE];
    buffer_add_format(
        &report->out, "截至 %s：先据第 %" PRIu64 " 号记录以前，后据第 %" PRIu64 " 号记录以前\n\n",
        day_text(report->view.as_of, day), difference->known_at[0], difference->known_at[1]);
    grid_init(&grid, &report->arena, ARRAY_LENGTH(figure_headings), 1 << 2 | 1 << 3);
    add_headings(&grid, figure_headings, ARRAY_LENGTH(figure_headings));
    size_t before = grid.cell_count;
    compare_rows(difference, &grid, NULL);
    if (grid.cell_count == before)
        buffer_add_text(&report->out, "各项数字没有变化。\n");
    else
        grid_print(&grid, &report->out);
    if (difference->count == 0)
        return;
    buffer_add_format(&report->out, "\n其间有关的记录 %zu 条：\n",
                      difference->count + difference->left_out);
    grid_init(&grid, &report->arena, ARRAY_LENGTH(event_headings), 1);
    add_headings(&grid, event_headings, ARRAY_LENGTH(event_headings));
    for (size_t i = 0; i < difference->count; i++)
        add_event_row(difference, &grid, difference->events[i], &rows[i]);
    grid_print(&grid, &report->out);
}

static enum err take_positions(struct difference *difference)
{
    struct report *report = difference->report;
    uint64_t *known_at = difference->known_at;
    TRY(report_position(report, report_option(report->args, "--known-at"), &known_at[0]));
    TRY(report_position(report, report_option_again(report->args, "--known-at"), &known_at[1]));
    if (known_at[0] > known_at[1]) {
        uint64_t later = known_at[0];
        known_at[0] = known_at[1];
        known_at[1] = later;
    }
    return OK;
}

/* Each by the definitions in force as known then. */
static enum err make_bulletins(struct difference *difference)
{
    struct report *report = difference->report;
    struct bulletin_paper paper;
    for (int i = 0; i < 2; i++) {
        struct view view = report->view;
        view.known_at = difference->known_at[i];
        TRY(report_look_at(report, &view));
        report_bulletin(report, view.known_at, &difference->bulletins[i], &paper);
    }
    return OK;
}

static enum err write_difference(struct report *report)
{
    struct difference difference = {.report = report};
    difference.events = arena_alloc(&report->arena, EVENTS_MAX * sizeof(const struct assertion *));
    struct reread *rows = arena_alloc(&report->arena, EVENTS_MAX * sizeof *rows);
    if (!difference.events || !rows)
        return ERR_LIMIT;
    TRY(take_positions(&difference));
    TRY(make_bulletins(&difference));
    arena_init(&difference.scratch, SCRATCH_SIZE);
    collect(&difference);
    arena_release(&difference.scratch);
    for (size_t i = 0; i < difference.count; i++)
        rows[i].position = difference.events[i]->position;
    TRY(reread(report, rows, difference.count, BYTES_NONE));
    if (args_flag(report->args, "--json"))
        write_json(&difference, rows);
    else
        write_table(&difference, rows);
    return OK;
}

int command_diff(const struct args *args)
{
    return report_run(args, write_difference);
}
