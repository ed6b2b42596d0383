/* test_line.c - a record's line on the wall: every kind has one, in Chinese, and no private person
 * is in it. */
#include "board_scene.h"
#include "display/line.h"
#include "ledger/event/schema.h"
#include "proto/json.h"

static struct ledger_scene scene;

static int open_scene(void **state)
{
    (void)state;
    ledger_scene_open(&scene);
    ledger_scene_day(&scene, "2022-09-30");
    struct event project = {
        .envelope = {.kind = EVENT_PROJECT,
                     .subject = bytes_of_text("341502/1"),
                     .occurred_on = scene_day("2022-01-05")},
        .project = {.action = PROJECT_ACTION_REGISTERED, .name = bytes_of_text("纺织项目")}};
    (void)ledger_scene_say(&scene, "341502", &project);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    ledger_scene_close(&scene);
    return 0;
}

static json_t *line_of(const struct record *record, const struct event *event,
                       enum line_scope scope)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    line_json(scene.ledger, record, event, scope, &scene.arena, &out);
    assert_null(memchr(out.data, '\n', out.size)); /* one line of the stream */
    return board_read(buffer_bytes(&out));
}

static struct record record_of(const char *unit, enum record_kind kind)
{
    return (struct record){.position = scene.position,
                           .recorded_at_ms = scene.now_ms,
                           .kind = kind,
                           .unit = bytes_of_text(unit)};
}

static bool read_event(const char *text, struct event *out)
{
    char line[4096];
    struct problem problem = {0};
    (void)snprintf(line, sizeof line, "%s", text);
    for (char *at = line; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    if (json_event_parse(bytes_of_text(line), &scene.arena, out, &problem) != OK)
        fail_msg("%s: %s", line, problem.text);
    return true;
}

/* Said by 金安区, about its project 1, on 2022-09-29. */
static json_t *line_told(const char *kind, const char *fact, enum line_scope scope)
{
    char text[4096];
    struct event event, said;
    (void)snprintf(text, sizeof text,
                   "{'kind':'%s','subject':'341502/1','occurred_on':'2022-09-29','body':'DRC',%s}",
                   kind, fact);
    assert_true(read_event(text, &event) && read_event(text, &said));
    uint64_t position = ledger_scene_say(&scene, "341502", &said);
    event.envelope.event_id = bytes_of(scene.ids[position], EVENT_ID_SIZE);
    struct record record = record_of("341502", RECORD_EVENT);
    return line_of(&record, &event, scope);
}

static void assert_text(const char *kind, const char *fact, const char *wanted)
{
    json_t *line = line_told(kind, fact, LINE_WALL);
    assert_string_equal(text_in(line, "text"), wanted);
    json_decref(line);
}

static void every_kind_of_event_says_what_happened(void **state)
{
    (void)state;
    assert_text("PROJECT",
                "'project':{'action':'REGISTERED','investor':'甲公司','planned_total':{'yuan':"
                "120000000}}",
                "登记项目 甲公司 总投资 1.2亿元");
    assert_text("DOCUMENT", "'document':{'document':'CONTRACT','amount':{'yuan':32000000}}",
                "签订正式合同 协议额 3200万元");
    assert_text("MILESTONE", "'milestone':{'milestone':'CONTRACT_SIGNED'}", "签约");
    assert_text("MILESTONE", "'milestone':{'milestone':'PRODUCING','partial':true}", "部分投产");
    assert_text("FUNDS",
                "'funds':{'amount':{'yuan':32000000},'origin':'OUT_OF_PROVINCE','basis':"
                "'CUMULATIVE'}",
                "到位 3200万元（省外，累计）");
    assert_text("FUNDS",
                "'funds':{'amount':{'text':'X亿元'},'origin':'OVERSEAS','basis':'INCREMENT',"
                "'funds':'FDI_USED'}",
                "实际使用外资 X亿元（境外，本期）");
    assert_text("OBSTACLE",
                "'obstacle':{'action':'RAISED','obstacle_id':'a','obstacle':'LAND_QUOTA','owner':"
                "'自然资源局','due':'2022-10-15'}",
                "卡点 土地指标 → 自然资源局（限 2022-10-15）");
    assert_text("OBSTACLE", "'obstacle':{'action':'CLOSED','obstacle_id':'a'}", "销号 土地指标");
    assert_text("CONTACT",
                "'contact':{'contact':'TRIP','state':'DONE','leader_level':'COUNTY_PRINCIPAL',"
                "'destination':'杭州市','firms':['甲','乙']}",
                "外出招商 杭州市 拜访企业2家（党政主要负责同志带队）");
    assert_text("TARGET", "'target':{'metric':'START_OVER_SIGNED','base_count':8500}",
                "目标 开工率 85.00%");
    assert_text("LIST", "'list':{'list':'挂牌督办','action':'JOINED'}", "列入 挂牌督办");
    assert_text("NOTE", "'note':{'text':'土建完成七成\\n设备招标'}", "进展 土建完成七成 设备招标");
    assert_text("APPROVAL", "'approval':{'step':'环评','result':'PASSED'}", "环评 通过");
    assert_text("LAND", "'land':{'land':'AUCTIONED','area_mu_tenths':1205}", "用地 摘牌 120.5亩");
    assert_text("SUPERVISION", "'supervision':{'step':'INTERVIEWED','due':'2022-10-01'}",
                "约谈（限 2022-10-01）");
    assert_text("EXCHANGE_RATE", "'exchange_rate':{'currency':'USD','yuan_millionths':7123456}",
                "汇率 USD 7.123456元");
    assert_text("VERDICT", "'verdict':{'matter':'甲公司','winner_unit':'341503','reason':'r'}",
                "首报裁定 甲公司 归 裕安区");
    assert_text("LEAD", "'lead':{'investor':'乙公司','total':{'yuan':300000000},'step':'TARGET'}",
                "线索 乙公司 拟投资 3亿元 锁定目标");
}

/* Foreign money has cents; the currency stands in place of 元. */
static void foreign_money_keeps_its_currency(void **state)
{
    (void)state;
    assert_text("FUNDS",
                "'funds':{'amount':{'minor_units':500000000,'currency':'USD'},'origin':"
                "'OVERSEAS','basis':'CUMULATIVE'}",
                "到位 500万USD（境外，累计）");
}

static void a_line_has_its_unit_project_day_and_authority(void **state)
{
    (void)state;
    json_t *line = line_told("MILESTONE", "'milestone':{'milestone':'STARTED'}", LINE_WALL);
    assert_string_equal(text_in(line, "unit"), "341502");
    assert_string_equal(text_in(line, "unit_name"), "金安区");
    assert_string_equal(text_in(line, "project"), "341502/1");
    assert_string_equal(text_in(line, "project_name"), "纺织项目");
    assert_string_equal(text_in(line, "by"), "金安区 发改");
    assert_string_equal(text_in(line, "day"), "2022-09-29");
    assert_string_equal(text_in(line, "kind"), "MILESTONE");
    assert_int_equal(number_in(line, "position"), scene.position);
    assert_true(json_is_false(json_object_get(line, "is_correction")));
    json_decref(line);
}

/* ---- corrections ---- */

static json_t *corrected(uint64_t target, uint64_t successor, enum line_scope scope)
{
    char target_id[33], successor_id[33], fact[512], tail[64] = "";
    (void)hex_text(bytes_of(scene.ids[target], EVENT_ID_SIZE), target_id, sizeof target_id);
    if (successor > 0) {
        (void)hex_text(bytes_of(scene.ids[successor], EVENT_ID_SIZE), successor_id,
                       sizeof successor_id);
        (void)snprintf(tail, sizeof tail, ",'successor':'%s'", successor_id);
    }
    (void)snprintf(fact, sizeof fact,
                   "'correction':{'action':'%s','target':'%s','reason':'填错','person':'张三'%s}",
                   successor > 0 ? "CORRECTED" : "WITHDRAWN", target_id, tail);
    return line_told("CORRECTION", fact, scope);
}

static void a_correction_shows_before_and_after(void **state)
{
    (void)state;
    uint64_t was = ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-09-28");
    uint64_t is = ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-08-12");
    json_t *line = corrected(was, is, LINE_WALL);
    assert_string_equal(text_in(line, "text"), "更正 开工日期 2022-09-28 → 2022-08-12");
    assert_string_equal(text_in(line, "before"), "2022-09-28");
    assert_string_equal(text_in(line, "after"), "2022-08-12");
    assert_string_equal(text_in(line, "why"), "填错");
    assert_true(json_is_true(json_object_get(line, "is_correction")));
    json_decref(line);
}

static void corrected_money_and_fields_have_their_names(void **state)
{
    (void)state;
    uint64_t was =
        ledger_scene_funds(&scene, "341502/1", ORIGIN_OUT_OF_PROVINCE, 32000000, "2022-06-30");
    uint64_t is =
        ledger_scene_funds(&scene, "341502/1", ORIGIN_OUT_OF_PROVINCE, 3200000, "2022-06-30");
    json_t *line = corrected(was, is, LINE_WALL);
    assert_string_equal(text_in(line, "text"), "更正 到位金额 3200万元 → 320万元");
    json_decref(line);
    was = ledger_scene_project(&scene, "341502/1", 120000000, "2022-01-06");
    is = ledger_scene_project(&scene, "341502/1", 150000000, "2022-01-06");
    line = corrected(was, is, LINE_WALL);
    assert_string_equal(text_in(line, "text"), "更正 总投资 1.2亿元 → 1.5亿元");
    json_decref(line);
}

static void a_withdrawal_shows_what_is_gone(void **state)
{
    (void)state;
    uint64_t was = ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-09-28");
    json_t *line = corrected(was, 0, LINE_WALL);
    assert_string_equal(text_in(line, "text"), "撤回 开工 2022-09-28");
    assert_true(is_null_in(line, "after"));
    json_decref(line);
}

/* ---- private persons ---- */

static void the_wall_names_no_private_person_and_the_office_does(void **state)
{
    (void)state;
    static const char helper[] = "'assignment':{'role':'HELPER','name':'赵小明'}";
    static const char leader[] = "'assignment':{'role':'SPONSOR_LEADER','name':'钱副市长'}";
    uint64_t was = ledger_scene_milestone(&scene, "341502/1", MILESTONE_STARTED, "2022-09-28");
    json_t *wall = line_told("ASSIGNMENT", helper, LINE_WALL);
    json_t *office = line_told("ASSIGNMENT", helper, LINE_OFFICE);
    json_t *sponsor = line_told("ASSIGNMENT", leader, LINE_WALL);
    json_t *by_wall = corrected(was, 0, LINE_WALL), *by_office = corrected(was, 0, LINE_OFFICE);
    assert_null(strstr(text_in(wall, "text"), "赵小明"));
    assert_non_null(strstr(text_in(office, "text"), "赵小明"));
    assert_non_null(strstr(text_in(sponsor, "text"), "钱副市长"));
    assert_string_equal(text_in(by_wall, "by"), "金安区 发改");
    assert_string_equal(text_in(by_office, "by"), "金安区 发改 张三");
    json_decref(wall);
    json_decref(office);
    json_decref(sponsor);
    json_decref(by_wall);
    json_decref(by_office);
}

static void no_telephone_is_on_the_wall(void **state)
{
    (void)state;
    json_t *line = line_told("NOTE", "'note':{'text':'联系人电话13805641234'}", LINE_WALL);
    assert_null(strstr(text_in(line, "text"), "41234"));
    json_decref(line);
}

static void what_a_county_wrote_moves_nothing_and_is_cut(void **state)
{
    (void)state;
    char fact[2048] = "'note':{'text':'\\u202E<b>";
    for (int i = 0; i < 100; i++)
        (void)snprintf(fact + strlen(fact), sizeof fact - strlen(fact), "好");
    (void)snprintf(fact + strlen(fact), sizeof fact - strlen(fact), "'}");
    json_t *line = line_told("NOTE", fact, LINE_WALL);
    assert_null(strstr(text_in(line, "text"), "\u202E"));
    assert_non_null(strstr(text_in(line, "text"), "<b>")); /* text, never markup */
    assert_non_null(strstr(text_in(line, "text"), "好…"));
    json_decref(line);
}

/* ---- other records ---- */

static void records_that_are_no_events_have_a_line_too(void **state)
{
    (void)state;
    CLEANUP(buffer_release) struct buffer detail = {0}, alarm_detail = {0};
    struct record refusal = record_of("341502", RECORD_REFUSAL);
    refusal.reason = REFUSAL_RIGHT;
    struct roster_change change = {.action = ROSTER_ENROL,
                                   .role = PEER_AGENT,
                                   .unit = bytes_of_text("341504"),
                                   .name = bytes_of_text("叶集区"),
                                   .epoch = 1};
    wire_roster_change_encode(&change, &detail);
    struct alarm alarm = {.code = ALARM_CLONE, .unit = bytes_of_text("341502")};
    wire_alarm_encode(&alarm, &alarm_detail);
    struct record roster = record_of("3415", RECORD_ROSTER), unknown = record_of("3415", 77);
    struct record alarmed = record_of("3415", RECORD_ALARM);
    roster.detail = buffer_bytes(&detail);
    alarmed.detail = buffer_bytes(&alarm_detail);
    struct record strange = record_of("341502", RECORD_EVENT); /* of a kind not understood */
    const struct {
        const struct record *record;
        const char *kind, *text;
    } rows[] = {{&refusal, "REFUSAL", "已拒收：无权填报"},
                {&roster, "ROSTER", "新单位 叶集区"},
                {&alarmed, "ALARM", "系统警报：疑有两台机器用同一身份"},
                {&unknown, "UNKNOWN", "未识别的记录"},
                {&strange, "UNKNOWN", "未识别的记录"}};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_t *line = line_of(rows[i].record, NULL, LINE_WALL);
        assert_string_equal(text_in(line, "kind"), rows[i].kind);
        assert_string_equal(text_in(line, "text"), rows[i].text);
        assert_true(is_null_in(line, "day"));
        json_decref(line);
    }
}

/* Whatever an event leaves out: no kind may fail, whatever its numbers. */
static void an_empty_fact_of_any_kind_has_a_line(void **state)
{
    (void)state;
    for (uint32_t kind = 0; kind <= EVENT_VERDICT + 1; kind++) {
        struct event event = {.envelope = {.kind = kind, .occurred_on = 19000}};
        struct record record = record_of("341502", RECORD_EVENT);
        json_t *line = line_of(&record, &event, LINE_WALL);
        assert_non_null(text_in(line, "text"));
        json_decref(line);
    }
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(every_kind_of_event_says_what_happened),
        SCENE_TEST(foreign_money_keeps_its_currency),
        SCENE_TEST(a_line_has_its_unit_project_day_and_authority),
        SCENE_TEST(a_correction_shows_before_and_after),
        SCENE_TEST(corrected_money_and_fields_have_their_names),
        SCENE_TEST(a_withdrawal_shows_what_is_gone),
        SCENE_TEST(the_wall_names_no_private_person_and_the_office_does),
        SCENE_TEST(no_telephone_is_on_the_wall),
        SCENE_TEST(what_a_county_wrote_moves_nothing_and_is_cut),
        SCENE_TEST(records_that_are_no_events_have_a_line_too),
        SCENE_TEST(an_empty_fact_of_any_kind_has_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
