/*
 * test_mix_hash.c - the ledger's tables stay level whatever is put in them: ids and keys that
 * differ little fall apart, by a seed that is not told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "ledger/event/event.h"
#include "ledger/fold/mix_hash.h"

enum { KEYS = 4096, BUCKETS = 1024, EVENLY = KEYS / BUCKETS };
enum { DEEPEST = 6 * EVENLY }; /* by chance one in 10^9 tables has a bucket so deep */
#define SEED 0x5eed5eed5eedu

static uint16_t buckets[2][BUCKETS];

static void begin(void)
{
    memset(buckets, 0, sizeof buckets);
}

/* The tables take the upper half from its low end; the lower end must be as good. */
static void put(struct bytes key)
{
    uint64_t hash = mix_hash(SEED, key);
    buckets[0][(hash >> 32) % BUCKETS]++;
    buckets[1][hash % BUCKETS]++;
}

static void assert_level(void)
{
    for (size_t half = 0; half < 2; half++) {
        size_t empty = 0;
        for (size_t i = 0; i < BUCKETS; i++) {
            assert_in_range(buckets[half][i], 0, DEEPEST);
            empty += buckets[half][i] == 0;
        }
        assert_in_range(empty, 0, 3 * BUCKETS / 100); /* e^-4 of them: 19 */
    }
}

static void ids_that_count_up_fall_apart(void **state)
{
    (void)state;
    for (size_t at = 0; at + 2 <= EVENT_ID_SIZE; at++) { /* wherever they count */
        begin();
        for (unsigned i = 0; i < KEYS; i++) {
            uint8_t id[EVENT_ID_SIZE] = {0};
            id[at] = (uint8_t)i;
            id[at + 1] = (uint8_t)(i >> 8);
            put(bytes_of(id, sizeof id));
        }
        assert_level();
    }
}

static void ids_with_equal_low_bits_fall_apart(void **state)
{
    (void)state;
    begin();
    for (uint64_t i = 0; i < KEYS; i++) {
        uint64_t words[2] = {i << 48 | 0x123456789abcu, i << 52 | 0xfedcba987654u};
        put(bytes_of(words, sizeof words));
    }
    assert_level();
}

static void keys_of_projects_fall_apart(void **state)
{
    (void)state;
    for (int digits = 1; digits <= 30; digits += 4) { /* short and long: each tail of the hash */
        begin();
        for (int i = 0; i < KEYS; i++) {
            char key[64];
            int size = snprintf(key, sizeof key, "3415%02d/%0*d", i % 12, digits, i);
            put(bytes_of(key, (size_t)size));
        }
        assert_level();
    }
}

static int bits_of(uint64_t word)
{
    return __builtin_popcountll(word);
}

static void each_byte_moves_about_half_of_the_bits(void **state)
{
    enum { SIZES = 40, TRIES = 64 };
    (void)state;
    for (size_t size = 1; size <= SIZES; size++) {
        for (size_t at = 0; at < size; at++) {
            int moved = 0;
            for (int i = 0; i < TRIES; i++) {
                uint8_t text[SIZES];
                memset(text, i, sizeof text);
                uint64_t before = mix_hash(SEED, bytes_of(text, size));
                text[at] ^= (uint8_t)(1 << i % 8);
                uint64_t after = mix_hash(SEED, bytes_of(text, size));
                assert_true(before != after);
                moved += bits_of(before ^ after);
            }
            assert_in_range(moved, TRIES * 24, TRIES * 40);
        }
    }
}

static void a_longer_text_of_equal_bytes_is_another(void **state)
{
    static const uint8_t zeros[64];
    (void)state;
    for (size_t left = 0; left < sizeof zeros; left++) {
        for (size_t right = left + 1; right <= sizeof zeros; right++)
            assert_true(mix_hash(SEED, bytes_of(zeros, left)) !=
                        mix_hash(SEED, bytes_of(zeros, right)));
    }
}

static void what_meets_under_one_seed_parts_under_another(void **state)
{
    int meet = 0, meet_again = 0, moved = 0;
    (void)state;
    for (unsigned i = 0; i < KEYS; i++) {
        unsigned other = i + KEYS;
        struct bytes left = bytes_of(&i, sizeof i), right = bytes_of(&other, sizeof other);
        bool is_met = mix_hash(1, left) % BUCKETS % 16 == mix_hash(1, right) % BUCKETS % 16;
        meet += is_met;
        meet_again += is_met && mix_hash(2, left) % 16 == mix_hash(2, right) % 16;
        moved += bits_of(mix_hash(1, left) ^ mix_hash(2, left));
    }
    assert_in_range(meet, KEYS / 32, KEYS / 8);
    assert_in_range(meet_again, 1, meet / 8); /* one in sixteen, as of any two */
    assert_in_range(moved, KEYS * 28, KEYS * 36);
    assert_true(mix_hash(1, BYTES_NONE) != mix_hash(2, BYTES_NONE));
}

static void it_gives_the_same_wherever_the_text_lies(void **state)
{
    uint8_t text[48 + 8];
    (void)state;
    for (size_t size = 0; size <= 40; size++) {
        uint64_t hash = 0;
        for (size_t at = 0; at < 8; at++) {
            memset(text, 0xee, sizeof text);
            for (size_t i = 0; i < size; i++)
                text[at + i] = (uint8_t)(i * 7);
            uint64_t here = mix_hash(SEED, bytes_of(text + at, size));
            assert_true(at == 0 || here == hash);
            hash = here;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_that_count_up_fall_apart),
        cmocka_unit_test(ids_with_equal_low_bits_fall_apart),
        cmocka_unit_test(keys_of_projects_fall_apart),
        cmocka_unit_test(each_byte_moves_about_half_of_the_bits),
        cmocka_unit_test(a_longer_text_of_equal_bytes_is_another),
        cmocka_unit_test(what_meets_under_one_seed_parts_under_another),
        cmocka_unit_test(it_gives_the_same_wherever_the_text_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
