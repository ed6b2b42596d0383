/*
 * report_grid.h - a table of texts for people: columns as wide as their widest cell, where a
 * Chinese character takes two columns of the terminal. Cells are copied into the arena.
 */
#pragma once

#include "base/arena.h"

enum { GRID_COLUMNS_MAX = 48, GRID_CELL_WIDTH_MAX = 44 };

struct grid {
    struct arena *arena;
    size_t columns, cell_count, capacity;
    uint64_t right; /* bit: this column's cells stand at its right edge */
    struct bytes *cells;
    size_t heading_rows;
};

void grid_init(struct grid *grid, struct arena *arena, size_t columns, uint64_t right);
/* The next cell, row by row. A cell beyond the arena's limit stays empty. */
void grid_add(struct grid *grid, struct bytes text);
void grid_add_text(struct grid *grid, const char *text);
void grid_add_number(struct grid *grid, int64_t number);
void grid_end_headings(struct grid *grid); /* what was added so far are headings */
/* Lines with a rule below the headings; the last column is never cut. */
void grid_print(const struct grid *grid, struct buffer *out);
