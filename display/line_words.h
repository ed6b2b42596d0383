/* line_words.h - private to line*.c: what an event says, in one Chinese line, without its project,
 * unit and day. */
#pragma once

#include "display/line.h"

enum {
    LINE_TEXT_MAX = 60,
    LINE_WHY_MAX = 120
}; /* characters: one line of the ticker, two of why */

struct telling {
    const struct ledger *ledger;
    size_t subject;   /* SIZE_MAX: none */
    struct view view; /* as of the day of recording, known at the record's position */
    enum line_scope scope;
    struct arena *arena;
};

/* Appends. What the scope must not see is left out. */
void line_words(const struct telling *telling, const struct event *event, struct buffer *out);
/* 更正 开工日期 2022-09-28 → 2022-10-12; before and after alone as well (empty: there is none). */
void line_correction(const struct telling *telling, const struct correction_fact *fact,
                     struct buffer *words, struct buffer *before, struct buffer *after);
/* Of a record that is no event, or none that is understood. */
void line_record_words(const struct record *record, struct buffer *out);
/* A text of a county: without telephone numbers for the wall, in bounds. Appends. */
void line_text(const struct telling *telling, struct bytes text, size_t most, struct buffer *out);
/* 3200万元, 500万USD, "X亿元" as written; nothing when none was given. Appends. */
void line_money(const struct telling *telling, const struct money *money, struct buffer *out);
