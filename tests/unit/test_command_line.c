/* test_command_line.c - what a person gets on standard output, on standard error and as exit status
 * from the main of a program. */
#include "io/command_line.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/identity.h"

enum { SAID_MAX = 64 << 10, STATUS_OF_RUN = 42 };

struct scene {
    char root[64], out_path[96], error_path[96];
    int kept_out, kept_error; /* the real descriptors, while a capture is under way */
    struct buffer out, error; /* what was said, as C strings */
};

static const char *const formats[] = {"text", "csv", "jsonl", NULL};
static bool has_run;
static int (*acts)(const struct args *args);

static int run(const struct args *args)
{
    has_run = true;
    return acts ? acts(args) : STATUS_OF_RUN;
}

static int fail_run(const struct args *args)
{
    (void)args;
    fail_msg("the action of another command ran");
    return 0;
}

static const struct args_command commands[] = {
    {.name = "status",
     .positional = {"B"},
     .sentence = "What there is.",
     .example = "huoshui-audit status B"},
    {.name = "bulletin",
     .positional = {"SOURCE"},
     .options = {{COMMAND_AS_OF},
                 {COMMAND_JSON},
                 {COMMAND_OUT},
                 {"--format", "FORMAT", "text, csv or jsonl", false},
                 {"--top", "N", "as many", false}},
     .sentence = "Prints the bulletin.",
     .example = "huoshui-audit bulletin B --as-of 2022-09-30"},
    {0},
};
static const struct command_action actions[] = {{"status", fail_run}, {"bulletin", run}, {0}};
static const struct command_line line = {"huoshui-audit", commands, actions};

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    (void)snprintf(scene->root, sizeof(scene->root), "/tmp/command-line-test-XXXXXX");
    assert_non_null(mkdtemp(scene->root));
    (void)snprintf(scene->out_path, sizeof(scene->out_path), "%s/out", scene->root);
    (void)snprintf(scene->error_path, sizeof(scene->error_path), "%s/error", scene->root);
    acts = NULL;
    has_run = false;
    *state = scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    buffer_release(&scene->out);
    buffer_release(&scene->error);
    (void)unlink(scene->out_path);
    (void)unlink(scene->error_path);
    int rc = rmdir(scene->root);
    free(scene);
    return rc;
}

static int redirect(int descriptor, const char *path)
{
    int kept = dup(descriptor);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(kept >= 0 && to >= 0 && dup2(to, descriptor) == descriptor);
    close(to);
    return kept;
}

static void restore(int descriptor, int kept)
{
    assert_int_equal(dup2(kept, descriptor), descriptor);
    close(kept);
}

static void capture_begin(struct scene *scene)
{
    (void)fflush(stdout);
    (void)fflush(stderr);
    scene->kept_out = redirect(STDOUT_FILENO, scene->out_path);
    scene->kept_error = redirect(STDERR_FILENO, scene->error_path);
}

static void capture_end(struct scene *scene)
{
    struct problem problem = {0};
    (void)fflush(stdout);
    (void)fflush(stderr);
    restore(STDOUT_FILENO, scene->kept_out);
    restore(STDERR_FILENO, scene->kept_error);
    clearerr(stdout);
    buffer_clear(&scene->out);
    buffer_clear(&scene->error);
    assert_int_equal(file_read(scene->out_path, SAID_MAX, &scene->out, &problem), OK);
    assert_int_equal(file_read(scene->error_path, SAID_MAX, &scene->error, &problem), OK);
    buffer_add(&scene->out, bytes_of("", 1));
    buffer_add(&scene->error, bytes_of("", 1));
}

/* Words are parted by one blank. */
static int call(struct scene *scene, const char *words)
{
    static char copy[256];
    char *argv[16] = {"huoshui-audit"}, *rest = NULL;
    int argc = 1;
    (void)snprintf(copy, sizeof(copy), "%s", words);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        argv[argc++] = word;
    capture_begin(scene);
    int status = command_line_main(&line, argc, argv);
    capture_end(scene);
    return status;
}

static const char *out(const struct scene *scene)
{
    return (const char *)scene->out.data;
}

static const char *error(const struct scene *scene)
{
    return (const char *)scene->error.data;
}

static int echo_source(const struct args *args)
{
    (void)printf("%s %s", args->command->name, args->positional[0]);
    return command_finish(STATUS_OF_RUN);
}

static void a_command_runs_its_own_action_and_gives_its_status(void **state)
{
    struct scene *scene = *state;
    acts = echo_source;
    assert_int_equal(call(scene, "bulletin B"), STATUS_OF_RUN);
    assert_string_equal(out(scene), "bulletin B");
    assert_string_equal(error(scene), "");
}

static void wrong_usage_is_2_and_names_the_option_and_an_example(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *words, *says;
    } cases[] = {
        {"bulletin B --as-off 2022-09-30", "\"--as-off\""},
        {"bulletin B --out", "--out needs a value: FILE"},
        {"bulletin B --json=1", "--json takes no value"},
        {"bulletin B --as-of 1 --as-of 2", "--as-of is given twice"},
        {"bulletin", "SOURCE is missing"},
        {"bulletin B C", "one argument too many: \"C\""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(call(scene, cases[i].words), COMMAND_USAGE);
        assert_false(has_run);
        assert_string_equal(out(scene), "");
        assert_int_equal(strncmp(error(scene), "huoshui-audit: ", 15), 0);
        assert_non_null(strstr(error(scene), cases[i].says));
        assert_non_null(strstr(error(scene), "\nremedy: For example: huoshui-audit bulletin B"));
    }
    assert_int_equal(call(scene, ""), COMMAND_USAGE);
    assert_non_null(strstr(error(scene), "status, bulletin"));
    assert_int_equal(call(scene, "walk"), COMMAND_USAGE);
    assert_non_null(strstr(error(scene), "\"walk\""));
}

static void help_is_printed_and_nothing_runs(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(call(scene, "bulletin --help"), COMMAND_DONE);
    assert_false(has_run);
    assert_string_equal(error(scene), "");
    assert_non_null(strstr(out(scene), "usage: huoshui-audit bulletin SOURCE [--as-of DAY]"));
    assert_non_null(strstr(out(scene), "  --out FILE\n"));
    assert_non_null(strstr(out(scene), "example: huoshui-audit bulletin B --as-of 2022-09-30\n"));
    assert_int_equal(call(scene, "--help"), COMMAND_DONE);
    assert_non_null(strstr(out(scene), "  status\n"));
    assert_non_null(strstr(out(scene), "  bulletin\n"));
}

static int fail_after_printing(const struct args *args)
{
    struct problem problem = {0};
    problem_set(&problem, "%s is empty", args->positional[0]);
    if (args_flag(args, "--json"))
        problem_remedy(&problem, "fill it");
    (void)printf("half");
    return command_fail(&problem, COMMAND_REFUSED);
}

static void a_failure_says_who_what_and_the_remedy(void **state)
{
    struct scene *scene = *state;
    acts = fail_after_printing;
    assert_int_equal(call(scene, "bulletin B --json"), COMMAND_REFUSED);
    assert_string_equal(error(scene), "huoshui-audit: B is empty\nremedy: fill it\n");
    assert_string_equal(out(scene), "half");
    assert_int_equal(call(scene, "bulletin B"), COMMAND_REFUSED);
    assert_string_equal(error(scene), "huoshui-audit: B is empty\n");
}

static int print_an_answer(const struct args *args)
{
    CLEANUP(buffer_release) struct buffer said = {0}, wrong = {0};
    struct control_answer answer = {.out = &said, .error = &wrong, .status = STATUS_OF_RUN};
    (void)args;
    buffer_add_text(&said, "accepted\n");
    buffer_add_text(&wrong, "but late\n");
    return command_print_answer(&answer);
}

static void an_answer_goes_where_it_belongs_with_its_status(void **state)
{
    struct scene *scene = *state;
    acts = print_an_answer;
    assert_int_equal(call(scene, "bulletin B"), STATUS_OF_RUN);
    assert_string_equal(out(scene), "accepted\n");
    assert_string_equal(error(scene), "but late\n");
}

static int print_into_nothing(const struct args *args)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0 && dup2(full, STDOUT_FILENO) == STDOUT_FILENO);
    close(full);
    return print_an_answer(args);
}

static void what_could_not_be_printed_is_not_done(void **state)
{
    struct scene *scene = *state;
    acts = print_into_nothing;
    assert_int_equal(call(scene, "bulletin B"), COMMAND_REFUSED);
    assert_string_equal(error(scene), "but late\n");
}

/* The option's value in its type, or why not. */
struct values {
    uint64_t top;
    int32_t day;
    size_t format;
    enum err err;
    struct problem problem;
};
static struct values values;

static int take_values(const struct args *args)
{
    values = (struct values){.top = 7, .day = 11, .format = 99};
    struct problem *problem = &values.problem;
    values.err = command_number(args, "--top", (struct command_range){1, 50}, &values.top, problem);
    if (values.err == OK)
        values.err = command_day(args, "--as-of", &values.day, problem);
    if (values.err == OK)
        values.err = command_choice(args, "--format", formats, &values.format, problem);
    return values.err == OK ? COMMAND_DONE : command_fail(problem, COMMAND_USAGE);
}

static void a_value_comes_in_its_type_and_an_absent_one_changes_nothing(void **state)
{
    struct scene *scene = *state;
    acts = take_values;
    assert_int_equal(call(scene, "bulletin B"), COMMAND_DONE);
    assert_int_equal(values.top, 7);
    assert_int_equal(values.day, 11);
    assert_int_equal(values.format, 99);
    const char *all = "bulletin B --top 50 --as-of 1970-01-31 --format jsonl";
    assert_int_equal(call(scene, all), COMMAND_DONE);
    assert_int_equal(values.top, 50);
    assert_int_equal(values.day, 30);
    assert_int_equal(values.format, 2);
    assert_int_equal(call(scene, "bulletin B --format text --top=1"), COMMAND_DONE);
    assert_int_equal(values.top, 1);
    assert_int_equal(values.format, 0);
}

static void a_wrong_value_is_2_and_says_what_it_may_be(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *words, *says;
    } cases[] = {
        {"--top 0", "--top 0: 须是 1 到 50 的整数"},
        {"--top 51", "--top 51: 须是 1 到 50 的整数"},
        {"--top many", "--top many: 须是 1 到 50 的整数"},
        {"--as-of 2022-02-30", "--as-of 2022-02-30: 须是日期 YYYY-MM-DD"},
        {"--as-of 1970-01-01", "--as-of 1970-01-01: 须是日期 YYYY-MM-DD"},
        {"--format pdf", "--format pdf: 须是其中之一 (one of): text, csv, jsonl\n"},
        {"--format=", "--format : 须是其中之一 (one of): text, csv, jsonl\n"},
    };
    acts = take_values;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char words[128];
        (void)snprintf(words, sizeof(words), "bulletin B %s", cases[i].words);
        assert_int_equal(call(scene, words), COMMAND_USAGE);
        assert_int_equal(values.err, ERR_MALFORMED);
        assert_non_null(strstr(error(scene), cases[i].says));
        assert_non_null(strstr(error(scene), "remedy: For example: huoshui-audit bulletin B"));
        assert_int_equal(values.top, 7); /* out is unchanged */
        assert_int_equal(values.day, 11);
        assert_int_equal(values.format, 99);
    }
}

static int write_text(const struct args *args)
{
    struct problem problem = {0};
    enum err err = command_write(args, "--out", bytes_of_text("公报\n"), &problem);
    return err == OK ? COMMAND_DONE : command_fail(&problem, COMMAND_REFUSED);
}

static void what_is_written_goes_to_the_file_or_is_printed(void **state)
{
    struct scene *scene = *state;
    CLEANUP(buffer_release) struct buffer written = {0};
    struct problem problem = {0};
    char path[96], words[160];
    acts = write_text;
    assert_int_equal(call(scene, "bulletin B"), COMMAND_DONE);
    assert_string_equal(out(scene), "公报\n");
    assert_int_equal(call(scene, "bulletin B --out -"), COMMAND_DONE);
    assert_string_equal(out(scene), "公报\n");
    (void)snprintf(path, sizeof(path), "%s/bulletin.txt", scene->root);
    (void)snprintf(words, sizeof(words), "bulletin B --out %s", path);
    assert_int_equal(call(scene, words), COMMAND_DONE);
    assert_string_equal(out(scene), "");
    assert_int_equal(file_read(path, SAID_MAX, &written, &problem), OK);
    assert_true(bytes_equal_text(buffer_bytes(&written), "公报\n"));
    assert_int_equal(unlink(path), 0);
    (void)snprintf(words, sizeof(words), "bulletin B --out %s/none/file", scene->root);
    assert_int_equal(call(scene, words), COMMAND_REFUSED);
    assert_non_null(strstr(error(scene), "/none/file"));
}

static int write_into_nothing(const struct args *args)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0 && dup2(full, STDOUT_FILENO) == STDOUT_FILENO);
    close(full);
    return write_text(args);
}

static void a_full_disk_behind_standard_output_is_a_failure(void **state)
{
    struct scene *scene = *state;
    acts = write_into_nothing;
    assert_int_equal(call(scene, "bulletin B"), COMMAND_REFUSED);
    assert_non_null(strstr(error(scene), "standard output: No space left"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_command_runs_its_own_action_and_gives_its_status),
        TEST(wrong_usage_is_2_and_names_the_option_and_an_example),
        TEST(help_is_printed_and_nothing_runs),
        TEST(a_failure_says_who_what_and_the_remedy),
        TEST(an_answer_goes_where_it_belongs_with_its_status),
        TEST(what_could_not_be_printed_is_not_done),
        TEST(a_value_comes_in_its_type_and_an_absent_one_changes_nothing),
        TEST(a_wrong_value_is_2_and_says_what_it_may_be),
        TEST(what_is_written_goes_to_the_file_or_is_printed),
        TEST(a_full_disk_behind_standard_output_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
