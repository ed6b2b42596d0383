/*
 * event.h - what an event is: an assertion by an authority (unit and body) that something happened
 * on a day (domain.md 0, 3.1). The envelope is what a broker may read; the fact inside is for the
 * ledger. The structs come from event_fields.def. Texts and lists are borrowed: from the bytes or
 * the arena they were decoded with.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/day.h"
#include "base/hash.h"
#include "ledger/event/event_enums.def"
#include "ledger/event/event_fields.def"

enum {
    EVENT_ID_SIZE = 16,
    UNIT_TEXT_MAX = 23,        /* 6 digits, '-', 16 of [a-z0-9] (contract 1.1) */
    SUBJECT_TEXT_MAX = 96,     /* unit '/' project code (contract 1.2) */
    ORIGIN_TEXT_MAX = 200,     /* file and row, or the record an event was taken over from */
    EVENT_SIZE_MAX = 64 << 10, /* an envelope's bytes (contract 4.9) */
    EVENT_WITH_EVIDENCE_SIZE_MAX = 256 << 10,
};

/* enum milestone { MILESTONE_NONE, MILESTONE_LEAD, … }; NONE means "not said". */
#define EVENT_ENUM_CONSTANT(PREFIX, ID, number, chinese) PREFIX##_##ID = (number),
#define EVENT_ENUM_TYPE(name, PREFIX, VALUES)                                                      \
    enum name { PREFIX##_NONE = 0, VALUES(EVENT_ENUM_CONSTANT, PREFIX) };
EVENT_ENUMS(EVENT_ENUM_TYPE)

enum event_kind {
    EVENT_NONE = 0,
#define EVENT_KIND_CONSTANT(ID, number, member, subject, fields) EVENT_##ID = (number),
    EVENT_KINDS(EVENT_KIND_CONSTANT)
};

/* Yuan for CNY, minor units (cents) for others. A masked amount ("X亿元") has text and no value. */
struct money {
    int64_t value;
    bool has_value;
    char currency[4];  /* ISO 4217; "" counts as CNY */
    struct bytes text; /* as the ledger wrote it, "1.2亿元" */
};

struct texts {
    struct bytes *items;
    size_t count;
};

#define EVENT_TYPE_TEXT    struct bytes
#define EVENT_TYPE_TEXTS   struct texts
#define EVENT_TYPE_DIGESTS struct texts
#define EVENT_TYPE_ENUM    int32_t
#define EVENT_TYPE_DAY     int32_t
#define EVENT_TYPE_MONEY   struct money
#define EVENT_TYPE_COUNT   int64_t
#define EVENT_TYPE_FLAG    bool
#define EVENT_TYPE_ID      struct bytes

#define EVENT_STRUCT_FIELD(type, name, number, rule, limit, sentence) EVENT_TYPE_##type name;
#define EVENT_STRUCT(ID, number, member, subject, fields)                                          \
    struct member##_fact {                                                                         \
        fields(EVENT_STRUCT_FIELD)                                                                 \
    };
EVENT_KINDS(EVENT_STRUCT) /* struct project_fact, struct milestone_fact, … */

/* What is hashed, chained and signed as bytes, and readable without the payload (contract 2.1). */
struct envelope {
    uint32_t algorithm;      /* enum sign_algorithm */
    uint32_t kind;           /* enum event_kind, or a number this program does not know */
    struct bytes event_id;   /* EVENT_ID_SIZE bytes */
    struct bytes subject;    /* project key "341502/341502-0001", or empty */
    struct bytes about_unit; /* empty: the sender's own unit */
    int32_t occurred_on;     /* day; always given */
    uint32_t body;           /* enum body */
    int64_t agent_clock_ms;  /* recorded, never trusted for order */
    struct bytes origin;     /* where it came from, for people: "341502.csv:12" */
    struct bytes payload;    /* the fact's protobuf bytes */
};

struct event {
    struct envelope envelope; /* payload is set by the codec */
    union {
#define EVENT_UNION_MEMBER(ID, number, member, subject, fields) struct member##_fact member;
        EVENT_KINDS(EVENT_UNION_MEMBER)
    };
    /* Protobuf bytes of fields this program does not know; kept byte for byte. */
    struct bytes unknown_fields;
};

/* Form, limits and required fields of envelope and fact. problem names the field and the remedy. */
MUST_CHECK enum err event_check(const struct event *event, struct problem *problem);
MUST_CHECK enum err envelope_check(const struct envelope *envelope, struct problem *problem);
bool unit_is_valid(struct bytes unit); /* contract 1.1 */
/* UNIT/CODE; the code has 1..64 bytes of UTF-8 without '/' or blanks. */
bool subject_is_valid(struct bytes subject);

/*
 * Contract 2.2: the first 16 bytes of SHA-256 over (unit, kind, subject, natural key, content): the
 * asserting unit, the envelope's kind, subject, about_unit, day and body, and the payload bytes.
 * Clock and origin do not count: the same row imported again is the same assertion.
 */
void event_id_make(struct bytes unit, const struct envelope *envelope, uint8_t out[EVENT_ID_SIZE]);
