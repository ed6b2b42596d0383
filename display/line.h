/*
 * line.h - one record as the wall tells it: the LINE and the notice of docs/display.md. Pure.
 */
#pragma once

#include "ledger/view/view.h"
#include "proto/wire.h"

enum line_scope { LINE_WALL, LINE_OFFICE }; /* the wall tells nothing of private persons */

/*
 * {"position":…,"text":…}: appends. event NULL: a record that is no event, or not understood; it
 * has a line all the same. The ledger has applied the record.
 */
void line_json(const struct ledger *ledger, const struct record *record, const struct event *event,
               enum line_scope scope, struct arena *arena, struct buffer *out);

/*
 * A correction that changed a figure the wall shows: what it was just before the record and what it
 * is after, of the month or the total it falls in. False: no such figure changed. out: appended.
 */
bool notice_json(const struct ledger *ledger, const struct record *record,
                 const struct event *event, const struct view *view, struct arena *arena,
                 struct buffer *out);
