/*
 * source.h - SOURCE on the command line: a broker's directory, a backup of it, or a joined
 * auditor's directory (contract 9.5). Audit never writes to it.
 */
#pragma once

#include "reader/reading.h"

enum source_kind { SOURCE_DIRECTORY, SOURCE_NETWORK };

struct source {
    enum source_kind kind;
    const char *path;
};

/* ERR_NOT_FOUND: neither; problem says what was looked for. */
MUST_CHECK enum err source_find(const char *path, struct source *out, struct problem *problem);
/* A directory is to be read in a child process. */
MUST_CHECK enum err source_read(const struct source *source, const struct reading *reading,
                                const struct reading_sink *sink, struct problem *problem);
/* Runs work where it is safe: in a child for a directory, here for the network. A child that dies
 * is reported on standard error, and found_dead (may be NULL) is called. Gives the exit status. */
int source_run(const struct source *source, int (*work)(void *context), void *context,
               void (*found_dead)(void *context, int signal_number, uint64_t good_position));
