/*
 * stream_parts.h - what stream.c (what is kept) and stream_take.c (what a cursor is told) share;
 * for these files only. Facts and states have a ring each, so that large frames do not push out the
 * facts a browser will ask for; numbers run through both.
 */
#pragma once

#include "display/stream.h"

struct stream_text {
    size_t references, size;
    uint8_t data[];
};

struct stream_message {
    uint64_t number, position;
    enum stream_event event;
    char unit[GRANT_UNIT_TEXT_MAX + 1]; /* "": of no unit */
    struct stream_text *text;
};

struct stream_ring {
    struct stream_message *messages; /* STREAM_MESSAGES_MAX places */
    size_t first, count, bytes, bytes_max;
};

struct stream_contact {
    char unit[GRANT_UNIT_TEXT_MAX + 1];
    struct stream_text *text;
};

struct stream {
    struct stream_ring facts, states;  /* facts and notices; frames and contacts */
    uint64_t next;                     /* number of the next message */
    uint64_t newest_fact;              /* its position */
    uint64_t lost;                     /* facts up to this position are not in the ring */
    uint64_t lost_frame, lost_contact; /* numbers of the last ones that left the ring */
    bool has_start;                    /* lost means something */
    struct stream_text *begin_frame, *begin_contact;
    uint64_t begin_position, begin_number; /* number: frames from it on may not be in it */
    bool begin_is_good;
    struct stream_text *beat;
    uint64_t beat_number;
    struct stream_contact contacts[STREAM_UNITS_MAX];
    size_t contact_count;
};

struct stream_text *stream_text_new(enum stream_event event, struct bytes data);
struct stream_text *stream_text_hold(struct stream_text *text);
void stream_text_drop(struct stream_text **text); /* and sets it NULL */
const struct stream_message *stream_ring_at(const struct stream_ring *ring, size_t index);
