/* test_settings_meaning.c - what the display's settings mean together. */
#include "display/settings.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <setjmp.h>

#include <cmocka.h>

static struct display_settings settings_of(const char *text)
{
    struct display_settings settings;
    struct problem problem = {0};
    settings_default(&display_settings_table, &settings);
    if (settings_parse(&display_settings_table, "huoshui.conf", bytes_of_text(text), &settings,
                       &problem) != OK)
        fail_msg("%s", problem.text);
    return settings;
}

static void the_wall_shows_today_in_the_city_or_the_day_that_is_set(void **state)
{
    (void)state;
    char day[DAY_TEXT_SIZE];
    int64_t evening_ms = 1664553600000 - 60000; /* 2022-09-30 23:59 in the city */
    struct display_settings settings = settings_of("");
    assert_string_equal("2022-09-30", day_text(display_settings_as_of(&settings, evening_ms), day));
    assert_string_equal("2022-10-01",
                        day_text(display_settings_as_of(&settings, evening_ms + 60000), day));
    settings = settings_of("as_of = 2021-12-31\n");
    assert_string_equal("2021-12-31", day_text(display_settings_as_of(&settings, evening_ms), day));
}

static void the_period_begins_with_the_year_unless_a_day_is_set(void **state)
{
    (void)state;
    char day[DAY_TEXT_SIZE];
    int32_t as_of;
    assert_int_equal(OK, day_parse(bytes_of_text("2022-09-30"), &as_of));
    struct display_settings settings = settings_of("");
    assert_string_equal("2022-01-01", day_text(display_settings_from(&settings, as_of), day));
    settings = settings_of("from = 2021-07-01\n");
    assert_string_equal("2021-07-01", day_text(display_settings_from(&settings, as_of), day));
    settings = settings_of("from = 2023-07-01\n"); /* behind the day that is looked at */
    assert_string_equal("2022-01-01", day_text(display_settings_from(&settings, as_of), day));
}

static void a_day_that_is_none_is_named(void **state)
{
    (void)state;
    struct problem problem = {0};
    struct display_settings settings = settings_of("as_of = 2022-9-3\n");
    assert_int_equal(ERR_MALFORMED, display_settings_check(&settings, "D/huoshui.conf", &problem));
    assert_non_null(strstr(problem.text, "D/huoshui.conf: as_of = 2022-9-3"));
    settings = settings_of("as_of = 2022-09-03\n");
    assert_int_equal(OK, display_settings_check(&settings, "D/huoshui.conf", &problem));
}

static void hosts_are_names_with_commas(void **state)
{
    (void)state;
    struct problem problem = {0};
    struct display_names names;
    struct display_settings settings = settings_of("hosts = wall.example.org, wall\n");
    display_settings_names(&settings, &names);
    assert_int_equal(2, names.count);
    assert_string_equal("wall.example.org", names.names[0]);
    assert_string_equal("wall", names.names[1]);
    settings = settings_of("hosts = a,b,c,d,e,f,g,h,i\n");
    assert_int_equal(ERR_LIMIT, display_settings_check(&settings, "huoshui.conf", &problem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wall_shows_today_in_the_city_or_the_day_that_is_set),
        cmocka_unit_test(the_period_begins_with_the_year_unless_a_day_is_set),
        cmocka_unit_test(a_day_that_is_none_is_named),
        cmocka_unit_test(hosts_are_names_with_commas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
