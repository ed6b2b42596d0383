/*
 * directory.h - reads the log in a broker's directory or a backup of it, read-only, in transactions
 * of at most 1,000 records or 100 ms (contract 5.1), so that a running broker can use its old pages
 * again. To be called in a child process (child.h): LMDB on a damaged page can die.
 */
#pragma once

#include "reader/reading.h"
#include "store/log.h"

enum {
    DIRECTORY_PATH_MAX = 4096,
    DIRECTORY_TURN_RECORDS = 1000,
    DIRECTORY_TURN_MS = 100,
    DIRECTORY_GROUP_BYTES = 1 << 20, /* of rows read and hashed together */
};

/* DIRECTORY/store, for reading. */
MUST_CHECK enum err directory_open(const char *directory, struct store **out,
                                   struct problem *problem);
/* ERR_CORRUPT: problem names the position. Stops when child_is_stopped. */
MUST_CHECK enum err directory_read(struct store *store, const struct reading *reading,
                                   const struct reading_sink *sink, struct problem *problem);
/* The broker's own records only (roster, alarms, settings), by their marks: few, however long the
 * log. */
MUST_CHECK enum err directory_read_own(struct store *store, const struct reading_sink *sink,
                                       struct problem *problem);
