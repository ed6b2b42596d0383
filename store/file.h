/* file.h - files and directories of a store: made privately, replaced whole, on the disk when the
 * call returns. */
#pragma once

#include "base/bytes.h"

enum err file_err(int error_number); /* of errno */

/* DIRECTORY/NAME into out; ERR_LIMIT when it does not fit. */
MUST_CHECK enum err file_path(const char *directory, const char *name, char *out, size_t out_size);
MUST_CHECK enum err file_directory_sync(const char *directory);
/* Replaces DIRECTORY/NAME by these bytes: written beside it, synced, renamed, the directory synced.
 * Mode 0600. */
MUST_CHECK enum err file_replace(const char *directory, const char *name, struct bytes bytes);
/* Reads a small file whole; ERR_NOT_FOUND, ERR_LIMIT when it is larger than out_size. */
MUST_CHECK enum err file_read_small(const char *directory, const char *name, uint8_t *out,
                                    size_t out_size, size_t *size);
