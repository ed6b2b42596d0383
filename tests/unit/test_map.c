/* test_map.c - the map against a plain array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/map.h"
#include "base/random.h"

enum { KEYS = 300 };

static struct bytes key_of(size_t index, char *out)
{
    memset(out, 'k', KEYS); /* sizes from 0 up, so that every tail of the hash is walked */
    memcpy(out + index / 2, &index, index % 2);
    return bytes_of(out, index);
}

static void assert_same(const struct map *map, char *const *model)
{
    char key[KEYS + 8];
    size_t count = 0, walked = 0, at = 0;
    for (size_t i = 0; i < KEYS; i++) {
        assert_ptr_equal(map_get(map, key_of(i, key)), model[i]);
        count += model[i] != NULL;
    }
    assert_int_equal(map->count, count);
    for (const struct map_slot *slot; (slot = map_next(map, &at));) {
        assert_ptr_equal(slot->value, model[slot->key.size]);
        walked++;
    }
    assert_int_equal(walked, count);
}

static void a_map_agrees_with_a_plain_array_under_random_work(void **state)
{
    static char values[64];
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        char *model[KEYS] = {0}, key[KEYS + 8];
        struct random random;
        struct map map;
        map_init(&map, seed);
        random_init(&random, seed);
        for (int step = 0; step < 4000; step++) {
            size_t i = random_below(&random, KEYS);
            char *value = &values[random_below(&random, sizeof(values))];
            if (random_chance(&random, step / 1000 % 2 ? 25 : 75)) {
                map_put(&map, key_of(i, key), value);
                model[i] = value;
            } else {
                assert_ptr_equal(map_remove(&map, key_of(i, key)), model[i]);
                model[i] = NULL;
            }
            if (step % 200 == 0)
                assert_same(&map, model);
        }
        assert_same(&map, model);
        map_release(&map);
    }
}

static void a_map_keeps_its_own_copy_of_a_key(void **state)
{
    struct map map;
    char key[] = "341502", value = 0;
    (void)state;
    map_init(&map, 5);
    map_put(&map, bytes_of_text(key), &value);
    key[0] = 'x';
    assert_null(map_get(&map, bytes_of_text(key)));
    assert_ptr_equal(map_get(&map, bytes_of_text("341502")), &value);
    map_release(&map);
}

static void an_empty_map_finds_removes_and_walks_nothing(void **state)
{
    struct map map;
    size_t at = 0;
    (void)state;
    map_init(&map, 5);
    assert_null(map_get(&map, BYTES_NONE));
    assert_null(map_remove(&map, BYTES_NONE));
    assert_null(map_next(&map, &at));
    map_release(&map);
}

static void churn_does_not_make_a_map_grow(void **state)
{
    struct map map;
    char value = 0;
    (void)state;
    map_init(&map, 9);
    for (uint32_t i = 0; i < 100000; i++) {
        map_put(&map, bytes_of(&i, sizeof(i)), &value);
        uint32_t old = i - 8;
        assert_ptr_equal(map_remove(&map, bytes_of(&old, sizeof(old))), i < 8 ? NULL : &value);
    }
    assert_int_equal(map.count, 8);
    assert_int_equal(map.capacity, 16);
    map_release(&map);
}

static void another_seed_gives_another_order(void **state)
{
    struct map left, right;
    char value = 0;
    size_t same = 0, left_at = 0, right_at = 0;
    (void)state;
    map_init(&left, 1);
    map_init(&right, 2);
    for (uint32_t i = 0; i < 500; i++) {
        map_put(&left, bytes_of(&i, sizeof(i)), &value);
        map_put(&right, bytes_of(&i, sizeof(i)), &value);
    }
    for (int i = 0; i < 500; i++)
        same += bytes_equal(map_next(&left, &left_at)->key, map_next(&right, &right_at)->key);
    assert_true(same < 20);
    map_release(&left);
    map_release(&right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_agrees_with_a_plain_array_under_random_work),
        cmocka_unit_test(a_map_keeps_its_own_copy_of_a_key),
        cmocka_unit_test(an_empty_map_finds_removes_and_walks_nothing),
        cmocka_unit_test(churn_does_not_make_a_map_grow),
        cmocka_unit_test(another_seed_gives_another_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
