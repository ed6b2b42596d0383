/*
 * line_correction.c - what a correction changed, read from the two assertions it names; and the
 * words of records that are no events. See line_words.h.
 */
#include "display/board_json.h"
#include "display/line_words.h"
#include "ledger/event/schema.h"

/* ---- before and after ---- */

static const struct label { /* of fields that are corrected one by one */
    const char *field, *name;
} labels[] = {
    {"name", "项目名称"},    {"investor", "投资方"},
    {"origin", "资金来源"},  {"industry", "产业"},
    {"park", "园区"},        {"planned_total", "总投资"},
    {"chain", "产业链"},     {"planned_fixed", "固定资产投资"},
    {"channel", "招商方式"}, {"phase_one", "一期投资"},
    {"scope", "列入范围"},   {"responsible_unit", "责任单位"},
    {"amount", "金额"},      {"credit_code", "信用代码"},
    {"due", "期限"},         {"owner", "责任单位"},
    {"list", "名单"},        {"destination", "目的地"},
    {"base_amount", "目标"}, {"base_count", "目标"},
    {"obstacle", "卡点"},    {"investor_place", "投资方所在地"},
};

static void add_value(const struct telling *telling, const struct field *field, const void *fact,
                      struct buffer *out)
{
    const void *value = (const uint8_t *)fact + field->offset;
    char text[DAY_TEXT_SIZE];
    const struct word *word = NULL;
    switch (field->type) {
    case FIELD_TEXT:
        line_text(telling, *(const struct bytes *)value, LINE_TEXT_MAX, out);
        break;
    case FIELD_ENUM:
        word = word_of_number(field->words, *(const int32_t *)value);
        buffer_add_text(out, word ? word->chinese : "");
        break;
    case FIELD_DAY:
        buffer_add_text(out, day_text(*(const int32_t *)value, text));
        break;
    case FIELD_MONEY:
        line_money(telling, value, out);
        break;
    case FIELD_COUNT:
        buffer_add_format(out, "%lld", (long long)*(const int64_t *)value);
        break;
    case FIELD_FLAG:
        buffer_add_text(out, *(const bool *)value ? "是" : "否");
        break;
    case FIELD_TEXTS:
    case FIELD_DIGESTS:
    case FIELD_ID:
        break;
    }
}

/* The first labelled field that the two say differently; NULL: none. */
static const char *differing_field(const struct telling *telling, const struct event *before,
                                   const struct event *after, struct buffer *was, struct buffer *is)
{
    const struct kind *kind = kind_of_number(before->envelope.kind);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        for (size_t at = 0; at < ARRAY_LENGTH(labels); at++) {
            if (strcmp(labels[at].field, field->name) != 0)
                continue;
            buffer_clear(was);
            buffer_clear(is);
            add_value(telling, field, event_fact_const(before), was);
            add_value(telling, field, event_fact_const(after), is);
            if (!bytes_equal(buffer_bytes(was), buffer_bytes(is)))
                return labels[at].name;
        }
    }
    return NULL;
}

static void add_name(const struct event *event, struct buffer *out)
{
    int32_t milestone = event->envelope.kind == EVENT_MILESTONE ? event->milestone.milestone : 0;
    const struct word *word = word_of_number(words_of_name("milestone"), milestone);
    if (word)
        buffer_add_text(out, word->chinese);
    else if (event->envelope.kind == EVENT_FUNDS)
        buffer_add_text(out, "到位资金");
}

static void set_days(const struct event *before, const struct event *after, struct buffer *was,
                     struct buffer *is)
{
    char text[DAY_TEXT_SIZE];
    buffer_clear(was);
    buffer_clear(is);
    buffer_add_text(was, day_text(before->envelope.occurred_on, text));
    buffer_add_text(is, day_text(after->envelope.occurred_on, text));
}

/* "开工日期" or "总投资"; was and is follow it. */
static void compare(const struct telling *telling, const struct event *before,
                    const struct event *after, struct buffer *label, struct buffer *was,
                    struct buffer *is)
{
    bool is_same_kind = before->envelope.kind == after->envelope.kind;
    bool is_other_step = is_same_kind && before->envelope.kind == EVENT_MILESTONE &&
                         before->milestone.milestone != after->milestone.milestone;
    const char *field = is_same_kind && before->envelope.kind != EVENT_MILESTONE
                            ? differing_field(telling, before, after, was, is)
                            : NULL;
    if (field) {
        buffer_add_text(label, before->envelope.kind == EVENT_FUNDS ? "到位" : "");
        buffer_add_text(label, field);
    } else if (is_same_kind && !is_other_step &&
               before->envelope.occurred_on != after->envelope.occurred_on) {
        add_name(before, label);
        buffer_add_text(label, "日期");
        set_days(before, after, was, is);
    } else {
        buffer_clear(was);
        buffer_clear(is);
        line_words(telling, before, was);
        line_words(telling, after, is);
    }
}

static bool read_event(const struct telling *telling, struct bytes event_id, struct event *out)
{
    struct ledger_fact read;
    if (event_id.size != EVENT_ID_SIZE)
        return false;
    const struct assertion *assertion = ledger_find_event(telling->ledger, event_id.data);
    if (!assertion)
        return false;
    ledger_read(telling->ledger, assertion, telling->arena, &read);
    *out = read.event;
    return kind_of_number(out->envelope.kind) != NULL;
}

static void add_part(const char *between, const struct buffer *text, struct buffer *out)
{
    if (text->size == 0)
        return;
    buffer_add_text(out, between);
    buffer_add(out, buffer_bytes(text));
}

void line_correction(const struct telling *telling, const struct correction_fact *fact,
                     struct buffer *words, struct buffer *before, struct buffer *after)
{
    struct event was, is;
    CLEANUP(buffer_release) struct buffer label = {0};
    bool is_withdrawn = fact->action == CORRECTION_ACTION_WITHDRAWN;
    buffer_add_text(words, is_withdrawn ? "撤回" : "更正");
    if (!read_event(telling, fact->target, &was)) {
        buffer_add_text(words, "（所指记录未到）");
        return;
    }
    if (was.envelope.kind == EVENT_CORRECTION) { /* its words would be about a third */
        buffer_add_text(words, " 此前的更正");
        return;
    }
    if (!is_withdrawn && read_event(telling, fact->successor, &is)) {
        compare(telling, &was, &is, &label, before, after);
    } else {
        char day[DAY_TEXT_SIZE];
        line_words(telling, &was, before);
        buffer_add_format(before, " %s", day_text(was.envelope.occurred_on, day));
    }
    add_part(" ", &label, words);
    add_part(" ", before, words);
    add_part(" → ", after, words);
}

/* ---- records that are no events ---- */

static void add_refusal(const struct record *record, struct buffer *out)
{
    buffer_add_text(out, "已拒收：");
    switch ((enum refusal_reason)record->reason) {
    case REFUSAL_FORM:
        buffer_add_text(out, "格式不符");
        return;
    case REFUSAL_LIMIT:
        buffer_add_text(out, "超过大小限制");
        return;
    case REFUSAL_RIGHT:
        buffer_add_text(out, "无权填报");
        return;
    case REFUSAL_ALGORITHM:
        buffer_add_text(out, "签名算法不被接受");
        return;
    case REFUSAL_NONE:
        break;
    }
    buffer_add_text(out, "原因未说明");
}

static const char *who_of_role(const struct roster_change *change)
{
    switch ((enum peer_role)change->role) {
    case PEER_AGENT:
        return "单位";
    case PEER_DISPLAY:
        return "大屏";
    case PEER_AUDITOR:
        return "审计端";
    case PEER_INSPECTOR:
        return "督查";
    }
    return "成员";
}

static void add_roster(const struct record *record, struct buffer *out)
{
    struct roster_change change;
    CLEANUP(buffer_release) struct buffer name = {0};
    if (wire_roster_change_decode(record->detail, &change) != OK) {
        buffer_add_text(out, "名册变更");
        return;
    }
    const char *who = who_of_role(&change);
    shown_add(change.name.size > 0 ? change.name : change.unit, SHOWN_NAME_MAX, &name);
    switch ((enum roster_action)change.action) {
    case ROSTER_ENROL:
        buffer_add_format(out, change.epoch > 1 ? "%s重新接入" : "新%s", who);
        break;
    case ROSTER_REVOKE:
        buffer_add_format(out, "%s停用", who);
        break;
    case ROSTER_RENAME:
        buffer_add_format(out, "%s更名", who);
        break;
    default:
        buffer_add_text(out, "名册变更");
        break;
    }
    add_part(" ", &name, out);
}

static void add_alarm(const struct record *record, struct buffer *out)
{
    static const char *const words[] = {
        [ALARM_FORK] = "上报记录前后不一",
        [ALARM_CLONE] = "疑有两台机器用同一身份",
        [ALARM_TWO_SESSIONS] = "同一身份重复连接",
        [ALARM_BROKER_BEHIND] = "中心记录少于单位已报",
        [ALARM_LOG_ROLLED_BACK] = "中心记录曾被回退",
        [ALARM_CLOCK_STEPPED_BACK] = "中心时钟倒退",
    };
    struct alarm alarm;
    bool is_known = wire_alarm_decode(record->detail, &alarm) == OK &&
                    alarm.code < ARRAY_LENGTH(words) && words[alarm.code];
    buffer_add_format(out, "系统警报：%s", is_known ? words[alarm.code] : "未识别");
}

static void add_setting(const struct record *record, struct buffer *out)
{
    struct setting_record setting;
    buffer_add_text(out, "本市设置");
    if (wire_setting_decode(record->detail, &setting) != OK)
        return;
    buffer_add_text(out, " ");
    shown_add(setting.name, SHOWN_NAME_MAX, out);
}

void line_record_words(const struct record *record, struct buffer *out)
{
    switch ((enum record_kind)record->kind) {
    case RECORD_REFUSAL:
        add_refusal(record, out);
        return;
    case RECORD_ROSTER:
        add_roster(record, out);
        return;
    case RECORD_ALARM:
        add_alarm(record, out);
        return;
    case RECORD_SETTING:
        add_setting(record, out);
        return;
    case RECORD_EVENT:
        break;
    }
    buffer_add_text(out, "未识别的记录");
}
