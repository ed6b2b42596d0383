/*
 * claims_book.h - private to claims*.c: every mention of a firm that was read, its keys, and the
 * union of mentions that share one. Sorted, not hashed: no seed, and no chosen collisions.
 */
#pragma once

#include "ledger/claims/claims.h"

struct mention {
    struct claim_event event;
    struct bytes code;
    int64_t amount_yuan; /* 0: none */
    uint32_t parent;     /* of the union */
    uint32_t trip;       /* index + 1; 0: no planned trip */
    bool claims;         /* the city's words and verdicts do not */
    bool alike;          /* another unit's is of like industry and amount */
    bool linked_by_likeness;
    struct claim_verdict verdict; /* position 0: none */
};

struct mention_key { /* first byte of the key: enum key_type */
    size_t offset;
    uint32_t size, mention;
};
enum key_type { KEY_CREDIT_CODE, KEY_PROJECT_CODE, KEY_NAME, KEY_LIKENESS, KEY_PLACE };

struct planned_trip {
    struct clash_trip trip;
    struct bytes destination;
};

struct project_verdict {
    size_t subject;
    struct claim_verdict verdict;
};

struct claim_book {
    const struct ledger *ledger;
    const struct view *view;
    struct arena *arena;    /* for what is handed out */
    struct buffer mentions; /* struct mention */
    struct buffer keys;     /* struct mention_key */
    struct buffer likeness; /* struct mention_key */
    struct buffer places;   /* struct mention_key, whose mention is a trip's index */
    struct buffer texts;    /* of all keys */
    struct buffer trips;    /* struct planned_trip */
    struct buffer verdicts; /* struct project_verdict */
    uint16_t arbiter;
    bool has_arbiter;
};

#define BOOK_ITEMS(type, buffer) ((type *)(void *)(buffer).data)
#define BOOK_COUNT(type, buffer) ((buffer).size / sizeof(type))

/* claims_read.c */
void claim_book_read(struct claim_book *book);
bool claim_book_is_city(const struct claim_book *book, uint16_t unit);

/* claims_match.c */
uint32_t mention_root(const struct claim_book *book, uint32_t mention);
void claim_book_match(struct claim_book *book);
void claim_book_sort_keys(const struct claim_book *book, struct buffer *keys);
/* The end of the run of keys equal to the one at start. */
size_t claim_book_run(const struct claim_book *book, const struct buffer *keys, size_t start);
struct bytes claim_book_key(const struct claim_book *book, const struct mention_key *key);

/* claims_trips.c */
void trip_clashes_make(struct claim_book *book, struct claims *out);
