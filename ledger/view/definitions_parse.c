/*
 * definitions_parse.c - a definition as JSON: {"id":"START_OVER_SIGNED","rounding":"TRUNCATE",…}
 * changes or adds a rate; {"body_order":[…],"landed":"STARTED",…} are the settings; "rates" holds
 * several of the first, and a list several of either. A member that nobody knows is a mistake: a
 * misspelt rule must not look like one in force.
 */
#include "ledger/event/schema.h"
#include "ledger/view/definitions_draft.h"

enum { RATE_ID_MAX = 40, RATE_TEXT_MAX = 300, SHOWN_TEXT_SIZE = 64, CLOSE_DAY_MAX = 28 };

/* A member of the object, what takes it, and what it may hold, for the complaint. */
struct member_rule {
    const char *key;
    enum json_type type;
    bool (*take)(struct definitions_draft *draft, struct rate_definition *rate,
                 const struct json_value *value);
    const char *remedy;
};

static enum err complain(const struct definitions_draft *draft, const struct json_value *value,
                         const char *what, const char *remedy)
{
    char key[SHOWN_TEXT_SIZE];
    problem_set(draft->problem, "第%zu行 “%s” %s", value->line,
                bytes_to_text(value->key, key, sizeof(key)), what);
    problem_remedy(draft->problem, "%s", remedy);
    return ERR_MALFORMED;
}

/* ---- one rate ---- */

static bool take_text(struct definitions_draft *draft, const struct json_value *value, size_t max,
                      const char **out)
{
    if (value->text.size == 0 || value->text.size > max)
        return false;
    struct bytes copy = arena_copy(draft->arena, value->text);
    *out = (const char *)copy.data;
    return copy.data != NULL;
}

static bool is_id(struct bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (!(byte >= 'A' && byte <= 'Z') && !(byte >= '0' && byte <= '9') && byte != '_')
            return false;
    }
    return true;
}

/* A member of a rate that is a text: which one, by its key. */
static bool take_rate_text(struct definitions_draft *draft, struct rate_definition *rate,
                           const struct json_value *value)
{
    const struct {
        const char *key, **out;
        size_t max;
    } members[] = {{"id", &rate->id, RATE_ID_MAX},
                   {"name", &rate->name, RATE_TEXT_MAX},
                   {"formula", &rate->formula, RATE_TEXT_MAX},
                   {"version", &rate->version, RATE_ID_MAX}};
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
        if (bytes_equal_text(value->key, members[i].key))
            return take_text(draft, value, members[i].max, members[i].out);
    }
    return false;
}

static bool take_id(struct definitions_draft *draft, struct rate_definition *rate,
                    const struct json_value *value)
{
    return is_id(value->text) && take_rate_text(draft, rate, value);
}

static bool take_measure(struct definitions_draft *draft, struct rate_definition *rate,
                         const struct json_value *value)
{
    (void)draft;
    bool is_numerator = bytes_equal_text(value->key, "numerator");
    return measure_of_id(value->text, is_numerator ? &rate->numerator : &rate->denominator);
}

static bool take_rounding(struct definitions_draft *draft, struct rate_definition *rate,
                          const struct json_value *value)
{
    (void)draft;
    rate->rounding = bytes_equal_text(value->text, "TRUNCATE") ? ROUND_TRUNCATE : ROUND_HALF_UP;
    return rate->rounding == ROUND_TRUNCATE || bytes_equal_text(value->text, "HALF_UP");
}

static bool take_digits(struct definitions_draft *draft, struct rate_definition *rate,
                        const struct json_value *value)
{
    (void)draft;
    rate->digits = (int)value->number;
    return value->number >= 0 && value->number <= PERCENT_DIGITS_MAX;
}

static bool take_headline(struct definitions_draft *draft, struct rate_definition *rate,
                          const struct json_value *value)
{
    (void)draft;
    rate->headline = value->number != 0;
    return true;
}

static const struct member_rule rate_rules[] = {
    {"id", JSON_TEXT, take_id, "id 用大写字母、数字和下划线 (A-Z 0-9 _)"},
    {"name", JSON_TEXT, take_rate_text, "给一个名称,如 开工率"},
    {"formula", JSON_TEXT, take_rate_text, "给一行公式"},
    {"version", JSON_TEXT, take_rate_text, "给一个版本号"},
    {"numerator", JSON_TEXT, take_measure, "用已有的计量,如 STARTED"},
    {"denominator", JSON_TEXT, take_measure, "用已有的计量,如 SIGNED"},
    {"rounding", JSON_TEXT, take_rounding, "HALF_UP 或 TRUNCATE"},
    {"digits", JSON_NUMBER, take_digits, "0 到 9 的整数"},
    {"headline", JSON_FLAG, take_headline, "true 或 false"},
};

/* ---- settings ---- */

static bool take_body_order(struct definitions_draft *draft, struct rate_definition *rate,
                            const struct json_value *value)
{
    uint8_t order[ARRAY_LENGTH(draft->definitions.body_order)] = {0};
    size_t count = 0;
    (void)rate;
    for (const struct json_value *item = value->first; item; item = item->next) {
        const struct word *word =
            item->type == JSON_TEXT ? word_of_id(words_body(), item->text) : NULL;
        if (!word || memchr(order, word->number, count) || count + 1 >= sizeof(order))
            return false;
        order[count++] = (uint8_t)word->number;
    }
    memcpy(draft->definitions.body_order, order, sizeof(order));
    return count > 0;
}

static bool take_landed(struct definitions_draft *draft, struct rate_definition *rate,
                        const struct json_value *value)
{
    const struct word *word = word_of_id(words_of_name("milestone"), value->text);
    (void)rate;
    draft->definitions.landed_milestone = word ? (uint8_t)word->number : MILESTONE_LANDED;
    return word != NULL;
}

static bool take_texts(struct definitions_draft *draft, const struct json_value *value,
                       struct bytes *items, size_t max, size_t *count)
{
    *count = 0;
    for (const struct json_value *item = value->first; item; item = item->next) {
        if (item->type != JSON_TEXT || item->text.size == 0 || *count == max)
            return false;
        items[*count] = arena_copy(draft->arena, item->text);
        if (!items[(*count)++].data)
            return false;
    }
    return true;
}

/* A list of texts among the settings: which one, by its key. */
static bool take_list(struct definitions_draft *draft, struct rate_definition *rate,
                      const struct json_value *value)
{
    struct definitions *definitions = &draft->definitions;
    (void)rate;
    if (bytes_equal_text(value->key, "excluded_industries"))
        return take_texts(draft, value, definitions->excluded_industries, DEFINITION_INDUSTRIES_MAX,
                          &definitions->excluded_industry_count);
    return take_texts(draft, value, definitions->approvals, DEFINITION_APPROVALS_MAX,
                      &definitions->approval_count);
}

static bool take_exclusion(struct definitions_draft *draft, struct rate_definition *rate,
                           const struct json_value *value)
{
    struct definitions *definitions = &draft->definitions;
    (void)rate;
    bool is_government = bytes_equal_text(value->key, "exclude_government_money");
    *(is_government ? &definitions->exclude_government_money : &definitions->exclude_endogenous) =
        value->number != 0;
    return true;
}

static bool take_close_day(struct definitions_draft *draft, struct rate_definition *rate,
                           const struct json_value *value)
{
    (void)rate;
    draft->definitions.close_day = (uint32_t)value->number;
    return value->number >= 0 && value->number <= CLOSE_DAY_MAX;
}

static bool take_rates(struct definitions_draft *draft, struct rate_definition *rate,
                       const struct json_value *value);

static const struct member_rule setting_rules[] = {
    {"rates", JSON_LIST, take_rates, "每一项都要有 id (each needs an id)"},
    {"body_order", JSON_LIST, take_body_order, "列出部门,如 [\"STATISTICS\",\"DRC\"],不重复"},
    {"landed", JSON_TEXT, take_landed, "用一个节点,如 STARTED"},
    {"excluded_industries", JSON_LIST, take_list, "产业名称的列表,至多32个"},
    {"exclude_government_money", JSON_FLAG, take_exclusion, "true 或 false"},
    {"exclude_endogenous", JSON_FLAG, take_exclusion, "true 或 false"},
    {"approvals_before_start", JSON_LIST, take_list, "前置手续的列表,至多16个"},
    {"close_day", JSON_NUMBER, take_close_day, "次月的日,0 到 28"},
};

static const struct member_rule *rule_of(const struct member_rule *rules, size_t count,
                                         struct bytes key)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal_text(key, rules[i].key))
            return &rules[i];
    }
    return NULL;
}

static enum err take_member(struct definitions_draft *draft, const struct member_rule *rule,
                            struct rate_definition *rate, const struct json_value *value)
{
    if (!rule)
        return complain(draft, value, "没有这一项 (no such member)",
                        "查对拼写 (check the spelling)");
    if (value->type != rule->type || !rule->take(draft, rate, value))
        return draft->problem->text[0]
                   ? ERR_MALFORMED
                   : complain(draft, value, "不对 (not as it must be)", rule->remedy);
    return OK;
}

bool definitions_draft_concerns(const struct json_value *value)
{
    const struct json_value *member = value->type == JSON_OBJECT ? value->first : NULL;
    while (member && !rule_of(setting_rules, ARRAY_LENGTH(setting_rules), member->key))
        member = member->next;
    return member != NULL;
}

static struct rate_definition *find_rate(struct definitions_draft *draft, const char *id)
{
    for (size_t i = 0; i < draft->rate_count; i++) {
        if (strcmp(draft->rates[i].id, id) == 0)
            return &draft->rates[i];
    }
    return NULL;
}

static enum err check_rate(const struct definitions_draft *draft, const struct json_value *object,
                           const struct rate_definition *rate)
{
    bool has_both = rate->numerator != MEASURE_NONE && rate->denominator != MEASURE_NONE;
    bool has_none = rate->numerator == MEASURE_NONE && rate->denominator == MEASURE_NONE;
    if (!has_both && !has_none)
        return complain(draft, object, "分子分母要成对 (numerator and denominator)", "两个都给出");
    if (has_both && measure_is_amount(rate->numerator) != measure_is_amount(rate->denominator))
        return complain(draft, object, "分子分母一为金额一为个数 (yuan over a count)",
                        "用同类的计量");
    return OK;
}

/* One headline a name: the new one takes it from the others. */
static void put_rate(struct definitions_draft *draft, const struct rate_definition *rate)
{
    struct rate_definition *slot = find_rate(draft, rate->id);
    for (size_t i = 0; rate->headline && i < draft->rate_count; i++) {
        if (strcmp(draft->rates[i].name, rate->name) == 0)
            draft->rates[i].headline = false;
    }
    if (!slot)
        slot = &draft->rates[draft->rate_count++];
    *slot = *rate;
}

static enum err apply_rate(struct definitions_draft *draft, const struct json_value *object)
{
    const struct json_value *id = json_value_member(object, "id");
    struct rate_definition rate = {.id = draft->name, .digits = 2};
    if (id)
        TRY(take_member(draft, &rate_rules[0], &rate, id));
    const struct rate_definition *shipped = rate.id ? find_rate(draft, rate.id) : NULL;
    bool is_new = !shipped;
    if (shipped)
        rate = *shipped;
    rate.version = draft->version;
    for (const struct json_value *member = object->first; member; member = member->next)
        TRY(take_member(draft, rule_of(rate_rules, ARRAY_LENGTH(rate_rules), member->key), &rate,
                        member));
    TRY(check_rate(draft, object, &rate));
    if (!rate.id || (is_new && rate.numerator == MEASURE_NONE))
        return complain(draft, object, "缺 id、numerator 或 denominator",
                        "新的口径要写明 id、numerator、denominator");
    if (is_new && draft->rate_count == DEFINITION_RATES_MAX)
        return complain(draft, object, "口径太多 (too many rates)", "至多64个");
    rate.name = rate.name ? rate.name : rate.id;
    rate.formula = rate.formula ? rate.formula : "分子/分母";
    put_rate(draft, &rate);
    return OK;
}

static bool take_rates(struct definitions_draft *draft, struct rate_definition *rate,
                       const struct json_value *value)
{
    (void)rate;
    for (const struct json_value *item = value->first; item; item = item->next) {
        if (item->type != JSON_OBJECT || apply_rate(draft, item) != OK)
            return false;
    }
    return true;
}

static bool is_rate(const struct json_value *object)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rate_rules); i++) {
        if (json_value_member(object, rate_rules[i].key))
            return true;
    }
    return false;
}

static enum err apply_object(struct definitions_draft *draft, const struct json_value *object)
{
    if (is_rate(object))
        return apply_rate(draft, object);
    for (const struct json_value *member = object->first; member; member = member->next)
        TRY(take_member(draft, rule_of(setting_rules, ARRAY_LENGTH(setting_rules), member->key),
                        NULL, member));
    return OK;
}

enum err definitions_draft_apply(struct definitions_draft *draft, const struct json_value *value)
{
    struct definitions_draft attempt = *draft;
    if (value->type == JSON_OBJECT) {
        TRY(apply_object(&attempt, value));
    } else if (value->type == JSON_LIST) {
        for (const struct json_value *item = value->first; item; item = item->next) {
            if (item->type != JSON_OBJECT)
                return complain(draft, item, "不是对象 (not an object)", "列表里写 {…}");
            TRY(apply_object(&attempt, item));
        }
    } else {
        return complain(draft, value, "不是口径 (not a definition)", "写 {…} 或 [{…},…]");
    }
    *draft = attempt;
    return OK;
}
