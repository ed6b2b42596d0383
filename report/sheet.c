/* sheet.c - see sheet.h. */
#include "report/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "base/day.h"
#include "io/identity.h"

enum { DIGITS_MAX = 4, FONT_TEXT_SIZE = 12, PATH_MAX_SIZE = 64, SHEET_SIZE_MAX = 64 << 20 };

struct sheet_book {
    lxw_workbook *workbook;
    lxw_worksheet *page;
    lxw_format *styles[SHEET_STYLES][2]; /* plain, bold */
    lxw_format *numbers[DIGITS_MAX + 1][2];
    uint16_t columns;
    char path[PATH_MAX_SIZE];
};

static lxw_format *new_format(lxw_workbook *workbook, const char *font, double size, bool bold)
{
    lxw_format *format = workbook_add_format(workbook);
    format_set_font_name(format, font);
    format_set_font_size(format, size);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    if (bold)
        format_set_bold(format);
    return format;
}

static void rule(lxw_format *format)
{
    format_set_border(format, LXW_BORDER_THIN);
    format_set_text_wrap(format);
}

static void make_formats(struct sheet_book *book, bool bold)
{
    static const struct {
        const char *font;
        double size;
        uint8_t align;
        bool ruled;
    } looks[SHEET_STYLES] = {
        [SHEET_TITLE] = {"方正小标宋简体", 22, LXW_ALIGN_CENTER, false},
        [SHEET_CAPTION] = {"黑体", 14, LXW_ALIGN_LEFT, false},
        [SHEET_UNIT_LINE] = {"仿宋", FONT_TEXT_SIZE, LXW_ALIGN_RIGHT, false},
        [SHEET_HEADING] = {"黑体", FONT_TEXT_SIZE, LXW_ALIGN_CENTER, true},
        [SHEET_NAME] = {"仿宋", FONT_TEXT_SIZE, LXW_ALIGN_LEFT, true},
        [SHEET_CELL] = {"宋体", FONT_TEXT_SIZE, LXW_ALIGN_CENTER, true},
        [SHEET_NOTE] = {"仿宋", 11, LXW_ALIGN_LEFT, false},
    };
    static const char *const digits[DIGITS_MAX + 1] = {"#,##0", "0.0", "0.00", "0.000", "0.0000"};
    for (int style = 0; style < SHEET_STYLES; style++) {
        lxw_format *format = new_format(book->workbook, looks[style].font, looks[style].size, bold);
        format_set_align(format, looks[style].align);
        if (looks[style].ruled)
            rule(format);
        if (style == SHEET_NAME)
            format_set_indent(format, 1);
        if (style == SHEET_NOTE) {
            format_set_text_wrap(format);
            format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
        }
        book->styles[style][bold] = format;
    }
    for (int count = 0; count <= DIGITS_MAX; count++) {
        lxw_format *format = new_format(book->workbook, "宋体", FONT_TEXT_SIZE, bold);
        rule(format);
        format_set_align(format, LXW_ALIGN_CENTER);
        format_set_num_format(format, digits[count]);
        book->numbers[count][bold] = format;
    }
}

static bool make_temporary(char path[PATH_MAX_SIZE])
{
    (void)snprintf(path, PATH_MAX_SIZE, "/tmp/huoshui-sheet-XXXXXX");
    int file = mkstemp(path);
    if (file >= 0)
        (void)close(file);
    else
        *path = '\0';
    return file >= 0;
}

struct sheet_book *sheet_book_open(const char *title, int32_t created_day)
{
    enum { SECONDS_A_DAY = 86400 };
    struct sheet_book *book = calloc(1, sizeof *book);
    if (!book)
        abort();
    (void)make_temporary(book->path); /* without it, finish says so */
    book->workbook = workbook_new(*book->path ? book->path : "/dev/null");
    if (!book->workbook)
        abort();
    char shown[256];
    lxw_doc_properties properties = {
        .title = bytes_to_text(bytes_of_text(title), shown, sizeof shown),
        .created = (time_t)created_day * SECONDS_A_DAY,
    };
    (void)workbook_set_properties(book->workbook, &properties);
    make_formats(book, false);
    make_formats(book, true);
    return book;
}

enum err sheet_book_finish(struct sheet_book *book, struct buffer *out, struct problem *problem)
{
    lxw_error failure = workbook_close(book->workbook);
    int number = errno;
    enum err err = *book->path && failure == LXW_NO_ERROR ? OK : ERR_IO;
    if (err == OK)
        err = file_read(book->path, SHEET_SIZE_MAX, out, problem);
    else {
        problem_set(problem, "cannot write a workbook below /tmp: %s",
                    failure == LXW_NO_ERROR ? strerror(number) : lxw_strerror(failure));
        problem_remedy(problem, "make room there, or let this user write there");
    }
    if (*book->path)
        (void)unlink(book->path);
    free(book);
    return err;
}

void sheet_page(struct sheet_book *book, const char *name, uint16_t columns, double first_width,
                double width)
{
    lxw_worksheet *page = book->page = workbook_add_worksheet(book->workbook, name);
    book->columns = columns;
    /* One by one: a width of several columns cannot be changed for one of them. */
    for (uint16_t column = 0; column < columns; column++)
        sheet_column_width(book, column, column == 0 ? first_width : width);
    worksheet_set_landscape(page);
    worksheet_set_paper(page, 9); /* A4 */
    worksheet_fit_to_pages(page, 1, 0);
    worksheet_set_margins(page, 0.6, 0.6, 0.7, 0.7);
    worksheet_center_horizontally(page);
    (void)worksheet_set_footer(page, "&C&\"仿宋\"&10第 &P 页 共 &N 页");
}

void sheet_text(struct sheet_book *book, struct sheet_area area, enum sheet_style style, bool bold,
                const char *text)
{
    lxw_format *format = book->styles[style][bold];
    if (area.last_row > area.row || area.last_column > area.column)
        (void)worksheet_merge_range(book->page, area.row, area.column, area.last_row,
                                    area.last_column, text, format);
    else
        (void)worksheet_write_string(book->page, area.row, area.column, text, format);
}

void sheet_number(struct sheet_book *book, struct sheet_area area, bool bold, const char *text)
{
    char *end = NULL;
    double number = strtod(text, &end);
    const char *point = strchr(text, '.');
    size_t digits = point ? strlen(point + 1) : 0;
    if (end == text || *end) {
        sheet_text(book, area, SHEET_CELL, bold, text);
        return;
    }
    (void)worksheet_write_number(book->page, area.row, area.column, number,
                                 book->numbers[digits < DIGITS_MAX ? digits : DIGITS_MAX][bold]);
}

void sheet_column_width(struct sheet_book *book, uint16_t column, double width)
{
    (void)worksheet_set_column(book->page, column, column, width, NULL);
}

void sheet_row_height(struct sheet_book *book, uint32_t row, double points)
{
    (void)worksheet_set_row(book->page, row, points, NULL);
}

void sheet_freeze(struct sheet_book *book, uint32_t first_heading_row, uint32_t last_heading_row,
                  uint32_t last_row)
{
    worksheet_freeze_panes(book->page, last_heading_row + 1, 1);
    (void)worksheet_repeat_rows(book->page, first_heading_row, last_heading_row);
    (void)worksheet_print_area(book->page, 0, 0, last_row, (lxw_col_t)(book->columns - 1));
}
