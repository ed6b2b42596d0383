/* test_metrics.c - how the display says that it fares. */
#include "display/metrics.h"

#include <stdarg.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

static void a_short_loss_of_the_feed_is_still_health(void **state)
{
    (void)state;
    CLEANUP(buffer_release) struct buffer reason = {0};
    struct vitals vitals = {.feed = FEED_LOST, .feed_since_steady_ms = 1000};
    bytes_to_text(bytes_of_text("no route"), vitals.feed_reason, sizeof vitals.feed_reason);
    assert_true(health_is_good(&vitals, 1000 + HEALTH_LOST_MS, &reason));
    assert_int_equal(0, reason.size);
    assert_false(health_is_good(&vitals, 1001 + HEALTH_LOST_MS, &reason));
    buffer_add(&reason, bytes_of("", 1));
    assert_non_null(strstr((const char *)reason.data, "no route"));
    vitals.feed = FEED_LIVE;
    assert_true(health_is_good(&vitals, UINT64_MAX, &reason));
}

static void a_disk_that_takes_nothing_is_no_health(void **state)
{
    (void)state;
    CLEANUP(buffer_release) struct buffer reason = {0};
    struct vitals vitals = {.feed = FEED_LIVE, .replica_fails = true};
    bytes_to_text(bytes_of_text("full"), vitals.replica_reason, sizeof vitals.replica_reason);
    assert_false(health_is_good(&vitals, 0, &reason));
    buffer_add(&reason, bytes_of("", 1));
    assert_non_null(strstr((const char *)reason.data, "replica cannot be written: full"));
}

static void every_figure_is_written_under_its_name(void **state)
{
    (void)state;
    CLEANUP(buffer_release) struct buffer text = {0};
    struct vitals vitals = {.feed = FEED_CATCHING_UP, .position = 77, .board_ms_last = 1250};
    struct traffic traffic = {.streams = 3};
    metrics_write(&vitals, &traffic, &text);
    buffer_add(&text, bytes_of("", 1));
    const char *all = (const char *)text.data;
    assert_non_null(strstr(all, "\nhuoshui_display_position 77\n"));
    assert_non_null(strstr(all, "\nhuoshui_display_streams 3\n"));
    assert_non_null(strstr(all, "\nhuoshui_display_frame_seconds 1.250\n"));
    assert_non_null(strstr(all, "huoshui_display_feed{state=\"catching-up\"} 1\n"));
    assert_non_null(strstr(all, "huoshui_display_feed{state=\"live\"} 0\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_loss_of_the_feed_is_still_health),
        cmocka_unit_test(a_disk_that_takes_nothing_is_no_health),
        cmocka_unit_test(every_figure_is_written_under_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
