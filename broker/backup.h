/*
 * backup.h - a copy of a broker's log while it runs (contract 5.6): DIR/store, settings, and the
 * keys only when asked for.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* position: the head of the copy. The caller tells the broker (note-backup), which announces it as
 * safe. */
MUST_CHECK enum err backup_make(const char *broker, const char *directory, bool with_keys,
                                uint64_t *position, struct problem *problem);
