/* test_board_memory.c - a frame from what was remembered is the frame made anew, byte for byte,
 * after every event, whatever it is about and whatever the frame is of. */
#include "board_scene.h"

#include <stdio.h>

#include "base/random.h"

enum { ROUNDS = 4, EVENTS = 150, SUBJECTS = 5 };

static const char *const units[] = {"341502", "341503"};
static const char *const days[] = {"2021-12-30", "2022-05-15", "2022-09-30"};

static void say_of_project(struct ledger_scene *scene, struct random *random)
{
    static const char *const bodies[] = {"INVESTMENT_BUREAU", "DRC", "STATISTICS"};
    static const char *const milestones[] = {"CONTRACT_SIGNED", "STARTED", "COMPLETED", "LANDED"};
    char body[400];
    unsigned pick = (unsigned)random_below(random, 200);
    switch (random_below(random, 9)) {
    case 5:
        (void)snprintf(body, sizeof body,
                       "'kind':'ASSIGNMENT','assignment':{'role':'%s','name':'王某%u'%s}",
                       pick & 1 ? "OWNER_PERSON" : "RESPONSIBLE_UNIT", pick % 3,
                       pick % 4 == 1 ? ",'to':'2022-06-30'" : "");
        break;
    case 6:
        (void)snprintf(body, sizeof body, "'kind':'LIST','list':{'list':'挂牌督办','action':'%s'}",
                       pick % 3 ? "JOINED" : "LEFT");
        break;
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
        (void)snprintf(
            body, sizeof body,
            "'kind':'OBSTACLE','obstacle':{'action':'%s','obstacle_id':'%u','owner':'部门%u'}",
            pick & 1 ? "RAISED" : "CLOSED", pick % 3, pick % 5);
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
    switch (random_below(random, 7)) {
    case 4:
        (void)ledger_scene_submit(scene, units[pick & 1],
                                  "{'kind':'ASSIGNMENT','occurred_on':'2022-02-01',"
                                  "'assignment':{'role':'TEAM_MEMBER','name':'李某','team':'一队',"
                                  "'to':'2022-0%u-01'}}",
                                  3 + pick % 6);
        break;
    case 5:
        ledger_scene_enrol(scene, pick & 1 ? "341504" : units[0], "新区", UNIT_COUNTY);
        break;
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
                                  "'contact':'TRIP','state':'DONE','team':'一队',"
                                  "'leads':['%u','341503/%u']}}",
                                  1 + pick % 9, pick % 7, pick % 6);
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

static void assert_as_anew(struct ledger_scene *scene, struct board_memory *memory,
                           const struct board_question *question, struct board *board)
{
    CLEANUP(arena_release) struct arena arena;
    struct board anew = {0};
    arena_init(&arena, 16 << 20);
    board_ask(scene->ledger, question, &anew);
    board_make_with(memory, scene->ledger, question, &arena, board);
    for (size_t i = 0; i < BOARD_SECTIONS; i++) {
        struct bytes left = buffer_bytes(&anew.sections[i]);
        struct bytes right = buffer_bytes(&board->sections[i]);
        if (!bytes_equal(left, right))
            fail_msg("%s at %u:\n%.*s\n%.*s", board_section_name((enum board_section)i),
                     (unsigned)scene->position, (int)left.size, (const char *)left.data,
                     (int)right.size, (const char *)right.data);
    }
    board_release(&anew);
}

static void ask_otherwise(struct ledger_scene *scene, struct random *random,
                          struct board_question *question)
{
    if (random_below(random, 20) == 0)
        question->as_of = scene_day(days[random_below(random, 3)]);
    if (random_below(random, 20) == 0)
        question->from = random_below(random, 2) ? scene_day("2022-03-01") : DAY_NONE;
    if (random_below(random, 20) == 0)
        question->known_at = random_below(random, 2) ? scene->position / 2 : UINT64_MAX;
}

static void a_remembered_frame_is_the_one_made_anew_after_every_event(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct ledger_scene scene;
        struct random random;
        struct board board = {0};
        struct board_memory *memory = board_memory_new();
        struct board_question question = board_question_of("2022-09-30");
        ledger_scene_open(&scene);
        random_init(&random, seed);
        for (int i = 0; i < EVENTS; i++) {
            uint64_t dice = random_below(&random, 12);
            if (dice == 0)
                take_back(&scene, &random);
            else if (dice <= 3)
                say_of_all(&scene, &random);
            else
                say_of_project(&scene, &random);
            ask_otherwise(&scene, &random, &question);
            assert_as_anew(&scene, memory, &question, &board);
        }
        board_memory_free(memory);
        board_release(&board);
        ledger_scene_close(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_remembered_frame_is_the_one_made_anew_after_every_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
