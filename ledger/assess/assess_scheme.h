/*
 * assess_scheme.h - 考核方案 as data (R65, domain.md 3.3): items with points, what each measures
 * against what, deductions, rounding, ties. JSON text, replaceable every year; docs/schemes.md has
 * every member. Points are in ten-thousandths, so that ×0.1 and a half stay exact.
 */
#pragma once

#include "ledger/lists/gaps.h"
#include "ledger/view/definitions.h"

enum {
    SCHEME_ITEMS_MAX = 64,
    SCHEME_PARTS_MAX = 4, /* fraction.h is wide enough for four */
    SCHEME_GROUPS_MAX = 16,
    POINT = 10000,       /* one point */
    POINTS_MAX = 100000, /* of an item: a scheme has 100, some have 1,000 */
};

enum assess_source_kind {
    SOURCE_MEASURE, /* {"measure": "STARTED"}: a measure of the bulletin */
    SOURCE_GAP,     /* {"gap": "SIGNED_NOT_STARTED", "older_than_days": 180} */
    SOURCE_ALERT,   /* {"alert": "COMMITMENT_OVERDUE", "older_than_days": 0} */
    SOURCE_DENIED,  /* {"denied": true}: what inspectors found untrue (弄虚作假) */
    SOURCE_TARGET,  /* {"target": METRIC}: the base of the unit's TARGET */
    SOURCE_STRETCH, /* {"stretch": METRIC} */
    SOURCE_ACTUAL,  /* {"actual": METRIC}: what the bulletin holds against that target */
    SOURCE_FIXED,   /* {"fixed": 5} */
    SOURCE_KINDS
};

struct assess_source {
    enum assess_source_kind kind;
    enum measure measure;
    enum gap_class gap;
    enum alert_class alert;
    int64_t older_than_days; /* -1: any age */
    int64_t fixed;
    struct bytes metric;
};

struct assess_part { /* value ÷ base, or, of a COUNT, value alone; a share of the item's points */
    struct assess_source value, base;
    int64_t share_percent;
    int64_t goal; /* 率的目标: percent in ten-thousandths; 0: the ratio itself is scored */
};

enum assess_item_kind {
    ITEM_RATIO,  /* Σ value ÷ base × share × points, each part up to the cap */
    ITEM_SPREAD, /* 功效系数: (x-min)÷(max-min)×40+60 percent of the points, over the units */
    ITEM_COUNT,  /* value ÷ per × each, up to the points when they are given */
    ITEM_KINDS
};

struct assess_item {
    struct bytes id, name;
    enum assess_item_kind kind;
    int64_t points;      /* ten-thousandths; COUNT: the most it gives or takes, 0: no bound */
    int64_t cap_percent; /* RATIO: most that a part counts; 0: no cap */
    int64_t base_percent, span_percent; /* SPREAD: 60 and 40 */
    int64_t each, per;                  /* COUNT: ten-thousandths for each per */
    bool deduct;
    struct assess_part parts[SCHEME_PARTS_MAX];
    size_t part_count;
};

struct assess_group { /* 分类考核: ranked apart */
    struct bytes name;
    struct bytes *units;
    size_t unit_count;
};

struct assess_scheme {
    struct bytes id, name, version;
    bool additive;                    /* R68: deductions are shown and not taken off … */
    bool deductions_count;            /* … unless this says so; WEIGHTED: true by default */
    int64_t unlanded_signing_percent; /* R7: what a signing that has not landed weighs; 0 */
    int64_t digits;                   /* of a printed score; ranks are by it */
    enum rounding rounding;
    bool dense_ties;     /* 1 1 2; else 1 1 3 */
    uint32_t unit_types; /* bits of enum unit_type; 0: all but the city */
    int64_t red, black;  /* how many of each list; 0: none */
    struct assess_group *groups;
    size_t group_count;
    struct assess_item *items;
    size_t item_count;
};

/*
 * Strict: an unknown member, a number with a fraction, a missing member or one out of bounds is
 * ERR_MALFORMED, and problem names the item and the remedy. In the arena (ERR_LIMIT: too small).
 */
MUST_CHECK enum err assess_scheme_parse(struct bytes text, struct arena *arena,
                                        const struct assess_scheme **out, struct problem *problem);
