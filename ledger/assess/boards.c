/* boards.c - see boards.h. Rows of both sittings are met by their code, sorted once. */
#include "ledger/assess/boards.h"

#include <stdlib.h>

static int compare_codes(const void *left, const void *right, void *context)
{
    const struct assess_row *rows = context;
    const size_t *a = left, *b = right;
    return bytes_compare(rows[*a].code, rows[*b].code);
}

/* Indexes of the rows by code; NULL: the arena is too small. */
static size_t *by_code(const struct assessment *assessment, struct arena *arena)
{
    size_t count = assessment->row_count;
    size_t *order = arena_alloc(arena, count * sizeof(*order));
    for (size_t i = 0; i < count && order; i++)
        order[i] = i;
    if (order && count > 0)
        qsort_r(order, count, sizeof(*order), compare_codes, assessment->rows);
    return order;
}

static const struct assess_row *find(const struct assessment *assessment, const size_t *order,
                                     struct bytes code)
{
    size_t low = 0, high = assessment->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct assess_row *row = &assessment->rows[order[middle]];
        int way = bytes_compare(row->code, code);
        if (way == 0)
            return row;
        if (way < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static struct bytes group_name(const struct assessment *assessment, const struct assess_row *row)
{
    const struct assess_scheme *scheme = assessment->scheme;
    return scheme->group_count > 0 ? scheme->groups[row->group].name : BYTES_NONE;
}

static void compare_with(const struct assessment *now, const struct assessment *before,
                         const size_t *order, struct score_row *row)
{
    row->before = find(before, order, row->row->code);
    if (!row->before)
        return;
    row->other_group = !bytes_equal(group_name(now, row->row), group_name(before, row->before));
    row->gain = row->row->printed - row->before->printed;
    if (!row->other_group)
        row->rise = (int64_t)row->before->rank - (int64_t)row->row->rank;
}

static void list_colours(struct score_board *board)
{
    for (size_t i = 0; i < board->row_count; i++) {
        if (board->rows[i].row->red)
            board->red[board->red_count++] = i;
    }
    for (size_t i = board->row_count; i-- > 0;) {
        if (board->rows[i].row->black)
            board->black[board->black_count++] = i;
    }
}

void score_board_make(const struct assessment *now, const struct assessment *before,
                      struct arena *arena, struct score_board *out)
{
    size_t count = now->row_count;
    *out = (struct score_board){.row_count = count};
    out->rows = arena_alloc(arena, count * sizeof(*out->rows));
    out->red = arena_alloc(arena, count * sizeof(*out->red));
    out->black = arena_alloc(arena, count * sizeof(*out->black));
    size_t *order = before ? by_code(before, arena) : NULL;
    out->incomplete = !out->rows || !out->red || !out->black || (before && !order);
    if (out->incomplete) {
        out->row_count = 0;
        return;
    }
    size_t met = 0;
    for (size_t i = 0; i < count; i++) {
        out->rows[i].row = &now->rows[i];
        if (before)
            compare_with(now, before, order, &out->rows[i]);
        met += out->rows[i].before != NULL;
    }
    if (before) {
        out->gone = before->row_count - met;
        out->other_scheme = !bytes_equal(now->scheme->id, before->scheme->id) ||
                            !bytes_equal(now->scheme->version, before->scheme->version);
    }
    list_colours(out);
}
