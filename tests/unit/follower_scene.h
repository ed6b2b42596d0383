/*
 * follower_scene.h - a follower, the time, and a broker that says what the test wants.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/follower.h"

/* A broker that says what the test wants, and the time. */
struct play {
    struct follower follower;
    struct follower_action action; /* the last one */
    struct buffer batch;
    uint32_t count;
    uint64_t now_ms;
};

extern const struct follower_plan play_dense, play_filtered; /* from 1, at most 100 on the way */

void play_begin(struct play *play, const struct follower_plan *plan);
void play_end(struct play *play);
bool play_next(struct play *play);
void play_expect(struct play *play, enum follower_action_kind kind);
void play_expect_frame(struct play *play, enum frame_kind kind);
/* Connects and subscribes. */
void play_link_up(struct play *play);
/* To the next update. */
void play_add_row(struct play *play, uint64_t position);
void play_add_rows(struct play *play, uint64_t from, uint64_t to);
/* An update of the rows that were added. */
enum follower_verdict play_update(struct play *play, uint64_t scanned_to, uint64_t head);
/* Everything the update holds; gives the error at its end, and the last position. */
enum err play_drain(struct play *play, uint64_t *last);
/* Rows from..to in one update, drained. */
enum err play_feed(struct play *play, uint64_t from, uint64_t to, uint64_t head);
