/*
 * wire_frame.c - one frame: which message it holds, and that it holds one. The messages are read by
 * wire_frame_session.c, wire_frame_feed.c and wire_frame_bulk.c.
 */
#include "proto/wire_frame.h"

#include <assert.h>

#include "proto/wire_scan.h"

static enum err refuse(struct problem *problem, enum err err, const char *what)
{
    problem_set(problem, "frame: %s", what);
    problem_remedy(problem, "the peer's program or the link is at fault; compare the versions");
    return err;
}

/* A frame holds exactly one message that we know; what else a newer peer adds beside it is skipped.
 */
static enum err find_message(struct bytes bytes, enum frame_kind *kind, struct bytes *message)
{
    struct wire_reader reader = wire_read(bytes);
    struct wire_field field;
    enum err err = OK;
    uint32_t number = 0;
    while ((err = wire_next(&reader, &field)) == OK) {
        if (field.number > FRAME_CONTACTS)
            continue;
        if (field.form != WIRE_BYTES || number != 0)
            return ERR_MALFORMED;
        number = field.number;
        *message = field.bytes;
    }
    if (err != ERR_NOT_FOUND || number == 0)
        return ERR_MALFORMED;
    *kind = (enum frame_kind)number;
    return OK;
}

static enum err message_decode(struct bytes message, struct arena *arena, struct frame *frame)
{
    switch (frame->kind) {
    case FRAME_HELLO:
    case FRAME_WELCOME:
    case FRAME_REFUSE:
    case FRAME_HEARTBEAT:
    case FRAME_BYE:
        return wire_session_decode(message, arena, frame);
    case FRAME_ACK:
    case FRAME_SUBSCRIBE:
    case FRAME_GRANT:
    case FRAME_UNSUBSCRIBE:
    case FRAME_CONTACTS:
        return wire_feed_decode(message, arena, frame);
    case FRAME_PUSH:
    case FRAME_UPDATE:
        return wire_bulk_decode(message, arena, frame);
    }
    return ERR_MALFORMED;
}

static const char *kind_name(enum frame_kind kind)
{
    static const char *const names[] = {
        [FRAME_HELLO] = "Hello",
        [FRAME_WELCOME] = "Welcome",
        [FRAME_REFUSE] = "Refuse",
        [FRAME_PUSH] = "Push",
        [FRAME_ACK] = "Ack",
        [FRAME_HEARTBEAT] = "Heartbeat",
        [FRAME_BYE] = "Bye",
        [FRAME_SUBSCRIBE] = "Subscribe",
        [FRAME_GRANT] = "Grant",
        [FRAME_UPDATE] = "Update",
        [FRAME_UNSUBSCRIBE] = "Unsubscribe",
        [FRAME_CONTACTS] = "Contacts",
    };
    return names[kind];
}

enum err wire_frame_decode(struct bytes bytes, struct arena *arena, struct frame *out,
                           struct problem *problem)
{
    struct frame frame = {0};
    struct bytes message = BYTES_NONE;
    if (bytes.size > FRAME_SIZE_MAX)
        return refuse(problem, ERR_LIMIT, "larger than 1 MiB");
    if (find_message(bytes, &frame.kind, &message) != OK)
        return refuse(problem, ERR_MALFORMED, "not one message of this protocol");
    enum err err = message_decode(message, arena, &frame);
    if (err != OK) {
        char what[80];
        struct bytes name = bytes_of_text(kind_name(frame.kind));
        struct buffer text = {0};
        buffer_add(&text, name);
        buffer_add_text(&text, err == ERR_LIMIT ? " goes beyond a limit" : " breaks its form");
        refuse(problem, err, bytes_to_text(buffer_bytes(&text), what, sizeof(what)));
        buffer_release(&text);
        return err;
    }
    *out = frame;
    return OK;
}

void wire_frame_pack(enum frame_kind kind, const ProtobufCMessage *message, struct buffer *out)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *at = buffer_extend(out, size + WIRE_NUMBER_FIELD_MAX);
    at = wire_put_varint(at, (uint64_t)kind << 3 | WIRE_BYTES);
    at = wire_put_varint(at, size);
    wire_put_end(out, at + protobuf_c_message_pack(message, at));
}

void wire_frame_encode(const struct frame *frame, struct buffer *out)
{
    switch (frame->kind) {
    case FRAME_HELLO:
    case FRAME_WELCOME:
    case FRAME_REFUSE:
    case FRAME_HEARTBEAT:
    case FRAME_BYE:
        wire_session_encode(frame, out);
        return;
    case FRAME_ACK:
    case FRAME_SUBSCRIBE:
    case FRAME_GRANT:
    case FRAME_UNSUBSCRIBE:
    case FRAME_CONTACTS:
        wire_feed_encode(frame, out);
        return;
    case FRAME_PUSH:
    case FRAME_UPDATE:
        wire_bulk_encode(frame, out);
        return;
    }
    assert(frame->kind == FRAME_HELLO); /* a frame of no kind */
}
