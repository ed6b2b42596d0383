/* test_random.c - the seeded generator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/random.h"

/* The reference xoshiro256** from the state 1, 2, 3, 4. */
static void numbers_are_those_of_the_published_generator(void **state)
{
    static const uint64_t expected[] = {
        11520U, 0U, 1509978240U, 1215971899390074240U, 1216172134540287360U, 607988272756665600U};
    struct random random = {{1, 2, 3, 4}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
        assert_true(random_next(&random) == expected[i]);
}

static void the_same_seed_gives_the_same_numbers(void **state)
{
    struct random left, right, other;
    int differences = 0;
    (void)state;
    random_init(&left, 0);
    random_init(&right, 0);
    random_init(&other, 1);
    for (int i = 0; i < 100; i++) {
        uint64_t number = random_next(&left);
        assert_true(number == random_next(&right));
        differences += number != random_next(&other);
    }
    assert_int_equal(differences, 100);
}

static void every_number_below_the_limit_comes_equally_often(void **state)
{
    struct random random;
    int counts[7] = {0};
    (void)state;
    random_init(&random, 3);
    for (int i = 0; i < 70000; i++)
        counts[random_below(&random, 7)]++;
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++)
        assert_in_range(counts[i], 9600, 10400);
    assert_true(random_below(&random, 1) == 0);
}

/* With 3 * 2^62 a plain remainder would give the lowest third twice as often as the others. */
static void a_huge_limit_is_not_skewed(void **state)
{
    struct random random;
    int low = 0;
    (void)state;
    random_init(&random, 4);
    for (int i = 0; i < 30000; i++)
        low += random_below(&random, 3ULL << 62) < 1ULL << 62;
    assert_in_range(low, 9500, 10500);
}

static void a_chance_is_kept_and_never_and_always_are_certain(void **state)
{
    struct random random;
    int hits = 0;
    (void)state;
    random_init(&random, 5);
    for (int i = 0; i < 10000; i++) {
        hits += random_chance(&random, 30);
        assert_false(random_chance(&random, 0));
        assert_true(random_chance(&random, 100));
    }
    assert_in_range(hits, 2800, 3200);
}

static void secrets_do_not_repeat(void **state)
{
    uint8_t left[32] = {0}, right[32] = {0}, zero[32] = {0};
    (void)state;
    random_secret(left, sizeof(left));
    random_secret(right, sizeof(right));
    assert_memory_not_equal(left, right, sizeof(left));
    assert_memory_not_equal(left, zero, sizeof(left));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_the_published_generator),
        cmocka_unit_test(the_same_seed_gives_the_same_numbers),
        cmocka_unit_test(every_number_below_the_limit_comes_equally_often),
        cmocka_unit_test(a_huge_limit_is_not_skewed),
        cmocka_unit_test(a_chance_is_kept_and_never_and_always_are_certain),
        cmocka_unit_test(secrets_do_not_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
