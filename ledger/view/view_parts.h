/*
 * view_parts.h - private to view*.c: what was said of one project, gathered in one walk and then
 * settled. Positions of different units are never compared: the view is the same for every
 * interleaving of units.
 */
#pragma once

#include "ledger/view/definitions.h"

enum {
    AUTHORITIES_MAX = 16, /* (unit, body) that speak of one milestone: own unit and city, by body */
    APPROVAL_STEPS_MAX = 32, /* distinct steps of one project that a start must wait for */
    PROJECT_FIELDS_MAX = 32,
};
#define AMOUNT_LARGEST 1000000000000000LL /* yuan, as the event's form has it: 10^15 */

struct authority_day {
    uint64_t position;
    int32_t day;
    uint16_t unit;
    uint8_t body;
    bool partial;
    bool implied; /* by a document or a land step: a milestone said by the authority beats it */
};
struct milestone_words {
    struct authority_day rows[AUTHORITIES_MAX];
    size_t count;
};

struct funds_item {
    int64_t yuan;
    uint64_t position, about; /* about: the assertion that a verification is of */
    int32_t day;
    uint16_t unit;
    uint8_t body, funds, origin, basis;
};

struct approval_step {
    struct bytes step;
    int32_t passed; /* first day; DAY_NONE: not yet */
};

struct field_source { /* where a project's field was taken from */
    int32_t day;
    uint16_t unit;
    bool is_set;
    bool is_later; /* registered after as_of: better than nothing */
};

struct view_work {
    const struct ledger *ledger;
    const struct view *view;
    const struct definitions *definitions;
    struct arena *arena;
    struct project_view *out;
    struct funds_item *funds;
    size_t fund_count, fund_capacity;
    size_t approval_count;
    struct project_fact fact; /* the fields as merged */
    struct field_source sources[PROJECT_FIELDS_MAX];
    int32_t fair_day, plan_day;
    uint16_t plan_unit;
    bool is_registered, has_lists, has_obstacles;
    /* From here on not zeroed for each project, but for the counts: they are ten kilobytes. */
    struct approval_step approvals[APPROVAL_STEPS_MAX];
    struct milestone_words milestones[MILESTONES];
};

/* Own unit before others, others by their text; less is believed first. */
int view_compare_units(const struct view_work *work, uint16_t left, uint16_t right);
/* By the order of bodies, then as above (contract 1.3). */
int view_compare_authorities(const struct view_work *work, uint8_t left_body, uint16_t left_unit,
                             uint8_t right_body, uint16_t right_unit);
void view_flag(struct view_work *work, enum anomaly anomaly);
/* An amount in yuan on the day; flags what cannot be counted. */
struct amount_view view_amount(struct view_work *work, const struct money *money, int32_t day);

/* view_project.c */
void project_say(struct view_work *work, const struct assertion *assertion,
                 const struct project_fact *fact);
void project_settle(struct view_work *work);

/* view_milestones.c */
void milestone_say(struct view_work *work, const struct assertion *assertion,
                   enum milestone milestone, bool partial, bool implied);
void milestones_settle(struct view_work *work);

/* view_funds.c */
void funds_say(struct view_work *work, const struct assertion *assertion,
               const struct funds_fact *fact);
void verification_say(struct view_work *work, const struct assertion *assertion,
                      const struct verification_fact *fact);
void funds_settle(struct view_work *work);

/* view_anomalies.c */
void anomalies_settle(struct view_work *work);
