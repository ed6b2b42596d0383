/*
 * record.h - one row of the city's log: what is stored, hashed as one leaf and streamed
 * (contract 2.3). The record's bytes are made once, by the broker that orders it, and never encoded
 * again.
 */
#pragma once

#include "ledger/event/event.h"

enum record_kind {
    RECORD_EVENT = 1,
    RECORD_REFUSAL = 2, /* consumed its seq but broke form, limit or right (contract 4.4) */
    RECORD_ROSTER = 3,  /* who may speak, from here on (contract 1.6) */
    RECORD_ALARM = 4,   /* clone, fork, restored broker, two sessions with one key … */
    RECORD_SETTING = 5, /* the city's own: its name, unit, log id */
};

/* Of an event; session refusals are in proto/frame.h. */
enum refusal_reason {
    REFUSAL_NONE = 0,
    REFUSAL_FORM = 1,      /* envelope undecodable or a field breaks its form */
    REFUSAL_LIMIT = 2,     /* too large */
    REFUSAL_RIGHT = 3,     /* this unit may not say this (contract 1.4) */
    REFUSAL_ALGORITHM = 4, /* not an algorithm this log accepts */
};

struct record {
    uint64_t position;      /* 1 is the first */
    int64_t recorded_at_ms; /* Unix, never less than the record before (contract 3.2) */
    uint32_t kind;          /* enum record_kind, or one this program does not know */
    struct bytes unit;      /* who said it; the city's unit for ROSTER, ALARM, SETTING */
    uint32_t epoch;
    uint64_t seq;          /* 0 for ROSTER, ALARM, SETTING */
    struct bytes envelope; /* EVENT, and REFUSAL when its bytes were within the limit */
    struct hash chain;     /* EVENT and REFUSAL: the county's chain after it */
    /* REFUSAL */
    struct hash envelope_hash;
    uint32_t reason; /* enum refusal_reason */
    struct bytes reason_text;
    /* ROSTER, ALARM, SETTING: the protobuf bytes of struct roster_change, alarm or setting */
    struct bytes detail;
};

enum roster_action { ROSTER_ENROL = 1, ROSTER_REVOKE = 2, ROSTER_RENAME = 3 };

enum peer_role { PEER_AGENT = 1, PEER_DISPLAY = 2, PEER_AUDITOR = 3, PEER_INSPECTOR = 4 };

enum unit_type {
    UNIT_COUNTY = 1,
    UNIT_PARK,
    UNIT_DEPARTMENT,
    UNIT_TEAM,
    UNIT_COMMITTEE,
    UNIT_CITY
};

enum { CURVE_KEY_SIZE = 32, SIGNING_KEY_SIZE = 32, KEY_ID_SIZE = 8 };

struct roster_change {
    uint32_t action;          /* enum roster_action */
    uint32_t role;            /* enum peer_role */
    struct bytes unit;        /* agents and inspectors; empty for display and auditor */
    struct bytes name;        /* 金安区, 市委大屏 */
    uint32_t unit_type;       /* enum unit_type */
    uint32_t epoch;           /* ordinal of the unit's enrolment, from 1 */
    struct bytes curve_key;   /* CURVE_KEY_SIZE raw bytes */
    struct bytes signing_key; /* Ed25519 public key */
    struct bytes key_id;      /* KEY_ID_SIZE: first of SHA-256 over both keys; read by telephone */
    struct bytes reason;      /* REVOKE: why, replaced by whom */
    int32_t effective_on;     /* RENAME: the name is in force from this day */
};

enum alarm_code {
    ALARM_FORK = 1,            /* same seq, other hash, or a chain head never seen */
    ALARM_CLONE = 2,           /* a token that is neither the last nor the one before */
    ALARM_TWO_SESSIONS = 3,    /* one key, two live sessions: the newest won */
    ALARM_BROKER_BEHIND = 4,   /* an agent holds acks that this log does not */
    ALARM_LOG_ROLLED_BACK = 5, /* the store is behind its head file */
    ALARM_CLOCK_STEPPED_BACK = 6,
};

struct alarm {
    uint32_t code; /* enum alarm_code */
    struct bytes unit;
    uint32_t epoch;
    uint64_t seq;
    struct bytes text; /* English, for the operator: both hashes, both positions */
};

struct setting_record {
    struct bytes name, unit, log_id; /* the city's name, its unit, 16 random bytes made by init */
    struct bytes signing_key, curve_key; /* the broker's public keys */
};
