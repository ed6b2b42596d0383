/* desk_post.c - see desk_post.h. */
#include "display/desk_post.h"

#include <pthread.h>
#include <stdlib.h>

struct side { /* one loop's end */
    uv_async_t async;
    void (*wake)(void *context);
    void *context;
};

struct post {
    pthread_mutex_t mutex;
    /* under the mutex */
    struct post_question *questions, **questions_end;
    size_t question_count;
    struct letter *letters, **letters_end;
    size_t letter_bytes;
    struct vitals vitals;
    bool is_stopped;
    /* each its own loop's; uv_async_send may be called from any */
    struct side desk, server;
};

struct post *post_new(void)
{
    struct post *post = calloc(1, sizeof *post);
    if (!post || pthread_mutex_init(&post->mutex, NULL) != 0)
        abort();
    post->questions_end = &post->questions;
    post->letters_end = &post->letters;
    return post;
}

struct letter *letter_new(enum letter_kind kind)
{
    struct letter *letter = calloc(1, sizeof *letter);
    if (!letter)
        abort();
    letter->kind = kind;
    return letter;
}

void letter_free(struct letter *letter)
{
    answer_release(&letter->answer);
    buffer_release(&letter->text);
    buffer_release(&letter->contact);
    free(letter);
}

void post_free(struct post *post)
{
    struct post_question *question;
    while ((question = post_next_question(post)))
        free(question);
    struct letter *letter = post_take_letters(post);
    while (letter) {
        struct letter *next = letter->next;
        letter_free(letter);
        letter = next;
    }
    pthread_mutex_destroy(&post->mutex);
    free(post);
}

static void on_async(uv_async_t *async)
{
    struct side *side = async->data;
    side->wake(side->context);
}

static enum err attach(struct side *side, uv_loop_t *loop, void (*wake)(void *context),
                       void *context)
{
    side->wake = wake;
    side->context = context;
    side->async.data = side;
    return uv_async_init(loop, &side->async, on_async) == 0 ? OK : ERR_IO;
}

enum err post_attach_desk(struct post *post, uv_loop_t *loop, void (*wake)(void *context),
                          void *context)
{
    return attach(&post->desk, loop, wake, context);
}

enum err post_attach_server(struct post *post, uv_loop_t *loop, void (*wake)(void *context),
                            void *context)
{
    return attach(&post->server, loop, wake, context);
}

void post_detach_desk(struct post *post)
{
    uv_close((uv_handle_t *)&post->desk.async, NULL);
}

void post_detach_server(struct post *post)
{
    uv_close((uv_handle_t *)&post->server.async, NULL);
}

/* ---- questions ---- */

enum err post_ask(struct post *post, uint64_t ticket, const struct route *route,
                  const struct visitor *visitor)
{
    struct post_question *question = calloc(1, sizeof *question);
    if (!question)
        abort();
    question->ticket = ticket;
    question->route = *route;
    question->visitor = *visitor;
    pthread_mutex_lock(&post->mutex);
    bool is_full = post->question_count == POST_QUESTIONS_MAX;
    if (!is_full) {
        *post->questions_end = question;
        post->questions_end = &question->next;
        post->question_count++;
    }
    pthread_mutex_unlock(&post->mutex);
    if (is_full) {
        free(question);
        return ERR_BUSY;
    }
    post_wake_desk(post);
    return OK; /* cppcheck-suppress memleak ; the list has it */
}

struct post_question *post_next_question(struct post *post)
{
    pthread_mutex_lock(&post->mutex);
    struct post_question *question = post->questions;
    if (question) {
        post->questions = question->next;
        post->question_count--;
        if (!post->questions)
            post->questions_end = &post->questions;
    }
    pthread_mutex_unlock(&post->mutex);
    return question;
}

size_t post_questions_waiting(struct post *post)
{
    pthread_mutex_lock(&post->mutex);
    size_t count = post->question_count;
    pthread_mutex_unlock(&post->mutex);
    return count;
}

void post_stop(struct post *post)
{
    pthread_mutex_lock(&post->mutex);
    post->is_stopped = true;
    pthread_mutex_unlock(&post->mutex);
    post_wake_desk(post);
}

bool post_is_stopped(struct post *post)
{
    pthread_mutex_lock(&post->mutex);
    bool is_stopped = post->is_stopped;
    pthread_mutex_unlock(&post->mutex);
    return is_stopped;
}

void post_wake_desk(struct post *post)
{
    uv_async_send(&post->desk.async);
}

/* ---- letters ---- */

static size_t size_of(const struct letter *letter)
{
    return sizeof *letter + letter->answer.body.size + letter->text.size + letter->contact.size;
}

void post_send(struct post *post, struct letter *letter)
{
    letter->next = NULL;
    pthread_mutex_lock(&post->mutex);
    *post->letters_end = letter;
    post->letters_end = &letter->next;
    post->letter_bytes += size_of(letter);
    pthread_mutex_unlock(&post->mutex);
    uv_async_send(&post->server.async);
}

bool post_is_full(struct post *post)
{
    pthread_mutex_lock(&post->mutex);
    bool is_full = post->letter_bytes > POST_LETTERS_BYTES;
    pthread_mutex_unlock(&post->mutex);
    return is_full;
}

struct letter *post_take_letters(struct post *post)
{
    pthread_mutex_lock(&post->mutex);
    struct letter *letters = post->letters;
    post->letters = NULL;
    post->letters_end = &post->letters;
    post->letter_bytes = 0;
    pthread_mutex_unlock(&post->mutex);
    return letters;
}

/* ---- how it fares ---- */

void post_set_vitals(struct post *post, const struct vitals *vitals)
{
    pthread_mutex_lock(&post->mutex);
    post->vitals = *vitals;
    pthread_mutex_unlock(&post->mutex);
}

void post_get_vitals(struct post *post, struct vitals *out)
{
    pthread_mutex_lock(&post->mutex);
    *out = post->vitals;
    pthread_mutex_unlock(&post->mutex);
}
