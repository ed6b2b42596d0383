/* report_bulletin_table.c - a bulletin for a terminal: progress, funds, what is stuck, targets;
 * columns aligned by display width, the definitions at the foot. */
#include "report/report_bulletin.h"

#include "report/report_figures.h"
#include "report/report_grid.h"

static size_t columns_of(int page)
{
    size_t count = 0;
    for (size_t i = 0; i < figure_count; i++)
        count += figures[i].page == page;
    return count;
}

static void add_row(struct grid *grid, int page, const struct bulletin_row *row, struct bytes name)
{
    char text[FIGURE_TEXT_SIZE];
    grid_add(grid, name);
    for (size_t i = 0; i < figure_count; i++)
        if (figures[i].page == page)
            grid_add_text(grid, *figure_text(&figures[i], row, text) ? text : "—");
}

static bool has_groups(int page)
{
    for (size_t i = 0; i < figure_count; i++)
        if (figures[i].page == page && figures[i].group)
            return true;
    return false;
}

/* A group's name stands over its first column. */
static void add_groups(struct grid *grid, int page)
{
    const char *before = "";
    grid_add_text(grid, "");
    for (size_t i = 0; i < figure_count; i++) {
        if (figures[i].page != page)
            continue;
        const char *group = figures[i].group ? figures[i].group : "";
        grid_add_text(grid, strcmp(group, before) == 0 ? "" : group);
        before = group;
    }
}

static void add_headings(struct grid *grid, int page)
{
    if (has_groups(page))
        add_groups(grid, page);
    grid_add_text(grid, "单位");
    for (size_t i = 0; i < figure_count; i++)
        if (figures[i].page == page)
            grid_add_text(grid, figures[i].title);
    grid_end_headings(grid);
}

static void add_page(const struct bulletin *bulletin, int page, struct arena *arena,
                     struct buffer *out)
{
    struct grid grid;
    grid_init(&grid, arena, 1 + columns_of(page), ~UINT64_C(1));
    add_headings(&grid, page);
    for (size_t i = 0; i < bulletin->row_count; i++)
        add_row(&grid, page, &bulletin->rows[i], bulletin->rows[i].name);
    add_row(&grid, page, &bulletin->total, bytes_of_text("全市合计"));
    grid_print(&grid, out);
}

static void add_targets(struct grid *grid, const struct bulletin_row *row, struct bytes name)
{
    for (size_t i = 0; i < row->target_count; i++) {
        const struct bulletin_target *target = &row->targets[i];
        bool amount = target->is_amount;
        CLEANUP(buffer_release) struct buffer metric = {0};
        figure_target_name(target, &metric);
        grid_add(grid, name);
        grid_add(grid, buffer_bytes(&metric));
        grid_add_text(grid, figure_target_unit(target));
        grid_add_number(grid, amount ? wan_of_yuan(target->base) : target->base);
        if (target->has_stretch)
            grid_add_number(grid, amount ? wan_of_yuan(target->stretch) : target->stretch);
        else
            grid_add_text(grid, "—");
        grid_add_number(grid, amount ? wan_of_yuan(target->actual) : target->actual);
        grid_add_text(grid, target->has_rate ? target->rate_percent : "—");
        grid_add_text(grid, target->has_rate ? target->pace_points : "—");
    }
}

static void add_target_page(const struct bulletin *bulletin, struct arena *arena,
                            struct buffer *out)
{
    static const char *const headings[] = {"单位", "指标", "计量",   "目标",
                                           "力争", "完成", "完成率", "超欠进度"};
    struct grid grid;
    grid_init(&grid, arena, ARRAY_LENGTH(headings), 0xF8);
    for (size_t i = 0; i < ARRAY_LENGTH(headings); i++)
        grid_add_text(&grid, headings[i]);
    grid_end_headings(&grid);
    size_t before = grid.cell_count;
    for (size_t i = 0; i < bulletin->row_count; i++)
        add_targets(&grid, &bulletin->rows[i], bulletin->rows[i].name);
    add_targets(&grid, &bulletin->total, bytes_of_text("全市合计"));
    if (grid.cell_count == before)
        return;
    buffer_add_text(out, "\n表四 目标完成情况（完成率：%，超欠进度：百分点）\n");
    grid_print(&grid, out);
}

static void add_complete_to(const struct bulletin *bulletin, struct buffer *out)
{
    char text[INSTANT_TEXT_SIZE];
    if (bulletin->row_count == 0)
        return;
    buffer_add_text(out, "各单位数据报至：");
    for (size_t i = 0; i < bulletin->row_count; i++) {
        const struct bulletin_row *row = &bulletin->rows[i];
        buffer_add_text(out, i > 0 ? "，" : "");
        buffer_add(out, row->name);
        buffer_add_format(out, " %.16s",
                          row->complete_to_ms > 0 ? instant_text(row->complete_to_ms, text) : "无");
    }
    buffer_add_text(out, "。\n");
}

void bulletin_to_table(const struct bulletin_paper *paper, struct arena *arena, struct buffer *out)
{
    const struct bulletin *bulletin = paper->bulletin;
    paper_title(paper, out);
    buffer_add_text(out, "\n\n表一 项目推进情况（个、%、次）\n");
    add_page(bulletin, FIGURE_PAGE_PROGRESS, arena, out);
    buffer_add_text(out, "\n表二 资金到位情况（万元、%、个）\n");
    add_page(bulletin, FIGURE_PAGE_FUNDS, arena, out);
    buffer_add_text(out, "\n表三 项目堵点情况（个）\n");
    add_page(bulletin, FIGURE_PAGE_GAPS, arena, out);
    add_target_page(bulletin, arena, out);
    buffer_add_text(out, "\n");
    paper_notes(paper, 0, out);
    add_complete_to(bulletin, out);
}
