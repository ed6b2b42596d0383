/* report_breakdown_xlsx.c - a breakdown as an office prints it: progress and funds, a page each,
 * dressed as the bulletin's pages are. */
#include "report/report_breakdown_cells.h"

#include "report/report_figures.h"
#include "report/report_page.h"

struct cell_row { /* the row being written */
    struct page *page;
    uint16_t column;
    bool is_heading, bold;
};

static void add_cell(void *out, const char *text)
{
    struct cell_row *row = out;
    struct page *page = row->page;
    uint16_t column = ++row->column;
    if (row->is_heading)
        sheet_text(page->book, sheet_at(page->row, column), SHEET_HEADING, false, text);
    else
        page_number(page, column, row->bold, text);
}

/* of NULL: the headings. */
static void add_row(struct page *page, const struct breakdown *breakdown, int number,
                    const struct bulletin_row *of, struct bytes name)
{
    char shown[256];
    struct cell_row row = {.page = page, .is_heading = !of, .bold = of == &breakdown->total};
    struct breakdown_cells cells = {breakdown, of, number, &row, add_cell};
    sheet_text(page->book, sheet_at(page->row, 0), of ? SHEET_NAME : SHEET_HEADING, row.bold,
               bytes_to_text(name, shown, sizeof shown));
    breakdown_each_cell(&cells);
    sheet_row_height(page->book, page->row, of ? PAGE_ROW_HEIGHT : PAGE_HEADING_HEIGHT);
    page->row++;
}

static void add_notes(struct page *page, const struct breakdown *breakdown, int number)
{
    CLEANUP(buffer_release) struct buffer notes = {0};
    buffer_add_text(&notes, "说明：");
    breakdown_notes(breakdown, &notes);
    paper_notes(page->paper, number, &notes);
    page_notes(page, &notes);
}

static void add_page(const struct breakdown *breakdown, const struct bulletin_paper *paper,
                     struct sheet_book *book, int number)
{
    enum { FIRST_WIDTH = 30, COUNT_WIDTH = 10, FUNDS_WIDTH = 16 };
    bool is_of_funds = number == FIGURE_PAGE_FUNDS;
    int width = is_of_funds ? FUNDS_WIDTH : COUNT_WIDTH;
    uint16_t count = (uint16_t)breakdown_columns(breakdown, number);
    struct page page = {.paper = paper,
                        .book = book,
                        .last_column = count,
                        .row = PAGE_HEADING_ROW,
                        .width = FIRST_WIDTH + width * count};
    CLEANUP(buffer_release) struct buffer suffix = {0};
    const char *name = breakdown_name(breakdown->dimension);
    buffer_add_format(&suffix, "（按%s）", name);
    buffer_add(&suffix, bytes_of("", 1));
    sheet_page(book, is_of_funds ? "资金到位" : "推进情况", (uint16_t)(count + 1), FIRST_WIDTH,
               width);
    page_title(&page, (const char *)suffix.data,
               is_of_funds ? "表二　资金到位情况" : "表一　项目推进情况",
               is_of_funds ? "单位：万元、%" : "单位：个、%、次");
    add_row(&page, breakdown, number, NULL, bytes_of_text(name));
    for (size_t i = 0; i < breakdown->row_count; i++)
        add_row(&page, breakdown, number, &breakdown->rows[i].figures,
                breakdown_row_name(breakdown, &breakdown->rows[i]));
    add_row(&page, breakdown, number, &breakdown->total, bytes_of_text(BREAKDOWN_TOTAL));
    add_notes(&page, breakdown, number);
    sheet_freeze(book, PAGE_HEADING_ROW, PAGE_HEADING_ROW, page.row);
}

enum err breakdown_to_xlsx(const struct breakdown *breakdown, const struct bulletin_paper *paper,
                           struct buffer *out, struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer title = {0};
    paper_title(paper, &title);
    buffer_add(&title, bytes_of("", 1));
    struct sheet_book *book = sheet_book_open((const char *)title.data, breakdown->view.as_of);
    add_page(breakdown, paper, book, FIGURE_PAGE_PROGRESS);
    add_page(breakdown, paper, book, FIGURE_PAGE_FUNDS);
    return sheet_book_finish(book, out, problem);
}
