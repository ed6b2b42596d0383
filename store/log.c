/* log.c - the log itself, the rows of the units, signatures, marks and meta; runs and refusals are
 * in log_index.c, the walk over the log in log_reader.c. */
#include "store/log.h"

#include <assert.h>

#include "store/file.h"
#include "store/log_private.h"

const char *const log_tables[] = {"log",        "units", "runs", "refusals",
                                  "signatures", "marks", "meta", NULL};

static enum err row_check(struct bytes row)
{
    if (row.size < HASH_SIZE)
        return ERR_CORRUPT;
    struct hash hash = hash_of(bytes_of(row.data + HASH_SIZE, row.size - HASH_SIZE));
    return bytes_equal(hash_bytes(&hash), bytes_of(row.data, HASH_SIZE)) ? OK : ERR_CORRUPT;
}

enum err log_head(struct store_txn *txn, struct log_head *out)
{
    CLEANUP(store_cursor_close) struct store_cursor last = {0};
    enum err err = store_seek_last(txn, LOG_LOG, &last);
    if (err == ERR_NOT_FOUND) {
        *out = (struct log_head){0};
        return OK;
    }
    TRY(err);
    TRY(row_check(last.value));
    struct log_head head = {.position = log_position(last.key)};
    if (head.position == 0)
        return ERR_CORRUPT;
    memcpy(head.hash.bytes, last.value.data, HASH_SIZE);
    *out = head;
    return OK;
}

static enum err append_row(struct store_txn *txn, uint64_t position, const struct hash *hash,
                           struct bytes record)
{
    struct log_position_key key;
    uint8_t *row;
    TRY(store_append_reserve(txn, LOG_LOG, log_position_key(position, &key),
                             HASH_SIZE + record.size, &row));
    memcpy(row, hash->bytes, HASH_SIZE);
    if (record.size > 0)
        memcpy(row + HASH_SIZE, record.data, record.size);
    return OK;
}

enum err log_append(struct store_txn *txn, uint64_t position, const struct bytes *records,
                    const struct hash *hashes, size_t count)
{
    assert(position > 0);
    struct log_position_key key;
    struct bytes before;
    if (position > 1 &&
        store_get(txn, LOG_LOG, log_position_key(position - 1, &key), &before) != OK)
        return ERR_CORRUPT; /* a hole; a position taken already is refused by the append itself */
    for (size_t i = 0; i < count; i++)
        TRY(append_row(txn, position + i, &hashes[i], records[i]));
    return OK;
}

enum err log_row(struct store_txn *txn, uint64_t position, struct bytes *row)
{
    struct log_position_key key;
    struct bytes found;
    enum err err = store_get(txn, LOG_LOG, log_position_key(position, &key), &found);
    if (err != OK)
        return err;
    TRY(row_check(found));
    *row = found;
    return OK;
}

/*
 * struct unit_row as stored. The check tells a rotten row from a forked county: LMDB has no page
 * checksums.
 *
 *   OFFSET  SIZE  MEANING
 *        0     1  version of this layout, 1
 *        1     4  epoch
 *        5     8  last_seq
 *       13     8  last_position
 *       21    32  chain
 *       53     8  token.counter
 *       61    32  token.random
 *       93     8  token_before.counter
 *      101    32  token_before.random
 *      133     8  refused_count
 *      141     8  last_contact_ms, two's complement
 *      149     8  clock_offset_ms, two's complement
 *      157     8  announced_seq
 *      165     8  first bytes of SHA-256 over the unit's text and bytes 0..164
 */
enum { UNIT_ROW_VERSION = 1, UNIT_ROW_CHECK_AT = 165, UNIT_ROW_CHECK = 8, UNIT_ROW_SIZE = 173 };

static struct hash unit_row_check(struct bytes unit, const uint8_t *row)
{
    struct bytes parts[] = {unit, bytes_of(row, UNIT_ROW_CHECK_AT)};
    return hash_of_parts(parts, ARRAY_LENGTH(parts));
}

static void token_encode(const struct log_token *token, uint8_t *out)
{
    u64_put(out, token->counter);
    memcpy(out + 8, token->random, LOG_TOKEN_SIZE);
}

static void token_decode(const uint8_t *in, struct log_token *token)
{
    token->counter = u64_get(in);
    memcpy(token->random, in + 8, LOG_TOKEN_SIZE);
}

static void unit_row_encode(struct bytes unit, const struct unit_row *row, uint8_t *out)
{
    out[0] = UNIT_ROW_VERSION;
    u32_put(out + 1, row->epoch);
    u64_put(out + 5, row->last_seq);
    u64_put(out + 13, row->last_position);
    memcpy(out + 21, row->chain.bytes, HASH_SIZE);
    token_encode(&row->token, out + 53);
    token_encode(&row->token_before, out + 93);
    u64_put(out + 133, row->refused_count);
    u64_put(out + 141, (uint64_t)row->last_contact_ms);
    u64_put(out + 149, (uint64_t)row->clock_offset_ms);
    u64_put(out + 157, row->announced_seq);
    struct hash check = unit_row_check(unit, out);
    memcpy(out + UNIT_ROW_CHECK_AT, check.bytes, UNIT_ROW_CHECK);
}

static enum err unit_row_decode(struct bytes unit, struct bytes stored, struct unit_row *out)
{
    if (stored.size != UNIT_ROW_SIZE || stored.data[0] != UNIT_ROW_VERSION)
        return ERR_CORRUPT;
    const uint8_t *in = stored.data;
    struct hash check = unit_row_check(unit, in);
    if (memcmp(in + UNIT_ROW_CHECK_AT, check.bytes, UNIT_ROW_CHECK) != 0)
        return ERR_CORRUPT;
    struct unit_row row = {
        .epoch = u32_get(in + 1),
        .last_seq = u64_get(in + 5),
        .last_position = u64_get(in + 13),
        .refused_count = u64_get(in + 133),
        .last_contact_ms = (int64_t)u64_get(in + 141),
        .clock_offset_ms = (int64_t)u64_get(in + 149),
        .announced_seq = u64_get(in + 157),
    };
    memcpy(row.chain.bytes, in + 21, HASH_SIZE);
    token_decode(in + 53, &row.token);
    token_decode(in + 93, &row.token_before);
    *out = row;
    return OK;
}

enum err log_unit_get(struct store_txn *txn, struct bytes unit, struct unit_row *out)
{
    struct bytes stored;
    enum err err = store_get(txn, LOG_UNITS, unit, &stored);
    if (err != OK)
        return err;
    TRY(unit_row_decode(unit, stored, out));
    return OK;
}

enum err log_unit_put(struct store_txn *txn, struct bytes unit, const struct unit_row *row)
{
    struct unit_row before;
    enum err err = log_unit_get(txn, unit, &before);
    if (err != ERR_NOT_FOUND)
        TRY(err);
    if (err == OK && before.epoch < row->epoch)
        TRY(log_runs_close(txn, unit, before.epoch, before.last_seq));
    uint8_t stored[UNIT_ROW_SIZE];
    unit_row_encode(unit, row, stored);
    return store_put(txn, LOG_UNITS, unit, bytes_of(stored, sizeof(stored)));
}

enum err log_units(struct store_txn *txn, log_unit_visit *visit, void *context)
{
    CLEANUP(store_cursor_close) struct store_cursor cursor = {0};
    enum err err = store_seek(txn, LOG_UNITS, BYTES_NONE, &cursor);
    while (err == OK) {
        struct unit_row row;
        TRY(unit_row_decode(cursor.key, cursor.value, &row));
        TRY(visit(context, cursor.key, &row));
        err = store_next(&cursor);
    }
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err log_signature_append(struct store_txn *txn, uint64_t position, struct bytes signature)
{
    struct log_position_key key;
    return store_append(txn, LOG_SIGNATURES, log_position_key(position, &key), signature);
}

enum err log_mark_append(struct store_txn *txn, uint64_t position)
{
    struct log_position_key key;
    return store_append(txn, LOG_MARKS, log_position_key(position, &key), BYTES_NONE);
}

/* A value of meta ends in the first bytes of SHA-256 over its name and itself: it is said nowhere
 * else, so nothing but a check tells a rotten one. */
enum { META_CHECK = 8, META_SIZE_MAX = 256 };

static struct hash meta_check(const char *name, struct bytes value)
{
    struct bytes parts[] = {bytes_of_text(name), value};
    return hash_of_parts(parts, ARRAY_LENGTH(parts));
}

enum err log_meta_put(struct store_txn *txn, const char *name, struct bytes value)
{
    uint8_t row[META_SIZE_MAX + META_CHECK];
    if (value.size > META_SIZE_MAX)
        return ERR_LIMIT;
    struct hash check = meta_check(name, value);
    memcpy(row, value.data, value.size);
    memcpy(row + value.size, check.bytes, META_CHECK);
    return store_put(txn, LOG_META, bytes_of_text(name), bytes_of(row, value.size + META_CHECK));
}

enum err log_meta_get(struct store_txn *txn, const char *name, struct bytes *out)
{
    struct bytes row;
    enum err err = store_get(txn, LOG_META, bytes_of_text(name), &row);
    if (err != OK)
        return err; /* not found is an answer */
    if (row.size < META_CHECK)
        return ERR_CORRUPT;
    struct bytes value = bytes_of(row.data, row.size - META_CHECK);
    struct hash check = meta_check(name, value);
    if (memcmp(check.bytes, row.data + value.size, META_CHECK) != 0)
        return ERR_CORRUPT;
    *out = value;
    return OK;
}

/*
 * The head file. It is replaced by a rename, so a torn one is a damaged disk and not a crash.
 *
 *   OFFSET  SIZE  MEANING
 *        0     8  "HSHEAD 1"
 *        8     8  position
 *       16    32  hash of the record there
 *       48    32  SHA-256 over bytes 0..47
 */
enum { HEAD_FILE_CHECK_AT = 48, HEAD_FILE_SIZE = 80 };
static const uint8_t head_file_magic[8] = {'H', 'S', 'H', 'E', 'A', 'D', ' ', '1'};

enum err log_head_file_write(const char *directory, const struct log_head *head)
{
    uint8_t file[HEAD_FILE_SIZE];
    memcpy(file, head_file_magic, sizeof(head_file_magic));
    u64_put(file + 8, head->position);
    memcpy(file + 16, head->hash.bytes, HASH_SIZE);
    struct hash check = hash_of(bytes_of(file, HEAD_FILE_CHECK_AT));
    memcpy(file + HEAD_FILE_CHECK_AT, check.bytes, HASH_SIZE);
    return file_replace(directory, "head", bytes_of(file, sizeof(file)));
}

enum err log_head_file_read(const char *directory, struct log_head *out)
{
    uint8_t file[HEAD_FILE_SIZE];
    size_t size = 0;
    enum err err = file_read_small(directory, "head", file, sizeof(file), &size);
    if (err == ERR_NOT_FOUND)
        return err;
    if (err == ERR_LIMIT)
        err = ERR_CORRUPT; /* longer than it can be */
    TRY(err);
    struct hash check = hash_of(bytes_of(file, HEAD_FILE_CHECK_AT));
    if (size != sizeof(file) || memcmp(file, head_file_magic, sizeof(head_file_magic)) != 0 ||
        memcmp(file + HEAD_FILE_CHECK_AT, check.bytes, HASH_SIZE) != 0)
        return ERR_CORRUPT;
    out->position = u64_get(file + 8);
    memcpy(out->hash.bytes, file + 16, HASH_SIZE);
    return OK;
}
