/*
 * reconcile.h - after a fork, a clone or a lost machine: which of this machine's events the city
 * does not have (contract 4.6). Tell it every record of the unit, then ask for each event of the
 * old generations, in old order, whether the city lacks it. 16 bytes an event, in the caller's
 * memory. A refused event is one the city has: its answer was given.
 */
#pragma once

#include "proto/wire.h"

enum {
    RECONCILE_ID_SIZE = 16,
    RECONCILE_IDS_MAX = 4 << 20, /* 64 MiB; a busy county says about 30,000 events a year */
};

struct reconcile {
    char unit[UNIT_TEXT_MAX + 1];
    uint8_t *ids; /* RECONCILE_ID_SIZE each; event_ids, or hashes of envelopes */
    size_t count, capacity;
    bool is_sorted;
};

void reconcile_init(struct reconcile *reconcile, struct bytes unit);
/* memory has room for capacity ids, and holds those there were; UPDATE_RECORDS_MAX must be free
 * before an update's records are told. */
void reconcile_give_memory(struct reconcile *reconcile, uint8_t *memory, size_t capacity);
bool reconcile_wants_memory(const struct reconcile *reconcile);
/* Records of others are passed over. ERR_LIMIT beyond RECONCILE_IDS_MAX. */
MUST_CHECK enum err reconcile_on_record(struct reconcile *reconcile, const struct record *record,
                                        struct problem *problem);
void reconcile_on_head(struct reconcile *reconcile); /* all records were told */
/* Only after reconcile_on_head. */
bool reconcile_lacks(const struct reconcile *reconcile, struct bytes event_id,
                     struct bytes envelope);
