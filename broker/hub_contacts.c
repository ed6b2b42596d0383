/* hub_contacts.c - see hub_contacts.h. */
#include "broker/hub.h"

#include <assert.h>

static const struct roster_entry *agent_of(const struct hub *hub, struct bytes unit)
{
    const struct roster_entry *entry = roster_by_unit(hub->roster, unit);
    return entry && entry->role == PEER_AGENT ? entry : NULL;
}

/* What an earlier epoch left behind is no backlog: it was sent, or is lost with its machine. */
static struct unit_contact contact_of(const struct session *session, uint32_t epoch)
{
    bool is_behind = session->epoch == epoch && session->announced_seq > session->have_seq;
    return (struct unit_contact){
        .unit = bytes_of_text(session->unit),
        .is_online = session->live,
        .last_contact_ms = session->last_contact_ms,
        .clock_offset_ms = session->clock_offset_ms,
        .backlog = is_behind ? session->announced_seq - session->have_seq : 0,
    };
}

void hub_contacts_note(struct hub *hub, struct session *session)
{
    const struct roster_entry *entry = agent_of(hub, bytes_of_text(session->unit));
    struct unit_contact now = contact_of(session, entry ? entry->epoch : 0);
    presence_note(&hub->presence, &hub_session_of(session)->presence, &now);
}

void hub_contacts_on_roster(struct hub *hub)
{
    struct presence *presence = &hub->presence;
    struct list *next;
    for (struct list *at = presence->changes.next; at != &presence->changes; at = next) {
        struct presence_unit *unit = CONTAINER_OF(at, struct presence_unit, in_changes);
        next = at->next;
        if (!agent_of(hub, unit->contact.unit))
            presence_forget(presence, unit);
    }
    for (size_t i = 0; i < hub->roster->count; i++) {
        const struct roster_entry *entry = hub->roster->entries[i];
        if (entry->role != PEER_AGENT || entry->revoked_at)
            continue;
        struct session *session = hub_session(hub, bytes_of_text(entry->unit));
        assert(session); /* the roster has no more units than that */
        struct unit_contact now = contact_of(session, entry->epoch);
        if (hub_session_of(session)->presence.version == 0)
            presence_enrol(presence, &hub_session_of(session)->presence, &now);
        else
            presence_note(presence, &hub_session_of(session)->presence, &now);
    }
}

bool hub_contacts_next(struct hub *hub, uint64_t now_ms, struct hub_action *action)
{
    while (!list_is_empty(&hub->watchers)) {
        struct hub_feed *feed = CONTAINER_OF(hub->watchers.next, struct hub_feed, in_watchers);
        if (feed->watcher_turn == hub->turn)
            return false;
        feed->watcher_turn = hub->turn;
        list_remove(&feed->in_watchers);
        list_append(&hub->watchers, &feed->in_watchers);
        if (now_ms < presence_due_ms(&hub->presence, &feed->reader))
            continue;
        *action = (struct hub_action){.kind = HUB_CONTACTS, .peer = feed->peer, .feed = feed};
        return true;
    }
    return false;
}

uint64_t hub_contacts_deadline_ms(const struct hub *hub)
{
    uint64_t deadline_ms = UINT64_MAX;
    for (struct list *at = hub->watchers.next; at != &hub->watchers; at = at->next) {
        const struct hub_feed *feed = CONTAINER_OF(at, struct hub_feed, in_watchers);
        uint64_t due_ms = presence_due_ms(&hub->presence, &feed->reader);
        if (due_ms < deadline_ms)
            deadline_ms = due_ms;
    }
    return deadline_ms;
}

void hub_contacts_offer(struct hub_feed *feed, struct unit_contact *units, struct contacts *out)
{
    presence_offer(&feed->peer->hub->presence, &feed->reader, units, out);
    out->subscription = feed->feed.subscription;
}

void hub_contacts_on_told(struct hub_feed *feed, uint64_t now_ms)
{
    presence_on_told(&feed->peer->hub->presence, &feed->reader, now_ms);
}

void hub_contacts_on_blocked(struct hub_feed *feed, uint64_t now_ms)
{
    presence_on_blocked(&feed->reader, now_ms);
}
