/* lights_parse.c - a locality's own rule set from JSON; see lights.h. */
#include "ledger/lists/lights.h"
#include "ledger/view/json_value.h"

static enum err complain(struct problem *problem, const struct json_value *value, const char *what)
{
    problem_set(problem, "light rules, line %zu: %s", value->line, what);
    problem_remedy(problem, "see the shipped rule sets for the form");
    return ERR_MALFORMED;
}

static const struct json_value *member_of(const struct json_value *object, const char *name,
                                          enum json_type type)
{
    const struct json_value *member = json_value_member(object, name);
    return member && member->type == type ? member : NULL;
}

/* NULL: not a text, or an empty one. */
static const char *text_of(const struct json_value *object, const char *name, struct arena *arena)
{
    const struct json_value *member = member_of(object, name, JSON_TEXT);
    if (!member || member->text.size == 0)
        return NULL;
    return (const char *)arena_copy(arena, member->text).data;
}

typedef const char *id_function(size_t number);

static const char *colour_id(size_t number)
{
    return light_colour_id((enum light_colour)number);
}

static const char *meaning_id(size_t number)
{
    return light_meaning_id((enum light_meaning)number);
}

static const char *input_id(size_t number)
{
    return light_input_id((enum light_input)number);
}

/* False: not a text, or none of the first count ids. */
static bool number_of(const struct json_value *value, id_function *id, size_t count, size_t *out)
{
    for (size_t i = 0; value && value->type == JSON_TEXT && i < count; i++) {
        if (bytes_equal_text(value->text, id(i))) {
            *out = i;
            return true;
        }
    }
    return false;
}

static enum err parse_term(const struct json_value *value, struct light_term *out,
                           struct problem *problem)
{
    static const struct {
        const char *name;
        enum light_comparison comparison;
    } comparisons[] = {{"at_least", LIGHT_AT_LEAST},
                       {"at_most", LIGHT_AT_MOST},
                       {"above", LIGHT_ABOVE},
                       {"below", LIGHT_BELOW}};
    size_t input;
    if (value->type != JSON_OBJECT || value->count != 2 ||
        !number_of(json_value_member(value, "input"), input_id, LIGHT_INPUTS, &input))
        return complain(problem, value, "a term has an input that is known, and one comparison");
    for (size_t i = 0; i < ARRAY_LENGTH(comparisons); i++) {
        const struct json_value *number = member_of(value, comparisons[i].name, JSON_NUMBER);
        if (!number)
            continue;
        *out =
            (struct light_term){comparisons[i].comparison, (enum light_input)input, number->number};
        return OK;
    }
    return complain(problem, value, "a term compares by at_least, at_most, above or below");
}

static enum err parse_rule(const struct json_value *value, struct arena *arena,
                           struct light_rule *out, struct problem *problem)
{
    size_t colour, meaning;
    if (value->type != JSON_OBJECT)
        return complain(problem, value, "a rule is an object");
    const struct json_value *terms = member_of(value, "terms", JSON_LIST);
    if (!number_of(json_value_member(value, "colour"), colour_id, LIGHT_COLOURS, &colour) ||
        colour == LIGHT_NONE)
        return complain(problem, value, "colour: GREEN, BLUE, YELLOW or RED");
    if (!number_of(json_value_member(value, "meaning"), meaning_id, LIGHT_DANGER + 1, &meaning) ||
        meaning == LIGHT_SILENT)
        return complain(problem, value, "meaning: GOOD, PRAISE, REMIND, WARN or DANGER");
    if (!terms || terms->count == 0 || terms->count > LIGHT_TERMS)
        return complain(problem, value, "terms: one to three");
    *out = (struct light_rule){.colour = (enum light_colour)colour,
                               .meaning = (enum light_meaning)meaning,
                               .text = text_of(value, "text", arena)};
    if (!out->text)
        return complain(problem, value, "text: the rule in one line");
    size_t count = 0;
    for (const struct json_value *term = terms->first; term; term = term->next)
        TRY(parse_term(term, &out->terms[count++], problem));
    return OK;
}

static enum err parse_shown(const struct json_value *object, struct light_rules *rules,
                            struct problem *problem)
{
    const struct json_value *shown = member_of(object, "shown", JSON_LIST);
    size_t count = 0, input;
    rules->shown[0] = rules->shown[1] = LIGHT_INPUTS;
    if (!json_value_member(object, "shown"))
        return OK;
    if (!shown || shown->count > ARRAY_LENGTH(rules->shown))
        return complain(problem, object, "shown: at most two inputs");
    for (const struct json_value *value = shown->first; value; value = value->next) {
        if (!number_of(value, input_id, LIGHT_INPUTS, &input))
            return complain(problem, value, "shown: an input that is not known");
        rules->shown[count++] = (enum light_input)input;
    }
    return OK;
}

enum err light_rules_parse(struct bytes json, struct arena *arena, const struct light_rules **out,
                           struct problem *problem)
{
    const struct json_value *object = NULL;
    TRY(json_value_parse(json, arena, &object, problem));
    if (object->type != JSON_OBJECT)
        return complain(problem, object, "an object is wanted");
    const struct json_value *list = member_of(object, "rules", JSON_LIST);
    if (!list || list->count == 0 || list->count > LIGHT_RULES_MAX)
        return complain(problem, object, "rules: one to six");
    struct light_rules *rules = arena_alloc(arena, sizeof(*rules));
    struct light_rule *rows = arena_alloc(arena, list->count * sizeof(*rows));
    if (!rules || !rows)
        return ERR_LIMIT;
    rules->id = text_of(object, "id", arena);
    rules->name = text_of(object, "name", arena);
    rules->version = text_of(object, "version", arena);
    rules->source = text_of(object, "source", arena);
    if (!rules->id || !rules->name || !rules->version || !rules->source)
        return complain(problem, object, "id, name, version and source are texts");
    TRY(parse_shown(object, rules, problem));
    size_t count = 0;
    for (const struct json_value *value = list->first; value; value = value->next)
        TRY(parse_rule(value, arena, &rows[count++], problem));
    rules->rules = rows;
    rules->rule_count = count;
    *out = rules;
    return OK;
}
