/* test_hash.c - SHA-256, HMAC and the chain against published vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/hash.h"

static void assert_hash(struct hash hash, const char *hex)
{
    char text[2 * HASH_SIZE + 1];
    assert_string_equal(hex_text(hash_bytes(&hash), text, sizeof(text)), hex);
}

/* FIPS 180-4, examples of NIST. */
static void sha256_follows_its_standard(void **state)
{
    static uint8_t million[1000000];
    (void)state;
    assert_hash(hash_of(BYTES_NONE),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(hash_of(bytes_of_text("abc")),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash(hash_of(bytes_of_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    memset(million, 'a', sizeof(million));
    assert_hash(hash_of(bytes_of(million, sizeof(million))),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void a_hash_of_parts_is_the_hash_of_the_parts_joined(void **state)
{
    const char *text = "one two three";
    (void)state;
    struct hash whole = hash_of(bytes_of_text(text));
    for (size_t cut = 0; cut <= strlen(text); cut++) {
        struct bytes parts[] = {bytes_of(text, cut), BYTES_NONE,
                                bytes_of(text + cut, strlen(text) - cut)};
        struct hash joined = hash_of_parts(parts, ARRAY_LENGTH(parts));
        assert_true(hash_equal(&whole, &joined));
    }
}

/* Sizes around blocks and beyond what lanes take, in groups of every size. */
static void many_hashes_are_those_of_one_by_one(void **state)
{
    enum { COUNT = 3 * HASH_GROUP, LARGE = 300 << 10, LARGE_AT = 70 };
    static uint8_t room[LARGE + COUNT];
    static struct hash together[COUNT + 1];
    struct bytes messages[COUNT];
    (void)state;
    for (size_t i = 0; i < sizeof(room); i++)
        room[i] = (uint8_t)(i * 31 + i / 251);
    for (size_t i = 0; i < COUNT; i++)
        messages[i] = bytes_of(room + i, i * 7);
    messages[LARGE_AT] = bytes_of(room, LARGE);
    for (size_t count = 0; count <= COUNT; count++) {
        memset(together, 0, sizeof(together));
        hash_many(messages, count, together);
        assert_true(hash_is_zero(&together[count]));
        for (size_t i = 0; i < count; i++) {
            struct hash alone = hash_of(messages[i]);
            assert_true(hash_equal(&alone, &together[i]));
        }
    }
}

static void *hash_in_a_thread(void *argument)
{
    struct hash *hashes = argument;
    struct bytes messages[HASH_GROUP];
    for (size_t i = 0; i < HASH_GROUP; i++)
        messages[i] = bytes_of_text("the same for all");
    hash_many(messages, HASH_GROUP, hashes);
    return NULL;
}

static void threads_hash_groups_at_the_same_time(void **state)
{
    enum { THREADS = 4 };
    static struct hash hashes[THREADS][HASH_GROUP];
    pthread_t threads[THREADS];
    struct hash expected = hash_of(bytes_of_text("the same for all"));
    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hash_in_a_thread, hashes[i]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        for (size_t k = 0; k < HASH_GROUP; k++)
            assert_true(hash_equal(&hashes[i][k], &expected));
    }
}

static void a_chain_link_covers_what_was_before_and_the_envelope(void **state)
{
    struct hash zero = {{0}}, envelope = hash_of(bytes_of_text("envelope"));
    uint8_t joined[2 * HASH_SIZE] = {0};
    (void)state;
    memcpy(joined + HASH_SIZE, envelope.bytes, HASH_SIZE);
    struct hash expected = hash_of(bytes_of(joined, sizeof(joined)));
    struct hash link = hash_chain(&zero, &envelope);
    struct hash swapped = hash_chain(&envelope, &zero);
    assert_true(hash_equal(&link, &expected));
    assert_false(hash_equal(&link, &swapped));
}

static void one_bit_makes_hashes_differ_and_zero_is_only_zero(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < 8UL * HASH_SIZE; bit++) {
        struct hash zero = {{0}}, other = {{0}};
        other.bytes[bit / 8] = (uint8_t)(1U << bit % 8);
        assert_false(hash_equal(&zero, &other));
        assert_true(hash_is_zero(&zero));
        assert_false(hash_is_zero(&other));
    }
}

/* RFC 4231, cases 1, 2 and 6 (a key longer than a block); 64 and 65 bytes meet both sides of the
 * block's size. */
static void hmac_follows_its_standard(void **state)
{
    uint8_t key[131];
    (void)state;
    memset(key, 0x0b, 20);
    assert_hash(hash_hmac(bytes_of(key, 20), bytes_of_text("Hi There")),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hash(hash_hmac(bytes_of_text("Jefe"), bytes_of_text("what do ya want for nothing?")),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof(key));
    assert_hash(hash_hmac(bytes_of(key, sizeof(key)),
                          bytes_of_text("Test Using Larger Than Block-Size Key - Hash Key First")),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_hash(hash_hmac(bytes_of(key, 64), bytes_of_text("edge")),
                "6a599c2e1bd634e06e5e757c87aefabb46596905a0e71e41cd131e931dc8dd3d");
    assert_hash(hash_hmac(bytes_of(key, 65), bytes_of_text("edge")),
                "35b8c3e65dabe81902fa78f61def8031fb2bb3b9af41bfc2ff0c84063069e566");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_follows_its_standard),
        cmocka_unit_test(a_hash_of_parts_is_the_hash_of_the_parts_joined),
        cmocka_unit_test(many_hashes_are_those_of_one_by_one),
        cmocka_unit_test(threads_hash_groups_at_the_same_time),
        cmocka_unit_test(a_chain_link_covers_what_was_before_and_the_envelope),
        cmocka_unit_test(one_bit_makes_hashes_differ_and_zero_is_only_zero),
        cmocka_unit_test(hmac_follows_its_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
