/* test_grants.c - who may look: a token works once, a cookie until its end, and the file says no
 * secret. */
#include "display/grants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NOW = 1000, HOUR = 3600 * 1000, LATER = NOW + HOUR };

static enum err add(struct grants *grants, const char *name, enum grant_scope scope,
                    const char *unit, const char *token)
{
    struct problem problem = {0};
    struct visitor visitor = {.scope = scope, .expires_ms = LATER};
    bytes_to_text(bytes_of_text(name), visitor.name, sizeof(visitor.name));
    if (unit) {
        bytes_to_text(bytes_of_text(unit), visitor.units[0], sizeof(visitor.units[0]));
        visitor.unit_count = 1;
    }
    enum err err = grants_add(grants, &visitor, token, NOW, &problem);
    assert_true(err == OK || (problem.text[0] && problem.remedy[0]));
    return err;
}

static enum grant_scope scope_of(const struct grants *grants, const char *session, bool is_loopback,
                                 int64_t now_ms)
{
    struct visitor visitor;
    grants_visitor(grants, bytes_of_text(session), is_loopback, now_ms, &visitor);
    return visitor.scope;
}

static enum err exchange(struct grants *grants, const char *token, const char *session,
                         int64_t now_ms)
{
    return grants_exchange(grants, bytes_of_text(token), session, now_ms);
}

static enum err read_text(struct grants *grants, const char *text, struct problem *problem)
{
    *problem = (struct problem){0};
    return grants_read(grants, bytes_of_text(text), problem);
}

static void without_a_grant_only_loopback_sees_the_wall(void **state)
{
    CLEANUP(grants_free) struct grants *grants = grants_new();
    struct visitor visitor;
    (void)state;
    assert_int_equal(scope_of(grants, "", false, NOW), GRANT_NOTHING);
    assert_int_equal(scope_of(grants, "made up", false, NOW), GRANT_NOTHING);
    assert_int_equal(scope_of(grants, "made up", true, NOW), GRANT_WALL);
    grants_visitor(grants, BYTES_NONE, true, NOW, &visitor);
    assert_true(visitor.scope == GRANT_WALL && visitor.expires_ms == 0 && !visitor.name[0]);
}

static void a_token_is_exchanged_once_and_is_no_cookie(void **state)
{
    CLEANUP(grants_free) struct grants *grants = grants_new();
    (void)state;
    assert_int_equal(add(grants, "书记", GRANT_OFFICE, NULL, "token"), OK);
    assert_int_equal(scope_of(grants, "token", false, NOW), GRANT_NOTHING);
    assert_int_equal(exchange(grants, "Token", "cookie", NOW), ERR_DENIED);
    assert_int_equal(exchange(grants, "token", "cookie", NOW), OK);
    assert_int_equal(exchange(grants, "token", "another", NOW), ERR_DENIED);
    assert_int_equal(scope_of(grants, "cookie", false, NOW), GRANT_OFFICE);
    assert_int_equal(scope_of(grants, "another", false, NOW), GRANT_NOTHING);
    grants_take_back(grants, "cookie"); /* it could not be written: nobody has the cookie yet */
    assert_int_equal(scope_of(grants, "cookie", false, NOW), GRANT_NOTHING);
    assert_int_equal(exchange(grants, "token", "another", NOW), OK);
}

static void a_grant_ends_at_its_time(void **state)
{
    CLEANUP(grants_free) struct grants *grants = grants_new();
    (void)state;
    assert_int_equal(add(grants, "a", GRANT_OFFICE, NULL, "a"), OK);
    assert_int_equal(add(grants, "b", GRANT_OFFICE, NULL, "b"), OK);
    assert_int_equal(exchange(grants, "a", "cookie", LATER - 1), OK);
    assert_int_equal(scope_of(grants, "cookie", false, LATER - 1), GRANT_OFFICE);
    assert_int_equal(scope_of(grants, "cookie", false, LATER), GRANT_NOTHING);
    assert_int_equal(scope_of(grants, "cookie", true, LATER), GRANT_WALL);
    assert_int_equal(exchange(grants, "b", "another", LATER), ERR_DENIED);
}

static void a_unit_sees_what_it_was_granted(void **state)
{
    CLEANUP(grants_free) struct grants *grants = grants_new();
    struct visitor visitor;
    (void)state;
    assert_int_equal(add(grants, "金安", GRANT_UNIT, "341502", "token"), OK);
    assert_int_equal(exchange(grants, "token", "cookie", NOW), OK);
    grants_visitor(grants, bytes_of_text("cookie"), false, NOW, &visitor);
    assert_true(visitor_sees_unit(&visitor, bytes_of_text("341502")));
    assert_false(visitor_sees_unit(&visitor, bytes_of_text("34150")));
    assert_false(visitor_sees_unit(&visitor, bytes_of_text("341503")));
    assert_false(visitor_sees_unit(&visitor, BYTES_NONE));
    visitor = (struct visitor){.scope = GRANT_WALL};
    assert_true(visitor_sees_unit(&visitor, bytes_of_text("341503")));
    visitor.scope = GRANT_NOTHING;
    assert_false(visitor_sees_unit(&visitor, bytes_of_text("341503")));
}

static void the_file_gives_back_what_was_granted_and_no_secret(void **state)
{
    CLEANUP(grants_free) struct grants *grants = grants_new();
    CLEANUP(grants_free) struct grants *again = grants_new();
    CLEANUP(buffer_release) struct buffer text = {0};
    CLEANUP(buffer_release) struct buffer same = {0};
    struct problem problem = {0};
    (void)state;
    assert_int_equal(add(grants, "书记 一", GRANT_OFFICE, NULL, "token-1"), OK);
    assert_int_equal(add(grants, "金安", GRANT_UNIT, "341502-park1", "token-2"), OK);
    assert_int_equal(exchange(grants, "token-1", "cookie-1", NOW), OK);
    grants_write(grants, &text);
    assert_null(memmem(text.data, text.size, "token", 5));
    assert_null(memmem(text.data, text.size, "cookie", 6));
    assert_int_equal(grants_read(again, buffer_bytes(&text), &problem), OK);
    grants_write(again, &same);
    assert_true(bytes_equal(buffer_bytes(&text), buffer_bytes(&same)));
    assert_int_equal(scope_of(again, "cookie-1", false, NOW), GRANT_OFFICE);
    assert_int_equal(exchange(again, "token-1", "cookie-3", NOW), ERR_DENIED);
    assert_int_equal(exchange(again, "token-2", "cookie-2", NOW), OK);
}

static void a_crash_before_the_write_loses_the_exchange_only(void **state)
{
    CLEANUP(grants_free) struct grants *grants = grants_new();
    CLEANUP(grants_free) struct grants *restarted = grants_new();
    CLEANUP(buffer_release) struct buffer before = {0};
    struct problem problem = {0};
    (void)state;
    assert_int_equal(add(grants, "a", GRANT_WALL, NULL, "token"), OK);
    grants_write(grants, &before);
    assert_int_equal(exchange(grants, "token", "cookie", NOW), OK);
    assert_int_equal(grants_read(restarted, buffer_bytes(&before), &problem), OK);
    assert_int_equal(scope_of(restarted, "cookie", false, NOW), GRANT_NOTHING);
    assert_int_equal(exchange(restarted, "token", "cookie", NOW), OK);
}

static void a_file_read_anew_keeps_sessions_and_ends_what_was_revoked(void **state)
{
    CLEANUP(grants_free) struct grants *running = grants_new();
    CLEANUP(grants_free) struct grants *command = grants_new();
    CLEANUP(buffer_release) struct buffer text = {0};
    struct problem problem = {0};
    (void)state;
    assert_int_equal(add(running, "a", GRANT_WALL, NULL, "token-a"), OK);
    assert_int_equal(add(running, "b", GRANT_WALL, NULL, "token-b"), OK);
    grants_write(running, &text);
    assert_int_equal(grants_read(command, buffer_bytes(&text), &problem), OK);
    assert_int_equal(exchange(running, "token-a", "cookie-a", NOW), OK);
    assert_int_equal(exchange(running, "token-b", "cookie-b", NOW), OK);
    assert_int_equal(grants_revoke(command, "b"), OK);
    assert_int_equal(grants_revoke(command, "b"), ERR_NOT_FOUND);
    assert_int_equal(add(command, "c", GRANT_WALL, NULL, "token-c"), OK);
    buffer_clear(&text);
    grants_write(command, &text);
    assert_int_equal(grants_read(running, buffer_bytes(&text), &problem), OK);
    assert_int_equal(scope_of(running, "cookie-a", false, NOW), GRANT_WALL);
    assert_int_equal(exchange(running, "token-a", "again", NOW), ERR_DENIED);
    assert_int_equal(scope_of(running, "cookie-b", false, NOW), GRANT_NOTHING);
    assert_int_equal(exchange(running, "token-c", "cookie-c", NOW), OK);
}

#define HEAD "huoshui-grants 1\n"
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void a_file_that_is_not_as_it_was_written_names_its_line(void **state)
{
    static const char *const rows[][2] = {
        {"grants\n", "line 1"},
        {HEAD "a\twall\t-\t1\t2\t" HASH "\t-", "end"},
        {HEAD "a\twall\t-\t1\t2\t" HASH "\t-\nb\n", "line 3"},
        {HEAD "\n", "line 2"},
        {HEAD "\twall\t-\t1\t2\t" HASH "\t-\n", "line 2"},
        {HEAD "a\tnothing\t-\t1\t2\t" HASH "\t-\n", "line 2"},
        {HEAD "a\twall\t341502\t1\t2\t" HASH "\t-\n", "line 2"},
        {HEAD "a\tunit\t-\t1\t2\t" HASH "\t-\n", "line 2"},
        {HEAD "a\tunit\t341502,\\\t1\t2\t" HASH "\t-\n", "line 2"},
        {HEAD "a\twall\t-\tx\t2\t" HASH "\t-\n", "line 2"},
        {HEAD "a\twall\t-\t1\t0\t" HASH "\t-\n", "line 2"},
        {HEAD "a\twall\t-\t1\t2\t-\t-\n", "line 2"},
        {HEAD "a\twall\t-\t1\t2\t" HASH "\tx\n", "line 2"},
        {HEAD "a\twall\t-\t1\t2\t" HASH "\t-\tmore\n", "line 2"},
    };
    CLEANUP(grants_free) struct grants *grants = grants_new();
    struct problem problem = {0};
    (void)state;
    assert_int_equal(add(grants, "kept", GRANT_WALL, NULL, "token"), OK);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        if (read_text(grants, rows[i][0], &problem) != ERR_MALFORMED ||
            !strstr(problem.text, rows[i][1]) || !problem.remedy[0])
            fail_msg("%zu: %s", i, problem.text);
    }
    assert_int_equal(exchange(grants, "token", "cookie", NOW), OK); /* nothing has changed */
    assert_int_equal(read_text(grants, HEAD "a\twall\t-\t1\t2\t" HASH "\t-\n", &problem), OK);
    assert_int_equal(read_text(grants, "", &problem), OK);
    assert_int_equal(scope_of(grants, "cookie", false, NOW), GRANT_NOTHING);
}

static void what_cannot_be_granted_is_refused_with_a_remedy(void **state)
{
    CLEANUP(grants_free) struct grants *grants = grants_new();
    struct problem problem = {0};
    (void)state;
    assert_int_equal(add(grants, "", GRANT_WALL, NULL, "t"), ERR_MALFORMED);
    assert_int_equal(add(grants, "a\tb", GRANT_WALL, NULL, "t"), ERR_MALFORMED);
    assert_int_equal(add(grants, "a", GRANT_NOTHING, NULL, "t"), ERR_MALFORMED);
    assert_int_equal(add(grants, "a", GRANT_WALL, "341502", "t"), ERR_MALFORMED);
    assert_int_equal(add(grants, "a", GRANT_UNIT, NULL, "t"), ERR_MALFORMED);
    assert_int_equal(add(grants, "a", GRANT_UNIT, "A,B", "t"), ERR_MALFORMED);
    assert_int_equal(add(grants, "a", GRANT_WALL, NULL, "t"), OK);
    assert_int_equal(add(grants, "a", GRANT_WALL, NULL, "u"), ERR_BUSY);
    struct visitor visitor = {.scope = GRANT_WALL, .name = "a", .expires_ms = NOW};
    assert_int_equal(grants_add(grants, &visitor, "v", NOW, &problem), ERR_MALFORMED);
    visitor.expires_ms = LATER + (int64_t)GRANT_HOURS_MAX * HOUR + 1;
    assert_int_equal(grants_add(grants, &visitor, "v", LATER, &problem), ERR_MALFORMED);
    visitor.expires_ms--; /* the one before is over by then, and makes room */
    assert_int_equal(grants_add(grants, &visitor, "v", LATER, &problem), OK);
}

static void more_grants_than_the_limit_are_refused(void **state)
{
    CLEANUP(grants_free) struct grants *grants = grants_new();
    char name[32];
    (void)state;
    for (int i = 0; i < GRANTS_MAX; i++) {
        (void)snprintf(name, sizeof(name), "wall %d", i);
        assert_int_equal(add(grants, name, GRANT_WALL, NULL, name), OK);
    }
    assert_int_equal(add(grants, "one more", GRANT_WALL, NULL, "t"), ERR_LIMIT);
}

static void the_list_says_who_until_when_and_whether_it_was_used(void **state)
{
    CLEANUP(grants_free) struct grants *grants = grants_new();
    CLEANUP(buffer_release) struct buffer text = {0};
    (void)state;
    assert_int_equal(add(grants, "金安", GRANT_UNIT, "341502", "token"), OK);
    grants_list(grants, NOW, &text);
    assert_int_equal(exchange(grants, "token", "cookie", NOW), OK);
    grants_list(grants, NOW, &text);
    grants_list(grants, LATER, &text);
    assert_true(
        bytes_equal_text(buffer_bytes(&text),
                         "金安  unit  341502  until 1970-01-01T09:00:01.000+08:00  not used yet\n"
                         "金安  unit  341502  until 1970-01-01T09:00:01.000+08:00  in use\n"
                         "金安  unit  341502  until 1970-01-01T09:00:01.000+08:00  over\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_grant_only_loopback_sees_the_wall),
        cmocka_unit_test(a_token_is_exchanged_once_and_is_no_cookie),
        cmocka_unit_test(a_grant_ends_at_its_time),
        cmocka_unit_test(a_unit_sees_what_it_was_granted),
        cmocka_unit_test(the_file_gives_back_what_was_granted_and_no_secret),
        cmocka_unit_test(a_crash_before_the_write_loses_the_exchange_only),
        cmocka_unit_test(a_file_read_anew_keeps_sessions_and_ends_what_was_revoked),
        cmocka_unit_test(a_file_that_is_not_as_it_was_written_names_its_line),
        cmocka_unit_test(what_cannot_be_granted_is_refused_with_a_remedy),
        cmocka_unit_test(more_grants_than_the_limit_are_refused),
        cmocka_unit_test(the_list_says_who_until_when_and_whether_it_was_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
