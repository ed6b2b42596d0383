/* alerts.h - the rules of alerts_*.c, one a list; no header for others. See gap_scan.h. */
#pragma once

#include "ledger/lists/alerts_touch.h"
#include "ledger/lists/gap_scan.h"

/* alerts_project.c: of projects that are not terminated */
gap_project_rule alert_negotiating_to_sign, alert_signed_to_land, alert_foreign_not_effective,
    alert_building_to_produce, alert_shelved, alert_land_not_started, alert_large_industry,
    alert_started_before_approval, alert_silent, alert_year_plan_behind;
/* alerts_task.c: of any subject, or of units */
gap_index_rule alert_supervised, alert_obstacle_overdue, alert_obstacle_no_solution,
    alert_commitment_of_subject, alert_commitment_of_unit, alert_instruction_of_subject,
    alert_instruction_of_unit;
/* alerts_trip.c: of what a lead's contacts are, all together, since one may serve several leads;
 * contacts of leads that nothing is known of come together, their subject SIZE_MAX */
struct departure { /* of a team's member */
    struct bytes team, name;
    int32_t to;
    uint16_t unit;
    uint64_t position;
};
struct lead_contacts {
    const struct touch *rows; /* in order of their last day */
    size_t count;
    const struct departure *departures; /* of all units */
    size_t departure_count;
};
typedef void gap_lead_rule(struct gap_scan *scan, const struct lead_contacts *lead);
gap_lead_rule alert_trip_not_followed, alert_many_contacts, alert_team_changed;
gap_index_rule alert_trip_without_lead, alert_lead_left;
void departures_of_unit(struct gap_scan *scan, size_t unit, struct buffer *out);

/* Which rules make a list (alerts.c). */
struct alert {
    const char *id, *name;
    gap_project_rule *project;
    gap_index_rule *subject, *unit;
    gap_lead_rule *lead;
};
extern const struct alert alerts[ALERT_CLASSES];

/* A row about any subject: as a project when it is one, else with the unit's name as owner. */
void alert_add_subject(struct gap_scan *scan, size_t subject, int32_t since, uint64_t position);
/* Of the newest event by the view's day that is no correction; DAY_NONE: there is none. */
int32_t alert_last_day(const struct gap_scan *scan, size_t subject, uint64_t *position);
