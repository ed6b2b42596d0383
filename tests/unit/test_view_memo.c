/*
 * test_view_memo.c - a bulletin from what was remembered is the bulletin made anew, byte for byte,
 * after every event; and it looks again only at what may have changed.
 */
#include "bulletin_scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "ledger/view/view_memo.h"

enum { ROUNDS = 6, EVENTS = 120, SUBJECTS = 5 };

static const char *const units[] = {"341502", "341503"};
static const char *const days[] = {"2021-12-30", "2022-05-15", "2022-09-30"};

static int open_scene(void **state)
{
    struct ledger_scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    ledger_scene_open(scene);
    *state = scene;
    return 0;
}

static int close_scene(void **state)
{
    ledger_scene_close(*state);
    free(*state);
    return 0;
}

/* Rates point to definitions that are read for each bulletin: they are equal when their ids are. */
static void assert_same_row(const struct bulletin_row *left, const struct bulletin_row *right)
{
    struct bulletin_row one = *left, other = *right;
    assert_int_equal(left->rate_count, right->rate_count);
    for (size_t i = 0; i < left->rate_count; i++) {
        struct bulletin_rate rate = left->rates[i], again = right->rates[i];
        assert_string_equal(rate.definition->id, again.definition->id);
        rate.definition = again.definition = NULL;
        assert_memory_equal(&rate, &again, sizeof rate);
    }
    assert_int_equal(left->target_count, right->target_count);
    for (size_t i = 0; i < left->target_count; i++)
        assert_memory_equal(&left->targets[i], &right->targets[i], sizeof *left->targets);
    one.rates = other.rates = NULL;
    one.targets = other.targets = NULL;
    assert_memory_equal(&one, &other, sizeof one);
}

static void assert_as_anew(struct ledger_scene *scene, struct view_memo *memo,
                           const struct view *view)
{
    CLEANUP(arena_release) struct arena arena;
    struct bulletin anew, remembered;
    arena_init(&arena, 16 << 20);
    bulletin_make(scene->ledger, view, &arena, &anew);
    bulletin_make_with(memo, scene->ledger, view, &arena, &remembered);
    assert_false(anew.incomplete || remembered.incomplete);
    assert_true(hash_equal(&anew.frame, &remembered.frame));
    assert_int_equal(anew.row_count, remembered.row_count);
    for (size_t i = 0; i < anew.row_count; i++)
        assert_same_row(&anew.rows[i], &remembered.rows[i]);
    assert_same_row(&anew.total, &remembered.total);
}

static void say_of_project(struct ledger_scene *scene, struct random *random)
{
    static const char *const bodies[] = {"INVESTMENT_BUREAU", "DRC", "STATISTICS"};
    static const char *const milestones[] = {"CONTRACT_SIGNED", "STARTED", "COMPLETED", "LANDED"};
    char body[400];
    unsigned pick = (unsigned)random_below(random, 200);
    switch (random_below(random, 7)) {
    case 4:
        (void)snprintf(body, sizeof body,
                       "'kind':'CONTACT','contact':{'contact':'TRIP','state':'DONE'}");
        break;
    case 0:
        (void)snprintf(body, sizeof body,
                       "'kind':'PROJECT','project':{'action':'%s','industry':'产业%u','tags':["
                       "'大好高'],'planned_total':{'yuan':%u},'planned_fixed':{'yuan':%u}}",
                       pick & 1 ? "REGISTERED" : "CHANGED", pick % 3, pick * 4000000,
                       pick * 3000000);
        break;
    case 1:
        (void)snprintf(body, sizeof body,
                       "'kind':'FUNDS','funds':{'amount':{%s:%u%s},"
                       "'origin':'OUT_OF_PROVINCE','basis':'CUMULATIVE'}",
                       pick & 1 ? "'yuan'" : "'minor_units'", pick * 10000,
                       pick & 1 ? "" : ",'currency':'USD'");
        break;
    case 2:
        (void)snprintf(body, sizeof body, "'kind':'LIST','list':{'list':'重点','action':'%s'}",
                       pick % 3 ? "JOINED" : "LEFT");
        break;
    case 3:
        (void)snprintf(body, sizeof body,
                       "'kind':'OBSTACLE','obstacle':{'action':'%s','obstacle_id':'%u'}",
                       pick & 1 ? "RAISED" : "CLOSED", pick % 3);
        break;
    default:
        (void)snprintf(body, sizeof body, "'kind':'MILESTONE','milestone':{'milestone':'%s'}",
                       milestones[pick % 4]);
        break;
    }
    size_t unit = (size_t)random_below(random, 2);
    (void)ledger_scene_submit(
        scene, units[unit], "{'subject':'%s/%u','occurred_on':'2022-%02u-%02u','body':'%s',%s}",
        units[unit], (unsigned)random_below(random, SUBJECTS),
        (unsigned)(1 + random_below(random, 9)), (unsigned)(1 + random_below(random, 28)),
        bodies[random_below(random, 3)], body);
}

static void say_of_all(struct ledger_scene *scene, struct random *random)
{
    static const char *const bodies[] = {"INVESTMENT_BUREAU", "DRC", "STATISTICS"};
    unsigned pick = (unsigned)random_below(random, 1000);
    switch (random_below(random, 5)) {
    case 0:
        (void)ledger_scene_submit(scene, "3415",
                                  "{'kind':'EXCHANGE_RATE','occurred_on':'2022-0%u-01',"
                                  "'exchange_rate':{'currency':'USD','yuan_millionths':%u}}",
                                  1 + pick % 9, 6000000 + pick);
        break;
    case 1:
        (void)ledger_scene_submit(scene, "3415",
                                  "{'kind':'DEFINITION','occurred_on':'2022-01-01','definition':{"
                                  "'definition':'SETTING','name':'settings','version':'1',"
                                  "'content':'{\\'body_order\\':[\\'%s\\']}'}}",
                                  bodies[pick % 3]);
        break;
    case 2:
        ledger_scene_rename(scene, units[pick & 1], pick & 2 ? "新区" : "老区", "2022-03-01");
        break;
    case 3:
        (void)ledger_scene_submit(scene, "3415",
                                  "{'kind':'TARGET','occurred_on':'2022-01-01','about_unit':'%s',"
                                  "'target':{'metric':'received_wan_total','list':'重点',"
                                  "'base_amount':{'yuan':%u}}}",
                                  units[pick & 1], 1 + pick);
        break;
    default:
        (void)ledger_scene_submit(scene, units[pick & 1],
                                  "{'kind':'CONTACT','occurred_on':'2022-04-0%u','contact':{"
                                  "'contact':'TRIP','state':'DONE'}}",
                                  1 + pick % 9);
        break;
    }
}

/* Anything said before is taken back, of whichever project, a taking back included. */
static void take_back(struct ledger_scene *scene, struct random *random)
{
    static const uint8_t nothing[EVENT_ID_SIZE];
    uint64_t position = 1 + random_below(random, scene->position);
    if (memcmp(scene->ids[position], nothing, EVENT_ID_SIZE) != 0)
        (void)ledger_scene_withdraw(scene, "3415", position);
}

static void what_is_remembered_is_what_is_seen_anew_after_every_event(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct ledger_scene scene;
        struct random random;
        struct view_memo memo = {0};
        struct view view = {.as_of = scene_day("2022-09-30"), .known_at = UINT64_MAX};
        ledger_scene_open(&scene);
        random_init(&random, seed);
        for (int i = 0; i < EVENTS; i++) {
            uint64_t dice = random_below(&random, 12);
            if (dice == 0)
                take_back(&scene, &random);
            else if (dice == 1)
                say_of_all(&scene, &random);
            else
                say_of_project(&scene, &random);
            if (random_below(&random, 20) == 0)
                view.as_of = scene_day(days[random_below(&random, 3)]);
            if (random_below(&random, 20) == 0)
                view.from = random_below(&random, 2) ? scene_day("2022-03-01") : DAY_NONE;
            if (random_below(&random, 20) == 0)
                view.known_at = random_below(&random, 2) ? scene.position / 2 : UINT64_MAX;
            assert_as_anew(&scene, &memo, &view);
        }
        view_memo_release(&memo);
        ledger_scene_close(&scene);
    }
}

static const struct project_view *seen(struct ledger_scene *scene, struct view_memo *memo,
                                       const char *subject)
{
    struct view view = {.as_of = scene_day("2022-09-30"), .known_at = UINT64_MAX};
    view_memo_begin(memo, scene->ledger, &view);
    return view_memo_project(memo, scene->ledger, ledger_scene_subject(scene, subject), &view,
                             &scene->arena);
}

static void only_what_something_was_said_of_is_looked_at_again(void **state)
{
    struct ledger_scene *scene = *state;
    struct view_memo memo = {0};
    ledger_scene_project(scene, "341502/1", 10 * WAN, "2022-01-01");
    ledger_scene_project(scene, "341502/2", 20 * WAN, "2022-01-01");
    assert_non_null(seen(scene, &memo, "341502/1"));
    assert_non_null(seen(scene, &memo, "341502/2"));
    memo.rows[ledger_scene_subject(scene, "341502/1")].project.trips = 77; /* as no event says */
    memo.rows[ledger_scene_subject(scene, "341502/2")].project.trips = 77;
    ledger_scene_milestone(scene, "341502/2", MILESTONE_STARTED, "2022-03-01");
    assert_int_equal(seen(scene, &memo, "341502/1")->trips, 77);
    assert_int_equal(seen(scene, &memo, "341502/2")->trips, 0);
    assert_true(view_reached(seen(scene, &memo, "341502/2"), MILESTONE_STARTED));
    view_memo_release(&memo);
}

static void a_verification_sees_the_claim_of_another_project_when_it_comes(void **state)
{
    static const char claim[] = "{'kind':'FUNDS','subject':'341503/9','occurred_on':'2022-03-01',"
                                "'funds':{'amount':{'yuan':500},'origin':'OUT_OF_PROVINCE',"
                                "'basis':'CUMULATIVE'}}";
    struct ledger_scene *scene = *state, before;
    struct view_memo memo = {0};
    ledger_scene_open(&before);
    ledger_scene_day(&before, "2022-04-01");
    ledger_scene_day(scene, "2022-04-01");
    struct event found = {
        .envelope = {.kind = EVENT_VERIFICATION,
                     .subject = bytes_of_text("341502/1"),
                     .occurred_on = scene_day("2022-04-01"),
                     .body = BODY_INSPECTOR},
        .verification = {.result = VERIFICATION_CONFIRMED,
                         .target =
                             bytes_of(before.ids[ledger_scene_submit(&before, "341503", claim)],
                                      EVENT_ID_SIZE)}};
    ledger_scene_project(scene, "341502/1", 10 * WAN, "2022-01-01");
    uint64_t known_at = ledger_scene_say(scene, "3415", &found);
    assert_false(seen(scene, &memo, "341502/1")->verified.known);
    ledger_scene_submit(scene, "341503", claim);
    assert_int_equal(seen(scene, &memo, "341502/1")->verified.yuan, 500);

    struct project_view then; /* what came later is not seen as known before */
    struct view view = {.as_of = scene_day("2022-09-30"), .known_at = known_at};
    assert_true(project_view_make(scene->ledger, ledger_scene_subject(scene, "341502/1"), &view,
                                  &scene->arena, &then));
    assert_false(then.verified.known);
    view_memo_release(&memo);
    ledger_scene_close(&before);
}

static void a_change_of_the_roster_may_change_all(void **state)
{
    struct ledger_scene *scene = *state;
    ledger_scene_project(scene, "341502/1", 10 * WAN, "2022-01-01");
    assert_true(ledger_rules_position(scene->ledger) < scene->position);
    ledger_scene_enrol(scene, "341502", "金安区", UNIT_CITY);
    assert_int_equal(ledger_rules_position(scene->ledger), scene->position);
}

static void a_view_with_other_definitions_is_another_view(void **state)
{
    struct ledger_scene *scene = *state;
    struct view_memo memo = {0};
    struct definitions own = *definitions_shipped();
    struct view view = {
        .as_of = scene_day("2022-09-30"), .known_at = UINT64_MAX, .definitions = &own};
    ledger_scene_project(scene, "341502/1", 10 * WAN, "2022-01-01");
    assert_non_null(seen(scene, &memo, "341502/1"));
    memo.rows[0].project.trips = 77;
    view_memo_begin(&memo, scene->ledger, &view); /* they are the shipped ones, by value */
    assert_int_equal(view_memo_project(&memo, scene->ledger, 0, &view, &scene->arena)->trips, 77);
    own.exclude_endogenous = !own.exclude_endogenous;
    view_memo_begin(&memo, scene->ledger, &view);
    assert_int_equal(view_memo_project(&memo, scene->ledger, 0, &view, &scene->arena)->trips, 0);
    view_memo_release(&memo);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_remembered_is_what_is_seen_anew_after_every_event),
        SCENE_TEST(only_what_something_was_said_of_is_looked_at_again),
        SCENE_TEST(a_verification_sees_the_claim_of_another_project_when_it_comes),
        SCENE_TEST(a_change_of_the_roster_may_change_all),
        SCENE_TEST(a_view_with_other_definitions_is_another_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
