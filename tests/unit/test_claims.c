/* test_claims.c - two units at one firm: found by code, name or likeness, first by the log. */
#include "tests/unit/ledger_scene.h"

#include "ledger/claims/claims.h"
#include "ledger/view/definitions.h"

static int open_scene(void **state)
{
    static struct ledger_scene scene;
    ledger_scene_open(&scene);
    *state = &scene;
    return 0;
}

static int close_scene(void **state)
{
    ledger_scene_close(*state);
    return 0;
}

static struct claims claims_as(struct ledger_scene *scene, const char *as_of, uint64_t known_at)
{
    struct view view = {
        .as_of = scene_day(as_of), .known_at = known_at, .definitions = definitions_shipped()};
    struct claims claims;
    claims_make(scene->ledger, &view, &scene->arena, &claims);
    assert_false(claims.incomplete);
    return claims;
}

static struct claims claims_now(struct ledger_scene *scene)
{
    return claims_as(scene, "2030-01-01", UINT64_MAX);
}

/* subject, investor and credit code; more: further members of the fact, each after a comma. */
static uint64_t say_project(struct ledger_scene *scene, const char *subject, const char *investor,
                            const char *code, const char *more)
{
    char unit[7];
    bytes_to_text(bytes_of(subject, 6), unit, sizeof(unit));
    return ledger_scene_submit(scene, unit,
                               "{'kind':'PROJECT','subject':'%s','occurred_on':'2022-03-01',"
                               "'project':{'action':'REGISTERED','name':'某项目','investor':'%s',"
                               "'credit_code':'%s'%s}}",
                               subject, investor, code, more);
}

static uint64_t say_lead(struct ledger_scene *scene, const char *unit, const char *investor,
                         const char *day, const char *clock)
{
    return ledger_scene_submit(scene, unit,
                               "{'kind':'LEAD','occurred_on':'%s','agent_clock':'%s',"
                               "'lead':{'investor':'%s'}}",
                               day, clock, investor);
}

#define CODE_A "91340100MA2ABCDE5X"
#define CODE_B "91340100MA2ABCDE6Y"

static void one_credit_code_in_two_counties_is_a_claim_whatever_the_names(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t first = say_project(scene, "341503/1", "阳光电源股份有限公司", CODE_A, "");
    (void)say_project(scene, "341502/1", "阳光电力", "９1340100ma2abcde5x", "");
    (void)say_project(scene, "341502/2", "别家公司", CODE_B, "");
    struct claims claims = claims_now(scene);
    assert_int_equal(claims.claim_count, 1);
    const struct claim *claim = &claims.claims[0];
    assert_int_equal(claim->match, CLAIM_SAME_CREDIT_CODE);
    assert_int_equal(claim->unit_count, 2);
    assert_int_equal(claim->first_by_log, ledger_scene_unit(scene, "341503"));
    assert_int_equal(claim->units[0].first.position, first);
    assert_true(bytes_equal_text(claim->firm, "阳光电源股份有限公司"));
    assert_false(claim->codes_differ);
    assert_int_equal(claim->event_count, 2);
}

static void a_name_meets_through_its_forms_and_two_codes_are_told(void **state)
{
    struct ledger_scene *scene = *state;
    (void)say_project(scene, "341502/1", "阳光电源（集团）股份有限公司", CODE_A, "");
    (void)say_project(scene, "341503/1", "阳光电源集团有限公司", CODE_B, "");
    struct claims claims = claims_now(scene);
    assert_int_equal(claims.claim_count, 1);
    assert_int_equal(claims.claims[0].match, CLAIM_SAME_NAME);
    assert_true(claims.claims[0].codes_differ);
}

static void one_county_alone_or_masked_names_make_no_claim(void **state)
{
    struct ledger_scene *scene = *state;
    (void)say_project(scene, "341502/1", "阳光电源", "", "");
    (void)say_project(scene, "341502/2", "阳光电源", "", "");
    (void)say_project(scene, "341502/3", "某公司", "", "");
    (void)say_project(scene, "341503/3", "某公司", "", "");
    (void)say_project(scene, "341502/4", "X集团", "", "");
    (void)say_project(scene, "341503/4", "X集团", "", "");
    assert_int_equal(claims_now(scene).claim_count, 0);
    /* The city's own words claim nothing. */
    (void)say_lead(scene, "3415", "阳光电源", "2022-04-01", "2022-04-01T10:00:00+08:00");
    assert_int_equal(claims_now(scene).claim_count, 0);
}

static void like_investors_need_the_industry_and_an_amount_within_a_fifth(void **state)
{
    struct ledger_scene *scene = *state;
    static const char *const amounts[] = {",'industry':'光伏','planned_total':{'yuan':100000000}",
                                          ",'industry':'光伏','planned_total':{'yuan':125000001}",
                                          ",'industry':'锂电','planned_total':{'yuan':100000000}",
                                          ",'industry':'光伏','planned_total':{'yuan':125000000}"};
    (void)say_project(scene, "341502/1", "安徽阳光电源有限公司", "", amounts[0]);
    (void)say_project(scene, "341503/1", "阳光电源(上海)公司", "", amounts[1]);
    (void)say_project(scene, "341503/2", "深圳市阳光电源", "", amounts[2]);
    assert_int_equal(claims_now(scene).claim_count, 0);
    (void)say_project(scene, "341503/3", "江苏阳光电源", "", amounts[3]);
    struct claims claims = claims_now(scene);
    assert_int_equal(claims.claim_count, 1);
    assert_int_equal(claims.claims[0].match, CLAIM_LIKELY);
    assert_true(claims.claims[0].same_project);
}

static void an_alias_ties_two_names_together(void **state)
{
    struct ledger_scene *scene = *state;
    (void)say_project(scene, "341502/1", "海螺水泥", "", "");
    (void)say_project(scene, "341503/1", "安徽海螺", "", "");
    assert_int_equal(claims_now(scene).claim_count, 0);
    (void)ledger_scene_submit(scene, "3415",
                              "{'kind':'INVESTOR','occurred_on':'2022-04-01',"
                              "'investor':{'name':'海螺水泥','aliases':['安徽海螺']}}");
    struct claims claims = claims_now(scene);
    assert_int_equal(claims.claim_count, 1);
    assert_int_equal(claims.claims[0].match, CLAIM_LINKED);
    assert_int_equal(claims.claims[0].unit_count, 2);
}

static void the_first_report_is_by_the_log_and_another_order_of_clocks_is_told(void **state)
{
    struct ledger_scene *scene = *state;
    (void)say_lead(scene, "341503", "阳光电源", "2022-04-02", "2022-04-02T10:00:00+08:00");
    (void)say_lead(scene, "341502", "阳光电源", "2022-04-02", "2022-04-01T10:00:00+08:00");
    (void)ledger_scene_submit(scene, "341502",
                              "{'kind':'CONTACT','occurred_on':'2022-05-01','contact':{"
                              "'contact':'VISIT','state':'DONE','firms':['丙公司','阳光电源']}}");
    struct claims claims = claims_now(scene);
    assert_int_equal(claims.claim_count, 1);
    const struct claim *claim = &claims.claims[0];
    assert_int_equal(claim->first_by_log, ledger_scene_unit(scene, "341503"));
    assert_int_equal(claim->first_by_clock, ledger_scene_unit(scene, "341502"));
    assert_true(claim->orders_differ);
    assert_false(claim->clocks_missing);
    assert_int_equal(claim->event_count, 3);
    assert_int_equal(claim->events[2].kind, EVENT_CONTACT);
    assert_int_equal(claim->units[1].events, 2);
    assert_true(claim->events[0].position < claim->events[1].position);
}

static void a_claim_is_as_of_a_day_and_as_known_at_a_position(void **state)
{
    struct ledger_scene *scene = *state;
    (void)say_lead(scene, "341503", "阳光电源", "2022-04-02", "2022-04-02T10:00:00+08:00");
    uint64_t second =
        say_lead(scene, "341502", "阳光电源", "2022-06-02", "2022-06-02T10:00:00+08:00");
    assert_int_equal(claims_as(scene, "2022-06-01", UINT64_MAX).claim_count, 0);
    assert_int_equal(claims_as(scene, "2022-06-02", UINT64_MAX).claim_count, 1);
    assert_int_equal(claims_as(scene, "2022-06-02", second - 1).claim_count, 0);
}

static void correct(struct ledger_scene *scene, const char *unit, uint64_t target,
                    uint64_t successor)
{
    struct event event = {
        .envelope = {.kind = EVENT_CORRECTION, .occurred_on = scene_day("2022-06-01")},
        .correction = {.action = CORRECTION_ACTION_CORRECTED,
                       .target = bytes_of(scene->ids[target], EVENT_ID_SIZE),
                       .successor = bytes_of(scene->ids[successor], EVENT_ID_SIZE),
                       .reason = bytes_of_text("台账更新"),
                       .person = bytes_of_text("统计员")}};
    (void)ledger_scene_say(scene, unit, &event);
}

static void a_correction_keeps_the_first_report_and_a_withdrawal_does_not(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t first = say_project(scene, "341503/1", "阳光电源", "", "");
    (void)say_project(scene, "341502/1", "阳光电源", "", "");
    uint64_t again = say_project(scene, "341503/1", "阳光电源公司", "", ",'industry':'光伏'");
    correct(scene, "341503", first, again);
    struct claims claims = claims_now(scene);
    assert_int_equal(claims.claim_count, 1);
    assert_int_equal(claims.claims[0].units[0].first.position, first);
    assert_true(claims.claims[0].units[0].first.replaced);
    assert_int_equal(claims.claims[0].first_by_log, ledger_scene_unit(scene, "341503"));
    (void)ledger_scene_withdraw(scene, "341503", again);
    assert_int_equal(claims_now(scene).claim_count, 0);
}

static void what_was_withdrawn_and_said_again_is_first_reported_again(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t taken_back = say_project(scene, "341503/1", "阳光电源", "", "");
    (void)say_project(scene, "341502/1", "阳光电源", "", "");
    (void)ledger_scene_withdraw(scene, "341503", taken_back);
    uint64_t again = say_project(scene, "341503/1", "阳光电源", "", ",'industry':'光伏'");
    struct claims claims = claims_now(scene);
    assert_int_equal(claims.claim_count, 1);
    assert_int_equal(claims.claims[0].first_by_log, ledger_scene_unit(scene, "341502"));
    assert_int_equal(claims.claims[0].units[1].first.position, again);
}

static void a_firm_corrected_to_another_was_a_mistake(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t wrong = say_project(scene, "341503/1", "阳光电源", "", "");
    (void)say_project(scene, "341502/1", "阳光电源", "", "");
    assert_int_equal(claims_now(scene).claim_count, 1);
    correct(scene, "341503", wrong, say_project(scene, "341503/1", "海螺水泥", "", ""));
    assert_int_equal(claims_now(scene).claim_count, 0);
}

#define VERDICT(projects, matter, winner)                                                          \
    "{'kind':'VERDICT','occurred_on':'2022-07-01','verdict':{'matter':'" matter                    \
    "','winner_unit':'" winner "','projects':[" projects "],'reason':'首报'}}"

static void the_arbiters_newest_verdict_stands_with_its_claim(void **state)
{
    struct ledger_scene *scene = *state;
    (void)say_project(scene, "341502/1", "阳光电源", "", "");
    (void)say_project(scene, "341503/1", "阳光电源", "", "");
    (void)ledger_scene_submit(scene, "341503", VERDICT("'341503/1'", "阳光电源", "341503"));
    assert_int_equal(claims_now(scene).claims[0].verdict.position, 0);
    uint64_t city =
        ledger_scene_submit(scene, "3415", VERDICT("", "首报首谈：阳光电源公司", "341503"));
    struct claims claims = claims_now(scene);
    assert_int_equal(claims.claims[0].verdict.position, city);
    assert_true(bytes_equal_text(claims.claims[0].verdict.winner_unit, "341503"));
    /* The unit that the city names decides as well. */
    ledger_scene_enrol(scene, "3415-swj", "市商务局", UNIT_DEPARTMENT);
    uint64_t early =
        ledger_scene_submit(scene, "3415-swj", VERDICT("'341502/1'", "争议", "341502"));
    assert_int_equal(claims_now(scene).claims[0].verdict.position, city);
    (void)ledger_scene_submit(scene, "3415",
                              "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                              "'definition':'ARBITER','name':'first_report',"
                              "'content':'{\\u0022unit\\u0022:\\u00223415-swj\\u0022}'}}");
    claims = claims_now(scene);
    assert_int_equal(claims.claim_count, 1);
    assert_int_equal(claims.claims[0].verdict.position, early);
    assert_true(bytes_equal_text(claims.claims[0].verdict.reason, "首报"));
    assert_int_equal(claims.claims[0].unit_count, 2);
}

static uint64_t plan_trip(struct ledger_scene *scene, const char *unit, const char *days,
                          const char *destination, const char *firm)
{
    return ledger_scene_submit(scene, unit,
                               "{'kind':'PLAN','occurred_on':'2022-05-01','plan':{'plan':'TRIP',"
                               "%s,'destination':'%s','firms':['%s']}}",
                               days, destination, firm);
}

static void planned_trips_meet_at_a_firm_or_in_a_region_when_their_days_overlap(void **state)
{
    struct ledger_scene *scene = *state;
    (void)plan_trip(scene, "341502", "'from':'2022-06-01','to':'2022-06-03'", "上海市、苏州",
                    "阳光电源公司");
    (void)plan_trip(scene, "341503", "'from':'2022-06-03','to':'2022-06-05'", "上海", "海螺水泥");
    (void)plan_trip(scene, "341503", "'from':'2022-06-04'", "合肥", "阳光电源");
    struct claims claims = claims_now(scene);
    assert_int_equal(claims.clash_count, 1);
    assert_false(claims.clashes[0].is_firm);
    assert_true(bytes_equal_text(claims.clashes[0].what, "上海市、苏州"));
    assert_int_equal(claims.clashes[0].trip_count, 2);
    assert_int_equal(claims.clashes[0].from, scene_day("2022-06-01"));
    assert_int_equal(claims.clashes[0].to, scene_day("2022-06-05"));
    uint64_t met = plan_trip(scene, "341503", "'from':'2022-06-03'", "南京", "阳光电源");
    claims = claims_now(scene);
    assert_int_equal(claims.clash_count, 2);
    assert_true(claims.clashes[0].is_firm);
    assert_int_equal(claims.clashes[0].trips[1].position, met);
    (void)ledger_scene_withdraw(scene, "341503", met);
    assert_int_equal(claims_now(scene).clash_count, 1);
}

static void one_unit_does_not_clash_with_itself(void **state)
{
    struct ledger_scene *scene = *state;
    (void)plan_trip(scene, "341502", "'from':'2022-06-01','to':'2022-06-03'", "上海", "阳光电源");
    (void)plan_trip(scene, "341502", "'from':'2022-06-01','to':'2022-06-03'", "上海", "阳光电源");
    assert_int_equal(claims_now(scene).clash_count, 0);
}

static void the_stage_of_each_claimants_project_is_shown(void **state)
{
    struct ledger_scene *scene = *state;
    (void)say_project(scene, "341502/1", "阳光电源", "", "");
    (void)say_project(scene, "341503/1", "阳光电源", "", "");
    (void)ledger_scene_milestone(scene, "341503/1", MILESTONE_CONTRACT_SIGNED, "2022-05-01");
    struct claims claims = claims_now(scene);
    /* First report wins, whatever the other has reached. */
    assert_int_equal(claims.claims[0].first_by_log, ledger_scene_unit(scene, "341502"));
    assert_int_equal(claims.claims[0].units[0].stage, MILESTONE_NONE);
    assert_int_equal(claims.claims[0].units[1].stage, MILESTONE_CONTRACT_SIGNED);
}

static void one_firm_said_thousands_of_times_is_bounded_and_counted(void **state)
{
    struct ledger_scene *scene = *state;
    for (int i = 0; i < 5000; i++)
        (void)ledger_scene_submit(scene, i % 4 < 2 ? "341502" : "341503",
                                  "{'kind':'LEAD','occurred_on':'2022-04-02','lead':{"
                                  "'investor':'阳光电源%d公司','source':'第%d次'}}",
                                  i % 2 == 0 ? 0 : i, i);
    struct claims claims = claims_now(scene);
    assert_int_equal(claims.claim_count, 1);
    assert_int_equal(claims.claims[0].event_count, CLAIM_EVENTS_MAX);
    assert_int_equal(claims.claims[0].event_count + claims.claims[0].events_left_out,
                     claims.claims[0].units[0].events + claims.claims[0].units[1].events);
    CLEANUP(arena_release) struct arena small;
    arena_init(&small, 64);
    struct view view = {.as_of = scene_day("2030-01-01"), .known_at = UINT64_MAX};
    view.definitions = definitions_shipped();
    claims_make(scene->ledger, &view, &small, &claims);
    assert_true(claims.incomplete);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(one_credit_code_in_two_counties_is_a_claim_whatever_the_names),
        SCENE_TEST(a_name_meets_through_its_forms_and_two_codes_are_told),
        SCENE_TEST(one_county_alone_or_masked_names_make_no_claim),
        SCENE_TEST(like_investors_need_the_industry_and_an_amount_within_a_fifth),
        SCENE_TEST(an_alias_ties_two_names_together),
        SCENE_TEST(the_first_report_is_by_the_log_and_another_order_of_clocks_is_told),
        SCENE_TEST(a_claim_is_as_of_a_day_and_as_known_at_a_position),
        SCENE_TEST(a_correction_keeps_the_first_report_and_a_withdrawal_does_not),
        SCENE_TEST(what_was_withdrawn_and_said_again_is_first_reported_again),
        SCENE_TEST(a_firm_corrected_to_another_was_a_mistake),
        SCENE_TEST(the_arbiters_newest_verdict_stands_with_its_claim),
        SCENE_TEST(planned_trips_meet_at_a_firm_or_in_a_region_when_their_days_overlap),
        SCENE_TEST(one_unit_does_not_clash_with_itself),
        SCENE_TEST(the_stage_of_each_claimants_project_is_shown),
        SCENE_TEST(one_firm_said_thousands_of_times_is_bounded_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
