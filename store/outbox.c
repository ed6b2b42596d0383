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
static enum err row_check(const struct hash *before, struct bytes row)
{
    if (row.size <= HASH_SIZE)
        return ERR_CORRUPT;
    struct hash envelope_hash = hash_of(bytes_of(row.data + HASH_SIZE, row.size - HASH_SIZE));
    struct hash chain = hash_chain(before, &envelope_hash);
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

static enum err chain_before(struct store_txn *txn, uint32_t generation, uint64_t seq,
                             struct hash *out)
{
    enum err err = seq == 0 ? ERR_CORRUPT : outbox_chain(txn, generation, seq - 1, out);
    return err == ERR_NOT_FOUND ? ERR_CORRUPT : err; /* seqs have no hole */
}

enum err outbox_event(struct store_txn *txn, uint32_t generation, uint64_t seq,
                      struct bytes *envelope, struct hash *chain)
{
    struct event_key key;
    struct hash before;
    struct bytes row;
    enum err err = store_get(txn, OUTBOX_EVENTS, event_key(generation, seq, &key), &row);
    if (err != OK)
        return err;
    TRY(chain_before(txn, generation, seq, &before));
    TRY(row_check(&before, row));
    *envelope = bytes_of(row.data + HASH_SIZE, row.size - HASH_SIZE);
    memcpy(chain->bytes, row.data, HASH_SIZE);
    return OK;
}

static uint64_t cursor_seq(const struct store_cursor *cursor)
{
    return cursor->key.size == EVENT_KEY_SIZE ? u64_get(cursor->key.data + 4) : 0;
}

static uint32_t cursor_generation(const struct store_cursor *cursor)
{
    return cursor->key.size == EVENT_KEY_SIZE ? u32_get(cursor->key.data) : 0;
}

/* Rows in a row, unchecked: up to the room's end, the generation's or the first that is missing. */
static enum err gather(struct store_txn *txn, struct bytes from, struct outbox_room room,
                       struct outbox_rows *rows)
{
    CLEANUP(store_cursor_close) struct store_cursor cursor = {0};
    uint32_t generation = u32_get(from.data);
    uint64_t seq = u64_get(from.data + 4), bytes = 0;
    enum err err = store_seek(txn, OUTBOX_EVENTS, from, &cursor);
    while (err == OK && cursor_generation(&cursor) == generation) {
        struct bytes row = cursor.value;
        if (cursor_seq(&cursor) != seq + rows->count || row.size <= HASH_SIZE)
            return rows->count > 0 ? OK : ERR_CORRUPT;
        bytes += row.size - HASH_SIZE;
        if (rows->count > 0 && bytes > room.bytes)
            return OK;
        rows->chains[rows->count] = row.data;
        rows->envelopes[rows->count++] = bytes_of(row.data + HASH_SIZE, row.size - HASH_SIZE);
        if (rows->count == room.count || rows->count == HASH_GROUP)
            return OK;
        err = store_next(&cursor);
    }
    if (rows->count > 0)
        return OK;
    return err == OK ? ERR_NOT_FOUND : err;
}

/* How many of the rows, from the first on, follow from the chain before them: hash_chain in lanes.
 */
static size_t sound_count(const struct hash *before, const struct outbox_rows *rows)
{
    struct hash envelopes[HASH_GROUP], chains[HASH_GROUP];
    uint8_t links[HASH_GROUP][2 * HASH_SIZE];
    struct bytes messages[HASH_GROUP];
    hash_many(rows->envelopes, rows->count, envelopes);
    for (size_t i = 0; i < rows->count; i++) {
        memcpy(links[i], i == 0 ? before->bytes : rows->chains[i - 1], HASH_SIZE);
        memcpy(links[i] + HASH_SIZE, envelopes[i].bytes, HASH_SIZE);
        messages[i] = bytes_of(links[i], sizeof(links[i]));
    }
    hash_many(messages, rows->count, chains);
    for (size_t i = 0; i < rows->count; i++) {
        if (memcmp(chains[i].bytes, rows->chains[i], HASH_SIZE) != 0)
            return i;
    }
    return rows->count;
}

enum err outbox_read(struct store_txn *txn, uint32_t generation, uint64_t seq,
                     struct outbox_room room, struct outbox_rows *out)
{
    struct event_key key;
    struct hash before;
    struct outbox_rows rows;
    rows.count = 0;
    enum err err = gather(txn, event_key(generation, seq, &key), room, &rows);
    if (err == ERR_NOT_FOUND)
        return err;
    TRY(err);
    TRY(chain_before(txn, generation, seq, &before));
    rows.count = sound_count(&before, &rows);
    if (rows.count == 0)
        return ERR_CORRUPT;
    *out = rows;
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
            .generation = cursor_generation(&cursor),
            .seq = cursor_seq(&cursor),
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
