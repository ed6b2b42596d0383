/*
 * route_query.c - the parameters of an address: each known, given once and of its type, or refused
 * with its name and what would be right. See route_parts.h.
 */
#include "display/route_parts.h"
#include "ledger/event/event.h"

enum { NAME_SHOWN_MAX = 40 };
static const uint64_t at_ms_max = 7258118399999; /* the end of 2199, as day.h */

static const struct {
    const char *name, *remedy;
} parameters[PARAMETERS] = {
    [PARAMETER_AS_OF] = {"as_of", "give a day: as_of=2022-09-30"},
    [PARAMETER_KNOWN_AT] = {"known_at", "give a position of the log: known_at=1200"},
    [PARAMETER_AT] = {"at", "give Unix milliseconds: at=1664503200000"},
    [PARAMETER_FROM] = {"from", "give a day: from=2022-01-01"},
    [PARAMETER_BEFORE] = {"before", "give a position of the log: before=1200"},
    [PARAMETER_LIMIT] = {"limit", "give a number from 1 to 200"},
    [PARAMETER_UNIT] = {"unit", "give a unit's code: unit=341502"},
    [PARAMETER_CLASS] = {"class", "give an id: class=SIGNED_NOT_STARTED"},
    [PARAMETER_TEXT] = {"q", "give text in UTF-8, percent-encoded, at most 255 bytes"},
    [PARAMETER_STAGE] = {"stage", "give an id: stage=SIGNED"},
    [PARAMETER_TOKEN] = {"token", "open the address as it was handed out"},
};

static enum err refuse_value(enum route_parameter parameter, int *status, struct problem *problem)
{
    problem_set(problem, "the parameter %s is not what it should be", parameters[parameter].name);
    problem_remedy(problem, "%s", parameters[parameter].remedy);
    *status = 400;
    return ERR_DENIED;
}

static bool day_of(const char *text, int32_t *out)
{
    return day_parse(bytes_of_text(text), out) == OK && *out != DAY_NONE;
}

static bool position_of(const char *text, uint64_t *out)
{
    return u64_parse(bytes_of_text(text), UINT64_MAX - 1, out) == OK;
}

static bool id_of(const char *text, char *out)
{
    if (text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] != '\0')
        return false;
    bytes_to_text(bytes_of_text(text), out, ROUTE_TEXT_MAX + 1);
    return true;
}

static bool text_of(const char *text, char *out)
{
    bytes_to_text(bytes_of_text(text), out, ROUTE_TEXT_MAX + 1);
    return true;
}

static bool set_value(enum route_parameter parameter, const char *text, struct route *out)
{
    uint64_t number = 0;
    switch (parameter) {
    case PARAMETER_AS_OF:
        return day_of(text, &out->as_of);
    case PARAMETER_FROM:
        return day_of(text, &out->from);
    case PARAMETER_KNOWN_AT:
        return position_of(text, &out->known_at);
    case PARAMETER_BEFORE:
        return position_of(text, &out->before);
    case PARAMETER_AT:
        if (u64_parse(bytes_of_text(text), at_ms_max, &number) != OK)
            return false;
        out->at_ms = (int64_t)number;
        return true;
    case PARAMETER_LIMIT:
        if (u64_parse(bytes_of_text(text), ROUTE_LIMIT_MAX, &number) != OK || number == 0)
            return false;
        out->limit = (uint32_t)number;
        return true;
    case PARAMETER_UNIT:
        return unit_is_valid(bytes_of_text(text)) && text_of(text, out->unit);
    case PARAMETER_CLASS:
        return id_of(text, out->class);
    case PARAMETER_STAGE:
        return id_of(text, out->stage);
    case PARAMETER_TEXT:
        return text_of(text, out->text);
    case PARAMETER_TOKEN:
        return text_of(text, out->token);
    case PARAMETERS:
        break;
    }
    return false;
}

/* A name from outside is shown only when it is one a person could have typed. */
static enum err refuse_name(struct bytes name, int *status, struct problem *problem)
{
    char shown[NAME_SHOWN_MAX + 1] = "";
    bool is_word = name.size > 0 && name.size <= NAME_SHOWN_MAX;
    for (size_t i = 0; i < name.size && is_word; i++)
        is_word = (name.data[i] >= 'a' && name.data[i] <= 'z') || name.data[i] == '_';
    if (is_word)
        bytes_to_text(name, shown, sizeof(shown));
    problem_set(problem, "there is no parameter %s here", is_word ? shown : "of such a name");
    problem_remedy(problem, "leave it out; docs/display.md lists what each path takes");
    *status = 400;
    return ERR_DENIED;
}

static enum err take_parameter(struct bytes part, unsigned takes, unsigned *given,
                               struct route *out, int *status, struct problem *problem)
{
    char value[ROUTE_TEXT_MAX + 1];
    struct bytes name, rest = part;
    if (!route_next_part(&rest, '=', &name))
        name = BYTES_NONE;
    for (enum route_parameter i = 0; i < PARAMETERS; i++) {
        if (!(takes & 1U << i) || !bytes_equal_text(name, parameters[i].name))
            continue;
        if (*given & 1U << i) {
            problem_set(problem, "the parameter %s is given twice", parameters[i].name);
            problem_remedy(problem, "give it once");
            *status = 400;
            return ERR_DENIED;
        }
        *given |= 1U << i;
        if (!route_decode(rest, true, value, sizeof(value)) || value[0] == '\0' ||
            !set_value(i, value, out))
            return refuse_value(i, status, problem);
        return OK;
    }
    return takes == TAKES_TOKEN ? OK : refuse_name(name, status, problem);
}

enum err route_query(struct bytes query, unsigned takes, struct route *out, int *status,
                     struct problem *problem)
{
    unsigned given = 0;
    struct bytes part;
    for (size_t i = 0; i < query.size; i++)
        if (query.data[i] <= ' ' || query.data[i] >= 0x7f)
            return route_refuse(status, problem, 400,
                                "the address has characters that must be percent-encoded",
                                "encode the parameters, as encodeURIComponent does");
    while (route_next_part(&query, '&', &part)) {
        enum err err = take_parameter(part, takes, &given, out, status, problem);
        if (err != OK)
            return err;
    }
    if (given & 1U << PARAMETER_AT && given & 1U << PARAMETER_KNOWN_AT)
        return route_refuse(status, problem, 400, "at and known_at both say what is known",
                            "give one of them");
    return OK;
}
