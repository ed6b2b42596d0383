/* test_timeline.c - days of recording in the city, added record by record or made from a ledger. */
#include "display/timeline.h"
#include "ledger_scene.h"

#include <stdlib.h>

struct stage {
    struct ledger_scene scene;
    struct timeline timeline;
    uint64_t added;
};

/* What was recorded since; of any kind. */
static void follow(struct stage *stage)
{
    while (stage->added < stage->scene.position) {
        struct record record = {.position = ++stage->added};
        record.recorded_at_ms = ledger_recorded_at_ms(stage->scene.ledger, record.position);
        timeline_add(&stage->timeline, stage->scene.ledger, &record);
    }
}

static int open_stage(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    ledger_scene_open(&stage->scene);
    stage->scene.clock_stands = true;
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;
    ledger_scene_close(&stage->scene);
    timeline_release(&stage->timeline);
    free(stage);
    return 0;
}

static void live_some_days(struct stage *stage)
{
    struct ledger_scene *scene = &stage->scene;
    ledger_scene_day(scene, "2022-03-01");
    uint64_t first = ledger_scene_project(scene, "341502/1", 1000, "2022-01-01");
    (void)ledger_scene_record(scene, "341502", RECORD_REFUSAL);
    (void)ledger_scene_project(scene, "341502/1", 1000, "2022-01-01"); /* said again */
    ledger_scene_day(scene, "2022-03-05");
    (void)ledger_scene_withdraw(scene, "341502", first);
    (void)ledger_scene_project(scene, "341502/2", 1000, "2022-01-01");
    follow(stage);
}

static void each_day_has_its_positions_and_what_was_said_anew(void **state)
{
    struct stage *stage = *state;
    live_some_days(stage);
    const struct timeline_day *days = stage->timeline.days;
    assert_int_equal(stage->timeline.count, 3); /* the scene's first day, and the two */
    assert_int_equal(days[0].events, 0);        /* roster and setting */
    assert_int_equal(days[1].day, scene_day("2022-03-01"));
    assert_int_equal(days[1].first, days[0].last + 1);
    assert_int_equal(days[1].last - days[1].first, 2);
    assert_int_equal(days[1].events, 1);
    assert_int_equal(days[1].restatements, 0);
    assert_int_equal(days[2].events, 2);
    assert_int_equal(days[2].restatements, 1);
    assert_int_equal(days[2].last, stage->scene.position);
}

static void made_from_a_ledger_it_is_the_same(void **state)
{
    struct stage *stage = *state;
    CLEANUP(timeline_release) struct timeline made = {0};
    CLEANUP(buffer_release) struct buffer added_text = {0}, made_text = {0};
    live_some_days(stage);
    timeline_make(&made, stage->scene.ledger);
    timeline_json(&stage->timeline, &added_text);
    timeline_json(&made, &made_text);
    assert_true(bytes_equal(buffer_bytes(&added_text), buffer_bytes(&made_text)));
    /* And goes on from there. */
    (void)ledger_scene_project(&stage->scene, "341502/3", 1000, "2022-01-01");
    struct record record = {.position = stage->scene.position,
                            .recorded_at_ms = stage->scene.now_ms};
    timeline_add(&made, stage->scene.ledger, &record);
    assert_int_equal(made.count, 3);
    assert_int_equal(made.days[2].events, 3);
}

/* 15:59:59 and 16:00:00 UTC are two days in the city. */
static void a_day_ends_at_midnight_in_the_city(void **state)
{
    struct stage *stage = *state;
    ledger_scene_day(&stage->scene, "2022-03-01");
    stage->scene.now_ms += 12 * 3600 * 1000LL - 1;
    (void)ledger_scene_project(&stage->scene, "341502/1", 1000, "2022-01-01");
    stage->scene.now_ms += 1;
    (void)ledger_scene_project(&stage->scene, "341502/2", 1000, "2022-01-01");
    follow(stage);
    CLEANUP(timeline_release) struct timeline made = {0};
    timeline_make(&made, stage->scene.ledger);
    assert_int_equal(stage->timeline.count, 3);
    assert_int_equal(made.count, 3);
    assert_int_equal(stage->timeline.days[2].day, scene_day("2022-03-02"));
    assert_int_equal(made.days[2].first, stage->scene.position);
}

static void the_answer_is_a_list_of_days(void **state)
{
    struct stage *stage = *state;
    CLEANUP(buffer_release) struct buffer text = {0};
    timeline_json(&stage->timeline, &text);
    assert_true(bytes_equal_text(buffer_bytes(&text), "{\"days\":[]}"));
    follow(stage);
    buffer_clear(&text);
    timeline_json(&stage->timeline, &text);
    assert_true(bytes_equal_text(buffer_bytes(&text),
                                 "{\"days\":[{\"day\":\"2000-01-01\",\"first\":1,\"last\":4,"
                                 "\"events\":0,\"restatements\":0}]}"));
}

#define STAGE_TEST(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(each_day_has_its_positions_and_what_was_said_anew),
        STAGE_TEST(made_from_a_ledger_it_is_the_same),
        STAGE_TEST(a_day_ends_at_midnight_in_the_city),
        STAGE_TEST(the_answer_is_a_list_of_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
