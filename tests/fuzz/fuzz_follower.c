/* fuzz_follower.c - a broker that says anything at any time: a follower never asserts, never hands
 * out a position twice and never has more outstanding than its window. */
#include <stdlib.h>

#include "proto/follower.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WINDOW = 3000, ARENA_SIZE_MAX = 4 << 20, ACTIONS_MAX = 16 };

struct play {
    struct follower follower;
    struct arena arena;
    struct buffer expanded;
    uint64_t now_ms, last_position;
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void drain(struct play *play)
{
    struct record record;
    while (follower_row(&play->follower, &record, NULL) == OK) {
        require(record.position > play->last_position);
        play->last_position = record.position;
    }
}

static void on_frame(struct play *play, struct bytes bytes)
{
    struct follower *follower = &play->follower;
    struct frame frame;
    struct problem problem = {0};
    arena_reset(&play->arena);
    if (wire_frame_decode(bytes, &play->arena, &frame, &problem) != OK) {
        follower_on_nonsense(follower, problem.text);
        return;
    }
    if (frame.kind == FRAME_UPDATE) {
        struct bytes batch = frame.update.batch;
        /* A corpus does not know which subscription is the present one. */
        frame.update.subscription = follower->subscription;
        if (frame.update.compressed && wire_batch_expand(batch, &play->expanded, &batch) != OK)
            follower_on_nonsense(follower, "a batch");
        else if (follower_on_update(follower, &frame.update, batch, play->now_ms) == FOLLOWER_TAKE)
            drain(play);
    } else if (frame.kind == FRAME_REFUSE) {
        follower_on_refuse(follower, &frame.refuse, play->now_ms);
    } else if (frame.kind == FRAME_BYE) {
        follower_on_bye(follower, &frame.bye, play->now_ms);
    } else if (frame.kind == FRAME_HEARTBEAT) {
        follower_on_heartbeat(follower, &frame.heartbeat, play->now_ms);
    } else {
        follower_on_nonsense(follower, "a frame");
    }
}

static void step(struct play *play)
{
    struct follower *follower = &play->follower;
    struct follower_action action;
    int actions = 0;
    while (follower_next(follower, play->now_ms, &action)) {
        require(++actions < ACTIONS_MAX);
        require(follower->credit - follower->received <= WINDOW);
        if (action.kind == FOLLOWER_CONNECT)
            follower_on_link(follower, true, NULL, play->now_ms);
    }
    require(follower_deadline_ms(follower) > play->now_ms);
}

/* OFFSET 0 SIZE 1 what: 0 time passes, 1 the link ends, else a frame; 1 SIZE 2 its size, or the
 * time */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trace silent = {0};
    struct follower_plan plan = {.from_position = 1, .window = WINDOW};
    struct play play = {.now_ms = 1};
    follower_init(&play.follower, &plan, size, &silent);
    arena_init(&play.arena, ARENA_SIZE_MAX);
    step(&play);
    while (size >= 3) {
        size_t number = (size_t)data[1] << 8 | data[2];
        uint8_t what = data[0] % 4;
        data += 3;
        size -= 3;
        if (what == 0) {
            play.now_ms += number;
        } else if (what == 1) {
            follower_on_link(&play.follower, false, "lost", play.now_ms);
        } else {
            number = number < size ? number : size;
            on_frame(&play, bytes_of(data, number));
            data += number;
            size -= number;
        }
        step(&play);
    }
    arena_release(&play.arena);
    buffer_release(&play.expanded);
    return 0;
}
