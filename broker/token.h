/*
 * token.h - what shows a cloned or rolled-back machine before it diverges (contract 4.5,
 * docs/protocol.md 2).
 * OFFSET 0 SIZE 8 counter BE; OFFSET 8 SIZE 16 random; OFFSET 24 SIZE 16 MAC over unit, epoch,
 * counter, random.
 */
#pragma once

#include "base/hash.h"

enum {
    TOKEN_RANDOM_SIZE = 16,
    TOKEN_MAC_SIZE = 16,
    TOKEN_SIZE = 40,
    TOKEN_SECRET_SIZE = 32,
    /* Counter of a token that never leaves the broker: as "before" it says that no token of this
     * epoch was ever confirmed. */
    TOKEN_NEVER_SHOWN = 1,
};

struct token { /* counter 0: none */
    uint64_t counter;
    uint8_t bytes[TOKEN_SIZE];
};

struct token_secret { /* in the broker's keys folder; no backup holds it */
    uint8_t bytes[TOKEN_SECRET_SIZE];
};

struct token_scope { /* whose tokens, under which secret */
    const struct token_secret *secret;
    struct bytes unit; /* at most UNIT_TEXT_MAX bytes */
    uint32_t epoch;
};

void token_make(const struct token_scope *scope, uint64_t counter,
                const uint8_t random[TOKEN_RANDOM_SIZE], struct token *out);
bool token_is(const struct token *token, struct bytes shown); /* false for none */

enum token_verdict {
    TOKEN_NEWEST,
    TOKEN_BEFORE,     /* the welcome that carried the newest was lost */
    TOKEN_NONE,       /* empty, and nothing was ever confirmed: a first hello */
    TOKEN_FROM_AHEAD, /* ours by its MAC, but newer than we know: this log was restored */
    TOKEN_FOREIGN,    /* a clone, or a machine rolled back */
};
/* TOKEN_FROM_AHEAD sets out to what was shown; nothing else touches it. */
enum token_verdict token_judge(const struct token_scope *scope, const struct token *newest,
                               const struct token *before, struct bytes shown, struct token *out);
