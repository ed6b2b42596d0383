/* board_limits.c - see board_limits.h. Apart, since the ledger's reader of JSON and the library's
 * do not go into one file. */
#include "display/board_limits.h"

#include "ledger/view/json_value.h"

/*
 * Days after which a project counts as over its time. 在建未入库 60: 银川 2025, red after two
 * months (domain.md 6.2). 投产未上规 and 上规未达产 365: 上规 is judged by a year's revenue
 * (domain.md 3.1). The others are ours: half a year to start, a year to build, four months to begin
 * producing. The city's own: a DEFINITION of kind SETTING named "gap_limits",
 * {"SIGNED_NOT_STARTED": 90, …}.
 */
static const int32_t shipped[GAP_CLASSES] = {
    [GAP_SIGNED_NOT_STARTED] = 180,      [GAP_STARTED_NOT_COMPLETED] = 365,
    [GAP_COMPLETED_NOT_PRODUCING] = 120, [GAP_PRODUCING_NOT_ABOVE_SCALE] = 365,
    [GAP_ABOVE_SCALE_NOT_FULL] = 365,    [GAP_UNDER_CONSTRUCTION_NOT_IN_LIBRARY] = 60,
};

void board_gap_limits(const struct ledger *ledger, struct rule_moment moment, struct arena *arena,
                      int32_t out[GAP_CLASSES])
{
    enum { DAYS_MAX = 36500 };
    struct city_rule rule;
    struct problem problem = {0};
    const struct json_value *object = NULL;
    memcpy(out, shipped, sizeof(shipped));
    if (!city_rule_find(ledger, DEFINITION_SETTING, "gap_limits", moment, arena, &rule) ||
        json_value_parse(rule.content, arena, &object, &problem) != OK ||
        object->type != JSON_OBJECT)
        return;
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        const struct json_value *member = json_value_member(object, gap_id((enum gap_class)i));
        if (member && member->type == JSON_NUMBER && member->number >= 1 &&
            member->number <= DAYS_MAX)
            out[i] = (int32_t)member->number;
    }
}
