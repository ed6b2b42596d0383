/* report_breakdown.c - see report_breakdown.h. Rows are written as the bulletin writes units. */
#include "report/report_breakdown_cells.h"

#include <inttypes.h>

#include "report/report_figures.h"
#include "report/report_grid.h"
#include "report/report_json.h"

static const struct column {
    const char *id, *heading, *unit;
    int page;
} columns[] = {
    {"projects", "在册", "个", FIGURE_PAGE_PROGRESS},
    {"signed", "签约", "个", FIGURE_PAGE_PROGRESS},
    {"signed_fixed_ge_yi.1", "≥1亿元", "个", FIGURE_PAGE_PROGRESS},
    {"signed_fixed_ge_yi.5", "≥5亿元", "个", FIGURE_PAGE_PROGRESS},
    {"signed_fixed_ge_yi.10", "≥10亿元", "个", FIGURE_PAGE_PROGRESS},
    {"performing", "履约", "个", FIGURE_PAGE_PROGRESS},
    {"terminated", "终止", "个", FIGURE_PAGE_PROGRESS},
    {"landed", "落地", "个", FIGURE_PAGE_PROGRESS},
    {"started", "开工", "个", FIGURE_PAGE_PROGRESS},
    {"completed", "竣工", "个", FIGURE_PAGE_PROGRESS},
    {"producing", "投产", "个", FIGURE_PAGE_PROGRESS},
    {"gaps.SIGNED_NOT_STARTED", "签约未开工", "个", FIGURE_PAGE_PROGRESS},
    {"trips", "外出招商", "次", FIGURE_PAGE_PROGRESS},
    {"contract_wan", "合同总投资", "万元", FIGURE_PAGE_FUNDS},
    {"received_wan", "到位资金", "万元", FIGURE_PAGE_FUNDS},
    {"verified_wan", "核实到位", "万元", FIGURE_PAGE_FUNDS},
    {"received_in_period_wan", "期内到位", "万元", FIGURE_PAGE_FUNDS},
    {"received_by_origin_wan.out_of_province", "省外到位", "万元", FIGURE_PAGE_FUNDS},
    {"received_by_origin_wan.overseas", "境外到位", "万元", FIGURE_PAGE_FUNDS},
};

static bool is_shown(const struct bulletin_rate *rate, int page)
{
    bool is_of_funds = measure_is_amount(rate->definition->numerator);
    return rate->definition->headline && (page == 0 || is_of_funds == (page == FIGURE_PAGE_FUNDS));
}

void breakdown_each_cell(const struct breakdown_cells *cells)
{
    const struct bulletin_row *total = &cells->breakdown->total;
    char text[FIGURE_TEXT_SIZE];
    for (size_t i = 0; i < ARRAY_LENGTH(columns); i++) {
        const struct column *column = &columns[i];
        if (cells->page != 0 && column->page != cells->page)
            continue;
        if (!cells->row)
            (void)snprintf(text, sizeof(text), cells->page == 0 ? "%s(%s)" : "%s", column->heading,
                           column->unit);
        else if (!figure_find(cells->row, column->id, text))
            *text = '\0';
        cells->take(cells->out, text);
    }
    for (size_t i = 0; i < total->rate_count; i++) {
        const struct bulletin_rate *rate = cells->row ? &cells->row->rates[i] : &total->rates[i];
        if (!is_shown(&total->rates[i], cells->page))
            continue;
        (void)snprintf(text, sizeof(text), !cells->row && cells->page == 0 ? "%s(%%)" : "%s",
                       cells->row ? rate->percent : rate->definition->name);
        cells->take(cells->out, text);
    }
}

struct bytes breakdown_row_name(const struct breakdown *breakdown, const struct breakdown_row *row)
{
    return row->value.size > 0 ? row->value
                               : bytes_of_text(breakdown_without(breakdown->dimension));
}

static void count_cell(void *out, const char *text)
{
    (void)text;
    (*(size_t *)out)++;
}

size_t breakdown_columns(const struct breakdown *breakdown, int page)
{
    size_t count = 0;
    struct breakdown_cells cells = {breakdown, NULL, page, &count, count_cell};
    breakdown_each_cell(&cells);
    return count;
}

/* ---- table ---- */

static void add_grid_cell(void *out, const char *text)
{
    grid_add_text(out, *text ? text : "—");
}

static void add_page(const struct breakdown *breakdown, int page, struct arena *arena,
                     struct buffer *out)
{
    struct grid grid;
    struct breakdown_cells cells = {breakdown, NULL, page, &grid, add_grid_cell};
    grid_init(&grid, arena, 1 + breakdown_columns(breakdown, page), ~UINT64_C(1));
    grid_add_text(&grid, breakdown_name(breakdown->dimension));
    breakdown_each_cell(&cells);
    grid_end_headings(&grid);
    for (size_t i = 0; i < breakdown->row_count; i++) {
        grid_add(&grid, breakdown_row_name(breakdown, &breakdown->rows[i]));
        cells.row = &breakdown->rows[i].figures;
        breakdown_each_cell(&cells);
    }
    grid_add_text(&grid, BREAKDOWN_TOTAL);
    cells.row = &breakdown->total;
    breakdown_each_cell(&cells);
    grid_print(&grid, out);
}

void breakdown_notes(const struct breakdown *breakdown, struct buffer *out)
{
    if (breakdown_is_multiple(breakdown->dimension))
        buffer_add_format(out,
                          "一个项目可列入多行（本表 %" PRId64
                          " 个），各行之和可大于合计；合计中每个项目只计一次。\n",
                          breakdown->in_several_rows);
    if (breakdown->dimension == BREAKDOWN_SIZE)
        buffer_add_format(
            out, "按计划固定资产投资分档；未报固定资产投资的 %" PRId64 " 个项目按计划总投资。\n",
            breakdown->sized_by_total);
    buffer_add_text(out, breakdown->dimension == BREAKDOWN_TEAM
                             ? "外出招商计入出访的小分队；不含各单位自报的计划和目标。\n"
                             : "外出招商只计记在项目名下的；不含各单位自报的计划和目标。\n");
}

void breakdown_to_table(const struct breakdown *breakdown, const struct bulletin_paper *paper,
                        struct arena *arena, struct buffer *out)
{
    const char *name = breakdown_name(breakdown->dimension);
    paper_title(paper, out);
    buffer_add_format(out, "（按%s）\n\n表一 项目推进情况（个、%%、次）\n", name);
    add_page(breakdown, FIGURE_PAGE_PROGRESS, arena, out);
    buffer_add_text(out, "\n表二 资金到位情况（万元、%）\n");
    add_page(breakdown, FIGURE_PAGE_FUNDS, arena, out);
    buffer_add_text(out, "\n");
    breakdown_notes(breakdown, out);
    paper_notes(paper, 0, out);
}

/* ---- CSV ---- */

static void add_csv_cell(void *out, const char *text)
{
    paper_csv_cell(text, false, false, out);
}

static void add_csv_row(const struct breakdown *breakdown, const struct bulletin_row *row,
                        struct bytes name, struct buffer *out)
{
    char shown[256];
    struct breakdown_cells cells = {breakdown, row, 0, out, add_csv_cell};
    paper_csv_cell(bytes_to_text(name, shown, sizeof(shown)), true, true, out);
    breakdown_each_cell(&cells);
    buffer_add_text(out, "\r\n");
}

void breakdown_to_csv(const struct breakdown *breakdown, struct buffer *out)
{
    buffer_add_text(out, "\xEF\xBB\xBF");
    add_csv_row(breakdown, NULL, bytes_of_text(breakdown_name(breakdown->dimension)), out);
    for (size_t i = 0; i < breakdown->row_count; i++) {
        const struct breakdown_row *row = &breakdown->rows[i];
        add_csv_row(breakdown, &row->figures, breakdown_row_name(breakdown, row), out);
    }
    add_csv_row(breakdown, &breakdown->total, bytes_of_text(BREAKDOWN_TOTAL), out);
}

/* ---- JSON ---- */

/* What only units have is left out. */
static json_t *row_json(const struct bulletin_row *row, struct bytes value, struct bytes name)
{
    static const char *const of_units[] = {"unit", "targets", "rank"};
    json_t *out = bulletin_row_json(row, BYTES_NONE, name);
    for (size_t i = 0; i < ARRAY_LENGTH(of_units); i++)
        (void)json_object_del(out, of_units[i]);
    report_set(out, "value", report_text_json(value));
    return out;
}

json_t *breakdown_to_json(const struct breakdown *breakdown, const struct bulletin_paper *paper)
{
    json_t *out = json_object(), *rows = json_array();
    report_set(out, "as_of", report_day_json(breakdown->view.as_of));
    report_set(out, "from", report_day_json(breakdown->view.from));
    report_set(out, "known_at", json_integer((json_int_t)paper->known_at));
    report_set(out, "by", json_string(breakdown_id(breakdown->dimension)));
    report_set(out, "in_several_rows", json_integer(breakdown->in_several_rows));
    if (breakdown->dimension == BREAKDOWN_SIZE)
        report_set(out, "sized_by_total", json_integer(breakdown->sized_by_total));
    for (size_t i = 0; i < breakdown->row_count; i++) {
        const struct breakdown_row *row = &breakdown->rows[i];
        report_append(rows,
                      row_json(&row->figures, row->value, breakdown_row_name(breakdown, row)));
    }
    report_set(out, "rows", rows);
    report_set(out, "total",
               row_json(&breakdown->total, BYTES_NONE, bytes_of_text(BREAKDOWN_TOTAL)));
    report_set(out, "city", json_string(paper->city));
    report_set(out, "what_if", json_boolean(paper->what_if));
    report_set(out, "month", monthly_month_json(&paper->monthly));
    report_set(out, "closed_on", report_day_json(paper->monthly.closed_on));
    return out;
}
