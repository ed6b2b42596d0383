/* test_intake.c - a clerk's line becomes a sealed envelope, or a sentence about what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "agent/intake.h"

enum { CLOCK_MS = 1664504400 };

struct scene {
    struct arena arena;
    struct buffer sealed;
    struct event event;
    struct problem problem;
};

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    assert_non_null(scene);
    arena_init(&scene->arena, 8 << 20);
    *state = scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    arena_release(&scene->arena);
    buffer_release(&scene->sealed);
    free(scene);
    return 0;
}

static enum err take_bytes(struct scene *scene, struct bytes line)
{
    struct intake intake = {.unit = bytes_of_text("341502"), .clock_ms = CLOCK_MS};
    arena_reset(&scene->arena);
    buffer_clear(&scene->sealed);
    scene->problem = (struct problem){0};
    return intake_line(&intake, line, &scene->arena, &scene->event, &scene->sealed,
                       &scene->problem);
}

static enum err take(struct scene *scene, const char *line)
{
    return take_bytes(scene, bytes_of_text(line));
}

static struct envelope sealed(const struct scene *scene)
{
    struct envelope envelope;
    struct problem problem = {0};
    assert_int_equal(wire_envelope_decode(buffer_bytes(&scene->sealed), &envelope, &problem), OK);
    return envelope;
}

static void a_good_line_is_sealed_with_our_clock_and_an_id(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(take(scene, "{\"kind\":\"MILESTONE\",\"subject\":\"341502/0001\","
                                 "\"occurred_on\":\"2022-01-20\",\"milestone\":"
                                 "{\"milestone\":\"CONTRACT_SIGNED\"}}"),
                     OK);
    struct envelope envelope = sealed(scene);
    assert_true(envelope.kind == EVENT_MILESTONE && envelope.agent_clock_ms == CLOCK_MS);
    assert_true(envelope.body == BODY_INVESTMENT_BUREAU);
    assert_true(envelope.algorithm == SIGN_ED25519_SHA256);
    assert_int_equal(envelope.event_id.size, EVENT_ID_SIZE);
    assert_true(bytes_equal(envelope.event_id, scene->event.envelope.event_id));
}

static void a_bare_code_is_a_project_of_this_unit_or_of_the_one_spoken_about(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(take(scene,
                          "{\"kind\":\"NOTE\",\"subject\":\"0001\",\"occurred_on\":\"2022-01-20\","
                          "\"note\":{\"text\":\"x\"}}"),
                     OK);
    assert_true(bytes_equal_text(sealed(scene).subject, "341502/0001"));
    assert_int_equal(take(scene,
                          "{\"kind\":\"NOTE\",\"subject\":\"0001\",\"about_unit\":\"341503\","
                          "\"occurred_on\":\"2022-01-20\",\"note\":{\"text\":\"x\"}}"),
                     OK);
    assert_true(bytes_equal_text(sealed(scene).subject, "341503/0001"));
}

static void the_same_assertion_has_the_same_id_and_a_given_one_is_kept(void **state)
{
    static const char line[] = "{\"kind\":\"NOTE\",\"occurred_on\":\"2022-01-20\","
                               "\"note\":{\"text\":\"x\"}}";
    uint8_t first[EVENT_ID_SIZE];
    struct scene *scene = *state;
    assert_int_equal(take(scene, line), OK);
    memcpy(first, sealed(scene).event_id.data, sizeof(first));
    assert_int_equal(take(scene, line), OK);
    assert_memory_equal(first, sealed(scene).event_id.data, sizeof(first));
    assert_int_equal(take(scene, "{\"kind\":\"NOTE\",\"occurred_on\":\"2022-01-20\","
                                 "\"event_id\":\"000102030405060708090a0b0c0d0e0f\","
                                 "\"note\":{\"text\":\"x\"}}"),
                     OK);
    assert_memory_equal(sealed(scene).event_id.data,
                        "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f",
                        EVENT_ID_SIZE);
}

static void a_bad_line_is_told_in_chinese_with_the_fields_name_and_a_remedy(void **state)
{
    static const struct {
        const char *line, *name;
    } cases[] = {
        {"{not json}", "JSON"},
        {"{\"kind\":\"NOTE\",\"occurred_on\":\"2022-02-30\",\"note\":{\"text\":\"x\"}}",
         "occurred_on"},
        {"{\"kind\":\"NOTE\",\"note\":{\"text\":\"x\"}}", "occurred_on"},
        {"{\"kind\":\"NOTE\",\"occurred_on\":\"2022-02-01\",\"note\":{}}", "note.text"},
        {"{\"kind\":\"MILESTONE\",\"subject\":\"341502/1\",\"occurred_on\":\"2022-02-01\","
         "\"milestone\":{\"milestone\":\"NO_SUCH\"}}",
         "NO_SUCH"},
        {"{\"kind\":\"MILESTONE\",\"occurred_on\":\"2022-02-01\","
         "\"milestone\":{\"milestone\":\"STARTED\"}}",
         "subject"},
        {"{\"kind\":\"NOTE\",\"subject\":\"a b\",\"occurred_on\":\"2022-01-20\","
         "\"note\":{\"text\":\"x\"}}",
         "subject"},
        {"{\"kind\":\"NOTE\",\"colour\":\"red\",\"occurred_on\":\"2022-01-20\","
         "\"note\":{\"text\":\"x\"}}",
         "colour"},
    };
    struct scene *scene = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_not_equal(take(scene, cases[i].line), OK);
        if (i > 0 && !strstr(scene->problem.text, cases[i].name))
            fail_msg("%s: %s", cases[i].name, scene->problem.text);
        assert_true(strncmp(scene->problem.text, "内容有误：", strlen("内容有误：")) == 0);
        assert_true(*scene->problem.remedy);
        assert_int_equal(scene->sealed.size, 0);
    }
}

static void a_line_beyond_the_limits_says_so(void **state)
{
    struct scene *scene = *state;
    CLEANUP(buffer_release) struct buffer line = {0};
    memset(buffer_extend(&line, INTAKE_LINE_SIZE_MAX + 1), ' ', INTAKE_LINE_SIZE_MAX + 1);
    assert_int_equal(take_bytes(scene, buffer_bytes(&line)), ERR_LIMIT);
    assert_non_null(strstr(scene->problem.text, "超过限度："));
    buffer_clear(&line);
    buffer_add_text(&line,
                    "{\"kind\":\"NOTE\",\"occurred_on\":\"2022-01-20\",\"note\":{\"text\":\"");
    memset(buffer_extend(&line, 7000), 'x', 7000);
    buffer_add_text(&line, "\"}}");
    assert_int_equal(take_bytes(scene, buffer_bytes(&line)), ERR_LIMIT);
    assert_non_null(strstr(scene->problem.text, "note.text"));
}

static void lines_end_with_a_newline_a_return_or_the_text(void **state)
{
    static const char *const expected[] = {"{}", "", " x", "last"};
    struct bytes text = bytes_of_text("\xef\xbb\xbf{}\r\n\n x\nlast"), line;
    size_t count = 0;
    (void)state;
    while (intake_next_line(&text, &line)) {
        assert_true(count < ARRAY_LENGTH(expected));
        assert_true(bytes_equal_text(line, expected[count]));
        count++;
    }
    assert_int_equal(count, ARRAY_LENGTH(expected));
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_good_line_is_sealed_with_our_clock_and_an_id),
        SCENE_TEST(a_bare_code_is_a_project_of_this_unit_or_of_the_one_spoken_about),
        SCENE_TEST(the_same_assertion_has_the_same_id_and_a_given_one_is_kept),
        SCENE_TEST(a_bad_line_is_told_in_chinese_with_the_fields_name_and_a_remedy),
        SCENE_TEST(a_line_beyond_the_limits_says_so),
        cmocka_unit_test(lines_end_with_a_newline_a_return_or_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
