/*
 * privacy.h - what a screen on a wall may not show (docs/display.md, scope `wall`): telephone
 * numbers wherever they stand, names of persons who hold no leading office, and bytes that nobody
 * here can read. A leader in an official duty stays.
 */
#pragma once

#include <jansson.h>

#include "ledger/event/schema.h"

/* Does this field of a fact name persons who are to stay unnamed? fact: as event_fact gives it. */
bool privacy_hides(const struct kind *kind, const struct field *field, const void *fact);
/* The text with every telephone number's digits as '*'. Appends. */
void privacy_mask(struct bytes text, struct buffer *out);
/* A text as report_text_json; masked when for_wall. */
json_t *privacy_text_json(struct bytes text, bool for_wall);
/* Takes all that out of a record's object as proto/json.h writes it; out of a refused event's too.
 */
void privacy_strip(json_t *record);
