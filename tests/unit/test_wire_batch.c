/* test_wire_batch.c - batches, plain and compressed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <zstd.h>

#include "huoshui.pb-c.h"
#include "proto/wire.h"

#define T(literal) bytes_of_text(literal)

static void add_many(struct buffer *batch, size_t count)
{
    for (size_t i = 0; i < count; i++)
        wire_batch_add(batch, T("341502 六安 项目 签约 开工 竣工 投产"));
}

static void a_batch_gives_back_its_items_in_order(void **state)
{
    static const char *const texts[] = {"one", "", "three"};
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct bytes item;
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        wire_batch_add(&bytes, T(texts[i]));
    struct wire_batch batch = {buffer_bytes(&bytes)};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        assert_int_equal(wire_batch_next(&batch, &item), OK);
        assert_true(bytes_equal_text(item, texts[i]));
    }
    assert_int_equal(wire_batch_next(&batch, &item), ERR_NOT_FOUND);
    assert_int_equal(wire_batch_next(&batch, &item), ERR_NOT_FOUND);
    struct wire_batch empty = {BYTES_NONE};
    assert_int_equal(wire_batch_next(&empty, &item), ERR_NOT_FOUND);
}

static void a_batch_is_what_protobuf_calls_a_batch(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    (void)state;
    add_many(&bytes, 300);
    wire_batch_add(&bytes, BYTES_NONE);
    Huoshui__Batch *message = huoshui__batch__unpack(NULL, bytes.size, bytes.data);
    assert_non_null(message);
    assert_int_equal(message->n_items, 301);
    assert_int_equal(message->items[300].len, 0);
    assert_int_equal(huoshui__batch__get_packed_size(message), bytes.size);
    huoshui__batch__free_unpacked(message, NULL);
}

static void a_broken_batch_is_refused(void **state)
{
    static const char *const broken[] = {"\x0a\x05hi", "\x0a", "\x08\x01", "\x12\x01x", "\x0b"};
    struct bytes item;
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
        struct wire_batch batch = {T(broken[i])};
        assert_int_equal(wire_batch_next(&batch, &item), ERR_MALFORMED);
    }
}

static void a_large_batch_shrinks_and_comes_back(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    CLEANUP(buffer_release) struct buffer scratch = {0};
    CLEANUP(buffer_release) struct buffer unfolded = {0};
    struct bytes out;
    (void)state;
    add_many(&bytes, 500);
    struct bytes batch = buffer_bytes(&bytes);
    assert_true(wire_batch_compress(&batch, &scratch));
    assert_ptr_equal(batch.data, scratch.data);
    assert_true(batch.size < bytes.size / 8);
    assert_int_equal(wire_batch_expand(batch, &unfolded, &out), OK);
    assert_true(bytes_equal(out, buffer_bytes(&bytes)));
}

static void what_hardly_shrinks_is_left_alone(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    CLEANUP(buffer_release) struct buffer scratch = {0};
    (void)state;
    struct hash noise = {{1}};
    for (int i = 0; i < 100; i++) {
        noise = hash_of(hash_bytes(&noise));
        buffer_add(&bytes, hash_bytes(&noise));
    }
    struct bytes batch = buffer_bytes(&bytes);
    assert_false(wire_batch_compress(&batch, &scratch));
    assert_ptr_equal(batch.data, bytes.data);
    batch = bytes_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 50);
    assert_false(wire_batch_compress(&batch, &scratch));
}

/* What the receiver would refuse is not sent. */
static void a_batch_beyond_the_limit_is_neither_folded_nor_unfolded(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    CLEANUP(buffer_release) struct buffer scratch = {0};
    CLEANUP(buffer_release) struct buffer unfolded = {0};
    struct bytes out;
    (void)state;
    memset(buffer_extend(&bytes, BATCH_RAW_SIZE_MAX + 1), 'x', BATCH_RAW_SIZE_MAX + 1);
    struct bytes batch = buffer_bytes(&bytes);
    assert_false(wire_batch_compress(&batch, &scratch));
    size_t room = ZSTD_compressBound(bytes.size);
    scratch.size = 0;
    size_t size = ZSTD_compress(buffer_extend(&scratch, room), room, bytes.data, bytes.size, 1);
    assert_int_equal(wire_batch_expand(bytes_of(scratch.data, size), &unfolded, &out), ERR_LIMIT);
    assert_int_equal(unfolded.capacity, 0); /* refused before anything was allocated */
    batch = bytes_of(bytes.data, BATCH_RAW_SIZE_MAX);
    assert_true(wire_batch_compress(&batch, &scratch));
    assert_int_equal(wire_batch_expand(batch, &unfolded, &out), OK);
}

static void a_damaged_compressed_batch_is_refused(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    CLEANUP(buffer_release) struct buffer scratch = {0};
    CLEANUP(buffer_release) struct buffer unfolded = {0};
    struct bytes out;
    (void)state;
    add_many(&bytes, 100);
    struct bytes batch = buffer_bytes(&bytes);
    assert_true(wire_batch_compress(&batch, &scratch));
    for (size_t cut = 0; cut < batch.size; cut++)
        assert_int_equal(wire_batch_expand(bytes_of(batch.data, cut), &unfolded, &out),
                         ERR_MALFORMED);
    scratch.data[0] ^= 1;
    assert_int_equal(wire_batch_expand(batch, &unfolded, &out), ERR_MALFORMED);
    assert_int_equal(wire_batch_expand(BYTES_NONE, &unfolded, &out), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_gives_back_its_items_in_order),
        cmocka_unit_test(a_batch_is_what_protobuf_calls_a_batch),
        cmocka_unit_test(a_broken_batch_is_refused),
        cmocka_unit_test(a_large_batch_shrinks_and_comes_back),
        cmocka_unit_test(what_hardly_shrinks_is_left_alone),
        cmocka_unit_test(a_batch_beyond_the_limit_is_neither_folded_nor_unfolded),
        cmocka_unit_test(a_damaged_compressed_batch_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
