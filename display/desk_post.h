/*
 * desk_post.h - what crosses between the server's thread and the desk's: questions one way, letters
 * the other, both in order and bounded, and the desk's vitals. It alone holds a mutex; what crosses
 * changes hands whole.
 */
#pragma once

#include <uv.h>

#include "display/answer.h"
#include "display/metrics.h"
#include "display/stream.h"

enum {
    POST_QUESTIONS_MAX = 256,      /* one more is told to come back */
    POST_LETTERS_BYTES = 16 << 20, /* a server that far behind is told no more single facts */
};

struct post_question {
    struct post_question *next;
    uint64_t ticket;
    struct route route;
    struct visitor visitor;
};

enum letter_kind { LETTER_ANSWER, LETTER_NEWS, LETTER_BEGIN };

struct letter {
    struct letter *next;
    enum letter_kind kind;
    uint64_t ticket;              /* ANSWER */
    struct answer answer;         /* ANSWER */
    enum stream_event event;      /* NEWS */
    uint64_t position;            /* NEWS, BEGIN */
    struct buffer text;           /* NEWS; of BEGIN the whole frame */
    char unit[UNIT_TEXT_MAX + 1]; /* NEWS: whom it is about; empty: nobody alone */
    struct buffer contact;        /* BEGIN */
};

struct post;

struct post *post_new(void);
void post_free(struct post *post); /* when both loops have let go of their handles */
/* The handle of one side, on its own loop: wake is called on it after something came. */
MUST_CHECK enum err post_attach_desk(struct post *post, uv_loop_t *loop,
                                     void (*wake)(void *context), void *context);
MUST_CHECK enum err post_attach_server(struct post *post, uv_loop_t *loop,
                                       void (*wake)(void *context), void *context);
void post_detach_desk(struct post *post);
void post_detach_server(struct post *post);

/* ERR_BUSY: the queue is full. */
MUST_CHECK enum err post_ask(struct post *post, uint64_t ticket, const struct route *route,
                             const struct visitor *visitor);
struct post_question *post_next_question(struct post *post); /* NULL: none; to be freed */
size_t post_questions_waiting(struct post *post);
void post_stop(struct post *post); /* the desk is to end */
bool post_is_stopped(struct post *post);
void post_wake_desk(struct post *post);

void post_send(struct post *post, struct letter *letter); /* taken over */
bool post_is_full(struct post *post);
struct letter *post_take_letters(struct post *post); /* in order; each to be freed by letter_free */
void letter_free(struct letter *letter);
struct letter *letter_new(enum letter_kind kind);

void post_set_vitals(struct post *post, const struct vitals *vitals);
void post_get_vitals(struct post *post, struct vitals *out);
