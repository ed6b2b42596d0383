/* test_view.c - one project as of a day: fields, milestones by authority, anomalies. */
#include "ledger_scene.h"

#include "ledger/view/definitions.h"
#include "ledger/view/view.h"

#define P "341502/1"

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

static struct view view_on(const char *as_of)
{
    struct problem problem;
    int32_t day = scene_day(as_of);
    return (struct view){
        .as_of = day,
        .known_at = UINT64_MAX,
        .definitions = definitions_at(scene->ledger, day, UINT64_MAX, &scene->arena, &problem)};
}

static struct project_view project_known(const char *as_of, uint64_t known_at)
{
    struct project_view project;
    struct view view = view_on(as_of);
    view.known_at = known_at;
    assert_true(project_view_make(scene->ledger, ledger_scene_subject(scene, P), &view,
                                  &scene->arena, &project));
    return project;
}

static struct project_view project_on(const char *as_of)
{
    return project_known(as_of, UINT64_MAX);
}

static uint64_t milestone_by(const char *unit, const char *body, const char *id, const char *day)
{
    return ledger_scene_submit(scene, unit,
                               "{'kind':'MILESTONE','subject':'" P "','occurred_on':'%s',"
                               "'body':'%s','milestone':{'milestone':'%s'}}",
                               day, body, id);
}

static uint64_t document(const char *id, const char *day)
{
    return ledger_scene_submit(scene, "341502",
                               "{'kind':'DOCUMENT','subject':'" P "','occurred_on':'%s',"
                               "'document':{'document':'%s','fair':'兰洽会'}}",
                               day, id);
}

static void assert_day(const struct project_view *project, enum milestone milestone,
                       const char *day)
{
    char text[DAY_TEXT_SIZE];
    assert_string_equal(day_text(project->milestones[milestone].day, text), day);
}

/* ---- fields ---- */

static void a_change_replaces_the_given_fields_from_its_day(void **state)
{
    (void)state;
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PROJECT','subject':'" P "','occurred_on':'2022-01-05',"
                        "'project':{'action':'REGISTERED','name':'甲','investor':'乙公司',"
                        "'origin':'OUT_OF_PROVINCE','planned_total':{'yuan':100,'text':'100元'}}}");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PROJECT','subject':'" P "','occurred_on':'2022-03-01',"
                        "'project':{'action':'CHANGED','investor':'丙公司'}}");
    struct project_view before = project_on("2022-02-28"), after = project_on("2022-03-01");
    assert_true(bytes_equal_text(before.investor, "乙公司"));
    assert_true(bytes_equal_text(after.investor, "丙公司"));
    assert_true(bytes_equal_text(after.name, "甲"));
    assert_int_equal(after.origin, ORIGIN_OUT_OF_PROVINCE);
    assert_int_equal(after.planned_total.yuan, 100);
    assert_true(after.planned_total.known);
    assert_int_equal(after.unit, ledger_scene_unit(scene, "341502"));
}

static void a_change_said_late_does_not_undo_a_later_one(void **state)
{
    (void)state;
    ledger_scene_project(scene, P, 100, "2022-01-05");
    static const char form[] = "{'kind':'PROJECT','subject':'" P "','occurred_on':'%s',"
                               "'project':{'action':'CHANGED','investor':'%s'}}";
    ledger_scene_submit(scene, "341502", form, "2022-05-01", "五月");
    ledger_scene_submit(scene, "341502", form, "2022-03-01", "三月");
    assert_true(bytes_equal_text(project_on("2022-06-01").investor, "五月"));
    assert_true(bytes_equal_text(project_on("2022-04-01").investor, "三月"));
}

static void a_registration_is_lent_to_days_before_it(void **state)
{
    (void)state;
    ledger_scene_project(scene, P, 500, "2022-10-08");
    ledger_scene_milestone(scene, P, MILESTONE_CONTRACT_SIGNED, "2022-09-20");
    struct project_view project = project_on("2022-09-30");
    assert_int_equal(project.planned_total.yuan, 500);
    assert_false(project.anomalies & ANOMALY_UNREGISTERED);
}

static void nothing_is_known_before_it_was_said_or_happened(void **state)
{
    struct project_view project;
    (void)state;
    uint64_t position = ledger_scene_project(scene, P, 500, "2022-03-01");
    struct view view = view_on("2022-02-28");
    size_t subject = ledger_scene_subject(scene, P);
    assert_false(project_view_make(scene->ledger, subject, &view, &scene->arena, &project));
    view = view_on("2022-03-01");
    view.known_at = position - 1;
    assert_false(project_view_make(scene->ledger, subject, &view, &scene->arena, &project));
    view.known_at = position;
    assert_true(project_view_make(scene->ledger, subject, &view, &scene->arena, &project));
}

/* ---- milestones ---- */

static void the_order_of_bodies_says_whose_day_counts(void **state)
{
    (void)state;
    milestone_by("341502", "DRC", "STARTED", "2022-05-10");
    milestone_by("341502", "INVESTMENT_BUREAU", "STARTED", "2022-04-01");
    struct project_view project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_STARTED, "2022-04-01");
    assert_int_equal(project.milestones[MILESTONE_STARTED].body, BODY_INVESTMENT_BUREAU);
    assert_true(project.milestones[MILESTONE_STARTED].disputed);
    assert_true(project.anomalies & ANOMALY_DISPUTED_MILESTONE);
    ledger_scene_submit(scene, "3415",
                        "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                        "'definition':'SETTING','name':'x','content':"
                        "'{\\'body_order\\':[\\'DRC\\']}'}}");
    project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_STARTED, "2022-05-10");
}

static void within_an_authority_the_latest_word_counts(void **state)
{
    (void)state;
    milestone_by("341502", "DRC", "STARTED", "2022-03-01");
    uint64_t second = milestone_by("341502", "DRC", "STARTED", "2022-06-01");
    struct project_view project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_STARTED, "2022-06-01");
    assert_false(project.milestones[MILESTONE_STARTED].disputed);
    project = project_on("2022-04-30");
    assert_day(&project, MILESTONE_STARTED, "");
    ledger_scene_withdraw(scene, "341502", second);
    project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_STARTED, "2022-03-01");
}

static void of_one_body_the_projects_own_unit_counts_first(void **state)
{
    (void)state;
    milestone_by("3415", "DRC", "STARTED", "2022-02-01");
    milestone_by("341502", "DRC", "STARTED", "2022-03-01");
    struct project_view project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_STARTED, "2022-03-01");
    assert_int_equal(project.milestones[MILESTONE_STARTED].unit,
                     ledger_scene_unit(scene, "341502"));
}

static void a_document_implies_its_milestone(void **state)
{
    (void)state;
    document("INTENT", "2022-01-10");
    document("FRAMEWORK", "2022-02-10");
    document("CONTRACT", "2022-03-10");
    document("SUPPLEMENT", "2022-04-10");
    struct project_view project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_INTENT_SIGNED, "2022-01-10");
    assert_day(&project, MILESTONE_FRAMEWORK_SIGNED, "2022-02-10");
    assert_day(&project, MILESTONE_CONTRACT_SIGNED, "2022-03-10");
    assert_int_equal(project_stage(&project), MILESTONE_CONTRACT_SIGNED);
    assert_true(bytes_equal_text(project.fair, "兰洽会"));
}

static void a_milestone_of_the_same_authority_beats_its_document(void **state)
{
    (void)state;
    document("CONTRACT", "2022-03-10");
    milestone_by("341502", "INVESTMENT_BUREAU", "CONTRACT_SIGNED", "2022-03-15");
    document("CONTRACT", "2022-03-01");
    struct project_view project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_CONTRACT_SIGNED, "2022-03-15");
    assert_false(project.milestones[MILESTONE_CONTRACT_SIGNED].disputed);
}

static void of_several_contracts_the_first_signing_counts(void **state)
{
    (void)state;
    document("CONTRACT", "2022-05-10");
    document("CONTRACT", "2022-03-10");
    document("CONTRACT", "2022-07-10");
    struct project_view project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_CONTRACT_SIGNED, "2022-03-10");
}

static void landed_is_what_the_locality_says_it_is(void **state)
{
    (void)state;
    milestone_by("341502", "DRC", "STARTED", "2022-03-01");
    struct project_view project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_LANDED, "");
    ledger_scene_submit(scene, "3415",
                        "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                        "'definition':'SETTING','name':'x','content':"
                        "'{\\'landed\\':\\'STARTED\\'}'}}");
    project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_LANDED, "2022-03-01");
}

static void an_auctioned_parcel_is_land_acquired(void **state)
{
    (void)state;
    ledger_scene_submit(scene, "341502",
                        "{'kind':'LAND','subject':'" P "','occurred_on':'2022-04-01',"
                        "'land':{'land':'AUCTIONED','parcel_id':'7'}}");
    struct project_view project = project_on("2022-12-31");
    assert_day(&project, MILESTONE_LAND_ACQUIRED, "2022-04-01");
}

/* ---- scope, lists, obstacles ---- */

static void what_the_scope_rules_exclude_is_marked(void **state)
{
    (void)state;
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PROJECT','subject':'" P "','occurred_on':'2022-01-05',"
                        "'project':{'action':'REGISTERED','industry':'风电'}}");
    assert_false(project_on("2022-12-31").excluded);
    ledger_scene_submit(scene, "3415",
                        "{'kind':'DEFINITION','occurred_on':'2022-06-01','definition':{"
                        "'definition':'SETTING','name':'x','content':"
                        "'{\\'excluded_industries\\':[\\'风电\\']}'}}");
    assert_false(project_on("2022-05-31").excluded);
    assert_true(project_on("2022-06-01").excluded);
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PROJECT','subject':'" P "','occurred_on':'2022-02-05',"
                        "'project':{'action':'CHANGED','government_money':true}}");
    assert_true(project_on("2022-05-31").excluded);
}

static void its_lists_and_open_obstacles_are_those_of_the_day(void **state)
{
    (void)state;
    static const char list[] = "{'kind':'LIST','subject':'" P "','occurred_on':'%s',"
                               "'list':{'list':'挂牌督办','action':'%s'}}";
    static const char obstacle[] = "{'kind':'OBSTACLE','subject':'" P "','occurred_on':'%s',"
                                   "'obstacle':{'action':'%s','obstacle_id':'%s'}}";
    ledger_scene_submit(scene, "341502", list, "2022-02-01", "JOINED");
    ledger_scene_submit(scene, "341502", list, "2022-08-01", "LEFT");
    ledger_scene_submit(scene, "341502", obstacle, "2022-02-01", "RAISED", "a");
    ledger_scene_submit(scene, "341502", obstacle, "2022-03-01", "RAISED", "b");
    ledger_scene_submit(scene, "341502", obstacle, "2022-08-01", "CLOSED", "a");
    struct project_view project = project_on("2022-07-31");
    assert_int_equal(project.lists.count, 1);
    assert_true(bytes_equal_text(project.lists.items[0], "挂牌督办"));
    assert_int_equal(project.obstacles_open, 2);
    project = project_on("2022-08-01");
    assert_int_equal(project.lists.count, 0);
    assert_int_equal(project.obstacles_open, 1);
}

/* ---- anomalies ---- */

static uint32_t flags(void)
{
    return project_on("2022-12-31").anomalies;
}

static void a_sound_project_has_no_flag(void **state)
{
    (void)state;
    ledger_scene_project(scene, P, 1000, "2022-01-05");
    ledger_scene_milestone(scene, P, MILESTONE_CONTRACT_SIGNED, "2022-01-05");
    ledger_scene_milestone(scene, P, MILESTONE_STARTED, "2022-02-05");
    ledger_scene_milestone(scene, P, MILESTONE_COMPLETED, "2022-05-05");
    ledger_scene_milestone(scene, P, MILESTONE_PRODUCING, "2022-06-05");
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 1000, "2022-06-05");
    assert_int_equal(flags(), 0);
    assert_int_equal(project_on("2022-12-31").last_day, scene_day("2022-06-05"));
}

static void a_start_before_the_signing_is_flagged(void **state)
{
    (void)state;
    ledger_scene_project(scene, P, 1000, "2022-01-05");
    ledger_scene_milestone(scene, P, MILESTONE_STARTED, "2022-01-04");
    assert_int_equal(flags(), ANOMALY_SKIPPED_MILESTONE);
    ledger_scene_milestone(scene, P, MILESTONE_CONTRACT_SIGNED, "2022-01-05");
    assert_int_equal(flags(), ANOMALY_STARTED_BEFORE_SIGNED);
}

static void production_before_completion_is_flagged_unless_partial(void **state)
{
    (void)state;
    ledger_scene_project(scene, P, 1000, "2022-01-05");
    ledger_scene_milestone(scene, P, MILESTONE_CONTRACT_SIGNED, "2022-01-05");
    ledger_scene_milestone(scene, P, MILESTONE_STARTED, "2022-02-05");
    ledger_scene_milestone(scene, P, MILESTONE_PRODUCING, "2022-04-05");
    assert_int_equal(flags(), ANOMALY_SKIPPED_MILESTONE);
    ledger_scene_milestone(scene, P, MILESTONE_COMPLETED, "2022-05-05");
    assert_int_equal(flags(), ANOMALY_PRODUCING_BEFORE_COMPLETED);
    ledger_scene_submit(scene, "341502",
                        "{'kind':'MILESTONE','subject':'" P "','occurred_on':'2022-04-05',"
                        "'body':'INVESTMENT_BUREAU',"
                        "'milestone':{'milestone':'PRODUCING','partial':true}}");
    assert_int_equal(flags(), 0);
}

static void funds_above_the_contract_are_flagged(void **state)
{
    (void)state;
    ledger_scene_project(scene, P, 1000, "2022-01-05");
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 1000, "2022-06-05");
    assert_int_equal(flags(), 0);
    ledger_scene_funds(scene, P, ORIGIN_INTER_COUNTY, 1, "2022-06-05");
    assert_int_equal(flags(), ANOMALY_FUNDS_ABOVE_CONTRACT);
}

static void a_day_after_it_was_recorded_is_in_the_future(void **state)
{
    (void)state;
    scene->clock_stands = true;
    ledger_scene_day(scene, "2022-05-01");
    ledger_scene_project(scene, P, 1000, "2022-05-01");
    assert_int_equal(flags(), 0);
    ledger_scene_project(scene, P, 1000, "2022-05-02");
    assert_int_equal(flags(), ANOMALY_DAY_IN_FUTURE);
}

static void a_masked_amount_is_no_zero(void **state)
{
    (void)state;
    ledger_scene_submit(scene, "341502",
                        "{'kind':'PROJECT','subject':'" P "','occurred_on':'2022-01-05',"
                        "'project':{'action':'REGISTERED','planned_total':{'text':'X亿元'}}}");
    struct project_view project = project_on("2022-12-31");
    assert_int_equal(project.anomalies, ANOMALY_MASKED_AMOUNT);
    assert_true(project.planned_total.masked);
    assert_false(project.planned_total.known);
    ledger_scene_funds(scene, P, ORIGIN_OUT_OF_PROVINCE, 5, "2022-06-05");
    assert_int_equal(flags(), ANOMALY_MASKED_AMOUNT); /* 5 is not above a total of 0 */
}

static void a_start_before_an_approval_is_flagged(void **state)
{
    (void)state;
    static const char approval[] = "{'kind':'APPROVAL','subject':'" P "','occurred_on':'%s',"
                                   "'approval':{'step':'%s','result':'%s'}}";
    ledger_scene_project(scene, P, 1000, "2022-01-05");
    ledger_scene_milestone(scene, P, MILESTONE_CONTRACT_SIGNED, "2022-01-05");
    ledger_scene_milestone(scene, P, MILESTONE_STARTED, "2022-05-05");
    ledger_scene_submit(scene, "341502", approval, "2022-09-01", "竣工验收", "APPLIED");
    assert_int_equal(flags(), 0);
    ledger_scene_submit(scene, "341502", approval, "2022-03-01", "环评", "APPLIED");
    assert_int_equal(flags(), ANOMALY_STARTED_BEFORE_APPROVAL);
    ledger_scene_submit(scene, "341502", approval, "2022-05-06", "环评", "PASSED");
    assert_int_equal(flags(), ANOMALY_STARTED_BEFORE_APPROVAL);
    ledger_scene_submit(scene, "341502", approval, "2022-05-05", "环评", "PASSED");
    assert_int_equal(flags(), 0);
}

static void a_project_that_was_never_registered_is_flagged(void **state)
{
    (void)state;
    ledger_scene_milestone(scene, P, MILESTONE_CONTRACT_SIGNED, "2022-01-05");
    assert_int_equal(flags(), ANOMALY_UNREGISTERED);
}

static void a_lead_is_no_project_yet_and_no_unregistered_one(void **state)
{
    (void)state;
    ledger_scene_submit(scene, "341502",
                        "{'kind':'CONTACT','subject':'" P "','occurred_on':'2022-04-01',"
                        "'contact':{'contact':'VISIT','state':'DONE'}}");
    struct project_view project = project_on("2022-12-31");
    assert_false(project.is_project);
    assert_int_equal(project.anomalies, 0);
    assert_int_equal(project.contacts, 1);
    ledger_scene_milestone(scene, P, MILESTONE_NEGOTIATING, "2022-05-01");
    assert_true(project_on("2022-12-31").is_project);
}

static void every_flag_has_an_id_and_words(void **state)
{
    (void)state;
    for (uint32_t bit = 0; 1u << bit <= ANOMALY_TOO_MANY; bit++) {
        assert_true(strlen(anomaly_id((enum anomaly)(1u << bit))) > 0);
        assert_true(strlen(anomaly_text((enum anomaly)(1u << bit))) > 0);
    }
    assert_string_equal(anomaly_id(ANOMALY_STARTED_BEFORE_SIGNED), "STARTED_BEFORE_SIGNED");
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_change_replaces_the_given_fields_from_its_day),
        SCENE_TEST(a_change_said_late_does_not_undo_a_later_one),
        SCENE_TEST(a_registration_is_lent_to_days_before_it),
        SCENE_TEST(nothing_is_known_before_it_was_said_or_happened),
        SCENE_TEST(the_order_of_bodies_says_whose_day_counts),
        SCENE_TEST(within_an_authority_the_latest_word_counts),
        SCENE_TEST(of_one_body_the_projects_own_unit_counts_first),
        SCENE_TEST(a_document_implies_its_milestone),
        SCENE_TEST(a_milestone_of_the_same_authority_beats_its_document),
        SCENE_TEST(of_several_contracts_the_first_signing_counts),
        SCENE_TEST(landed_is_what_the_locality_says_it_is),
        SCENE_TEST(an_auctioned_parcel_is_land_acquired),
        SCENE_TEST(what_the_scope_rules_exclude_is_marked),
        SCENE_TEST(its_lists_and_open_obstacles_are_those_of_the_day),
        SCENE_TEST(a_sound_project_has_no_flag),
        SCENE_TEST(a_start_before_the_signing_is_flagged),
        SCENE_TEST(production_before_completion_is_flagged_unless_partial),
        SCENE_TEST(funds_above_the_contract_are_flagged),
        SCENE_TEST(a_day_after_it_was_recorded_is_in_the_future),
        SCENE_TEST(a_masked_amount_is_no_zero),
        SCENE_TEST(a_start_before_an_approval_is_flagged),
        SCENE_TEST(a_project_that_was_never_registered_is_flagged),
        SCENE_TEST(a_lead_is_no_project_yet_and_no_unregistered_one),
        cmocka_unit_test(every_flag_has_an_id_and_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
