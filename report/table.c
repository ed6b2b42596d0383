/* table.c - see table.h. */
#include "report/table.h"

#include <inttypes.h>
#include <stdio.h>

#include "ledger/event/schema.h"

enum { POSITION_WIDTH = 9, DAY_WIDTH = 10, UNIT_WIDTH = 18, KIND_WIDTH = 8, SUBJECT_WIDTH = 22 };

/* ---- width ---- */

struct range {
    uint32_t first, last;
};

static bool is_in(uint32_t rune, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rune >= ranges[i].first && rune <= ranges[i].last)
            return true;
    return false;
}

/* What takes two columns (Unicode TR 11, W and F), coarsely: CJK, Hangul, full-width forms, emoji.
 */
static const struct range wide[] = {
    {0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},
    {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};
/* What takes none, or moves what stands beside it: combining marks, joiners, directions. */
static const struct range silent[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x0300, 0x036F}, {0x200B, 0x200F},
    {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},
};

/* Takes one character off the front; a byte that begins none is taken alone, as a blank. */
static struct bytes take(struct bytes *rest, uint32_t *rune)
{
    static const uint8_t blank = ' ';
    uint8_t lead = rest->data[0];
    size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    struct bytes taken = bytes_of(rest->data, size <= rest->size ? size : 1);
    bool whole = size <= rest->size && bytes_are_utf8(taken);
    if (!whole)
        taken.size = 1;
    rest->data += taken.size;
    rest->size -= taken.size;
    *rune = whole ? lead & (size == 1 ? 0x7F : 0xFF >> (size + 1)) : 0;
    for (size_t i = 1; whole && i < size; i++)
        *rune = *rune << 6 | (taken.data[i] & 0x3F);
    if (!is_in(*rune, silent, ARRAY_LENGTH(silent)))
        return taken;
    *rune = blank;
    return bytes_of(&blank, 1);
}

static size_t width_of(uint32_t rune)
{
    return is_in(rune, wide, ARRAY_LENGTH(wide)) ? 2 : 1;
}

size_t table_text_width(struct bytes text)
{
    size_t width = 0;
    uint32_t rune;
    while (text.size > 0) {
        (void)take(&text, &rune);
        width += width_of(rune);
    }
    return width;
}

static void fill(size_t width, struct buffer *out)
{
    memset(buffer_extend(out, width), ' ', width);
}

void table_cell(struct bytes text, size_t width, bool right, struct buffer *out)
{
    size_t needed = table_text_width(text), used = 0;
    bool fits = needed <= width;
    if (right && fits)
        fill(width - needed, out);
    while (text.size > 0) {
        uint32_t rune;
        struct bytes taken = take(&text, &rune);
        if (!fits && used + width_of(rune) > width - 1) {
            buffer_add_text(out, "…");
            used++;
            break;
        }
        buffer_add(out, taken);
        used += width_of(rune);
    }
    if (!(right && fits) && used < width)
        fill(width - used, out);
}

/* ---- words ---- */

const char *table_kind_name(uint32_t kind)
{
    static const char *const names[] = {
        [EVENT_PROJECT] = "项目",
        [EVENT_DOCUMENT] = "文件",
        [EVENT_MILESTONE] = "节点",
        [EVENT_FUNDS] = "资金",
        [EVENT_OBSTACLE] = "问题",
        [EVENT_CONTACT] = "对接",
        [EVENT_ASSIGNMENT] = "分工",
        [EVENT_TARGET] = "目标",
        [EVENT_LIST] = "名单",
        [EVENT_CORRECTION] = "更正",
        [EVENT_VERIFICATION] = "核查",
        [EVENT_NOTE] = "备注",
        [EVENT_COMMITMENT] = "承诺",
        [EVENT_APPROVAL] = "审批",
        [EVENT_LAND] = "用地",
        [EVENT_SUPERVISION] = "督办",
        [EVENT_FAIR] = "节会",
        [EVENT_EXCHANGE_RATE] = "汇率",
        [EVENT_LEADER_ACTION] = "领导亲为",
        [EVENT_PLAN] = "计划",
        [EVENT_LEAD] = "线索",
        [EVENT_INVESTOR] = "投资方",
        [EVENT_INSTRUCTION] = "批示",
        [EVENT_DEFINITION] = "口径",
        [EVENT_VERDICT] = "裁定",
    };
    return kind < ARRAY_LENGTH(names) ? names[kind] : NULL;
}

static const char *record_kind_name(uint32_t kind)
{
    switch (kind) {
    case RECORD_REFUSAL:
        return "退回";
    case RECORD_ROSTER:
        return "名册";
    case RECORD_ALARM:
        return "警报";
    case RECORD_SETTING:
        return "设置";
    default:
        return "未知";
    }
}

/* ---- content ---- */

static void add_part(struct bytes text, struct buffer *out)
{
    if (text.size == 0)
        return;
    if (out->size > 0)
        buffer_add_text(out, " ");
    buffer_add(out, text);
}

static void add_money(const struct money *money, struct buffer *out)
{
    char text[48];
    const char *currency =
        *money->currency && strcmp(money->currency, "CNY") != 0 ? money->currency : "元";
    if (money->text.size > 0 || !money->has_value) {
        add_part(money->text, out);
        return;
    }
    (void)snprintf(text, sizeof text, "%" PRId64 "%s", money->value, currency);
    add_part(bytes_of_text(text), out);
}

static void add_texts(const struct texts *texts, struct buffer *out)
{
    for (size_t i = 0; i < texts->count; i++)
        add_part(texts->items[i], out);
}

static void add_field(const struct field *field, const uint8_t *fact, struct buffer *out)
{
    const void *value = fact + field->offset;
    char text[32] = "";
    switch (field->type) {
    case FIELD_TEXT:
        add_part(*(const struct bytes *)value, out);
        break;
    case FIELD_TEXTS:
        add_texts(value, out);
        break;
    case FIELD_ENUM: {
        const struct word *word = word_of_number(field->words, *(const int32_t *)value);
        add_part(word ? bytes_of_text(word->chinese) : BYTES_NONE, out);
        break;
    }
    case FIELD_DAY:
        add_part(bytes_of_text(day_text(*(const int32_t *)value, text)), out);
        break;
    case FIELD_MONEY:
        add_money(value, out);
        break;
    case FIELD_COUNT:
        if (*(const int64_t *)value != 0)
            (void)snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)value);
        add_part(bytes_of_text(text), out);
        break;
    case FIELD_DIGESTS: /* for machines */
    case FIELD_FLAG:
    case FIELD_ID:
        break;
    }
}

void table_fact(const struct envelope *envelope, struct arena *arena, struct buffer *out)
{
    struct event event = {.envelope = *envelope};
    struct problem problem = {0};
    const struct kind *kind = kind_of_number(envelope->kind);
    if (!kind || wire_fact_decode(envelope, arena, &event, &problem) != OK) {
        add_part(bytes_of_text(kind ? "（内容无法读出）" : "（本程序不认识的类别）"), out);
        return;
    }
    for (size_t i = 0; i < kind->field_count; i++)
        add_field(&kind->fields[i], event_fact_const(&event), out);
}

static void add_detail(const struct record *record, struct buffer *out)
{
    struct roster_change change;
    struct alarm alarm;
    struct setting_record setting;
    if (record->kind == RECORD_REFUSAL) {
        add_part(record->reason_text, out);
    } else if (record->kind == RECORD_ROSTER &&
               wire_roster_change_decode(record->detail, &change) == OK) {
        static const char *const actions[] = {
            [ROSTER_ENROL] = "登记", [ROSTER_REVOKE] = "吊销", [ROSTER_RENAME] = "更名"};
        bool known = change.action < ARRAY_LENGTH(actions) && actions[change.action];
        add_part(bytes_of_text(known ? actions[change.action] : "？"), out);
        add_part(change.unit, out);
        add_part(change.name, out);
        add_part(change.reason, out);
    } else if (record->kind == RECORD_ALARM && wire_alarm_decode(record->detail, &alarm) == OK) {
        add_part(alarm.unit, out);
        add_part(alarm.text, out);
    } else if (record->kind == RECORD_SETTING &&
               wire_setting_decode(record->detail, &setting) == OK) {
        add_part(setting.name, out);
        add_part(setting.unit, out);
    }
}

/* ---- lines ---- */

struct line {
    struct bytes position, day, unit, kind, subject, content;
};

static void add_line(const struct line *line, struct buffer *out)
{
    table_cell(line->position, POSITION_WIDTH, true, out);
    buffer_add_text(out, "  ");
    table_cell(line->day, DAY_WIDTH, false, out);
    buffer_add_text(out, "  ");
    table_cell(line->unit, UNIT_WIDTH, false, out);
    buffer_add_text(out, "  ");
    table_cell(line->kind, KIND_WIDTH, false, out);
    buffer_add_text(out, "  ");
    table_cell(line->subject, SUBJECT_WIDTH, false, out);
    buffer_add_text(out, "  ");
    size_t width = table_text_width(line->content);
    table_cell(line->content, width < TABLE_CONTENT_WIDTH ? width : TABLE_CONTENT_WIDTH, false,
               out);
    buffer_add_text(out, "\n");
}

void table_heading(struct buffer *out)
{
    struct line line = {bytes_of_text("位置"), bytes_of_text("日期"),     bytes_of_text("单位"),
                        bytes_of_text("类别"), bytes_of_text("项目编号"), bytes_of_text("内容")};
    add_line(&line, out);
}

void table_record(const struct record *record, const struct keyring *names, struct arena *arena,
                  struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer content = {0};
    char position[24], day[DAY_TEXT_SIZE], unit[UNIT_TEXT_MAX + KEYRING_NAME_MAX + 2], kind[24];
    struct envelope envelope = {0};
    struct problem problem = {0};
    bool is_event = record->kind == RECORD_EVENT &&
                    wire_envelope_decode(record->envelope, &envelope, &problem) == OK;
    int32_t on = is_event ? envelope.occurred_on : day_of_instant(record->recorded_at_ms);
    if (is_event)
        table_fact(&envelope, arena, &content);
    else
        add_detail(record, &content);
    const char *known = is_event ? table_kind_name(envelope.kind) : record_kind_name(record->kind);
    if (known)
        (void)snprintf(kind, sizeof kind, "%s", known);
    else
        (void)snprintf(kind, sizeof kind, "类别%" PRIu32, envelope.kind);
    (void)snprintf(position, sizeof position, "%" PRIu64, record->position);
    bytes_to_text(record->unit, unit, UNIT_TEXT_MAX + 1);
    const char *name = keyring_name(names, record->unit, on);
    if (*name)
        (void)snprintf(unit + strlen(unit), sizeof unit - strlen(unit), " %s", name);
    struct line line = {bytes_of_text(position), bytes_of_text(day_text(on, day)),
                        bytes_of_text(unit),     bytes_of_text(kind),
                        envelope.subject,        buffer_bytes(&content)};
    add_line(&line, out);
}
