/* test_gap_scan.c - what no list depends on: the order in which the words of different units
 * reached the log, and words said twice. */
#include "gap_scene.h"

struct line {
    const char *unit, *text;
};

static const struct line said[] = {
    {"341502", "{'kind':'PROJECT','subject':'341502/1','occurred_on':'2020-01-01','project':"
               "{'action':'REGISTERED','industry':'制造','planned_total':{'yuan':500000000}}}"},
    {"3415", "{'kind':'LIST','subject':'341502/1','occurred_on':'2020-03-01',"
             "'list':{'list':'挂牌督办','action':'JOINED'}}"},
    {"341502", "{'kind':'MILESTONE','subject':'341502/1','occurred_on':'2020-02-01',"
               "'milestone':{'milestone':'CONTRACT_SIGNED'}}"},
    {"341503", "{'kind':'MILESTONE','subject':'341503/1','occurred_on':'2020-02-01',"
               "'milestone':{'milestone':'CONTRACT_SIGNED'}}"},
    {"3415", "{'kind':'OBSTACLE','subject':'341502/1','occurred_on':'2020-04-01',"
             "'obstacle':{'action':'TRANSFERRED','obstacle_id':'a','owner':'乙局'}}"},
    {"341502", "{'kind':'OBSTACLE','subject':'341502/1','occurred_on':'2020-04-01','obstacle':"
               "{'action':'RAISED','obstacle_id':'a','owner':'甲局','due':'2020-05-01'}}"},
    {"341503", "{'kind':'CONTACT','occurred_on':'2020-04-02','contact':{'contact':'TRIP',"
               "'state':'DONE','leads':['341502/1','341503/9'],'team':'二队'}}"},
    {"341502", "{'kind':'CONTACT','occurred_on':'2020-04-02','contact':{'contact':'TRIP',"
               "'state':'DONE','team':'一队'}}"},
    {"341502", "{'kind':'COMMITMENT','occurred_on':'2020-01-01','commitment':"
               "{'action':'MADE','commitment_id':'修路','due':'2020-06-01'}}"},
    {"3415", "{'kind':'INSTRUCTION','subject':'341503/1','occurred_on':'2020-04-01','instruction':"
             "{'action':'GIVEN','instruction_id':'1','due':'2020-04-10','to':'裕安区'}}"},
    {"341503", "{'kind':'MILESTONE','subject':'341503/2','occurred_on':'2020-02-01',"
               "'milestone':{'milestone':'NEGOTIATING'}}"},
};

static void list_text(const struct ledger_scene *scene, struct gap_list list, struct buffer *out)
{
    for (size_t i = 0; i < list.count; i++) {
        const struct gap_row *row = &list.rows[i];
        buffer_add(out, ledger_unit(scene->ledger, row->unit)->unit);
        if (row->subject != SIZE_MAX)
            buffer_add(out, ledger_subject(scene->ledger, row->subject));
        buffer_add_format(out, " %d %d %d ", (int)row->since, (int)row->age_days,
                          (int)row->transfers);
        buffer_add(out, row->obstacle);
        buffer_add(out, row->owner);
        buffer_add(out, row->why);
        buffer_add_text(out, "\n");
    }
}

/* All lists of 2020-12-31 as text. */
static void all_lists(struct ledger_scene *scene, struct buffer *out)
{
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        buffer_add_format(out, "%s\n", gap_id((enum gap_class)i));
        list_text(scene, gap_scene_gaps(scene, (enum gap_class)i, "2020-12-31"), out);
    }
    for (size_t i = 0; i < ALERT_CLASSES; i++) {
        buffer_add_format(out, "%s\n", alert_id((enum alert_class)i));
        list_text(scene, gap_scene_alerts(scene, (enum alert_class)i, "2020-12-31"), out);
    }
}

/* order: which unit speaks next; each unit's own lines stay in their order. */
static void say_in_order(struct ledger_scene *scene, const char *const order[3], bool twice)
{
    for (size_t turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < ARRAY_LENGTH(said); i++) {
            if (strcmp(said[i].unit, order[turn]) != 0)
                continue;
            for (int again = 0; again <= (int)twice; again++)
                ledger_scene_submit(scene, said[i].unit, "%s", said[i].text);
        }
    }
}

static void every_list_is_the_same_for_every_interleaving_of_units(void **state)
{
    static const char *const orders[][3] = {
        {"341502", "341503", "3415"}, {"3415", "341502", "341503"}, {"341503", "3415", "341502"}};
    CLEANUP(buffer_release) struct buffer expected = {0};
    (void)state;
    struct ledger_scene scene;
    ledger_scene_open(&scene);
    for (size_t i = 0; i < ARRAY_LENGTH(said); i++)
        ledger_scene_submit(&scene, said[i].unit, "%s", said[i].text);
    all_lists(&scene, &expected);
    buffer_add(&expected, bytes_of("", 1));
    ledger_scene_close(&scene);
    assert_non_null(strstr((const char *)expected.data, "乙局")); /* the lists are not empty */
    for (size_t i = 0; i < 2 * ARRAY_LENGTH(orders); i++) {
        CLEANUP(buffer_release) struct buffer got = {0};
        ledger_scene_open(&scene);
        say_in_order(&scene, orders[i % ARRAY_LENGTH(orders)], i >= ARRAY_LENGTH(orders));
        all_lists(&scene, &got);
        buffer_add(&got, bytes_of("", 1));
        ledger_scene_close(&scene);
        assert_string_equal((const char *)got.data, (const char *)expected.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_list_is_the_same_for_every_interleaving_of_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
