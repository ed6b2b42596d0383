/*
 * hub_contacts.h - where units' links (presence.h) meet the hub: which sessions are told of, and
 * which feeds asked.
 */
#pragma once

#include "broker/hub_feed.h"

struct hub_action;

/* Something of the session may have changed. */
void hub_contacts_note(struct hub *hub, struct session *session);
void hub_contacts_on_roster(
    struct hub *hub); /* each unit with an agent's key in force is told of */

/* A HUB_CONTACTS, once a turn for each feed that is due. */
bool hub_contacts_next(struct hub *hub, uint64_t now_ms, struct hub_action *action);
uint64_t hub_contacts_deadline_ms(const struct hub *hub); /* UINT64_MAX: nothing to tell */
/* units: CONTACTS_UNITS_MAX, the caller's; then one of the other two. */
void hub_contacts_offer(struct hub_feed *feed, struct unit_contact *units, struct contacts *out);
void hub_contacts_on_told(struct hub_feed *feed, uint64_t now_ms);
void hub_contacts_on_blocked(struct hub_feed *feed, uint64_t now_ms);
