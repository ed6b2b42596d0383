/* assess_scheme.c - the scheme's JSON, member by member; see assess_scheme.h. */
#include "ledger/assess/assess_scheme.h"

#include "ledger/view/json_value.h"

#include "ledger/event/record.h"

enum { PERCENT_MAX = 10000, DAYS_MAX = 100000, DIGITS_MAX = 4, LISTED_MAX = 1000 };

struct reader {
    struct arena *arena;
    struct problem *problem;
    char where[96]; /* "item \"sign\"" */
};

static enum err complain(const struct reader *reader, const char *member, const char *what,
                         const char *remedy)
{
    problem_set(reader->problem, "%s: \"%s\" %s", reader->where, member, what);
    problem_remedy(reader->problem, "%s", remedy);
    return ERR_MALFORMED;
}

static enum err complain_large(const struct reader *reader)
{
    problem_set(reader->problem, "%s: the scheme is too large", reader->where);
    problem_remedy(reader->problem, "give fewer items");
    return ERR_LIMIT;
}

/* ---- members ---- */

static enum err check_members(const struct reader *reader, const struct json_value *object,
                              const char *const *known)
{
    if (object->type != JSON_OBJECT)
        return complain(reader, "", "is no object", "write it as { … }");
    for (const struct json_value *member = object->first; member; member = member->next) {
        const char *const *name = known;
        while (*name && !bytes_equal_text(member->key, *name))
            name++;
        if (!*name) {
            char text[48];
            return complain(reader, bytes_to_text(member->key, text, sizeof(text)), "is not known",
                            "docs/schemes.md lists the members; take it out");
        }
    }
    return OK;
}

static enum err find(const struct reader *reader, const struct json_value *object, const char *name,
                     enum json_type type, const struct json_value **out)
{
    const struct json_value *member = json_value_member(object, name);
    if (!member)
        return complain(reader, name, "is missing", "add it; docs/schemes.md has an example");
    if (member->type != type)
        return complain(reader, name, "is of the wrong type", "docs/schemes.md names its type");
    *out = member;
    return OK;
}

static enum err read_text(const struct reader *reader, const struct json_value *object,
                          const char *name, struct bytes *out)
{
    const struct json_value *member = NULL;
    TRY(find(reader, object, name, JSON_TEXT, &member));
    if (member->text.size == 0 || member->text.size > TEXT_LINE)
        return complain(reader, name, "is empty or too long", "give 1 to 300 bytes");
    *out = member->text;
    return OK;
}

struct bounds {
    int64_t min, max;
};

/* An absent member leaves *out as it is. */
static enum err read_number(const struct reader *reader, const struct json_value *object,
                            const char *name, struct bounds bounds, int64_t *out)
{
    const struct json_value *member = NULL;
    if (!json_value_member(object, name))
        return OK;
    TRY(find(reader, object, name, JSON_NUMBER, &member));
    if (member->number < bounds.min || member->number > bounds.max) {
        char remedy[80];
        struct problem text = {0};
        problem_set(&text, "give %lld to %lld", (long long)bounds.min, (long long)bounds.max);
        return complain(reader, name, "is out of bounds",
                        bytes_to_text(bytes_of_text(text.text), remedy, sizeof(remedy)));
    }
    *out = member->number;
    return OK;
}

static enum err read_flag(const struct reader *reader, const struct json_value *object,
                          const char *name, bool *out)
{
    const struct json_value *member = NULL;
    if (!json_value_member(object, name))
        return OK;
    TRY(find(reader, object, name, JSON_FLAG, &member));
    *out = member->number != 0;
    return OK;
}

/* "0.25": digits, and at most four behind the point. */
static bool decimal_parse(struct bytes text, int64_t *out)
{
    const uint8_t *point = text.size > 0 ? memchr(text.data, '.', text.size) : NULL;
    size_t whole_size = point ? (size_t)(point - text.data) : text.size;
    size_t digits = point ? text.size - whole_size - 1 : 0;
    uint64_t whole = 0, part = 0;
    if (u64_parse(bytes_of(text.data, whole_size), POINTS_MAX, &whole) != OK || digits > 4 ||
        (point && u64_parse(bytes_of(point + 1, digits), POINT, &part) != OK))
        return false;
    for (size_t i = digits; i < 4; i++)
        part *= 10;
    *out = (int64_t)(whole * POINT + part);
    return true;
}

/* A whole number, or a text with at most four decimals; in ten-thousandths. */
static enum err read_decimal(const struct reader *reader, const struct json_value *object,
                             const char *name, int64_t *out)
{
    const struct json_value *member = json_value_member(object, name);
    if (!member)
        return OK;
    bool good = member->type == JSON_TEXT && decimal_parse(member->text, out);
    if (member->type == JSON_NUMBER && member->number >= 0 && member->number <= POINTS_MAX) {
        *out = member->number * POINT;
        good = true;
    }
    return good ? OK
                : complain(reader, name, "is no number of points",
                           "give a whole number up to 100000, or a text such as \"0.25\"");
}

/* The index of the member's text among choices; absent leaves *out as it is. */
static enum err read_choice(const struct reader *reader, const struct json_value *object,
                            const char *name, const char *const *choices, size_t *out)
{
    const struct json_value *member = NULL;
    if (!json_value_member(object, name))
        return OK;
    TRY(find(reader, object, name, JSON_TEXT, &member));
    for (size_t i = 0; choices[i]; i++) {
        if (bytes_equal_text(member->text, choices[i])) {
            *out = i;
            return OK;
        }
    }
    return complain(reader, name, "is none of its words", "docs/schemes.md lists them");
}

/* ---- items ---- */

static enum err read_source(const struct reader *reader, const struct json_value *object,
                            struct assess_source *out)
{
    static const char *const names[] = {"measure", "gap",    "alert", "denied", "target",
                                        "stretch", "actual", "fixed", NULL};
    static const char *const known[] = {"measure", "gap",    "alert", "denied",          "target",
                                        "stretch", "actual", "fixed", "older_than_days", NULL};
    size_t kind = 0, given = 0;
    TRY(check_members(reader, object, known));
    for (size_t i = 0; names[i]; i++) {
        if (json_value_member(object, names[i])) {
            kind = i;
            given++;
        }
    }
    if (given != 1)
        return complain(reader, "value", "names not exactly one source",
                        "give one of measure, gap, alert, denied, target, stretch, actual, fixed");
    struct assess_source source = {.kind = (enum assess_source_kind)kind, .older_than_days = -1};
    struct bytes id = BYTES_NONE;
    bool denied = false;
    if (kind == SOURCE_FIXED)
        TRY(read_number(reader, object, "fixed", (struct bounds){1, INT64_MAX}, &source.fixed));
    else if (kind == SOURCE_DENIED)
        TRY(read_flag(reader, object, "denied", &denied));
    else
        TRY(read_text(reader, object, names[kind], &id));
    bool good = kind != SOURCE_DENIED || denied;
    if (kind == SOURCE_MEASURE)
        good = measure_of_id(id, &source.measure);
    else if (kind == SOURCE_GAP)
        good = gap_of_id(id, &source.gap);
    else if (kind == SOURCE_ALERT)
        good = alert_of_id(id, &source.alert);
    if (!good)
        return complain(reader, names[kind], "is not known", "docs/schemes.md lists the ids");
    source.metric = id;
    if (json_value_member(object, "older_than_days") && kind != SOURCE_GAP && kind != SOURCE_ALERT)
        return complain(reader, "older_than_days", "has no meaning here",
                        "give it with a gap or an alert");
    TRY(read_number(reader, object, "older_than_days", (struct bounds){0, DAYS_MAX},
                    &source.older_than_days));
    *out = source;
    return OK;
}

static enum err read_part(const struct reader *reader, const struct json_value *object,
                          struct assess_part *out)
{
    static const char *const known[] = {"value", "base", "share_percent", "goal_percent", NULL};
    const struct json_value *value = NULL, *base = NULL;
    struct assess_part part = {.share_percent = 100};
    TRY(check_members(reader, object, known));
    TRY(find(reader, object, "value", JSON_OBJECT, &value));
    TRY(find(reader, object, "base", JSON_OBJECT, &base));
    TRY(read_source(reader, value, &part.value));
    TRY(read_source(reader, base, &part.base));
    TRY(read_number(reader, object, "share_percent", (struct bounds){1, 100}, &part.share_percent));
    TRY(read_decimal(reader, object, "goal_percent", &part.goal));
    if (json_value_member(object, "goal_percent") && part.goal == 0)
        return complain(reader, "goal_percent", "is 0", "give the rate that earns full points");
    *out = part;
    return OK;
}

static enum err read_parts(const struct reader *reader, const struct json_value *object,
                           struct assess_item *item)
{
    const struct json_value *list = NULL;
    TRY(find(reader, object, "parts", JSON_LIST, &list));
    if (list->count == 0 || list->count > (item->kind == ITEM_SPREAD ? 1 : SCHEME_PARTS_MAX))
        return complain(reader, "parts", "has too few or too many",
                        "give one to four parts, of a SPREAD one");
    int64_t share_percent = 0;
    for (const struct json_value *part = list->first; part; part = part->next) {
        TRY(read_part(reader, part, &item->parts[item->part_count]));
        share_percent += item->parts[item->part_count++].share_percent;
    }
    if (share_percent != 100)
        return complain(reader, "parts", "have shares that do not add up to 100",
                        "correct share_percent");
    return OK;
}

static enum err read_kind(const struct reader *reader, const struct json_value *object,
                          struct assess_item *item)
{
    static const char *const ratio[] = {"id",          "name",   "kind",  "points",
                                        "cap_percent", "deduct", "parts", NULL};
    static const char *const spread[] = {"id",           "name",         "kind",  "points",
                                         "base_percent", "span_percent", "parts", NULL};
    static const char *const count[] = {"id",  "name",   "kind",  "points", "each",
                                        "per", "deduct", "value", NULL};
    static const char *const *const known[] = {ratio, spread, count};
    const struct json_value *value = NULL;
    const struct bounds percents = {0, PERCENT_MAX};
    TRY(check_members(reader, object, known[item->kind]));
    TRY(read_decimal(reader, object, "points", &item->points));
    TRY(read_number(reader, object, "cap_percent", (struct bounds){1, PERCENT_MAX},
                    &item->cap_percent));
    TRY(read_number(reader, object, "base_percent", percents, &item->base_percent));
    TRY(read_number(reader, object, "span_percent", percents, &item->span_percent));
    TRY(read_flag(reader, object, "deduct", &item->deduct));
    if (item->kind != ITEM_COUNT) {
        if (item->points == 0)
            return complain(reader, "points", "is missing or 0", "give the points of the item");
        return read_parts(reader, object, item);
    }
    TRY(read_decimal(reader, object, "each", &item->each));
    TRY(read_number(reader, object, "per", (struct bounds){1, INT64_MAX}, &item->per));
    if (item->each == 0)
        return complain(reader, "each", "is missing or 0", "give the points for each one");
    TRY(find(reader, object, "value", JSON_OBJECT, &value));
    item->part_count = 1;
    return read_source(reader, value, &item->parts[0].value);
}

static enum err read_item(struct reader *reader, const struct json_value *object,
                          struct assess_item *out)
{
    static const char *const kinds[] = {"RATIO", "SPREAD", "COUNT", NULL};
    struct assess_item item = {
        .cap_percent = 100, .base_percent = 60, .span_percent = 40, .per = 1};
    size_t kind = ITEM_KINDS;
    if (object->type != JSON_OBJECT)
        return complain(reader, "items", "holds what is no object", "write an item as { … }");
    TRY(read_text(reader, object, "id", &item.id));
    char id[64];
    struct problem where = {0};
    problem_set(&where, "item \"%s\"", bytes_to_text(item.id, id, sizeof(id)));
    bytes_to_text(bytes_of_text(where.text), reader->where, sizeof(reader->where));
    TRY(read_text(reader, object, "name", &item.name));
    TRY(read_choice(reader, object, "kind", kinds, &kind));
    if (kind == ITEM_KINDS)
        return complain(reader, "kind", "is missing", "give RATIO, SPREAD or COUNT");
    item.kind = (enum assess_item_kind)kind;
    TRY(read_kind(reader, object, &item));
    *out = item;
    return OK;
}

static enum err read_items(struct reader *reader, const struct json_value *object,
                           struct assess_scheme *scheme)
{
    const struct json_value *list = NULL;
    TRY(find(reader, object, "items", JSON_LIST, &list));
    if (list->count == 0 || list->count > SCHEME_ITEMS_MAX)
        return complain(reader, "items", "has none or too many", "give 1 to 64 items");
    scheme->items = arena_alloc(reader->arena, list->count * sizeof(*scheme->items));
    if (!scheme->items)
        return complain_large(reader);
    for (const struct json_value *item = list->first; item; item = item->next) {
        TRY(read_item(reader, item, &scheme->items[scheme->item_count]));
        for (size_t i = 0; i < scheme->item_count; i++) {
            if (bytes_equal(scheme->items[i].id, scheme->items[scheme->item_count].id))
                return complain(reader, "id", "is given twice", "name the items apart");
        }
        scheme->item_count++;
    }
    return OK;
}

/* ---- the scheme ---- */

static enum err read_group(const struct reader *reader, const struct json_value *object,
                           struct assess_group *out)
{
    static const char *const known[] = {"name", "units", NULL};
    const struct json_value *list = NULL;
    TRY(check_members(reader, object, known));
    TRY(read_text(reader, object, "name", &out->name));
    TRY(find(reader, object, "units", JSON_LIST, &list));
    out->units = arena_alloc(reader->arena, list->count * sizeof(*out->units));
    if (!out->units)
        return complain_large(reader);
    for (const struct json_value *unit = list->first; unit; unit = unit->next) {
        if (unit->type != JSON_TEXT || !unit_is_valid(unit->text))
            return complain(reader, "units", "holds what is no unit",
                            "give codes such as \"341502\"");
        out->units[out->unit_count++] = unit->text;
    }
    return OK;
}

static enum err read_groups(const struct reader *reader, const struct json_value *object,
                            struct assess_scheme *scheme)
{
    const struct json_value *list = NULL;
    if (!json_value_member(object, "groups"))
        return OK;
    TRY(find(reader, object, "groups", JSON_LIST, &list));
    if (list->count == 0 || list->count > SCHEME_GROUPS_MAX)
        return complain(reader, "groups", "has none or too many", "give 1 to 16 groups");
    scheme->groups = arena_alloc(reader->arena, list->count * sizeof(*scheme->groups));
    if (!scheme->groups)
        return complain_large(reader);
    for (const struct json_value *group = list->first; group; group = group->next)
        TRY(read_group(reader, group, &scheme->groups[scheme->group_count++]));
    return OK;
}

static enum err read_unit_types(const struct reader *reader, const struct json_value *object,
                                struct assess_scheme *scheme)
{
    static const char *const names[] = {"",     "COUNTY",    "PARK", "DEPARTMENT",
                                        "TEAM", "COMMITTEE", "CITY"};
    const struct json_value *list = NULL;
    if (!json_value_member(object, "unit_types"))
        return OK;
    TRY(find(reader, object, "unit_types", JSON_LIST, &list));
    for (const struct json_value *type = list->first; type; type = type->next) {
        size_t number = ARRAY_LENGTH(names);
        for (size_t i = UNIT_COUNTY; i < ARRAY_LENGTH(names) && type->type == JSON_TEXT; i++)
            number = bytes_equal_text(type->text, names[i]) ? i : number;
        if (number == ARRAY_LENGTH(names))
            return complain(reader, "unit_types", "holds what is no type of unit",
                            "give COUNTY, PARK, DEPARTMENT, TEAM, COMMITTEE or CITY");
        scheme->unit_types |= 1U << number;
    }
    return OK;
}

/* The points of what is scored against a goal, told once more, so that a slip is seen. */
static enum err check_total(const struct reader *reader, const struct json_value *object,
                            const struct assess_scheme *scheme)
{
    int64_t told = -1, sum = 0;
    TRY(read_decimal(reader, object, "total_points", &told));
    for (size_t i = 0; i < scheme->item_count; i++) {
        if (scheme->items[i].kind != ITEM_COUNT && !scheme->items[i].deduct)
            sum += scheme->items[i].points;
    }
    return told < 0 || told == sum
               ? OK
               : complain(reader, "total_points", "is not the sum of the RATIO and SPREAD items",
                          "correct an item's points, or the total");
}

static enum err read_ways(const struct reader *reader, const struct json_value *object,
                          struct assess_scheme *scheme)
{
    static const char *const modes[] = {"WEIGHTED", "ADDITIVE", NULL};
    static const char *const deductions[] = {"SHOWN", "COUNTED", NULL};
    static const char *const roundings[] = {"HALF_UP", "TRUNCATE", NULL};
    static const char *const ties[] = {"SHARED", "DENSE", NULL};
    size_t mode = 0, rounding = 0, tie = 0;
    TRY(read_choice(reader, object, "mode", modes, &mode));
    size_t deduction = mode == 0;
    TRY(read_choice(reader, object, "deductions", deductions, &deduction));
    TRY(read_choice(reader, object, "rounding", roundings, &rounding));
    TRY(read_choice(reader, object, "ties", ties, &tie));
    scheme->additive = mode == 1;
    scheme->deductions_count = deduction == 1;
    scheme->rounding = rounding == 0 ? ROUND_HALF_UP : ROUND_TRUNCATE;
    scheme->dense_ties = tie == 1;
    return OK;
}

enum err assess_scheme_parse(struct bytes text, struct arena *arena,
                             const struct assess_scheme **out, struct problem *problem)
{
    static const char *const known[] = {
        "id",   "name",   "version",  "mode",       "deductions", "unlanded_signing_percent",
        "ties", "digits", "rounding", "unit_types", "groups",     "total_points",
        "red",  "black",  "items",    NULL};
    const struct json_value *object = NULL;
    struct reader reader = {.arena = arena, .problem = problem, .where = "scheme"};
    TRY(json_value_parse(text, arena, &object, problem));
    struct assess_scheme *scheme = arena_alloc(arena, sizeof(*scheme));
    if (!scheme)
        return complain_large(&reader);
    *scheme = (struct assess_scheme){.digits = 2};
    const struct bounds places = {0, LISTED_MAX};
    TRY(check_members(&reader, object, known));
    TRY(read_text(&reader, object, "id", &scheme->id));
    TRY(read_text(&reader, object, "name", &scheme->name));
    TRY(read_text(&reader, object, "version", &scheme->version));
    TRY(read_ways(&reader, object, scheme));
    TRY(read_number(&reader, object, "unlanded_signing_percent", (struct bounds){0, 100},
                    &scheme->unlanded_signing_percent));
    TRY(read_number(&reader, object, "digits", (struct bounds){0, DIGITS_MAX}, &scheme->digits));
    TRY(read_number(&reader, object, "red", places, &scheme->red));
    TRY(read_number(&reader, object, "black", places, &scheme->black));
    TRY(read_unit_types(&reader, object, scheme));
    TRY(read_groups(&reader, object, scheme));
    TRY(read_items(&reader, object, scheme));
    bytes_to_text(bytes_of_text("scheme"), reader.where, sizeof(reader.where));
    TRY(check_total(&reader, object, scheme));
    *out = scheme;
    return OK;
}
