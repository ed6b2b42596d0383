/* test_board_stuck.c - gaps, alerts, obstacles and the supervised list, by a small city. */
#include "board_scene.h"
#include "display/board_parts.h"
#include "ledger/lists/gaps.h"

#define DAY "2022-09-30"

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

static void sign(struct ledger_scene *scene, const char *subject, const char *day)
{
    ledger_scene_project(scene, subject, 100000000, day);
    ledger_scene_milestone(scene, subject, MILESTONE_CONTRACT_SIGNED, day);
}

static void ages_come_longest_first_with_those_over_the_limit_counted(void **state)
{
    struct ledger_scene *scene = *state;
    sign(scene, "341502/1", "2022-09-20");
    sign(scene, "341502/2", "2022-04-03"); /* 180 days: not over */
    sign(scene, "341503/3", "2022-04-02"); /* 181 */
    json_t *gaps = board_on(scene, BOARD_GAPS, DAY);
    json_t *gap = row_with(gaps, "id", "SIGNED_NOT_STARTED");
    json_t *ages = json_object_get(gap, "ages");
    assert_int_equal(json_array_size(gaps), GAP_CLASSES);
    assert_int_equal(number_in(gap, "count"), 3);
    assert_int_equal(number_in(gap, "limit_days"), 180);
    assert_int_equal(number_in(gap, "over_limit"), 1);
    assert_int_equal(number_in(gap, "longest_days"), 181);
    assert_int_equal(json_integer_value(json_array_get(ages, 0)), 181);
    assert_int_equal(json_integer_value(json_array_get(ages, 2)), 10);
    json_t *empty = row_with(gaps, "id", "ABOVE_SCALE_NOT_FULL");
    assert_true(is_null_in(empty, "longest_days")); /* nothing is not 0 days */
    json_decref(gaps);
}

static void no_more_ages_than_the_wall_can_draw(void **state)
{
    struct ledger_scene *scene = *state;
    for (int i = 0; i < GAP_AGES_MAX + 3; i++) {
        char subject[32];
        (void)snprintf(subject, sizeof subject, "341502/%d", i);
        sign(scene, subject, i == 0 ? "2022-01-01" : "2022-09-01");
    }
    json_t *gaps = board_on(scene, BOARD_GAPS, DAY);
    json_t *gap = row_with(gaps, "id", "SIGNED_NOT_STARTED");
    assert_int_equal(json_array_size(json_object_get(gap, "ages")), GAP_AGES_MAX);
    assert_int_equal(number_in(gap, "ages_left_out"), 3);
    assert_int_equal(number_in(gap, "count"), GAP_AGES_MAX + 3);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(gap, "ages"), 0)), 272);
    json_decref(gaps);
}

static void the_city_sets_limits_of_its_own(void **state)
{
    struct ledger_scene *scene = *state;
    sign(scene, "341502/1", "2022-06-01");
    ledger_scene_submit(
        scene, "3415",
        "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{'definition':'SETTING',"
        "'name':'gap_limits','content':'{\\'SIGNED_NOT_STARTED\\':90,"
        "\\'STARTED_NOT_COMPLETED\\':0}'}}");
    json_t *gaps = board_on(scene, BOARD_GAPS, DAY);
    json_t *gap = row_with(gaps, "id", "SIGNED_NOT_STARTED");
    assert_int_equal(number_in(gap, "limit_days"), 90);
    assert_int_equal(number_in(gap, "over_limit"), 1);
    /* A limit that cannot be is passed over. */
    assert_int_equal(number_in(row_with(gaps, "id", "STARTED_NOT_COMPLETED"), "limit_days"), 365);
    json_decref(gaps);
}

static void alerts_are_the_lists_of_the_ledger_by_unit(void **state)
{
    struct ledger_scene *scene = *state;
    struct view view = {
        .as_of = scene_day(DAY), .known_at = UINT64_MAX, .definitions = definitions_shipped()};
    sign(scene, "341503/1", "2022-01-01");
    sign(scene, "341502/2", "2022-01-01");
    sign(scene, "341502/3", "2022-01-01");
    ledger_scene_milestone(scene, "341502/3", MILESTONE_SHELVED, "2022-02-01");
    json_t *alerts = board_on(scene, BOARD_ALERTS, DAY);
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        struct gap_list list;
        alert_list_make(scene->ledger, &view, (enum alert_class)i, LEDGER_UNITS_MAX, &scene->arena,
                        &list);
        json_t *alert = row_with(alerts, "id", alert_id((enum alert_class)i));
        assert_int_equal(alert != NULL, list.count > 0);
        if (alert)
            assert_int_equal(number_in(alert, "count"), list.count);
    }
    json_t *landing = row_with(alerts, "id", "SIGNED_TO_LAND");
    json_t *units = json_object_get(landing, "units");
    assert_string_equal(text_in(landing, "level"), "warn");
    assert_string_equal(text_in(landing, "definition"), "签约满20天未落地");
    assert_string_equal(text_in(json_array_get(units, 0), "unit"), "341502");
    assert_int_equal(number_in(json_array_get(units, 0), "count"), 2);
    assert_int_equal(number_in(json_array_get(units, 1), "count"), 1);
    assert_string_equal(text_in(row_with(alerts, "id", "SHELVED"), "level"), "bad");
    json_decref(alerts);
}

static void raise_obstacle(struct ledger_scene *scene, const char *subject, const char *id,
                           const char *kind, const char *more)
{
    ledger_scene_submit(scene, "341502",
                        "{'kind':'OBSTACLE','subject':'%s','occurred_on':'2022-08-31',"
                        "'obstacle':{'action':'RAISED','obstacle_id':'%s','obstacle':'%s'%s}}",
                        subject, id, kind, more);
}

static void obstacles_are_counted_by_kind_with_their_main_owner(void **state)
{
    struct ledger_scene *scene = *state;
    sign(scene, "341502/1", "2022-01-01");
    sign(scene, "341502/2", "2022-01-01"); /* over its time, and no obstacle is reported */
    raise_obstacle(scene, "341502/1", "a", "LAND_QUOTA",
                   ",'owner':'自然资源局','due':'2022-09-15'");
    raise_obstacle(scene, "341502/1", "b", "LAND_QUOTA", ",'owner':'自然资源局'");
    raise_obstacle(scene, "341502/1", "c", "LAND_QUOTA", ",'owner':'发改委'");
    raise_obstacle(scene, "341502/1", "d", "POWER", "");
    json_t *obstacles = board_on(scene, BOARD_OBSTACLES, DAY);
    json_t *kinds = json_object_get(obstacles, "kinds");
    assert_int_equal(number_in(obstacles, "open"), 4);
    assert_int_equal(number_in(obstacles, "overdue"), 1);
    assert_int_equal(number_in(obstacles, "without_reason"), 1);
    assert_int_equal(json_array_size(kinds), 2);
    json_t *land = json_array_get(kinds, 0);
    assert_string_equal(text_in(land, "kind"), "土地指标");
    assert_string_equal(text_in(land, "owner"), "自然资源局");
    assert_int_equal(number_in(land, "open"), 3);
    assert_int_equal(number_in(land, "longest_days"), 30);
    assert_true(is_null_in(json_array_get(kinds, 1), "owner"));
    json_t *owner = row_with(json_object_get(obstacles, "owners"), "owner", "自然资源局");
    assert_int_equal(number_in(owner, "open"), 2);
    assert_int_equal(number_in(owner, "days"), 60);
    json_decref(obstacles);
}

/* domain.md 4.2: a telephone number stands in the leader's cell as often as not. */
static void a_supervised_project_has_its_leader_and_no_telephone(void **state)
{
    struct ledger_scene *scene = *state;
    sign(scene, "341502/1", "2022-01-01");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'LIST','subject':'341502/1','occurred_on':'2022-09-01','list':"
                        "{'list':'挂牌督办','action':'JOINED','level':'city'}}");
    ledger_scene_submit(scene, "341502",
                        "{'kind':'ASSIGNMENT','subject':'341502/1','occurred_on':'2022-02-01',"
                        "'assignment':{'role':'SPONSOR_LEADER','name':'李副市长13855501234'}}");
    json_t *supervised = board_on(scene, BOARD_SUPERVISED, DAY);
    json_t *row = json_array_get(supervised, 0);
    assert_int_equal(json_array_size(supervised), 1);
    assert_string_equal(text_in(row, "project"), "341502/1");
    assert_int_equal(number_in(row, "days"), 29);
    assert_string_equal(text_in(row, "since"), "2022-09-01");
    assert_non_null(strstr(text_in(row, "leader"), "李副市长"));
    assert_null(strstr(text_in(row, "leader"), "01234"));
    json_decref(supervised);
}

static void a_lead_is_in_negotiation_until_it_signs_or_ends(void **state)
{
    struct ledger_scene *scene = *state;
    ledger_scene_milestone(scene, "341502/a", MILESTONE_NEGOTIATING, "2022-01-01");
    ledger_scene_milestone(scene, "341502/b", MILESTONE_LEAD, "2021-01-01");
    ledger_scene_milestone(scene, "341502/c", MILESTONE_NEGOTIATING, "2022-01-01");
    ledger_scene_milestone(scene, "341502/c", MILESTONE_TERMINATED, "2022-02-01");
    ledger_scene_milestone(scene, "341502/d", MILESTONE_INTENT_SIGNED, "2022-01-01");
    sign(scene, "341502/d", "2022-03-01");
    json_t *stages = board_on(scene, BOARD_STAGES, DAY);
    assert_int_equal(number_in(row_with(stages, "id", "NEGOTIATING"), "count"), 2);
    /* One signed of three that were ever in negotiation and live. */
    assert_string_equal(text_in(row_with(stages, "id", "SIGNED"), "conversion"), "33.3");
    json_decref(stages);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(ages_come_longest_first_with_those_over_the_limit_counted),
        SCENE_TEST(no_more_ages_than_the_wall_can_draw),
        SCENE_TEST(the_city_sets_limits_of_its_own),
        SCENE_TEST(alerts_are_the_lists_of_the_ledger_by_unit),
        SCENE_TEST(obstacles_are_counted_by_kind_with_their_main_owner),
        SCENE_TEST(a_supervised_project_has_its_leader_and_no_telephone),
        SCENE_TEST(a_lead_is_in_negotiation_until_it_signs_or_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
