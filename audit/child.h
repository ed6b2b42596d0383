/*
 * child.h - work on a store that may be damaged, in a process of its own: when it dies of a signal,
 * that is a finding and not the end of the auditor (contract 5.4).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Runs work in a child, passes SIGINT and SIGTERM on, and gives its exit status; 128 + n for signal
 * n. */
int child_run(int (*work)(void *context), void *context, uint64_t *good_position);

/* In the child: everything up to here was read (and printed), should the next page kill us. */
void child_note_good(uint64_t position);
bool child_is_stopped(void); /* a signal asked the child to stop */
