/* report_boards.c - see report_boards.h. */
#include "audit/report_boards.h"

#include <inttypes.h>

#include "ledger/view/definitions.h"
#include "report/report_grid.h"
#include "report/table.h"

static struct view view_before(struct report *report, int32_t day)
{
    struct problem passed_over = {0}; /* named for the sitting itself */
    struct view view = report->view;
    view.as_of = day;
    view.definitions =
        definitions_at(report->ledger, day, view.known_at, &report->arena, &passed_over);
    return view;
}

enum err report_boards_make(struct report *report, const struct assess_scheme *scheme,
                            struct sitting_boards *out)
{
    struct assessment *before = NULL;
    if (out->before != DAY_NONE) {
        struct view view = view_before(report, out->before);
        before = arena_alloc(&report->arena, sizeof *before);
        if (before)
            assess_make(report->ledger, &view, scheme, &report->arena, before);
    }
    if (out->before == DAY_NONE || (before && !before->incomplete)) {
        score_board_make(out->now, before, &report->arena, &out->board);
        if (!out->board.incomplete)
            return OK;
    }
    problem_set(&report->problem, "红黑榜、赛马榜所需内存超限 (too much for the boards)");
    problem_remedy(&report->problem, "leave --before out, or assess fewer units");
    return ERR_LIMIT;
}

static const char *score(const struct sitting_boards *boards, int64_t points,
                         char out[SCORE_TEXT_SIZE])
{
    return score_text(points, boards->now->scheme->digits, out);
}

/* ---- lines ---- */

static void add_list(const struct sitting_boards *boards, const char *title, const size_t *rows,
                     size_t count, struct buffer *out)
{
    char text[SCORE_TEXT_SIZE];
    if (count == 0)
        return;
    buffer_add_format(out, "%s：", title);
    for (size_t i = 0; i < count; i++) {
        const struct assess_row *row = boards->board.rows[rows[i]].row;
        buffer_add_text(out, i > 0 ? "、" : "");
        table_cell(row->name, table_text_width(row->name), false, out);
        buffer_add_format(out, " %s", score(boards, row->printed, text));
    }
    buffer_add_text(out, "\n");
}

/* "↑2", "↓1", "—" for unmoved. */
static void add_rise(struct grid *grid, const struct score_row *row)
{
    char text[32];
    if (!row->before)
        grid_add_text(grid, "上次未列");
    else if (row->other_group)
        grid_add_text(grid, "换组");
    else if (row->rise == 0)
        grid_add_text(grid, "—");
    else {
        (void)snprintf(text, sizeof text, "%s%" PRId64, row->rise > 0 ? "↑" : "↓",
                       row->rise > 0 ? row->rise : -row->rise);
        grid_add_text(grid, text);
    }
}

static void add_race_row(const struct sitting_boards *boards, struct grid *grid,
                         const struct score_row *row)
{
    const struct assess_scheme *scheme = boards->now->scheme;
    char text[SCORE_TEXT_SIZE], gain[SCORE_TEXT_SIZE + 1] = "+";
    grid_add(grid, scheme->group_count > 0 ? scheme->groups[row->row->group].name : BYTES_NONE);
    grid_add_number(grid, (int64_t)row->row->rank);
    grid_add(grid, row->row->name);
    add_rise(grid, row);
    if (row->before)
        grid_add_number(grid, (int64_t)row->before->rank);
    else
        grid_add_text(grid, "");
    grid_add_text(grid, score(boards, row->row->printed, text));
    (void)score(boards, row->gain, gain + 1);
    grid_add_text(grid, !row->before ? "" : row->gain > 0 ? gain : gain + 1);
}

static void add_race(struct report *report, const struct sitting_boards *boards)
{
    static const char *const headings[] = {"",         "位次", "单位",    "升降",
                                           "上次位次", "得分", "得分增减"};
    const struct score_board *board = &boards->board;
    struct grid grid;
    char day[DAY_TEXT_SIZE];
    buffer_add_format(&report->out, "\n赛马榜（与 %s 相比%s）\n", day_text(boards->before, day),
                      board->other_scheme ? "；考核方案已变，慎比" : "");
    grid_init(&grid, &report->arena, ARRAY_LENGTH(headings), 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6);
    for (size_t i = 0; i < ARRAY_LENGTH(headings); i++)
        grid_add_text(&grid, headings[i]);
    grid_end_headings(&grid);
    for (size_t i = 0; i < board->row_count; i++)
        add_race_row(boards, &grid, &board->rows[i]);
    grid_print(&grid, &report->out);
    if (board->gone > 0)
        buffer_add_format(&report->out, "上次在列、本次不在列：%zu 个\n", board->gone);
}

void report_boards_add(struct report *report, const struct sitting_boards *boards)
{
    const struct score_board *board = &boards->board;
    if (board->red_count > 0 || board->black_count > 0)
        buffer_add_text(&report->out, "\n");
    add_list(boards, "红榜", board->red, board->red_count, &report->out);
    add_list(boards, "黑榜", board->black, board->black_count, &report->out);
    if (boards->before != DAY_NONE)
        add_race(report, boards);
}

/* ---- JSON ---- */

static json_t *list_json(const struct score_board *board, const size_t *rows, size_t count)
{
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(out, report_text_json(board->rows[rows[i]].row->code));
    return out;
}

static json_t *race_row_json(const struct sitting_boards *boards, const struct score_row *row)
{
    json_t *out = json_object();
    char text[SCORE_TEXT_SIZE];
    bool is_ranked = row->before != NULL;
    report_set(out, "unit", report_text_json(row->row->code));
    report_set(out, "name", report_text_json(row->row->name));
    report_set(out, "rank", json_integer((json_int_t)row->row->rank));
    report_set(out, "rank_before",
               is_ranked ? json_integer((json_int_t)row->before->rank) : json_null());
    report_set(out, "rise", is_ranked && !row->other_group ? json_integer(row->rise) : json_null());
    report_set(out, "gain", is_ranked ? json_string(score(boards, row->gain, text)) : json_null());
    return out;
}

json_t *report_boards_json(const struct sitting_boards *boards)
{
    const struct score_board *board = &boards->board;
    json_t *out = json_object(), *race = json_array();
    report_set(out, "red", list_json(board, board->red, board->red_count));
    report_set(out, "black", list_json(board, board->black, board->black_count));
    report_set(out, "before", report_day_json(boards->before));
    for (size_t i = 0; i < board->row_count && boards->before != DAY_NONE; i++)
        json_array_append_new(race, race_row_json(boards, &board->rows[i]));
    report_set(out, "race", race);
    report_set(out, "gone", json_integer((json_int_t)board->gone));
    report_set(out, "other_scheme", json_boolean(board->other_scheme));
    return out;
}
