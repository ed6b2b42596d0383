/*
 * stream_take.c - what a cursor is told next. New: whole frame, contacts, what came since. Back
 * with an id: the facts after it, then the same. See stream.h.
 */
#include <assert.h>

#include "display/stream_parts.h"

enum { ID_LINE_MAX = 32 }; /* "id: 18446744073709551614\n" */

void stream_join(const struct stream *stream, uint64_t last_event_id, const struct visitor *visitor,
                 struct stream_cursor *out)
{
    *out = (struct stream_cursor){
        .visitor = visitor && visitor->scope == GRANT_UNIT ? visitor : NULL,
        .position = last_event_id,
        .since = last_event_id,
        .frame_position = last_event_id,
        .id = last_event_id,
        .beat = stream->beat_number > 0 ? stream->beat_number - 1 : 0,
        .begins = true,
        .catches_up = last_event_id > 0,
    };
}

void stream_leave(struct stream_cursor *cursor)
{
    stream_text_drop(&cursor->text);
}

/* The first message of the ring that is not before number. */
static const struct stream_message *ring_find(const struct stream_ring *ring, uint64_t number)
{
    size_t low = 0, high = ring->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stream_ring_at(ring, middle)->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ring->count ? stream_ring_at(ring, low) : NULL;
}

static const struct stream_message *find(const struct stream *stream, uint64_t number)
{
    const struct stream_message *fact = ring_find(&stream->facts, number);
    const struct stream_message *state = ring_find(&stream->states, number);
    if (!fact || !state)
        return fact ? fact : state;
    return fact->number < state->number ? fact : state;
}

static bool sees(const struct stream_cursor *cursor, const struct stream_message *message)
{
    return !cursor->visitor || visitor_sees_unit(cursor->visitor, bytes_of_text(message->unit));
}

/* Notes that the cursor passes the message; true: it is told. */
static bool passes(struct stream_cursor *cursor, const struct stream_message *message)
{
    bool is_new = message->number >= cursor->facts_from;
    bool is_live = !cursor->begins && message->number >= cursor->frames_from;
    switch (message->event) {
    case STREAM_FACT:
        if (!is_new || message->position <= cursor->position)
            return false;
        cursor->position = message->position;
        return sees(cursor, message);
    case STREAM_RESTATED:
        return is_new && message->position > cursor->since && sees(cursor, message);
    case STREAM_FRAME:
        if (!is_live || cursor->visitor || message->position < cursor->frame_position)
            return false;
        cursor->frame_position = message->position;
        return true;
    case STREAM_CONTACT:
        return !cursor->begins && message->number >= cursor->contacts_from &&
               (cursor->visitor != NULL) == (message->unit[0] != '\0') && sees(cursor, message);
    case STREAM_BEAT:
    case STREAM_RESYNC:
        break;
    }
    return false;
}

static struct stream_text *next_message(const struct stream *stream, struct stream_cursor *cursor)
{
    const struct stream_message *message;
    while ((message = find(stream, cursor->next))) {
        cursor->next = message->number + 1;
        if (passes(cursor, message))
            return stream_text_hold(message->text);
    }
    return NULL;
}

static void tell_contacts(const struct stream *stream, struct stream_cursor *cursor)
{
    cursor->tells_contacts = true;
    cursor->contacts_told = 0;
    cursor->contacts_from = stream->next;
}

/* Facts that the ring no longer has: it begins anew, and is told. Frames: it begins anew. Contacts:
 * they are told as they are now. */
static void notice_losses(const struct stream *stream, struct stream_cursor *cursor)
{
    bool needs_facts = !cursor->begins || cursor->catches_up;
    if (needs_facts && cursor->position < stream->lost) {
        cursor->begins = cursor->was_behind = true;
        cursor->catches_up = false;
    } else if (!cursor->begins && !cursor->visitor && stream->lost_frame >= cursor->next &&
               stream->lost_frame >= cursor->frames_from) {
        cursor->begins = cursor->catches_up = true;
    } else if (!cursor->begins && stream->lost_contact >= cursor->next &&
               stream->lost_contact >= cursor->contacts_from) {
        tell_contacts(stream, cursor);
    }
}

static struct stream_text *resync(struct stream_cursor *cursor, uint64_t position)
{
    CLEANUP(buffer_release) struct buffer data = {0};
    uint64_t missed = position > cursor->position ? position - cursor->position : 0;
    buffer_add_format(&data, "{\"missed\":%llu}", (unsigned long long)missed);
    cursor->was_behind = false;
    return stream_text_new(STREAM_RESYNC, buffer_bytes(&data));
}

/* What it begins with must be whole, not older than what it has, and joined to the facts in the
 * ring. */
static bool can_begin(const struct stream *stream, const struct stream_cursor *cursor)
{
    if (cursor->visitor)
        return stream->has_start;
    return stream->begin_is_good && stream->begin_position >= cursor->frame_position &&
           (cursor->catches_up || stream->begin_position >= stream->lost);
}

static struct stream_text *begin(const struct stream *stream, struct stream_cursor *cursor)
{
    uint64_t position = cursor->visitor ? stream_newest(stream) : stream->begin_position;
    uint64_t number = cursor->visitor ? stream->next : stream->begin_number;
    if (!can_begin(stream, cursor))
        return NULL;
    if (cursor->was_behind)
        return resync(cursor, position);
    if (cursor->catches_up) { /* all facts up to now were told; frames since then may come again */
        cursor->facts_from = stream->next;
        cursor->next = number;
    } else { /* facts above the frame's position may be older than it in the ring */
        if (position > cursor->position)
            cursor->position = position;
        cursor->since = cursor->position;
        cursor->facts_from = cursor->next = 0;
    }
    cursor->frames_from = number;
    cursor->begins = cursor->catches_up = false;
    tell_contacts(stream, cursor);
    if (cursor->visitor)
        return NULL;
    cursor->frame_position = position;
    return stream_text_hold(stream->begin_frame);
}

static struct stream_text *next_contact(const struct stream *stream, struct stream_cursor *cursor)
{
    while (cursor->visitor && cursor->contacts_told < stream->contact_count) {
        const struct stream_contact *contact = &stream->contacts[cursor->contacts_told++];
        if (visitor_sees_unit(cursor->visitor, bytes_of_text(contact->unit)))
            return stream_text_hold(contact->text);
    }
    cursor->tells_contacts = false;
    return !cursor->visitor && stream->begin_contact ? stream_text_hold(stream->begin_contact)
                                                     : NULL;
}

static struct stream_text *choose(const struct stream *stream, struct stream_cursor *cursor)
{
    struct stream_text *text = NULL;
    notice_losses(stream, cursor);
    /* Who cannot keep up hears the beat all the same: the link is slow, not dead. */
    bool is_late = stream->beat_number > cursor->beat + 1;
    if (!is_late && cursor->begins) {
        text = cursor->catches_up ? next_message(stream, cursor) : NULL;
        text = text ? text : begin(stream, cursor);
    }
    if (!is_late && !text && cursor->tells_contacts)
        text = next_contact(stream, cursor);
    if (!is_late && !text && !cursor->begins)
        text = next_message(stream, cursor);
    if (!text && stream->beat_number > cursor->beat) {
        cursor->beat = stream->beat_number;
        text = stream_text_hold(stream->beat);
    }
    return text;
}

bool stream_take(const struct stream *stream, struct stream_cursor *cursor, size_t size_max,
                 struct buffer *out)
{
    size_t start = out->size;
    assert(size_max > ID_LINE_MAX);
    for (;;) {
        size_t room = size_max - (out->size - start);
        if (!cursor->text) {
            if (room <= ID_LINE_MAX || !(cursor->text = choose(stream, cursor)))
                break;
            cursor->sent = 0;
            if (cursor->position > cursor->id) {
                cursor->id = cursor->position;
                buffer_add_format(out, "id: %llu\n", (unsigned long long)cursor->id);
                room = size_max - (out->size - start);
            }
        }
        size_t left = cursor->text->size - cursor->sent, part = left < room ? left : room;
        buffer_add(out, bytes_of(cursor->text->data + cursor->sent, part));
        cursor->sent += part;
        if (part < left)
            break;
        stream_text_drop(&cursor->text);
    }
    return out->size > start;
}
