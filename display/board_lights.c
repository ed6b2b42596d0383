/*
 * board_lights.c - targets and their lights: the rule set that the setting chose, asked how far a
 * figure is ahead of its pace, or a rate of its target. See board_parts.h.
 */
#include <stdio.h>

#include "display/board_parts.h"
#include "ledger/lists/light_inputs.h"
#include "ledger/view/calendar.h"

enum { MONTHS_A_YEAR = 12, HUNDREDTHS = 100 };

const struct light_rules *board_light_rules(const struct ledger *ledger, const struct view *view,
                                            struct bytes id, struct arena *arena)
{
    enum { ID_SIZE = 64 };
    char text[ID_SIZE];
    struct rule_moment moment = {view->as_of, view->known_at};
    const struct light_rules *rules = NULL;
    if (id.size > 0 && id.size < sizeof(text))
        rules = light_rules_at(ledger, bytes_to_text(id, text, sizeof(text)), moment, arena);
    return rules ? rules : light_rules_at(ledger, board_lights_shipped, moment, arena);
}

const struct bulletin_target *target_of_metric(const struct bulletin_row *row, const char *metric)
{
    for (size_t i = 0; i < row->target_count; i++) {
        const struct bulletin_target *target = &row->targets[i];
        if (bytes_equal_text(target->metric, metric) && target->list.size == 0 &&
            target->threshold == 0)
            return target;
    }
    return NULL;
}

/* A rate's target is set in basis points and has no pace: it does not fill up by month. */
static bool is_of_rate(const struct bulletin_target *target)
{
    return !target->is_amount && target->has_rate && target->pace_points[0] == '\0';
}

/* "85.00" of basis points, with a sign when it is a difference. */
static char *points_text(int64_t basis_points, bool with_sign, char out[PERCENT_TEXT_SIZE])
{
    int64_t magnitude = basis_points < 0 ? -basis_points : basis_points;
    const char *sign = basis_points < 0 ? "-" : with_sign && basis_points > 0 ? "+" : "";
    (void)snprintf(out, PERCENT_TEXT_SIZE, "%s%lld.%02d", sign, (long long)(magnitude / HUNDREDTHS),
                   (int)(magnitude % HUNDREDTHS));
    return out;
}

static void set_mark(json_t *object, const char *key, const struct bulletin_target *target,
                     int64_t value)
{
    char text[PERCENT_TEXT_SIZE];
    if (is_of_rate(target))
        set_text(object, key, points_text(value, false, text));
    else
        set_count(object, key, value);
}

json_t *target_json(const struct bulletin_target *target)
{
    char text[PERCENT_TEXT_SIZE];
    if (!target)
        return json_null();
    json_t *out = json_object();
    bool is_rate = is_of_rate(target);
    set_mark(out, "base", target, target->base);
    if (target->has_stretch)
        set_mark(out, "stretch", target, target->stretch);
    else
        report_set(out, "stretch", json_null());
    set_text(out, "rate_percent", target->has_rate ? target->rate_percent : NULL);
    set_text(out, "pace_points", target->has_rate ? target->pace_points : NULL);
    set_shown(out, "document", target->document);
    report_set(out, "is_rate", json_boolean(is_rate));
    set_text(out, "points",
             is_rate ? points_text(target->actual - target->base, true, text) : NULL);
    return out;
}

/* Hundredths of a point from the text that is printed beside the light; two digits are kept. */
static int64_t hundredths_of(const char *points)
{
    int64_t value = 0;
    int after = -1; /* digits after the point so far; -1: before it */
    bool is_negative = *points == '-';
    for (const char *at = points; *at && after < 2; at++) {
        if (*at == '.')
            after = 0;
        if (*at < '0' || *at > '9')
            continue;
        value = value * 10 + (*at - '0');
        after += after >= 0;
    }
    for (; after < 2; after += after < 0 ? 2 : 1)
        value *= after < 0 ? HUNDREDTHS : 10;
    return is_negative ? -value : value;
}

/* Of a target of this year the share of the pace is known as well. */
static void take_pace(const struct board_work *work, const struct bulletin_target *target,
                      struct light_inputs *out)
{
    char text[PERCENT_TEXT_SIZE];
    const struct rate_definition *rule = definitions_find(work->view.definitions, "PACE_POINTS");
    struct time_pace year = {months_done(work->view.as_of), MONTHS_A_YEAR};
    if (pace_text(target->actual, target->base, year, rule->rounding, rule->digits, text) &&
        strcmp(text, target->pace_points) == 0)
        light_inputs_pace(target->actual, target->base, year, out);
    light_input_set(out, LIGHT_PACE, hundredths_of(target->pace_points));
}

json_t *light_of_target(const struct board_work *work, const struct bulletin_target *target)
{
    struct light light = {.colour = LIGHT_NONE};
    struct light_inputs inputs = {0};
    char why[LIGHT_WHY_SIZE + PERCENT_TEXT_SIZE] = "", text[PERCENT_TEXT_SIZE];
    json_t *out = json_object();
    if (target && target->has_rate) {
        if (is_of_rate(target))
            light_input_set(&inputs, LIGHT_PACE, target->actual - target->base);
        else
            take_pace(work, target, &inputs);
        light_of(work->lights, &inputs, &light);
        (void)snprintf(why, sizeof(why), "%s", light.why);
    }
    if (target && target->has_rate && is_of_rate(target)) /* the rules' words are of a time pace */
        (void)snprintf(why, sizeof(why), "与目标相差%s个百分点，按%s",
                       points_text(target->actual - target->base, true, text), work->lights->name);
    bool is_lit = light.colour != LIGHT_NONE;
    set_text(out, "colour", is_lit ? light_colour_id(light.colour) : NULL);
    set_text(out, "shape", is_lit ? light_shape_id(light.shape) : NULL);
    set_text(out, "meaning", is_lit ? light_meaning_id(light.meaning) : NULL);
    set_text(out, "word", is_lit ? light.word : target ? "无灯" : "未设目标");
    set_text(out, "why", target ? why : NULL);
    set_text(out, "rules", target ? work->lights->id : NULL);
    return out;
}
