/* verify.c - see verify.h. */
#include "audit/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"

void verify_init(struct verify *verify)
{
    uint64_t seed;
    random_secret(&seed, sizeof seed);
    *verify = (struct verify){0};
    keyring_init(&verify->keyring);
    map_init(&verify->units, seed);
}

void verify_release(struct verify *verify)
{
    const struct map_slot *slot;
    for (size_t at = 0; (slot = map_next(&verify->units, &at));)
        free(slot->value);
    map_release(&verify->units);
    keyring_release(&verify->keyring);
    buffer_release(&verify->statement);
}

enum err verify_fault(struct verify *verify, uint64_t position, const char *format, ...)
{
    char text[sizeof verify->problem.text];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    verify->bad_position = position;
    problem_set(&verify->problem, "position %" PRIu64 ": %s", position, text);
    problem_remedy(&verify->problem,
                   "what is before position %" PRIu64
                   " is proven; keep this log aside and compare it with a backup",
                   position);
    return ERR_CORRUPT;
}

static struct verify_unit *unit_of(struct verify *verify, struct bytes name)
{
    struct verify_unit *unit = map_get(&verify->units, name);
    if (unit)
        return unit;
    unit = calloc(1, sizeof *unit);
    if (!unit)
        abort();
    bytes_to_text(name, unit->unit, sizeof unit->unit);
    map_put(&verify->units, name, unit);
    return unit;
}

static enum err check_covered(struct verify *verify, const struct verify_unit *unit)
{
    if (unit->unsigned_position == 0)
        return OK;
    return verify_fault(verify, unit->unsigned_position,
                        "no signature of %s covers it (seq %" PRIu64 ", epoch %" PRIu32 ")",
                        unit->unit, unit->signed_seq + 1, unit->epoch);
}

/* The roster must know unit and epoch, and the key must be in force there. */
static enum err check_enrolled(struct verify *verify, uint64_t position, struct bytes name,
                               uint32_t epoch)
{
    char text[UNIT_TEXT_MAX + 1];
    bytes_to_text(name, text, sizeof text);
    const struct keyring_entry *entry = keyring_find(&verify->keyring, name, epoch);
    if (!entry)
        return verify_fault(verify, position,
                            "%s speaks in epoch %" PRIu32 ", which the roster does not hold", text,
                            epoch);
    if (entry->revoked_at != 0)
        return verify_fault(verify, position,
                            "%s speaks in epoch %" PRIu32 ", revoked at position %" PRIu64, text,
                            epoch, entry->revoked_at);
    return OK;
}

static enum err begin_epoch(struct verify *verify, struct verify_unit *unit,
                            const struct record *record)
{
    if (record->epoch < unit->epoch)
        return verify_fault(verify, record->position,
                            "%s goes back from epoch %" PRIu32 " to %" PRIu32, unit->unit,
                            unit->epoch, record->epoch);
    if (record->epoch == unit->epoch)
        return OK;
    enum err err = check_covered(verify, unit);
    verify->ended_epoch = unit->epoch;
    verify->ended_seq = unit->last_seq;
    unit->epoch = record->epoch;
    unit->last_seq = unit->signed_seq = unit->refused = 0;
    unit->chain = (struct hash){0};
    verify->spoke_last = NULL; /* the new epoch's run starts here */
    return err;
}

static enum err check_envelope(struct verify *verify, const struct record *record,
                               struct hash *envelope_hash)
{
    struct envelope envelope;
    struct problem problem = {0};
    if (record->envelope.size > 0)
        *envelope_hash = hash_of(record->envelope);
    else
        *envelope_hash = record->envelope_hash;
    if (record->kind == RECORD_REFUSAL)
        return hash_equal(envelope_hash, &record->envelope_hash)
                   ? OK
                   : verify_fault(verify, record->position,
                                  "the refusal's hash is not that of the bytes that were refused");
    if (wire_envelope_decode(record->envelope, &envelope, &problem) != OK)
        return verify_fault(verify, record->position, "the event's envelope is unreadable: %s",
                            problem.text);
    return OK;
}

static enum err check_said(struct verify *verify, const struct record *record)
{
    if (!unit_is_valid(record->unit))
        return verify_fault(verify, record->position, "its unit is none");
    struct verify_unit *unit = unit_of(verify, record->unit);
    struct hash envelope_hash;
    enum err err = begin_epoch(verify, unit, record);
    if (err == OK && record->seq != unit->last_seq + 1)
        err = verify_fault(verify, record->position,
                           "%s says seq %" PRIu64 " after seq %" PRIu64 " (epoch %" PRIu32 ")",
                           unit->unit, record->seq, unit->last_seq, unit->epoch);
    if (err == OK)
        err = check_enrolled(verify, record->position, record->unit, record->epoch);
    if (err == OK)
        err = check_envelope(verify, record, &envelope_hash);
    if (err != OK)
        return err;
    struct hash chain = hash_chain(&unit->chain, &envelope_hash);
    if (!hash_equal(&chain, &record->chain))
        return verify_fault(verify, record->position, "the chain of %s breaks at seq %" PRIu64,
                            unit->unit, record->seq);
    verify->starts_run = verify->spoke_last != unit;
    verify->spoke_last = unit;
    unit->chain = chain;
    unit->last_seq = record->seq;
    unit->last_position = record->position;
    if (unit->unsigned_position == 0)
        unit->unsigned_position = record->position;
    if (record->kind == RECORD_REFUSAL)
        unit->refused++, verify->refusals++;
    else
        verify->events++;
    return OK;
}

static enum err check_roster(struct verify *verify, const struct record *record)
{
    struct roster_change change;
    struct problem problem = {0};
    if (wire_roster_change_decode(record->detail, &change) != OK)
        return verify_fault(verify, record->position, "the roster record is unreadable");
    if (keyring_apply(&verify->keyring, record, &change, &problem) != OK)
        return verify_fault(verify, record->position, "%s", problem.text);
    return OK;
}

static enum err check_setting(struct verify *verify, const struct record *record)
{
    struct setting_record setting;
    if (wire_setting_decode(record->detail, &setting) != OK)
        return verify_fault(verify, record->position, "the settings record is unreadable");
    bytes_to_text(setting.name, verify->city, sizeof verify->city);
    if (setting.log_id.size != sizeof verify->log_id)
        return verify_fault(verify, record->position, "the log has no id");
    if (verify->has_log_id &&
        memcmp(verify->log_id, setting.log_id.data, sizeof verify->log_id) != 0)
        return verify_fault(verify, record->position, "the log changes its id");
    memcpy(verify->log_id, setting.log_id.data, sizeof verify->log_id);
    verify->has_log_id = true;
    return OK;
}

/* The broker's own records have no seq. */
static enum err check_own(struct verify *verify, const struct record *record)
{
    struct alarm alarm;
    verify->spoke_last = NULL;
    verify->starts_run = false;
    verify->own_records++;
    if (record->seq != 0)
        return verify_fault(verify, record->position, "the broker's own record carries a seq");
    if (record->kind == RECORD_ROSTER)
        return check_roster(verify, record);
    if (record->kind == RECORD_SETTING)
        return check_setting(verify, record);
    if (record->kind == RECORD_ALARM && wire_alarm_decode(record->detail, &alarm) != OK)
        return verify_fault(verify, record->position, "the alarm record is unreadable");
    return OK;
}

enum err verify_record(struct verify *verify, const struct record *record, const struct hash *hash)
{
    if (record->position != verify->position + 1)
        return verify_fault(verify, verify->position + 1,
                            "there is no such record; the next one is %" PRIu64, record->position);
    if (record->recorded_at_ms < verify->recorded_at_ms)
        return verify_fault(verify, record->position, "it was recorded before the one before it");
    verify->ended_epoch = 0;
    bool is_said = record->kind == RECORD_EVENT || record->kind == RECORD_REFUSAL;
    enum err err = is_said ? check_said(verify, record) : check_own(verify, record);
    if (err != OK)
        return err;
    verify->position = record->position;
    verify->recorded_at_ms = record->recorded_at_ms;
    verify->hash = *hash;
    return OK;
}

enum err verify_signature(struct verify *verify, const struct push_signature *signature)
{
    uint64_t position = signature->position;
    struct verify_unit *unit = map_get(&verify->units, signature->unit);
    if (position != verify->position || !unit || unit != verify->spoke_last ||
        signature->epoch != unit->epoch || signature->last_seq != unit->last_seq)
        return verify_fault(verify, position,
                            "the signature there is of another unit, epoch or seq");
    if (unit->signed_seq == unit->last_seq)
        return verify_fault(verify, position, "it is signed twice");
    if (signature->first_seq == 0 || signature->first_seq > unit->signed_seq + 1)
        return verify_fault(verify, unit->unsigned_position,
                            "no signature of %s covers it: the next one begins at seq %" PRIu64,
                            unit->unit, signature->first_seq);
    const struct keyring_entry *entry =
        keyring_find(&verify->keyring, signature->unit, signature->epoch);
    buffer_clear(&verify->statement);
    wire_push_statement(signature->unit, signature->epoch, signature->first_seq,
                        signature->last_seq, &unit->chain, &verify->statement);
    if (!entry ||
        !verifier_accepts(entry->verifier, buffer_bytes(&verify->statement), signature->signature))
        return verify_fault(verify, position,
                            "the signature of %s over seq %" PRIu64 " to %" PRIu64
                            " is not by the key that the roster has",
                            unit->unit, signature->first_seq, signature->last_seq);
    unit->signed_seq = signature->last_seq;
    unit->unsigned_position = 0;
    verify->signatures++;
    return OK;
}

enum err verify_end(struct verify *verify)
{
    const struct verify_unit *first = NULL;
    const struct map_slot *slot;
    for (size_t at = 0; (slot = map_next(&verify->units, &at));) {
        const struct verify_unit *unit = slot->value;
        if (unit->unsigned_position != 0 &&
            (!first || unit->unsigned_position < first->unsigned_position))
            first = unit;
    }
    return first ? check_covered(verify, first) : OK;
}
