/* control_frame.c - see control_frame.h. */
#include "io/control_frame.h"

#include <assert.h>

static struct bytes first_of(struct bytes bytes, size_t size_max)
{
    return bytes_of(bytes.data, bytes.size < size_max ? bytes.size : size_max);
}

static void drop_first(struct bytes *bytes, size_t size)
{
    bytes->data += size;
    bytes->size -= size;
}

static bool head_is_whole(const struct control_frame *frame)
{
    return frame->head_size == CONTROL_HEAD_SIZE;
}

/* True when the head became whole. */
static bool take_head(struct control_frame *frame, struct bytes *arrived)
{
    struct bytes part = first_of(*arrived, CONTROL_HEAD_SIZE - frame->head_size);
    memcpy(frame->head + frame->head_size, part.data, part.size);
    frame->head_size += part.size;
    drop_first(arrived, part.size);
    if (!head_is_whole(frame))
        return false;
    frame->payload_left = u32_get(frame->head + 1);
    return true;
}

static struct bytes take_payload(struct control_frame *frame, struct bytes *arrived)
{
    struct bytes part = first_of(*arrived, frame->payload_left);
    frame->payload_left -= part.size;
    drop_first(arrived, part.size);
    return part;
}

/* ---- requests ---- */

/* NULL, or why the frame that is announced is refused: before a byte of it is kept. */
static const char *judge_request_head(const struct control_request_reader *reader, uint8_t kind,
                                      size_t size)
{
    switch (kind) {
    case CONTROL_ARGUMENT:
        if (reader->argument_count >= CONTROL_ARGUMENTS_MAX - 1)
            return "too many arguments\n";
        if (size >= CONTROL_ARGUMENTS_SIZE_MAX - reader->arguments.size)
            return "the arguments are too long\n";
        return NULL;
    case CONTROL_INPUT:
        return size > CONTROL_INPUT_SIZE_MAX - reader->input.size ? "the input is too large\n"
                                                                  : NULL;
    case CONTROL_END:
        return size == 0 && reader->argument_count > 0 ? NULL : "an empty request\n";
    default:
        return "a request of another version\n";
    }
}

static enum control_verdict refuse(struct control_request_reader *reader, const char *sentence)
{
    reader->refusal = sentence;
    return CONTROL_REFUSED;
}

static enum control_verdict request_frame_done(struct control_request_reader *reader)
{
    uint8_t kind = reader->frame.head[0];
    reader->frame.head_size = 0;
    if (kind == CONTROL_END)
        return CONTROL_WHOLE;
    if (kind != CONTROL_ARGUMENT)
        return CONTROL_MORE;
    size_t size = u32_get(reader->frame.head + 1);
    const uint8_t *end = reader->arguments.data + reader->arguments.size;
    if (size > 0 && memchr(end - size, 0, size))
        return refuse(reader, "an argument with a NUL\n");
    reader->argument_count++;
    *buffer_extend(&reader->arguments, 1) = 0;
    return CONTROL_MORE;
}

enum control_verdict control_request_take(struct control_request_reader *reader,
                                          struct bytes arrived)
{
    struct control_frame *frame = &reader->frame;
    enum control_verdict verdict = CONTROL_MORE;
    while (verdict == CONTROL_MORE && arrived.size > 0) {
        if (!head_is_whole(frame)) {
            if (!take_head(frame, &arrived))
                break;
            const char *refusal = judge_request_head(reader, frame->head[0], frame->payload_left);
            if (refusal)
                return refuse(reader, refusal);
        }
        bool is_argument = frame->head[0] == CONTROL_ARGUMENT;
        buffer_add(is_argument ? &reader->arguments : &reader->input,
                   take_payload(frame, &arrived));
        if (frame->payload_left == 0)
            verdict = request_frame_done(reader);
    }
    return verdict;
}

struct control_request control_request_of(const struct control_request_reader *reader)
{
    struct control_request request = {.input = buffer_bytes(&reader->input)};
    const char *text = (const char *)reader->arguments.data;
    assert(reader->argument_count > 0 && reader->argument_count < CONTROL_ARGUMENTS_MAX);
    for (; request.argument_count < reader->argument_count; text += strlen(text) + 1)
        request.arguments[request.argument_count++] = text;
    return request;
}

void control_request_release(struct control_request_reader *reader)
{
    buffer_release(&reader->arguments);
    buffer_release(&reader->input);
}

/* ---- answers ---- */

/* Where the payload of this kind goes; NULL: it is the status, or nothing that an answer has. */
static struct buffer *answer_buffer(const struct control_answer_reader *reader)
{
    switch (reader->frame.head[0]) {
    case CONTROL_OUT:
        return reader->answer->out;
    case CONTROL_ERROR:
        return reader->answer->error;
    default:
        return NULL;
    }
}

static bool answer_head_fits(const struct control_answer_reader *reader)
{
    const struct buffer *buffer = answer_buffer(reader);
    if (!buffer)
        return reader->frame.head[0] == CONTROL_STATUS &&
               reader->frame.payload_left == sizeof(reader->status);
    return reader->frame.payload_left <= CONTROL_PART_SIZE_MAX &&
           buffer->size <= CONTROL_ANSWER_SIZE_MAX;
}

static enum control_verdict take_status(struct control_answer_reader *reader, struct bytes *arrived)
{
    size_t have = sizeof(reader->status) - reader->frame.payload_left;
    struct bytes part = take_payload(&reader->frame, arrived);
    memcpy(reader->status + have, part.data, part.size);
    if (reader->frame.payload_left > 0)
        return CONTROL_MORE;
    reader->answer->status = (int)u32_get(reader->status);
    return CONTROL_WHOLE;
}

enum control_verdict control_answer_take(struct control_answer_reader *reader, struct bytes arrived)
{
    struct control_frame *frame = &reader->frame;
    while (arrived.size > 0) {
        if (!head_is_whole(frame)) {
            if (!take_head(frame, &arrived))
                break;
            if (!answer_head_fits(reader))
                return CONTROL_REFUSED;
        }
        struct buffer *buffer = answer_buffer(reader);
        if (!buffer) {
            if (take_status(reader, &arrived) == CONTROL_WHOLE)
                return CONTROL_WHOLE;
            continue;
        }
        buffer_add(buffer, take_payload(frame, &arrived));
        if (frame->payload_left == 0)
            frame->head_size = 0;
    }
    return CONTROL_MORE;
}
