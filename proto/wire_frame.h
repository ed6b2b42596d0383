/* wire_frame.h - the three parts of the frame codec, for proto/wire_frame*.c: session, feed, and
 * the hot two by hand. */
#pragma once

#include "proto/wire.h"
#include "proto/wire_pack.h"

enum { FRAME_ARENA_LIMIT = 8 << 20 }; /* for packing: texts of a frame, each a few hundred bytes */

/* wire_frame_session.c, through protobuf-c. The bytes are the message inside the frame. */
MUST_CHECK enum err wire_session_decode(struct bytes bytes, struct arena *arena, struct frame *out);
void wire_session_encode(const struct frame *frame, struct buffer *out);

/* wire_frame_feed.c, through protobuf-c: subscribe, grant, unsubscribe, contacts and ack. */
MUST_CHECK enum err wire_feed_decode(struct bytes bytes, struct arena *arena, struct frame *out);
void wire_feed_encode(const struct frame *frame, struct buffer *out);

/* wire_frame_bulk.c, in place: push and update. */
MUST_CHECK enum err wire_bulk_decode(struct bytes bytes, struct arena *arena, struct frame *out);
void wire_bulk_encode(const struct frame *frame, struct buffer *out);

/* Packs one message behind its tag in the frame. */
void wire_frame_pack(enum frame_kind kind, const ProtobufCMessage *message, struct buffer *out);
