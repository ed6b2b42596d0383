/*
 * verify.h - proves a log, record by record (contract 1.6, 2.3, 3.2, 4.4): positions without holes,
 * time that never goes back, each unit's seqs without holes, its chain, a signature over every
 * event by the key that the roster gave it there. It is told rows whose own hash was checked; it
 * reads nothing. The first fault stands, with its position; nothing after it is looked at.
 */
#pragma once

#include "proto/wire.h"
#include "report/keyring.h"

struct verify_unit {
    char unit[UNIT_TEXT_MAX + 1];
    uint32_t epoch;
    uint64_t last_seq, last_position;
    struct hash chain;
    uint64_t signed_seq,
        unsigned_position; /* of the first event that no signature covers yet; 0: none */
    uint64_t refused;      /* in this epoch */
};

struct verify {
    struct keyring keyring;
    struct map units; /* unit -> struct verify_unit */
    uint64_t position;
    int64_t recorded_at_ms;
    struct hash hash; /* of the record at position */
    struct verify_unit
        *spoke_last;      /* whose event stands at position; NULL: the broker's own record */
    uint32_t ended_epoch; /* of its unit, by the record at position; 0: none */
    uint64_t ended_seq;   /* the last of that epoch */
    bool starts_run;      /* the record at position does not continue the one before */
    uint64_t events, refusals, own_records, signatures;
    char city[KEYRING_NAME_MAX + 1];
    uint8_t log_id[16];
    bool has_log_id;
    uint64_t bad_position;
    struct problem problem; /* of bad_position */
    struct buffer statement;
};

void verify_init(struct verify *verify);
void verify_release(struct verify *verify);
/* ERR_CORRUPT: bad_position and problem say where and what. In the order of the log, from
 * position 1. */
MUST_CHECK enum err verify_record(struct verify *verify, const struct record *record,
                                  const struct hash *hash);
/* After the record at signature->position. */
MUST_CHECK enum err verify_signature(struct verify *verify, const struct push_signature *signature);
/* At the head: every event must be covered by now. */
MUST_CHECK enum err verify_end(struct verify *verify);
MUST_CHECK enum err verify_fault(struct verify *verify, uint64_t position, const char *format, ...)
    PRINTF_LIKE(3, 4);
