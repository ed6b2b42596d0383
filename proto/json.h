/*
 * json.h - the JSON form of events and records: submit, replay, API (contract 2.6). One object a
 * line, names in snake_case, enum values are the bare ids of domain.md 3.
 * {"kind":"MILESTONE","subject":"341502/341502-0001","occurred_on":"2022-01-20",
 * "body":"INVESTMENT_BUREAU","milestone":{"milestone":"CONTRACT_SIGNED"}}: the fact is an object
 * under the kind's member name.
 */
#pragma once

#include "proto/wire.h"

/*
 * One line of submit. Ignores position, recorded_at, unit, epoch, seq, chain, hash; keeps a given
 * event_id. An unknown kind comes back from kind_number and payload_base64, unknown fields from
 * unknown_fields_base64, byte for byte. An unknown member is an error that names it. Texts live in
 * the arena. Sets everything but what the caller knows: body defaults to INVESTMENT_BUREAU, the
 * clock to 0.
 */
MUST_CHECK enum err json_event_parse(struct bytes line, struct arena *arena, struct event *out,
                                     struct problem *problem);
/* The event without its record; no newline. */
void json_event_write(const struct event *event, struct buffer *out);
/* One record as one line without newline: position, recorded_at, unit, epoch, seq before the event.
 */
MUST_CHECK enum err json_record_write(const struct record *record, struct arena *arena,
                                      struct buffer *out);
/* A JSON string literal with quotes. For small hand-made objects (status --json). */
void json_text_write(struct bytes text, struct buffer *out);
