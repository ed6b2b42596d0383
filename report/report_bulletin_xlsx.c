/* report_bulletin_xlsx.c - a bulletin as an office prints it: three tables, and the targets where
 * there are any; each on a page with its title, unit line, total and the definitions at its foot.
 */
#include "report/report_bulletin.h"

#include <stdio.h>

#include "report/report_figures.h"
#include "report/report_page.h"

enum { GROUP_ROW = PAGE_HEADING_ROW, HEADING_ROW, FIRST_ROW };

struct table {
    struct page page;
    const struct figure *columns[GAP_CLASSES + 24];
    uint16_t count; /* of figures; the names stand before them */
};

static void add_headings(struct table *table)
{
    struct sheet_book *book = table->page.book;
    sheet_text(book, page_area(GROUP_ROW, 0, HEADING_ROW, 0), SHEET_HEADING, false, "单　位");
    for (uint16_t i = 0; i < table->count;) {
        const char *group = table->columns[i]->group;
        uint16_t end = (uint16_t)(i + 1), column = (uint16_t)(i + 1);
        if (!group) {
            sheet_text(book, page_area(GROUP_ROW, column, HEADING_ROW, column), SHEET_HEADING,
                       false, table->columns[i]->title);
            i = end;
            continue;
        }
        for (; end < table->count && table->columns[end]->group &&
               strcmp(table->columns[end]->group, group) == 0;)
            end++;
        sheet_text(book, page_area(GROUP_ROW, column, GROUP_ROW, end), SHEET_HEADING, false, group);
        for (; i < end; i++)
            sheet_text(book, sheet_at(HEADING_ROW, (uint16_t)(i + 1)), SHEET_HEADING, false,
                       table->columns[i]->title);
    }
    sheet_row_height(book, GROUP_ROW, PAGE_HEADING_HEIGHT);
    sheet_row_height(book, HEADING_ROW, PAGE_HEADING_HEIGHT);
    table->page.row = FIRST_ROW;
}

static void add_row(struct table *table, const struct bulletin_row *row, struct bytes name,
                    bool bold)
{
    char text[FIGURE_TEXT_SIZE], shown[256];
    struct page *page = &table->page;
    sheet_text(page->book, sheet_at(page->row, 0), SHEET_NAME, bold,
               bytes_to_text(name, shown, sizeof shown));
    for (uint16_t i = 0; i < table->count; i++) {
        (void)figure_text(table->columns[i], row, text);
        if (table->columns[i]->kind == FIGURE_COMPLETE_TO && *text)
            sheet_text(page->book, sheet_at(page->row, (uint16_t)(i + 1)), SHEET_CELL, bold, text);
        else
            page_number(page, (uint16_t)(i + 1), bold, text);
    }
    sheet_row_height(page->book, page->row++, PAGE_ROW_HEIGHT);
}

static void add_notes(struct page *page, int number)
{
    CLEANUP(buffer_release) struct buffer notes = {0};
    buffer_add_text(&notes, "说明：");
    paper_notes(page->paper, number, &notes);
    page_notes(page, &notes);
}

/* In characters: wide enough for a province's 万元 in bold. */
static int width_of(const struct figure *figure)
{
    switch (figure->kind) {
    case FIGURE_WAN:
        return 14;
    case FIGURE_COMPLETE_TO:
        return 13;
    case FIGURE_COUNT:
        return figure->page == FIGURE_PAGE_GAPS ? 12 : 9;
    case FIGURE_PERCENT:
    case FIGURE_RATE:
        return 9;
    case FIGURE_RANK:
        return 7;
    }
    return 9;
}

static void add_table(const struct bulletin_paper *paper, struct sheet_book *book, int number)
{
    static const struct {
        const char *tab, *caption, *units;
    } texts[] = {
        [FIGURE_PAGE_PROGRESS] = {"推进情况", "表一　项目推进情况", "单位：个、%、次"},
        [FIGURE_PAGE_FUNDS] = {"资金到位", "表二　资金到位情况", "单位：万元、%、个"},
        [FIGURE_PAGE_GAPS] = {"项目堵点", "表三　项目堵点情况", "单位：个"},
    };
    enum { FIRST_WIDTH = 22 };
    const struct bulletin *bulletin = paper->bulletin;
    struct table table = {.page = {.paper = paper, .book = book, .width = FIRST_WIDTH}};
    struct page *page = &table.page;
    for (size_t i = 0; i < figure_count; i++)
        if (figures[i].page == number && table.count < ARRAY_LENGTH(table.columns))
            table.columns[table.count++] = &figures[i];
    page->last_column = table.count;
    sheet_page(book, texts[number].tab, (uint16_t)(table.count + 1), FIRST_WIDTH, FIRST_WIDTH);
    for (uint16_t i = 0; i < table.count; i++) {
        page->width += width_of(table.columns[i]);
        sheet_column_width(book, (uint16_t)(i + 1), width_of(table.columns[i]));
    }
    page_title(page, "", texts[number].caption, texts[number].units);
    add_headings(&table);
    for (size_t i = 0; i < bulletin->row_count; i++)
        add_row(&table, &bulletin->rows[i], bulletin->rows[i].name, false);
    add_row(&table, &bulletin->total, bytes_of_text("全市合计"), true);
    add_notes(page, number);
    sheet_freeze(book, GROUP_ROW, HEADING_ROW, page->row);
}

/* ---- targets ---- */

static void add_target(struct page *page, const struct bulletin_target *target, struct bytes name)
{
    char shown[256], number[24];
    struct sheet_book *book = page->book;
    uint32_t row = page->row++;
    bool amount = target->is_amount;
    sheet_text(book, sheet_at(row, 0), SHEET_NAME, false, bytes_to_text(name, shown, sizeof shown));
    CLEANUP(buffer_release) struct buffer metric = {0};
    figure_target_name(target, &metric);
    sheet_text(book, sheet_at(row, 1), SHEET_CELL, false,
               bytes_to_text(buffer_bytes(&metric), shown, sizeof shown));
    sheet_text(book, sheet_at(row, 2), SHEET_CELL, false, figure_target_unit(target));
    const int64_t values[] = {target->base, target->stretch, target->actual};
    for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
        struct sheet_area area = sheet_at(row, (uint16_t)(i + 3));
        (void)snprintf(number, sizeof number, "%lld",
                       (long long)(amount ? wan_of_yuan(values[i]) : values[i]));
        if (i == 1 && !target->has_stretch)
            sheet_text(book, area, SHEET_CELL, false, "—");
        else
            sheet_number(book, area, false, number);
    }
    const char *rate = target->has_rate ? target->rate_percent : "—";
    sheet_number(book, sheet_at(row, 6), false, rate);
    sheet_text(book, sheet_at(row, 7), SHEET_CELL, false,
               target->has_rate ? target->pace_points : "—");
    sheet_row_height(book, row, PAGE_ROW_HEIGHT);
}

static size_t targets_of(const struct bulletin *bulletin)
{
    size_t count = bulletin->total.target_count;
    for (size_t i = 0; i < bulletin->row_count; i++)
        count += bulletin->rows[i].target_count;
    return count;
}

static void add_targets(const struct bulletin_paper *paper, struct sheet_book *book)
{
    static const char *const headings[] = {"单　位", "指　标", "计量",   "目标",
                                           "力争",   "完成",   "完成率", "超欠进度"};
    enum { COLUMNS = ARRAY_LENGTH(headings), FIRST_WIDTH = 24, WIDTH = 14, METRIC_WIDTH = 34 };
    const struct bulletin *bulletin = paper->bulletin;
    struct page page = {.paper = paper,
                        .book = book,
                        .last_column = COLUMNS - 1,
                        .row = GROUP_ROW + 1,
                        .width = FIRST_WIDTH + WIDTH * (COLUMNS - 1)};
    sheet_page(book, "目标完成", COLUMNS, FIRST_WIDTH, WIDTH);
    sheet_column_width(book, 1, METRIC_WIDTH);
    page_title(&page, "", "表四　目标完成情况", "单位：万元、个、%、百分点");
    for (int i = 0; i < COLUMNS; i++)
        sheet_text(book, sheet_at(GROUP_ROW, (uint16_t)i), SHEET_HEADING, false, headings[i]);
    sheet_row_height(book, GROUP_ROW, PAGE_HEADING_HEIGHT);
    for (size_t i = 0; i < bulletin->row_count; i++)
        for (size_t at = 0; at < bulletin->rows[i].target_count; at++)
            add_target(&page, &bulletin->rows[i].targets[at], bulletin->rows[i].name);
    for (size_t at = 0; at < bulletin->total.target_count; at++)
        add_target(&page, &bulletin->total.targets[at], bytes_of_text("全市合计"));
    add_notes(&page, FIGURE_PAGE_TARGETS);
    sheet_freeze(book, GROUP_ROW, GROUP_ROW, page.row);
}

enum err bulletin_to_xlsx(const struct bulletin_paper *paper, struct buffer *out,
                          struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer title = {0};
    paper_title(paper, &title);
    buffer_add(&title, bytes_of("", 1));
    struct sheet_book *book =
        sheet_book_open((const char *)title.data, paper->bulletin->view.as_of);
    add_table(paper, book, FIGURE_PAGE_PROGRESS);
    add_table(paper, book, FIGURE_PAGE_FUNDS);
    add_table(paper, book, FIGURE_PAGE_GAPS);
    if (targets_of(paper->bulletin) > 0)
        add_targets(paper, book);
    return sheet_book_finish(book, out, problem);
}
