/*
 * definitions.h - 口径: named, versioned definitions as data. Shipped ones stand in definitions.c;
 * the city's own are DEFINITION events (contract 7), in force from their day and their position.
 * Their content is JSON text; numbers in it are integers.
 */
#pragma once

#include "ledger/fold/ledger.h"
#include "ledger/view/measure.h"
#include "ledger/view/percent.h"

/*
 * A rate, or with measures NONE the rounding of a figure that has no numerator of its own:
 * TARGET_RATE, PACE_POINTS, SHARE, GROWTH.
 */
struct rate_definition {
    const char *id;      /* of domain.md 3.3: "START_OVER_SIGNED" */
    const char *name;    /* 开工率 */
    const char *formula; /* one Chinese line, printed as its definition */
    const char *version;
    enum measure numerator, denominator;
    enum rounding rounding;
    int digits;    /* of the percent */
    bool headline; /* the one of its name that a locality shows first */
};

struct exchange_rate { /* in force from its day until the next of its currency (R34) */
    char currency[4];
    int32_t day;
    size_t order;            /* as said: of two for one day the later holds */
    int64_t yuan_millionths; /* for one whole unit */
};

enum {
    DEFINITION_RATES_MAX = 64,
    DEFINITION_INDUSTRIES_MAX = 32,
    DEFINITION_APPROVALS_MAX = 16,
    BODIES = BODY_CITY + 1
};

struct definitions {
    const struct rate_definition *rates;
    size_t rate_count;
    uint8_t body_order[8];    /* enum body; 0 ends: who is believed first about a milestone */
    uint8_t landed_milestone; /* enum milestone that 落地 means here */
    struct bytes excluded_industries[DEFINITION_INDUSTRIES_MAX]; /* R39; count below */
    size_t excluded_industry_count;
    bool exclude_government_money;                    /* R38 */
    bool exclude_endogenous;                          /* R37: default is that they count */
    struct bytes approvals[DEFINITION_APPROVALS_MAX]; /* steps that must pass before a start, R49 */
    size_t approval_count;
    uint32_t close_day; /* monthly close: day of the next month that ends a month (R57); 0: none */
    const struct exchange_rate *exchange_rates; /* by currency, day, order */
    size_t exchange_rate_count;
    struct bytes versions; /* text: each id and version in force; goes into the frame digest */
};

/*
 * Those in force on a day as known at a position, in the arena. A DEFINITION that does not parse is
 * passed over and named in problem (ERR_MALFORMED is not given: the rest holds); problem.text is
 * empty when all parsed. Exchange rates of later days are among them: a rate is chosen by day.
 */
const struct definitions *definitions_at(const struct ledger *ledger, int32_t day,
                                         uint64_t known_at, struct arena *arena,
                                         struct problem *problem);

/*
 * A what-if (contract 7): base, changed by JSON text as a DEFINITION has it, or by a list of such,
 * or by {"rates":[…], "body_order":[…] …}. The versions say that it is one. Names the first fault.
 */
MUST_CHECK enum err definitions_with(const struct definitions *base, struct bytes json,
                                     struct arena *arena, const struct definitions **out,
                                     struct problem *problem);

const struct definitions *definitions_shipped(void);
const struct rate_definition *definitions_find(const struct definitions *definitions,
                                               const char *id); /* NULL: none */
/* Index in the order of belief: less is believed first. Body 0 is 招商 (contract 1.3). */
int definitions_body_rank(const struct definitions *definitions, uint32_t body);
/* Yuan of an amount on a day; false: no rate of its currency is known by then. */
bool definitions_yuan(const struct definitions *definitions, const struct money *money, int32_t day,
                      int64_t *out);
