/*
 * bench_reader.h - one subscriber's connection on a loop that many share: the follower's core over
 * a DEALER, as reader/subscriber.c drives it for one. Every row's hash is checked.
 */
#pragma once

#include "bench.h"
#include "io/zsock.h"
#include "proto/follower.h"
#include "reader/membership.h"

struct bench_reader {
    uv_loop_t *loop;
    uv_timer_t timer;
    struct zcontext *zcontext;
    struct zsock *zsock;
    struct membership membership;
    struct follower follower;
    struct arena arena;
    struct buffer expanded, frame;
    bool head_told;
    void (*on_head)(struct bench_reader *reader); /* once, when it knows where the log ends */
    void (*on_event)(struct bench_reader *reader, const struct envelope *envelope);
    struct subscriber *subscriber;
};

/* directory: of a joined auditor. The caller sets on_head and on_event, then begins. */
void bench_reader_open(struct bench_reader *reader, const char *directory, uv_loop_t *loop,
                       struct zcontext *zcontext);
void bench_reader_begin(struct bench_reader *reader, uint64_t from_position);
void bench_reader_close(struct bench_reader *reader);
