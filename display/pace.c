/* pace.c - see pace.h. */
#include "display/pace.h"

void pace_on_change(struct pace *pace)
{
    pace->is_due = true;
}

void pace_on_frame(struct pace *pace, uint64_t began_ms, uint64_t now_ms)
{
    uint64_t took_ms = now_ms > began_ms ? now_ms - began_ms : 0;
    uint64_t wait_ms = 2 * took_ms > FRAME_PACE_MS ? 2 * took_ms : FRAME_PACE_MS;
    pace->is_due = false;
    pace->took_ms = took_ms;
    pace->not_before_ms = began_ms + wait_ms;
}

uint64_t pace_next_ms(const struct pace *pace)
{
    return pace->is_due ? pace->not_before_ms : UINT64_MAX;
}
