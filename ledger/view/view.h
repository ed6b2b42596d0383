/*
 * view.h - one project as of a day, as known at a position, by the definitions in force: what the
 * figures, gaps and pages are made from. Days are of the authority that the definitions name first
 * (contract 1.3).
 */
#pragma once

#include "ledger/fold/assertions.h"

struct definitions; /* definitions.h */

struct view {
    int32_t from; /* first day of the period, both ends in; DAY_NONE: since the first event */
    int32_t as_of;
    uint64_t known_at; /* UINT64_MAX: all that is known */
    const struct definitions *definitions;
};

enum { MILESTONES = MILESTONE_TRANSFERRED + 1, ORIGINS = ORIGIN_LOCAL + 1 };

struct milestone_view {
    int32_t day; /* DAY_NONE: not reached by as_of */
    uint8_t body;
    uint16_t unit; /* with body: the authority */
    bool disputed; /* another authority says another day */
    bool partial;
    uint64_t position;
};

struct amount_view {
    int64_t yuan;
    bool known;  /* false: not said, or masked */
    bool masked; /* said, but as text only */
};

/* What had arrived by a day: the steps of a class and an origin, believed and folded. */
struct funds_step {
    int32_t day;
    uint8_t funds, origin; /* enums; FUNDS_VERIFIED for what inspectors found */
    int64_t yuan;          /* cumulative */
};
enum { FUNDS_VERIFIED = FUNDS_FIXED_INVESTMENT + 1 };

/* Flags with a reason, never refusals. Texts: anomaly_text. */
enum anomaly {
    ANOMALY_STARTED_BEFORE_SIGNED = 1 << 0,
    ANOMALY_FUNDS_ABOVE_CONTRACT = 1 << 1,
    ANOMALY_PRODUCING_BEFORE_COMPLETED = 1 << 2,
    ANOMALY_DAY_IN_FUTURE = 1 << 3, /* after the day it was recorded (contract 3.3) */
    ANOMALY_DISPUTED_MILESTONE = 1 << 4,
    ANOMALY_MASKED_AMOUNT = 1 << 5,
    ANOMALY_STARTED_BEFORE_APPROVAL = 1 << 6, /* 未批先建 (R49) */
    ANOMALY_MISPLACED = 1 << 7,               /* an envelope that disagrees with its payload */
    ANOMALY_CUMULATIVE_FELL = 1 << 8,
    ANOMALY_SKIPPED_MILESTONE = 1 << 9,    /* a later one reached, this one not (domain.md 3.2) */
    ANOMALY_NESTED_FUNDS = 1 << 10,        /* 省外 above 市外 (R32) */
    ANOMALY_UNREGISTERED = 1 << 11,        /* spoken about, never registered */
    ANOMALY_AMOUNT_OUT_OF_RANGE = 1 << 12, /* negative, or above 10^15: not counted */
    ANOMALY_NO_EXCHANGE_RATE = 1 << 13,    /* foreign money without a rate: not counted (R34) */
    ANOMALY_TOO_MANY = 1 << 14,            /* more assertions than could be weighed */
};
const char *anomaly_text(enum anomaly anomaly); /* Chinese, one flag */
const char *anomaly_id(enum anomaly anomaly);   /* "STARTED_BEFORE_SIGNED" */

struct project_view {
    size_t subject;
    uint16_t unit; /* whose project it is: of the key */
    struct bytes key, name, investor, credit_code, investor_place, industry, industry_code, chain;
    struct bytes park, responsible_unit, project_code;
    int32_t origin, chain_effect, land_supply_class, scope, channel; /* enums, 0: not said */
    struct texts investor_classes, tags;
    bool carried_over, endogenous, government_money;
    bool is_project;      /* false: only a lead so far, a goal of visits or plans */
    bool looks_elsewhere; /* at a word that is of another project, or did not come yet */
    bool excluded;        /* by the scope rules in force (R38, R39): counts in no figure */
    struct amount_view planned_total, planned_fixed, phase_one;
    struct milestone_view milestones[MILESTONES];
    struct amount_view received[ORIGINS];                  /* by as_of; [0]: of all origins */
    struct amount_view received_before[ORIGINS];           /* by the day before from */
    struct amount_view verified;                           /* as inspectors found, by as_of */
    struct amount_view government, fdi_used, fixed_formed; /* apart from received (R38), by as_of */
    const struct funds_step *funds; /* by class, origin, day; for other days */
    size_t fund_count;
    struct texts lists; /* that it is on (R13) */
    struct bytes fair;  /* where it was signed (R26) */
    uint32_t obstacles_open;
    uint32_t anomalies;
    uint64_t first_position, last_position;
    int32_t last_day;  /* of its newest substantive event: milestone, document, funds (R19) */
    uint32_t contacts; /* done by as_of */
    int64_t trips, firms_visited; /* done within the period, said of this project alone */
    struct amount_view year_plan; /* 年度计划投资 of as_of's year */
};

/*
 * False: nothing was known of it as a project at known_at. Texts are the ledger's, lists the
 * arena's.
 */
bool project_view_make(const struct ledger *ledger, size_t subject, const struct view *view,
                       struct arena *arena, struct project_view *out);

/*
 * Received by the day, by origin; [0]: all. R32: 市外 is the superset of 省外 and 市外省内, so it
 * adds only what they leave; 境外 stands apart.
 */
void project_received_at(const struct project_view *project, int32_t day,
                         struct amount_view out[ORIGINS]);
/* The sum over origins of another class by the day. */
struct amount_view project_funds_at(const struct project_view *project, uint8_t funds, int32_t day);

/* 0 for not reached; reached means day <= as_of. */
static inline bool view_reached(const struct project_view *project, enum milestone milestone)
{
    return project->milestones[milestone].day != DAY_NONE;
}
/* The highest milestone of the main line reached (stage is derived); MILESTONE_NONE. */
enum milestone project_stage(const struct project_view *project);
