/* test_pace.c - when the next frame is due. */
#include "display/pace.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

static void after_a_rest_a_change_is_shown_at_once(void **state)
{
    (void)state;
    struct pace pace = {0};
    assert_true(pace_next_ms(&pace) == UINT64_MAX);
    pace_on_change(&pace);
    assert_int_equal(0, pace_next_ms(&pace));
    pace_on_frame(&pace, 1000, 1004);
    assert_true(pace_next_ms(&pace) == UINT64_MAX);
    pace_on_change(&pace);
    assert_true(pace_next_ms(&pace) <= 1000 + FRAME_PACE_MS);
}

static void quick_frames_keep_their_distance(void **state)
{
    (void)state;
    struct pace pace = {0};
    pace_on_change(&pace);
    pace_on_frame(&pace, 1000, 1002);
    pace_on_change(&pace);
    assert_int_equal(1000 + FRAME_PACE_MS, pace_next_ms(&pace));
}

static void slow_frames_take_half_of_the_time(void **state)
{
    (void)state;
    struct pace pace = {0};
    pace_on_change(&pace);
    pace_on_frame(&pace, 1000, 1400);
    pace_on_change(&pace);
    assert_int_equal(1800, pace_next_ms(&pace));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_rest_a_change_is_shown_at_once),
        cmocka_unit_test(quick_frames_keep_their_distance),
        cmocka_unit_test(slow_frames_take_half_of_the_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
