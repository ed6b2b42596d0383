/*
 * frame_feed.h - what a subscriber and the broker say to each other (contract 4.2). Credit is
 * absolute. Bytes are borrowed from the message or the arena it was decoded with.
 */
#pragma once

#include "ledger/event/record.h"

enum {
    UPDATE_RECORDS_MAX = 1000, /* records an update carries */
    FILTER_ITEMS_MAX = 64,
    CONTACTS_UNITS_MAX = 1024, /* units a frame tells of; a longer list goes on in the next frame */
};

struct filter { /* all empty: everything the subscriber may see */
    struct texts units, projects;
    uint32_t kinds[FILTER_ITEMS_MAX]; /* event kinds */
    size_t kind_count;
    bool all_records; /* refusals, roster, alarms and settings too */
};

struct subscribe {
    uint32_t subscription; /* chosen by the subscriber, not 0 */
    uint64_t from_position;
    struct hash after; /* hash of from_position - 1, when the subscriber has it; else zero */
    struct filter filter;
    bool with_signatures;
    bool with_contacts; /* displays and auditors only */
    uint64_t credit;    /* as in grant: records in all */
};

struct grant {
    uint32_t subscription;
    uint64_t credit; /* records in all on this subscription; absolute */
};

struct push_signature { /* stored once a push, at the position of its last record */
    uint64_t position;
    struct bytes unit;
    uint32_t epoch;
    uint64_t last_seq;
    uint64_t first_seq; /* as the push had it: part of the statement that was signed */
    struct bytes signature;
};

struct update {
    uint32_t subscription;
    uint64_t scanned_to;    /* nothing else for this filter up to here */
    uint64_t head_position; /* of the log, when this was made: live when scanned_to equals it */
    uint32_t count;
    struct bytes batch; /* stored rows: hash and record bytes; compressed or not */
    bool compressed;
    struct push_signature *signatures;
    size_t signature_count;
};

/* A unit's link as the broker sees it: told live, recorded nowhere. */
struct unit_contact {
    struct bytes unit;
    bool is_online;          /* a session is open */
    int64_t last_contact_ms; /* the broker's wall clock; 0: never */
    int64_t clock_offset_ms; /* the agent's clock minus the broker's */
    uint64_t backlog;        /* events announced and not yet stored */
};

struct contacts { /* only to a subscription that asked for them */
    uint32_t subscription;
    bool whole; /* forget what was told before; else only what changed */
    struct unit_contact *units;
    size_t unit_count;
};

struct unsubscribe {
    uint32_t subscription;
};
