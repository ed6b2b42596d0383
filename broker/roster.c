/* roster.c - see roster.h. */
#include "broker/roster.h"

#include <assert.h>
#include <stdlib.h>

void roster_init(struct roster *roster, uint64_t seed)
{
    *roster = (struct roster){0};
    map_init(&roster->by_curve_key, seed);
    map_init(&roster->by_unit, seed);
}

void roster_release(struct roster *roster)
{
    for (size_t i = 0; i < roster->count; i++) {
        verifier_close(roster->entries[i]->verifier);
        free(roster->entries[i]);
    }
    free((void *)roster->entries);
    map_release(&roster->by_curve_key);
    map_release(&roster->by_unit);
    *roster = (struct roster){0};
}

static struct roster_entry *in_force(struct roster_entry *entry)
{
    return entry && entry->revoked_at == 0 ? entry : NULL;
}

static bool is_writer(uint32_t role)
{
    return role == PEER_AGENT || role == PEER_INSPECTOR;
}

static bool is_reader(uint32_t role)
{
    return role == PEER_DISPLAY || role == PEER_AUDITOR;
}

static bool name_is_valid(struct bytes name)
{
    return name.size > 0 && name.size <= ROSTER_NAME_MAX && bytes_are_utf8(name);
}

static bool form_is_valid(const struct roster_change *enrol)
{
    bool unit_fits = is_writer(enrol->role)
                         ? unit_is_valid(enrol->unit) && enrol->unit_type >= UNIT_COUNTY &&
                               enrol->unit_type <= UNIT_CITY
                         : is_reader(enrol->role) && enrol->unit.size == 0;
    return unit_fits && name_is_valid(enrol->name) && enrol->curve_key.size == CURVE_KEY_SIZE &&
           enrol->signing_key.size == SIGNING_KEY_SIZE && enrol->key_id.size == KEY_ID_SIZE;
}

static struct roster_entry *reader_by_name(const struct roster *roster, struct bytes name)
{
    for (size_t i = 0; i < roster->count; i++) {
        struct roster_entry *entry = in_force(roster->entries[i]);
        if (entry && is_reader(entry->role) && bytes_equal_text(name, entry->name))
            return entry;
    }
    return NULL;
}

static struct roster_entry *holder(const struct roster *roster, const struct roster_change *enrol)
{
    if (enrol->unit.size > 0)
        return in_force(map_get(&roster->by_unit, enrol->unit));
    return reader_by_name(roster, enrol->name);
}

static void revoke(struct roster_entry *entry, uint64_t position)
{
    if (entry)
        entry->revoked_at = position;
}

static void append(struct roster *roster, struct roster_entry *entry)
{
    if (roster->count == roster->capacity) {
        size_t capacity = roster->capacity > 0 ? 2 * roster->capacity : 16;
        void *grown = realloc((void *)roster->entries, capacity * sizeof(void *));
        if (!grown)
            abort();
        roster->entries = grown;
        roster->capacity = capacity;
    }
    roster->entries[roster->count++] = entry;
}

static enum err apply_enrol(struct roster *roster, uint64_t position,
                            const struct roster_change *change)
{
    if (!form_is_valid(change) ||
        (is_writer(change->role) && change->epoch < roster_next_epoch(roster, change->unit)))
        return ERR_MALFORMED;
    if (roster->count >= ROSTER_ENTRIES_MAX)
        return ERR_LIMIT;
    struct verifier *verifier = NULL;
    TRY(verifier_open(change->signing_key.data, &verifier));

    revoke(holder(roster, change), position);
    revoke(in_force(map_get(&roster->by_curve_key, change->curve_key)), position);
    struct roster_entry *entry = calloc(1, sizeof(*entry));
    if (!entry)
        abort();
    entry->role = change->role;
    entry->unit_type = change->unit_type;
    entry->epoch = change->epoch;
    entry->enrolled_at = position;
    entry->verifier = verifier;
    memcpy(entry->curve_key, change->curve_key.data, CURVE_KEY_SIZE);
    memcpy(entry->signing_key, change->signing_key.data, SIGNING_KEY_SIZE);
    memcpy(entry->key_id, change->key_id.data, KEY_ID_SIZE);
    bytes_to_text(change->unit, entry->unit, sizeof(entry->unit));
    bytes_to_text(change->name, entry->name, sizeof(entry->name));
    append(roster, entry);
    map_put(&roster->by_curve_key, change->curve_key, entry);
    if (change->unit.size > 0)
        map_put(&roster->by_unit, change->unit, entry);
    return OK;
}

/* Whom a revocation or a new name is for: by key when it names one, else by unit. */
static struct roster_entry *meant(const struct roster *roster, const struct roster_change *change)
{
    if (change->curve_key.size > 0)
        return in_force(map_get(&roster->by_curve_key, change->curve_key));
    return change->unit.size > 0 ? in_force(map_get(&roster->by_unit, change->unit)) : NULL;
}

static enum err apply_revoke(struct roster *roster, uint64_t position,
                             const struct roster_change *change)
{
    struct roster_entry *entry = meant(roster, change);
    if (!entry)
        return ERR_MALFORMED;
    revoke(entry, position);
    return OK;
}

static enum err apply_rename(struct roster *roster, const struct roster_change *change)
{
    struct roster_entry *entry = meant(roster, change);
    if (!entry || !name_is_valid(change->name) || change->unit_type > UNIT_CITY)
        return ERR_MALFORMED;
    bytes_to_text(change->name, entry->name, sizeof(entry->name));
    if (change->unit_type != 0 && is_writer(entry->role))
        entry->unit_type = change->unit_type;
    return OK;
}

enum err roster_apply(struct roster *roster, uint64_t position, const struct roster_change *change)
{
    assert(position > 0);
    switch (change->action) {
    case ROSTER_ENROL:
        return apply_enrol(roster, position, change);
    case ROSTER_REVOKE:
        return apply_revoke(roster, position, change);
    case ROSTER_RENAME:
        return apply_rename(roster, change);
    default: /* a number from the log, not an enum of ours */
        return ERR_MALFORMED;
    }
}

const struct roster_entry *roster_by_key(const struct roster *roster, struct bytes curve_key)
{
    return in_force(map_get(&roster->by_curve_key, curve_key));
}

const struct roster_entry *roster_by_unit(const struct roster *roster, struct bytes unit)
{
    return in_force(map_get(&roster->by_unit, unit));
}

const struct roster_entry *roster_find(const struct roster *roster, const char *what)
{
    const struct roster_entry *found = NULL;
    for (size_t i = 0; i < roster->count; i++) {
        const struct roster_entry *entry = in_force(roster->entries[i]);
        char key_id[2 * KEY_ID_SIZE + 1];
        if (!entry || *what == '\0')
            continue;
        hex_text(bytes_of(entry->key_id, KEY_ID_SIZE), key_id, sizeof(key_id));
        if (strcmp(entry->unit, what) != 0 && strcmp(entry->name, what) != 0 &&
            strcasecmp(key_id, what) != 0)
            continue;
        if (found)
            return NULL; /* nobody is revoked by a guess */
        found = entry;
    }
    return found;
}

const struct roster_entry *roster_holder(const struct roster *roster,
                                         const struct roster_change *enrol)
{
    return holder(roster, enrol);
}

uint32_t roster_next_epoch(const struct roster *roster, struct bytes unit)
{
    const struct roster_entry *newest = map_get(&roster->by_unit, unit);
    return newest ? newest->epoch + 1 : 1;
}

enum roster_request_verdict roster_judge(const struct roster *roster,
                                         const struct roster_change *enrol, bool replace)
{
    if (!form_is_valid(enrol))
        return ROSTER_BAD_UNIT;
    if (roster->count >= ROSTER_ENTRIES_MAX)
        return ROSTER_FULL;
    if (replace)
        return ROSTER_WELCOME;
    if (roster_by_key(roster, enrol->curve_key))
        return ROSTER_KEY_IN_USE;
    return holder(roster, enrol) ? ROSTER_NEEDS_REPLACE : ROSTER_WELCOME;
}

/* A project belongs to the unit before the slash: saying something of it is saying it about them.
 */
static bool subject_is_of(struct bytes subject, const char *unit)
{
    size_t size = strlen(unit);
    return subject.size > size && memcmp(subject.data, unit, size) == 0 &&
           subject.data[size] == '/';
}

bool roster_may_say(const struct roster_entry *entry, const struct envelope *envelope)
{
    if (entry->role == PEER_INSPECTOR)
        return envelope->kind == EVENT_VERIFICATION;
    if (entry->role != PEER_AGENT)
        return false;
    if (entry->unit_type == UNIT_CITY)
        return true;
    bool about_own =
        envelope->about_unit.size == 0 || bytes_equal_text(envelope->about_unit, entry->unit);
    return about_own &&
           (envelope->subject.size == 0 || subject_is_of(envelope->subject, entry->unit));
}

bool roster_may_read(const struct roster_entry *entry, const struct record *record,
                     const struct envelope *envelope)
{
    if (entry->role != PEER_AGENT)
        return is_reader(entry->role) || entry->role == PEER_INSPECTOR;
    if (record->kind != RECORD_EVENT && record->kind != RECORD_REFUSAL)
        return false;
    if (bytes_equal_text(record->unit, entry->unit))
        return true;
    /* A refused event was said without the right to: it is nobody else's business. */
    return record->kind == RECORD_EVENT && envelope &&
           (bytes_equal_text(envelope->about_unit, entry->unit) ||
            subject_is_of(envelope->subject, entry->unit));
}

bool roster_may_follow(const struct roster_entry *entry, const struct texts *units)
{
    for (size_t i = 0; entry->role == PEER_AGENT && i < units->count; i++) {
        if (!bytes_equal_text(units->items[i], entry->unit))
            return false;
    }
    return true;
}

bool roster_may_watch(const struct roster_entry *entry)
{
    return is_reader(entry->role);
}
