/*
 * pace.h - when the next frame is due: at once after a rest, then at most one each FRAME_PACE_MS,
 * and never more than half of the time is spent on them. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { FRAME_PACE_MS = 50 };

struct pace {
    bool is_due; /* something changed since the last frame */
    uint64_t not_before_ms;
    uint64_t took_ms; /* of the last frame */
};

void pace_on_change(struct pace *pace);
/* The frame that began then is made. */
void pace_on_frame(struct pace *pace, uint64_t began_ms, uint64_t now_ms);
/* UINT64_MAX: nothing is due; else not before that instant. */
uint64_t pace_next_ms(const struct pace *pace);
