/* test_notice.c - which corrections are announced, with the county's figure before and after. */
#include "board_scene.h"
#include "display/notice.h"
#include "ledger/fold/assertions.h"
#include "ledger/view/definitions.h"

#define DAY "2022-09-30"

static int open_scene(void **state)
{
    static struct ledger_scene scene;
    ledger_scene_open(&scene);
    for (int i = 0; i < 3; i++) {
        char subject[32];
        (void)snprintf(subject, sizeof subject, "341502/%d", i);
        ledger_scene_project(&scene, subject, 100000000, "2022-01-05");
        ledger_scene_milestone(&scene, subject, MILESTONE_CONTRACT_SIGNED, "2022-01-05");
    }
    ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-08-20");
    ledger_scene_day(&scene, "2022-09-02");
    *state = &scene;
    return 0;
}

static int close_scene(void **state)
{
    ledger_scene_close(*state);
    return 0;
}

static void hex_of(const struct ledger_scene *scene, uint64_t position, char out[33])
{
    (void)hex_text(bytes_of(scene->ids[position], EVENT_ID_SIZE), out, 33);
}

/* successor 0: none. */
static uint64_t correct(struct ledger_scene *scene, uint64_t target, uint64_t successor)
{
    char target_id[33], successor_id[33], tail[64] = "";
    hex_of(scene, target, target_id);
    if (successor > 0) {
        hex_of(scene, successor, successor_id);
        (void)snprintf(tail, sizeof tail, ",'successor':'%s'", successor_id);
    }
    return ledger_scene_submit(scene, "341502",
                               "{'kind':'CORRECTION','occurred_on':'2022-09-02','correction':{"
                               "'action':'%s','target':'%s','reason':'台账更新，电话13805641234',"
                               "'person':'张三'%s}}",
                               successor > 0 ? "CORRECTED" : "WITHDRAWN", target_id, tail);
}

/* As the stream tells it; NULL: nothing to tell. */
static json_t *told(struct ledger_scene *scene, uint64_t position)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    struct ledger_fact fact;
    const struct assertion *said = ledger_find_event(scene->ledger, scene->ids[position]);
    ledger_read(scene->ledger, said, &scene->arena, &fact);
    struct record record = {.position = position,
                            .kind = RECORD_EVENT,
                            .recorded_at_ms = scene->now_ms,
                            .unit = bytes_of_text("341502")};
    struct view view = {
        .as_of = scene_day(DAY), .known_at = UINT64_MAX, .definitions = definitions_shipped()};
    bool is_told = notice_json(scene->ledger, &record, &fact.event, &view, &scene->arena, &out);
    assert_int_equal(is_told, out.size > 0);
    return is_told ? board_read(buffer_bytes(&out)) : NULL;
}

static uint64_t start(struct ledger_scene *scene, const char *subject, const char *day)
{
    return ledger_scene_milestone(scene, subject, MILESTONE_STARTED, day);
}

static void a_day_moved_to_another_month_says_both_counts(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t first = start(scene, "341502/0", "2022-08-10");
    uint64_t successor = start(scene, "341502/0", "2022-09-01");
    json_t *notice = told(scene, correct(scene, first, successor));
    json_t *also = json_array_get(json_object_get(notice, "also"), 0);
    assert_string_equal(text_in(notice, "figure"), "2022年8月开工");
    assert_int_equal(number_in(notice, "before"), 2); /* with the other project */
    assert_int_equal(number_in(notice, "after"), 1);
    assert_string_equal(text_in(notice, "text"), "金安区 2022年8月开工 2 → 1");
    assert_string_equal(text_in(also, "figure"), "2022年9月开工");
    assert_int_equal(number_in(also, "before"), 0);
    assert_int_equal(number_in(also, "after"), 1);
    assert_string_equal(text_in(notice, "project"), "341502/0");
    assert_string_equal(text_in(notice, "unit"), "341502");
    json_decref(notice);
}

static void who_and_why_are_told_but_no_private_person(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t first = start(scene, "341502/0", "2022-08-10");
    json_t *notice = told(scene, correct(scene, first, 0));
    assert_string_equal(text_in(notice, "by"), "金安区 招商");
    assert_non_null(strstr(text_in(notice, "why"), "台账更新"));
    assert_null(strstr(text_in(notice, "why"), "41234"));
    char *whole = json_dumps(notice, 0);
    assert_null(strstr(whole, "张三"));
    free(whole);
    json_decref(notice);
}

static void what_changes_no_figure_is_not_announced(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t first = start(scene, "341502/0", "2022-08-10");
    uint64_t successor = start(scene, "341502/0", "2022-08-11"); /* the month stays */
    assert_null(told(scene, correct(scene, first, successor)));
    uint64_t name = ledger_scene_project(scene, "341502/2", 100000000, "2022-01-06");
    assert_null(told(scene, correct(scene, name, 0)));
    assert_null(told(scene, first)); /* no correction at all */
}

static void money_received_is_told_in_yuan(void **state)
{
    struct ledger_scene *scene = *state;
    ledger_scene_funds(scene, "341502/1", ORIGIN_OUT_OF_PROVINCE, 50000000, "2022-08-01");
    uint64_t first =
        ledger_scene_funds(scene, "341502/0", ORIGIN_OUT_OF_PROVINCE, 320000000, "2022-08-01");
    uint64_t successor =
        ledger_scene_funds(scene, "341502/0", ORIGIN_OUT_OF_PROVINCE, 32000000, "2022-08-01");
    json_t *notice = told(scene, correct(scene, first, successor));
    assert_string_equal(text_in(notice, "figure"), "累计到位资金");
    assert_int_equal(number_in(notice, "before"), 370000000);
    assert_int_equal(number_in(notice, "after"), 82000000);
    assert_string_equal(text_in(notice, "text"), "金安区 累计到位资金 3.7亿元 → 8200万元");
    json_decref(notice);
}

/* A correction taken back changes the figure again. */
static void a_correction_of_a_correction_is_about_the_same_project(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t first = start(scene, "341502/0", "2022-08-10");
    uint64_t withdrawn = correct(scene, first, 0);
    json_t *notice = told(scene, correct(scene, withdrawn, 0));
    assert_string_equal(text_in(notice, "project"), "341502/0");
    assert_int_equal(number_in(notice, "before"), 1);
    assert_int_equal(number_in(notice, "after"), 2);
    json_decref(notice);
}

static void a_target_that_has_not_come_changes_nothing(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t orphan = ledger_scene_submit(
        scene, "341502",
        "{'kind':'CORRECTION','occurred_on':'2022-09-02','correction':{'action':'WITHDRAWN',"
        "'target':'000102030405060708090a0b0c0d0e0f','reason':'r','person':'p'}}");
    assert_null(told(scene, orphan));
}

static void said_again_it_is_not_announced_again(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t first = start(scene, "341502/0", "2022-08-10");
    uint64_t correction = correct(scene, first, 0);
    uint64_t again = correct(scene, first, 0);
    json_t *notice = told(scene, correction);
    assert_non_null(notice);
    json_decref(notice);
    assert_memory_equal(scene->ids[again], scene->ids[correction], EVENT_ID_SIZE);
    assert_null(told(scene, again));
}

/* ---- still announced ---- */

static void the_frame_announces_the_day_s_notices_newest_first(void **state)
{
    struct ledger_scene *scene = *state;
    ledger_scene_day(scene, "2022-09-20");
    uint64_t old = correct(scene, start(scene, "341502/0", "2022-08-10"), 0);
    ledger_scene_day(scene, "2022-09-21"); /* noon: 24 hours later, still told */
    uint64_t first = correct(scene, start(scene, "341502/0", "2022-08-11"), 0);
    uint64_t second = correct(scene, start(scene, "341502/2", "2022-08-12"), 0);
    json_t *notices = board_on(scene, BOARD_NOTICES, DAY);
    assert_int_equal(json_array_size(notices), 3);
    assert_int_equal(number_in(json_array_get(notices, 0), "position"), second);
    assert_int_equal(number_in(json_array_get(notices, 1), "position"), first);
    assert_int_equal(number_in(json_array_get(notices, 2), "position"), old);
    json_decref(notices);
    scene->now_ms += 1;
    (void)ledger_scene_record(scene, "3415", RECORD_ALARM); /* any record moves the day on */
    notices = board_on(scene, BOARD_NOTICES, DAY);
    assert_int_equal(json_array_size(notices), 2);
    json_decref(notices);
}

static void a_notice_of_the_frame_is_the_one_of_the_stream(void **state)
{
    struct ledger_scene *scene = *state;
    uint64_t correction = correct(scene, start(scene, "341502/0", "2022-08-10"), 0);
    (void)start(scene, "341502/2", "2022-08-30"); /* what comes later changes no notice */
    json_t *notices = board_on(scene, BOARD_NOTICES, DAY), *notice = told(scene, correction);
    json_object_del(notice, "recorded_at"); /* the test's record has the clock of now */
    json_object_del(json_array_get(notices, 0), "recorded_at");
    assert_true(json_equal(json_array_get(notices, 0), notice));
    json_decref(notices);
    json_decref(notice);
}

static void assert_remembers_nothing_else(struct ledger_scene *scene, struct board *remembering,
                                          const char *as_of, uint64_t known_at)
{
    struct board fresh = {0};
    struct board_question question = board_question_of(as_of);
    question.known_at = known_at;
    board_ask(scene->ledger, &question, remembering);
    board_ask(scene->ledger, &question, &fresh);
    assert_int_equal(board_changes(remembering, &fresh), 0);
    board_release(&fresh);
}

static void what_a_frame_remembers_changes_no_later_frame(void **state)
{
    struct ledger_scene *scene = *state;
    struct board remembering = {0};
    correct(scene, start(scene, "341502/0", "2022-08-10"), 0);
    assert_remembers_nothing_else(scene, &remembering, DAY, UINT64_MAX);
    assert_remembers_nothing_else(scene, &remembering, "2022-08-05", UINT64_MAX); /* not yet */
    uint64_t first = scene->position;
    correct(scene, start(scene, "341502/0", "2022-08-11"), 0);
    assert_remembers_nothing_else(scene, &remembering, "2022-08-15", UINT64_MAX);
    assert_remembers_nothing_else(scene, &remembering, "2022-08-15", first); /* back */
    assert_remembers_nothing_else(scene, &remembering, "2022-08-15", UINT64_MAX);
    ledger_scene_day(scene, "2022-09-05"); /* all of it is over */
    correct(scene, start(scene, "341502/0", "2022-08-12"), 0);
    assert_remembers_nothing_else(scene, &remembering, "2022-08-15", UINT64_MAX);
    board_release(&remembering);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_day_moved_to_another_month_says_both_counts),
        SCENE_TEST(who_and_why_are_told_but_no_private_person),
        SCENE_TEST(what_changes_no_figure_is_not_announced),
        SCENE_TEST(money_received_is_told_in_yuan),
        SCENE_TEST(a_correction_of_a_correction_is_about_the_same_project),
        SCENE_TEST(a_target_that_has_not_come_changes_nothing),
        SCENE_TEST(said_again_it_is_not_announced_again),
        SCENE_TEST(the_frame_announces_the_day_s_notices_newest_first),
        SCENE_TEST(a_notice_of_the_frame_is_the_one_of_the_stream),
        SCENE_TEST(what_a_frame_remembers_changes_no_later_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
