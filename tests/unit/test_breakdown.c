/* test_breakdown.c - the figures by park, year, team, leader … over a ledger_scene. */
#include "bulletin_scene.h"

#include <stdio.h>

#include "ledger/figures/breakdown.h"

static struct ledger_scene *scene;

static int open_scene(void **state)
{
    static struct ledger_scene the_scene;
    ledger_scene_open(&the_scene);
    scene = &the_scene;
    *state = scene;
    return 0;
}

static int close_scene(void **state)
{
    ledger_scene_close(*state);
    return 0;
}

static struct breakdown breakdown_on(struct ledger_scene *of, enum breakdown_dimension dimension,
                                     const char *as_of)
{
    struct breakdown breakdown;
    struct view view = {.from = DAY_NONE, .as_of = scene_day(as_of), .known_at = UINT64_MAX};
    breakdown_make(of->ledger, &view, dimension, &of->arena, &breakdown);
    assert_false(breakdown.incomplete);
    return breakdown;
}

static struct breakdown by(enum breakdown_dimension dimension)
{
    return breakdown_on(scene, dimension, "2022-09-30");
}

/* value "": of those without one. NULL: no such row. */
static const struct bulletin_row *row_by(const struct breakdown *breakdown, const char *value)
{
    for (size_t i = 0; i < breakdown->row_count; i++)
        if (bytes_equal_text(breakdown->rows[i].value, value))
            return &breakdown->rows[i].figures;
    return NULL;
}

static void assert_signed(const struct breakdown *breakdown, const char *value, int64_t expected)
{
    const struct bulletin_row *row = row_by(breakdown, value);
    if (!row)
        fail_msg("no row %s", value);
    else
        assert_int_equal(row->signed_count, expected);
}

static void say_signed(const char *subject, const char *fields, const char *day)
{
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PROJECT','subject':'%s','occurred_on':'%s','project':"
                        "{'action':'REGISTERED'%s}}",
                        subject, day, fields);
    ledger_scene_milestone(scene, subject, MILESTONE_CONTRACT_SIGNED, day);
}

static void a_row_has_the_bulletins_figures_of_its_projects(void **state)
{
    (void)state;
    say_signed("341502/1", ",'park':'东园','planned_total':{'yuan':5000000}", "2022-03-01");
    say_signed("341502/2", ",'park':'东园','planned_total':{'yuan':7000000}", "2022-03-01");
    say_signed("341502/3", ",'park':'西园'", "2022-03-01");
    ledger_scene_milestone(scene, "341502/2", MILESTONE_STARTED, "2022-05-01");
    ledger_scene_funds(scene, "341502/1", ORIGIN_OUT_OF_PROVINCE, 300 * WAN, "2022-06-01");
    struct breakdown parks = by(BREAKDOWN_PARK);
    const struct bulletin_row *east = row_by(&parks, "东园");
    assert_int_equal(east->signed_count, 2);
    assert_int_equal(east->started, 1);
    assert_int_equal(east->contract_yuan, 1200 * WAN);
    assert_int_equal(east->received_yuan, 300 * WAN);
    assert_int_equal(east->gaps[GAP_SIGNED_NOT_STARTED], 1);
    assert_string_equal(rate_text(east, "START_OVER_SIGNED"), "50.00");
    assert_string_equal(rate_text(row_by(&parks, "西园"), "START_OVER_SIGNED"), "0.00");
}

static void the_total_is_the_bulletins(void **state)
{
    (void)state;
    say_signed("341502/1", ",'park':'东园'", "2022-03-01");
    scene_signed(scene, "341503/1", "2021-03-01");
    ledger_scene_milestone(scene, "341503/1", MILESTONE_STARTED, "2021-05-01");
    struct bulletin bulletin = bulletin_on(scene, NULL, "2022-09-30");
    for (int i = 0; i < BREAKDOWN_DIMENSIONS; i++) {
        struct breakdown breakdown = by((enum breakdown_dimension)i);
        assert_memory_equal(&breakdown.total.measures, &bulletin.total.measures,
                            sizeof(struct measures));
        assert_int_equal(breakdown.total.projects, bulletin.total.projects);
    }
}

static void rows_stand_by_signed_count_then_text_and_those_without_a_value_last(void **state)
{
    static const char *const parks[] = {"", "丙", "甲", "", "甲", "丙", "", "乙", "", "乙", "乙"};
    static const char *const expected[] = {"乙", "丙", "甲", ""};
    char subject[32], fields[64];
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(parks); i++) {
        (void)snprintf(subject, sizeof(subject), "341502/%zu", i);
        (void)snprintf(fields, sizeof(fields), *parks[i] ? ",'park':'%s'" : "%s", parks[i]);
        say_signed(subject, fields, "2022-03-01");
    }
    struct breakdown breakdown = by(BREAKDOWN_PARK);
    assert_int_equal(breakdown.row_count, ARRAY_LENGTH(expected));
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
        assert_true(bytes_equal_text(breakdown.rows[i].value, expected[i]));
    assert_signed(&breakdown, "", 4);
    assert_int_equal(breakdown.in_several_rows, 0);
}

static void a_project_of_several_classes_stands_in_each_and_once_in_the_total(void **state)
{
    (void)state;
    say_signed("341502/1", ",'investor_classes':['央企','世界500强','央企'],'tags':['大好高']",
               "2022-03-01");
    say_signed("341502/2", ",'investor_classes':['央企']", "2022-03-01");
    struct breakdown classes = by(BREAKDOWN_INVESTOR_CLASS);
    assert_int_equal(classes.row_count, 2);
    assert_signed(&classes, "央企", 2);
    assert_signed(&classes, "世界500强", 1);
    assert_int_equal(classes.total.signed_count, 2);
    assert_int_equal(classes.in_several_rows, 1);
    assert_true(breakdown_is_multiple(BREAKDOWN_INVESTOR_CLASS));
    struct breakdown tags = by(BREAKDOWN_TAG);
    assert_signed(&tags, "大好高", 1);
    assert_signed(&tags, "", 1);
}

static void a_size_is_of_planned_fixed_investment_and_of_the_total_without_it(void **state)
{
    (void)state;
    say_signed("341502/1", ",'planned_fixed':{'yuan':99999999},'planned_total':{'yuan':9000000000}",
               "2022-03-01");
    say_signed("341502/2", ",'planned_total':{'yuan':100000000}", "2022-03-01");
    say_signed("341502/3", ",'planned_fixed':{'yuan':5000000000}", "2022-03-01");
    say_signed("341502/4", ",'planned_fixed':{'yuan':4999999}", "2022-03-01");
    say_signed("341502/5", "", "2022-03-01");
    struct breakdown sizes = by(BREAKDOWN_SIZE);
    assert_int_equal(sizes.row_count, 5);
    assert_signed(&sizes, "5000万—1亿元", 1);
    assert_signed(&sizes, "1—5亿元", 1);
    assert_signed(&sizes, "50亿元以上", 1);
    assert_signed(&sizes, "500万元以下", 1);
    assert_signed(&sizes, "", 1);
    assert_int_equal(sizes.sized_by_total, 1);
}

static void a_cohort_is_the_year_of_the_contract(void **state)
{
    (void)state;
    say_signed("341502/1", "", "2021-12-31");
    say_signed("341502/2", "", "2022-01-01");
    ledger_scene_milestone(scene, "341502/1", MILESTONE_STARTED, "2022-02-01");
    ledger_scene_project(scene, "341502/3", 100 * WAN, "2022-01-01");
    struct breakdown cohorts = by(BREAKDOWN_COHORT);
    assert_int_equal(cohorts.row_count, 3);
    assert_signed(&cohorts, "2021", 1);
    assert_int_equal(row_by(&cohorts, "2021")->started, 1);
    assert_signed(&cohorts, "2022", 1);
    assert_int_equal(row_by(&cohorts, "2022")->gaps[GAP_SIGNED_NOT_STARTED], 1);
    assert_int_equal(row_by(&cohorts, "")->projects, 1);
    assert_string_equal(breakdown_without(BREAKDOWN_COHORT), "未签约");
}

static void words_of_the_lists_of_values_are_chinese(void **state)
{
    (void)state;
    say_signed("341502/1", ",'origin':'OVERSEAS','channel':'FUND','chain':'钢铁','industry':'冶金'",
               "2022-03-01");
    say_signed("341502/2", "", "2022-03-01");
    ledger_scene_funds(scene, "341502/2", ORIGIN_INTER_COUNTY, 300 * WAN, "2022-06-01");
    struct breakdown origins = by(BREAKDOWN_ORIGIN), channels = by(BREAKDOWN_CHANNEL);
    assert_signed(&origins, "境外", 1);
    assert_signed(&origins, "市内县际", 1); /* not said: where its money came from */
    assert_signed(&channels, "基金招商", 1);
    assert_signed(&channels, "", 1);
    struct breakdown chains = by(BREAKDOWN_CHAIN), industries = by(BREAKDOWN_INDUSTRY);
    assert_signed(&chains, "钢铁", 1);
    assert_signed(&industries, "冶金", 1);
}

static void assign(const char *subject, const char *day, const char *fields)
{
    ledger_scene_submit(scene, "341502",
                        "{'kind':'ASSIGNMENT','subject':'%s','occurred_on':'%s',"
                        "'assignment':{%s}}",
                        subject, day, fields);
}

static void a_leader_has_what_is_his_on_the_day(void **state)
{
    (void)state;
    say_signed("341502/1", "", "2022-01-01");
    say_signed("341502/2", "", "2022-01-01");
    assign("341502/1", "2022-02-01", "'role':'SPONSOR_LEADER','name':'张三'");
    assign("341502/1", "2022-06-01", "'role':'SPONSOR_LEADER','name':'李四'");
    assign("341502/2", "2022-02-01", "'role':'LEAD','name':'王五'");
    struct breakdown before = breakdown_on(scene, BREAKDOWN_LEADER, "2022-05-31");
    assert_signed(&before, "张三", 1);
    assert_null(row_by(&before, "李四"));
    struct breakdown after = by(BREAKDOWN_LEADER);
    assert_signed(&after, "李四", 1);
    assert_null(row_by(&after, "张三"));
    assert_null(row_by(&after, "王五"));
    assert_signed(&after, "", 1);
}

static void trip(const char *day, const char *fields)
{
    ledger_scene_submit(scene, "341502", "{'kind':'CONTACT','occurred_on':'%s',%s}", day, fields);
}

#define TRIP "'contact':{'contact':'TRIP','state':'DONE'"

static void a_team_has_the_projects_it_follows_and_the_trips_it_made(void **state)
{
    (void)state;
    say_signed("341502/1", "", "2022-01-01");
    say_signed("341502/2", "", "2022-01-01");
    say_signed("341502/3", "", "2022-01-01");
    trip("2022-03-01", TRIP ",'team':'一队','firms':['甲','乙'],'leads':['341502/1','2']}");
    trip("2022-03-02", TRIP ",'team':'一队'}");
    trip("2022-03-03", "'subject':'341502/2'," TRIP ",'team':'二队'}");
    trip("2022-03-04", TRIP "}");
    trip("2022-10-01", TRIP ",'team':'三队'}");
    trip("2022-03-05", "'contact':{'contact':'TRIP','state':'PLANNED','team':'三队'}");
    trip("2022-09-30", TRIP ",'team':'三队','from':'2022-10-01'}"); /* not yet out */
    assign("341502/1", "2022-02-01", "'role':'TEAM_MEMBER','name':'张三','team':'四队'");
    struct breakdown teams = by(BREAKDOWN_TEAM);
    assert_int_equal(teams.row_count, 4);
    assert_signed(&teams, "一队", 2);
    assert_int_equal(row_by(&teams, "一队")->trips, 2);
    assert_int_equal(row_by(&teams, "一队")->trips_without_lead, 1);
    assert_int_equal(row_by(&teams, "一队")->firms_visited, 2);
    assert_signed(&teams, "二队", 1);
    assert_int_equal(row_by(&teams, "二队")->trips, 1);
    assert_int_equal(row_by(&teams, "二队")->trips_without_lead, 0);
    assert_signed(&teams, "四队", 1);
    assert_int_equal(row_by(&teams, "四队")->trips, 0);
    assert_signed(&teams, "", 1);
    assert_int_equal(row_by(&teams, "")->trips, 1);
    assert_int_equal(teams.total.trips, 4);
    assert_int_equal(teams.in_several_rows, 2);
}

static void a_fair_and_a_list_have_their_projects(void **state)
{
    (void)state;
    say_signed("341502/1", "", "2022-01-01");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'DOCUMENT','subject':'341502/1','occurred_on':'2022-01-01',"
                        "'document':{'document':'CONTRACT','fair':'徽商大会'}}");
    for (int i = 0; i < 2; i++)
        ledger_scene_submit(scene, "341502",
                            "{'kind':'LIST','subject':'341502/1','occurred_on':'2022-03-01',"
                            "'list':{'list':'%s','action':'JOINED'}}",
                            i == 0 ? "重点跟踪" : "挂牌督办");
    struct breakdown fairs = by(BREAKDOWN_FAIR), lists = by(BREAKDOWN_LIST);
    assert_signed(&fairs, "徽商大会", 1);
    assert_signed(&lists, "重点跟踪", 1);
    assert_signed(&lists, "挂牌督办", 1);
    assert_int_equal(lists.total.signed_count, 1);
    assert_int_equal(lists.in_several_rows, 1);
}

static void a_lead_is_in_no_row(void **state)
{
    (void)state;
    trip("2022-03-03", "'subject':'341502/1'," TRIP ",'team':'二队'}");
    assert_int_equal(by(BREAKDOWN_PARK).row_count, 0);
    struct breakdown teams = by(BREAKDOWN_TEAM);
    assert_int_equal(teams.row_count, 1);
    assert_int_equal(row_by(&teams, "二队")->trips, 1);
}

static void what_the_scope_leaves_out_is_in_no_row(void **state)
{
    (void)state;
    say_signed("341502/1", ",'park':'东园','scope':'EXCLUDED'", "2022-03-01");
    struct breakdown parks = by(BREAKDOWN_PARK);
    assert_int_equal(parks.row_count, 0);
    assert_int_equal(parks.total.projects, 0);
}

static void more_values_than_rows_give_no_rows_and_say_so(void **state)
{
    char subject[32], fields[64];
    (void)state;
    for (int i = 0; i <= BREAKDOWN_ROWS_MAX; i++) {
        (void)snprintf(subject, sizeof(subject), "341502/%d", i);
        (void)snprintf(fields, sizeof(fields), ",'park':'%d'", i);
        say_signed(subject, fields, "2022-03-01");
        if (i == BREAKDOWN_ROWS_MAX - 1)
            assert_int_equal(by(BREAKDOWN_PARK).row_count, BREAKDOWN_ROWS_MAX);
    }
    struct breakdown parks = by(BREAKDOWN_PARK);
    assert_true(parks.too_many);
    assert_int_equal(parks.row_count, 0);
}

/* The same words of two units, one unit after the other, or turn by turn. */
static void tell(struct ledger_scene *of, bool in_turn)
{
    enum { WORDS = 12 };
    static const char *const units[] = {"341502", "341503"};
    ledger_scene_open(of);
    ledger_scene_day(of, "2023-01-01");
    of->clock_stands = true;
    for (size_t step = 0; step < 2 * (size_t)WORDS; step++) {
        const char *unit = units[in_turn ? 1 - step % 2 : step / WORDS];
        size_t word = in_turn ? step / 2 : step % WORDS;
        ledger_scene_submit(of, unit,
                            "{'kind':'PROJECT','subject':'%s/%zu','occurred_on':'2022-01-01',"
                            "'project':{'action':'REGISTERED','park':'园%zu','tags':['%s','丙']}}",
                            unit, word, word % 5, word % 2 ? "甲" : "乙");
        ledger_scene_submit(of, unit,
                            "{'kind':'MILESTONE','subject':'%s/%zu','occurred_on':'2022-0%zu-01',"
                            "'milestone':{'milestone':'CONTRACT_SIGNED'}}",
                            unit, word, 1 + word % 9);
        ledger_scene_submit(of, unit,
                            "{'kind':'CONTACT','occurred_on':'2022-02-01','contact':{'contact':"
                            "'TRIP','state':'DONE','team':'队%zu','occurrence':%zu,"
                            "'leads':['%zu']}}",
                            word % 4, word + 1, word / 2);
    }
}

static void rows_are_the_same_for_every_interleaving(void **state)
{
    struct ledger_scene left, right;
    (void)state;
    tell(&left, false);
    tell(&right, true);
    for (int i = 0; i < BREAKDOWN_DIMENSIONS; i++) {
        struct breakdown one = breakdown_on(&left, (enum breakdown_dimension)i, "2022-05-15");
        struct breakdown other = breakdown_on(&right, (enum breakdown_dimension)i, "2022-05-15");
        assert_int_equal(one.row_count, other.row_count);
        assert_int_equal(one.in_several_rows, other.in_several_rows);
        for (size_t row = 0; row < one.row_count; row++) {
            assert_true(bytes_equal(one.rows[row].value, other.rows[row].value));
            assert_memory_equal(&one.rows[row].figures.measures, &other.rows[row].figures.measures,
                                sizeof(struct measures));
            assert_int_equal(one.rows[row].figures.trips, other.rows[row].figures.trips);
        }
    }
    ledger_scene_close(&left);
    ledger_scene_close(&right);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_has_the_bulletins_figures_of_its_projects),
        TEST(the_total_is_the_bulletins),
        TEST(rows_stand_by_signed_count_then_text_and_those_without_a_value_last),
        TEST(a_project_of_several_classes_stands_in_each_and_once_in_the_total),
        TEST(a_size_is_of_planned_fixed_investment_and_of_the_total_without_it),
        TEST(a_cohort_is_the_year_of_the_contract),
        TEST(words_of_the_lists_of_values_are_chinese),
        TEST(a_leader_has_what_is_his_on_the_day),
        TEST(a_team_has_the_projects_it_follows_and_the_trips_it_made),
        TEST(a_fair_and_a_list_have_their_projects),
        TEST(a_lead_is_in_no_row),
        TEST(what_the_scope_leaves_out_is_in_no_row),
        TEST(more_values_than_rows_give_no_rows_and_say_so),
        cmocka_unit_test(rows_are_the_same_for_every_interleaving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
