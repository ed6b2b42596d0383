/* reconcile.c - see reconcile.h. */
#include "agent/reconcile.h"

#include <assert.h>
#include <stdlib.h>

void reconcile_init(struct reconcile *reconcile, struct bytes unit)
{
    assert(unit.size <= UNIT_TEXT_MAX);
    *reconcile = (struct reconcile){0};
    bytes_to_text(unit, reconcile->unit, sizeof(reconcile->unit));
}

void reconcile_give_memory(struct reconcile *reconcile, uint8_t *memory, size_t capacity)
{
    assert(capacity >= reconcile->count);
    reconcile->ids = memory;
    reconcile->capacity = capacity;
}

bool reconcile_wants_memory(const struct reconcile *reconcile)
{
    return reconcile->capacity < reconcile->count + UPDATE_RECORDS_MAX;
}

/* An event beyond form or limit, or of a later program, is known by the bytes it came in. */
static void id_of(const struct record *record, uint8_t out[RECONCILE_ID_SIZE])
{
    struct envelope envelope;
    struct problem ignored = {0};
    struct hash hash = record->envelope_hash;
    if (record->kind == RECORD_EVENT)
        hash = hash_of(record->envelope);
    const uint8_t *id = hash.bytes;
    if (record->kind == RECORD_EVENT &&
        wire_envelope_decode(record->envelope, &envelope, &ignored) == OK)
        id = envelope.event_id.data;
    memcpy(out, id, RECONCILE_ID_SIZE);
}

enum err reconcile_on_record(struct reconcile *reconcile, const struct record *record,
                             struct problem *problem)
{
    assert(!reconcile->is_sorted);
    if (record->kind != RECORD_EVENT && record->kind != RECORD_REFUSAL)
        return OK;
    if (!bytes_equal_text(record->unit, reconcile->unit))
        return OK;
    assert(reconcile->count < reconcile->capacity);
    if (reconcile->count == RECONCILE_IDS_MAX) {
        problem_set(problem, "the city has more than %d events of this unit", RECONCILE_IDS_MAX);
        problem_remedy(problem, "begin with an empty directory: init, enrol --replace, join");
        return ERR_LIMIT;
    }
    id_of(record, reconcile->ids + reconcile->count * RECONCILE_ID_SIZE);
    reconcile->count++;
    return OK;
}

static int compare(const void *left, const void *right)
{
    return memcmp(left, right, RECONCILE_ID_SIZE);
}

void reconcile_on_head(struct reconcile *reconcile)
{
    if (reconcile->count > 0)
        qsort(reconcile->ids, reconcile->count, RECONCILE_ID_SIZE, compare);
    reconcile->is_sorted = true;
}

static bool holds(const struct reconcile *reconcile, const uint8_t *id)
{
    return reconcile->count > 0 &&
           bsearch(id, reconcile->ids, reconcile->count, RECONCILE_ID_SIZE, compare);
}

bool reconcile_lacks(const struct reconcile *reconcile, struct bytes event_id,
                     struct bytes envelope)
{
    assert(reconcile->is_sorted && event_id.size == RECONCILE_ID_SIZE);
    if (holds(reconcile, event_id.data))
        return false;
    struct hash hash = hash_of(envelope);
    return !holds(reconcile, hash.bytes);
}
