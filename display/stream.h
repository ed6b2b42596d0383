/*
 * stream.h - what browsers are told, and each browser's place in it: a cursor, never a queue, so a
 * slow one costs its socket's buffer and nobody else anything. Promise: no fact is left out unsaid,
 * none is told twice, and no frame is older than one the browser has. Pure.
 */
#pragma once

#include "display/grants.h"

enum {
    STREAM_RING_BYTES = 8 << 20, /* half for facts: what one may be behind and still miss none */
    STREAM_MESSAGES_MAX = 8192,  /* of each half */
    STREAM_UNITS_MAX = 512,      /* units with contacts of their own */
    STREAM_BEAT_MS = 2000,
};

enum stream_event {
    STREAM_FRAME,    /* sections that changed, by their position; after the facts up to it */
    STREAM_FACT,     /* a line; positions only rise */
    STREAM_RESTATED, /* a notice, with the position of its fact, after that fact */
    STREAM_CONTACT,  /* without a unit: for all but visitors of scope unit; with one: for those */
    STREAM_BEAT,     /* only the newest is told, after all else that waits */
    STREAM_RESYNC    /* made by the stream itself */
};

struct stream;

struct stream *stream_new(size_t ring_bytes);
void stream_free(struct stream *stream); /* after stream_leave of every cursor */
DEFINE_CLEANUP(struct stream *, stream_free)
/*
 * What a new browser, or one too far behind, begins with: the whole frame and the contacts as they
 * are now. Replaces what was there. In the same turn as the stream_add of a frame, before or after
 * it: what was begun with before is not used once a later frame has left the ring.
 */
void stream_begin_with(struct stream *stream, uint64_t position, struct bytes whole_frame,
                       struct bytes contact);
/*
 * Copied, framed as SSE once for all browsers. data: UTF-8; a line break becomes several data
 * lines. unit: whom a fact, a notice or a contact is about; empty: nobody of scope unit is told.
 * position 0: none. A fact not above the newest is left out: it has been told. Facts added before
 * the first stream_begin_with let browsers go on over a restart.
 */
void stream_add(struct stream *stream, enum stream_event event, uint64_t position,
                struct bytes unit, struct bytes data);
uint64_t stream_newest(const struct stream *stream); /* of the facts and whole frames; 0: none */

struct stream_text; /* a message's bytes, shared by the ring and those who are sending them */

struct stream_cursor {
    const struct visitor *visitor; /* of scope unit: told only what is its own; else NULL */
    struct stream_text *text;      /* being told; sent: how much of it was */
    size_t sent;
    uint64_t next;           /* number of the next message to look at */
    uint64_t facts_from;     /* facts and notices before it have been told */
    uint64_t frames_from;    /* frames before it are in the whole frame it began with */
    uint64_t contacts_from;  /* contacts before it have been told as they were then */
    uint64_t position;       /* of the last fact it has, or needs not have */
    uint64_t since;          /* position it joined or began with */
    uint64_t frame_position; /* no frame below it is told */
    uint64_t id;             /* the last id that was told */
    uint64_t beat;           /* number of the last beat that was told */
    size_t contacts_told;    /* of the units' own ones */
    bool begins;             /* gets the whole frame */
    bool catches_up;         /* once it has its facts; else at once */
    bool was_behind;         /* and is told first that lines are missing */
    bool tells_contacts;     /* then the contacts as they are */
};
/* last_event_id 0: a new browser. visitor: borrowed until stream_leave; NULL: sees all. */
void stream_join(const struct stream *stream, uint64_t last_event_id, const struct visitor *visitor,
                 struct stream_cursor *out);
void stream_leave(struct stream_cursor *cursor); /* twice is harmless */
/*
 * Appends at most size_max bytes of what comes next; a message may come in parts. False: there is
 * nothing to say now. A cursor that the ring has left behind begins anew by itself.
 */
bool stream_take(const struct stream *stream, struct stream_cursor *cursor, size_t size_max,
                 struct buffer *out);
