/*
 * gap_rules.c - the days and counts of the lists, and what the city makes of them: a DEFINITION of
 * kind SETTING named "gap_rules", {"signed_days": 60, …} with the members' names of struct
 * gap_rules.
 */
#include "ledger/lists/gaps.h"

#include "ledger/view/city_rule.h"
#include "ledger/view/json_value.h"

/*
 * negotiating 30, signed 20: the overdue defaults of a city's management system (domain.md 5, E).
 * land 365: 闲置土地处置办法, a full year. contacts 10: "先后十几次来" (R18). follow-up 30, silent
 * 31: a monthly report is the cadence (R55, R118). contacts 180: half a year, ours. large: R44.
 */
const struct gap_rules gap_rules_default = {.land_not_started_days = 365,
                                            .contacts = 10,
                                            .contacts_days = 180,
                                            .follow_up_days = 30,
                                            .silent_days = 31,
                                            .negotiating_days = 30,
                                            .signed_days = 20,
                                            .large_yuan = 100000000,
                                            .version = "1"};

enum { NUMBER_MAX = 36500 }; /* a hundred years of days */
#define YUAN_MAX 1000000000000000LL

/* False: it is there and is not a whole number from 1 to max. */
static bool take_number(const struct json_value *object, const char *name, int64_t max,
                        int64_t *out)
{
    const struct json_value *member = json_value_member(object, name);
    if (!member)
        return true;
    if (member->type != JSON_NUMBER || member->number < 1 || member->number > max)
        return false;
    *out = member->number;
    return true;
}

static bool take_rules(const struct json_value *object, struct gap_rules *rules)
{
    struct {
        const char *name;
        int32_t *value;
    } rows[] = {
        {"land_not_started_days", &rules->land_not_started_days},
        {"contacts", &rules->contacts},
        {"contacts_days", &rules->contacts_days},
        {"follow_up_days", &rules->follow_up_days},
        {"silent_days", &rules->silent_days},
        {"negotiating_days", &rules->negotiating_days},
        {"signed_days", &rules->signed_days},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        int64_t number = *rows[i].value;
        if (!take_number(object, rows[i].name, NUMBER_MAX, &number))
            return false;
        *rows[i].value = (int32_t)number;
    }
    return take_number(object, "large_yuan", YUAN_MAX, &rules->large_yuan);
}

struct gap_rules gap_rules_at(const struct ledger *ledger, const struct view *view,
                              struct arena *arena)
{
    struct city_rule rule;
    struct rule_moment moment = {.day = view->as_of, .known_at = view->known_at};
    if (!city_rule_find(ledger, DEFINITION_SETTING, "gap_rules", moment, arena, &rule))
        return gap_rules_default;
    struct gap_rules rules = gap_rules_default;
    const struct json_value *object;
    struct problem problem = {0};
    if (json_value_parse(rule.content, arena, &object, &problem) != OK ||
        object->type != JSON_OBJECT || !take_rules(object, &rules))
        return gap_rules_default;
    if (rule.version.size > 0)
        rules.version = (const char *)rule.version.data; /* arena_copy ends it with a NUL */
    return rules;
}
