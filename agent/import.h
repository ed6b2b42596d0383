/*
 * import.h - one row of a ledger and what was said of it before: what is to be said now
 * (contract 6). A row is a handful of facts; a fact is remembered by its cells. A fact whose cells
 * have changed is said again with a correction of the earlier event; an emptied cell says nothing,
 * and what it had said goes on to hold. No store, no clock: the same row gives the same events.
 */
#pragma once

#include "agent/ledger_cell.h"

enum {
    IMPORT_FACTS_MAX = 16,
    IMPORT_FIELD_SIZE = 24,
    IMPORT_FILE_NAME_MAX = 150, /* leaves room for the row in ORIGIN_TEXT_MAX */
    IMPORT_COMPLAINTS_MAX = 8,  /* of a row that are shown: more say that it is in disorder */
    IMPORT_ARENA_SIZE_MAX =
        32 << 20, /* one row: CSV_CELLS_MAX times CSV_CELL_SIZE_MAX, and what is made of it */
};

struct import_context {
    struct bytes unit;
    struct bytes file_name; /* without folders; for people: origin and reason */
    struct bytes person;    /* who answers for corrections */
    int64_t clock_ms;
};

struct import_row {
    const struct ledger_sheet *sheet;
    uint64_t number;    /* in the file */
    struct bytes key;   /* row key of contract 6.1; a trip's gets its occurrence later */
    struct bytes label; /* what a person calls it */
    struct bytes subject;
    int64_t occurrence; /* trips: 1 is the first of equal rows */
    struct ledger_cell cells[LEDGER_COLUMNS];
};

struct import_complaints { /* all that is wrong with a row, each cell once */
    struct problem shown[IMPORT_COMPLAINTS_MAX];
    size_t count; /* the shown ones and the others */
};

struct import_said { /* one fact of a row, as the agent remembers it */
    char field[IMPORT_FIELD_SIZE];
    bool is_known;
    struct bytes value;
    struct bytes event_id;
};

enum import_what {
    IMPORT_REMEMBER, /* the value only: nothing is sent */
    IMPORT_SAY,
    IMPORT_CORRECT, /* say, and name the earlier event as corrected */
};

struct import_step {
    enum import_what what;
    const struct import_said *said;
    struct bytes value;     /* to be remembered */
    struct event event;     /* SAY and CORRECT; without event_id */
    struct bytes successor; /* CORRECT: the event_id that event was given */
};

struct import_plan {
    struct import_step steps[IMPORT_FACTS_MAX];
    size_t count;
    enum ledger_column emptied[LEDGER_COLUMNS]; /* cells that said something before */
    size_t emptied_count;
};

void import_complain(struct import_complaints *complaints, const struct problem *problem);
void import_complain_cell(const struct import_row *row, enum ledger_column column, const char *what,
                          const char *remedy, struct import_complaints *complaints);
/*
 * Reads the cells. ERR_MALFORMED: there are complaints, each with its column; key is set when the
 * row's own cells could be read, so that a refused row does not count as vanished.
 */
MUST_CHECK enum err import_row_read(const struct import_context *context,
                                    const struct ledger_sheet *sheet, const struct csv_row *csv_row,
                                    struct arena *arena, struct import_row *out,
                                    struct import_complaints *complaints);
/* The n-th of equal trips has a key of its own. */
void import_row_occurrence(struct import_row *row, int64_t occurrence, struct arena *arena);
/* The fields to look up before import_plan. */
size_t import_row_fields(const struct import_row *row, struct import_said out[IMPORT_FACTS_MAX]);
/* said: as import_row_fields listed them. Fills empty cells of row from what was said.
 * ERR_MALFORMED: there are complaints, now or before; the row is refused as a whole. */
MUST_CHECK enum err import_plan(const struct import_context *context, struct import_row *row,
                                const struct import_said *said, struct arena *arena,
                                struct import_plan *out, struct import_complaints *complaints);
/* The correction that goes with a CORRECT step. */
void import_correction(const struct import_context *context, const struct import_row *row,
                       const struct import_step *step, struct arena *arena, struct event *out);
const char *import_kind_name(enum ledger_kind kind); /* "projects": the said table's file kind */
