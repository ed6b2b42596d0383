/*
 * board_json.h - JSON values as the wall shows them: what a county wrote is text and nothing else,
 * in bounds, without what would move or hide the text beside it. Out of memory aborts.
 */
#pragma once

#include "ledger/view/percent.h"
#include "ledger/view/view.h"
#include "report/report_json.h"

enum {
    SHOWN_NAME_MAX = 80,  /* characters of a name: the longest county's has nine */
    SHOWN_TEXT_MAX = 200, /* characters of a reason: three lines of the wall */
};

/*
 * Appends at most so many characters, then "…": control characters, line ends and marks of
 * direction become blanks, several blanks one, bytes that are no UTF-8 a "?".
 */
void shown_add(struct bytes text, size_t most, struct buffer *out);

void set_count(json_t *object, const char *key, int64_t count);
void set_text(json_t *object, const char *key, const char *text);   /* NULL, "": null */
void set_shown(json_t *object, const char *key, struct bytes text); /* a name; empty: null */
/* A name without telephone numbers: "区-姓名-电话" stands in leaders' cells (domain.md 4.2). */
void set_person(json_t *object, const char *key, struct bytes text);
void set_day(json_t *object, const char *key, int32_t day);         /* null for DAY_NONE */
void set_instant(json_t *object, const char *key, int64_t unix_ms); /* null for 0 */
json_t *text_json(struct bytes text); /* an id, whole; null when empty */
json_t *hash_json(const struct hash *hash);
void json_take(json_t *value, struct buffer *out); /* in one line; takes the value over */

/* "2124.66" of yuan in 亿元, half up. */
char *yi_text(int64_t yuan, int digits, char out[PERCENT_TEXT_SIZE]);
/* As people write it: "3200万元", "1.2亿元", "860元". */
char *money_text(int64_t yuan, char out[PERCENT_TEXT_SIZE]);
