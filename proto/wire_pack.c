/* wire_pack.c - see wire_pack.h. */
#include "proto/wire_pack.h"

#include <stdlib.h>

struct memory {
    struct arena *arena;
    bool is_used_up;
};

static void *memory_alloc(void *context, size_t size)
{
    struct memory *memory = context;
    void *block = arena_alloc(memory->arena, size);
    memory->is_used_up = memory->is_used_up || !block;
    return block;
}

static void memory_free(void *context, void *block)
{
    (void)context, (void)block; /* the arena gives all back at once */
}

enum err wire_unpack(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes,
                     struct arena *arena, ProtobufCMessage **out)
{
    struct memory memory = {.arena = arena};
    ProtobufCAllocator allocator = {
        .alloc = memory_alloc, .free = memory_free, .allocator_data = &memory};
    static const uint8_t nothing = 0;
    const uint8_t *data = bytes.size > 0 ? bytes.data : &nothing;
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, &allocator, bytes.size, data);
    if (!message)
        return memory.is_used_up ? ERR_LIMIT : ERR_MALFORMED;
    *out = message;
    return OK;
}

enum err wire_text_of(const char *text, size_t max, struct bytes *out)
{
    struct bytes bytes = bytes_of_text(text);
    if (bytes.size > max)
        return ERR_LIMIT;
    *out = bytes;
    return OK;
}

enum err wire_binary_of(ProtobufCBinaryData binary, size_t max, struct bytes *out)
{
    if (binary.len > max)
        return ERR_LIMIT;
    *out = bytes_of(binary.data, binary.len);
    return OK;
}

enum err wire_hash_of(ProtobufCBinaryData binary, struct hash *out)
{
    if (binary.len == 0) {
        *out = (struct hash){0};
        return OK;
    }
    if (binary.len != HASH_SIZE)
        return ERR_MALFORMED;
    memcpy(out->bytes, binary.data, HASH_SIZE);
    return OK;
}

char *wire_to_text(struct arena *arena, struct bytes text)
{
    struct bytes copy = arena_copy(arena, text);
    if (!copy.data)
        abort();
    return (char *)copy.data; /* ours, so it may be given away as writable */
}

ProtobufCBinaryData wire_to_binary(struct bytes bytes)
{
    return (ProtobufCBinaryData){.len = bytes.size, .data = (uint8_t *)bytes.data};
}

ProtobufCBinaryData wire_to_hash(const struct hash *hash)
{
    return wire_to_binary(hash_is_zero(hash) ? BYTES_NONE : hash_bytes(hash));
}
