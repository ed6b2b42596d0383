/*
 * intake.h - what a clerk hands over, one JSON object a line (contract 2.6), becomes a checked and
 * sealed envelope, or a sentence that says what is wrong and what to do about it.
 */
#pragma once

#include "proto/json.h"

enum { INTAKE_LINE_SIZE_MAX = 1 << 20 };

struct intake {
    struct bytes unit; /* whose agent this is */
    int64_t clock_ms;  /* recorded with the event, never trusted for order */
};

/*
 * out: the envelope's bytes, appended. event borrows from line, arena and out, event_id included.
 * A subject without a unit is a project of about_unit, or of this unit.
 */
MUST_CHECK enum err intake_line(const struct intake *intake, struct bytes line, struct arena *arena,
                                struct event *event, struct buffer *out, struct problem *problem);
/* Takes the first line off text; false at the end. The line has no newline, CR or byte order mark.
 */
bool intake_next_line(struct bytes *text, struct bytes *line);
