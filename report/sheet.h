/*
 * sheet.h - a workbook of printed pages: A4 landscape, fitted to the width, headings repeated on
 * every page, Chinese fonts. Rows and columns count from 0. The one file that knows libxlsxwriter.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct sheet_book;

enum sheet_style {
    SHEET_TITLE,     /* large, centred */
    SHEET_CAPTION,   /* 表一 …, at the left */
    SHEET_UNIT_LINE, /* 单位：万元, at the right */
    SHEET_HEADING,   /* bold, ruled, wrapped */
    SHEET_NAME,      /* a unit's name, ruled */
    SHEET_CELL,      /* centred, ruled */
    SHEET_NOTE,      /* at the foot, wrapped */
    SHEET_STYLES
};

struct sheet_area {
    uint32_t row;
    uint16_t column;
    uint32_t last_row; /* beyond row or column: merged */
    uint16_t last_column;
};

/* created_day: what the file says of itself, so that equal figures make equal files. */
struct sheet_book *sheet_book_open(const char *title, int32_t created_day);
/* ERR_IO: the system's temporary folder takes no file. Closes book in any case. */
MUST_CHECK enum err sheet_book_finish(struct sheet_book *book, struct buffer *out,
                                      struct problem *problem);
/* What follows goes onto this page; width in characters of the first and of the other columns. */
void sheet_page(struct sheet_book *book, const char *name, uint16_t columns, double first_width,
                double width);
void sheet_text(struct sheet_book *book, struct sheet_area area, enum sheet_style style, bool bold,
                const char *text);
/* A number that may be counted with, shown with so many digits behind the point. */
void sheet_number(struct sheet_book *book, struct sheet_area area, bool bold, const char *text);
void sheet_column_width(struct sheet_book *book, uint16_t column, double width);
void sheet_row_height(struct sheet_book *book, uint32_t row, double points);
/* Rows up to last_heading_row stay in sight and are printed again; last_row ends what is printed.
 */
void sheet_freeze(struct sheet_book *book, uint32_t first_heading_row, uint32_t last_heading_row,
                  uint32_t last_row);

static inline struct sheet_area sheet_at(uint32_t row, uint16_t column)
{
    return (struct sheet_area){row, column, row, column};
}
