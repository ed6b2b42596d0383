/* report_lists.c - `huoshui-audit bulletin` and `huoshui-audit gaps`: the figures in the form that
 * is asked for, and the lists of what is stuck, oldest first. */
#include "audit/report_commands.h"

#include <inttypes.h>

#include "audit/report.h"
#include "io/command_line.h"
#include "report/report_breakdown.h"
#include "report/report_grid.h"

/* ---- bulletin ---- */

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON, FORMAT_XLSX };
static const char *const formats[] = {"table", "csv", "json", "xlsx", NULL};

static enum err choose_dimension(const struct args *args, size_t *out, struct problem *problem)
{
    const char *ids[BREAKDOWN_DIMENSIONS + 1] = {0};
    for (size_t i = 0; i < BREAKDOWN_DIMENSIONS; i++)
        ids[i] = breakdown_id((enum breakdown_dimension)i);
    return command_choice(args, "--by", ids, out, problem);
}

static enum err make_breakdown(struct report *report, struct breakdown *out)
{
    size_t dimension = 0;
    TRY(choose_dimension(report->args, &dimension, &report->problem));
    breakdown_make(report->ledger, &report->view, (enum breakdown_dimension)dimension,
                   &report->arena, out);
    if (!out->too_many && !out->incomplete)
        return OK;
    problem_set(&report->problem, "--by %s: 超过 %d 行 (more rows than one report has)",
                breakdown_id(out->dimension), BREAKDOWN_ROWS_MAX);
    problem_remedy(&report->problem, "choose another dimension, or an earlier --as-of");
    return ERR_LIMIT;
}

static enum err write_breakdown(struct report *report, enum format format)
{
    struct breakdown breakdown;
    TRY(make_breakdown(report, &breakdown));
    uint64_t known_at = report->view.known_at;
    struct bulletin bulletin = {.view = breakdown.view, .total = breakdown.total};
    struct bulletin_paper paper = {
        .bulletin = &bulletin,
        .city = report->city,
        .known_at = known_at,
        .recorded_at_ms = known_at > 0 ? ledger_recorded_at_ms(report->ledger, known_at) : 0,
        .what_if = report->what_if};
    if (format == FORMAT_JSON)
        report_add_json(report, breakdown_to_json(&breakdown, &paper));
    else if (format == FORMAT_CSV)
        breakdown_to_csv(&breakdown, &report->out);
    else
        breakdown_to_table(&breakdown, &paper, &report->arena, &report->out);
    return OK;
}

static enum err write_bulletin(struct report *report)
{
    struct bulletin bulletin;
    struct bulletin_paper paper;
    size_t format = FORMAT_TABLE;
    TRY(command_choice(report->args, "--format", formats, &format, &report->problem));
    TRY(report_take_scheme(report));
    if (args_value(report->args, "--by"))
        return write_breakdown(report, (enum format)format);
    report_bulletin(report, report->view.known_at, &bulletin, &paper);
    switch ((enum format)format) {
    case FORMAT_TABLE:
        bulletin_to_table(&paper, &report->arena, &report->out);
        break;
    case FORMAT_CSV:
        bulletin_to_csv(&paper, &report->out);
        break;
    case FORMAT_JSON:
        report_add_json(report, bulletin_to_json(&paper));
        break;
    case FORMAT_XLSX:
        return bulletin_to_xlsx(&paper, &report->out, &report->problem);
    }
    return OK;
}

int command_bulletin(const struct args *args)
{
    struct problem problem = {0};
    size_t format = FORMAT_TABLE, dimension = 0;
    if (command_choice(args, "--format", formats, &format, &problem) != OK ||
        choose_dimension(args, &dimension, &problem) != OK)
        return command_fail(&problem, COMMAND_USAGE);
    if (format == FORMAT_XLSX && args_value(args, "--by")) {
        problem_set(&problem, "--by %s 没有 xlsx 表 (the workbook is by unit only)",
                    breakdown_id((enum breakdown_dimension)dimension));
        problem_remedy(&problem, "use --format csv, which spreadsheet programs open");
        return command_fail(&problem, COMMAND_USAGE);
    }
    if (format == FORMAT_XLSX && !args_value(args, "--out")) {
        problem_set(&problem, "--format xlsx 须写入文件 (a workbook needs a file)");
        problem_remedy(&problem, "add --out 通报.xlsx");
        return command_fail(&problem, COMMAND_USAGE);
    }
    return report_run(args, write_bulletin);
}

/* ---- gaps ---- */

struct chosen { /* classes of both kinds in one row: gaps, then alerts */
    size_t first, end;
};

static const char *class_id(size_t class)
{
    return class < GAP_CLASSES ? gap_id((enum gap_class) class)
                               : alert_id((enum alert_class)(class - GAP_CLASSES));
}

static const char *class_name(size_t class)
{
    return class < GAP_CLASSES ? gap_name((enum gap_class) class)
                               : alert_name((enum alert_class)(class - GAP_CLASSES));
}

static enum err choose(const struct args *args, struct chosen *out, struct problem *problem)
{
    const char *ids[GAP_CLASSES + ALERT_CLASSES + 1] = {0};
    size_t class = 0;
    for (size_t i = 0; i + 1 < ARRAY_LENGTH(ids); i++)
        ids[i] = class_id(i);
    TRY(command_choice(args, "--class", ids, &class, problem));
    *out = args_value(args, "--class") ? (struct chosen){class, class + 1}
                                       : (struct chosen){0, GAP_CLASSES};
    return OK;
}

static void make_list(struct report *report, size_t class, size_t unit, struct gap_list *out)
{
    if (class < GAP_CLASSES)
        gap_list_make(report->ledger, &report->view, (enum gap_class) class, unit, &report->arena,
                      out);
    else
        alert_list_make(report->ledger, &report->view, (enum alert_class)(class - GAP_CLASSES),
                        unit, &report->arena, out);
}

static struct bytes unit_name(const struct report *report, size_t unit)
{
    return ledger_unit_name(report->ledger, unit, report->view.as_of, report->view.known_at);
}

static struct bytes project_name(struct report *report, const struct gap_row *row)
{
    struct project_view project;
    if (row->subject == SIZE_MAX ||
        !project_view_make(report->ledger, row->subject, &report->view, &report->arena, &project))
        return BYTES_NONE;
    return project.name;
}

static json_t *row_json(struct report *report, const struct gap_row *row)
{
    json_t *out = json_object();
    report_set(out, "project",
               row->subject == SIZE_MAX
                   ? json_null()
                   : report_text_json(ledger_subject(report->ledger, row->subject)));
    report_set(out, "name", report_text_json(project_name(report, row)));
    report_set(out, "unit", report_text_json(ledger_unit(report->ledger, row->unit)->unit));
    report_set(out, "unit_name", report_text_json(unit_name(report, row->unit)));
    report_set(out, "since", report_day_json(row->since));
    report_set(out, "age_days", row->since == DAY_NONE ? json_null() : json_integer(row->age_days));
    report_set(out, "obstacle", report_text_json(row->obstacle));
    report_set(out, "owner", report_text_json(row->owner));
    report_set(out, "why", report_text_json(row->why));
    report_set(out, "transfers", json_integer(row->transfers));
    report_set(out, "position",
               row->position > 0 ? json_integer((json_int_t)row->position) : json_null());
    return out;
}

static json_t *list_json(struct report *report, size_t class, const struct gap_list *list)
{
    json_t *out = json_object(), *rows = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(rows, row_json(report, &list->rows[i]));
    report_set(out, "class", json_string(class_id(class)));
    report_set(out, "name", json_string(class_name(class)));
    report_set(out, "count", json_integer((json_int_t)list->count));
    report_set(out, "rows", rows);
    return out;
}

static void add_row(struct report *report, struct grid *grid, const struct gap_row *row)
{
    char since[DAY_TEXT_SIZE];
    struct bytes subject =
        row->subject == SIZE_MAX ? BYTES_NONE : ledger_subject(report->ledger, row->subject);
    grid_add(grid, unit_name(report, row->unit));
    grid_add(grid, subject);
    grid_add(grid, project_name(report, row));
    grid_add_text(grid, day_text(row->since, since));
    if (row->since == DAY_NONE)
        grid_add_text(grid, "—");
    else
        grid_add_number(grid, row->age_days);
    grid_add(grid, row->obstacle);
    grid_add(grid, row->owner);
    grid_add_number(grid, row->transfers);
    grid_add(grid, row->why);
}

static void add_list(struct report *report, size_t class, const struct gap_list *list)
{
    static const char *const headings[] = {"单位", "项目编号", "项目名称", "起算日", "天数",
                                           "堵点", "责任单位", "转办",     "缘由"};
    enum { RIGHT = 1 << 4 | 1 << 7 };
    struct grid grid;
    buffer_add_format(&report->out, "%s%s（%s）%zu 个\n", report->out.size > 0 ? "\n" : "",
                      class_name(class), class_id(class), list->count);
    if (list->count == 0)
        return;
    grid_init(&grid, &report->arena, ARRAY_LENGTH(headings), RIGHT);
    for (size_t i = 0; i < ARRAY_LENGTH(headings); i++)
        grid_add_text(&grid, headings[i]);
    grid_end_headings(&grid);
    for (size_t i = 0; i < list->count; i++)
        add_row(report, &grid, &list->rows[i]);
    grid_print(&grid, &report->out);
}

static enum err write_gaps(struct report *report)
{
    struct chosen chosen;
    struct gap_list list;
    size_t unit;
    TRY(choose(report->args, &chosen, &report->problem));
    TRY(report_unit(report, &unit));
    json_t *lists = args_flag(report->args, "--json") ? json_array() : NULL;
    for (size_t class = chosen.first; class < chosen.end; class ++) {
        make_list(report, class, unit, &list);
        if (lists)
            json_array_append_new(lists, list_json(report, class, &list));
        else
            add_list(report, class, &list);
    }
    if (!lists)
        return OK;
    json_t *out = json_object();
    report_set(out, "as_of", report_day_json(report->view.as_of));
    report_set(out, "known_at", json_integer((json_int_t)report->view.known_at));
    report_set(out, "lists", lists);
    report_add_json(report, out);
    return OK;
}

int command_gaps(const struct args *args)
{
    struct problem problem = {0};
    struct chosen chosen;
    if (choose(args, &chosen, &problem) != OK)
        return command_fail(&problem, COMMAND_USAGE);
    return report_run(args, write_gaps);
}
