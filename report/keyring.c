/* keyring.c - see keyring.h. */
#include "report/keyring.h"

#include <stdlib.h>

#include "base/random.h"
#include "proto/wire.h"

void keyring_init(struct keyring *keyring)
{
    uint64_t seed;
    random_secret(&seed, sizeof seed);
    *keyring = (struct keyring){0};
    map_init(&keyring->units, seed);
    map_init(&keyring->keys, seed);
    map_init(&keyring->names, seed);
}

void keyring_release(struct keyring *keyring)
{
    const struct map_slot *slot;
    for (size_t at = 0; (slot = map_next(&keyring->keys, &at));) {
        struct keyring_entry *entry = slot->value;
        while (entry) {
            struct keyring_entry *before = entry->before_of_key;
            verifier_close(entry->verifier);
            free(entry);
            entry = before;
        }
    }
    for (size_t at = 0; (slot = map_next(&keyring->names, &at));) {
        struct keyring_name *name = slot->value;
        while (name) {
            struct keyring_name *before = name->before;
            free(name);
            name = before;
        }
    }
    map_release(&keyring->units);
    map_release(&keyring->keys);
    map_release(&keyring->names);
}

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

static void add_name(struct keyring *keyring, struct bytes unit, struct bytes text, int32_t day)
{
    struct keyring_name *newest = map_get(&keyring->names, unit);
    if (text.size == 0 || (newest && bytes_equal_text(text, newest->text)))
        return;
    struct keyring_name *name = allocate(sizeof *name);
    name->before = newest;
    name->from_day = newest ? day : INT32_MIN; /* the first one holds for the past as well */
    bytes_to_text(text, name->text, sizeof name->text);
    map_put(&keyring->names, unit, name);
}

static enum err wrong(struct problem *problem, const char *what, const struct roster_change *change)
{
    char unit[UNIT_TEXT_MAX + 1], name[KEYRING_NAME_MAX + 1];
    problem_set(problem, "the roster %s (%s %s, epoch %u)", what,
                bytes_to_text(change->unit, unit, sizeof unit),
                bytes_to_text(change->name, name, sizeof name), change->epoch);
    return ERR_CORRUPT;
}

static enum err check_keys(const struct roster_change *change, struct problem *problem)
{
    uint8_t key_id[KEY_ID_SIZE];
    if (change->curve_key.size != CURVE_KEY_SIZE || change->signing_key.size != SIGNING_KEY_SIZE)
        return wrong(problem, "enrols keys of a wrong size", change);
    wire_key_id(change->curve_key, change->signing_key, key_id);
    if (!bytes_equal(change->key_id, bytes_of(key_id, sizeof key_id)))
        return wrong(problem, "names another key id than its keys have", change);
    return OK;
}

static enum err enrol(struct keyring *keyring, const struct record *record,
                      const struct roster_change *change, struct problem *problem)
{
    struct keyring_entry *before = map_get(&keyring->units, change->unit);
    struct keyring_entry *same_key = map_get(&keyring->keys, change->key_id);
    enum err err = check_keys(change, problem);
    if (err != OK)
        return err;
    if (keyring->count == KEYRING_ENTRIES_MAX)
        return wrong(problem, "enrols more keys than a city has", change);
    if (same_key && same_key->revoked_at == 0)
        return wrong(problem, "enrols a key twice", change);
    bool writes = change->role == PEER_AGENT || change->role == PEER_INSPECTOR;
    if (writes && !unit_is_valid(change->unit))
        return wrong(problem, "enrols a unit that is none", change);
    if (writes && before && before->revoked_at == 0)
        return wrong(problem, "enrols a unit whose key is still in force", change);
    if (writes && change->epoch != (before ? before->epoch : 0) + 1)
        return wrong(problem, "does not count the unit's epochs up by one", change);

    struct verifier *verifier;
    if (verifier_open(change->signing_key.data, &verifier) != OK)
        return wrong(problem, "enrols a signing key that is none", change);
    struct keyring_entry *entry = allocate(sizeof *entry);
    entry->before_of_key = same_key;
    entry->verifier = verifier;
    entry->epoch = change->epoch;
    entry->enrolled_at = record->position;
    memcpy(entry->key_id, change->key_id.data, KEY_ID_SIZE);
    memcpy(entry->signing_key, change->signing_key.data, SIGNING_KEY_SIZE);
    map_put(&keyring->keys, change->key_id, entry);
    keyring->count++;
    if (writes) {
        entry->before = before;
        map_put(&keyring->units, change->unit, entry);
        add_name(keyring, change->unit, change->name, day_of_instant(record->recorded_at_ms));
    }
    return OK;
}

static enum err revoke(struct keyring *keyring, const struct record *record,
                       const struct roster_change *change, struct problem *problem)
{
    struct keyring_entry *entry = map_get(&keyring->keys, change->key_id);
    if (!entry)
        return wrong(problem, "revokes a key that was never enrolled", change);
    if (entry->revoked_at != 0)
        return wrong(problem, "revokes a key twice", change);
    entry->revoked_at = record->position;
    return OK;
}

enum err keyring_apply(struct keyring *keyring, const struct record *record,
                       const struct roster_change *change, struct problem *problem)
{
    switch (change->action) {
    case ROSTER_ENROL:
        return enrol(keyring, record, change, problem);
    case ROSTER_REVOKE:
        return revoke(keyring, record, change, problem);
    case ROSTER_RENAME:
        if (change->unit.size > 0 && !map_get(&keyring->units, change->unit))
            return wrong(problem, "renames a unit that was never enrolled", change);
        if (change->unit.size > 0)
            add_name(keyring, change->unit, change->name, change->effective_on);
        return OK;
    default:
        return wrong(problem, "does what this program does not know", change);
    }
}

const struct keyring_entry *keyring_find(const struct keyring *keyring, struct bytes unit,
                                         uint32_t epoch)
{
    const struct keyring_entry *entry = map_get(&keyring->units, unit);
    while (entry && entry->epoch != epoch)
        entry = entry->before;
    return entry;
}

const char *keyring_name(const struct keyring *keyring, struct bytes unit, int32_t day)
{
    const struct keyring_name *name = map_get(&keyring->names, unit);
    while (name && name->from_day > day)
        name = name->before;
    return name ? name->text : "";
}
