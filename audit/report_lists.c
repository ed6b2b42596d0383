/* report_lists.c - `huoshui-audit bulletin` and `huoshui-audit gaps`: the figures in the form that
 * is asked for, and the lists of what is stuck, oldest first. */
#include "audit/report_commands.h"

#include <inttypes.h>

#include "audit/report.h"
#include "io/command_line.h"
#include "report/report_breakdown.h"
#include "report/report_gaps.h"
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
    struct bulletin bulletin; /* its units, for those whose data end before the day */
    struct bulletin_paper paper;
    report_bulletin(report, report->view.known_at, &bulletin, &paper);
    bulletin.total = breakdown.total;
    switch (format) {
    case FORMAT_TABLE:
        breakdown_to_table(&breakdown, &paper, &report->arena, &report->out);
        break;
    case FORMAT_CSV:
        breakdown_to_csv(&breakdown, &report->out);
        break;
    case FORMAT_JSON:
        report_add_json(report, breakdown_to_json(&breakdown, &paper));
        break;
    case FORMAT_XLSX:
        return breakdown_to_xlsx(&breakdown, &paper, &report->out, &report->problem);
    }
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
    if (!args_value(args, "--as-of") && !args_value(args, "--month")) {
        problem_set(&problem, "--as-of DAY 或 --month MONTH 须有其一 (one of them is needed)");
        problem_remedy(&problem, "For example: %s", args->command->example);
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

static enum err choose(const struct args *args, struct chosen *out, struct problem *problem)
{
    const char *ids[STUCK_CLASSES + 1] = {0};
    size_t class = 0;
    for (size_t i = 0; i + 1 < ARRAY_LENGTH(ids); i++)
        ids[i] = stuck_id(i);
    TRY(command_choice(args, "--class", ids, &class, problem));
    *out = args_value(args, "--class") ? (struct chosen){class, class + 1}
                                       : (struct chosen){0, GAP_CLASSES};
    return OK;
}

static struct bytes unit_name(const struct report *report, size_t unit)
{
    return ledger_unit_name(report->ledger, unit, report->view.as_of, report->view.known_at);
}

static void add_row(struct report *report, struct grid *grid, const struct gap_row *row)
{
    struct standpoint standpoint = report_standpoint(report);
    char since[DAY_TEXT_SIZE];
    grid_add(grid, unit_name(report, row->unit));
    grid_add(grid, standpoint_subject(&standpoint, row->subject));
    grid_add(grid, stuck_project_name(&standpoint, row));
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

/* What the list counts, below its name. */
static void add_definition(struct report *report, size_t class)
{
    struct standpoint standpoint = report_standpoint(report);
    buffer_add_text(&report->out, "口径：");
    stuck_definition(&standpoint, class, &report->out);
    buffer_add_format(&report->out, "（第%s版）\n", stuck_version(&standpoint, class));
}

static void add_list(struct report *report, size_t class, const struct gap_list *list)
{
    static const char *const headings[] = {"单位", "项目编号", "项目名称", "起算日", "天数",
                                           "堵点", "责任单位", "转办",     "缘由"};
    enum { RIGHT = 1 << 4 | 1 << 7 };
    struct grid grid;
    buffer_add_format(&report->out, "%s%s（%s）%zu 个\n", report->out.size > 0 ? "\n" : "",
                      stuck_name(class), stuck_id(class), list->count);
    add_definition(report, class);
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
    struct standpoint standpoint = report_standpoint(report);
    if (args_flag(report->args, "--json")) {
        report_add_json(report, stuck_to_json(&standpoint, chosen.first, chosen.end, unit));
        return OK;
    }
    for (size_t class = chosen.first; class < chosen.end; class ++) {
        stuck_list_make(&standpoint, class, unit, &list);
        add_list(report, class, &list);
    }
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
