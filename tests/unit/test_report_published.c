/* test_report_published.c - published figures beside computed ones: both shapes are read, digits
 * are those that were printed, and what does not follow from its own parts is a misprint. */
#include "tests/unit/report_scene.h"

#include <stdio.h>

#include "audit/report_published.h"

static struct report_scene scene;
static struct arena arena;
static struct published published;
static struct problem problem;

static int setup(void **state)
{
    (void)state;
    report_scene_make(&scene);
    arena_init(&arena, 4 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* ' for ", so that it reads well in C. */
static enum err parse(const char *text)
{
    char json[4096];
    size_t size = strlen(text);
    assert_true(size < sizeof json);
    for (size_t i = 0; i <= size; i++)
        json[i] = text[i];
    for (char *at = json; *at; at++)
        if (*at == '\'')
            *at = '"';
    problem = (struct problem){0};
    return published_parse(bytes_of_text(json), definitions_shipped(), &arena, &published,
                           &problem);
}

static const struct published_figure *figure_of(const char *unit, const char *id)
{
    for (size_t i = 0; i < published.count; i++)
        if (strcmp(published.figures[i].unit, unit) == 0 &&
            strcmp(published.figures[i].id, id) == 0)
            return &published.figures[i];
    fail_msg("no figure %s of %s", id, unit);
    return NULL;
}

static enum published_verdict judge(const char *unit, const char *id, char *computed)
{
    char ignored[FIGURE_TEXT_SIZE];
    return published_judge(figure_of(unit, id), &scene.bulletin, computed ? computed : ignored);
}

static void the_simple_shape_is_read(void **state)
{
    char computed[FIGURE_TEXT_SIZE];
    (void)state;
    assert_int_equal(parse("{'as_of':'2022-09-30','from':'2022-01-01',"
                           "'units':{'341502':{'signed':46,'rates.START_OVER_SIGNED':'93.5',"
                           "'gaps':{'SIGNED_NOT_STARTED':4}}},'total':{'signed':344}}"),
                     OK);
    assert_int_equal(published.as_of, scene.bulletin.view.as_of);
    assert_int_equal(published.from, scene.bulletin.view.from);
    assert_int_equal(judge("341502", "signed", NULL), PUBLISHED_AGREES);
    assert_int_equal(judge("", "signed", NULL), PUBLISHED_AGREES);
    assert_int_equal(judge("341502", "gaps.SIGNED_NOT_STARTED", computed), PUBLISHED_DIFFERS);
    assert_string_equal(computed, "3");
}

static void the_shape_of_the_test_data_is_read(void **state)
{
    (void)state;
    assert_int_equal(
        parse("{'period_start':'2022-01-01','units':[{'code':'341504','name':'叶集区','type':"
              "'COUNTY','signed':19,'size5':5,'size10':4}],'published':{'signed':344,"
              "'start_rate_percent':{'341504':'89.5'},'by_origin_wan':{'out_of_city':0},"
              "'share_percent':{'out_of_province':'100.00'},"
              "'target_rate_percent':{'total':'125.64'},'pace_points':{'out_of_city':'-12.92'}}}"),
        OK);
    assert_int_equal(published.as_of, DAY_NONE);
    assert_int_equal(judge("341504", "signed_fixed_ge_yi.5", NULL), PUBLISHED_AGREES);
    assert_int_equal(judge("341504", "rates.START_OVER_SIGNED", NULL), PUBLISHED_AGREES);
    assert_int_equal(judge("", "received_by_origin_wan.out_of_city_in_province", NULL),
                     PUBLISHED_AGREES);
    assert_int_equal(judge("", "share_percent_by_origin.out_of_province", NULL), PUBLISHED_AGREES);
    assert_int_equal(judge("", "targets.received_wan_total.rate_percent", NULL), PUBLISHED_AGREES);
    assert_int_equal(judge("", "targets.received_wan_out_of_city.pace_points", NULL),
                     PUBLISHED_AGREES);
}

/* domain.md 2.4: the 21st Lanzhou fair printed 12.64 where its own numbers give 12.97. */
static void a_misprint_shows_what_its_own_parts_make(void **state)
{
    (void)state;
    assert_int_equal(parse("{'total':{'signed':1292,'started':733,'contract_wan':67931800,"
                           "'received_wan':8814000,'rates':{'START_OVER_SIGNED':'56.73',"
                           "'FUND_OVER_CONTRACT':'12.64'}}}"),
                     OK);
    const struct published_figure *funds = figure_of("", "rates.FUND_OVER_CONTRACT");
    assert_string_equal(funds->text, "12.64");
    assert_string_equal(funds->own, "12.97");
    assert_true(published_is_misprint(funds));
    assert_false(published_is_misprint(figure_of("", "rates.START_OVER_SIGNED")));
}

/* domain.md 0.4: 326 were printed where the parts sum to 321. */
static void a_total_that_is_not_the_sum_of_its_parts_is_a_misprint(void **state)
{
    (void)state;
    assert_int_equal(parse("{'units':{'341502':{'signed':200},'341503':{'signed':121}},"
                           "'total':{'signed':326}}"),
                     OK);
    published_sum(&published, &scene.bulletin);
    assert_string_equal(figure_of("", "signed")->own, ""); /* six units more are in the city */
    scene.bulletin.row_count = 2;
    published_sum(&published, &scene.bulletin);
    assert_string_equal(figure_of("", "signed")->own, "321");
    assert_true(published_is_misprint(figure_of("", "signed")));
    assert_int_equal(parse("{'units':{'341502':{'signed':200},'341503':{'started':121}},"
                           "'total':{'signed':326}}"),
                     OK);
    published_sum(&published, &scene.bulletin);
    assert_string_equal(figure_of("", "signed")->own, ""); /* one part is missing */
}

static void a_rate_is_compared_to_the_digits_that_were_printed(void **state)
{
    char computed[FIGURE_TEXT_SIZE];
    (void)state;
    assert_int_equal(parse("{'units':{'341502':{'rates':{'START_OVER_SIGNED':93}},"
                           "'341503':{'rates':{'START_OVER_SIGNED':84.1}},"
                           "'341504':{'rates':{'START_OVER_SIGNED':'89.4'}},"
                           "'341522':{'rates':{'START_OVER_SIGNED':'86.4'}},"
                           "'341523':{'rates':{'START_OVER_SIGNED':'75%'}}}}"),
                     OK);
    assert_int_equal(judge("341502", "rates.START_OVER_SIGNED", computed), PUBLISHED_AGREES);
    assert_string_equal(computed, "93");
    assert_int_equal(judge("341503", "rates.START_OVER_SIGNED", NULL), PUBLISHED_AGREES);
    assert_int_equal(judge("341504", "rates.START_OVER_SIGNED", computed),
                     PUBLISHED_AGREES_TRUNCATED);
    assert_string_equal(computed, "89.5");
    assert_int_equal(judge("341522", "rates.START_OVER_SIGNED", NULL), PUBLISHED_DIFFERS);
    assert_int_equal(judge("341523", "rates.START_OVER_SIGNED", NULL), PUBLISHED_AGREES);
}

static void points_are_rounded_away_from_zero_to_fewer_digits(void **state)
{
    (void)state;
    assert_int_equal(parse("{'total':{'pace_points':{'out_of_city':'-12.9','total':'50.6'}}}"), OK);
    assert_int_equal(judge("", "targets.received_wan_out_of_city.pace_points", NULL),
                     PUBLISHED_AGREES);
    assert_int_equal(judge("", "targets.received_wan_total.pace_points", NULL), PUBLISHED_AGREES);
    assert_int_equal(parse("{'total':{'target_rate_percent':{'total':126},'pace_points':"
                           "{'out_of_city':'-13'}}}"),
                     OK);
    assert_int_equal(judge("", "targets.received_wan_total.rate_percent", NULL), PUBLISHED_AGREES);
    assert_int_equal(judge("", "targets.received_wan_out_of_city.pace_points", NULL),
                     PUBLISHED_AGREES);
    assert_int_equal(parse("{'total':{'pace_points':{'out_of_city':'12.92'}}}"), OK);
    assert_int_equal(judge("", "targets.received_wan_out_of_city.pace_points", NULL),
                     PUBLISHED_DIFFERS);
}

static void what_is_not_here_is_unknown_and_not_equal(void **state)
{
    (void)state;
    assert_int_equal(parse("{'units':{'999999':{'signed':0}},'total':{'no_such_figure':0}}"), OK);
    assert_int_equal(judge("999999", "signed", NULL), PUBLISHED_UNKNOWN);
    assert_int_equal(judge("", "no_such_figure", NULL), PUBLISHED_UNKNOWN);
}

static void what_is_no_publication_is_refused_by_name(void **state)
{
    static const char *const wrong[][2] = {
        {"", "JSON"},
        {"[]", "JSON"},
        {"{}", "units"},
        {"{'units':{'341502':7}}", "341502"},
        {"{'units':[{'signed':7}]}", "units"},
        {"{'total':{'signed':'多'}}", "signed"},
        {"{'total':{'signed':true}}", "signed"},
        {"{'total':{'nonsense':{'a':1}}}", "nonsense"},
        {"{'as_of':'2022-9-30','total':{'signed':1}}", "as_of"},
        {"{'total':{'signed':1,'signed':2}}", "JSON"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        assert_int_equal(parse(wrong[i][0]), ERR_MALFORMED);
        assert_non_null(strstr(problem.text, wrong[i][1]));
        assert_true(*problem.remedy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_simple_shape_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(the_shape_of_the_test_data_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_misprint_shows_what_its_own_parts_make, setup, teardown),
        cmocka_unit_test_setup_teardown(a_total_that_is_not_the_sum_of_its_parts_is_a_misprint,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_rate_is_compared_to_the_digits_that_were_printed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(points_are_rounded_away_from_zero_to_fewer_digits, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_not_here_is_unknown_and_not_equal, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_publication_is_refused_by_name, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
