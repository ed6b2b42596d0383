/* test_token.c - tokens tell a clone, a lost welcome and a restored broker apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "broker/token.h"

static const struct token_secret secret = {"the broker's own, thirty-two byt"};
static const struct token none;

static struct token_scope scope_of(const char *unit, uint32_t epoch)
{
    return (struct token_scope){&secret, bytes_of_text(unit), epoch};
}

static struct token token_of(const struct token_scope *scope, uint64_t counter)
{
    uint8_t random[TOKEN_RANDOM_SIZE] = {(uint8_t)counter, 7};
    struct token token;
    token_make(scope, counter, random, &token);
    return token;
}

static struct bytes shown(const struct token *token)
{
    return bytes_of(token->bytes, TOKEN_SIZE);
}

static enum token_verdict judge(const struct token *newest, const struct token *before,
                                struct bytes bytes)
{
    struct token_scope scope = scope_of("341502", 1);
    struct token out = {0};
    enum token_verdict verdict = token_judge(&scope, newest, before, bytes, &out);
    assert_int_equal(out.counter != 0, verdict == TOKEN_FROM_AHEAD);
    return verdict;
}

static void the_newest_and_the_one_before_are_known_by_their_bytes(void **state)
{
    (void)state;
    struct token_scope scope = scope_of("341502", 1);
    struct token newest = token_of(&scope, 6), before = token_of(&scope, 5);
    assert_int_equal(judge(&newest, &before, shown(&newest)), TOKEN_NEWEST);
    assert_int_equal(judge(&newest, &before, shown(&before)), TOKEN_BEFORE);
}

static void the_one_before_is_foreign_once_the_newest_was_confirmed(void **state)
{
    (void)state;
    struct token_scope scope = scope_of("341502", 1);
    struct token newest = token_of(&scope, 6), before = token_of(&scope, 5);
    assert_int_equal(judge(&newest, &none, shown(&before)), TOKEN_FOREIGN);
    assert_int_equal(judge(&newest, &none, shown(&newest)), TOKEN_NEWEST);
}

static void no_token_is_good_only_until_one_was_confirmed(void **state)
{
    (void)state;
    struct token_scope scope = scope_of("341502", 1);
    struct token first = token_of(&scope, 2), never_shown = token_of(&scope, TOKEN_NEVER_SHOWN);
    struct token later = token_of(&scope, 3);
    assert_int_equal(judge(&none, &none, BYTES_NONE), TOKEN_NONE);
    assert_int_equal(judge(&first, &never_shown, BYTES_NONE), TOKEN_NONE);
    assert_int_equal(judge(&first, &none, BYTES_NONE), TOKEN_FOREIGN);
    assert_int_equal(judge(&later, &first, BYTES_NONE), TOKEN_FOREIGN);
}

static void a_newer_token_of_our_own_shows_that_this_log_was_restored(void **state)
{
    (void)state;
    struct token_scope scope = scope_of("341502", 1);
    struct token newest = token_of(&scope, 6), ahead = token_of(&scope, 9), out = {0};
    assert_int_equal(token_judge(&scope, &newest, &none, shown(&ahead), &out), TOKEN_FROM_AHEAD);
    assert_int_equal(out.counter, 9);
    assert_memory_equal(out.bytes, ahead.bytes, TOKEN_SIZE);
    assert_int_equal(judge(&none, &none, shown(&ahead)), TOKEN_FROM_AHEAD);
}

static void a_newer_token_under_another_secret_unit_or_epoch_is_foreign(void **state)
{
    (void)state;
    static const struct token_secret other_secret = {"another broker's"};
    struct token_scope scope = scope_of("341502", 1), other = scope;
    struct token newest = token_of(&scope, 6), token;
    other.secret = &other_secret;
    token = token_of(&other, 9);
    assert_int_equal(judge(&newest, &none, shown(&token)), TOKEN_FOREIGN);
    other = scope_of("341503", 1);
    token = token_of(&other, 9);
    assert_int_equal(judge(&newest, &none, shown(&token)), TOKEN_FOREIGN);
    other = scope_of("341502", 2);
    token = token_of(&other, 9);
    assert_int_equal(judge(&newest, &none, shown(&token)), TOKEN_FOREIGN);
}

static void every_flipped_bit_of_a_newer_token_makes_it_foreign(void **state)
{
    (void)state;
    struct token_scope scope = scope_of("341502", 1);
    struct token newest = token_of(&scope, 6);
    for (size_t bit = 0; bit < 8 * (size_t)TOKEN_SIZE; bit++) {
        struct token ahead = token_of(&scope, 9);
        ahead.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(judge(&newest, &none, shown(&ahead)), TOKEN_FOREIGN);
    }
}

static void a_token_of_another_length_is_foreign(void **state)
{
    (void)state;
    struct token_scope scope = scope_of("341502", 1);
    struct token newest = token_of(&scope, 6), ahead = token_of(&scope, 9);
    for (size_t size = 1; size < TOKEN_SIZE; size++) {
        assert_int_equal(judge(&newest, &none, bytes_of(newest.bytes, size)), TOKEN_FOREIGN);
        assert_int_equal(judge(&newest, &none, bytes_of(ahead.bytes, size)), TOKEN_FOREIGN);
    }
    uint8_t longer[TOKEN_SIZE + 1] = {0};
    memcpy(longer, ahead.bytes, TOKEN_SIZE);
    assert_int_equal(judge(&newest, &none, bytes_of(longer, sizeof(longer))), TOKEN_FOREIGN);
}

static void an_older_token_of_our_own_is_foreign(void **state)
{
    (void)state;
    struct token_scope scope = scope_of("341502", 1);
    struct token newest = token_of(&scope, 6), before = token_of(&scope, 5);
    struct token older = token_of(&scope, 4);
    assert_int_equal(judge(&newest, &before, shown(&older)), TOKEN_FOREIGN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_and_the_one_before_are_known_by_their_bytes),
        cmocka_unit_test(the_one_before_is_foreign_once_the_newest_was_confirmed),
        cmocka_unit_test(no_token_is_good_only_until_one_was_confirmed),
        cmocka_unit_test(a_newer_token_of_our_own_shows_that_this_log_was_restored),
        cmocka_unit_test(a_newer_token_under_another_secret_unit_or_epoch_is_foreign),
        cmocka_unit_test(every_flipped_bit_of_a_newer_token_makes_it_foreign),
        cmocka_unit_test(a_token_of_another_length_is_foreign),
        cmocka_unit_test(an_older_token_of_our_own_is_foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
