/* test_prometheus.c - figures in Prometheus' text form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prometheus.h"

static void assert_written(struct buffer *out, const char *expected)
{
    assert_true(bytes_equal_text(buffer_bytes(out), expected));
}

static void a_figure_is_a_family_of_help_type_and_sample(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    struct prometheus text = prometheus_to(&out, "huoshui_broker_");
    (void)state;
    prometheus_gauge(&text, "head_position", "Newest record.", UINT64_MAX);
    prometheus_counter(&text, "alarms_total", "Alarms in the log.", 0);
    assert_written(&out, "# HELP huoshui_broker_head_position Newest record.\n"
                         "# TYPE huoshui_broker_head_position gauge\n"
                         "huoshui_broker_head_position 18446744073709551615\n"
                         "# HELP huoshui_broker_alarms_total Alarms in the log.\n"
                         "# TYPE huoshui_broker_alarms_total counter\n"
                         "huoshui_broker_alarms_total 0\n");
}

static void samples_of_a_family_differ_by_their_labels(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    struct prometheus text = prometheus_to(&out, "x_");
    struct prometheus_label labels[] = {{"unit", bytes_of_text("341502")},
                                        {"name", bytes_of_text("金安区")}};
    (void)state;
    prometheus_family(&text, PROMETHEUS_GAUGE, "backlog", "Events.");
    prometheus_sample(&text, labels, 2, 3);
    prometheus_sample(&text, labels, 1, 4);
    assert_written(&out, "# HELP x_backlog Events.\n# TYPE x_backlog gauge\n"
                         "x_backlog{unit=\"341502\",name=\"金安区\"} 3\n"
                         "x_backlog{unit=\"341502\"} 4\n");
}

static void nothing_in_a_label_or_a_help_ends_its_line_or_its_quotes(void **state)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    struct prometheus text = prometheus_to(&out, "x_");
    struct prometheus_label label = {"name", bytes_of_text("a\"} 1\nb\\")};
    (void)state;
    prometheus_family(&text, PROMETHEUS_GAUGE, "y", "a \"word\"\nand \\");
    prometheus_sample(&text, &label, 1, 1);
    assert_written(&out, "# HELP x_y a \"word\"\\nand \\\\\n# TYPE x_y gauge\n"
                         "x_y{name=\"a\\\"} 1\\nb\\\\\"} 1\n");
}

static void milliseconds_are_written_as_seconds(void **state)
{
    static const int64_t values[] = {0, 7, -7, 1664532000123, -1500, INT64_MIN};
    CLEANUP(buffer_release) struct buffer out = {0};
    struct prometheus text = prometheus_to(&out, "x_");
    (void)state;
    prometheus_family(&text, PROMETHEUS_GAUGE, "seconds", "S.");
    buffer_clear(&out);
    for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
        prometheus_sample_ms(&text, NULL, 0, values[i]);
    assert_written(&out, "x_seconds 0.000\nx_seconds 0.007\nx_seconds -0.007\n"
                         "x_seconds 1664532000.123\nx_seconds -1.500\n"
                         "x_seconds -9223372036854775.808\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_figure_is_a_family_of_help_type_and_sample),
        cmocka_unit_test(samples_of_a_family_differ_by_their_labels),
        cmocka_unit_test(nothing_in_a_label_or_a_help_ends_its_line_or_its_quotes),
        cmocka_unit_test(milliseconds_are_written_as_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
