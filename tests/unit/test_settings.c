/* test_settings.c - a table of settings and its file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/settings.h"

struct sample {
    int64_t port, offset_ms;
    char name[SETTING_TEXT_MAX + 1];
};

static const struct setting rows[] = {
    {"port", SETTING_NUMBER, 1, 65535, "7400", "", "Where agents connect.",
     offsetof(struct sample, port)},
    {"offset_ms", SETTING_NUMBER, -1000, 1000, "-5", "ms", "A clock's offset.",
     offsetof(struct sample, offset_ms)},
    {"name", SETTING_TEXT, 0, 12, "六安", "", "What the wall calls the city.",
     offsetof(struct sample, name)},
};
static const struct settings_table table = {rows, ARRAY_LENGTH(rows)};

static enum err parse(const char *text, struct sample *out, struct problem *problem)
{
    return settings_parse(&table, "broker.conf", bytes_of_text(text), out, problem);
}

static void defaults_come_from_the_table(void **state)
{
    struct sample sample;
    (void)state;
    settings_default(&table, &sample);
    assert_true(sample.port == 7400 && sample.offset_ms == -5);
    assert_string_equal(sample.name, "六安");
}

static void a_file_sets_what_it_names_and_leaves_the_rest(void **state)
{
    struct sample sample;
    struct problem problem = {0};
    (void)state;
    settings_default(&table, &sample);
    assert_int_equal(
        parse("\xef\xbb\xbf# ours\r\n\r\n  port=1 # low\r\nname = a=b#c #d", &sample, &problem),
        OK);
    assert_true(sample.port == 1 && sample.offset_ms == -5);
    assert_string_equal(sample.name, "a=b#c");
    assert_int_equal(parse("", &sample, &problem), OK);
    assert_int_equal(parse("name =\noffset_ms = 1000", &sample, &problem), OK);
    assert_string_equal(sample.name, "");
    assert_true(sample.offset_ms == 1000);
}

static void a_bad_line_is_named_and_changes_nothing(void **state)
{
    static const struct {
        const char *text, *problem, *remedy;
        enum err err;
    } cases[] = {
        {"port = 9\nprot = 1", "broker.conf, line 2: there is no setting \"prot\"",
         "The settings are: port, offset_ms, name", ERR_MALFORMED},
        {"port = 9\n\nport 1", "broker.conf, line 3: no \"=\"",
         "Write \"name = value\", or # before a comment", ERR_MALFORMED},
        {"port = 9\nname = x\nport = 8", "broker.conf, line 3: port was set before, in line 1",
         "Keep one of the two lines", ERR_MALFORMED},
        {"name = x\nport = 0", "broker.conf, line 2: port cannot be \"0\"",
         "It must be: number, 1 to 65535; for example: port = 7400", ERR_LIMIT},
        {"port = 65536", "broker.conf, line 1: port cannot be \"65536\"",
         "It must be: number, 1 to 65535; for example: port = 7400", ERR_LIMIT},
        {"offset_ms = -1001", "broker.conf, line 1: offset_ms cannot be \"-1001\"",
         "It must be: number, -1000 to 1000 ms; for example: offset_ms = -5", ERR_LIMIT},
        {"offset_ms = 1s", "broker.conf, line 1: offset_ms cannot be \"1s\"",
         "It must be: number, -1000 to 1000 ms; for example: offset_ms = -5", ERR_MALFORMED},
        {"port =", "broker.conf, line 1: port cannot be \"\"",
         "It must be: number, 1 to 65535; for example: port = 7400", ERR_MALFORMED},
        {"name = 六安市六安", "broker.conf, line 1: name cannot be \"六安市六安\"",
         "It must be: text, 0 to 12 bytes; for example: name = 六安", ERR_LIMIT},
        {"name = \xff", "broker.conf, line 1: name cannot be \"\xff\"",
         "It must be: text, 0 to 12 bytes; for example: name = 六安", ERR_MALFORMED},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct sample sample, before;
        struct problem problem = {0};
        memset(&sample, 0, sizeof(sample));
        settings_default(&table, &sample);
        before = sample;
        assert_int_equal(parse(cases[i].text, &sample, &problem), cases[i].err);
        assert_string_equal(problem.text, cases[i].problem);
        assert_string_equal(problem.remedy, cases[i].remedy);
        assert_true(before.port == sample.port && before.offset_ms == sample.offset_ms);
        assert_string_equal(before.name, sample.name);
    }
}

static void a_template_explains_each_row_and_reads_back_as_it_was(void **state)
{
    struct sample sample, again = {0};
    struct problem problem = {0};
    CLEANUP(buffer_release) struct buffer text = {0};
    (void)state;
    settings_default(&table, &sample);
    sample.port = 9000;
    settings_template(&table, &sample, &text);
    assert_true(bytes_equal_text(buffer_bytes(&text), "# Where agents connect.\n"
                                                      "# number, 1 to 65535; default: 7400\n"
                                                      "port = 9000\n\n"
                                                      "# A clock's offset.\n"
                                                      "# number, -1000 to 1000 ms; default: -5\n"
                                                      "offset_ms = -5\n\n"
                                                      "# What the wall calls the city.\n"
                                                      "# text, 0 to 12 bytes; default: 六安\n"
                                                      "name = 六安\n"));
    assert_int_equal(settings_parse(&table, "x", buffer_bytes(&text), &again, &problem), OK);
    assert_true(again.port == 9000 && again.offset_ms == -5);
    assert_string_equal(again.name, "六安");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_come_from_the_table),
        cmocka_unit_test(a_file_sets_what_it_names_and_leaves_the_rest),
        cmocka_unit_test(a_bad_line_is_named_and_changes_nothing),
        cmocka_unit_test(a_template_explains_each_row_and_reads_back_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
