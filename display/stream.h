/*
 * stream.h - the ring of what browsers are told, and each browser's place in it: a cursor, never a
 * queue, so a slow one costs its socket's buffer and nobody else anything. Pure.
 */
#pragma once

#include "base/bytes.h"

enum {
    STREAM_RING_BYTES = 8 << 20, /* what a browser may be behind before it is told to start anew */
    STREAM_MESSAGES_MAX = 8192,
    STREAM_BEAT_MS = 2000,
};

enum stream_event {
    STREAM_FRAME,
    STREAM_FACT,
    STREAM_RESTATED,
    STREAM_CONTACT,
    STREAM_BEAT,
    STREAM_RESYNC
};

struct stream;

struct stream *stream_new(size_t ring_bytes);
void stream_free(struct stream *stream);
/* What a new browser, or one too far behind, begins with: the whole frame and the contacts as they
 * are now. Replaces what was there. */
void stream_begin_with(struct stream *stream, uint64_t position, struct bytes whole_frame,
                       struct bytes contact);
/* position 0: without an id. Copied, framed as SSE once for all browsers. */
void stream_add(struct stream *stream, enum stream_event event, uint64_t position,
                struct bytes data);

struct stream_cursor {
    uint64_t next;     /* number of the next message in the ring */
    uint64_t position; /* the last id it has */
    bool begins;       /* gets the whole frame first */
    bool was_behind;   /* and is told that lines are missing */
    uint64_t missed;
};
/* last_event_id 0: a new browser. */
void stream_join(const struct stream *stream, uint64_t last_event_id, struct stream_cursor *out);
/*
 * Appends at most about size_max bytes of what comes next, whole messages; at least one when there
 * is one. False: nothing to say. A cursor that the ring has left behind begins anew by itself.
 */
bool stream_take(struct stream *stream, struct stream_cursor *cursor, size_t size_max,
                 struct buffer *out);
bool stream_has_more(const struct stream *stream, const struct stream_cursor *cursor);
