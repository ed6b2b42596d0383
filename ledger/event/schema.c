/*
 * schema.c - event_enums.def and event_fields.def as tables, by the preprocessor; see schema.h.
 */
#include "ledger/event/schema.h"

#define WORD_ROW(PREFIX, ID, number, chinese) {(number), #ID, (chinese)},
#define WORDS_TABLE(name, PREFIX, VALUES)                                                          \
    static const struct word name##_rows[] = {VALUES(WORD_ROW, PREFIX)};                           \
    static const struct words name##_words = {#name, #PREFIX, name##_rows,                         \
                                              ARRAY_LENGTH(name##_rows)};
EVENT_ENUMS(WORDS_TABLE)

#define WORDS_POINTER(name, PREFIX, VALUES) &name##_words,
static const struct words *const all_words[] = {EVENT_ENUMS(WORDS_POINTER)};

#define RULE_REQUIRED   true
#define RULE_OPTIONAL   false
#define SUBJECT_PROJECT true
#define SUBJECT_ANY     false

/* An ENUM row names its words where the other types have a number. */
#define LIMIT_ENUM(value)    .words = (&value##_words)
#define LIMIT_TEXT(value)    .limit = (value)
#define LIMIT_TEXTS(value)   .limit = (value)
#define LIMIT_DIGESTS(value) .limit = (value)
#define LIMIT_DAY(value)     .limit = (value)
#define LIMIT_MONEY(value)   .limit = (value)
#define LIMIT_COUNT(value)   .limit = (value)
#define LIMIT_FLAG(value)    .limit = (value)
#define LIMIT_ID(value)      .limit = (value)
#define FIELD_ROW(field_type, field_name, field_number, rule, field_limit, words_about)            \
    {.type = FIELD_##field_type,                                                                   \
     .name = #field_name,                                                                          \
     .number = (field_number),                                                                     \
     .required = RULE_##rule,                                                                      \
     LIMIT_##field_type(field_limit),                                                              \
     .offset = offsetof(__typeof__(fact), field_name),                                             \
     .sentence = (words_about)},

/* One function a kind: within it, fact stands for the struct that the rows' offsets are of. */
#define KIND_FUNCTION(ID, kind_number, kind_member, subject, kind_fields)                          \
    static const struct kind *kind_##kind_member(void)                                             \
    {                                                                                              \
        static const struct kind_member##_fact fact;                                               \
        static const struct field rows[] = {kind_fields(FIELD_ROW)};                               \
        static const struct kind kind = {.number = (kind_number),                                  \
                                         .id = #ID,                                                \
                                         .member = #kind_member,                                   \
                                         .needs_subject = SUBJECT_##subject,                       \
                                         .fields = rows,                                           \
                                         .field_count = ARRAY_LENGTH(rows),                        \
                                         .fact_size = sizeof fact};                                \
        (void)fact;                                                                                \
        return &kind;                                                                              \
    }
EVENT_KINDS(KIND_FUNCTION)

#define KIND_CASE(ID, kind_number, kind_member, subject, kind_fields)                              \
    case EVENT_##ID:                                                                               \
        return kind_##kind_member();

const struct kind *kind_of_number(uint32_t number)
{
    switch (number) {
        EVENT_KINDS(KIND_CASE)
    default:
        return NULL;
    }
}

#define KIND_NUMBER(ID, kind_number, kind_member, subject, kind_fields) (kind_number),

const struct kind *kind_of_id(struct bytes id)
{
    static const uint32_t numbers[] = {EVENT_KINDS(KIND_NUMBER)};
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        const struct kind *kind = kind_of_number(numbers[i]);
        if (bytes_equal_text(id, kind->id))
            return kind;
    }
    return NULL;
}

const struct words *words_body(void)
{
    return &body_words;
}

const struct words *words_of_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(all_words); i++) {
        if (strcmp(all_words[i]->name, name) == 0)
            return all_words[i];
    }
    return NULL;
}

const struct word *word_of_number(const struct words *words, int32_t number)
{
    for (size_t i = 0; i < words->count; i++) {
        if (words->rows[i].number == number)
            return &words->rows[i];
    }
    return NULL;
}

const struct word *word_of_id(const struct words *words, struct bytes id)
{
    for (size_t i = 0; i < words->count; i++) {
        if (bytes_equal_text(id, words->rows[i].id))
            return &words->rows[i];
    }
    return NULL;
}

const struct word *word_of_chinese(const struct words *words, struct bytes chinese)
{
    for (size_t i = 0; i < words->count; i++) {
        if (bytes_equal_text(chinese, words->rows[i].chinese))
            return &words->rows[i];
    }
    return NULL;
}

void *event_fact(struct event *event)
{
    return &event->project; /* every member of a union begins where the union does */
}

const void *event_fact_const(const struct event *event)
{
    return &event->project;
}

bool field_is_given(const struct field *field, const void *value)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ID:
        return ((const struct bytes *)value)->size > 0;
    case FIELD_TEXTS:
    case FIELD_DIGESTS:
        return ((const struct texts *)value)->count > 0;
    case FIELD_ENUM:
    case FIELD_DAY:
        return *(const int32_t *)value != 0;
    case FIELD_MONEY:
        return ((const struct money *)value)->has_value ||
               ((const struct money *)value)->text.size > 0;
    case FIELD_COUNT:
        return *(const int64_t *)value != 0;
    case FIELD_FLAG:
        return *(const bool *)value;
    }
    return false;
}
