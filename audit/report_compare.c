/* report_compare.c - `huoshui-audit compare`: published figures beside computed ones. Differences
 * are named, and so is a published figure that does not follow from its own parts. */
#include "audit/commands.h"
#include "audit/report.h"
#include "audit/report_commands.h"
#include "audit/report_published.h"
#include "io/command_line.h"
#include "io/identity.h"
#include "report/report_grid.h"

struct comparison {
    struct published published;
    struct bulletin bulletin;
    size_t agreeing, differing, misprints, unknown;
};

static const char *verdict_text(const struct published_figure *figure,
                                enum published_verdict verdict)
{
    bool misprint = published_is_misprint(figure);
    switch (verdict) {
    case PUBLISHED_AGREES:
        return misprint ? "一致，但与公布的分项不符" : "一致";
    case PUBLISHED_AGREES_TRUNCATED:
        return misprint ? "截取一致，但与公布的分项不符" : "一致（公布数为截取）";
    case PUBLISHED_DIFFERS:
        return misprint ? "不一致，公布数与其分项也不符" : "不一致";
    case PUBLISHED_UNKNOWN:
        return misprint ? "此处无此数，公布数与其分项不符" : "此处无此单位或指标";
    }
    return "";
}

static const char *verdict_id(enum published_verdict verdict)
{
    static const char *const ids[] = {"AGREES", "AGREES_TRUNCATED", "DIFFERS", "UNKNOWN"};
    return ids[verdict];
}

static enum err read_published(struct report *report, struct published *out)
{
    enum { SIZE_MAX_BYTES = 16 << 20 };
    const char *path = args_value(report->args, "--published");
    CLEANUP(buffer_release) struct buffer text = {0};
    TRY(file_read(path, SIZE_MAX_BYTES, &text, &report->problem));
    enum err err = published_parse(buffer_bytes(&text), report->view.definitions, &report->arena,
                                   out, &report->problem);
    if (err != OK)
        problem_set(&report->problem, "%s: %s", path, report->problem.text);
    return err;
}

static void count(struct comparison *comparison, const struct published_figure *figure,
                  enum published_verdict verdict)
{
    comparison->agreeing += verdict == PUBLISHED_AGREES || verdict == PUBLISHED_AGREES_TRUNCATED;
    comparison->differing += verdict == PUBLISHED_DIFFERS;
    comparison->unknown += verdict == PUBLISHED_UNKNOWN;
    comparison->misprints += published_is_misprint(figure);
}

static bool is_shown(const struct report *report, const struct published_figure *figure,
                     enum published_verdict verdict)
{
    bool agrees = verdict == PUBLISHED_AGREES || verdict == PUBLISHED_AGREES_TRUNCATED;
    return !agrees || published_is_misprint(figure) || args_flag(report->args, "--all");
}

static void write_json(struct report *report, struct comparison *comparison)
{
    json_t *out = json_object(), *rows = json_array();
    for (size_t i = 0; i < comparison->published.count; i++) {
        const struct published_figure *figure = &comparison->published.figures[i];
        char computed[FIGURE_TEXT_SIZE];
        enum published_verdict verdict = published_judge(figure, &comparison->bulletin, computed);
        count(comparison, figure, verdict);
        if (!is_shown(report, figure, verdict))
            continue;
        json_t *row = json_object();
        report_set(row, "unit", report_text_json(bytes_of_text(figure->unit)));
        report_set(row, "figure", json_string(figure->id));
        report_set(row, "published", json_string(figure->text));
        report_set(row, "published_parts_make", report_text_json(bytes_of_text(figure->own)));
        report_set(row, "computed", report_text_json(bytes_of_text(computed)));
        report_set(row, "verdict", json_string(verdict_id(verdict)));
        report_set(row, "misprint", json_boolean(published_is_misprint(figure)));
        json_array_append_new(rows, row);
    }
    report_set(out, "as_of", report_day_json(report->view.as_of));
    report_set(out, "from", report_day_json(report->view.from));
    report_set(out, "known_at", json_integer((json_int_t)report->view.known_at));
    report_set(out, "compared", json_integer((json_int_t)comparison->published.count));
    report_set(out, "agreeing", json_integer((json_int_t)comparison->agreeing));
    report_set(out, "differing", json_integer((json_int_t)comparison->differing));
    report_set(out, "misprints", json_integer((json_int_t)comparison->misprints));
    report_set(out, "unknown", json_integer((json_int_t)comparison->unknown));
    report_set(out, "figures", rows);
    report_add_json(report, out);
}

static void add_row(const struct report *report, struct grid *grid,
                    const struct published_figure *figure, enum published_verdict verdict,
                    const char *computed)
{
    uint16_t unit;
    if (*figure->unit && ledger_find_unit(report->ledger, bytes_of_text(figure->unit), &unit))
        grid_add(grid,
                 ledger_unit_name(report->ledger, unit, report->view.as_of, report->view.known_at));
    else
        grid_add_text(grid, *figure->unit ? figure->unit : "全市合计");
    grid_add_text(grid, figure->id);
    grid_add_text(grid, figure->text);
    grid_add_text(grid, *figure->own ? figure->own : "—");
    grid_add_text(grid, *computed ? computed : "—");
    grid_add_text(grid, verdict_text(figure, verdict));
}

static void write_table(struct report *report, struct comparison *comparison)
{
    static const char *const headings[] = {"单位", "指标", "公布", "分项自算", "台账计算", "结论"};
    enum { RIGHT = 1 << 2 | 1 << 3 | 1 << 4 };
    struct grid grid;
    char day[DAY_TEXT_SIZE];
    grid_init(&grid, &report->arena, ARRAY_LENGTH(headings), RIGHT);
    for (size_t i = 0; i < ARRAY_LENGTH(headings); i++)
        grid_add_text(&grid, headings[i]);
    grid_end_headings(&grid);
    size_t before = grid.cell_count;
    for (size_t i = 0; i < comparison->published.count; i++) {
        const struct published_figure *figure = &comparison->published.figures[i];
        char computed[FIGURE_TEXT_SIZE];
        enum published_verdict verdict = published_judge(figure, &comparison->bulletin, computed);
        count(comparison, figure, verdict);
        if (is_shown(report, figure, verdict))
            add_row(report, &grid, figure, verdict, computed);
    }
    if (grid.cell_count > before)
        grid_print(&grid, &report->out);
    buffer_add_format(
        &report->out,
        "截至 %s 比对 %zu 项：一致 %zu 项，不一致 %zu 项，无从比对 %zu 项；公布数与其分项"
        "不符 %zu 项。\n",
        day_text(report->view.as_of, day), comparison->published.count, comparison->agreeing,
        comparison->differing, comparison->unknown, comparison->misprints);
}

static enum err write_comparison(struct report *report)
{
    struct comparison comparison = {0};
    struct bulletin_paper paper;
    TRY(read_published(report, &comparison.published));
    report_days(report, comparison.published.from, comparison.published.as_of);
    report_bulletin(report, report->view.known_at, &comparison.bulletin, &paper);
    published_sum(&comparison.published, &comparison.bulletin);
    if (args_flag(report->args, "--json"))
        write_json(report, &comparison);
    else
        write_table(report, &comparison);
    return OK;
}

int command_compare(const struct args *args)
{
    return report_run(args, write_comparison);
}
