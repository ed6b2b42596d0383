/*
 * wire_pack.h - protobuf-c with an arena beneath it, for proto/wire*.c. protobuf-c expects zeroed
 * memory (its issue 690) and has no budget of its own: the arena gives both. Sizes are capped by
 * the caller before anything is unpacked.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/hash.h"

/* The message lives in the arena. ERR_LIMIT when the arena is used up, ERR_MALFORMED when the bytes
 * are no such message. */
MUST_CHECK enum err wire_unpack(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes,
                                struct arena *arena, ProtobufCMessage **out);

/* ERR_LIMIT when it is longer than max. */
MUST_CHECK enum err wire_text_of(const char *text, size_t max, struct bytes *out);
MUST_CHECK enum err wire_binary_of(ProtobufCBinaryData binary, size_t max, struct bytes *out);
/* Absent is the zero hash. */
MUST_CHECK enum err wire_hash_of(ProtobufCBinaryData binary, struct hash *out);

/* For packing: a NUL-ended copy; aborts when the arena is used up, which only a bug can do. */
char *wire_to_text(struct arena *arena, struct bytes text);
ProtobufCBinaryData wire_to_binary(struct bytes bytes);
ProtobufCBinaryData wire_to_hash(const struct hash *hash);
