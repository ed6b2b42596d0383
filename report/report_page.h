/*
 * report_page.h - what every printed page of a report has: the title over the whole width, caption
 * and unit line below it, and at the foot the notes in one merged row as high as they need.
 */
#pragma once

#include "report/report_bulletin.h"
#include "report/sheet.h"

enum { PAGE_TITLE_ROW, PAGE_CAPTION_ROW, PAGE_HEADING_ROW };
enum { PAGE_HEADING_HEIGHT = 30, PAGE_ROW_HEIGHT = 30 };

struct page {
    const struct bulletin_paper *paper;
    struct sheet_book *book;
    uint16_t last_column;
    uint32_t row; /* the next one */
    int width;    /* in half characters, to see how far a note runs */
};

static inline struct sheet_area page_area(uint32_t row, uint16_t column, uint32_t last_row,
                                          uint16_t last_column)
{
    return (struct sheet_area){row, column, last_row, last_column};
}

/* The paper's own title; suffix behind it: "（按园区）". */
void page_title(struct page *page, const char *suffix, const char *caption, const char *units);
/* A ruled cell: a number that may be counted with, or, empty, a dash. */
void page_number(struct page *page, uint16_t column, bool bold, const char *text);
/* notes: lines; the last one's end is cut off. */
void page_notes(struct page *page, struct buffer *notes);
