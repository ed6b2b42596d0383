/*
 * control_frame.h - the bytes between control.c and control_client.c, and their parsers, which take
 * what arrives in any pieces.
 *   OFFSET SIZE MEANING
 *   0      1    kind
 *   1      4    size of what follows, big endian
 * Request: ARGUMENT once each, INPUT any number of times, END. Answer: OUT and ERROR any number of
 * times, STATUS.
 */
#pragma once

#include "io/control.h"

enum control_kind {
    CONTROL_ARGUMENT = 'a', /* text without NUL */
    CONTROL_INPUT = 'i',
    CONTROL_END = 'e', /* empty */
    CONTROL_OUT = 'o',
    CONTROL_ERROR = 'x',
    CONTROL_STATUS = 's', /* 4 bytes, big endian; the last frame */
};

enum {
    CONTROL_HEAD_SIZE = 5,
    CONTROL_PART_SIZE_MAX = 64 << 10,      /* of an answer's frame */
    CONTROL_ARGUMENTS_SIZE_MAX = 64 << 10, /* all of a request, each with a NUL */
    CONTROL_PATH_SIZE_MAX = 100,           /* sun_path holds 107 */
    CONTROL_ANSWER_SIZE_MAX = 1 << 30,
};

enum control_verdict {
    CONTROL_MORE, /* all was taken, and it goes on */
    CONTROL_WHOLE,
    CONTROL_REFUSED,
};

struct control_frame { /* that is arriving */
    uint8_t head[CONTROL_HEAD_SIZE];
    size_t head_size, payload_left;
};

struct control_request_reader { /* all zero at first; then until control_request_release */
    struct control_frame frame;
    struct buffer arguments; /* each with its NUL */
    size_t argument_count;
    struct buffer input;
    const char *refusal; /* of CONTROL_REFUSED: a sentence for the client */
};

/* A frame is judged by its head: what is refused is never kept. Bytes behind the end are left. */
enum control_verdict control_request_take(struct control_request_reader *reader,
                                          struct bytes arrived);
/* Of a whole one; borrows from the reader. */
struct control_request control_request_of(const struct control_request_reader *reader);
void control_request_release(struct control_request_reader *reader);

struct control_answer_reader { /* all zero but the answer, whose buffers grow */
    struct control_frame frame;
    uint8_t status[4];
    struct control_answer *answer;
};
enum control_verdict control_answer_take(struct control_answer_reader *reader,
                                         struct bytes arrived);
