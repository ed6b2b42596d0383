/* outbox.c - see outbox.h. The chain of the events is checked whenever one is read. */
#include "store/outbox.h"

#include <assert.h>

const char *const outbox_tables[] = {"events", "refused", "said", "ids", "meta", NULL};

enum { EVENT_KEY_SIZE = 12 };

struct event_key { /* generation u32, seq u64 */
    uint8_t bytes[EVENT_KEY_SIZE];
};

static struct bytes event_key(uint32_t generation, uint64_t seq, struct event_key *key)
{
    u32_put(key->bytes, generation);
    u64_put(key->bytes + 4, seq);
    return bytes_of(key->bytes, sizeof(key->bytes));
}

/*
 * struct outbox_state as stored, meta row "state".
 *
 *   OFFSET  SIZE  MEANING
 *        0     1  version of this layout, 1
 *        1     4  generation
 *        5     4  epoch
 *        9     8  last_seq
 *       17     8  acked_seq
 *       25     8  acked_position
 *       33    32  chain
 *       65     8  refused_count
 *       73     4  rejoin_epoch
 *       77     4  token_size
 *       81    64  token, zeros behind token_size
 *      145     8  first bytes of SHA-256 over bytes 0..144
 */
enum { STATE_VERSION = 1, STATE_CHECK_AT = 145, STATE_CHECK = 8, STATE_SIZE = 153 };

static void state_encode(const struct outbox_state *state, uint8_t *out)
{
    assert(state->token_size <= OUTBOX_TOKEN_MAX);
    memset(out, 0, STATE_SIZE);
    out[0] = STATE_VERSION;
    u32_put(out + 1, state->generation);
    u32_put(out + 5, state->epoch);
    u64_put(out + 9, state->last_seq);
    u64_put(out + 17, state->acked_seq);
    u64_put(out + 25, state->acked_position);
    memcpy(out + 33, state->chain.bytes, HASH_SIZE);
    u64_put(out + 65, state->refused_count);
    u32_put(out + 73, state->rejoin_epoch);
    u32_put(out + 77, state->token_size);
    memcpy(out + 81, state->token, state->token_size);
    struct hash check = hash_of(bytes_of(out, STATE_CHECK_AT));
    memcpy(out + STATE_CHECK_AT, check.bytes, STATE_CHECK);
}

static enum err state_decode(struct bytes stored, struct outbox_state *out)
{
    if (stored.size != STATE_SIZE || stored.data[0] != STATE_VERSION)
        return ERR_CORRUPT;
    const uint8_t *in = stored.data;
    struct hash check = hash_of(bytes_of(in, STATE_CHECK_AT));
    uint32_t token_size = u32_get(in + 77);
    if (memcmp(in + STATE_CHECK_AT, check.bytes, STATE_CHECK) != 0 || token_size > OUTBOX_TOKEN_MAX)
        return ERR_CORRUPT;
    struct outbox_state state = {
        .generation = u32_get(in + 1),
        .epoch = u32_get(in + 5),
        .last_seq = u64_get(in + 9),
        .acked_seq = u64_get(in + 17),
        .acked_position = u64_get(in + 25),
        .refused_count = u64_get(in + 65),
        .rejoin_epoch = u32_get(in + 73),
        .token_size = token_size,
    };
    memcpy(state.chain.bytes, in + 33, HASH_SIZE);
    memcpy(state.token, in + 81, token_size);
    *out = state;
    return OK;
}

static struct bytes state_name(void)
{
    return bytes_of_text("state");
}

enum err outbox_state_get(struct store_txn *txn, struct outbox_state *out)
{
    struct bytes stored;
    enum err err = store_get(txn, OUTBOX_META, state_name(), &stored);
    if (err == ERR_NOT_FOUND) {
        *out = (struct outbox_state){.generation = 1};
        return OK;
    }
    TRY(err);
    TRY(state_decode(stored, out));
    return OK;
}

enum err outbox_state_put(struct store_txn *txn, const struct outbox_state *state)
{
    uint8_t stored[STATE_SIZE];
    state_encode(state, stored);
    return store_put(txn, OUTBOX_META, state_name(), bytes_of(stored, sizeof(stored)));
}

enum err outbox_append(struct store_txn *txn, struct outbox_state *state, struct bytes event_id,
                       struct bytes envelope)
{
    assert(event_id.size == OUTBOX_EVENT_ID_SIZE && envelope.size > 0);
    struct hash envelope_hash = hash_of(envelope);
    struct hash chain = hash_chain(&state->chain, &envelope_hash);
    struct event_key key;
    struct bytes key_bytes = event_key(state->generation, state->last_seq + 1, &key);
    uint8_t *row;
    TRY(store_append_reserve(txn, OUTBOX_EVENTS, key_bytes, HASH_SIZE + envelope.size, &row));
    memcpy(row, chain.bytes, HASH_SIZE);
    memcpy(row + HASH_SIZE, envelope.data, envelope.size);
    TRY(store_put(txn, OUTBOX_IDS, event_id, key_bytes));
    state->last_seq++;
    state->chain = chain;
    return OK;
}

/* Does the chain stored with an event follow from the chain before it and its envelope? */
static enum err row_check(const uint8_t *chain_before, struct bytes row)
{
    struct hash before;
    if (row.size <= HASH_SIZE)
        return ERR_CORRUPT;
    memcpy(before.bytes, chain_before, HASH_SIZE);
    struct hash envelope_hash = hash_of(bytes_of(row.data + HASH_SIZE, row.size - HASH_SIZE));
    struct hash chain = hash_chain(&before, &envelope_hash);
    return memcmp(chain.bytes, row.data, HASH_SIZE) == 0 ? OK : ERR_CORRUPT;
}

enum err outbox_chain(struct store_txn *txn, uint32_t generation, uint64_t seq, struct hash *out)
{
    struct event_key key;
    struct bytes row;
    if (seq == 0) {
        *out = (struct hash){0};
        return OK;
    }
    enum err err = store_get(txn, OUTBOX_EVENTS, event_key(generation, seq, &key), &row);
    if (err != OK)
        return err;
    if (row.size < HASH_SIZE)
        return ERR_CORRUPT;
    memcpy(out->bytes, row.data, HASH_SIZE);
    return OK;
}

static enum err event_check(struct store_txn *txn, uint32_t generation, uint64_t seq,
                            struct bytes row)
{
    struct hash before;
    enum err err = seq == 0 ? ERR_CORRUPT : outbox_chain(txn, generation, seq - 1, &before);
    if (err == ERR_NOT_FOUND)
        err = ERR_CORRUPT; /* seqs have no hole */
    TRY(err);
    TRY(row_check(before.bytes, row));
    return OK;
}

enum err outbox_event(struct store_txn *txn, uint32_t generation, uint64_t seq,
                      struct bytes *envelope, struct hash *chain)
{
    struct event_key key;
    struct bytes row;
    enum err err = store_get(txn, OUTBOX_EVENTS, event_key(generation, seq, &key), &row);
    if (err != OK)
        return err;
    TRY(event_check(txn, generation, seq, row));
    *envelope = bytes_of(row.data + HASH_SIZE, row.size - HASH_SIZE);
    memcpy(chain->bytes, row.data, HASH_SIZE);
    return OK;
}

uint64_t outbox_cursor_seq(const struct store_cursor *cursor)
{
    return cursor->key.size == EVENT_KEY_SIZE ? u64_get(cursor->key.data + 4) : 0;
}

uint32_t outbox_cursor_generation(const struct store_cursor *cursor)
{
    return cursor->key.size == EVENT_KEY_SIZE ? u32_get(cursor->key.data) : 0;
}

static enum err step_check(const struct store_cursor *before, const struct store_cursor *now)
{
    if (outbox_cursor_generation(now) != outbox_cursor_generation(before))
        return ERR_NOT_FOUND;
    if (outbox_cursor_seq(now) != outbox_cursor_seq(before) + 1)
        return ERR_CORRUPT;
    return row_check(before->value.data, now->value);
}

enum err outbox_seek(struct store_txn *txn, uint32_t generation, uint64_t seq,
                     struct store_cursor *out)
{
    CLEANUP(store_cursor_close) struct store_cursor cursor = {0};
    struct event_key key;
    enum err err = store_seek(txn, OUTBOX_EVENTS, event_key(generation, seq, &key), &cursor);
    if (err != OK)
        return err;
    if (outbox_cursor_generation(&cursor) != generation)
        return ERR_NOT_FOUND;
    TRY(event_check(txn, generation, outbox_cursor_seq(&cursor), cursor.value));
    cursor.check = step_check;
    *out = cursor;
    cursor.handle = NULL;
    return OK;
}

enum err outbox_find(struct store_txn *txn, struct bytes event_id, uint32_t *generation,
                     uint64_t *seq)
{
    struct bytes place;
    enum err err = store_get(txn, OUTBOX_IDS, event_id, &place);
    if (err != OK)
        return err;
    if (place.size != EVENT_KEY_SIZE)
        return ERR_CORRUPT;
    *generation = u32_get(place.data);
    *seq = u64_get(place.data + 4);
    return OK;
}

/*
 * A refusal as stored, under generation and seq:
 *
 *   OFFSET  SIZE  MEANING
 *        0     8  position
 *        8     4  reason
 *       12     n  text
 */
enum { REFUSAL_HEAD = 12, REFUSAL_TEXT_MAX = 1024 /* what the broker says is one sentence */ };

enum err outbox_refusal_put(struct store_txn *txn, const struct outbox_refusal *refusal)
{
    struct event_key key;
    struct bytes key_bytes = event_key(refusal->generation, refusal->seq, &key);
    uint8_t value[REFUSAL_HEAD + REFUSAL_TEXT_MAX];
    struct bytes text = refusal->text;
    while (text.size > REFUSAL_TEXT_MAX || (text.size > 0 && text.size < refusal->text.size &&
                                            (text.data[text.size] & 0xc0) == 0x80))
        text.size--; /* cut between two characters */
    u64_put(value, refusal->position);
    u32_put(value + 8, refusal->reason);
    if (text.size > 0)
        memcpy(value + REFUSAL_HEAD, text.data, text.size);
    struct bytes wanted = bytes_of(value, REFUSAL_HEAD + text.size);
    struct bytes stored;
    enum err err = store_get(txn, OUTBOX_REFUSED, key_bytes, &stored);
    if (err == OK && bytes_equal(stored, wanted))
        return OK;
    if (err != ERR_NOT_FOUND)
        TRY(err);
    return store_put(txn, OUTBOX_REFUSED, key_bytes, wanted);
}

enum err outbox_refusals(struct store_txn *txn, outbox_refusal_visit *visit, void *context)
{
    CLEANUP(store_cursor_close) struct store_cursor cursor = {0};
    enum err err = store_seek(txn, OUTBOX_REFUSED, BYTES_NONE, &cursor);
    while (err == OK) {
        if (cursor.key.size != EVENT_KEY_SIZE || cursor.value.size < REFUSAL_HEAD)
            return ERR_CORRUPT;
        struct bytes value = cursor.value;
        struct outbox_refusal refusal = {
            .generation = outbox_cursor_generation(&cursor),
            .seq = outbox_cursor_seq(&cursor),
            .position = u64_get(value.data),
            .reason = u32_get(value.data + 8),
            .text = bytes_of(value.data + REFUSAL_HEAD, value.size - REFUSAL_HEAD),
        };
        TRY(visit(context, &refusal));
        err = store_next(&cursor);
    }
    return err == ERR_NOT_FOUND ? OK : err;
}

/* Each part behind its size, so that ("ab", "c") and ("a", "bc") differ. */
void outbox_said_key(struct bytes file_kind, struct bytes row_key, struct bytes field,
                     uint8_t out[OUTBOX_SAID_KEY_SIZE])
{
    uint8_t sizes[3][8];
    struct bytes texts[3] = {file_kind, row_key, field};
    struct bytes parts[6];
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        u64_put(sizes[i], texts[i].size);
        parts[2 * i] = bytes_of(sizes[i], sizeof(sizes[i]));
        parts[2 * i + 1] = texts[i];
    }
    struct hash hash = hash_of_parts(parts, ARRAY_LENGTH(parts));
    memcpy(out, hash.bytes, OUTBOX_SAID_KEY_SIZE);
}

enum err outbox_said_get(struct store_txn *txn, const uint8_t key[OUTBOX_SAID_KEY_SIZE],
                         struct bytes *value, struct bytes *event_id)
{
    struct bytes stored;
    enum err err = store_get(txn, OUTBOX_SAID, bytes_of(key, OUTBOX_SAID_KEY_SIZE), &stored);
    if (err != OK)
        return err;
    if (stored.size < OUTBOX_EVENT_ID_SIZE)
        return ERR_CORRUPT;
    *event_id = bytes_of(stored.data, OUTBOX_EVENT_ID_SIZE);
    *value = bytes_of(stored.data + OUTBOX_EVENT_ID_SIZE, stored.size - OUTBOX_EVENT_ID_SIZE);
    return OK;
}

enum err outbox_said_put(struct store_txn *txn, const uint8_t key[OUTBOX_SAID_KEY_SIZE],
                         struct bytes value, struct bytes event_id)
{
    assert(event_id.size == OUTBOX_EVENT_ID_SIZE);
    CLEANUP(buffer_release) struct buffer stored = {0};
    buffer_add(&stored, event_id);
    buffer_add(&stored, value);
    return store_put(txn, OUTBOX_SAID, bytes_of(key, OUTBOX_SAID_KEY_SIZE), buffer_bytes(&stored));
}
