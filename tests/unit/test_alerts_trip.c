/* test_alerts_trip.c - trips without leads, without follow-up, and teams that change. */
#include "gap_scene.h"

static void trip(struct ledger_scene *scene, const char *unit, const char *day, const char *fields)
{
    ledger_scene_submit(scene, unit,
                        "{'kind':'CONTACT','occurred_on':'%s',"
                        "'contact':{'contact':'TRIP','state':'DONE'%s}}",
                        day, fields);
}

static size_t count(struct ledger_scene *scene, enum alert_class class, const char *as_of)
{
    return gap_scene_alerts(scene, class, as_of).count;
}

static void a_trip_that_names_no_lead_is_listed_from_the_day_it_ended(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    trip(&scene, "341502", "2022-03-01",
         ",'team':'一队','destination':'深圳','from':'2022-03-01','to':'2022-03-04'");
    trip(&scene, "341502", "2022-03-01", ",'leads':['341502/1']");
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'CONTACT','occurred_on':'2022-03-01',"
                        "'contact':{'contact':'TRIP','state':'PLANNED'}}");
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'CONTACT','occurred_on':'2022-03-01',"
                        "'contact':{'contact':'RECEPTION','state':'DONE'}}");
    assert_int_equal(count(&scene, ALERT_TRIP_WITHOUT_LEAD, "2022-03-03"), 0);
    struct gap_row row =
        assert_one_row(gap_scene_alerts(&scene, ALERT_TRIP_WITHOUT_LEAD, "2022-03-04"),
                       "一队 2022-03-04 外出赴深圳，未关联任何项目或线索");
    assert_true(row.subject == SIZE_MAX);
    assert_int_equal(row.unit, ledger_scene_unit(&scene, "341502"));
    assert_bytes(row.owner, "一队");
    ledger_scene_close(&scene);
}

static void only_trips_of_the_period_that_is_asked_for_are_listed(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    trip(&scene, "341502", "2021-12-31", "");
    trip(&scene, "341502", "2022-01-01", "");
    struct gap_list list;
    struct view view = gap_scene_view("2022-12-31");
    view.from = scene_day("2022-01-01");
    alert_list_make(scene.ledger, &view, ALERT_TRIP_WITHOUT_LEAD, LEDGER_UNITS_MAX, &scene.arena,
                    &list);
    assert_one_row(list, "金安区 2022-01-01 外出招商，未关联任何项目或线索");
    ledger_scene_close(&scene);
}

static void a_lead_that_nothing_follows_for_thirty_days_is_listed_until_something_does(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_project(&scene, "341502/1", 100, "2022-01-01");
    trip(&scene, "341502", "2022-03-01", ",'leads':['1','341502/9','341502/1'],'team':'一队'");
    assert_int_equal(count(&scene, ALERT_TRIP_NO_FOLLOW_UP, "2022-03-30"), 0);
    struct gap_list list = gap_scene_alerts(&scene, ALERT_TRIP_NO_FOLLOW_UP, "2022-03-31");
    assert_int_equal(list.count, 2);
    assert_bytes(list.rows[0].why,
                 "一队 2022-03-01 外出招商，满 30 天无后续，线索“341502/9”未登记");
    assert_true(list.rows[0].subject == SIZE_MAX);
    assert_bytes(list.rows[1].why, "一队 2022-03-01 外出招商，满 30 天无后续");
    assert_int_equal(list.rows[1].subject, ledger_scene_subject(&scene, "341502/1"));
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_NEGOTIATING, "2022-04-05");
    assert_int_equal(count(&scene, ALERT_TRIP_NO_FOLLOW_UP, "2022-04-04"), 2);
    assert_int_equal(count(&scene, ALERT_TRIP_NO_FOLLOW_UP, "2022-04-05"), 1);
    ledger_scene_close(&scene);
}

static void a_lead_that_is_registered_later_was_not_known_before(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    trip(&scene, "341502", "2022-03-01", ",'leads':['341502/1']");
    struct view view = gap_scene_view("2022-04-30");
    view.known_at = scene.position;
    for (int later = 0; later < 2; later++) {
        struct gap_list list;
        alert_list_make(scene.ledger, &view, ALERT_TRIP_NO_FOLLOW_UP, LEDGER_UNITS_MAX,
                        &scene.arena, &list);
        assert_one_row(list, "金安区 2022-03-01 外出招商，满 30 天无后续，线索“341502/1”未登记");
        ledger_scene_project(&scene, "341502/1", 100, "2022-04-01");
    }
    assert_int_equal(count(&scene, ALERT_TRIP_NO_FOLLOW_UP, "2022-04-30"), 0);
    ledger_scene_close(&scene);
}

static void a_later_trip_to_the_lead_follows_the_earlier_up_and_the_same_day_does_not(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_project(&scene, "341502/1", 100, "2022-03-01");
    trip(&scene, "341502", "2022-03-01", ",'leads':['341502/1']");
    assert_int_equal(count(&scene, ALERT_TRIP_NO_FOLLOW_UP, "2022-03-31"), 1);
    trip(&scene, "341503", "2022-03-02", ",'leads':['341502/1']");
    struct gap_list list = gap_scene_alerts(&scene, ALERT_TRIP_NO_FOLLOW_UP, "2022-04-30");
    struct gap_row row = assert_one_row(list, "裕安区 2022-03-02 外出招商，满 30 天无后续");
    assert_int_equal(row.unit, ledger_scene_unit(&scene, "341502"));
    ledger_scene_close(&scene);
}

/* To put a word right is no progress. */
static void a_correction_follows_nothing_up(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_project(&scene, "341502/1", 100, "2022-01-01");
    uint64_t note = ledger_scene_submit(&scene, "341502",
                                        "{'kind':'NOTE','subject':'341502/1',"
                                        "'occurred_on':'2022-03-10','note':{'text':'x'}}");
    trip(&scene, "341502", "2022-03-01", ",'leads':['341502/1']");
    assert_int_equal(count(&scene, ALERT_TRIP_NO_FOLLOW_UP, "2022-04-30"), 0);
    struct event event = {.envelope = {.kind = EVENT_CORRECTION,
                                       .subject = bytes_of_text("341502/1"),
                                       .occurred_on = scene_day("2022-04-01")}};
    event.correction = (struct correction_fact){.action = CORRECTION_ACTION_WITHDRAWN,
                                                .target = bytes_of(scene.ids[note], EVENT_ID_SIZE),
                                                .reason = bytes_of_text("误报"),
                                                .person = bytes_of_text("张三")};
    ledger_scene_say(&scene, "341502", &event);
    assert_int_equal(count(&scene, ALERT_TRIP_NO_FOLLOW_UP, "2022-04-30"), 1);
    ledger_scene_close(&scene);
}

/* Nine visits said of the project, and a trip of another county's that names it. */
static void ten_contacts_without_progress_in_half_a_year_are_many(void **state)
{
    struct ledger_scene scene;
    char day[DAY_TEXT_SIZE];
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_NEGOTIATING, "2022-01-01");
    int32_t first = scene_day("2022-01-02");
    for (int32_t i = 0; i < 9; i++)
        ledger_scene_submit(&scene, "341502",
                            "{'kind':'CONTACT','subject':'341502/1','occurred_on':'%s',"
                            "'contact':{'contact':'VISIT','state':'DONE','leads':['1']}}",
                            day_text(first + 30 * i, day));
    assert_int_equal(count(&scene, ALERT_MANY_CONTACTS_NO_PROGRESS, "2022-09-29"), 0);
    trip(&scene, "341503", "2022-09-29", ",'leads':['341502/1','341502/1']");
    assert_int_equal(count(&scene, ALERT_MANY_CONTACTS_NO_PROGRESS, "2022-09-28"), 0);
    assert_one_row(gap_scene_alerts(&scene, ALERT_MANY_CONTACTS_NO_PROGRESS, "2022-09-29"),
                   "接洽 10 次，2022-01-01 以来满 180 天无实质进展");
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_INTENT_SIGNED, "2022-09-30");
    assert_int_equal(count(&scene, ALERT_MANY_CONTACTS_NO_PROGRESS, "2022-09-30"), 0);
    assert_int_equal(count(&scene, ALERT_MANY_CONTACTS_NO_PROGRESS, "2023-03-28"), 0);
    assert_int_equal(count(&scene, ALERT_MANY_CONTACTS_NO_PROGRESS, "2023-03-29"), 1);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2023-03-29");
    assert_int_equal(count(&scene, ALERT_MANY_CONTACTS_NO_PROGRESS, "2024-03-29"), 0);
    ledger_scene_close(&scene);
}

static void member(struct ledger_scene *scene, const char *day, const char *fields)
{
    ledger_scene_submit(scene, "341502",
                        "{'kind':'ASSIGNMENT','occurred_on':'%s',"
                        "'assignment':{'role':'TEAM_MEMBER','team':'一队',%s}}",
                        day, fields);
}

static void open_with_a_team(struct ledger_scene *scene)
{
    ledger_scene_open(scene);
    ledger_scene_milestone(scene, "341502/1", MILESTONE_NEGOTIATING, "2022-02-01");
    member(scene, "2022-01-01", "'name':'张三'");
    trip(scene, "341502", "2022-02-10", ",'leads':['341502/1'],'team':'一队'");
    trip(scene, "341502", "2022-05-01", ",'leads':['341502/1'],'team':'一队'");
    member(scene, "2022-04-20", "'name':'张三','to':'2022-05-01'");
}

static void a_member_who_leaves_a_team_with_a_lead_in_hand_is_named(void **state)
{
    struct ledger_scene scene;
    (void)state;
    open_with_a_team(&scene);
    assert_int_equal(count(&scene, ALERT_TEAM_CHANGED_MID_LEAD, "2022-05-01"), 0);
    struct gap_row row =
        assert_one_row(gap_scene_alerts(&scene, ALERT_TEAM_CHANGED_MID_LEAD, "2022-05-02"),
                       "一队成员张三 2022-05-01 离队，所跟项目未签约且无人接手");
    assert_int_equal(row.since, scene_day("2022-05-02"));
    trip(&scene, "341502", "2022-05-10", ",'leads':['341502/1'],'team':'一队'");
    assert_int_equal(count(&scene, ALERT_TEAM_CHANGED_MID_LEAD, "2022-05-09"), 1);
    assert_int_equal(count(&scene, ALERT_TEAM_CHANGED_MID_LEAD, "2022-05-10"), 0);
    ledger_scene_close(&scene);
}

static void a_handover_or_a_contract_ends_the_warning(void **state)
{
    struct ledger_scene scene;
    (void)state;
    open_with_a_team(&scene);
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'ASSIGNMENT','subject':'341502/1','occurred_on':'2022-05-05',"
                        "'assignment':{'role':'OWNER_PERSON','name':'李四'}}");
    assert_int_equal(count(&scene, ALERT_TEAM_CHANGED_MID_LEAD, "2022-05-04"), 1);
    assert_int_equal(count(&scene, ALERT_TEAM_CHANGED_MID_LEAD, "2022-05-05"), 0);
    ledger_scene_close(&scene);
    open_with_a_team(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_CONTRACT_SIGNED, "2022-05-05");
    assert_int_equal(count(&scene, ALERT_TEAM_CHANGED_MID_LEAD, "2022-05-05"), 0);
    ledger_scene_close(&scene);
}

static void a_lead_whose_person_left_without_a_successor_is_listed(void **state)
{
    struct ledger_scene scene;
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_NEGOTIATING, "2022-02-01");
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'ASSIGNMENT','subject':'341502/1','occurred_on':'2022-02-05',"
                        "'assignment':{'role':'OWNER_PERSON','name':'张三','to':'2022-05-01','from'"
                        ":'2022-02-01'}}");
    ledger_scene_submit(
        &scene, "341502",
        "{'kind':'ASSIGNMENT','subject':'341502/1','occurred_on':'2022-02-05',"
        "'assignment':{'role':'LEAD','name':'李四','from':'2022-06-01','to':'2022-07-01'}}");
    assert_int_equal(count(&scene, ALERT_TEAM_CHANGED_MID_LEAD, "2022-05-01"), 0);
    assert_one_row(gap_scene_alerts(&scene, ALERT_TEAM_CHANGED_MID_LEAD, "2022-05-02"),
                   "张三 跟踪至 2022-05-01，此后无人接手");
    ledger_scene_submit(&scene, "341502",
                        "{'kind':'ASSIGNMENT','subject':'341502/1','occurred_on':'2022-05-05',"
                        "'assignment':{'role':'OWNER_PERSON','name':'李四'}}");
    assert_int_equal(count(&scene, ALERT_TEAM_CHANGED_MID_LEAD, "2022-05-05"), 0);
    ledger_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trip_that_names_no_lead_is_listed_from_the_day_it_ended),
        cmocka_unit_test(only_trips_of_the_period_that_is_asked_for_are_listed),
        cmocka_unit_test(
            a_lead_that_nothing_follows_for_thirty_days_is_listed_until_something_does),
        cmocka_unit_test(a_lead_that_is_registered_later_was_not_known_before),
        cmocka_unit_test(a_later_trip_to_the_lead_follows_the_earlier_up_and_the_same_day_does_not),
        cmocka_unit_test(a_correction_follows_nothing_up),
        cmocka_unit_test(ten_contacts_without_progress_in_half_a_year_are_many),
        cmocka_unit_test(a_member_who_leaves_a_team_with_a_lead_in_hand_is_named),
        cmocka_unit_test(a_handover_or_a_contract_ends_the_warning),
        cmocka_unit_test(a_lead_whose_person_left_without_a_successor_is_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
