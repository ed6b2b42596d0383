/* alerts.h - the rules of alerts_*.c, one a list; no header for others. See gap_scan.h. */
#pragma once

#include "ledger/lists/gap_scan.h"

/* alerts_project.c: of projects that are not terminated */
gap_project_rule alert_negotiating_to_sign, alert_signed_to_land, alert_foreign_not_effective,
    alert_building_to_produce, alert_shelved, alert_land_not_started, alert_large_industry,
    alert_started_before_approval, alert_silent, alert_year_plan_behind;
/* alerts_task.c: of any subject, or of units */
gap_index_rule alert_supervised, alert_obstacle_overdue, alert_obstacle_no_solution,
    alert_commitment_of_subject, alert_commitment_of_unit, alert_instruction_of_subject,
    alert_instruction_of_unit;
/* alerts_trip.c: trips are looked at all together, since one may serve several leads */
void alert_trips_without_lead(struct gap_scan *scan);
void alert_trips_without_follow_up(struct gap_scan *scan);
void alert_many_contacts(struct gap_scan *scan);
void alert_team_changed(struct gap_scan *scan);

/* A row about any subject: as a project when it is one, else with the unit's name as owner. */
void alert_add_subject(struct gap_scan *scan, size_t subject, int32_t since, uint64_t position);
/* Of the newest event by the view's day that is no correction; DAY_NONE: there is none. */
int32_t alert_last_day(const struct gap_scan *scan, size_t subject, uint64_t *position);
