/*
 * json.c - events and records as JSON, appended straight to a buffer (contract 2.6). Reading is in
 * json_parse.c.
 */
#include "proto/json.h"

#include "ledger/event/schema.h"

static void comma(struct buffer *out)
{
    uint8_t last = out->size > 0 ? out->data[out->size - 1] : '{';
    if (last != '{' && last != '[')
        buffer_add_text(out, ",");
}

/* Names are ours: plain ASCII without anything to escape. */
static void name_write(const char *name, struct buffer *out)
{
    struct bytes text = bytes_of_text(name);
    comma(out);
    uint8_t *at = buffer_extend(out, text.size + 3);
    at[0] = '"';
    memcpy(at + 1, text.data, text.size);
    at[text.size + 1] = '"';
    at[text.size + 2] = ':';
}

static void escape_write(uint8_t byte, struct buffer *out)
{
    static const char short_forms[] = {
        ['"'] = '"', ['\\'] = '\\', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    if (byte < sizeof(short_forms) && short_forms[byte])
        buffer_add_format(out, "\\%c", short_forms[byte]);
    else
        buffer_add_format(out, "\\u%04x", byte);
}

static void plain_text_write(struct bytes text, struct buffer *out)
{
    size_t start = 0;
    buffer_add_text(out, "\"");
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f)
            continue;
        buffer_add(out, bytes_of(text.data + start, i - start));
        escape_write(byte, out);
        start = i + 1;
    }
    if (start < text.size) /* the data of no bytes may be NULL */
        buffer_add(out, bytes_of(text.data + start, text.size - start));
    buffer_add_text(out, "\"");
}

/* Bytes that are no UTF-8 come from a peer that breaks the form; the line must stay JSON all the
 * same. */
void json_text_write(struct bytes text, struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer repaired = {0};
    struct bytes rest = text;
    if (text.size == 0 || bytes_are_utf8(text)) {
        plain_text_write(text, out);
        return;
    }
    while (rest.size > 0) {
        size_t size = 1;
        while (size < 4 && size < rest.size && !bytes_are_utf8(bytes_of(rest.data, size)))
            size++;
        bool is_control = rest.data[0] < 0x20 || rest.data[0] == 0x7f;
        bool is_good = bytes_are_utf8(bytes_of(rest.data, size));
        if (!is_good)
            size = 1;
        buffer_add(&repaired, is_good || is_control ? bytes_of(rest.data, size)
                                                    : bytes_of_text("\xef\xbf\xbd"));
        rest = bytes_of(rest.data + size, rest.size - size);
    }
    plain_text_write(buffer_bytes(&repaired), out);
}

static void text_member(const char *name, struct bytes text, struct buffer *out)
{
    if (text.size == 0)
        return;
    name_write(name, out);
    json_text_write(text, out);
}

static void constant_member(const char *name, const char *text, struct buffer *out)
{
    text_member(name, bytes_of_text(text), out);
}

static void digits_write(uint64_t value, struct buffer *out)
{
    uint8_t digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    buffer_add(out, bytes_of(digits + at, sizeof(digits) - at));
}

static void number_member(const char *name, int64_t value, struct buffer *out)
{
    name_write(name, out);
    if (value < 0)
        buffer_add_text(out, "-");
    digits_write(value < 0 ? -(uint64_t)value : (uint64_t)value, out);
}

static void count_member(const char *name, uint64_t value, struct buffer *out)
{
    name_write(name, out);
    digits_write(value, out);
}

static void hex_member(const char *name, struct bytes bytes, struct buffer *out)
{
    if (bytes.size == 0)
        return;
    name_write(name, out);
    buffer_add_text(out, "\"");
    hex_encode(bytes, out);
    buffer_add_text(out, "\"");
}

static void base64_member(const char *name, struct bytes bytes, struct buffer *out)
{
    if (bytes.size == 0)
        return;
    name_write(name, out);
    buffer_add_text(out, "\"");
    base64_encode(bytes, out);
    buffer_add_text(out, "\"");
}

/* A day or instant outside the calendar is written as its number, so that it can go back. */
static void day_member(const char *name, int32_t day, struct buffer *out)
{
    char text[DAY_TEXT_SIZE];
    if (day == DAY_NONE)
        return;
    if (day_text(day, text)[0] == '?')
        number_member(name, day, out);
    else
        constant_member(name, text, out);
}

static void instant_member(const char *name, int64_t unix_ms, struct buffer *out)
{
    char text[INSTANT_TEXT_SIZE];
    if (instant_text(unix_ms, text)[0] == '?')
        number_member(name, unix_ms, out);
    else
        constant_member(name, text, out);
}

/* The id of a word; the number of one that a newer program knows. */
static void word_member(const char *name, const struct words *words, int32_t number,
                        struct buffer *out)
{
    const struct word *word = word_of_number(words, number);
    if (word)
        constant_member(name, word->id, out);
    else
        number_member(name, number, out);
}

static void money_member(const char *name, const struct money *money, struct buffer *out)
{
    if (!money->has_value && money->text.size == 0)
        return;
    const char *currency = money->currency[0] ? money->currency : "CNY";
    name_write(name, out);
    buffer_add_text(out, "{");
    if (money->has_value)
        number_member(strcmp(currency, "CNY") == 0 ? "yuan" : "minor_units", money->value, out);
    constant_member("currency", currency, out);
    text_member("text", money->text, out);
    buffer_add_text(out, "}");
}

static void texts_member(const char *name, const struct texts *texts, bool as_hex,
                         struct buffer *out)
{
    if (texts->count == 0)
        return;
    name_write(name, out);
    buffer_add_text(out, "[");
    for (size_t i = 0; i < texts->count; i++) {
        comma(out);
        if (as_hex) {
            buffer_add_text(out, "\"");
            hex_encode(texts->items[i], out);
            buffer_add_text(out, "\"");
        } else {
            json_text_write(texts->items[i], out);
        }
    }
    buffer_add_text(out, "]");
}

static void field_member(const struct field *field, const void *value, struct buffer *out)
{
    switch (field->type) {
    case FIELD_TEXT:
        text_member(field->name, *(const struct bytes *)value, out);
        break;
    case FIELD_ID:
        hex_member(field->name, *(const struct bytes *)value, out);
        break;
    case FIELD_TEXTS:
    case FIELD_DIGESTS:
        texts_member(field->name, value, field->type == FIELD_DIGESTS, out);
        break;
    case FIELD_ENUM:
        if (*(const int32_t *)value != 0)
            word_member(field->name, field->words, *(const int32_t *)value, out);
        break;
    case FIELD_DAY:
        day_member(field->name, *(const int32_t *)value, out);
        break;
    case FIELD_MONEY:
        money_member(field->name, value, out);
        break;
    case FIELD_COUNT:
        if (*(const int64_t *)value != 0)
            number_member(field->name, *(const int64_t *)value, out);
        break;
    case FIELD_FLAG:
        if (*(const bool *)value) {
            name_write(field->name, out);
            buffer_add_text(out, "true");
        }
        break;
    }
}

static void envelope_members(const struct envelope *envelope, const struct kind *kind,
                             struct buffer *out)
{
    hex_member("event_id", envelope->event_id, out);
    if (kind)
        constant_member("kind", kind->id, out);
    else
        count_member("kind_number", envelope->kind, out);
    text_member("subject", envelope->subject, out);
    text_member("about_unit", envelope->about_unit, out);
    day_member("occurred_on", envelope->occurred_on, out);
    word_member("body", words_body(), (int32_t)envelope->body, out);
    if (envelope->agent_clock_ms != 0)
        instant_member("agent_clock", envelope->agent_clock_ms, out);
    text_member("origin", envelope->origin, out);
    if (envelope->algorithm != SIGN_ED25519_SHA256)
        count_member("algorithm", envelope->algorithm, out);
}

/* kind NULL: the payload is not understood, and goes out as it is. */
static void event_members(const struct event *event, const struct kind *kind, struct buffer *out)
{
    envelope_members(&event->envelope, kind, out);
    if (!kind) {
        base64_member("payload_base64", event->envelope.payload, out);
        return;
    }
    const char *fact = event_fact_const(event);
    name_write(kind->member, out);
    buffer_add_text(out, "{");
    for (size_t i = 0; i < kind->field_count; i++)
        field_member(&kind->fields[i], fact + kind->fields[i].offset, out);
    buffer_add_text(out, "}");
    base64_member("unknown_fields_base64", event->unknown_fields, out);
}

void json_event_write(const struct event *event, struct buffer *out)
{
    buffer_add_text(out, "{");
    event_members(event, kind_of_number(event->envelope.kind), out);
    buffer_add_text(out, "}");
}

/* An envelope whose payload breaks its form is still shown: an audit drops nothing. */
static enum err envelope_bytes_members(struct bytes bytes, struct arena *arena, struct buffer *out)
{
    struct problem problem;
    struct event event = {0};
    struct envelope envelope;
    TRY(wire_envelope_decode(bytes, &envelope, &problem));
    event.envelope = envelope;
    const struct kind *kind = kind_of_number(envelope.kind);
    if (kind && wire_fact_decode(&envelope, arena, &event, &problem) != OK)
        kind = NULL;
    event_members(&event, kind, out);
    return OK;
}

static const char *word_of(const char *const *names, size_t count, uint32_t number)
{
    return number < count && names[number] ? names[number] : NULL;
}

static void named_member(const char *name, const char *word, uint32_t number, struct buffer *out)
{
    if (word)
        constant_member(name, word, out);
    else
        count_member(name, number, out);
}

#define NAMED_MEMBER(name, names, number, out)                                                     \
    named_member(name, word_of(names, ARRAY_LENGTH(names), number), number, out)

static void record_members(const struct record *record, struct buffer *out)
{
    count_member("position", record->position, out);
    instant_member("recorded_at", record->recorded_at_ms, out);
    text_member("unit", record->unit, out);
    if (record->epoch != 0)
        count_member("epoch", record->epoch, out);
    if (record->seq != 0)
        count_member("seq", record->seq, out);
}

static void refusal_members(const struct record *record, struct arena *arena, struct buffer *out)
{
    static const char *const reasons[] = {NULL, "FORM", "LIMIT", "RIGHT", "ALGORITHM"};
    NAMED_MEMBER("reason", reasons, record->reason, out);
    text_member("reason_text", record->reason_text, out);
    hex_member("envelope_hash", hash_bytes(&record->envelope_hash), out);
    if (record->envelope.size == 0)
        return;
    size_t before = out->size;
    name_write("event", out);
    buffer_add_text(out, "{");
    if (envelope_bytes_members(record->envelope, arena, out) == OK) {
        buffer_add_text(out, "}");
        return;
    }
    out->size = before;
    base64_member("envelope_base64", record->envelope, out);
}

static enum err roster_members(struct bytes detail, struct buffer *out)
{
    static const char *const actions[] = {NULL, "ENROL", "REVOKE", "RENAME"};
    static const char *const roles[] = {NULL, "AGENT", "DISPLAY", "AUDITOR", "INSPECTOR"};
    static const char *const types[] = {NULL,   "COUNTY",    "PARK", "DEPARTMENT",
                                        "TEAM", "COMMITTEE", "CITY"};
    struct roster_change change;
    TRY(wire_roster_change_decode(detail, &change));
    NAMED_MEMBER("action", actions, change.action, out);
    NAMED_MEMBER("role", roles, change.role, out);
    text_member("unit", change.unit, out);
    text_member("name", change.name, out);
    if (change.unit_type != 0)
        NAMED_MEMBER("unit_type", types, change.unit_type, out);
    if (change.epoch != 0)
        count_member("epoch", change.epoch, out);
    hex_member("curve_key", change.curve_key, out);
    hex_member("signing_key", change.signing_key, out);
    hex_member("key_id", change.key_id, out);
    text_member("reason", change.reason, out);
    day_member("effective_on", change.effective_on, out);
    return OK;
}

static enum err alarm_members(struct bytes detail, struct buffer *out)
{
    static const char *const codes[] = {NULL,
                                        "FORK",
                                        "CLONE",
                                        "TWO_SESSIONS",
                                        "BROKER_BEHIND",
                                        "LOG_ROLLED_BACK",
                                        "CLOCK_STEPPED_BACK"};
    struct alarm alarm;
    TRY(wire_alarm_decode(detail, &alarm));
    NAMED_MEMBER("code", codes, alarm.code, out);
    text_member("unit", alarm.unit, out);
    if (alarm.epoch != 0)
        count_member("epoch", alarm.epoch, out);
    if (alarm.seq != 0)
        count_member("seq", alarm.seq, out);
    text_member("text", alarm.text, out);
    return OK;
}

static enum err setting_members(struct bytes detail, struct buffer *out)
{
    struct setting_record setting;
    TRY(wire_setting_decode(detail, &setting));
    text_member("name", setting.name, out);
    text_member("unit", setting.unit, out);
    hex_member("log_id", setting.log_id, out);
    hex_member("signing_key", setting.signing_key, out);
    hex_member("curve_key", setting.curve_key, out);
    return OK;
}

typedef enum err detail_writer(struct bytes detail, struct buffer *out);

static void detail_member(const char *name, detail_writer *members, struct bytes detail,
                          struct buffer *out)
{
    size_t before = out->size;
    name_write(name, out);
    buffer_add_text(out, "{");
    if (members(detail, out) == OK) {
        buffer_add_text(out, "}");
        return;
    }
    out->size = before;
    base64_member("detail_base64", detail, out);
}

enum err json_record_write(const struct record *record, struct arena *arena, struct buffer *out)
{
    static const char *const kinds[] = {NULL, NULL, "REFUSAL", "ROSTER", "ALARM", "SETTING"};
    size_t before = out->size;
    buffer_add_text(out, "{");
    if (record->kind != RECORD_EVENT)
        NAMED_MEMBER("record", kinds, record->kind, out);
    record_members(record, out);
    if (record->kind == RECORD_EVENT) {
        enum err err = envelope_bytes_members(record->envelope, arena, out);
        if (err != OK) {
            out->size = before;
            return err;
        }
    } else if (record->kind == RECORD_REFUSAL) {
        refusal_members(record, arena, out);
    } else if (record->kind == RECORD_ROSTER) {
        detail_member("roster", roster_members, record->detail, out);
    } else if (record->kind == RECORD_ALARM) {
        detail_member("alarm", alarm_members, record->detail, out);
    } else if (record->kind == RECORD_SETTING) {
        detail_member("setting", setting_members, record->detail, out);
    } else {
        base64_member("detail_base64", record->detail, out);
    }
    buffer_add_text(out, "}");
    return OK;
}
