/*
 * writer.h - the broker's one other thread: it commits a batch while the loop fills the next (group
 * commit, no timer). It alone holds a mutex. A batch changes hands whole; the loop sees it again in
 * on_done.
 */
#pragma once

#include <uv.h>

#include "broker/commit.h"

struct writer;

struct writer_options {
    uv_loop_t *loop;
    struct commit *commit; /* the thread's while the writer is open */
    struct store *store;
    const char
        *head_directory; /* the head file is written here, at most once a second, and at close */
    void (*on_done)(void *context,
                    struct batch *batch); /* on the loop; batch->result says how it went */
    void *context;
};

MUST_CHECK enum err writer_open(const struct writer_options *options, struct writer **out);
/* Ends after the batch at hand; on_done is not called any more. Memory is freed by the loop. */
void writer_close(struct writer *writer);
bool writer_is_idle(const struct writer *writer);
void writer_submit(struct writer *writer, struct batch *batch); /* only when idle */
/* Blocks until the batch at hand is committed, and calls on_done for it at once (enrolment, stop).
 */
void writer_wait(struct writer *writer);
