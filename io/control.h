/*
 * control.h - commands speak to a running daemon over a Unix socket in its directory
 * (contract 5.1). The daemon runs the very function the command would run alone, and streams what
 * it prints back; so a command works whether or not `run` is up. Request: argument texts and
 * standard input. Answer: standard output, standard error, exit status.
 */
#pragma once

#include <uv.h>

#include "base/bytes.h"

enum {
    CONTROL_ARGUMENTS_MAX = 24,
    CONTROL_INPUT_SIZE_MAX =
        64 << 20, /* a ledger or a day's events; larger files are split by the clerk's own hand */
    CONTROL_CLIENTS_MAX = 16,
};

struct control_request {
    const char *arguments[CONTROL_ARGUMENTS_MAX]; /* NULL-ended; [0] is the command */
    size_t argument_count;
    struct bytes input;
};

struct control_answer {
    struct buffer *out, *error; /* what the command prints */
    int status;                 /* exit status */
};

struct control_server;
typedef void control_handler(void *context, const struct control_request *request,
                             struct control_answer *answer);
/* path is at most 100 bytes, else ERR_LIMIT with the remedy. Handler runs on the loop. */
MUST_CHECK enum err control_listen(uv_loop_t *loop, const char *path, control_handler *handler,
                                   void *context, struct control_server **out,
                                   struct problem *problem);
void control_close(
    struct control_server *server); /* removes the socket; memory is freed by the loop */

/* Client, blocking. ERR_NOT_FOUND: nobody listens there. Appends to answer's buffers. */
MUST_CHECK enum err control_call(const char *path, const struct control_request *request,
                                 struct control_answer *answer, struct problem *problem);
