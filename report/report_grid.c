/* report_grid.c - see report_grid.h. */
#include "report/report_grid.h"

#include <assert.h>
#include <inttypes.h>

#include "report/table.h"

enum { CELLS_FIRST = 256 };

void grid_init(struct grid *grid, struct arena *arena, size_t columns, uint64_t right)
{
    assert(columns > 0 && columns <= GRID_COLUMNS_MAX);
    *grid = (struct grid){.arena = arena, .columns = columns, .right = right};
}

void grid_add(struct grid *grid, struct bytes text)
{
    if (grid->cell_count == grid->capacity) {
        size_t capacity = grid->capacity > 0 ? 2 * grid->capacity : CELLS_FIRST;
        struct bytes *cells = arena_alloc(grid->arena, capacity * sizeof *cells);
        if (!cells)
            return;
        if (grid->cell_count > 0)
            memcpy(cells, grid->cells, grid->cell_count * sizeof *cells);
        grid->cells = cells;
        grid->capacity = capacity;
    }
    grid->cells[grid->cell_count++] = arena_copy(grid->arena, text);
}

void grid_add_text(struct grid *grid, const char *text)
{
    grid_add(grid, bytes_of_text(text));
}

void grid_add_number(struct grid *grid, int64_t number)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    buffer_add_format(&text, "%" PRId64, number);
    grid_add(grid, buffer_bytes(&text));
}

void grid_end_headings(struct grid *grid)
{
    grid->heading_rows = grid->cell_count / grid->columns;
}

static void add_rule(const size_t *widths, size_t columns, struct buffer *out)
{
    for (size_t column = 0; column < columns; column++) {
        buffer_add_text(out, column > 0 ? "  " : "");
        for (size_t i = 0; i < widths[column]; i++)
            buffer_add_text(out, "-");
    }
    buffer_add_text(out, "\n");
}

static void trim_line(struct buffer *out)
{
    while (out->size > 0 && out->data[out->size - 1] == ' ')
        out->size--;
    buffer_add_text(out, "\n");
}

void grid_print(const struct grid *grid, struct buffer *out)
{
    size_t widths[GRID_COLUMNS_MAX] = {0};
    size_t rows = grid->cell_count / grid->columns;
    for (size_t i = 0; i < rows * grid->columns; i++) {
        size_t column = i % grid->columns, width = table_text_width(grid->cells[i]);
        if (width > GRID_CELL_WIDTH_MAX && column + 1 < grid->columns)
            width = GRID_CELL_WIDTH_MAX;
        if (width > widths[column])
            widths[column] = width;
    }
    for (size_t row = 0; row < rows; row++) {
        if (row == grid->heading_rows && row > 0)
            add_rule(widths, grid->columns, out);
        for (size_t column = 0; column < grid->columns; column++) {
            struct bytes cell = grid->cells[row * grid->columns + column];
            buffer_add_text(out, column > 0 ? "  " : "");
            table_cell(cell, widths[column], grid->right >> column & 1, out);
        }
        trim_line(out);
    }
}
