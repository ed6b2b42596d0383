/*
 * light_inputs.h - what the light rules ask, from figures and from a project's events. Points and
 * percents are rounded as they are printed, half up to two digits, so that a light never says other
 * than the figure beside it.
 */
#pragma once

#include "ledger/lists/lights.h"
#include "ledger/view/city_rule.h"
#include "ledger/view/percent.h"
#include "ledger/view/view.h"

/* LIGHT_PACE, and LIGHT_PACE_SHARE once a month is done. Nothing when the target is not above 0. */
void light_inputs_pace(int64_t actual, int64_t target, struct time_pace pace,
                       struct light_inputs *out);
/* LIGHT_GROWTH and its two differences. Nothing when before is not above 0: 无同期. */
struct growth_marks {
    int64_t plan_hundredths, mean_hundredths; /* of a percent */
};
void light_inputs_growth(int64_t after, int64_t before, struct growth_marks marks,
                         struct light_inputs *out);
/*
 * Of a project: LIGHT_MONTHS_DUE, when a PLAN of its start ("started") is known: the months that
 * have ended since and with the one it was due in; LIGHT_IN_LIBRARY; LIGHT_MONTHS_EXCEEDED; of its
 * supervision since the last 复查 LIGHT_REMINDED and LIGHT_DEADLINES_MISSED. LIGHT_EXCUSED is 0: a
 * good reason is for a person to find, and the caller's to set.
 */
void light_inputs_project(const struct ledger *ledger, const struct project_view *project,
                          const struct view *view, struct light_inputs *out);

/* The city's own of that id (a DEFINITION of kind LIGHTS so named), else the shipped; NULL:
 * neither. One that does not parse is passed over. */
const struct light_rules *light_rules_at(const struct ledger *ledger, const char *id,
                                         struct rule_moment moment, struct arena *arena);

/* All sets in force: the shipped ones or what the city put in their place, then those that the city
 * alone has, by their names. In the arena. */
struct light_sets {
    struct light_set {
        const struct light_rules *rules;
    } * rows;
    size_t count;
    bool truncated; /* the arena was full: shipped ones alone, or none */
};
void light_sets_at(const struct ledger *ledger, struct rule_moment moment, struct arena *arena,
                   struct light_sets *out);
