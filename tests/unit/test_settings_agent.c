/* test_settings_agent.c - the agent's rows of huoshui.conf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/settings.h"
#include "agent/uplink.h"

static void the_defaults_are_those_of_the_uplink(void **state)
{
    struct agent_settings settings;
    (void)state;
    settings_default(&agent_settings_table, &settings);
    assert_true(settings.heartbeat_ms == UPLINK_HEARTBEAT_MS);
    assert_true(settings.reconnect_max_ms == UPLINK_BACKOFF_MAX_MS);
    assert_true(settings.in_flight_max_bytes == UPLINK_WINDOW_MAX_BYTES);
    assert_string_equal(settings.broker_address, "");
}

static void the_file_that_init_writes_can_be_read_and_says_the_same(void **state)
{
    struct agent_settings settings = {0}, read = {0};
    struct problem problem = {0};
    CLEANUP(buffer_release) struct buffer text = {0};
    (void)state;
    settings_default(&agent_settings_table, &settings);
    settings_template(&agent_settings_table, &settings, &text);
    settings_default(&agent_settings_table, &read);
    read.heartbeat_ms = 1;
    assert_int_equal(
        settings_parse(&agent_settings_table, "huoshui.conf", buffer_bytes(&text), &read, &problem),
        OK);
    assert_memory_equal(&settings, &read, sizeof(settings));
}

static void values_that_break_the_protocol_are_refused(void **state)
{
    static const char *const bad[] = {
        "heartbeat_ms = 60000", /* the broker would forget us */
        "reconnect_max_ms = 60001", "in_flight_max_bytes = 1000",
        "outbox_quota_bytes = 0",   "log_traffic = 2",
    };
    struct agent_settings settings;
    struct problem problem = {0};
    (void)state;
    settings_default(&agent_settings_table, &settings);
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_int_equal(settings_parse(&agent_settings_table, "huoshui.conf",
                                        bytes_of_text(bad[i]), &settings, &problem),
                         ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_those_of_the_uplink),
        cmocka_unit_test(the_file_that_init_writes_can_be_read_and_says_the_same),
        cmocka_unit_test(values_that_break_the_protocol_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
