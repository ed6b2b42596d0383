/* test_replay_plan.c - what `replay` was asked for, and what is no such thing. */
#include "tests/unit/audit_scene.h"

#include "audit/replay_plan.h"

static const struct args_command replay_command = {
    .name = "replay",
    .positional = {"SOURCE"},
    .options = {{"--from", "POS", "", false},
                {"--to", "POS", "", false},
                {"--unit", "U", "", false},
                {"--project", "P", "", false},
                {"--kind", "K", "", false},
                {"--follow", NULL, "", false},
                {"--all", NULL, "", false},
                {"--format", "FORMAT", "", false},
                {"--count", NULL, "", false},
                {"--timeout", "SECONDS", "", false}},
    .example = "huoshui-audit replay B",
};

/* options: pairs of name and value, NULL-ended; a flag has the value "". */
static enum err plan_of(const char *source, const char *const *options, struct replay_plan *plan,
                        struct problem *problem)
{
    struct args args = {.command = &replay_command, .positional = {source}};
    for (; *options; options += 2)
        for (size_t i = 0; i < ARGS_OPTION_MAX && replay_command.options[i].name; i++)
            if (strcmp(replay_command.options[i].name, options[0]) == 0)
                args.values[i] = options[1];
    *problem = (struct problem){0};
    return replay_plan_make(&args, plan, problem);
}

#define PLAN(...) plan_of(city.root, (const char *const[]){__VA_ARGS__ NULL}, &plan, &problem)

static void without_options_it_is_everything_from_1_to_the_head(void **state)
{
    struct city city;
    struct replay_plan plan;
    struct problem problem;
    (void)state;
    city_live(&city);
    city_store(&city);
    assert_int_equal(PLAN(), OK);
    assert_int_equal(plan.source.kind, SOURCE_DIRECTORY);
    assert_int_equal(plan.reading.from, 1);
    assert_int_equal(plan.reading.to, 0);
    assert_false(plan.reading.follow);
    assert_false(plan.reading.filter.all_records);
    assert_int_equal(plan.format, REPLAY_JSONL);
    assert_int_equal(plan.reading.timeout_ms, 30000);
    city_close(&city);
}

static void lists_are_taken_apart_at_commas(void **state)
{
    struct city city;
    struct replay_plan plan;
    struct problem problem;
    (void)state;
    city_live(&city);
    city_store(&city);
    assert_int_equal(PLAN("--unit", "341502, 3415-zsj", "--kind", "MILESTONE,999", "--project",
                          "341502/A-1,341503/B-2", ),
                     OK);
    const struct filter *filter = &plan.reading.filter;
    assert_int_equal(filter->units.count, 2);
    assert_true(bytes_equal_text(filter->units.items[1], "3415-zsj"));
    assert_int_equal(filter->kind_count, 2);
    assert_int_equal(filter->kinds[0], EVENT_MILESTONE);
    assert_int_equal(filter->kinds[1], 999);
    assert_int_equal(filter->projects.count, 2);
    assert_true(bytes_equal_text(filter->projects.items[1], "341503/B-2"));
    city_close(&city);
}

static void a_bare_code_takes_its_unit_from_unit_or_is_looked_for(void **state)
{
    struct city city;
    struct replay_plan plan;
    struct problem problem;
    (void)state;
    city_live(&city);
    city_store(&city);
    assert_int_equal(PLAN("--project", "341502-0001", "--unit", "341502", ), OK);
    assert_true(bytes_equal_text(plan.reading.filter.projects.items[0], "341502/341502-0001"));
    assert_int_equal(plan.bare_code.size, 0);
    assert_int_equal(PLAN("--project", "341502-0001", ), OK);
    assert_int_equal(plan.reading.filter.projects.count, 0);
    assert_true(bytes_equal_text(plan.bare_code, "341502-0001"));
    city_close(&city);
}

static void what_cannot_be_is_wrong_usage_and_says_what(void **state)
{
    static const char *const wrong[][4] = {
        {"--from", "0"},
        {"--from", "-1"},
        {"--to", "x"},
        {"--unit", "nowhere"},
        {"--kind", "SIGNED"},
        {"--project", "a b"},
        {"--project", "a/b/c"},
        {"--format", "csv"},
        {"--timeout", "0"},
        {"--kind", "0"},
        {"--from", "5", "--to", "4"},
        {"--count", "", "--follow", ""},
    };
    struct city city;
    (void)state;
    city_live(&city);
    city_store(&city);
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        struct replay_plan plan;
        struct problem problem;
        const char *const options[] = {wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3], NULL};
        if (plan_of(city.root, options, &plan, &problem) != ERR_MALFORMED)
            fail_msg("%s %s was taken", options[0], options[1]);
        assert_non_null(strstr(problem.text, "--"));
    }
    city_close(&city);
}

static void a_source_that_is_none_says_what_was_looked_for(void **state)
{
    struct city city;
    struct replay_plan plan;
    struct problem problem;
    char path[96];
    (void)state;
    city_live(&city);
    city_store(&city);
    const char *const none[] = {NULL};
    (void)snprintf(path, sizeof path, "%s/store", city.root);
    assert_int_equal(plan_of(path, none, &plan, &problem), ERR_NOT_FOUND);
    assert_non_null(strstr(problem.text, "the store inside a broker's directory"));
    assert_int_equal(plan_of("/tmp", none, &plan, &problem), ERR_NOT_FOUND);
    assert_non_null(strstr(problem.text, "neither"));
    (void)snprintf(path, sizeof path, "%s/nothing", city.root);
    assert_int_equal(plan_of(path, none, &plan, &problem), ERR_NOT_FOUND);
    assert_non_null(strstr(problem.text, "does not exist"));
    city_close(&city);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_it_is_everything_from_1_to_the_head),
        cmocka_unit_test(lists_are_taken_apart_at_commas),
        cmocka_unit_test(a_bare_code_takes_its_unit_from_unit_or_is_looked_for),
        cmocka_unit_test(what_cannot_be_is_wrong_usage_and_says_what),
        cmocka_unit_test(a_source_that_is_none_says_what_was_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
