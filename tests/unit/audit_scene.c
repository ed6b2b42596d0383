/* audit_scene.c - see audit_scene.h. */
#include "tests/unit/audit_scene.h"

#include <ftw.h>

struct bytes city_keep(struct city *city, struct buffer *buffer)
{
    struct bytes kept = arena_copy(&city->arena, buffer_bytes(buffer));
    buffer_release(buffer);
    return kept;
}

struct record *city_add(struct city *city, enum record_kind kind, struct bytes detail)
{
    struct record *record = &city->records[city->count++];
    *record = (struct record){
        .position = city->count,
        .recorded_at_ms = 1664500000000 + (int64_t)city->count,
        .kind = kind,
        .unit = bytes_of_text("3415"),
        .detail = detail,
    };
    return record;
}

void city_open(struct city *city)
{
    struct buffer detail = {0};
    *city = (struct city){0};
    arena_init(&city->arena, 4 << 20);
    struct setting_record setting = {
        .name = bytes_of_text("六安市"),
        .unit = bytes_of_text("3415"),
        .log_id = bytes_of("0123456789abcdef", 16),
        .signing_key = bytes_of("signing-key-of-the-city-32-bytes", 32),
        .curve_key = bytes_of("curve-key-of-the-city-of-32-byte", 32),
    };
    wire_setting_encode(&setting, &detail);
    (void)city_add(city, RECORD_SETTING, city_keep(city, &detail));
}

static int city_remove_file(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    return remove(path);
}

void city_close(struct city *city)
{
    for (size_t i = 0; i < city->key_count; i++)
        signer_close(city->keys[i].signer);
    arena_release(&city->arena);
    if (*city->root)
        assert_int_equal(nftw(city->root, city_remove_file, 16, FTW_DEPTH | FTW_PHYS), 0);
}

struct roster_change city_change(const struct city_key *key, uint32_t action)
{
    return (struct roster_change){
        .action = action,
        .role = PEER_AGENT,
        .unit = bytes_of_text(key->unit),
        .name = bytes_of_text("金安区"),
        .unit_type = UNIT_COUNTY,
        .epoch = key->epoch,
        .curve_key = bytes_of(key->curve, sizeof key->curve),
        .signing_key = bytes_of(key->sign, sizeof key->sign),
        .key_id = bytes_of(key->key_id, sizeof key->key_id),
    };
}

struct record *city_roster(struct city *city, const struct roster_change *change)
{
    struct buffer detail = {0};
    wire_roster_change_encode(change, &detail);
    return city_add(city, RECORD_ROSTER, city_keep(city, &detail));
}

struct city_key *city_enrol(struct city *city, const char *unit, uint32_t epoch)
{
    struct city_key *key = &city->keys[city->key_count++];
    uint8_t secret[SIGN_KEY_SIZE];
    (void)snprintf(key->unit, sizeof key->unit, "%s", unit);
    key->epoch = epoch;
    memset(key->curve, (int)city->key_count, sizeof key->curve);
    assert_int_equal(sign_keypair(key->sign, secret), OK);
    assert_int_equal(signer_open(secret, &key->signer), OK);
    wire_key_id(bytes_of(key->curve, sizeof key->curve), bytes_of(key->sign, sizeof key->sign),
                key->key_id);
    struct roster_change change = city_change(key, ROSTER_ENROL);
    (void)city_roster(city, &change);
    return key;
}

void city_revoke(struct city *city, struct city_key *key)
{
    struct roster_change change = city_change(key, ROSTER_REVOKE);
    (void)city_roster(city, &change);
}

/* One event, not yet covered by a signature. */
struct record *city_say(struct city *city, struct city_key *key, const char *text)
{
    struct buffer envelope = {0};
    struct problem problem = {0};
    struct event event = {
        .envelope = {.algorithm = SIGN_ED25519_SHA256,
                     .kind = EVENT_NOTE,
                     .occurred_on = 19000,
                     .body = BODY_INVESTMENT_BUREAU},
        .note.text = bytes_of_text(text),
    };
    assert_int_equal(wire_event_seal(bytes_of_text(key->unit), &event, &envelope, &problem), OK);
    struct record *record = city_add(city, RECORD_EVENT, BYTES_NONE);
    record->unit = bytes_of_text(key->unit);
    record->epoch = key->epoch;
    record->seq = ++key->seq;
    record->envelope = city_keep(city, &envelope);
    struct hash hash = hash_of(record->envelope);
    key->chain = record->chain = hash_chain(&key->chain, &hash);
    return record;
}

/* The last event of the key becomes a refusal. */
struct record *city_refuse(struct city *city, struct city_key *key)
{
    struct record *record = city_say(city, key, "refused");
    record->kind = RECORD_REFUSAL;
    record->envelope_hash = hash_of(record->envelope);
    record->reason = REFUSAL_RIGHT;
    record->reason_text = bytes_of_text("no right");
    return record;
}

/* A push ends at the last record: signs everything since the key's push before. */
struct push_signature *city_sign(struct city *city, struct city_key *key)
{
    struct push_signature *signature = &city->signatures[city->count - 1];
    uint8_t bytes[SIGN_SIGNATURE_SIZE];
    struct buffer statement = {0};
    *signature = (struct push_signature){
        .position = city->count,
        .unit = bytes_of_text(key->unit),
        .epoch = key->epoch,
        .first_seq = key->pushed_seq + 1,
        .last_seq = key->seq,
    };
    wire_push_statement(signature->unit, key->epoch, signature->first_seq, key->seq, &key->chain,
                        &statement);
    assert_int_equal(signer_sign(key->signer, buffer_bytes(&statement), bytes), OK);
    buffer_release(&statement);
    signature->signature = arena_copy(&city->arena, bytes_of(bytes, sizeof bytes));
    key->pushed_seq = key->seq;
    return signature;
}

void city_push(struct city *city, struct city_key *key, int events)
{
    for (int i = 0; i < events; i++) {
        char text[48];
        (void)snprintf(text, sizeof text, "第%d件事 of %s", (int)key->seq + 1, key->unit);
        (void)city_say(city, key, text);
    }
    (void)city_sign(city, key);
}

/* Two counties, pushes of several sizes, a refusal, an enrolment anew: everything a log may hold.
 */
void city_live(struct city *city)
{
    city_open(city);
    struct city_key *jinan = city_enrol(city, "341502", 1);
    struct city_key *yuan = city_enrol(city, "341503", 1);
    city_push(city, jinan, 3);
    city_push(city, yuan, 1);
    city_push(city, jinan, 1);
    (void)city_refuse(city, yuan);
    (void)city_sign(city, yuan);
    city_revoke(city, jinan);
    struct city_key *again = city_enrol(city, "341502", 2);
    city_push(city, again, 2);
    city_push(city, yuan, 2);
}

/* ---- told to verify ---- */

enum err city_tell(struct city *city, struct verify *verify)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    enum err err = OK;
    for (size_t i = 0; i < city->count && err == OK; i++) {
        struct record record;
        struct problem problem = {0};
        buffer_clear(&bytes);
        wire_record_encode(&city->records[i], &bytes);
        assert_int_equal(wire_record_decode(buffer_bytes(&bytes), &record, &problem), OK);
        struct hash hash = hash_of(buffer_bytes(&bytes));
        err = verify_record(verify, &record, &hash);
        if (err == OK && city->signatures[i].signature.size > 0)
            err = verify_signature(verify, &city->signatures[i]);
    }
    return err == OK ? verify_end(verify) : err;
}

/* ---- written into a store ---- */

static void city_write_record(struct city *city, struct store_txn *txn, size_t i)
{
    struct buffer bytes = {0};
    const struct record *record = &city->records[i];
    const struct push_signature *signature = &city->signatures[i];
    wire_record_encode(record, &bytes);
    struct bytes written = buffer_bytes(&bytes);
    struct hash hash = hash_of(written);
    assert_int_equal(log_append(txn, i + 1, &written, &hash, 1), OK);
    if (record->seq == 0) {
        assert_int_equal(log_mark_append(txn, i + 1), OK);
    } else {
        const struct record *before = &city->records[i - 1];
        if (!bytes_equal(before->unit, record->unit) || before->seq == 0)
            assert_int_equal(log_run_put(txn, record->unit, record->epoch, record->seq, i + 1), OK);
        if (record->kind == RECORD_REFUSAL)
            assert_int_equal(log_refusal_put(txn, record->unit, record->epoch, record->seq, i + 1),
                             OK);
    }
    buffer_clear(&bytes);
    if (signature->signature.size > 0) {
        wire_push_signature_encode(signature, &bytes);
        assert_int_equal(log_signature_append(txn, i + 1, buffer_bytes(&bytes)), OK);
    }
    buffer_release(&bytes);
}

static void city_write_units(struct city *city, struct store_txn *txn)
{
    for (size_t k = 0; k < city->key_count;
         k++) { /* epochs in their order: the older one is closed */
        const struct city_key *key = &city->keys[k];
        struct unit_row row = {.epoch = key->epoch, .last_seq = key->seq, .chain = key->chain};
        for (size_t i = 0; i < city->count; i++) {
            const struct record *record = &city->records[i];
            if (record->seq == 0 || record->epoch != key->epoch ||
                !bytes_equal_text(record->unit, key->unit))
                continue;
            row.last_position = i + 1;
            row.refused_count += record->kind == RECORD_REFUSAL;
        }
        assert_int_equal(log_unit_put(txn, bytes_of_text(key->unit), &row), OK);
    }
}

struct store *city_store_open(struct city *city)
{
    char path[96];
    struct store *store = NULL;
    struct problem problem = {0};
    (void)snprintf(path, sizeof path, "%s/store", city->root);
    struct store_options options = {.directory = path,
                                    .map_bytes = 8 << 20,
                                    .reserve_bytes = 1 << 20,
                                    .no_sync = true,
                                    .tables = log_tables};
    if (store_open(&options, &store, &problem) != OK)
        fail_msg("%s", problem.text);
    return store;
}

/* ROOT/store, as a broker that was stopped leaves it. */
void city_store(struct city *city)
{
    char path[96];
    struct store_txn *txn = NULL;
    struct log_head head;
    (void)snprintf(city->root, sizeof city->root, "/tmp/audit-test-XXXXXX");
    assert_non_null(mkdtemp(city->root));
    struct store *store = city_store_open(city);
    assert_int_equal(store_begin(store, &txn), OK);
    for (size_t i = 0; i < city->count; i++)
        city_write_record(city, txn, i);
    city_write_units(city, txn);
    assert_int_equal(store_commit(txn), OK);
    assert_int_equal(store_begin_read(store, &txn), OK);
    assert_int_equal(log_head(txn, &head), OK);
    store_txn_abort(txn);
    store_close(store);
    (void)snprintf(path, sizeof path, "%s/store", city->root);
    assert_int_equal(log_head_file_write(path, &head), OK);
}
