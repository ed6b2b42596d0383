/* test_args.c - command lines and their help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/args.h"
#include "base/bytes.h"

static const struct args_command commands[] = {
    {.name = "init",
     .positional = {"DIRECTORY", "UNIT", "[NAME]"},
     .options = {{"--type", "TYPE", "What kind of unit.", false},
                 {"--by", "PERSON", "Who does it.", true},
                 {"--json", NULL, "Print JSON.", false}},
     .sentence = "Makes a directory.",
     .example = "huoshui-agent init A 341502 --by Li"},
    {.name = "run",
     .positional = {"DIRECTORY"},
     .sentence = "Serves.",
     .example = "huoshui-agent run A"},
    {0}};

static const struct args_command twice[] = {
    {.name = "diff",
     .positional = {"DIRECTORY"},
     .options = {{"--at", "A", "One.", true}, {"--at", "B", "And another.", true}},
     .sentence = "Compares.",
     .example = "huoshui-agent diff A --at 1 --at 2"},
    {0}};

static enum err parse_by(const struct args_command *table, const char *line, struct args *out,
                         struct problem *problem)
{
    static char copy[256];
    char *argv[16] = {0}, *rest = NULL;
    int argc = 1;
    argv[0] = "huoshui-agent";
    strncpy(copy, line, sizeof(copy) - 1);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        argv[argc++] = word;
    return args_parse(table, argc, argv, out, problem);
}

static enum err parse(const char *line, struct args *out, struct problem *problem)
{
    return parse_by(commands, line, out, problem);
}

static void positions_options_and_flags_are_found_in_any_order(void **state)
{
    static const char *const lines[] = {"init A 341502 --json --by Li --type=park",
                                        "init --json --type park A --by=Li 341502",
                                        "init --by Li --type park --json -- A 341502"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
        struct args args;
        struct problem problem = {0};
        assert_int_equal(parse(lines[i], &args, &problem), OK);
        assert_ptr_equal(args.command, &commands[0]);
        assert_string_equal(args.positional[0], "A");
        assert_string_equal(args.positional[1], "341502");
        assert_null(args.positional[2]);
        assert_string_equal(args_value(&args, "--type"), "park");
        assert_string_equal(args_value(&args, "--by"), "Li");
        assert_true(args_flag(&args, "--json"));
        assert_false(args.help);
    }
}

static void what_is_not_given_is_null_and_a_dash_is_an_argument(void **state)
{
    struct args args;
    struct problem problem = {0};
    (void)state;
    assert_int_equal(parse("init A - --by - -- --json", &args, &problem), OK);
    assert_null(args_value(&args, "--type"));
    assert_false(args_flag(&args, "--json"));
    assert_string_equal(args.positional[1], "-");
    assert_string_equal(args.positional[2], "--json");
    assert_string_equal(args_value(&args, "--by"), "-");
}

static void wrong_usage_says_what_and_gives_an_example(void **state)
{
    static const char *const cases[][3] = {
        {"", "No command given; the commands are: init, run", "init"},
        {"walk A", "There is no command \"walk\"; the commands are: init, run", "init"},
        {"run", "run: DIRECTORY is missing", "run"},
        {"run A B", "run: one argument too many: \"B\"", "run"},
        {"run A --json", "run has no option \"--json\"", "run"},
        {"run A -x", "run has no option \"-x\"", "run"},
        {"init A", "init: UNIT is missing", "init"},
        {"init A 1", "init: --by is missing", "init"},
        {"init A 1 --by", "--by needs a value: PERSON", "init"},
        {"init A 1 --by --json", "--by needs a value: PERSON", "init"},
        {"init A 1 --by x --by y", "--by is given twice", "init"},
        {"init A 1 --by x --json=1", "--json takes no value", "init"},
        {"init A 1 --b x", "init has no option \"--b\"", "init"},
        {"init A 1 --byx=1", "init has no option \"--byx\"", "init"},
        {"init A 1 --by x y z", "init: one argument too many: \"z\"", "init"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct args args = {.help = true};
        struct problem problem = {0};
        assert_int_equal(parse(cases[i][0], &args, &problem), ERR_MALFORMED);
        assert_string_equal(problem.text, cases[i][1]);
        const struct args_command *command = &commands[cases[i][2][0] == 'r'];
        assert_memory_equal(problem.remedy, "For example: ", 13);
        assert_string_equal(problem.remedy + 13, command->example);
        assert_true(args.help); /* out is unchanged */
    }
}

static void help_is_given_even_when_the_rest_is_wrong(void **state)
{
    static const struct {
        const char *line;
        const struct args_command *command;
    } cases[] = {{"--help", NULL},
                 {"-h", NULL},
                 {"help", NULL},
                 {"init --help", &commands[0]},
                 {"run --bad 1 2 3 -h", &commands[1]}};
    struct args args;
    struct problem problem = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(parse(cases[i].line, &args, &problem), OK);
        assert_true(args.help);
        assert_ptr_equal(args.command, cases[i].command);
    }
    assert_int_equal(parse("run -- --help", &args, &problem), OK);
    assert_false(args.help);
}

static void help_is_printed_from_the_same_table(void **state)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    (void)state;
    args_help("huoshui-agent", commands, &commands[0], &text);
    assert_true(bytes_equal_text(
        buffer_bytes(&text),
        "usage: huoshui-agent init DIRECTORY UNIT [NAME] [--type TYPE] --by PERSON [--json]\n\n"
        "Makes a directory.\n\n"
        "  --type TYPE\n      What kind of unit.\n"
        "  --by PERSON\n      Who does it.\n"
        "  --json\n      Print JSON.\n\n"
        "example: huoshui-agent init A 341502 --by Li\n"));
    buffer_clear(&text);
    args_help("huoshui-agent", commands, NULL, &text);
    assert_true(bytes_equal_text(
        buffer_bytes(&text),
        "usage: huoshui-agent COMMAND DIRECTORY [ARGUMENT...] [--option [VALUE]]...\n\n"
        "  init\n      Makes a directory.\n      example: huoshui-agent init A 341502 --by Li\n\n"
        "  run\n      Serves.\n      example: huoshui-agent run A\n\n"
        "huoshui-agent COMMAND --help tells more about one command.\n"));
}

static void an_option_on_two_rows_is_given_twice_and_not_thrice(void **state)
{
    struct args args;
    struct problem problem = {0};
    (void)state;
    assert_int_equal(parse_by(twice, "diff A --at 1 --at=2", &args, &problem), OK);
    assert_string_equal(args.values[0], "1");
    assert_string_equal(args.values[1], "2");
    assert_string_equal(args_value(&args, "--at"), "1");
    assert_int_equal(parse_by(twice, "diff A --at 1", &args, &problem), ERR_MALFORMED);
    assert_int_equal(parse_by(twice, "diff A --at 1 --at 2 --at 3", &args, &problem),
                     ERR_MALFORMED);
    assert_non_null(strstr(problem.text, "given twice"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_options_and_flags_are_found_in_any_order),
        cmocka_unit_test(what_is_not_given_is_null_and_a_dash_is_an_argument),
        cmocka_unit_test(wrong_usage_says_what_and_gives_an_example),
        cmocka_unit_test(help_is_given_even_when_the_rest_is_wrong),
        cmocka_unit_test(help_is_printed_from_the_same_table),
        cmocka_unit_test(an_option_on_two_rows_is_given_twice_and_not_thrice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
