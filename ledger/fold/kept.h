/*
 * kept.h - a fact in few bytes: only the fields that were given, texts as numbers of the ledger's
 * pool. Long texts are not kept but that they were given, except where the ledger itself needs them
 * (a definition's content, the reason of a verdict or a correction); of digests their count is
 * kept.
 *
 *   the agent's clock less the recorded time; then a field after the other: 1 + its row in the
 *   kind's table, its value; 0 ends it. All numbers are varints (varint.h).
 */
#pragma once

#include "ledger/event/schema.h"
#include "ledger/fold/assertions.h"
#include "ledger/fold/text_pool.h"

enum { KEPT_SIZE_MAX = 1 << 19 };

/* Of such a field only that it was given is kept. */
bool kept_leaves_out(const struct kind *kind, const struct field *field);

/* False: more than is ever kept (a text or a list without bounds); out is as before. */
MUST_CHECK bool kept_write(const struct event *event, int64_t recorded_at_ms,
                           struct text_pool *pool, struct buffer *out);
/*
 * Sets the fact, long_given and the agent's clock of *out, whose kind is set and whose fact is
 * zero. Gives the size of what was read; 0: malformed.
 */
struct kept_wish {
    int64_t recorded_at_ms;
    uint64_t wanted;     /* bits of field numbers whose texts and lists are wanted */
    struct arena *arena; /* of the lists; NULL: they are left out */
};
size_t kept_read(struct bytes kept, const struct kept_wish *wish, const struct text_pool *pool,
                 struct ledger_fact *out);
/*
 * The size alone, as kept_read gives it, and faster: no text is looked at. The scratch's kind is
 * set; the rest may hold anything, and does so afterwards.
 */
size_t kept_size(struct bytes kept, const struct text_pool *pool, struct ledger_fact *scratch);
