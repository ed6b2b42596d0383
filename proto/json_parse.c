/*
 * json_parse.c - one line of submit into a struct event (contract 2.6). Strict: a member that is
 * not known, given twice or of another type is an error that names it. null counts as not said.
 */
#include <jansson.h>

#include "ledger/event/schema.h"
#include "proto/json.h"

enum { LINE_SIZE_MAX = 1 << 20, PATH_SIZE = 96 };

DEFINE_CLEANUP(json_t *, json_decref)

struct parse {
    struct arena *arena;
    struct problem *problem;
    char path[PATH_SIZE]; /* "milestone.milestone", for the complaint */
};

static struct bytes text_of(const json_t *value)
{
    return bytes_of(json_string_value(value), json_string_length(value));
}

static enum err complain(const struct parse *parse, const char *what, const char *remedy)
{
    problem_set(parse->problem, "%s: %s", parse->path, what);
    problem_remedy(parse->problem, "%s", remedy);
    return ERR_MALFORMED;
}

static void path_set(struct parse *parse, const char *first, const char *second)
{
    CLEANUP(buffer_release) struct buffer path = {0};
    buffer_add_text(&path, first);
    if (second)
        buffer_add_format(&path, ".%s", second);
    bytes_to_text(buffer_bytes(&path), parse->path, sizeof(parse->path));
}

static enum err keep(const struct parse *parse, struct bytes bytes, struct bytes *out)
{
    if (bytes.size == 0) {
        *out = BYTES_NONE;
        return OK;
    }
    struct bytes copy = arena_copy(parse->arena, bytes);
    if (!copy.data) {
        complain(parse, "the event is too large", "say it in several events");
        return ERR_LIMIT;
    }
    *out = copy;
    return OK;
}

static enum err text_parse(const struct parse *parse, const json_t *value, struct bytes *out)
{
    if (!json_is_string(value))
        return complain(parse, "not a text", "write it in double quotes");
    return keep(parse, text_of(value), out);
}

static enum err coded_parse(const struct parse *parse, const json_t *value,
                            enum err decode(struct bytes, struct buffer *), struct bytes *out)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    bool is_hex = decode == hex_decode;
    if (!json_is_string(value) || decode(text_of(value), &bytes) != OK)
        return complain(parse, is_hex ? "not hexadecimal" : "not base64",
                        is_hex ? "two digits of 0-9 a-f for each byte"
                               : "RFC 4648 with padding, as it was printed");
    return keep(parse, buffer_bytes(&bytes), out);
}

static enum err list_parse(const struct parse *parse, const json_t *value, bool as_hex,
                           struct texts *out)
{
    size_t count = json_array_size(value);
    if (!json_is_array(value))
        return complain(parse, "not a list", "write it in [ ]");
    struct texts texts = {arena_alloc(parse->arena, count * sizeof(struct bytes)), count};
    if (!texts.items) {
        complain(parse, "the event is too large", "say it in several events");
        return ERR_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(value, i);
        TRY(as_hex ? coded_parse(parse, item, hex_decode, &texts.items[i])
                   : text_parse(parse, item, &texts.items[i]));
    }
    *out = texts;
    return OK;
}

static enum err word_unknown(const struct parse *parse, const json_t *value,
                             const struct words *words)
{
    CLEANUP(buffer_release) struct buffer ids = {0};
    for (size_t i = 0; i < words->count; i++)
        buffer_add_format(&ids, "%s%s", i > 0 ? ", " : "one of ", words->rows[i].id);
    if (json_is_string(value))
        problem_set(parse->problem, "%s: \"%.60s\" is not known", parse->path,
                    json_string_value(value));
    else
        problem_set(parse->problem, "%s: not a word", parse->path);
    problem_remedy(parse->problem, "%.*s", (int)ids.size, (const char *)ids.data);
    return ERR_MALFORMED;
}

/* An id; or the number of a word that only a newer program knows, as it was printed. */
static enum err word_parse(const struct parse *parse, const json_t *value,
                           const struct words *words, int32_t *out)
{
    if (json_is_integer(value)) {
        json_int_t number = json_integer_value(value);
        if (number < INT32_MIN || number > INT32_MAX || word_of_number(words, (int32_t)number))
            return word_unknown(parse, value, words);
        *out = (int32_t)number;
        return OK;
    }
    const struct word *word = json_is_string(value) ? word_of_id(words, text_of(value)) : NULL;
    if (!word)
        return word_unknown(parse, value, words);
    *out = word->number;
    return OK;
}

/* A number is taken for a day outside the calendar only, as it was printed. */
static enum err day_field_parse(const struct parse *parse, const json_t *value, int32_t *out)
{
    char text[DAY_TEXT_SIZE];
    json_int_t number = json_is_integer(value) ? json_integer_value(value) : 0;
    if (json_is_string(value) && day_parse(text_of(value), out) == OK)
        return OK;
    if (number == 0 || number < INT32_MIN || number > INT32_MAX ||
        day_text((int32_t)number, text)[0] != '?')
        return complain(parse, "not a day", "write the day as YYYY-MM-DD");
    *out = (int32_t)number;
    return OK;
}

static enum err money_member_parse(struct parse *parse, const char *name, const json_t *value,
                                   struct money *money)
{
    if (strcmp(name, "text") == 0)
        return text_parse(parse, value, &money->text);
    if (strcmp(name, "currency") == 0) {
        if (!json_is_string(value) || json_string_length(value) >= sizeof(money->currency))
            return complain(parse, "not a currency", "the ISO 4217 code, CNY or USD");
        bytes_to_text(text_of(value), money->currency, sizeof(money->currency));
        return OK;
    }
    if (strcmp(name, "yuan") != 0 && strcmp(name, "minor_units") != 0)
        return complain(parse, "unknown member", "one of yuan, minor_units, currency, text");
    if (!json_is_integer(value))
        return complain(parse, "not a whole number",
                        "yuan without decimals, or the minor units of another currency");
    money->value = json_integer_value(value);
    money->has_value = true;
    return OK;
}

static enum err money_field_parse(struct parse *parse, json_t *value, struct money *out)
{
    struct money money = {0};
    struct parse inner = *parse;
    const char *name = NULL;
    json_t *member = NULL;
    if (!json_is_object(value))
        return complain(parse, "not an amount",
                        "as in {\"yuan\":120000000,\"currency\":\"CNY\",\"text\":\"1.2亿元\"}");
    json_object_foreach(value, name, member)
    {
        path_set(&inner, parse->path, name);
        if (!json_is_null(member))
            TRY(money_member_parse(&inner, name, member, &money));
    }
    bool is_yuan = money.currency[0] == '\0' || strcmp(money.currency, "CNY") == 0;
    if (json_object_get(value, is_yuan ? "minor_units" : "yuan"))
        return complain(parse, is_yuan ? "CNY counts yuan" : "another currency has no yuan",
                        "yuan for CNY, minor_units for every other currency");
    if (money.currency[0] == '\0')
        memcpy(money.currency, "CNY", sizeof(money.currency));
    *out = money;
    return OK;
}

static enum err field_parse(struct parse *parse, const struct field *field, json_t *value,
                            void *out)
{
    switch (field->type) {
    case FIELD_TEXT:
        return text_parse(parse, value, out);
    case FIELD_ID:
        return coded_parse(parse, value, hex_decode, out);
    case FIELD_TEXTS:
    case FIELD_DIGESTS:
        return list_parse(parse, value, field->type == FIELD_DIGESTS, out);
    case FIELD_ENUM:
        return word_parse(parse, value, field->words, out);
    case FIELD_DAY:
        return day_field_parse(parse, value, out);
    case FIELD_MONEY:
        return money_field_parse(parse, value, out);
    case FIELD_COUNT:
        if (!json_is_integer(value))
            return complain(parse, "not a whole number", field->sentence);
        *(int64_t *)out = json_integer_value(value);
        return OK;
    case FIELD_FLAG:
        if (!json_is_boolean(value))
            return complain(parse, "not a flag", "true or false");
        *(bool *)out = json_is_true(value);
        return OK;
    }
    return ERR_MALFORMED;
}

static const struct field *field_of_name(const struct kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        if (strcmp(kind->fields[i].name, name) == 0)
            return &kind->fields[i];
    }
    return NULL;
}

static enum err fact_parse(struct parse *parse, const struct kind *kind, json_t *value,
                           struct event *event)
{
    const char *name = NULL;
    json_t *member = NULL;
    if (!json_is_object(value))
        return complain(parse, "not an object", "write the fact's members in { }");
    json_object_foreach(value, name, member)
    {
        const struct field *field = field_of_name(kind, name);
        path_set(parse, kind->member, name);
        if (!field) {
            CLEANUP(buffer_release) struct buffer names = {0};
            for (size_t i = 0; i < kind->field_count; i++)
                buffer_add_format(&names, "%s%s", i > 0 ? ", " : "one of ", kind->fields[i].name);
            complain(parse, "unknown member", "");
            problem_remedy(parse->problem, "%.*s", (int)names.size, (const char *)names.data);
            return ERR_MALFORMED;
        }
        if (!json_is_null(member))
            TRY(field_parse(parse, field, member, (char *)event_fact(event) + field->offset));
    }
    return OK;
}

/* Two decimal digits at a place of an instant; -1: none. */
static int two_digits(struct bytes text, size_t at)
{
    uint64_t value = 0;
    if (at + 2 > text.size || u64_parse(bytes_of(text.data + at, 2), 99, &value) != OK)
        return -1;
    return (int)value;
}

/* The offset behind the seconds: Z or +08:00. */
static bool offset_parse(struct bytes text, int64_t *out_ms)
{
    *out_ms = 0;
    if (bytes_equal_text(text, "Z"))
        return true;
    if (text.size != 6 || (text.data[0] != '+' && text.data[0] != '-') || text.data[3] != ':')
        return false;
    int hours = two_digits(text, 1), minutes = two_digits(text, 4);
    *out_ms = ((int64_t)hours * 60 + minutes) * 60000 * (text.data[0] == '-' ? -1 : 1);
    return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

/* RFC 3339 with up to three decimals: 2022-09-30T10:00:00.123+08:00 */
static bool instant_parse(struct bytes text, int64_t *out)
{
    int32_t day = 0;
    int64_t offset_ms = 0;
    uint64_t ms = 0;
    size_t at = 19;
    if (text.size < 20 || text.data[10] != 'T' || text.data[13] != ':' || text.data[16] != ':' ||
        day_parse(bytes_of(text.data, 10), &day) != OK)
        return false;
    int hours = two_digits(text, 11), minutes = two_digits(text, 14),
        seconds = two_digits(text, 17);
    if (text.data[at] == '.') {
        size_t digits = 0;
        while (at + 1 + digits < text.size && text.data[at + 1 + digits] >= '0' &&
               text.data[at + 1 + digits] <= '9')
            digits++;
        if (digits == 0 || digits > 3 || u64_parse(bytes_of(text.data + at + 1, digits), 999, &ms))
            return false;
        for (size_t i = digits; i < 3; i++)
            ms *= 10;
        at += 1 + digits;
    }
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59 ||
        !offset_parse(bytes_of(text.data + at, text.size - at), &offset_ms))
        return false;
    *out = (int64_t)day * 86400000 + ((hours * 60 + minutes) * 60 + seconds) * (int64_t)1000 +
           (int64_t)ms - offset_ms;
    return true;
}

static enum err clock_parse(const struct parse *parse, const json_t *value, int64_t *out)
{
    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return OK;
    }
    if (json_is_string(value) && instant_parse(text_of(value), out))
        return OK;
    return complain(parse, "not an instant", "as in 2022-09-30T10:00:00+08:00");
}

static bool is_ignored(const char *name)
{
    static const char *const names[] = {"position", "recorded_at", "unit", "epoch",
                                        "seq",      "chain",       "hash"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return strcmp(name, "kind") == 0 || strcmp(name, "kind_number") == 0; /* read before */
}

static enum err member_unknown(const struct parse *parse, const struct kind *kind)
{
    complain(parse, "unknown member", "");
    problem_remedy(parse->problem,
                   "one of kind, event_id, subject, about_unit, occurred_on, body, agent_clock, "
                   "origin, %s",
                   kind ? kind->member : "payload_base64");
    return ERR_MALFORMED;
}

static enum err member_parse(struct parse *parse, const struct kind *kind, const char *name,
                             json_t *value, struct event *event)
{
    struct envelope *envelope = &event->envelope;
    path_set(parse, name, NULL);
    if (is_ignored(name) || json_is_null(value))
        return OK;
    if (strcmp(name, "event_id") == 0)
        return coded_parse(parse, value, hex_decode, &envelope->event_id);
    if (strcmp(name, "subject") == 0)
        return text_parse(parse, value, &envelope->subject);
    if (strcmp(name, "about_unit") == 0)
        return text_parse(parse, value, &envelope->about_unit);
    if (strcmp(name, "occurred_on") == 0)
        return day_field_parse(parse, value, &envelope->occurred_on);
    if (strcmp(name, "body") == 0)
        return word_parse(parse, value, words_body(), (int32_t *)&envelope->body);
    if (strcmp(name, "agent_clock") == 0)
        return clock_parse(parse, value, &envelope->agent_clock_ms);
    if (strcmp(name, "origin") == 0)
        return text_parse(parse, value, &envelope->origin);
    if (strcmp(name, "algorithm") == 0 && json_is_integer(value) &&
        json_integer_value(value) >= 0 && json_integer_value(value) <= UINT32_MAX) {
        envelope->algorithm = (uint32_t)json_integer_value(value);
        return OK;
    }
    if (kind && strcmp(name, kind->member) == 0)
        return fact_parse(parse, kind, value, event);
    if (kind && strcmp(name, "unknown_fields_base64") == 0)
        return coded_parse(parse, value, base64_decode, &event->unknown_fields);
    if (!kind && strcmp(name, "payload_base64") == 0)
        return coded_parse(parse, value, base64_decode, &envelope->payload);
    return member_unknown(parse, kind);
}

/* kind, or kind_number for one that was printed without being understood; *kind is then NULL. */
static enum err kind_parse(struct parse *parse, const json_t *root, const struct kind **kind,
                           uint32_t *number)
{
    const json_t *id = json_object_get(root, "kind");
    const json_t *given = json_object_get(root, "kind_number");
    path_set(parse, id || !given ? "kind" : "kind_number", NULL);
    if (!id && !given)
        return complain(parse, "required", "say what happened, as in \"kind\":\"MILESTONE\"");
    if (id && given)
        return complain(parse, "kind and kind_number exclude each other", "give one of them");
    if (id) {
        *kind = json_is_string(id) ? kind_of_id(text_of(id)) : NULL;
        if (!*kind)
            return complain(parse, "not a kind of event",
                            "one of PROJECT, DOCUMENT, MILESTONE, FUNDS, OBSTACLE, CONTACT, "
                            "ASSIGNMENT, TARGET, CORRECTION, NOTE … (huoshui.proto)");
        *number = (*kind)->number;
        return OK;
    }
    if (!json_is_integer(given) || json_integer_value(given) <= 0 ||
        json_integer_value(given) > INT32_MAX)
        return complain(parse, "not a kind's number", "as it was printed");
    *kind = NULL;
    *number = (uint32_t)json_integer_value(given);
    return OK;
}

/* What came as bytes must be what a reader of the sealed event will find. */
static enum err bytes_check(struct parse *parse, const struct kind *kind, struct event *event)
{
    CLEANUP(buffer_release) struct buffer payload = {0};
    struct event again;
    struct envelope envelope = event->envelope;
    if (!kind) { /* a known kind that was printed as bytes since its payload was broken */
        path_set(parse, "payload_base64", NULL);
        TRY(wire_fact_decode(&envelope, parse->arena, event, parse->problem));
        event->envelope.payload = envelope.payload;
        return OK;
    }
    if (event->unknown_fields.size == 0)
        return OK;
    wire_fact_encode(event, &payload);
    envelope.payload = buffer_bytes(&payload);
    if (wire_fact_decode(&envelope, parse->arena, &again, parse->problem) == OK &&
        bytes_equal(again.unknown_fields, event->unknown_fields))
        return OK;
    path_set(parse, "unknown_fields_base64", NULL);
    return complain(parse, "not fields of a newer program", "give it as it was printed");
}

enum err json_event_parse(struct bytes line, struct arena *arena, struct event *out,
                          struct problem *problem)
{
    struct parse parse = {.arena = arena, .problem = problem, .path = "line"};
    struct event event = {
        .envelope = {.algorithm = SIGN_ED25519_SHA256, .body = BODY_INVESTMENT_BUREAU}};
    const struct kind *kind = NULL;
    const char *name = NULL;
    json_t *value = NULL;
    json_error_t error;
    if (line.size > LINE_SIZE_MAX) {
        complain(&parse, "longer than 1 MiB", "one event a line");
        return ERR_LIMIT;
    }
    CLEANUP(json_decref)
    json_t *root = json_loadb((const char *)line.data, line.size, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(root)) {
        problem_set(problem, "line %d, column %d: %s", root ? 1 : error.line,
                    root ? 1 : error.column, root ? "not an object" : error.text);
        problem_remedy(problem, "one JSON object a line, in { }");
        return ERR_MALFORMED;
    }
    TRY(kind_parse(&parse, root, &kind, &event.envelope.kind));
    json_object_foreach(root, name, value)
    {
        TRY(member_parse(&parse, kind, name, value, &event));
    }
    TRY(bytes_check(&parse, kind, &event));
    *out = event;
    return OK;
}
