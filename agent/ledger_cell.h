/*
 * ledger_cell.h - what one cell says: nothing, something held back ("X", "**", 待定), or a value of
 * its column's type. A cell that says neither is a complaint with the remedy; nothing is guessed
 * but the class of an obstacle.
 */
#pragma once

#include "agent/ledger_sheet.h"

enum cell_state { CELL_EMPTY, CELL_MASKED, CELL_GIVEN, CELL_BAD /* complained of */ };

struct ledger_cell {
    enum cell_state state;
    struct bytes text; /* as the ledger wrote it; an amount with its unit, "21.2466亿元" */
    int32_t day;
    struct money money; /* a masked one has its text */
    int32_t word;       /* enum document, origin or leader_level */
};

/* "列“签约时间”: “2022-13-01” 不是日期", and the remedy. Texts live in the file or the arena. */
MUST_CHECK enum err ledger_cell_read(const struct ledger_sheet *sheet, const struct csv_row *row,
                                     enum ledger_column column, struct arena *arena,
                                     struct ledger_cell *out, struct problem *problem);
/* A complaint about a cell in that form. shown: of the cell, may be empty. */
void ledger_cell_complain(const struct ledger_sheet *sheet, enum ledger_column column,
                          struct bytes shown, const char *what, struct problem *problem);

/*
 * What a cell says, in a form in which equal cells are equal bytes: an amount in yuan whatever the
 * header's unit, a word by its number. Empty for what is not given.
 */
struct bytes ledger_cell_canonical(enum ledger_column column, const struct ledger_cell *cell,
                                   struct arena *arena);
/* The way back; text is what the ledger had written. ERR_MALFORMED: no such form. */
MUST_CHECK enum err ledger_cell_restore(enum ledger_column column, struct bytes canonical,
                                        struct bytes text, struct ledger_cell *out);

int32_t obstacle_of_text(struct bytes text); /* enum obstacle, by key words; OBSTACLE_OTHER */
/* The items of a cell that lists several: ；;、, and line ends between them. ERR_LIMIT: too many.
 */
MUST_CHECK enum err ledger_cell_list(struct bytes text, struct arena *arena, struct texts *out);
