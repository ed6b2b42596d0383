/*
 * csv.h - rows of a comma-separated file (RFC 4180), read in place: a byte order mark, CRLF, LF or
 * CR, quoted cells with commas, doubled quotes and line ends inside. Beyond RFC 4180: a quote in
 * the middle of an unquoted cell stands for itself.
 */
#pragma once

#include "base/arena.h"
#include "base/bytes.h"

enum {
    CSV_CELLS_MAX = 256,          /* a ledger of all twelve months has under a hundred columns */
    CSV_CELL_SIZE_MAX = 32 << 10, /* what Excel lets a cell hold; a lost quote swallows more */
    CSV_ARENA_SIZE_MIN = 2 << 20, /* for one row */
};

struct csv {
    struct bytes rest;
    uint64_t row, line; /* of what comes next; 1 is the first */
    struct bytes cells[CSV_CELLS_MAX];
};

struct csv_row {
    uint64_t number; /* as a spreadsheet program counts, blank ones too */
    uint64_t line;   /* where it begins, as an editor counts; ahead after a cell with line ends */
    const struct bytes *cells; /* borrowed from the file, the arena and the reader */
    size_t count;
};

void csv_init(struct csv *csv, struct bytes file);

/* ERR_NOT_FOUND at the end; ERR_MALFORMED or ERR_LIMIT with a problem that names row and line. */
MUST_CHECK enum err csv_next(struct csv *csv, struct arena *arena, struct csv_row *out,
                             struct problem *problem);

/* Is it text at all, and UTF-8? The problem names line and byte, and how to save the file. */
MUST_CHECK enum err csv_encoding_check(struct bytes file, struct problem *problem);
