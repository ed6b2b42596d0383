/* report_json.h - the parts that every JSON form of a report is made of. Out of memory aborts. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

void report_set(json_t *object, const char *key, json_t *value); /* takes the value over */
void report_append(json_t *array, json_t *value);                /* takes the value over */
json_t *report_text_json(struct bytes text);                     /* null when empty */
json_t *report_day_json(int32_t day);                            /* null for DAY_NONE */
json_t *report_instant_json(int64_t unix_ms);                    /* a text; null for 0 */
json_t *report_count_json(uint64_t count);
/* An object as proto/json.h wrote it; NULL when the bytes are none. */
json_t *report_json_read(struct bytes text);
/* Compact, no newline. */
void report_json_write(const json_t *value, struct buffer *out);
