/*
 * desk.h - the thread that follows the broker: it alone owns the replica and the ledger, makes the
 * frames and the lines, and answers questions. What it has to say comes to the server's loop.
 */
#pragma once

#include <uv.h>

#include "display/desk_post.h"
#include "display/display_home.h"

struct desk;

struct desk_handlers { /* on the server's loop; what is handed in is borrowed */
    void *context;
    void (*on_answer)(void *context, uint64_t ticket, const struct answer *answer);
    /* What a browser begins with. */
    void (*on_begin)(void *context, uint64_t position, struct bytes frame, struct bytes contact);
    /* unit: whom it is about. */
    void (*on_news)(void *context, enum stream_event event, uint64_t position, struct bytes unit,
                    struct bytes text);
    void (*on_turn)(void *context); /* after some of them */
};

/* Folds what the replica has, before it returns; then the thread follows. home is the desk's until
 * desk_close. ERR_BUSY: another process has the replica. */
MUST_CHECK enum err desk_open(struct display_home *home, uv_loop_t *server_loop,
                              const struct desk_handlers *handlers, struct desk **out,
                              struct problem *problem);
/* ERR_BUSY: too many are waiting. */
MUST_CHECK enum err desk_ask(struct desk *desk, uint64_t ticket, const struct route *route,
                             const struct visitor *visitor);
void desk_vitals(struct desk *desk, struct vitals *out);
size_t desk_questions_waiting(struct desk *desk);
/* Ends the thread, with what it has on the disk. The server's loop has to run once more before
 * desk_free. */
void desk_close(struct desk *desk);
void desk_free(struct desk *desk);
