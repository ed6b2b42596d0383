/*
 * lights.h - traffic lights: rule sets as data, one a locality and subject (domain.md 6.2), since
 * the colours differ: blue praises in 枣庄 and is the first reminder in 华亭. A light is never its
 * colour alone: it has a word, a shape, a meaning and the rule that raised it. Pure integers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum light_colour { LIGHT_NONE, LIGHT_GREEN, LIGHT_BLUE, LIGHT_YELLOW, LIGHT_RED, LIGHT_COLOURS };
enum light_shape { SHAPE_NONE, SHAPE_CIRCLE, SHAPE_TRIANGLE, SHAPE_SQUARE, SHAPE_DIAMOND };
enum light_meaning {
    LIGHT_SILENT,
    LIGHT_GOOD,
    LIGHT_PRAISE,
    LIGHT_REMIND,
    LIGHT_WARN,
    LIGHT_DANGER
};
const char *light_colour_id(enum light_colour colour); /* "YELLOW" */
const char *light_shape_id(enum light_shape shape);    /* "TRIANGLE" */
const char *light_meaning_id(enum light_meaning meaning);

/* What a rule may ask. Points and percents are in hundredths: 30.00 points are 3000. */
enum light_input {
    LIGHT_PACE,            /* rate minus time pace, hundredths of a point; behind is negative */
    LIGHT_PACE_SHARE,      /* the same in hundredths of a percent of the time pace */
    LIGHT_MONTHS_DUE,      /* months in a row in which it was due to start and had not */
    LIGHT_EXCUSED,         /* 1: with good reason (正当理由) */
    LIGHT_IN_LIBRARY,      /* 1: in the library of the statistics */
    LIGHT_MONTHS_EXCEEDED, /* since the start: months_exceeded */
    LIGHT_PAYMENT,         /* paid minus required, hundredths of a point */
    LIGHT_MONTHS_MISSED,   /* months in a row whose target was missed; 0: this one is met */
    LIGHT_GROWTH,          /* hundredths of a percent, as the next two */
    LIGHT_GROWTH_OVER_PLAN,
    LIGHT_GROWTH_OVER_MEAN,
    LIGHT_REMINDED,         /* 1: a reminder was served */
    LIGHT_DEADLINES_MISSED, /* of the reminder, then of the warning */
    LIGHT_RANK,             /* 1: first */
    LIGHT_RANK_FROM_REAR,   /* 1: last */
    LIGHT_RANK_RISE,        /* places gained since the last time; fell: negative */
    LIGHT_TIMES_AT_REAR,    /* in a row */
    LIGHT_INPUTS
};

const char *light_input_id(enum light_input input); /* "PACE" */

struct light_inputs {
    int64_t values[LIGHT_INPUTS];
    bool known[LIGHT_INPUTS];
};
static inline void light_input_set(struct light_inputs *inputs, enum light_input input,
                                   int64_t value)
{
    inputs->values[input] = value;
    inputs->known[input] = true;
}

enum light_comparison { LIGHT_ANY, LIGHT_AT_LEAST, LIGHT_AT_MOST, LIGHT_ABOVE, LIGHT_BELOW };
struct light_term {
    enum light_comparison comparison; /* LIGHT_ANY: no term */
    enum light_input input;
    int64_t threshold;
};

enum { LIGHT_TERMS = 3, LIGHT_RULES_MAX = 6, LIGHT_WHY_SIZE = 256 };

struct light_rule { /* holds when each of its terms does; an input not known fails its term */
    enum light_colour colour;
    enum light_meaning meaning;
    struct light_term terms[LIGHT_TERMS];
    const char *text; /* Chinese: the rule as the locality published it */
};

struct light_rules { /* the first rule that holds gives the light */
    const char *id;  /* "YINCHUAN_2025_PACE" */
    const char *name, *version, *source;
    const struct light_rule *rules;
    size_t rule_count;
    enum light_input shown[2]; /* the inputs that the reason prints; LIGHT_INPUTS: none */
};
extern const struct light_rules light_rules_shipped[];
extern const size_t light_rules_shipped_count;
const struct light_rules *light_rules_find(struct bytes id); /* NULL: not shipped */
/*
 * A locality's own, from JSON as a DEFINITION of kind LIGHTS has it, into the arena
 * (lights_parse.c):
 *   {"id":"OURS","name":"…","version":"1","source":"…","shown":["PACE"],"rules":[
 *    {"colour":"RED","meaning":"DANGER","text":"…","terms":[{"input":"PACE","below":-3000}]}]}
 * A term has one of at_least, at_most, above, below.
 */
MUST_CHECK enum err light_rules_parse(struct bytes json, struct arena *arena,
                                      const struct light_rules **out, struct problem *problem);

struct light {
    enum light_colour colour; /* LIGHT_NONE: no rule holds, or too little is known */
    enum light_shape shape;
    enum light_meaning meaning;
    const char *word;         /* 绿灯, 黄牌 … */
    char why[LIGHT_WHY_SIZE]; /* Chinese, one line: the values and the rule that raised it */
};
void light_of(const struct light_rules *rules, const struct light_inputs *inputs,
              struct light *out);

/*
 * How many months have passed and been exceeded: the largest n with as_of after the day n months
 * from from (its month's last day when it has no such day); -1: as_of is not after from.
 */
int32_t months_exceeded(int32_t from, int32_t as_of);
