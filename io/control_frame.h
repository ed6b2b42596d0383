/*
 * control_frame.h - the bytes between control.c and control_client.c.
 *   OFFSET SIZE MEANING
 *   0      1    kind
 *   1      4    size of what follows, big endian
 * Request: ARGUMENT once each, INPUT any number of times, END. Answer: OUT and ERROR any number of
 * times, STATUS.
 */
#pragma once

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
