/*
 * lights.c - the judge of the rule sets; the published ones are in light_rules.c. See lights.h.
 */
#include "ledger/lists/lights.h"

#include <inttypes.h>
#include <stdio.h>

#include "ledger/view/calendar.h"

static const char *const colour_ids[LIGHT_COLOURS] = {"NONE", "GREEN", "BLUE", "YELLOW", "RED"};

const char *light_colour_id(enum light_colour colour)
{
    return colour_ids[colour];
}

const char *light_shape_id(enum light_shape shape)
{
    static const char *const ids[] = {"NONE", "CIRCLE", "TRIANGLE", "SQUARE", "DIAMOND"};
    return ids[shape];
}

const char *light_meaning_id(enum light_meaning meaning)
{
    static const char *const ids[] = {"SILENT", "GOOD", "PRAISE", "REMIND", "WARN", "DANGER"};
    return ids[meaning];
}

const char *light_input_id(enum light_input input)
{
    static const char *const ids[LIGHT_INPUTS] = {"PACE",
                                                  "PACE_SHARE",
                                                  "MONTHS_DUE",
                                                  "EXCUSED",
                                                  "IN_LIBRARY",
                                                  "MONTHS_EXCEEDED",
                                                  "PAYMENT",
                                                  "MONTHS_MISSED",
                                                  "GROWTH",
                                                  "GROWTH_OVER_PLAN",
                                                  "GROWTH_OVER_MEAN",
                                                  "REMINDED",
                                                  "DEADLINES_MISSED",
                                                  "RANK",
                                                  "RANK_FROM_REAR",
                                                  "RANK_RISE",
                                                  "TIMES_AT_REAR"};
    return ids[input];
}

/* One shape a colour, so that a wall can be read without seeing colours. */
static enum light_shape shape_of(enum light_colour colour)
{
    static const enum light_shape shapes[LIGHT_COLOURS] = {SHAPE_NONE, SHAPE_CIRCLE, SHAPE_DIAMOND,
                                                           SHAPE_TRIANGLE, SHAPE_SQUARE};
    return shapes[colour];
}

static const char *word_of(enum light_colour colour)
{
    static const char *const words[LIGHT_COLOURS] = {"未亮灯", "绿灯", "蓝灯", "黄灯", "红灯"};
    return words[colour];
}

static bool term_holds(const struct light_term *term, const struct light_inputs *inputs)
{
    if (term->comparison == LIGHT_ANY)
        return true;
    if (!inputs->known[term->input])
        return false;
    int64_t value = inputs->values[term->input];
    switch (term->comparison) {
    case LIGHT_ANY:
        return true;
    case LIGHT_AT_LEAST:
        return value >= term->threshold;
    case LIGHT_AT_MOST:
        return value <= term->threshold;
    case LIGHT_ABOVE:
        return value > term->threshold;
    case LIGHT_BELOW:
        return value < term->threshold;
    }
    return false;
}

static bool rule_holds(const struct light_rule *rule, const struct light_inputs *inputs)
{
    for (size_t i = 0; i < LIGHT_TERMS; i++) {
        if (!term_holds(&rule->terms[i], inputs))
            return false;
    }
    return true;
}

struct input_words {
    const char *name, *unit;
    bool in_hundredths, with_sign;
};

static const struct input_words input_words[LIGHT_INPUTS] = {
    [LIGHT_PACE] = {"与时序进度相差", "个百分点", true, true},
    [LIGHT_PACE_SHARE] = {"与时序进度应完成数相差", "%", true, true},
    [LIGHT_MONTHS_DUE] = {"应开工未开工", "个月", false, false},
    [LIGHT_EXCUSED] = {"正当理由", "项", false, false},
    [LIGHT_IN_LIBRARY] = {"入库", "次", false, false},
    [LIGHT_MONTHS_EXCEEDED] = {"开工已超过", "个月", false, false},
    [LIGHT_PAYMENT] = {"支付与要求相差", "个百分点", true, true},
    [LIGHT_MONTHS_MISSED] = {"连续未完成", "个月", false, false},
    [LIGHT_GROWTH] = {"增速", "%", true, true},
    [LIGHT_GROWTH_OVER_PLAN] = {"与计划相差", "个百分点", true, true},
    [LIGHT_GROWTH_OVER_MEAN] = {"与全市平均相差", "个百分点", true, true},
    [LIGHT_REMINDED] = {"提醒", "次", false, false},
    [LIGHT_DEADLINES_MISSED] = {"逾期", "次", false, false},
    [LIGHT_RANK] = {"位次", "", false, false},
    [LIGHT_RANK_FROM_REAR] = {"倒数第", "位", false, false},
    [LIGHT_RANK_RISE] = {"位次变化", "", false, true},
    [LIGHT_TIMES_AT_REAR] = {"连续位列末尾", "次", false, false},
};

/* "与时序进度相差-12.50个百分点" */
static void value_text(enum light_input input, int64_t value, char *out, size_t size)
{
    const struct input_words *words = &input_words[input];
    const char *sign = value < 0 ? "-" : words->with_sign && value > 0 ? "+" : "";
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (words->in_hundredths)
        (void)snprintf(out, size, "%s%s%" PRIu64 ".%02u%s", words->name, sign, magnitude / 100,
                       (unsigned)(magnitude % 100), words->unit);
    else
        (void)snprintf(out, size, "%s%s%" PRIu64 "%s", words->name, sign, magnitude, words->unit);
}

static void why_text(const struct light_rules *rules, const struct light_inputs *inputs,
                     const char *rule_text, char out[LIGHT_WHY_SIZE])
{
    char values[2][96] = {"", ""};
    const char *between = "";
    for (size_t i = 0; i < ARRAY_LENGTH(rules->shown); i++) {
        enum light_input input = rules->shown[i];
        if (input != LIGHT_INPUTS && inputs->known[input])
            value_text(input, inputs->values[input], values[i], sizeof(values[i]));
    }
    if (values[0][0] && values[1][0])
        between = "，";
    (void)snprintf(out, LIGHT_WHY_SIZE, "%s%s%s%s%s", values[0], between, values[1],
                   values[0][0] || values[1][0] ? "：" : "", rule_text);
}

void light_of(const struct light_rules *rules, const struct light_inputs *inputs, struct light *out)
{
    *out = (struct light){.colour = LIGHT_NONE, .word = word_of(LIGHT_NONE)};
    for (size_t i = 0; i < rules->rule_count; i++) {
        const struct light_rule *rule = &rules->rules[i];
        if (!rule_holds(rule, inputs))
            continue;
        out->colour = rule->colour;
        out->shape = shape_of(rule->colour);
        out->meaning = rule->meaning;
        out->word = word_of(rule->colour);
        why_text(rules, inputs, rule->text, out->why);
        return;
    }
    why_text(rules, inputs, "无规则适用或数据不全", out->why);
}

static bool is_exceeded(int32_t from, int32_t months, int32_t as_of)
{
    int32_t end = day_plus_months(from, months);
    return end != DAY_NONE && as_of > end; /* beyond the calendar nothing is exceeded */
}

int32_t months_exceeded(int32_t from, int32_t as_of)
{
    if (as_of <= from)
        return -1;
    /* 31 days a month never count too many; from there a step a month. */
    int32_t months = (int32_t)(((int64_t)as_of - from) / 32);
    while (is_exceeded(from, months + 1, as_of))
        months++;
    return months;
}
