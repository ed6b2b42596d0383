/* test_assess.c - scores by the worked examples of domain.md 3.3, ranks, and the way back to the
 * events. */
#include "tests/unit/ledger_scene.h"

#include <stdio.h>

#include "ledger/assess/assess.h"

static int open_scene(void **state)
{
    static struct ledger_scene scene;
    ledger_scene_open(&scene);
    ledger_scene_enrol(&scene, "341504", "叶集区", UNIT_COUNTY);
    *state = &scene;
    return 0;
}

static int close_scene(void **state)
{
    ledger_scene_close(*state);
    return 0;
}

static struct view view_at(const char *as_of, uint64_t known_at)
{
    return (struct view){.from = scene_day("2022-01-01"),
                         .as_of = scene_day(as_of),
                         .known_at = known_at,
                         .definitions = definitions_shipped()};
}

/* The scheme's members and items, with ' for ". */
static const struct assess_scheme *scheme_of(struct ledger_scene *scene, const char *members,
                                             const char *items)
{
    struct buffer text = {0};
    buffer_add_text(&text, "{'id':'s','name':'考核','version':'1'");
    buffer_add_text(&text, members);
    buffer_add_text(&text, ",'items':[");
    buffer_add_text(&text, items);
    buffer_add_text(&text, "]}");
    for (size_t i = 0; i < text.size; i++)
        text.data[i] = text.data[i] == '\'' ? '"' : text.data[i];
    const struct assess_scheme *scheme = NULL;
    struct problem problem = {0};
    enum err err = assess_scheme_parse(buffer_bytes(&text), &scene->arena, &scheme, &problem);
    if (err != OK)
        fail_msg("%s: %s", problem.text, problem.remedy);
    buffer_release(&text);
    return scheme;
}

static struct assessment assess(struct ledger_scene *scene, const struct assess_scheme *scheme)
{
    struct view view = view_at("2022-09-30", UINT64_MAX);
    struct assessment out;
    assess_make(scene->ledger, &view, scheme, &scene->arena, &out);
    assert_false(out.incomplete);
    return out;
}

static const struct assess_row *row_of(const struct assessment *assessment, const char *code)
{
    const struct assess_row *row = assess_find(assessment, bytes_of_text(code));
    assert_non_null(row);
    return row;
}

static uint64_t sign(struct ledger_scene *scene, const char *subject, int64_t yuan, bool lands)
{
    (void)ledger_scene_project(scene, subject, yuan, "2022-02-01");
    uint64_t position =
        ledger_scene_milestone(scene, subject, MILESTONE_CONTRACT_SIGNED, "2022-02-01");
    if (lands)
        (void)ledger_scene_milestone(scene, subject, MILESTONE_LANDED, "2022-04-01");
    return position;
}

static void start(struct ledger_scene *scene, const char *unit, int from, int to)
{
    for (int i = from; i < to; i++) {
        char subject[SUBJECT_TEXT_MAX];
        assert_true(snprintf(subject, sizeof(subject), "%s/%d", unit, i) > 0);
        (void)sign(scene, subject, 100000000, true);
        (void)ledger_scene_milestone(scene, subject, MILESTONE_STARTED, "2022-05-01");
    }
}

static uint64_t set_target(struct ledger_scene *scene, const char *unit, const char *metric,
                           const char *amount)
{
    return ledger_scene_submit(scene, "3415",
                               "{'kind':'TARGET','occurred_on':'2022-01-05','about_unit':'%s',"
                               "'target':{'metric':'%s',%s}}",
                               unit, metric, amount);
}

#define SIGNING_ITEM                                                                               \
    "{'id':'sign','name':'签约得分','kind':'RATIO','points':20,'parts':["                      \
    "{'value':{'measure':'SIGNED'},'base':{'target':'signed'},'share_percent':50},"                \
    "{'value':{'measure':'CONTRACT'},'base':{'target':'contract_wan'},'share_percent':50}]}"

static void set_signing_targets(struct ledger_scene *scene)
{
    (void)set_target(scene, "341502", "signed", "'base_count':4");
    (void)set_target(scene, "341502", "contract_wan", "'base_amount':{'yuan':200000000}");
    (void)sign(scene, "341502/1", 50000000, true);
    (void)sign(scene, "341502/2", 100000000, true);
}

static void a_signing_score_is_half_by_count_and_half_by_amount(void **state)
{
    struct ledger_scene *scene = *state;
    set_signing_targets(scene);
    struct assessment assessment = assess(scene, scheme_of(scene, "", SIGNING_ITEM));
    const struct assess_row *row = row_of(&assessment, "341502");
    assert_int_equal(row->score, 12 * POINT + POINT / 2); /* (2/4 + 1.5/2) / 2 * 20 */
    assert_true(bytes_equal_text(row->items[0].formula, "[(2÷4)×50%+(15000万元÷20000万元)×50%]×20分"
                                                        "（单项封顶100%）=12.5000分"));
    /* No target: no points, and it is said. */
    row = row_of(&assessment, "341503");
    assert_int_equal(row->score, 0);
    assert_false(row->items[0].measured);
    assert_non_null(
        memmem(row->items[0].formula.data, row->items[0].formula.size, "无目标", strlen("无目标")));
}

static void an_unlanded_signing_weighs_nothing_unless_the_scheme_says_so(void **state)
{
    struct ledger_scene *scene = *state;
    set_signing_targets(scene);
    (void)sign(scene, "341502/3", 100000000, false);
    static const struct {
        const char *members;
        int64_t score;
    } cases[] = {
        {"", 125000},
        {",'unlanded_signing_percent':0", 125000},
        {",'unlanded_signing_percent':50", 162500},
        {",'unlanded_signing_percent':100", 175000}, /* the amount is capped */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct assessment assessment =
            assess(scene, scheme_of(scene, cases[i].members, SIGNING_ITEM));
        const struct assess_row *row = row_of(&assessment, "341502");
        assert_int_equal(row->score, cases[i].score);
        assert_int_equal(row->items[0].parts[0].value.value, 3);
        bool told = memmem(row->items[0].formula.data, row->items[0].formula.size, "未落地",
                           strlen("未落地")) != NULL;
        assert_int_equal(told, i < 3);
    }
}

static void the_efficacy_coefficient_runs_from_sixty_to_a_hundred(void **state)
{
    struct ledger_scene *scene = *state;
    start(scene, "341502", 0, 1);
    start(scene, "341503", 0, 3);
    start(scene, "341504", 0, 4);
    struct assessment assessment =
        assess(scene, scheme_of(scene, "",
                                "{'id':'x','name':'开工','kind':'SPREAD','points':100,'parts':["
                                "{'value':{'measure':'STARTED'},'base':{'fixed':1}}]}"));
    assert_int_equal(row_of(&assessment, "341502")->score, 60 * POINT);
    assert_int_equal(row_of(&assessment, "341503")->score, 866667); /* 2/3 * 40 + 60 */
    assert_int_equal(row_of(&assessment, "341504")->score, 100 * POINT);
    assert_int_equal(row_of(&assessment, "341503")->printed, 866700);
    assert_int_equal(row_of(&assessment, "341504")->rank, 1);
    char text[SCORE_TEXT_SIZE];
    assert_string_equal(score_text(866700, 2, text), "86.67");
}

static void where_all_are_alike_the_coefficient_is_full(void **state)
{
    struct ledger_scene *scene = *state;
    start(scene, "341502", 0, 1);
    start(scene, "341503", 0, 1);
    struct assessment assessment =
        assess(scene, scheme_of(scene,
                                ",'red':1,'black':1,"
                                "'groups':[{'name':'一类','units':['341502','341503']}]",
                                "{'id':'x','name':'开工','kind':'SPREAD','points':10,'parts':["
                                "{'value':{'measure':'STARTED'},'base':{'fixed':3}}]}"));
    assert_int_equal(assessment.row_count, 2);
    assert_int_equal(assessment.rows[0].score, 10 * POINT);
    assert_int_equal(assessment.rows[1].score, 10 * POINT);
    assert_true(assessment.rows[1].red);
    assert_false(assessment.rows[1].black); /* nobody is on both lists */
}

#define LATE_ITEM                                                                                        \
    "{'id':'late','name':'超时限未开工','kind':'COUNT','deduct':true,'each':'0.1','points':'0.25'" \
    ","                                                                                                  \
    "'value':{'gap':'SIGNED_NOT_STARTED','older_than_days':180}}"
#define START_ITEM                                                                                 \
    "{'id':'start','name':'开工','kind':'COUNT','each':2,'value':{'measure':'STARTED'}}"

static void late_starts_are_taken_off_up_to_the_most(void **state)
{
    struct ledger_scene *scene = *state;
    start(scene, "341502", 0, 1);
    for (int i = 10; i < 12; i++) {
        char subject[SUBJECT_TEXT_MAX];
        assert_true(snprintf(subject, sizeof(subject), "341502/%d", i) > 0);
        (void)sign(scene, subject, 100000000, false);
    }
    /* Signed too short a time ago to be late. */
    (void)ledger_scene_milestone(scene, "341502/30", MILESTONE_CONTRACT_SIGNED, "2022-09-01");
    struct assessment assessment = assess(scene, scheme_of(scene, "", START_ITEM "," LATE_ITEM));
    assert_int_equal(row_of(&assessment, "341502")->score, 2 * POINT - 2000);
    assert_int_equal(row_of(&assessment, "341502")->deductions, 2000);
    (void)sign(scene, "341502/12", 100000000, false);
    assessment = assess(scene, scheme_of(scene, "", START_ITEM "," LATE_ITEM));
    assert_int_equal(row_of(&assessment, "341502")->score, 2 * POINT - 2500);
    /* 多做加法: shown, and not taken off. */
    assessment = assess(scene, scheme_of(scene, ",'mode':'ADDITIVE'", START_ITEM "," LATE_ITEM));
    assert_int_equal(row_of(&assessment, "341502")->score, 2 * POINT);
    assert_int_equal(row_of(&assessment, "341502")->deductions, 2500);
    assert_non_null(memmem(row_of(&assessment, "341502")->items[1].formula.data,
                           row_of(&assessment, "341502")->items[1].formula.size, "只列示",
                           strlen("只列示")));
    assessment = assess(scene, scheme_of(scene, ",'mode':'ADDITIVE','deductions':'COUNTED'",
                                         START_ITEM "," LATE_ITEM));
    assert_int_equal(row_of(&assessment, "341502")->score, 2 * POINT - 2500);
}

static void what_inspectors_found_untrue_costs_points(void **state)
{
    struct ledger_scene *scene = *state;
    start(scene, "341502", 0, 1);
    uint64_t denied = ledger_scene_submit(
        scene, "3415",
        "{'kind':'VERIFICATION','subject':'341502/0','occurred_on':'2022-06-01','body':'INSPECTOR',"
        "'verification':{'result':'DENIED','milestone':'STARTED'}}");
    (void)ledger_scene_submit(
        scene, "3415",
        "{'kind':'VERIFICATION','subject':'341502/0','occurred_on':'2022-06-02','body':'INSPECTOR',"
        "'verification':{'result':'CONFIRMED','milestone':'STARTED'}}");
    const struct assess_scheme *scheme =
        scheme_of(scene, "",
                  START_ITEM ",{'id':'untrue','name':'弄虚作假','kind':'COUNT','deduct':true,"
                             "'each':'0.2','value':{'denied':true}}");
    struct assessment assessment = assess(scene, scheme);
    const struct assess_row *row = row_of(&assessment, "341502");
    assert_int_equal(row->items[1].points, 2000);
    struct assess_evidence_list list;
    assess_explain(scene->ledger, &assessment, row, 1, &scene->arena, &list);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.rows[0].position, denied);
}

static void a_goal_gives_full_points_and_no_more(void **state)
{
    struct ledger_scene *scene = *state;
    start(scene, "341502", 0, 2);
    (void)sign(scene, "341503/0", 100000000, false);
    start(scene, "341503", 1, 3);
    struct assessment assessment =
        assess(scene, scheme_of(scene, ",'unlanded_signing_percent':100",
                                "{'id':'rate','name':'开工率','kind':'RATIO','points':10,'parts':["
                                "{'value':{'measure':'STARTED'},'base':{'measure':'SIGNED'},"
                                "'goal_percent':'83.5'}]}"));
    assert_int_equal(row_of(&assessment, "341502")->score, 10 * POINT);
    assert_int_equal(row_of(&assessment, "341503")->score, 79840); /* 2/3 / 0.835 * 10 */
    /* Nothing signed: nothing to be a part of. */
    assert_false(row_of(&assessment, "341504")->items[0].measured);
}

static void equals_share_a_rank_and_the_lists_are_red_and_black(void **state)
{
    struct ledger_scene *scene = *state;
    ledger_scene_enrol(scene, "341522", "霍邱县", UNIT_COUNTY);
    start(scene, "341502", 0, 3);
    start(scene, "341503", 0, 3);
    start(scene, "341504", 0, 2);
    struct assessment assessment =
        assess(scene, scheme_of(scene, ",'red':1,'black':1", START_ITEM));
    static const struct {
        const char *code;
        size_t rank;
        bool red, black;
    } rows[] = {{"341502", 1, true, false},
                {"341503", 1, true, false},
                {"341504", 3, false, false},
                {"341522", 4, false, true}};
    assert_int_equal(assessment.row_count, ARRAY_LENGTH(rows));
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_true(bytes_equal_text(assessment.rows[i].code, rows[i].code));
        assert_int_equal(assessment.rows[i].rank, rows[i].rank);
        assert_int_equal(assessment.rows[i].red, rows[i].red);
        assert_int_equal(assessment.rows[i].black, rows[i].black);
    }
    assessment = assess(scene, scheme_of(scene, ",'ties':'DENSE'", START_ITEM));
    assert_int_equal(row_of(&assessment, "341504")->rank, 2);
    /* Ranks go by what is printed, equals by their code. */
    start(scene, "341503", 3, 4);
    assessment = assess(scene, scheme_of(scene, ",'digits':0",
                                         "{'id':'start','name':'开工','kind':'COUNT','each':'0.2',"
                                         "'value':{'measure':'STARTED'}}"));
    assert_true(bytes_equal_text(assessment.rows[0].code, "341502"));
    assert_int_equal(row_of(&assessment, "341502")->printed, POINT);
    assert_int_equal(row_of(&assessment, "341503")->rank, 1);
    assert_int_equal(row_of(&assessment, "341504")->printed, 0);
    assert_int_equal(row_of(&assessment, "341522")->rank, 3);
}

static void groups_are_ranked_apart(void **state)
{
    struct ledger_scene *scene = *state;
    start(scene, "341502", 0, 3);
    start(scene, "341503", 0, 1);
    start(scene, "341504", 0, 2);
    struct assessment assessment = assess(
        scene, scheme_of(scene,
                         ",'groups':[{'name':'一类','units':['341503','341504']},"
                         "{'name':'二类','units':['341502']}]",
                         START_ITEM ",{'id':'x','name':'开工','kind':'SPREAD','points':1,'parts':["
                                    "{'value':{'measure':'STARTED'},'base':{'fixed':1}}]}"));
    assert_int_equal(assessment.row_count, 3);
    assert_int_equal(row_of(&assessment, "341504")->items[1].points, POINT);
    assert_int_equal(row_of(&assessment, "341503")->items[1].points, 6000);
    assert_int_equal(row_of(&assessment, "341502")->items[1].points, POINT);
    assert_true(bytes_equal_text(assessment.rows[0].code, "341504"));
    assert_int_equal(row_of(&assessment, "341503")->rank, 2);
    assert_int_equal(row_of(&assessment, "341502")->rank, 1);
    assert_int_equal(row_of(&assessment, "341502")->group, 1);
}

static void a_past_sitting_comes_out_again(void **state)
{
    struct ledger_scene *scene = *state;
    start(scene, "341502", 0, 2);
    const struct assess_scheme *scheme = scheme_of(scene, "", START_ITEM);
    struct view view = view_at("2022-09-30", scene->position);
    start(scene, "341502", 2, 5);
    struct assessment then;
    assess_make(scene->ledger, &view, scheme, &scene->arena, &then);
    assert_int_equal(row_of(&then, "341502")->score, 4 * POINT);
    struct assessment now = assess(scene, scheme);
    assert_int_equal(row_of(&now, "341502")->score, 10 * POINT);
    view = view_at("2022-04-30", UINT64_MAX); /* before they started */
    assess_make(scene->ledger, &view, scheme, &scene->arena, &then);
    assert_int_equal(row_of(&then, "341502")->score, 0);
}

static void a_figure_is_explained_down_to_its_events(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t target =
        set_target(scene, "341502", "received_wan_total", "'base_amount':{'yuan':100000000}");
    (void)sign(scene, "341502/1", 100000000, true);
    (void)sign(scene, "341503/1", 100000000, true);
    uint64_t first =
        ledger_scene_funds(scene, "341502/1", ORIGIN_OUT_OF_PROVINCE, 20000000, "2022-05-31");
    uint64_t second =
        ledger_scene_funds(scene, "341502/1", ORIGIN_OUT_OF_PROVINCE, 30000000, "2022-06-30");
    (void)ledger_scene_funds(scene, "341503/1", ORIGIN_OUT_OF_PROVINCE, 5, "2022-06-30");
    struct assessment assessment = assess(
        scene, scheme_of(scene, "",
                         "{'id':'f','name':'到位','kind':'RATIO','points':10,'parts':[{'value':"
                         "{'measure':'RECEIVED'},'base':{'target':'received_wan_total'}}]}"));
    const struct assess_row *row = row_of(&assessment, "341502");
    assert_int_equal(row->score, 3 * POINT);
    struct assess_evidence_list list;
    assess_explain(scene->ledger, &assessment, row, 0, &scene->arena, &list);
    assert_int_equal(list.count, 4);
    assert_int_equal(list.rows[0].value, 30000000); /* the project's part … */
    assert_false(list.rows[0].is_detail);
    assert_int_equal(list.rows[1].position, first); /* … from these */
    assert_int_equal(list.rows[2].position, second);
    assert_true(list.rows[3].is_base);
    assert_int_equal(list.rows[3].position, target);
    /* A count: the milestone that put it in. */
    assessment = assess(scene, scheme_of(scene, "", START_ITEM));
    (void)ledger_scene_milestone(scene, "341502/1", MILESTONE_STARTED, "2022-07-01");
    assessment = assess(scene, scheme_of(scene, "", START_ITEM));
    assess_explain(scene->ledger, &assessment, row_of(&assessment, "341502"), 0, &scene->arena,
                   &list);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.rows[0].position, scene->position);
}

/* ---- the order of units ---- */

static void say_all(struct ledger_scene *scene, const char *const *units, size_t count)
{
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < count; i++) {
            int extent = units[i][5] - '0';
            start(scene, units[i], round * 5, round * 5 + extent % (round + 2));
            char subject[SUBJECT_TEXT_MAX];
            assert_true(snprintf(subject, sizeof(subject), "%s/%d", units[i], 90 + round) > 0);
            (void)sign(scene, subject, 70000000 + extent, extent % 2 == 0);
        }
    }
}

static void the_order_of_units_changes_no_score(void **state)
{
    struct ledger_scene *left = *state;
    struct ledger_scene right;
    ledger_scene_open(&right);
    static const char *const forward[] = {"341502", "341503", "341504", "341522"};
    static const char *const backward[] = {"341522", "341504", "341503", "341502"};
    ledger_scene_enrol(left, "341522", "霍邱县", UNIT_COUNTY);
    ledger_scene_enrol(&right, "341522", "霍邱县", UNIT_COUNTY);
    ledger_scene_enrol(&right, "341504", "叶集区", UNIT_COUNTY);
    say_all(left, forward, ARRAY_LENGTH(forward));
    say_all(&right, backward, ARRAY_LENGTH(backward));
    static const char items[] =
        START_ITEM "," LATE_ITEM ",{'id':'x','name':'落地','kind':'SPREAD','points':7,'parts':["
                   "{'value':{'measure':'LANDED'},'base':{'measure':'SIGNED'}}]}"
                   ",{'id':'y','name':'金额','kind':'RATIO','points':13,'parts':["
                   "{'value':{'measure':'CONTRACT'},'base':{'fixed':1000000007}}]}";
    struct assessment a = assess(left, scheme_of(left, "", items));
    struct assessment b = assess(&right, scheme_of(&right, "", items));
    assert_int_equal(a.row_count, 4);
    assert_int_equal(b.row_count, 4);
    for (size_t i = 0; i < a.row_count; i++) {
        assert_true(bytes_equal(a.rows[i].code, b.rows[i].code));
        assert_int_equal(a.rows[i].score, b.rows[i].score);
        assert_int_equal(a.rows[i].rank, b.rows[i].rank);
        for (size_t j = 0; j < a.scheme->item_count; j++)
            assert_true(bytes_equal(a.rows[i].items[j].formula, b.rows[i].items[j].formula));
    }
    assert_true(a.rows[0].score > a.rows[3].score);
    ledger_scene_close(&right);
}

static void a_hostile_amount_saturates_and_an_arena_too_small_is_told(void **state)
{
    struct ledger_scene *scene = *state;
    for (int i = 0; i < 20; i++) {
        char subject[SUBJECT_TEXT_MAX];
        assert_true(snprintf(subject, sizeof(subject), "341502/%d", i) > 0);
        (void)sign(scene, subject, 1000000000000000, true);
    }
    const struct assess_scheme *scheme =
        scheme_of(scene, "",
                  "{'id':'a','name':'金额','kind':'COUNT','each':100000,'value':"
                  "{'measure':'CONTRACT'}},"
                  "{'id':'b','name':'金额','kind':'RATIO','points':100000,'cap_percent':10000,"
                  "'parts':[{'value':{'measure':'CONTRACT'},'base':{'fixed':9223372036854775807},"
                  "'goal_percent':'99999.9999'}]}");
    struct assessment assessment = assess(scene, scheme);
    assert_true(row_of(&assessment, "341502")->score > 0);
    assert_true(row_of(&assessment, "341502")->items[0].points <= 1000000000000000);
    CLEANUP(arena_release) struct arena small;
    arena_init(&small, 1000);
    struct view view = view_at("2022-09-30", UINT64_MAX);
    assess_make(scene->ledger, &view, scheme, &small, &assessment);
    assert_true(assessment.incomplete);
}

static void a_score_is_printed_with_its_digits_and_sign(void **state)
{
    (void)state;
    char text[SCORE_TEXT_SIZE];
    assert_string_equal(score_text(0, 2, text), "0.00");
    assert_string_equal(score_text(-2500, 2, text), "-0.25");
    assert_string_equal(score_text(1234500, 4, text), "123.4500");
    assert_string_equal(score_text(30000, 0, text), "3");
    assert_string_equal(score_text(INT64_MIN, 4, text), "-922337203685477.5808");
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_signing_score_is_half_by_count_and_half_by_amount),
        SCENE_TEST(an_unlanded_signing_weighs_nothing_unless_the_scheme_says_so),
        SCENE_TEST(the_efficacy_coefficient_runs_from_sixty_to_a_hundred),
        SCENE_TEST(where_all_are_alike_the_coefficient_is_full),
        SCENE_TEST(late_starts_are_taken_off_up_to_the_most),
        SCENE_TEST(what_inspectors_found_untrue_costs_points),
        SCENE_TEST(a_goal_gives_full_points_and_no_more),
        SCENE_TEST(equals_share_a_rank_and_the_lists_are_red_and_black),
        SCENE_TEST(groups_are_ranked_apart),
        SCENE_TEST(a_past_sitting_comes_out_again),
        SCENE_TEST(a_figure_is_explained_down_to_its_events),
        SCENE_TEST(the_order_of_units_changes_no_score),
        SCENE_TEST(a_hostile_amount_saturates_and_an_arena_too_small_is_told),
        cmocka_unit_test(a_score_is_printed_with_its_digits_and_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
