/*
 * outbox.h - the agent's tables: what the clerk handed over, what the city answered, what imports
 * have said. History stays: an ack moves a cursor and deletes nothing (contract 4.7). A generation
 * is this machine's ordinal of enrolments, with seqs from 1; its epoch is known after `join`.
 */
#pragma once

#include "base/hash.h"
#include "store/store.h"

/*
 *   TABLE    KEY                              VALUE
 *   events   generation u32 BE, seq u64 BE    chain after it (32), envelope bytes
 *   refused  generation u32 BE, seq u64 BE    position u64 BE, reason u32 BE, text
 *   said     first 16 bytes of SHA-256 of     event_id (16), value bytes
 *            file kind, row key, field
 *   ids      event_id (16)                    generation u32 BE, seq u64 BE: where it was taken
 *   meta     name                             value
 */
enum outbox_table { OUTBOX_EVENTS, OUTBOX_REFUSED, OUTBOX_SAID, OUTBOX_IDS, OUTBOX_META };
extern const char *const outbox_tables[];

enum { OUTBOX_TOKEN_MAX = 64, OUTBOX_SAID_KEY_SIZE = 16, OUTBOX_EVENT_ID_SIZE = 16 };

struct outbox_state {    /* the meta row "state", one value */
    uint32_t generation; /* from 1 */
    uint32_t epoch;      /* of this generation; 0 before join */
    uint64_t last_seq, acked_seq;
    uint64_t acked_position; /* in the city's log */
    struct hash chain;       /* after last_seq */
    uint8_t token[OUTBOX_TOKEN_MAX];
    uint32_t token_size;
    uint64_t refused_count;
    /* contract 4.6: the next generation's epoch while what the city lacks is found out; else 0 */
    uint32_t rejoin_epoch;
};

/* A fresh outbox: generation 1. */
MUST_CHECK enum err outbox_state_get(struct store_txn *txn, struct outbox_state *out);
MUST_CHECK enum err outbox_state_put(struct store_txn *txn, const struct outbox_state *state);

/* Appends one envelope as last_seq + 1 and moves state on (the caller puts the state before the
 * commit). An event_id taken before is the caller's affair (outbox_find); it then stands for the
 * newest place. */
MUST_CHECK enum err outbox_append(struct store_txn *txn, struct outbox_state *state,
                                  struct bytes event_id, struct bytes envelope);
MUST_CHECK enum err outbox_event(struct store_txn *txn, uint32_t generation, uint64_t seq,
                                 struct bytes *envelope, struct hash *chain);
/* The chain after a seq; after seq 0: zeros. */
MUST_CHECK enum err outbox_chain(struct store_txn *txn, uint32_t generation, uint64_t seq,
                                 struct hash *out);
struct outbox_room {
    size_t count;   /* rows; HASH_GROUP at most */
    uint64_t bytes; /* of envelopes */
};
struct outbox_rows { /* neighbours by seq, borrowed like any bytes of the store */
    size_t count;
    struct bytes envelopes[HASH_GROUP];
    const uint8_t *chains[HASH_GROUP]; /* after each */
};
/*
 * The rows from a seq on that fit into room, but one at least, checked together: each against the
 * chain before it. ERR_NOT_FOUND: none from there on. A row that is rotten or missing ends the rows
 * before it, and is ERR_CORRUPT when asked for itself.
 */
MUST_CHECK enum err outbox_read(struct store_txn *txn, uint32_t generation, uint64_t seq,
                                struct outbox_room room, struct outbox_rows *out);
/* Where an event_id was taken; ERR_NOT_FOUND when never. */
MUST_CHECK enum err outbox_find(struct store_txn *txn, struct bytes event_id, uint32_t *generation,
                                uint64_t *seq);

/* A reason beside ledger/event/record.h's, which begin at 1: rotten here, so never sent; position
 * is 0.
 */
enum { OUTBOX_ROTTEN = 0 };

struct outbox_refusal {
    uint32_t generation;
    uint64_t seq, position;
    uint32_t reason;
    struct bytes text;
};
/* The same twice: no change. A text beyond 1 KiB is cut. */
MUST_CHECK enum err outbox_refusal_put(struct store_txn *txn, const struct outbox_refusal *refusal);
typedef enum err outbox_refusal_visit(void *context, const struct outbox_refusal *refusal);
MUST_CHECK enum err outbox_refusals(struct store_txn *txn, outbox_refusal_visit *visit,
                                    void *context);

/* What imports have said: (file kind, row key, field) -> value, event_id (contract 6.1). */
void outbox_said_key(struct bytes file_kind, struct bytes row_key, struct bytes field,
                     uint8_t out[OUTBOX_SAID_KEY_SIZE]);
/* ERR_NOT_FOUND: never said. */
MUST_CHECK enum err outbox_said_get(struct store_txn *txn, const uint8_t key[OUTBOX_SAID_KEY_SIZE],
                                    struct bytes *value, struct bytes *event_id);
MUST_CHECK enum err outbox_said_put(struct store_txn *txn, const uint8_t key[OUTBOX_SAID_KEY_SIZE],
                                    struct bytes value, struct bytes event_id);
