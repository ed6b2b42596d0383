/* presence.c - see presence.h. */
#include "broker/presence.h"

#include <assert.h>

void presence_init(struct presence *presence)
{
    *presence = (struct presence){.whole_version = 1, .version = 1};
    list_init(&presence->changes);
}

static bool is_enrolled(const struct presence_unit *unit)
{
    return unit->version != 0;
}

static void move_to_end(struct presence *presence, struct presence_unit *unit)
{
    unit->version = ++presence->version;
    unit->told_offset_ms = unit->contact.clock_offset_ms;
    list_append(&presence->changes, &unit->in_changes);
}

void presence_enrol(struct presence *presence, struct presence_unit *unit,
                    const struct unit_contact *now)
{
    assert(!is_enrolled(unit));
    unit->contact = *now;
    move_to_end(presence, unit);
    presence->whole_version = presence->version;
}

void presence_forget(struct presence *presence, struct presence_unit *unit)
{
    assert(is_enrolled(unit));
    list_remove(&unit->in_changes);
    *unit = (struct presence_unit){0};
    presence->whole_version = ++presence->version;
}

/* Clocks come from outside: their difference may not fit. */
static bool is_far(int64_t left_ms, int64_t right_ms)
{
    int64_t difference_ms;
    return __builtin_sub_overflow(left_ms, right_ms, &difference_ms) ||
           difference_ms >= PRESENCE_OFFSET_STEP_MS || difference_ms <= -PRESENCE_OFFSET_STEP_MS;
}

void presence_note(struct presence *presence, struct presence_unit *unit,
                   const struct unit_contact *now)
{
    if (!is_enrolled(unit))
        return;
    bool link_changed = now->is_online != unit->contact.is_online;
    bool changed = link_changed || now->backlog != unit->contact.backlog ||
                   is_far(now->clock_offset_ms, unit->told_offset_ms);
    unit->contact = *now;
    if (!changed)
        return;
    list_remove(&unit->in_changes);
    move_to_end(presence, unit);
    if (link_changed)
        presence->link_version = presence->version;
}

uint64_t presence_due_ms(const struct presence *presence, const struct presence_reader *reader)
{
    bool is_whole = reader->whole_version != presence->whole_version;
    if (!is_whole && reader->told_version >= presence->version)
        return UINT64_MAX;
    if (reader->told_version == 0) /* the first one waits for nothing */
        return reader->blocked_until_ms;
    bool is_urgent = is_whole || presence->link_version > reader->told_version;
    uint64_t due_ms = reader->pace_from_ms + (is_urgent ? PRESENCE_LINK_PACE_MS : PRESENCE_PACE_MS);
    return due_ms > reader->blocked_until_ms ? due_ms : reader->blocked_until_ms;
}

/* The oldest change after version; what has changed since it was told stands at the end. */
static const struct list *first_after(const struct presence *presence, uint64_t version)
{
    const struct list *at = &presence->changes;
    while (at->before != &presence->changes &&
           CONTAINER_OF(at->before, struct presence_unit, in_changes)->version > version)
        at = at->before;
    return at;
}

void presence_offer(const struct presence *presence, struct presence_reader *reader,
                    struct unit_contact *units, struct contacts *out)
{
    bool is_whole = reader->whole_version != presence->whole_version;
    *out = (struct contacts){.whole = is_whole, .units = units};
    for (const struct list *at = first_after(presence, is_whole ? 0 : reader->told_version);
         at != &presence->changes; at = at->next) {
        const struct presence_unit *unit = CONTAINER_OF(at, struct presence_unit, in_changes);
        if (out->unit_count == CONTACTS_UNITS_MAX)
            return;
        units[out->unit_count++] = unit->contact;
        reader->offered_version = unit->version;
    }
    reader->offered_version = presence->version;
}

void presence_on_told(const struct presence *presence, struct presence_reader *reader,
                      uint64_t now_ms)
{
    reader->told_version = reader->offered_version;
    reader->whole_version = presence->whole_version;
    reader->pace_from_ms = now_ms;
}

void presence_on_blocked(struct presence_reader *reader, uint64_t now_ms)
{
    reader->blocked_until_ms = now_ms + PRESENCE_BLOCKED_MS;
}
