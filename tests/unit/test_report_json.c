/* test_report_json.c - the parts of every JSON form: null is "not known". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/day.h"
#include "report/report_json.h"

static void assert_written(json_t *value, const char *expected)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    json_t *object = json_object();
    report_set(object, "v", value);
    report_json_write(object, &out);
    buffer_add(&out, bytes_of("", 1));
    assert_string_equal((const char *)out.data, expected);
    json_decref(object);
}

static void what_is_not_known_is_null_and_never_a_zero(void **state)
{
    (void)state;
    assert_written(report_text_json(BYTES_NONE), "{\"v\":null}");
    assert_written(report_day_json(DAY_NONE), "{\"v\":null}");
    assert_written(report_instant_json(0), "{\"v\":null}");
    assert_written(report_count_json(0), "{\"v\":0}");
}

static void what_is_known_is_shown_as_itself(void **state)
{
    (void)state;
    int32_t day = DAY_NONE;
    assert_int_equal(day_parse(bytes_of_text("2022-09-30"), &day), OK);
    assert_written(report_text_json(bytes_of_text("六安\"市")), "{\"v\":\"六安\\\"市\"}");
    assert_written(report_day_json(day), "{\"v\":\"2022-09-30\"}");
    assert_written(report_instant_json(1664503200123), "{\"v\":\"2022-09-30T10:00:00.123+08:00\"}");
    assert_written(report_count_json(INT64_MAX), "{\"v\":9223372036854775807}");
}

static void bytes_that_are_no_object_are_read_as_none(void **state)
{
    (void)state;
    json_t *value = report_json_read(bytes_of_text("{\"a\":1}"));
    assert_int_equal(json_integer_value(json_object_get(value, "a")), 1);
    json_decref(value);
    assert_null(report_json_read(BYTES_NONE));
    assert_null(report_json_read(bytes_of_text("{\"a\":")));
    assert_null(report_json_read(bytes_of_text("{} {}")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_known_is_null_and_never_a_zero),
        cmocka_unit_test(what_is_known_is_shown_as_itself),
        cmocka_unit_test(bytes_that_are_no_object_are_read_as_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
