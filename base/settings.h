/*
 * settings.h - a program's settings: a table of typed rows; parser, template file and --help all
 * read the table. File form: "name = value" a line, # at the start or after a blank starts a
 * comment. An unknown name or a bad value is an error that names the line.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum setting_type { SETTING_NUMBER, SETTING_TEXT };

enum { SETTING_TEXT_MAX = 255 };

struct setting {
    const char *name;
    enum setting_type type;
    int64_t min, max;         /* NUMBER: allowed range; TEXT: allowed size in bytes */
    const char *default_text; /* as it would stand in the file */
    const char *unit;         /* "ms", "bytes", "" */
    const char *sentence;     /* what it does, and why one would change it */
    size_t offset;            /* of an int64_t, or a char[SETTING_TEXT_MAX + 1] */
};

struct settings_table {
    const struct setting *rows;
    size_t count;
};

void settings_default(const struct settings_table *table, void *out);
/* Changes out only when the whole text is good; what the text does not set stays as it is in out.
 * problem names file_name, the line and the remedy. */
MUST_CHECK enum err settings_parse(const struct settings_table *table, const char *file_name,
                                   struct bytes text, void *out, struct problem *problem);
/* A complete commented file holding the values of in. */
void settings_template(const struct settings_table *table, const void *in, struct buffer *out);
