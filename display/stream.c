/* stream.c - see stream.h. What a cursor is told next: stream_take.c. */
#include "display/stream.h"

#include <assert.h>
#include <stdlib.h>

#include "display/stream_parts.h"

static const char *const event_names[] = {
    [STREAM_FRAME] = "frame",     [STREAM_FACT] = "fact", [STREAM_RESTATED] = "restated",
    [STREAM_CONTACT] = "contact", [STREAM_BEAT] = "beat", [STREAM_RESYNC] = "resync",
};

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

/* "event: NAME", a data line for each line, an empty line. An id is told to each browser apart. */
struct stream_text *stream_text_new(enum stream_event event, struct bytes data)
{
    CLEANUP(buffer_release) struct buffer framed = {0};
    buffer_add_format(&framed, "event: %s\ndata: ", event_names[event]);
    for (size_t start = 0, i = 0; i <= data.size; i++) {
        bool is_end = i == data.size;
        if (!is_end && data.data[i] != '\n' && data.data[i] != '\r')
            continue;
        buffer_add(&framed, bytes_of(data.data + start, i - start));
        if (!is_end)
            buffer_add_text(&framed, "\ndata: ");
        start = i + 1;
    }
    buffer_add_text(&framed, "\n\n");
    struct stream_text *text = allocate(sizeof(*text) + framed.size);
    text->references = 1;
    text->size = framed.size;
    memcpy(text->data, framed.data, framed.size);
    return text;
}

struct stream_text *stream_text_hold(struct stream_text *text)
{
    text->references++;
    return text;
}

void stream_text_drop(struct stream_text **text)
{
    if (*text && --(*text)->references == 0)
        free(*text);
    *text = NULL;
}

static void replace(struct stream_text **place, struct stream_text *text)
{
    stream_text_drop(place);
    *place = text;
}

static void ring_init(struct stream_ring *ring, size_t bytes_max)
{
    ring->messages = allocate(STREAM_MESSAGES_MAX * sizeof(*ring->messages));
    ring->bytes_max = bytes_max;
}

const struct stream_message *stream_ring_at(const struct stream_ring *ring, size_t index)
{
    return &ring->messages[(ring->first + index) % STREAM_MESSAGES_MAX];
}

static void ring_drop_oldest(struct stream *stream, struct stream_ring *ring)
{
    struct stream_message *oldest = &ring->messages[ring->first];
    if (oldest->event == STREAM_FACT)
        stream->lost = oldest->position;
    if (oldest->event == STREAM_CONTACT)
        stream->lost_contact = oldest->number;
    if (oldest->event == STREAM_FRAME) {
        stream->lost_frame = oldest->number;
        if (oldest->number >= stream->begin_number)
            stream->begin_is_good = false;
    }
    ring->bytes -= oldest->text->size;
    stream_text_drop(&oldest->text);
    ring->first = (ring->first + 1) % STREAM_MESSAGES_MAX;
    ring->count--;
}

static void ring_add(struct stream *stream, struct stream_ring *ring,
                     const struct stream_message *message)
{
    while (ring->count == STREAM_MESSAGES_MAX ||
           (ring->count > 0 && ring->bytes + message->text->size > ring->bytes_max))
        ring_drop_oldest(stream, ring);
    ring->messages[(ring->first + ring->count++) % STREAM_MESSAGES_MAX] = *message;
    ring->bytes += message->text->size;
}

struct stream *stream_new(size_t ring_bytes)
{
    struct stream *stream = allocate(sizeof(*stream));
    ring_init(&stream->facts, ring_bytes / 2);
    ring_init(&stream->states, ring_bytes / 2);
    stream->next = 1;
    return stream;
}

void stream_free(struct stream *stream)
{
    if (!stream)
        return;
    while (stream->facts.count > 0)
        ring_drop_oldest(stream, &stream->facts);
    while (stream->states.count > 0)
        ring_drop_oldest(stream, &stream->states);
    for (size_t i = 0; i < stream->contact_count; i++)
        stream_text_drop(&stream->contacts[i].text);
    stream_text_drop(&stream->begin_frame);
    stream_text_drop(&stream->begin_contact);
    stream_text_drop(&stream->beat);
    free(stream->facts.messages);
    free(stream->states.messages);
    free(stream);
}

void stream_begin_with(struct stream *stream, uint64_t position, struct bytes whole_frame,
                       struct bytes contact)
{
    replace(&stream->begin_frame, stream_text_new(STREAM_FRAME, whole_frame));
    replace(&stream->begin_contact,
            contact.size > 0 ? stream_text_new(STREAM_CONTACT, contact) : NULL);
    stream->begin_position = position;
    stream->begin_number = stream->next;
    stream->begin_is_good = true;
    if (!stream->has_start) /* of what was before nothing is known here */
        stream->lost = position;
    stream->has_start = true;
}

/* The newest of each unit, and the newest of all, are what one begins with. */
static void keep_contact(struct stream *stream, struct bytes unit, struct stream_text *text)
{
    if (unit.size == 0) {
        replace(&stream->begin_contact, stream_text_hold(text));
        return;
    }
    for (size_t i = 0; i < stream->contact_count; i++)
        if (bytes_equal_text(unit, stream->contacts[i].unit)) {
            replace(&stream->contacts[i].text, stream_text_hold(text));
            return;
        }
    if (stream->contact_count == STREAM_UNITS_MAX)
        return;
    struct stream_contact *contact = &stream->contacts[stream->contact_count++];
    bytes_to_text(unit, contact->unit, sizeof(contact->unit));
    contact->text = stream_text_hold(text);
}

void stream_add(struct stream *stream, enum stream_event event, uint64_t position,
                struct bytes unit, struct bytes data)
{
    struct stream_message message = {.event = event, .position = position};
    assert(event != STREAM_RESYNC);
    if (event == STREAM_BEAT) {
        replace(&stream->beat, stream_text_new(event, data));
        stream->beat_number++;
        return;
    }
    if (event == STREAM_FACT) {
        if (position <= stream->newest_fact)
            return;
        if (!stream->has_start)
            stream->lost = position - 1;
        stream->has_start = true;
        stream->newest_fact = position;
    }
    message.text = stream_text_new(event, data);
    message.number = stream->next++;
    bytes_to_text(unit, message.unit, sizeof(message.unit));
    if (event == STREAM_CONTACT)
        keep_contact(stream, unit, message.text);
    bool is_state = event == STREAM_FRAME || event == STREAM_CONTACT;
    ring_add(stream, is_state ? &stream->states : &stream->facts, &message);
}

uint64_t stream_newest(const struct stream *stream)
{
    return stream->newest_fact > stream->begin_position ? stream->newest_fact
                                                        : stream->begin_position;
}
