/*
 * ledger_sheet.h - what kind of ledger a file is and where its columns are, known by the header's
 * words: brackets of either width, a unit in the header, any order. Title, total and blank rows
 * are recognised. Columns this program does not know are named once and do no harm.
 */
#pragma once

#include "agent/csv.h"
#include "ledger/event/money.h"

enum ledger_kind { LEDGER_NONE, LEDGER_PROJECTS, LEDGER_TRIPS };

enum ledger_column {
    COLUMN_NUMBER, /* 序号: says nothing */
    COLUMN_UNIT,   /* 单位 of a trip: the agent's own */
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_INVESTOR,
    COLUMN_CREDIT_CODE,
    COLUMN_PLACE,
    COLUMN_INDUSTRY,
    COLUMN_PARK,
    COLUMN_CONTENT,
    COLUMN_DOCUMENT,
    COLUMN_TOTAL,
    COLUMN_FIXED,
    COLUMN_SIGNED,
    COLUMN_STARTED,
    COLUMN_COMPLETED,
    COLUMN_PRODUCING,
    COLUMN_TERMINATED,
    COLUMN_RECEIVED,
    COLUMN_ORIGIN,
    COLUMN_RECEIVED_ON,
    COLUMN_OBSTACLE,
    COLUMN_RESPONSIBLE,
    COLUMN_SPONSOR,
    COLUMN_LEADER_LEVEL,
    COLUMN_LEADER,
    COLUMN_FROM,
    COLUMN_TO,
    COLUMN_DESTINATION,
    COLUMN_FIRMS,
    COLUMN_LEADS,
    LEDGER_COLUMNS,
};

enum column_type {
    TYPE_NOTHING, /* read by nobody */
    TYPE_TEXT,
    TYPE_CODE,        /* a part of a project's key */
    TYPE_CREDIT_CODE, /* GB 32100 */
    TYPE_DAY,
    TYPE_MONEY,
    TYPE_DOCUMENT,
    TYPE_ORIGIN,
    TYPE_LEADER_LEVEL,
};

enum { COLUMN_NAMES_MAX = 6, HEADER_TEXT_MAX = 64, SHEET_HEADER_ROWS_MAX = 10 };

struct column {
    enum ledger_kind kind; /* LEDGER_NONE: of both */
    enum column_type type;
    const char *tag;                     /* names it in what the agent remembers: never changes */
    size_t limit;                        /* TEXT: bytes */
    const char *names[COLUMN_NAMES_MAX]; /* without a unit; the first is how we call it */
};
extern const struct column ledger_columns[LEDGER_COLUMNS];

struct ledger_sheet {
    enum ledger_kind kind;     /* LEDGER_NONE until the header was seen */
    size_t width;              /* cells of the header */
    int place[LEDGER_COLUMNS]; /* in a row; -1: no such column */
    bool has_unit[LEDGER_COLUMNS];
    enum money_unit unit[LEDGER_COLUMNS];
    bool has_title_unit; /* 单位:亿元 above the header */
    enum money_unit title_unit;
    char header[LEDGER_COLUMNS][HEADER_TEXT_MAX]; /* as the file writes it, for messages */
    char unknown[256];                            /* columns not taken, joined by 、 */
    char missing[128]; /* of the row that looked most like a header: what it lacks */
    size_t rows_seen;
};

enum sheet_verdict {
    SHEET_DATA,
    SHEET_HEADER,
    SHEET_TITLE, /* one cell only, above or below the header; or the header printed again */
    SHEET_TOTAL, /* 合计 小计 总计 */
    SHEET_BLANK,
    SHEET_NO_LEDGER, /* no header within SHEET_HEADER_ROWS_MAX rows */
};

void ledger_sheet_init(struct ledger_sheet *sheet);
enum sheet_verdict ledger_sheet_on_row(struct ledger_sheet *sheet, const struct csv_row *row);
/* Why no row was a header, and which columns a ledger needs. */
void ledger_sheet_explain(const struct ledger_sheet *sheet, struct problem *problem);
/* The trimmed cell; empty when the column or the cell is not there. */
struct bytes ledger_sheet_cell(const struct ledger_sheet *sheet, const struct csv_row *row,
                               enum ledger_column column);
