/* frame_text.c - see frame_text.h. */
#include "frame_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "agent/uplink.h"
#include "proto/wire.h"

enum { ARENA_MAX = 4 << 20 };

static uint64_t counter_of(struct bytes token)
{
    return token.size >= 8 ? u64_get(token.data) : 0;
}

static void session_text(const struct frame *frame, char *out, size_t size)
{
    const struct hello *hello = &frame->hello;
    const struct welcome *welcome = &frame->welcome;
    const struct refuse *refuse = &frame->refuse;
    const struct push *push = &frame->push;
    if (frame->kind == FRAME_HELLO)
        (void)snprintf(out, size,
                       "hello epoch=%" PRIu32 " newest=%" PRIu64 " acked=%" PRIu64
                       " token=%" PRIu64,
                       hello->epoch, hello->newest_seq, hello->acked_seq, counter_of(hello->token));
    else if (frame->kind == FRAME_WELCOME)
        (void)snprintf(out, size, "welcome have=%" PRIu64 " credit=%" PRIu64 " token=%" PRIu64,
                       welcome->have_seq, welcome->credit_seq, counter_of(welcome->token));
    else if (frame->kind == FRAME_REFUSE)
        (void)snprintf(out, size, "refuse %s have=%" PRIu64 " \"%.*s\"",
                       uplink_reason_name(refuse->reason), refuse->have_seq, (int)refuse->text.size,
                       (const char *)refuse->text.data);
    else if (frame->kind == FRAME_PUSH)
        (void)snprintf(out, size, "push %" PRIu64 "..%" PRIu64, push->first_seq,
                       push->first_seq + push->count - 1);
    else if (frame->kind == FRAME_HEARTBEAT)
        (void)snprintf(out, size, "heartbeat%s", frame->heartbeat.is_reply ? " reply" : "");
    else
        (void)snprintf(out, size, "bye %s", uplink_reason_name(frame->bye.reason));
}

static void ack_text(const struct ack *ack, char *out, size_t size)
{
    int at = snprintf(out, size, "ack %" PRIu64 " credit=%" PRIu64, ack->have_seq, ack->credit_seq);
    for (size_t i = 0; i < ack->refusal_count && at > 0 && (size_t)at < size; i++)
        at += snprintf(out + at, size - (size_t)at, " refused %" PRIu64 " for %" PRIu32,
                       ack->refusals[i].seq, ack->refusals[i].reason);
}

static void contacts_text(const struct contacts *contacts, char *out, size_t size)
{
    int at = snprintf(out, size, "contacts %" PRIu32 "%s", contacts->subscription,
                      contacts->whole ? " whole" : "");
    for (size_t i = 0; i < contacts->unit_count && at > 0 && (size_t)at < size; i++)
        at +=
            snprintf(out + at, size - (size_t)at, " %.*s:%s+%" PRIu64,
                     (int)contacts->units[i].unit.size, (const char *)contacts->units[i].unit.data,
                     contacts->units[i].is_online ? "on" : "off", contacts->units[i].backlog);
}

static void feed_text(const struct frame *frame, char *out, size_t size)
{
    const struct update *update = &frame->update;
    if (frame->kind == FRAME_SUBSCRIBE)
        (void)snprintf(out, size, "subscribe %" PRIu32 " from=%" PRIu64 " credit=%" PRIu64,
                       frame->subscribe.subscription, frame->subscribe.from_position,
                       frame->subscribe.credit);
    else if (frame->kind == FRAME_GRANT)
        (void)snprintf(out, size, "grant %" PRIu32 " credit=%" PRIu64, frame->grant.subscription,
                       frame->grant.credit);
    else if (frame->kind == FRAME_UPDATE)
        (void)snprintf(
            out, size,
            "update %" PRIu32 " records=%" PRIu32 " scanned_to=%" PRIu64 " head=%" PRIu64,
            update->subscription, update->count, update->scanned_to, update->head_position);
    else
        (void)snprintf(out, size, "unsubscribe %" PRIu32, frame->unsubscribe.subscription);
}

char *frame_text(struct bytes bytes, char out[FRAME_TEXT_MAX])
{
    struct frame frame;
    struct problem problem = {0};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_MAX);
    if (wire_frame_decode(bytes, &arena, &frame, &problem) != OK)
        (void)snprintf(out, FRAME_TEXT_MAX, "%zu bytes that are no frame", bytes.size);
    else if (frame.kind == FRAME_ACK)
        ack_text(&frame.ack, out, FRAME_TEXT_MAX);
    else if (frame.kind == FRAME_CONTACTS)
        contacts_text(&frame.contacts, out, FRAME_TEXT_MAX);
    else if (frame.kind < FRAME_SUBSCRIBE)
        session_text(&frame, out, FRAME_TEXT_MAX);
    else
        feed_text(&frame, out, FRAME_TEXT_MAX);
    return out;
}
