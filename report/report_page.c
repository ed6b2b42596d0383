/* report_page.c - see report_page.h. */
#include "report/report_page.h"

enum { TITLE_HEIGHT = 44, NOTE_LINE_HEIGHT = 16 };

void page_title(struct page *page, const char *suffix, const char *caption, const char *units)
{
    CLEANUP(buffer_release) struct buffer title = {0};
    uint16_t last = page->last_column;
    paper_title(page->paper, &title);
    buffer_add_text(&title, suffix);
    buffer_add(&title, bytes_of("", 1));
    sheet_text(page->book, page_area(PAGE_TITLE_ROW, 0, PAGE_TITLE_ROW, last), SHEET_TITLE, false,
               (const char *)title.data);
    sheet_row_height(page->book, PAGE_TITLE_ROW, TITLE_HEIGHT);
    uint16_t middle = (uint16_t)(last / 2);
    sheet_text(page->book, page_area(PAGE_CAPTION_ROW, 0, PAGE_CAPTION_ROW, middle), SHEET_CAPTION,
               false, caption);
    sheet_text(page->book,
               page_area(PAGE_CAPTION_ROW, (uint16_t)(middle + 1), PAGE_CAPTION_ROW, last),
               SHEET_UNIT_LINE, false, units);
    sheet_row_height(page->book, PAGE_CAPTION_ROW, PAGE_ROW_HEIGHT);
}

void page_number(struct page *page, uint16_t column, bool bold, const char *text)
{
    struct sheet_area area = sheet_at(page->row, column);
    if (*text)
        sheet_number(page->book, area, bold, text);
    else
        sheet_text(page->book, area, SHEET_CELL, bold, "—");
}

void page_notes(struct page *page, struct buffer *notes)
{
    int lines = 1, used = 0;
    notes->size--; /* the last line's end */
    for (size_t i = 0; i < notes->size; i++) {
        uint8_t byte = notes->data[i];
        used += byte < 0x80 ? 1 : (byte & 0xC0) == 0xC0 ? 2 : 0;
        if (byte == '\n' || used > page->width) {
            lines++;
            used = 0;
        }
    }
    buffer_add(notes, bytes_of("", 1));
    sheet_text(page->book, page_area(page->row, 0, page->row, page->last_column), SHEET_NOTE, false,
               (const char *)notes->data);
    sheet_row_height(page->book, page->row, (lines + 1) * NOTE_LINE_HEIGHT);
}
