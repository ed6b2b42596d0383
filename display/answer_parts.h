/* answer_parts.h - what the files of answer.h share. */
#pragma once

#include <jansson.h>

#include "display/answer.h"
#include "report/standpoint.h"

/* Each fills out, or gives ERR_NOT_FOUND, ERR_DENIED, ERR_LIMIT or ERR_CORRUPT with the inquiry's
 * problem set. */
enum err answer_frame(struct inquiry *inquiry, struct answer *out);
enum err answer_ledger(struct inquiry *inquiry, struct answer *out);
enum err answer_lines(struct inquiry *inquiry, struct answer *out);
enum err answer_timeline(struct inquiry *inquiry, struct answer *out);
enum err answer_unit(struct inquiry *inquiry, struct answer *out);
enum err answer_projects(struct inquiry *inquiry, struct answer *out);
enum err answer_project(struct inquiry *inquiry, struct answer *out);
enum err answer_gaps(struct inquiry *inquiry, struct answer *out);
enum err answer_bulletin(struct inquiry *inquiry, struct answer *out);
enum err answer_definitions(struct inquiry *inquiry, struct answer *out);
enum err answer_session(struct inquiry *inquiry, struct answer *out);

/* Definitions in force, in the arena. */
void inquiry_find_definitions(struct inquiry *inquiry);
struct standpoint inquiry_standpoint(const struct inquiry *inquiry);
struct board_question inquiry_question(const struct inquiry *inquiry);
/* The route's unit, if the visitor may see it; LEDGER_UNITS_MAX: none was named, and of all. */
MUST_CHECK enum err inquiry_unit(struct inquiry *inquiry, const char *name, size_t *out);
/* Visitors of some units must name what they ask for: ERR_DENIED. */
MUST_CHECK enum err inquiry_needs_whole(struct inquiry *inquiry);
extern const char *const answer_json_type;
void answer_json(struct answer *out, json_t *value); /* takes the value over */
