/* token.c - see token.h. */
#include "broker/token.h"

#include <assert.h>

enum { UNIT_MAX = 32, RANDOM_OFFSET = 8, MAC_OFFSET = 24 };

static const char domain[] = "huoshui session token 1"; /* its NUL is part of the message */

/* The MAC, in the first half of a hash whose other half is zero. */
static struct hash mac_of(const struct token_scope *scope, const uint8_t counter_and_random[])
{
    uint8_t message[sizeof(domain) + 4 + MAC_OFFSET + UNIT_MAX];
    assert(scope->unit.size <= UNIT_MAX);
    memcpy(message, domain, sizeof(domain));
    u32_put(message + sizeof(domain), scope->epoch);
    memcpy(message + sizeof(domain) + 4, counter_and_random, MAC_OFFSET);
    size_t size = sizeof(domain) + 4 + MAC_OFFSET;
    if (scope->unit.size > 0) /* last, so that its length needs no field of its own */
        memcpy(message + size, scope->unit.data, scope->unit.size);
    struct hash mac = hash_hmac(bytes_of(scope->secret->bytes, TOKEN_SECRET_SIZE),
                                bytes_of(message, size + scope->unit.size));
    memset(mac.bytes + TOKEN_MAC_SIZE, 0, HASH_SIZE - TOKEN_MAC_SIZE);
    return mac;
}

void token_make(const struct token_scope *scope, uint64_t counter,
                const uint8_t random[TOKEN_RANDOM_SIZE], struct token *out)
{
    assert(counter > 0);
    out->counter = counter;
    u64_put(out->bytes, counter);
    memcpy(out->bytes + RANDOM_OFFSET, random, TOKEN_RANDOM_SIZE);
    struct hash mac = mac_of(scope, out->bytes);
    memcpy(out->bytes + MAC_OFFSET, mac.bytes, TOKEN_MAC_SIZE);
}

bool token_is(const struct token *token, struct bytes shown)
{
    return token->counter != 0 && bytes_equal(bytes_of(token->bytes, TOKEN_SIZE), shown);
}

static bool is_ours(const struct token_scope *scope, struct bytes shown)
{
    struct hash given = {{0}};
    memcpy(given.bytes, shown.data + MAC_OFFSET, TOKEN_MAC_SIZE);
    struct hash made = mac_of(scope, shown.data);
    return hash_equal(&made, &given);
}

enum token_verdict token_judge(const struct token_scope *scope, const struct token *newest,
                               const struct token *before, struct bytes shown, struct token *out)
{
    if (shown.size == 0) {
        bool never_confirmed = newest->counter == 0 || before->counter == TOKEN_NEVER_SHOWN;
        return never_confirmed ? TOKEN_NONE : TOKEN_FOREIGN;
    }
    if (token_is(newest, shown))
        return TOKEN_NEWEST;
    if (token_is(before, shown))
        return TOKEN_BEFORE;
    if (shown.size != TOKEN_SIZE || u64_get(shown.data) <= newest->counter ||
        !is_ours(scope, shown))
        return TOKEN_FOREIGN;
    out->counter = u64_get(shown.data);
    memcpy(out->bytes, shown.data, TOKEN_SIZE);
    return TOKEN_FROM_AHEAD;
}
