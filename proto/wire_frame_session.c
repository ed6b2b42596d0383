/* wire_frame_session.c - hello, welcome, refuse, heartbeat and bye through protobuf-c, with the
 * limits of huoshui.proto. */
#include "huoshui.pb-c.h"
#include "proto/wire_frame.h"
#include "proto/wire_limits.h"

static enum err hello_decode(const Huoshui__Hello *from, struct hello *out)
{
    TRY(wire_text_of(from->unit, UNIT_TEXT_MAX, &out->unit));
    TRY(wire_hash_of(from->chain_head, &out->chain_head));
    TRY(wire_binary_of(from->token, TOKEN_SIZE_MAX, &out->token));
    TRY(wire_text_of(from->program, WIRE_PROGRAM_MAX, &out->program));
    out->version_min = from->version_min;
    out->version_max = from->version_max;
    out->epoch = from->epoch;
    out->newest_seq = from->newest_seq;
    out->acked_seq = from->acked_seq;
    out->clock_ms = from->clock_ms;
    out->backlog_bytes = from->backlog_bytes;
    return OK;
}

static void hello_encode(const struct hello *hello, struct arena *arena, struct buffer *out)
{
    Huoshui__Hello to = HUOSHUI__HELLO__INIT;
    to.version_min = hello->version_min;
    to.version_max = hello->version_max;
    to.unit = wire_to_text(arena, hello->unit);
    to.epoch = hello->epoch;
    to.newest_seq = hello->newest_seq;
    to.acked_seq = hello->acked_seq;
    to.chain_head = wire_to_hash(&hello->chain_head);
    to.token = wire_to_binary(hello->token);
    to.clock_ms = hello->clock_ms;
    to.backlog_bytes = hello->backlog_bytes;
    to.program = wire_to_text(arena, hello->program);
    wire_frame_pack(FRAME_HELLO, &to.base, out);
}

static enum err welcome_decode(const Huoshui__Welcome *from, struct welcome *out)
{
    TRY(wire_hash_of(from->chain_head, &out->chain_head));
    TRY(wire_binary_of(from->token, TOKEN_SIZE_MAX, &out->token));
    TRY(wire_binary_of(from->checkpoint, WIRE_CHECKPOINT_MAX, &out->checkpoint));
    TRY(wire_binary_of(from->log_id, WIRE_LOG_ID_SIZE, &out->log_id));
    if (out->log_id.size != 0 && out->log_id.size != WIRE_LOG_ID_SIZE)
        return ERR_MALFORMED;
    out->version = from->version;
    out->have_seq = from->have_seq;
    out->credit_seq = from->credit_seq;
    out->clock_ms = from->clock_ms;
    out->hello_clock_ms = from->hello_clock_ms;
    out->safe_position = from->safe_position;
    out->head_position = from->head_position;
    return OK;
}

static void welcome_encode(const struct welcome *welcome, struct buffer *out)
{
    Huoshui__Welcome to = HUOSHUI__WELCOME__INIT;
    to.version = welcome->version;
    to.have_seq = welcome->have_seq;
    to.chain_head = wire_to_hash(&welcome->chain_head);
    to.credit_seq = welcome->credit_seq;
    to.token = wire_to_binary(welcome->token);
    to.clock_ms = welcome->clock_ms;
    to.hello_clock_ms = welcome->hello_clock_ms;
    to.safe_position = welcome->safe_position;
    to.head_position = welcome->head_position;
    to.log_id = wire_to_binary(welcome->log_id);
    to.checkpoint = wire_to_binary(welcome->checkpoint);
    wire_frame_pack(FRAME_WELCOME, &to.base, out);
}

static enum err refuse_decode(const Huoshui__Refuse *from, struct refuse *out)
{
    TRY(wire_text_of(from->text, WIRE_TEXT_MAX, &out->text));
    TRY(wire_text_of(from->remedy, WIRE_TEXT_MAX, &out->remedy));
    TRY(wire_hash_of(from->ours, &out->ours));
    TRY(wire_hash_of(from->theirs, &out->theirs));
    out->reason = (uint32_t)from->reason;
    out->have_seq = from->have_seq;
    out->retry_after_ms = from->retry_after_ms;
    out->subscription = from->subscription;
    return OK;
}

static void refuse_encode(const struct refuse *refuse, struct arena *arena, struct buffer *out)
{
    Huoshui__Refuse to = HUOSHUI__REFUSE__INIT;
    to.reason = (Huoshui__SessionReason)refuse->reason;
    to.text = wire_to_text(arena, refuse->text);
    to.remedy = wire_to_text(arena, refuse->remedy);
    to.have_seq = refuse->have_seq;
    to.ours = wire_to_hash(&refuse->ours);
    to.theirs = wire_to_hash(&refuse->theirs);
    to.retry_after_ms = refuse->retry_after_ms;
    to.subscription = refuse->subscription;
    wire_frame_pack(FRAME_REFUSE, &to.base, out);
}

static enum err heartbeat_decode(const Huoshui__Heartbeat *from, struct heartbeat *out)
{
    TRY(wire_binary_of(from->token, TOKEN_SIZE_MAX, &out->token));
    out->is_reply = from->is_reply;
    out->clock_ms = from->clock_ms;
    out->echo_clock_ms = from->echo_clock_ms;
    out->newest_seq = from->newest_seq;
    return OK;
}

static void heartbeat_encode(const struct heartbeat *heartbeat, struct buffer *out)
{
    Huoshui__Heartbeat to = HUOSHUI__HEARTBEAT__INIT;
    to.is_reply = heartbeat->is_reply;
    to.clock_ms = heartbeat->clock_ms;
    to.echo_clock_ms = heartbeat->echo_clock_ms;
    to.token = wire_to_binary(heartbeat->token);
    to.newest_seq = heartbeat->newest_seq;
    wire_frame_pack(FRAME_HEARTBEAT, &to.base, out);
}

static void bye_encode(const struct bye *bye, struct arena *arena, struct buffer *out)
{
    Huoshui__Bye to = HUOSHUI__BYE__INIT;
    to.reason = (Huoshui__SessionReason)bye->reason;
    to.text = wire_to_text(arena, bye->text);
    wire_frame_pack(FRAME_BYE, &to.base, out);
}

static const ProtobufCMessageDescriptor *descriptor_of(enum frame_kind kind)
{
    if (kind == FRAME_HELLO)
        return &huoshui__hello__descriptor;
    if (kind == FRAME_WELCOME)
        return &huoshui__welcome__descriptor;
    if (kind == FRAME_REFUSE)
        return &huoshui__refuse__descriptor;
    return kind == FRAME_HEARTBEAT ? &huoshui__heartbeat__descriptor : &huoshui__bye__descriptor;
}

enum err wire_session_decode(struct bytes bytes, struct arena *arena, struct frame *out)
{
    ProtobufCMessage *message = NULL;
    TRY(wire_unpack(descriptor_of(out->kind), bytes, arena, &message));
    if (out->kind == FRAME_HELLO)
        return hello_decode((const Huoshui__Hello *)message, &out->hello);
    if (out->kind == FRAME_WELCOME)
        return welcome_decode((const Huoshui__Welcome *)message, &out->welcome);
    if (out->kind == FRAME_REFUSE)
        return refuse_decode((const Huoshui__Refuse *)message, &out->refuse);
    if (out->kind == FRAME_HEARTBEAT)
        return heartbeat_decode((const Huoshui__Heartbeat *)message, &out->heartbeat);
    const Huoshui__Bye *bye = (const Huoshui__Bye *)message;
    out->bye.reason = (uint32_t)bye->reason;
    return wire_text_of(bye->text, WIRE_TEXT_MAX, &out->bye.text);
}

void wire_session_encode(const struct frame *frame, struct buffer *out)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, FRAME_ARENA_LIMIT);
    if (frame->kind == FRAME_HELLO)
        hello_encode(&frame->hello, &arena, out);
    else if (frame->kind == FRAME_WELCOME)
        welcome_encode(&frame->welcome, out);
    else if (frame->kind == FRAME_REFUSE)
        refuse_encode(&frame->refuse, &arena, out);
    else if (frame->kind == FRAME_HEARTBEAT)
        heartbeat_encode(&frame->heartbeat, out);
    else
        bye_encode(&frame->bye, &arena, out);
}
