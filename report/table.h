/*
 * table.h - records as lines for people: aligned by display width, where a Chinese character takes
 * two columns. Nothing in a record can move the terminal: what does not print becomes a blank.
 */
#pragma once

#include "proto/wire.h"
#include "report/keyring.h"

enum { TABLE_CONTENT_WIDTH = 60 };

size_t table_text_width(struct bytes text); /* columns on a terminal */
/* Cut to width with "…" and filled up to it; right: blanks in front. Appends. */
void table_cell(struct bytes text, size_t width, bool right, struct buffer *out);
void table_heading(struct buffer *out);
/* One line with its newline. Names come from the keyring. */
void table_record(const struct record *record, const struct keyring *names, struct arena *arena,
                  struct buffer *out);
/* What the payload says, field by field, uncut. */
void table_fact(const struct envelope *envelope, struct arena *arena, struct buffer *out);
/* 签约 for an event's kind MILESTONE … ; NULL: a kind this program does not know. */
const char *table_kind_name(uint32_t kind);
