/* report_assess.c - `huoshui-audit assess`: scores and ranks by a scheme, and each figure of a unit
 * down to the events it came from. A scheme that is not the one in force is marked (contract 7). */
#include <inttypes.h>
#include <stdlib.h>

#include "audit/report.h"
#include "audit/report_boards.h"
#include "audit/report_commands.h"
#include "audit/report_reread.h"
#include "io/command_line.h"
#include "io/identity.h"
#include "ledger/view/city_rule.h"
#include "report/report_figures.h"
#include "report/report_grid.h"

struct sitting {
    struct report *report;
    struct assessment assessment;
    const struct assess_row *explained; /* NULL: the whole table */
    struct sitting_boards boards;
    bool what_if;
};

/* ---- which scheme ---- */

/* Empty: none of this id is in force. */
static struct bytes scheme_in_force(struct report *report, const char *id, int32_t day)
{
    struct city_rule rule;
    struct rule_moment moment = {day, report->view.known_at};
    return city_rule_find(report->ledger, DEFINITION_SCHEME, id, moment, &report->arena, &rule)
               ? rule.content
               : BYTES_NONE;
}

static bool same_json(struct bytes left, struct bytes right)
{
    json_error_t error;
    json_t *a = json_loadb((const char *)left.data, left.size, 0, &error);
    json_t *b = json_loadb((const char *)right.data, right.size, 0, &error);
    bool same = a && b && json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

/* A file, or the id of a scheme that is in force. */
static enum err read_scheme(struct sitting *sitting, const struct assess_scheme **out)
{
    struct report *report = sitting->report;
    const char *path = report_option(report->args, "--scheme");
    CLEANUP(buffer_release) struct buffer text = {0};
    char id[FIGURE_ID_SIZE];
    struct bytes content = scheme_in_force(report, path, report->view.as_of);
    if (content.size > 0)
        return assess_scheme_parse(content, &report->arena, out, &report->problem);
    TRY(file_read(path, REPORT_DEFINITIONS_SIZE_MAX, &text, &report->problem));
    content = arena_copy(&report->arena, buffer_bytes(&text));
    enum err err = assess_scheme_parse(content, &report->arena, out, &report->problem);
    if (err != OK) {
        problem_set(&report->problem, "%s: %s", path, report->problem.text);
        return err;
    }
    struct bytes in_force =
        scheme_in_force(report, bytes_to_text((*out)->id, id, sizeof id), report->view.as_of);
    sitting->what_if = !same_json(content, in_force);
    return OK;
}

/* Of a scheme that goes by its id the version of that day, else the sitting's own. */
static enum err make_boards(struct sitting *sitting)
{
    struct report *report = sitting->report;
    struct sitting_boards *boards = &sitting->boards;
    const struct assess_scheme *scheme = sitting->assessment.scheme;
    boards->now = &sitting->assessment;
    TRY(command_day(report->args, "--before", &boards->before, &report->problem));
    if (boards->before != DAY_NONE) {
        const char *id = report_option(report->args, "--scheme");
        struct bytes content = scheme_in_force(report, id, boards->before);
        if (content.size > 0)
            TRY(assess_scheme_parse(content, &report->arena, &scheme, &report->problem));
    }
    return report_boards_make(report, scheme, boards);
}

/* ---- the table ---- */

static const char *score(const struct sitting *sitting, int64_t points, char out[SCORE_TEXT_SIZE])
{
    const struct assess_scheme *scheme = sitting->assessment.scheme;
    return score_text(score_printed(scheme, points), scheme->digits, out);
}

enum { OTHER_COLUMNS = 6 }; /* 分类 位次 单位 得分 … 减分 榜 */

static size_t items_shown(const struct assess_scheme *scheme)
{
    size_t most = GRID_COLUMNS_MAX - OTHER_COLUMNS;
    return scheme->item_count < most ? scheme->item_count : most;
}

static void add_table_row(struct sitting *sitting, struct grid *grid, const struct assess_row *row)
{
    const struct assess_scheme *scheme = sitting->assessment.scheme;
    char text[SCORE_TEXT_SIZE];
    grid_add(grid, scheme->group_count > 0 ? scheme->groups[row->group].name : BYTES_NONE);
    grid_add_number(grid, (int64_t)row->rank);
    grid_add(grid, row->name);
    grid_add_text(grid, score(sitting, row->printed, text));
    for (size_t i = 0; i < items_shown(scheme); i++)
        grid_add_text(grid,
                      row->items[i].measured ? score(sitting, row->items[i].points, text) : "—");
    grid_add_text(grid, score(sitting, row->deductions, text));
    grid_add_text(grid, row->red ? "红榜" : row->black ? "黑榜" : "");
}

static void add_table(struct sitting *sitting)
{
    const struct assess_scheme *scheme = sitting->assessment.scheme;
    struct report *report = sitting->report;
    struct grid grid;
    size_t columns = OTHER_COLUMNS + items_shown(scheme);
    uint64_t left = 1 | 1 << 2 | UINT64_C(1) << (columns - 1);
    grid_init(&grid, &report->arena, columns, ~left);
    grid_add_text(&grid, scheme->group_count > 0 ? "分类" : "");
    grid_add_text(&grid, "位次");
    grid_add_text(&grid, "单位");
    grid_add_text(&grid, "得分");
    for (size_t i = 0; i < items_shown(scheme); i++)
        grid_add(&grid, scheme->items[i].name);
    grid_add_text(&grid, "减分");
    grid_add_text(&grid, "榜");
    grid_end_headings(&grid);
    for (size_t i = 0; i < sitting->assessment.row_count; i++)
        add_table_row(sitting, &grid, &sitting->assessment.rows[i]);
    grid_print(&grid, &report->out);
}

static void add_heading(struct sitting *sitting)
{
    const struct assess_scheme *scheme = sitting->assessment.scheme;
    struct report *report = sitting->report;
    char day[DAY_TEXT_SIZE];
    buffer_add_text(&report->out, report->city);
    buffer_add(&report->out, scheme->name);
    buffer_add_format(&report->out, "（%.*s %.*s%s）截至 %s，据第 %" PRIu64 " 号记录以前\n\n",
                      (int)scheme->id.size, (const char *)scheme->id.data,
                      (int)scheme->version.size, (const char *)scheme->version.data,
                      sitting->what_if ? "，测算：不是施行的方案" : "",
                      day_text(report->view.as_of, day), report->view.known_at);
}

/* ---- down to the events ---- */

static int compare_rows(const void *left, const void *right)
{
    uint64_t a = ((const struct reread *)left)->position;
    uint64_t b = ((const struct reread *)right)->position;
    return a < b ? -1 : a > b;
}

/* What the evidence's positions say, once each. */
static enum err read_evidence(struct report *report, const struct assess_evidence_list *list,
                              struct reread **rows, size_t *count)
{
    *count = 0;
    *rows = arena_alloc(&report->arena, (list->count + 1) * sizeof **rows);
    if (!*rows)
        return ERR_LIMIT;
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i].position > 0)
            (*rows)[(*count)++].position = list->rows[i].position;
    qsort(*rows, *count, sizeof **rows, compare_rows);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (kept == 0 || (*rows)[kept - 1].position != (*rows)[i].position)
            (*rows)[kept++] = (*rows)[i];
    *count = kept;
    return reread(report, *rows, *count, BYTES_NONE);
}

static struct bytes content_of(const struct reread *rows, size_t count, uint64_t position)
{
    struct reread key = {.position = position};
    const struct reread *row = bsearch(&key, rows, count, sizeof key, compare_rows);
    return row ? row->content : BYTES_NONE;
}

static void add_evidence(struct report *report, const struct assess_evidence_list *list,
                         const struct reread *rows, size_t count)
{
    static const char *const headings[] = {"", "项目编号", "数", "记录", "内容"};
    struct grid grid;
    if (list->count == 0)
        return;
    grid_init(&grid, &report->arena, ARRAY_LENGTH(headings), 1 << 2 | 1 << 3);
    for (size_t i = 0; i < ARRAY_LENGTH(headings); i++)
        grid_add_text(&grid, headings[i]);
    grid_end_headings(&grid);
    for (size_t i = 0; i < list->count; i++) {
        const struct assess_evidence *row = &list->rows[i];
        grid_add_text(&grid, row->is_detail ? "    " : row->is_base ? "  ÷" : "  ");
        grid_add(&grid, row->subject == SIZE_MAX ? BYTES_NONE
                                                 : ledger_subject(report->ledger, row->subject));
        grid_add_number(&grid, row->value);
        if (row->position > 0)
            grid_add_number(&grid, (int64_t)row->position);
        else
            grid_add_text(&grid, "");
        grid_add(&grid, content_of(rows, count, row->position));
    }
    grid_print(&grid, &report->out);
    if (list->left_out > 0)
        buffer_add_format(&report->out, "  另有 %zu 条未列\n", list->left_out);
}

static enum err explain(struct sitting *sitting)
{
    struct report *report = sitting->report;
    const struct assess_scheme *scheme = sitting->assessment.scheme;
    const struct assess_row *row = sitting->explained;
    char text[SCORE_TEXT_SIZE];
    buffer_add(&report->out, row->name);
    buffer_add_format(&report->out, "：%s 分，第 %zu 位\n", score(sitting, row->printed, text),
                      row->rank);
    for (size_t i = 0; i < scheme->item_count; i++) {
        struct assess_evidence_list list;
        struct reread *rows;
        size_t count;
        buffer_add_text(&report->out, "\n");
        buffer_add(&report->out, scheme->items[i].name);
        buffer_add_text(&report->out, "：");
        buffer_add(&report->out, row->items[i].formula);
        buffer_add_text(&report->out, "\n");
        assess_explain(report->ledger, &sitting->assessment, row, i, &report->arena, &list);
        TRY(read_evidence(report, &list, &rows, &count));
        add_evidence(report, &list, rows, count);
    }
    return OK;
}

/* ---- JSON ---- */

static json_t *evidence_json(struct sitting *sitting, const struct assess_row *row, size_t item)
{
    struct report *report = sitting->report;
    struct assess_evidence_list list;
    json_t *out = json_array();
    assess_explain(report->ledger, &sitting->assessment, row, item, &report->arena, &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct assess_evidence *evidence = &list.rows[i];
        json_t *one = json_object();
        report_set(one, "project",
                   evidence->subject == SIZE_MAX
                       ? json_null()
                       : report_text_json(ledger_subject(report->ledger, evidence->subject)));
        report_set(one, "position",
                   evidence->position > 0 ? json_integer((json_int_t)evidence->position)
                                          : json_null());
        report_set(one, "value", json_integer(evidence->value));
        report_set(one, "part", json_integer(evidence->part));
        report_set(one, "is_base", json_boolean(evidence->is_base));
        report_set(one, "is_detail", json_boolean(evidence->is_detail));
        json_array_append_new(out, one);
    }
    return out;
}

static json_t *row_json(struct sitting *sitting, const struct assess_row *row)
{
    const struct assess_scheme *scheme = sitting->assessment.scheme;
    json_t *out = json_object(), *items = json_array();
    char text[SCORE_TEXT_SIZE];
    report_set(out, "unit", report_text_json(row->code));
    report_set(out, "name", report_text_json(row->name));
    report_set(out, "rank", json_integer((json_int_t)row->rank));
    report_set(out, "group",
               scheme->group_count > 0 ? report_text_json(scheme->groups[row->group].name)
                                       : json_null());
    report_set(out, "score", json_string(score(sitting, row->printed, text)));
    report_set(out, "deductions", json_string(score(sitting, row->deductions, text)));
    report_set(out, "red", json_boolean(row->red));
    report_set(out, "black", json_boolean(row->black));
    for (size_t i = 0; i < scheme->item_count; i++) {
        const struct assess_item_result *result = &row->items[i];
        json_t *item = json_object();
        report_set(item, "id", report_text_json(scheme->items[i].id));
        report_set(item, "points", json_string(score_text(result->points, 4, text)));
        report_set(item, "measured", json_boolean(result->measured));
        report_set(item, "formula", report_text_json(result->formula));
        if (sitting->explained)
            report_set(item, "evidence", evidence_json(sitting, row, i));
        json_array_append_new(items, item);
    }
    report_set(out, "items", items);
    return out;
}

static void write_json(struct sitting *sitting)
{
    const struct assessment *assessment = &sitting->assessment;
    struct report *report = sitting->report;
    json_t *out = json_object(), *rows = json_array();
    char hash[2 * HASH_SIZE + 1];
    report_set(out, "scheme", report_text_json(assessment->scheme->id));
    report_set(out, "version", report_text_json(assessment->scheme->version));
    report_set(out, "what_if", json_boolean(sitting->what_if));
    report_set(out, "as_of", report_day_json(report->view.as_of));
    report_set(out, "from", report_day_json(report->view.from));
    report_set(out, "known_at", json_integer((json_int_t)report->view.known_at));
    report_set(out, "facts_digest",
               json_string(hex_text(hash_bytes(&assessment->facts), hash, sizeof hash)));
    for (size_t i = 0; i < assessment->row_count; i++)
        if (!sitting->explained || sitting->explained == &assessment->rows[i])
            json_array_append_new(rows, row_json(sitting, &assessment->rows[i]));
    report_set(out, "units", rows);
    report_set(out, "boards", report_boards_json(&sitting->boards));
    report_add_json(report, out);
}

/* ---- the whole ---- */

static enum err find_explained(struct sitting *sitting)
{
    struct report *report = sitting->report;
    const char *unit = report_option(report->args, "--explain");
    if (!unit)
        return OK;
    sitting->explained = assess_find(&sitting->assessment, bytes_of_text(unit));
    if (sitting->explained)
        return OK;
    problem_set(&report->problem, "--explain %s: 该单位不在考核之列 (not among those assessed)",
                unit);
    problem_remedy(&report->problem, "leave --explain out to see which units are");
    return ERR_NOT_FOUND;
}

static enum err write_assessment(struct report *report)
{
    struct sitting sitting = {.report = report};
    const struct assess_scheme *scheme;
    TRY(read_scheme(&sitting, &scheme));
    assess_make(report->ledger, &report->view, scheme, &report->arena, &sitting.assessment);
    if (sitting.assessment.incomplete) {
        problem_set(&report->problem, "考核所需内存超限 (too much to assess at once)");
        problem_remedy(&report->problem, "assess fewer units: \"groups\" in the scheme");
        return ERR_LIMIT;
    }
    TRY(find_explained(&sitting));
    TRY(make_boards(&sitting));
    if (args_flag(report->args, "--json")) {
        write_json(&sitting);
        return OK;
    }
    add_heading(&sitting);
    if (sitting.explained)
        TRY(explain(&sitting));
    else
        add_table(&sitting);
    report_boards_add(report, &sitting.boards);
    return OK;
}

/* The previous sitting lies between the first day of the period and the day of this one. */
static enum err check_before(const struct args *args, struct problem *problem)
{
    int32_t before = DAY_NONE, as_of = DAY_NONE, from = DAY_NONE;
    TRY(command_day(args, "--before", &before, problem));
    TRY(command_day(args, "--as-of", &as_of, problem));
    TRY(command_day(args, "--from", &from, problem));
    if (before == DAY_NONE || (before < as_of && (from == DAY_NONE || before >= from)))
        return OK;
    problem_set(problem,
                "--before %s: 须早于 --as-of，且不早于 --from (before the day of the sitting, "
                "not before the period)",
                report_option(args, "--before"));
    problem_remedy(problem, "For example: %s", args->command->example);
    return ERR_MALFORMED;
}

int command_assess(const struct args *args)
{
    struct problem problem = {0};
    if (check_before(args, &problem) != OK)
        return command_fail(&problem, COMMAND_USAGE);
    return report_run(args, write_assessment);
}
