/* test_outbox.c - what a clerk handed over stays, in order, chained, and found again. */
#include "store_scene.h"

#include "store/outbox.h"

static struct store *open_outbox(const struct scene *scene)
{
    struct store_options options = scene_options(scene);
    options.tables = outbox_tables;
    return scene_open(&options);
}

static struct bytes envelope_of(uint32_t generation, uint64_t seq, char text[64])
{
    (void)snprintf(text, 64, "envelope %u of generation %u", (unsigned)seq, generation);
    return bytes_of_text(text);
}

static struct bytes id_of(uint32_t generation, uint64_t seq, uint8_t id[OUTBOX_EVENT_ID_SIZE])
{
    char text[64];
    struct hash hash = hash_of(envelope_of(generation, seq, text));
    memcpy(id, hash.bytes, OUTBOX_EVENT_ID_SIZE);
    return bytes_of(id, OUTBOX_EVENT_ID_SIZE);
}

static void append(struct store_txn *txn, struct outbox_state *outbox, uint64_t count)
{
    char text[64];
    uint8_t id[OUTBOX_EVENT_ID_SIZE];
    for (uint64_t i = 0; i < count; i++) {
        uint64_t seq = outbox->last_seq + 1;
        struct bytes envelope = envelope_of(outbox->generation, seq, text);
        struct bytes event_id = id_of(outbox->generation, seq, id);
        assert_int_equal(outbox_append(txn, outbox, event_id, envelope), OK);
        assert_int_equal(outbox->last_seq, seq);
    }
    assert_int_equal(outbox_state_put(txn, outbox), OK);
}

static void begin(struct store *store, struct store_txn **txn, struct outbox_state *outbox)
{
    assert_int_equal(store_begin(store, txn), OK);
    assert_int_equal(outbox_state_get(*txn, outbox), OK);
}

static void begin_with(struct store *store, struct store_txn **txn, uint64_t count)
{
    struct outbox_state outbox;
    begin(store, txn, &outbox);
    append(*txn, &outbox, count);
}

static void a_fresh_outbox_is_in_generation_1(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_state outbox;
    begin(store, &txn, &outbox);
    assert_int_equal(outbox.generation, 1);
    assert_int_equal(outbox.last_seq, 0);
    assert_int_equal(outbox.epoch, 0);
    assert_true(hash_is_zero(&outbox.chain));
    store_txn_abort(txn);
    store_close(store);
}

static void the_state_comes_back_in_every_field(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_state found;
    struct outbox_state outbox = {
        .generation = 2,
        .epoch = 5,
        .last_seq = 1ULL << 40,
        .acked_seq = 77,
        .acked_position = 1ULL << 33,
        .token_size = 40,
        .refused_count = 3,
        .rejoin_epoch = 6,
    };
    memset(outbox.chain.bytes, 0xcc, HASH_SIZE);
    memset(outbox.token, 0x70, outbox.token_size);
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(outbox_state_put(txn, &outbox), OK);
    assert_int_equal(outbox_state_get(txn, &found), OK);
    assert_int_equal(found.generation, 2);
    assert_int_equal(found.epoch, 5);
    assert_int_equal(found.last_seq, 1ULL << 40);
    assert_int_equal(found.acked_seq, 77);
    assert_int_equal(found.acked_position, 1ULL << 33);
    assert_true(hash_equal(&found.chain, &outbox.chain));
    assert_int_equal(found.token_size, 40);
    assert_memory_equal(found.token, outbox.token, OUTBOX_TOKEN_MAX);
    assert_int_equal(found.refused_count, 3);
    assert_int_equal(found.rejoin_epoch, 6);
    store_txn_abort(txn);
    store_close(store);
}

static void spoil(struct store_txn *txn, unsigned table, struct bytes key, size_t at)
{
    struct bytes found;
    uint8_t copy[512] = {0};
    assert_int_equal(store_get(txn, table, key, &found), OK);
    assert_true(at < found.size && found.size <= sizeof(copy));
    memcpy(copy, found.data, found.size);
    copy[at] ^= 0x04;
    assert_int_equal(store_put(txn, table, key, bytes_of(copy, found.size)), OK);
}

static void a_rotten_state_is_not_believed(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_state outbox = {.generation = 1, .last_seq = 9};
    struct bytes name = bytes_of_text("state");
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(outbox_state_put(txn, &outbox), OK);
    for (size_t at = 0; at < 153; at++) {
        spoil(txn, OUTBOX_META, name, at);
        assert_int_equal(outbox_state_get(txn, &outbox), ERR_CORRUPT);
        spoil(txn, OUTBOX_META, name, at);
    }
    assert_int_equal(outbox_state_get(txn, &outbox), OK);
    store_txn_abort(txn);
    store_close(store);
}

static void events_are_chained_and_found_by_seq_and_by_id(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_state outbox;
    struct hash expected = {0};
    begin(store, &txn, &outbox);
    append(txn, &outbox, 20);
    assert_int_equal(store_commit(txn), OK);
    begin(store, &txn, &outbox);
    assert_int_equal(outbox.last_seq, 20);
    for (uint64_t seq = 1; seq <= 20; seq++) {
        char text[64];
        uint8_t id[OUTBOX_EVENT_ID_SIZE];
        struct bytes envelope;
        struct hash chain;
        uint32_t generation = 0;
        uint64_t found = 0;
        struct hash envelope_hash = hash_of(envelope_of(1, seq, text));
        expected = hash_chain(&expected, &envelope_hash);
        assert_int_equal(outbox_event(txn, 1, seq, &envelope, &chain), OK);
        assert_true(bytes_equal_text(envelope, text));
        assert_true(hash_equal(&chain, &expected));
        assert_int_equal(outbox_chain(txn, 1, seq, &chain), OK);
        assert_true(hash_equal(&chain, &expected));
        assert_int_equal(outbox_find(txn, id_of(1, seq, id), &generation, &found), OK);
        assert_int_equal(generation, 1);
        assert_int_equal(found, seq);
    }
    assert_true(hash_equal(&outbox.chain, &expected));
    store_txn_abort(txn);
    store_close(store);
}

static void what_was_never_taken_is_not_found(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct bytes envelope;
    struct hash chain;
    uint8_t id[OUTBOX_EVENT_ID_SIZE];
    uint32_t generation;
    uint64_t seq;
    begin_with(store, &txn, 2);
    assert_int_equal(outbox_event(txn, 1, 3, &envelope, &chain), ERR_NOT_FOUND);
    assert_int_equal(outbox_event(txn, 2, 1, &envelope, &chain), ERR_NOT_FOUND);
    assert_int_equal(outbox_event(txn, 1, 0, &envelope, &chain), ERR_NOT_FOUND);
    assert_int_equal(outbox_chain(txn, 1, 3, &chain), ERR_NOT_FOUND);
    assert_int_equal(outbox_chain(txn, 1, 0, &chain), OK);
    assert_true(hash_is_zero(&chain));
    assert_int_equal(outbox_find(txn, id_of(1, 3, id), &generation, &seq), ERR_NOT_FOUND);
    store_txn_abort(txn);
    store_close(store);
}

static void an_ack_deletes_nothing(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_state outbox;
    struct bytes envelope;
    struct hash chain;
    begin_with(store, &txn, 5);
    assert_int_equal(outbox_state_get(txn, &outbox), OK);
    outbox.acked_seq = 5;
    assert_int_equal(outbox_state_put(txn, &outbox), OK);
    assert_int_equal(store_commit(txn), OK);
    begin(store, &txn, &outbox);
    append(txn, &outbox, 1);
    for (uint64_t seq = 1; seq <= 6; seq++)
        assert_int_equal(outbox_event(txn, 1, seq, &envelope, &chain), OK);
    store_txn_abort(txn);
    store_close(store);
}

static const struct outbox_room whole_group = {.count = HASH_GROUP, .bytes = UINT64_MAX};

/* The row at this place of rows is the one that outbox_event gives. */
static void assert_row(struct store_txn *txn, const struct outbox_rows *rows, size_t at,
                       uint32_t generation, uint64_t seq)
{
    struct bytes envelope;
    struct hash chain;
    assert_int_equal(outbox_event(txn, generation, seq, &envelope, &chain), OK);
    assert_true(bytes_equal(rows->envelopes[at], envelope));
    assert_memory_equal(rows->chains[at], chain.bytes, HASH_SIZE);
}

static void rows_are_read_in_groups_within_their_generation(void **state)
{
    enum { ROWS = 3 * HASH_GROUP - 7 };
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_state outbox;
    struct outbox_rows rows;
    begin(store, &txn, &outbox);
    append(txn, &outbox, ROWS);
    outbox = (struct outbox_state){.generation = 2};
    append(txn, &outbox, 3);
    assert_int_equal(store_commit(txn), OK);
    assert_int_equal(store_begin_read(store, &txn), OK);
    for (uint32_t generation = 1; generation <= 2; generation++) {
        uint64_t seq = 2, last = generation == 1 ? ROWS : 3;
        while (outbox_read(txn, generation, seq, whole_group, &rows) == OK) {
            uint64_t left = last - seq + 1;
            assert_int_equal(rows.count, left < HASH_GROUP ? left : HASH_GROUP);
            for (size_t i = 0; i < rows.count; i++)
                assert_row(txn, &rows, i, generation, seq + i);
            seq += rows.count;
        }
        assert_int_equal(seq, last + 1);
        assert_int_equal(outbox_read(txn, generation, seq, whole_group, &rows), ERR_NOT_FOUND);
    }
    store_txn_abort(txn);
    store_close(store);
}

static void a_group_keeps_to_its_room_but_holds_one_row_at_least(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_rows rows;
    uint64_t size = strlen("envelope 1 of generation 1"); /* of each */
    begin_with(store, &txn, 9);
    for (size_t count = 1; count <= 9; count++) {
        struct outbox_room room = {.count = count, .bytes = UINT64_MAX};
        assert_int_equal(outbox_read(txn, 1, 1, room, &rows), OK);
        assert_int_equal(rows.count, count);
        room = (struct outbox_room){.count = HASH_GROUP, .bytes = count * size};
        assert_int_equal(outbox_read(txn, 1, 1, room, &rows), OK);
        assert_int_equal(rows.count, count);
        room.bytes--;
        assert_int_equal(outbox_read(txn, 1, 1, room, &rows), OK);
        assert_int_equal(rows.count, count > 1 ? count - 1 : 1);
    }
    store_txn_abort(txn);
    store_close(store);
}

static struct bytes event_row(uint64_t seq, uint8_t key[12])
{
    u32_put(key, 1);
    u64_put(key + 4, seq);
    return bytes_of(key, 12);
}

static void a_rotten_row_is_found_at_its_seq_and_those_before_it_are_given(void **state)
{
    static const size_t places[] = {0, HASH_SIZE - 1, HASH_SIZE, HASH_SIZE + 9};
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_rows rows;
    uint8_t key[12];
    begin_with(store, &txn, HASH_GROUP + 2);
    for (uint64_t seq = 1; seq <= HASH_GROUP + 2; seq++) {
        size_t at = places[seq % ARRAY_LENGTH(places)];
        spoil(txn, OUTBOX_EVENTS, event_row(seq, key), at);
        enum err err = outbox_read(txn, 1, 1, whole_group, &rows);
        assert_int_equal(err, seq == 1 ? ERR_CORRUPT : OK);
        assert_true(seq == 1 || rows.count == (seq <= HASH_GROUP ? seq - 1 : HASH_GROUP));
        for (size_t i = 0; err == OK && i < rows.count; i++)
            assert_row(txn, &rows, i, 1, 1 + i);
        assert_int_equal(outbox_read(txn, 1, seq, whole_group, &rows), ERR_CORRUPT);
        spoil(txn, OUTBOX_EVENTS, event_row(seq, key), at);
    }
    store_txn_abort(txn);
    store_close(store);
}

static void a_missing_row_ends_a_group_and_what_follows_it_is_not_believed(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_rows rows;
    uint8_t key[12], copy[128];
    begin_with(store, &txn, 6);
    assert_int_equal(store_remove(txn, OUTBOX_EVENTS, event_row(4, key)), OK);
    assert_true(outbox_read(txn, 1, 2, whole_group, &rows) == OK && rows.count == 2);
    assert_int_equal(outbox_read(txn, 1, 4, whole_group, &rows), ERR_CORRUPT);
    assert_int_equal(outbox_read(txn, 1, 5, whole_group, &rows), ERR_CORRUPT);
    assert_int_equal(outbox_read(txn, 1, 6, whole_group, &rows), OK);
    struct bytes last = bytes_of(rows.chains[0], HASH_SIZE + rows.envelopes[0].size);
    memcpy(copy, last.data, last.size);
    last.data = copy; /* the key has rotted, not the row */
    assert_int_equal(store_remove(txn, OUTBOX_EVENTS, event_row(6, key)), OK);
    assert_int_equal(store_put(txn, OUTBOX_EVENTS, event_row(7, key), last), OK);
    assert_int_equal(outbox_read(txn, 1, 6, whole_group, &rows), ERR_CORRUPT);
    store_txn_abort(txn);
    store_close(store);
}

static void an_id_said_anew_stands_for_its_newest_place(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_state outbox;
    uint8_t id[OUTBOX_EVENT_ID_SIZE];
    uint32_t generation = 0;
    uint64_t seq = 0;
    begin(store, &txn, &outbox);
    append(txn, &outbox, 3);
    outbox = (struct outbox_state){.generation = 2};
    struct bytes event_id = id_of(1, 2, id);
    assert_int_equal(outbox_append(txn, &outbox, event_id, bytes_of_text("again")), OK);
    assert_int_equal(outbox_find(txn, event_id, &generation, &seq), OK);
    assert_int_equal(generation, 2);
    assert_int_equal(seq, 1);
    store_txn_abort(txn);
    store_close(store);
}

static void a_flipped_bit_breaks_the_chain_where_it_stands(void **state)
{
    static const size_t places[] = {0, HASH_SIZE - 1, HASH_SIZE, HASH_SIZE + 9};
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct bytes envelope;
    struct hash chain;
    uint8_t key_bytes[12];
    struct bytes key = event_row(3, key_bytes);
    begin_with(store, &txn, 5);
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        spoil(txn, OUTBOX_EVENTS, key, places[i]);
        assert_int_equal(outbox_event(txn, 1, 3, &envelope, &chain), ERR_CORRUPT);
        assert_int_equal(outbox_event(txn, 1, 2, &envelope, &chain), OK);
        assert_int_equal(outbox_event(txn, 1, 5, &envelope, &chain), OK);
        spoil(txn, OUTBOX_EVENTS, key, places[i]);
    }
    assert_int_equal(store_remove(txn, OUTBOX_EVENTS, key), OK);
    assert_int_equal(outbox_event(txn, 1, 4, &envelope, &chain), ERR_CORRUPT); /* a hole */
    store_txn_abort(txn);
    store_close(store);
}

static void a_failed_append_leaves_the_state_alone(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_state outbox;
    uint8_t id[OUTBOX_EVENT_ID_SIZE];
    begin(store, &txn, &outbox);
    append(txn, &outbox, 3);
    struct outbox_state stale = {.generation = 1, .last_seq = 1}; /* the seq is taken */
    assert_int_equal(outbox_append(txn, &stale, id_of(1, 2, id), bytes_of_text("x")), ERR_CORRUPT);
    assert_int_equal(stale.last_seq, 1);
    assert_true(hash_is_zero(&stale.chain));
    store_txn_abort(txn);
    store_close(store);
}

static enum err list_refusal(void *context, const struct outbox_refusal *refusal)
{
    struct buffer *seen = context;
    buffer_add_format(seen, "%u/%u@%u r%u ", refusal->generation, (unsigned)refusal->seq,
                      (unsigned)refusal->position, refusal->reason);
    buffer_add(seen, refusal->text);
    buffer_add_text(seen, ";");
    return OK;
}

static void a_refusal_told_twice_stands_once(void **state)
{
    CLEANUP(buffer_release) struct buffer seen = {0};
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct outbox_refusal refusal = {
        .generation = 1, .seq = 4, .position = 90, .reason = 3, .text = bytes_of_text("no right")};
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(outbox_refusal_put(txn, &refusal), OK);
    assert_int_equal(outbox_refusal_put(txn, &refusal), OK);
    refusal = (struct outbox_refusal){.generation = 2, .seq = 1, .position = 95, .reason = 1};
    assert_int_equal(outbox_refusal_put(txn, &refusal), OK);
    refusal.position = 80; /* a restored broker has answered anew, elsewhere */
    assert_int_equal(outbox_refusal_put(txn, &refusal), OK);
    assert_int_equal(outbox_refusals(txn, list_refusal, &seen), OK);
    assert_true(bytes_equal_text(buffer_bytes(&seen), "1/4@90 r3 no right;2/1@80 r1 ;"));
    store_txn_abort(txn);
    store_close(store);
}

static enum err take_text(void *context, const struct outbox_refusal *refusal)
{
    struct bytes *text = context;
    *text = refusal->text;
    return OK;
}

static void a_refusals_overlong_text_is_cut_between_characters(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    struct bytes text = BYTES_NONE;
    static const uint8_t wide[] = {0xe5, 0xba, 0x93};
    uint8_t large[3000];
    for (size_t i = 0; i < sizeof(large); i += sizeof(wide))
        memcpy(large + i, wide, sizeof(wide));
    struct outbox_refusal refusal = {
        .generation = 1, .seq = 1, .text = bytes_of(large, sizeof(large))};
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(outbox_refusal_put(txn, &refusal), OK);
    assert_int_equal(outbox_refusals(txn, take_text, &text), OK);
    assert_int_equal(text.size, 1023);
    assert_true(bytes_are_utf8(text));
    store_txn_abort(txn);
    store_close(store);
}

static void what_was_said_of_a_cell_is_remembered_and_replaced(void **state)
{
    struct store *store = open_outbox(*state);
    struct store_txn *txn = NULL;
    uint8_t key[OUTBOX_SAID_KEY_SIZE];
    uint8_t first[OUTBOX_EVENT_ID_SIZE], second[OUTBOX_EVENT_ID_SIZE];
    struct bytes value, event_id;
    outbox_said_key(bytes_of_text("projects"), bytes_of_text("0001"), bytes_of_text("amount"), key);
    assert_int_equal(store_begin(store, &txn), OK);
    assert_int_equal(outbox_said_get(txn, key, &value, &event_id), ERR_NOT_FOUND);
    assert_int_equal(outbox_said_put(txn, key, bytes_of_text("1.2亿元"), id_of(1, 1, first)), OK);
    assert_int_equal(outbox_said_put(txn, key, BYTES_NONE, id_of(1, 2, second)), OK);
    assert_int_equal(outbox_said_get(txn, key, &value, &event_id), OK);
    assert_int_equal(value.size, 0);
    assert_true(bytes_equal(event_id, bytes_of(second, sizeof(second))));
    assert_int_equal(outbox_said_put(txn, key, bytes_of_text("1.3亿元"), id_of(1, 1, first)), OK);
    assert_int_equal(outbox_said_get(txn, key, &value, &event_id), OK);
    assert_true(bytes_equal_text(value, "1.3亿元"));
    assert_true(bytes_equal(event_id, bytes_of(first, sizeof(first))));
    store_txn_abort(txn);
    store_close(store);
}

static void parts_of_a_said_key_do_not_run_into_each_other(void **state)
{
    uint8_t left[OUTBOX_SAID_KEY_SIZE];
    uint8_t right[OUTBOX_SAID_KEY_SIZE];
    (void)state;
    outbox_said_key(bytes_of_text("ab"), bytes_of_text("c"), bytes_of_text("d"), left);
    outbox_said_key(bytes_of_text("a"), bytes_of_text("bc"), bytes_of_text("d"), right);
    assert_memory_not_equal(left, right, OUTBOX_SAID_KEY_SIZE);
    outbox_said_key(bytes_of_text("ab"), bytes_of_text(""), bytes_of_text("cd"), right);
    assert_memory_not_equal(left, right, OUTBOX_SAID_KEY_SIZE);
    outbox_said_key(bytes_of("a\0\0\0\0\0\0\0\0b", 10), bytes_of_text("c"), BYTES_NONE, left);
    outbox_said_key(bytes_of_text("a"), bytes_of_text("b"), bytes_of("c\0\0\0\0\0\0\0", 9), right);
    assert_memory_not_equal(left, right, OUTBOX_SAID_KEY_SIZE);
    outbox_said_key(bytes_of_text("a"), bytes_of_text("b"), bytes_of("c\0\0\0\0\0\0\0", 9), left);
    assert_memory_equal(left, right, OUTBOX_SAID_KEY_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_fresh_outbox_is_in_generation_1),
        SCENE_TEST(the_state_comes_back_in_every_field),
        SCENE_TEST(a_rotten_state_is_not_believed),
        SCENE_TEST(events_are_chained_and_found_by_seq_and_by_id),
        SCENE_TEST(what_was_never_taken_is_not_found),
        SCENE_TEST(an_ack_deletes_nothing),
        SCENE_TEST(rows_are_read_in_groups_within_their_generation),
        SCENE_TEST(a_group_keeps_to_its_room_but_holds_one_row_at_least),
        SCENE_TEST(a_rotten_row_is_found_at_its_seq_and_those_before_it_are_given),
        SCENE_TEST(a_missing_row_ends_a_group_and_what_follows_it_is_not_believed),
        SCENE_TEST(an_id_said_anew_stands_for_its_newest_place),
        SCENE_TEST(a_flipped_bit_breaks_the_chain_where_it_stands),
        SCENE_TEST(a_failed_append_leaves_the_state_alone),
        SCENE_TEST(a_refusal_told_twice_stands_once),
        SCENE_TEST(a_refusals_overlong_text_is_cut_between_characters),
        SCENE_TEST(what_was_said_of_a_cell_is_remembered_and_replaced),
        SCENE_TEST(parts_of_a_said_key_do_not_run_into_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
