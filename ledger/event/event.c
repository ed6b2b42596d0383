/*
 * event.c - the form of an event: what may be said at all (contract 1.1, 1.2, 2.1, 4.4). Whether it
 * is likely is the ledger's question. An enum number this program does not know is a newer
 * program's word, and no error.
 */
#include "ledger/event/event.h"

#include "ledger/event/schema.h"

enum {
    DAY_EARLIEST = -7397, /* 1949-10-01 */
    DAY_LATEST = 84005,   /* 2199-12-31 */
    TEXT_ITEM_MAX = TEXT_LINE,
    MONEY_TEXT_MAX = 100, /* "约 1.2 亿元人民币" and the like; a sentence belongs into a note */
    CODE_TEXT_MAX = 64,
    CREDIT_CODE_SIZE = 18, /* GB 32100 */
    CURRENCY_SIZE = 3,
};
#define MONEY_LARGEST                                                                              \
    1000000000000000LL /* 10^15: a thousand times the largest city's yearly sum                    \
                        */

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_upper(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z';
}

bool unit_is_valid(struct bytes unit)
{
    size_t digits = 0;
    while (digits < unit.size && is_digit(unit.data[digits]))
        digits++;
    if (digits != 2 && digits != 4 && digits != 6)
        return false;
    if (digits == unit.size)
        return true;
    if (unit.data[digits] != '-' || unit.size == digits + 1 || unit.size > digits + 17)
        return false;
    for (size_t i = digits + 1; i < unit.size; i++) {
        if (!is_digit(unit.data[i]) && !(unit.data[i] >= 'a' && unit.data[i] <= 'z'))
            return false;
    }
    return true;
}

/* ASCII blanks, the no-break space and the wide blank of Chinese typing. */
static bool has_blank(struct bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t *at = text.data + i;
        size_t left = text.size - i;
        if (*at <= ' ' || (left >= 2 && memcmp(at, "\xc2\xa0", 2) == 0) ||
            (left >= 3 && memcmp(at, "\xe3\x80\x80", 3) == 0))
            return true;
    }
    return false;
}

bool subject_is_valid(struct bytes subject)
{
    const uint8_t *slash = subject.size > 0 ? memchr(subject.data, '/', subject.size) : NULL;
    if (!slash)
        return false;
    struct bytes unit = bytes_of(subject.data, (size_t)(slash - subject.data));
    struct bytes code = bytes_of(slash + 1, subject.size - unit.size - 1);
    return unit_is_valid(unit) && code.size >= 1 && code.size <= CODE_TEXT_MAX &&
           !memchr(code.data, '/', code.size) && !has_blank(code) && bytes_are_utf8(code);
}

void event_id_make(struct bytes unit, const struct envelope *envelope, uint8_t out[EVENT_ID_SIZE])
{
    struct bytes texts[] = {unit, envelope->subject, envelope->about_unit, envelope->payload};
    enum { TEXTS = ARRAY_LENGTH(texts), NUMBERS = 3 };
    uint8_t sizes[TEXTS][4], numbers[NUMBERS][4];
    struct bytes parts[1 + NUMBERS + 2 * TEXTS];
    size_t count = 0;
    parts[count++] = bytes_of_text("huoshui event 1\n");
    u32_put(numbers[0], envelope->kind);
    u32_put(numbers[1], (uint32_t)envelope->occurred_on);
    u32_put(numbers[2], envelope->body);
    for (size_t i = 0; i < NUMBERS; i++)
        parts[count++] = bytes_of(numbers[i], 4);
    for (size_t i = 0; i < TEXTS; i++) { /* each with its size: no two lists of parts join alike */
        u32_put(sizes[i], (uint32_t)texts[i].size);
        parts[count++] = bytes_of(sizes[i], 4);
        parts[count++] = texts[i];
    }
    struct hash hash = hash_of_parts(parts, count);
    memcpy(out, hash.bytes, EVENT_ID_SIZE);
}

static const char day_complaint[] = "not a day between 1949-10-01 and 2199-12-31";
static const char day_remedy[] = "write the day as YYYY-MM-DD";

static bool day_is_valid(int32_t day)
{
    return day >= DAY_EARLIEST && day <= DAY_LATEST;
}

/* member is "" for the envelope. */
static enum err text_check(const char *member, const char *name, struct bytes text, size_t limit,
                           struct problem *problem)
{
    const char *dot = *member ? "." : "";
    if (text.size > limit) {
        problem_set(problem, "%s%s%s: %zu bytes, at most %zu", member, dot, name, text.size, limit);
        problem_remedy(problem, "shorten it");
        return ERR_LIMIT;
    }
    if (!bytes_are_utf8(text)) {
        problem_set(problem, "%s%s%s: not UTF-8, or with control characters", member, dot, name);
        problem_remedy(problem, "save the file as UTF-8");
        return ERR_MALFORMED;
    }
    return OK;
}

static enum err subject_check(const struct envelope *envelope, struct problem *problem)
{
    const struct kind *kind = kind_of_number(envelope->kind);
    if (envelope->subject.size == 0 && kind && kind->needs_subject) {
        problem_set(problem, "subject: required for %s", kind->id);
        problem_remedy(problem, "name the project, as in 341502/341502-0001");
        return ERR_MALFORMED;
    }
    if (envelope->subject.size > 0 && !subject_is_valid(envelope->subject)) {
        problem_set(problem, "subject: not a project key");
        problem_remedy(problem,
                       "UNIT/CODE, as in 341502/341502-0001; the code has 1 to %d bytes "
                       "without '/' and blanks",
                       (int)CODE_TEXT_MAX);
        return ERR_MALFORMED;
    }
    return OK;
}

/* The envelope but for its event_id, which is made last. */
static enum err envelope_form_check(const struct envelope *envelope, struct problem *problem)
{
    if (envelope->kind == EVENT_NONE || envelope->kind > INT32_MAX) {
        problem_set(problem, "kind: required");
        problem_remedy(problem, "say what happened, as in \"kind\":\"MILESTONE\"");
        return ERR_MALFORMED;
    }
    TRY(subject_check(envelope, problem));
    if (envelope->about_unit.size > 0 && !unit_is_valid(envelope->about_unit)) {
        problem_set(problem, "about_unit: not a unit");
        problem_remedy(problem, "2, 4 or 6 digits, and -suffix when there is one: 3415-zsj");
        return ERR_MALFORMED;
    }
    if (envelope->occurred_on == DAY_NONE) {
        problem_set(problem, "occurred_on: required");
        problem_remedy(problem, "the day it happened, as YYYY-MM-DD");
        return ERR_MALFORMED;
    }
    if (!day_is_valid(envelope->occurred_on)) {
        problem_set(problem, "occurred_on: %s", day_complaint);
        problem_remedy(problem, "%s", day_remedy);
        return ERR_MALFORMED;
    }
    if (envelope->body == BODY_NONE || envelope->body > INT32_MAX) {
        problem_set(problem, "body: required");
        problem_remedy(problem, "who says it, as in \"body\":\"INVESTMENT_BUREAU\"");
        return ERR_MALFORMED;
    }
    return text_check("", "origin", envelope->origin, ORIGIN_TEXT_MAX, problem);
}

enum err envelope_check(const struct envelope *envelope, struct problem *problem)
{
    if (envelope->event_id.size != EVENT_ID_SIZE) {
        problem_set(problem, "event_id: %zu bytes, not %d", envelope->event_id.size,
                    (int)EVENT_ID_SIZE);
        problem_remedy(problem, "leave it out: it is made from what the event says");
        return ERR_MALFORMED;
    }
    return envelope_form_check(envelope, problem);
}

/* Where a check stands: for the name in the complaint. */
struct place {
    const struct kind *kind;
    const struct field *field;
    struct problem *problem;
};

static enum err complain(const struct place *place, enum err err, const char *what,
                         const char *remedy)
{
    problem_set(place->problem, "%s.%s: %s", place->kind->member, place->field->name, what);
    problem_remedy(place->problem, "%s", remedy);
    return err;
}

static enum err place_text_check(const struct place *place, struct bytes text, size_t limit)
{
    return text_check(place->kind->member, place->field->name, text, limit, place->problem);
}

static bool is_currency(struct bytes text)
{
    return text.size == CURRENCY_SIZE && is_upper(text.data[0]) && is_upper(text.data[1]) &&
           is_upper(text.data[2]);
}

static enum err money_check(const struct place *place, const struct money *money)
{
    struct bytes currency = bytes_of(money->currency, strnlen(money->currency, CURRENCY_SIZE + 1));
    if (currency.size > 0 && !is_currency(currency))
        return complain(place, ERR_MALFORMED, "currency is not three capitals",
                        "the ISO 4217 code, CNY or USD");
    if (money->has_value && money->value < 0)
        return complain(place, ERR_MALFORMED, "negative",
                        "a correction (kind CORRECTION) takes an earlier amount back");
    if (money->has_value && money->value > MONEY_LARGEST)
        return complain(place, ERR_LIMIT, "above 10^15",
                        "write yuan; was the amount multiplied twice?");
    return place_text_check(place, money->text, MONEY_TEXT_MAX);
}

static enum err texts_check(const struct place *place, const struct texts *texts)
{
    bool is_digests = place->field->type == FIELD_DIGESTS;
    if (texts->count > (size_t)place->field->limit)
        return complain(place, ERR_LIMIT, "too many items", "say the rest in further events");
    for (size_t i = 0; i < texts->count; i++) {
        if (is_digests && texts->items[i].size != HASH_SIZE)
            return complain(place, ERR_MALFORMED, "an item is no SHA-256 digest",
                            "64 hexadecimal digits each");
        if (texts->items[i].size == 0)
            return complain(place, ERR_MALFORMED, "an item is empty", "leave it out");
        if (!is_digests)
            TRY(place_text_check(place, texts->items[i], TEXT_ITEM_MAX));
    }
    return OK;
}

static enum err plain_text_check(const struct place *place, struct bytes text)
{
    TRY(place_text_check(place, text, (size_t)place->field->limit));
    if (text.size > 0 && strcmp(place->field->name, "credit_code") == 0) {
        bool is_good = text.size == CREDIT_CODE_SIZE;
        for (size_t i = 0; i < text.size && is_good; i++)
            is_good = is_digit(text.data[i]) || is_upper(text.data[i]);
        if (!is_good)
            return complain(place, ERR_MALFORMED, "not a 统一社会信用代码",
                            "18 digits and capital letters; leave it out when it is not known");
    }
    if (text.size > 0 && strcmp(place->field->name, "currency") == 0 && !is_currency(text))
        return complain(place, ERR_MALFORMED, "not three capitals", "the ISO 4217 code, as in USD");
    return OK;
}

static enum err missing(const struct place *place)
{
    complain(place, ERR_MALFORMED, "required", place->field->sentence);
    if (place->field->type != FIELD_ENUM)
        return ERR_MALFORMED;
    struct buffer ids = {0};
    for (size_t i = 0; i < place->field->words->count; i++)
        buffer_add_format(&ids, "%s%s", i > 0 ? ", " : "one of ", place->field->words->rows[i].id);
    problem_remedy(place->problem, "%.*s", (int)ids.size, (const char *)ids.data);
    buffer_release(&ids);
    return ERR_MALFORMED;
}

static enum err field_check(const struct place *place, const void *value)
{
    const struct field *field = place->field;
    if (!field_is_given(field, value))
        return field->required ? missing(place) : OK;
    switch (field->type) {
    case FIELD_TEXT:
        return plain_text_check(place, *(const struct bytes *)value);
    case FIELD_ID:
        if (((const struct bytes *)value)->size == EVENT_ID_SIZE)
            return OK;
        return complain(place, ERR_MALFORMED, "not an event_id", "32 hexadecimal digits");
    case FIELD_TEXTS:
    case FIELD_DIGESTS:
        return texts_check(place, value);
    case FIELD_ENUM:
        if (*(const int32_t *)value > 0)
            return OK;
        return complain(place, ERR_MALFORMED, "not a word's number", field->sentence);
    case FIELD_DAY:
        if (day_is_valid(*(const int32_t *)value))
            return OK;
        return complain(place, ERR_MALFORMED, day_complaint, day_remedy);
    case FIELD_MONEY:
        return money_check(place, value);
    case FIELD_COUNT:
        if (*(const int64_t *)value > 0 && *(const int64_t *)value <= field->limit)
            return OK;
        complain(place, ERR_LIMIT, "not within its limits", "");
        problem_remedy(place->problem, "1 to %lld", (long long)field->limit);
        return ERR_LIMIT;
    case FIELD_FLAG:
        return OK;
    }
    return OK;
}

static int32_t day_of_field(const struct kind *kind, const void *fact, const char *name)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        if (field->type == FIELD_DAY && strcmp(field->name, name) == 0)
            return *(const int32_t *)((const char *)fact + field->offset);
    }
    return DAY_NONE;
}

static enum err periods_check(const struct kind *kind, const void *fact, struct problem *problem)
{
    static const char *const pairs[][2] = {{"period_from", "period_to"}, {"from", "to"}};
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        int32_t from = day_of_field(kind, fact, pairs[i][0]);
        int32_t to = day_of_field(kind, fact, pairs[i][1]);
        if (from == DAY_NONE || to == DAY_NONE || from <= to)
            continue;
        problem_set(problem, "%s.%s: later than %s", kind->member, pairs[i][0], pairs[i][1]);
        problem_remedy(problem, "the first day comes before the last; were they exchanged?");
        return ERR_MALFORMED;
    }
    return OK;
}

enum err event_check(const struct event *event, struct problem *problem)
{
    TRY(event->envelope.event_id.size > 0 ? envelope_check(&event->envelope, problem)
                                          : envelope_form_check(&event->envelope, problem));
    const struct kind *kind = kind_of_number(event->envelope.kind);
    if (!kind)
        return OK;
    const char *fact = event_fact_const(event);
    for (size_t i = 0; i < kind->field_count; i++) {
        struct place place = {kind, &kind->fields[i], problem};
        TRY(field_check(&place, fact + kind->fields[i].offset));
    }
    return periods_check(kind, fact, problem);
}
