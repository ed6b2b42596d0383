/* test_lights_parse.c - a locality's own light rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/lists/lights.h"

enum { ARENA_BYTES = 1 << 20 };

static const char ours[] =
    "{\"id\":\"OURS\",\"name\":\"本市\",\"version\":\"1\",\"source\":\"市政府办 1 号\",\n"
    "\"shown\":[\"PACE\"],\"rules\":[\n"
    "{\"colour\":\"RED\",\"meaning\":\"DANGER\",\"text\":\"落后20点以上\",\n"
    " \"terms\":[{\"input\":\"PACE\",\"below\":-2000},{\"input\":\"EXCUSED\",\"below\":1}]},\n"
    "{\"colour\":\"BLUE\",\"meaning\":\"GOOD\",\"text\":\"其余\",\n"
    " \"terms\":[{\"input\":\"PACE\",\"at_least\":-2000}]}]}";

static void rules_written_as_json_light_as_they_say(void **state)
{
    CLEANUP(arena_release) struct arena arena;
    const struct light_rules *rules = NULL;
    struct problem problem = {0};
    (void)state;
    arena_init(&arena, ARENA_BYTES);
    assert_int_equal(light_rules_parse(bytes_of_text(ours), &arena, &rules, &problem), OK);
    assert_string_equal(rules->id, "OURS");
    struct light_inputs inputs = {0};
    light_input_set(&inputs, LIGHT_PACE, -2001);
    light_input_set(&inputs, LIGHT_EXCUSED, 0);
    struct light light;
    light_of(rules, &inputs, &light);
    assert_int_equal(light.colour, LIGHT_RED);
    assert_string_equal(light.why, "与时序进度相差-20.01个百分点：落后20点以上");
    light_input_set(&inputs, LIGHT_EXCUSED, 1);
    light_of(rules, &inputs, &light);
    assert_int_equal(light.colour, LIGHT_NONE);
    light_input_set(&inputs, LIGHT_PACE, -2000);
    light_of(rules, &inputs, &light);
    assert_int_equal(light.colour, LIGHT_BLUE);
    assert_int_equal(light.meaning, LIGHT_GOOD);
}

/* The text with the first occurrence of old replaced. */
static void with(const char *old, const char *new, struct buffer *out)
{
    const char *at = strstr(ours, old);
    assert_non_null(at);
    buffer_add(out, bytes_of(ours, (size_t)(at - ours)));
    buffer_add_text(out, new);
    buffer_add_text(out, at + strlen(old));
}

static void what_breaks_the_form_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *old, *new, *complaint;
    } cases[] = {
        {"\"RED\"", "\"PINK\"", "light rules, line 3: colour: GREEN, BLUE, YELLOW or RED"},
        {"\"RED\"", "\"NONE\"", "light rules, line 3: colour: GREEN, BLUE, YELLOW or RED"},
        {"\"GOOD\"", "\"SILENT\"",
         "light rules, line 5: meaning: GOOD, PRAISE, REMIND, WARN or DANGER"},
        {"\"below\":-2000", "\"under\":-2000",
         "light rules, line 4: a term compares by at_least, at_most, above or below"},
        {"\"input\":\"PACE\",\"below\"", "\"input\":\"SPEED\",\"below\"",
         "light rules, line 4: a term has an input that is known, and one comparison"},
        {"\"below\":1", "\"below\":1,\"above\":0",
         "light rules, line 4: a term has an input that is known, and one comparison"},
        {"\"落后20点以上\"", "\"\"", "light rules, line 3: text: the rule in one line"},
        {"[{\"input\":\"PACE\",\"at_least\":-2000}]", "[]",
         "light rules, line 5: terms: one to three"},
        {"[\"PACE\"]", "[\"PACE\",\"RANK\",\"GROWTH\"]",
         "light rules, line 1: shown: at most two inputs"},
        {"\"source\":\"市政府办 1 号\"", "\"source\":1",
         "light rules, line 1: id, name, version and source are texts"},
        {"\"rules\":[", "\"rules\":[],\"more\":[", "light rules, line 1: rules: one to six"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        CLEANUP(arena_release) struct arena arena;
        CLEANUP(buffer_release) struct buffer text = {0};
        const struct light_rules *rules = NULL;
        struct problem problem = {0};
        arena_init(&arena, ARENA_BYTES);
        with(cases[i].old, cases[i].new, &text);
        assert_int_equal(light_rules_parse(buffer_bytes(&text), &arena, &rules, &problem),
                         ERR_MALFORMED);
        assert_string_equal(problem.text, cases[i].complaint);
        assert_true(problem.remedy[0] != '\0');
        assert_null(rules);
    }
}

static void no_arena_is_too_small_to_refuse_it_cleanly(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 8192; limit += 64) {
        CLEANUP(arena_release) struct arena arena;
        const struct light_rules *rules = NULL;
        struct problem problem = {0};
        arena_init(&arena, limit);
        enum err err = light_rules_parse(bytes_of_text(ours), &arena, &rules, &problem);
        assert_true(err == OK || !rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_written_as_json_light_as_they_say),
        cmocka_unit_test(what_breaks_the_form_is_refused_with_its_line),
        cmocka_unit_test(no_arena_is_too_small_to_refuse_it_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
