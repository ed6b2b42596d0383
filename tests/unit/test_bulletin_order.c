/*
 * test_bulletin_order.c - the same words of each unit, however the units' words are interleaved and
 * however often one is said again: the same figures, the same digest of the facts.
 */
#include "bulletin_scene.h"

#include <stdio.h>

enum { UNITS = 3, WORDS = 120, SUBJECTS = 6, ROUNDS = 12 };

static const char *const units[UNITS] = {"3415", "341502", "341503"};

struct plan_of_words {
    uint64_t seed;
    uint64_t said[UNITS][WORDS]; /* the position of each word in this scene */
};

static uint64_t mix(uint64_t value) /* splitmix64: the same words for the same seed */
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

static void body_of(uint64_t dice, char *out, size_t size)
{
    static const char *const milestones[] = {"CONTRACT_SIGNED", "STARTED", "COMPLETED",
                                             "PRODUCING",       "LANDED",  "TERMINATED"};
    static const char *const origins[] = {"OUT_OF_PROVINCE", "OUT_OF_CITY_IN_PROVINCE",
                                          "INTER_COUNTY", "OUT_OF_CITY"};
    unsigned pick = (unsigned)(dice >> 16 & 0xff);
    switch (dice % 5) {
    case 0:
        (void)snprintf(out, size,
                       "'kind':'PROJECT','project':{'action':'%s','investor':'%u',"
                       "'planned_total':{'yuan':%u},'planned_fixed':{'yuan':%u}}",
                       pick & 1 ? "REGISTERED" : "CHANGED", pick, pick * 1000000, pick * 4000000);
        break;
    case 1:
        (void)snprintf(out, size, "'kind':'DOCUMENT','document':{'document':'%s'}",
                       pick & 1 ? "CONTRACT" : "FRAMEWORK");
        break;
    case 2:
        (void)snprintf(out, size,
                       "'kind':'FUNDS','funds':{'amount':{'yuan':%u},'origin':'%s',"
                       "'basis':'%s'}",
                       pick * 10000, origins[pick % 4], pick & 16 ? "CUMULATIVE" : "INCREMENT");
        break;
    default:
        (void)snprintf(out, size, "'kind':'MILESTONE','milestone':{'milestone':'%s'}",
                       milestones[pick % 6]);
        break;
    }
}

/* The n-th word of a unit: about a project of its own, or for the city anybody's. */
static void say(struct ledger_scene *scene, struct plan_of_words *words, size_t unit, size_t n)
{
    static const char *const bodies[] = {"INVESTMENT_BUREAU", "DRC", "STATISTICS"};
    char body[400];
    uint64_t dice = mix(words->seed + unit * WORDS + n);
    size_t owner = unit == 0 ? dice >> 32 & 1 : unit - 1;
    uint64_t *said = words->said[unit];
    if (n > 5 && dice % 17 == 0) {
        said[n] = ledger_scene_withdraw(scene, units[unit], said[dice % (n - 1)]);
        return;
    }
    body_of(dice >> 8, body, sizeof body);
    said[n] = ledger_scene_submit(
        scene, units[unit], "{'subject':'%s/%u','occurred_on':'2022-%02u-%02u','body':'%s',%s}",
        units[1 + owner], (unsigned)(dice >> 34 & 0xff) % SUBJECTS,
        (unsigned)(1 + (dice >> 44 & 0xff) % 9), (unsigned)(1 + (dice >> 52 & 0xff) % 4),
        bodies[(dice >> 60) % 3], body);
}

static void tell(struct ledger_scene *scene, uint64_t seed, uint64_t order, bool with_repeats)
{
    size_t next[UNITS] = {0}, left = (size_t)UNITS * WORDS;
    struct plan_of_words words = {.seed = seed * 1000003};
    ledger_scene_open(scene);
    ledger_scene_day(scene, "2023-01-01");
    scene->clock_stands = true;
    for (uint64_t step = 0; left > 0; step++) {
        size_t unit = mix(order + step) % UNITS;
        if (next[unit] == WORDS)
            continue;
        say(scene, &words, unit, next[unit]);
        if (with_repeats && step % 7 == 0)
            say(scene, &words, unit, next[unit]);
        next[unit]++;
        left--;
    }
}

static void assert_same_rows(const struct bulletin_row *left, const struct bulletin_row *right)
{
    assert_true(bytes_equal(left->code, right->code));
    assert_memory_equal(&left->measures, &right->measures, sizeof left->measures);
    assert_memory_equal(left->in_period, right->in_period, sizeof left->in_period);
    assert_memory_equal(left->signed_fixed_ge, right->signed_fixed_ge,
                        sizeof left->signed_fixed_ge);
    assert_memory_equal(left->received_by_origin, right->received_by_origin,
                        sizeof left->received_by_origin);
    assert_memory_equal(left->gaps, right->gaps, sizeof left->gaps);
    assert_int_equal(left->projects, right->projects);
    assert_int_equal(left->anomalies, right->anomalies);
    assert_int_equal(left->rank, right->rank);
}

static void compare(struct ledger_scene *left, struct ledger_scene *right, const char *as_of)
{
    struct bulletin first = bulletin_on(left, "2022-02-01", as_of);
    struct bulletin second = bulletin_on(right, "2022-02-01", as_of);
    assert_true(hash_equal(&first.facts, &second.facts));
    assert_int_equal(first.row_count, second.row_count);
    for (size_t i = 0; i < first.row_count; i++)
        assert_same_rows(&first.rows[i], &second.rows[i]);
    assert_same_rows(&first.total, &second.total);
}

static void figures_are_the_same_for_every_interleaving_and_for_words_said_again(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct ledger_scene left, right;
        tell(&left, seed, 1, false);
        tell(&right, seed, 1 + seed, seed % 2 == 0);
        compare(&left, &right, "2022-05-15");
        compare(&left, &right, "2022-12-31");
        ledger_scene_close(&left);
        ledger_scene_close(&right);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_the_same_for_every_interleaving_and_for_words_said_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
