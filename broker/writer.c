#include "broker/writer.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "io/daemon.h"

enum { HEAD_FILE_EACH_MS = 1000 };

struct writer {
    struct writer_options options;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    /* under the mutex */
    struct batch *todo, *done;
    bool stop;
    /* the loop's */
    bool busy;
    uv_async_t async;
    /* the thread's */
    uint64_t head_written_ms;
    struct log_head head_written;
};

static void write_head_file(struct writer *writer, bool now)
{
    uint64_t now_ms = clock_steady_ms();
    const struct log_head *head = &writer->options.commit->head;
    if (head->position == writer->head_written.position ||
        (!now && now_ms < writer->head_written_ms + HEAD_FILE_EACH_MS))
        return;
    if (log_head_file_write(writer->options.head_directory, head) != OK)
        log_line("warn", "head_file_not_written position=%llu", (unsigned long long)head->position);
    writer->head_written = *head;
    writer->head_written_ms = now_ms;
}

static void *run(void *argument)
{
    struct writer *writer = argument;
    pthread_mutex_lock(&writer->mutex);
    for (;;) {
        while (!writer->todo && !writer->stop)
            pthread_cond_wait(&writer->changed, &writer->mutex);
        if (!writer->todo)
            break;
        struct batch *batch = TAKE(writer->todo);
        pthread_mutex_unlock(&writer->mutex);
        enum err err =
            commit_batch(writer->options.commit, writer->options.store, batch, clock_wall_ms());
        pthread_mutex_lock(&writer->mutex);
        batch->result = err;
        writer->done = batch;
        pthread_cond_broadcast(&writer->changed);
        uv_async_send(&writer->async);
        pthread_mutex_unlock(&writer->mutex);
        write_head_file(writer, false); /* after the acks are on their way */
        pthread_mutex_lock(&writer->mutex);
    }
    pthread_mutex_unlock(&writer->mutex);
    write_head_file(writer, true);
    return NULL;
}

static struct batch *take_done(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    struct batch *batch = TAKE(writer->done);
    pthread_mutex_unlock(&writer->mutex);
    return batch;
}

static void deliver(struct writer *writer, struct batch *batch)
{
    if (!batch)
        return;
    writer->busy = false;
    writer->options.on_done(writer->options.context, batch);
}

static void on_async(uv_async_t *async)
{
    struct writer *writer = async->data;
    deliver(writer, take_done(writer));
}

enum err writer_open(const struct writer_options *options, struct writer **out)
{
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        abort();
    writer->options = *options;
    writer->async.data = writer;
    if (uv_async_init(options->loop, &writer->async, on_async) != 0) {
        free(writer);
        return ERR_IO;
    }
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_cond_init(&writer->changed, NULL);
    if (pthread_create(&writer->thread, NULL, run, writer) != 0)
        abort(); /* a broker that cannot start one thread has no business starting */
    *out = writer;
    return OK;
}

static void on_closed(uv_handle_t *handle)
{
    struct writer *writer = handle->data;
    pthread_cond_destroy(&writer->changed);
    pthread_mutex_destroy(&writer->mutex);
    free(writer);
}

void writer_close(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    writer->stop = true;
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    uv_close((uv_handle_t *)&writer->async, on_closed);
}

bool writer_is_idle(const struct writer *writer)
{
    return !writer->busy;
}

void writer_submit(struct writer *writer, struct batch *batch)
{
    assert(!writer->busy);
    writer->busy = true;
    pthread_mutex_lock(&writer->mutex);
    writer->todo = batch;
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->mutex);
}

void writer_wait(struct writer *writer)
{
    if (!writer->busy)
        return;
    pthread_mutex_lock(&writer->mutex);
    while (!writer->done)
        pthread_cond_wait(&writer->changed, &writer->mutex);
    struct batch *batch = TAKE(writer->done);
    pthread_mutex_unlock(&writer->mutex);
    deliver(writer, batch);
}
