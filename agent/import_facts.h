/*
 * import_facts.h - which facts a row of a ledger holds, and the event each of them is. A fact is a
 * row of a table: the cells that it is made of, and a function.
 */
#pragma once

#include "agent/import.h"

enum { IMPORT_COLUMNS_MAX = 13 };

struct import_fact {
    enum ledger_kind kind;
    /* The cells whose change is a change of the fact; the first must say something. */
    enum ledger_column columns[IMPORT_COLUMNS_MAX];
    size_t column_count;
    const char *field; /* names it in what the agent remembers: never changes */
    /* False: this row does not say it. */
    bool (*make)(const struct import_row *row, struct arena *arena, struct event *event);
    bool is_memo;       /* remembered for the sake of emptied cells; never sent */
    bool has_day_field; /* the period's day is part of the field's name */
};

/* The facts that a row of this kind may say; whether it does is for make and its first cell. */
size_t import_facts_of(const struct import_row *row,
                       const struct import_fact *out[IMPORT_FACTS_MAX]);

int32_t import_lent_day(const struct import_row *row); /* DAY_NONE: no dated cell */
