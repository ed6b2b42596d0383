/* privacy.c - see privacy.h. What a telephone number looks like is in telephone.c. */
#include "report/privacy.h"

#include <stdlib.h>
#include <string.h>

#include "report/report_json.h"
#include "report/telephone.h"

enum { TEXT_MASKED_FROM = 100 }; /* shorter fields are codes and ids (event_fields.def) */

/* A field that names a person. guard: another field of the fact; the values of it (bits) whose
 * holders act in an office, so that they are named all the same. */
static const struct rule {
    const char *field, *guard;
    uint32_t kind, shown;
} rules[] = {
    {"person", NULL, EVENT_CORRECTION, 0},
    {"person", NULL, EVENT_VERIFICATION, 0},
    {"person", NULL, EVENT_VERDICT, 0},
    {"to", NULL, EVENT_SUPERVISION, 0},
    {"source", NULL, EVENT_LEAD, 0},
    {"referrer", NULL, EVENT_INVESTOR, 0},
    {"name", "role", EVENT_ASSIGNMENT,
     1U << ROLE_SPONSOR_LEADER | 1U << ROLE_LEAD | 1U << ROLE_TASK_FORCE |
         1U << ROLE_RESPONSIBLE_UNIT | 1U << ROLE_CHAIN_LEADER | 1U << ROLE_FIRST_RESPONSIBLE},
    {"leader", "leader_level", EVENT_CONTACT,
     1U << LEADER_LEVEL_CITY_PRINCIPAL | 1U << LEADER_LEVEL_CITY_LEADER |
         1U << LEADER_LEVEL_COUNTY_PRINCIPAL | 1U << LEADER_LEVEL_COUNTY_LEADER |
         1U << LEADER_LEVEL_BUREAU_HEAD},
};

static const struct rule *rule_of(const struct kind *kind, const struct field *field)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++)
        if (rules[i].kind == kind->number && strcmp(rules[i].field, field->name) == 0)
            return &rules[i];
    return NULL;
}

static const struct field *field_of(const struct kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (strcmp(kind->fields[i].name, name) == 0)
            return &kind->fields[i];
    return NULL;
}

static bool rule_hides(const struct rule *rule, int32_t guard)
{
    enum { BITS = 32 };
    return !rule->guard || guard < 0 || guard >= BITS || !(rule->shown >> guard & 1);
}

bool privacy_hides(const struct kind *kind, const struct field *field, const void *fact)
{
    const struct rule *rule = rule_of(kind, field);
    if (!rule)
        return false;
    const struct field *guard = rule->guard ? field_of(kind, rule->guard) : NULL;
    return rule_hides(rule, guard ? *(const int32_t *)((const char *)fact + guard->offset) : 0);
}

void privacy_mask(struct bytes text, struct buffer *out)
{
    telephone_mask(text, out);
}

json_t *privacy_text_json(struct bytes text, bool for_wall)
{
    CLEANUP(buffer_release) struct buffer masked = {0};
    if (!for_wall)
        return report_text_json(text);
    privacy_mask(text, &masked);
    return report_text_json(buffer_bytes(&masked));
}

/* ---- a record's object ---- */

static json_t *masked_json(const json_t *text)
{
    return privacy_text_json(bytes_of(json_string_value(text), json_string_length(text)), true);
}

static void mask_member(json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    if (json_is_string(value))
        report_set(object, name, masked_json(value));
}

static void mask_items(json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_is_string(json_array_get(array, i)) &&
            json_array_set_new(array, i, masked_json(json_array_get(array, i))) != 0)
            abort();
}

static int32_t guard_of(const struct kind *kind, const struct rule *rule, const json_t *fact)
{
    if (!rule->guard)
        return 0;
    const char *id = json_string_value(json_object_get(fact, rule->guard));
    const struct word *word =
        id ? word_of_id(field_of(kind, rule->guard)->words, bytes_of_text(id)) : NULL;
    return word ? word->number : 0;
}

static void strip_fact(const struct kind *kind, json_t *fact)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        const struct rule *rule = rule_of(kind, field);
        if (rule && rule_hides(rule, guard_of(kind, rule, fact)))
            (void)json_object_del(fact, field->name);
        else if (field->type == FIELD_TEXT && field->limit >= TEXT_MASKED_FROM)
            mask_member(fact, field->name);
        else if (field->type == FIELD_TEXTS)
            mask_items(json_object_get(fact, field->name));
    }
}

static void strip(json_t *said)
{
    static const char *const unreadable[] = {"payload_base64", "unknown_fields_base64",
                                             "envelope_base64", "detail_base64"};
    for (size_t i = 0; i < ARRAY_LENGTH(unreadable); i++)
        (void)json_object_del(said, unreadable[i]);
    mask_member(said, "origin");
    mask_member(said, "reason_text");
    const char *id = json_string_value(json_object_get(said, "kind"));
    const struct kind *kind = id ? kind_of_id(bytes_of_text(id)) : NULL;
    json_t *fact = kind ? json_object_get(said, kind->member) : NULL;
    if (json_is_object(fact))
        strip_fact(kind, fact);
}

void privacy_strip(json_t *record)
{
    json_t *refused = json_object_get(record, "event");
    strip(record);
    if (json_is_object(refused))
        strip(refused);
}
