/* ledger_digest.c - one number for all that was said (contract 8.3); see ledger.h. */
#include <stdlib.h>

#include "ledger/fold/ledger_parts.h"

/* D[k + 1] = SHA-256(D[k] || the next DIGEST_BLOCK event_ids, or what is left), D[0] = zeros. */
struct hash ledger_digest_of_said(const struct ledger *ledger, const struct unit_entry *unit,
                                  size_t count)
{
    uint8_t text[HASH_SIZE + DIGEST_BLOCK * EVENT_ID_SIZE] = {0}; /* hashed in one call */
    size_t block = count > 0 ? (count - 1) / DIGEST_BLOCK : 0, size = HASH_SIZE;
    if (block > 0)
        memcpy(text, unit->digests[block - 1].bytes, HASH_SIZE);
    for (size_t i = block * DIGEST_BLOCK; i < count; i++, size += EVENT_ID_SIZE)
        memcpy(text + size, assertion_at(ledger, unit->said[i])->event_id, EVENT_ID_SIZE);
    return hash_of(bytes_of(text, size));
}

static int by_text(const void *left, const void *right)
{
    const struct unit_entry *const *a = left, *const *b = right;
    return bytes_compare((*a)->face.unit, (*b)->face.unit);
}

/* Of each unit that had said something: its text's size, its text, how much, the chain over it. */
void ledger_facts_digest(const struct ledger *ledger, uint64_t known_at, struct hash *out)
{
    CLEANUP(buffer_release) struct buffer sum = {0};
    size_t unit_count = ledger->unit_texts.count;
    const struct unit_entry **units = calloc(unit_count + 1, sizeof(void *));
    if (!units)
        abort();
    for (size_t i = 0; i < unit_count; i++)
        units[i] = &ledger->units[i];
    qsort((void *)units, unit_count, sizeof(void *), by_text);
    buffer_add_text(&sum, "huoshui facts 1\n");
    for (size_t i = 0; i < unit_count; i++) {
        size_t said = said_until(ledger, units[i], known_at);
        if (said == 0)
            continue;
        struct hash digest = ledger_digest_of_said(ledger, units[i], said);
        u32_put(buffer_extend(&sum, 4), (uint32_t)units[i]->face.unit.size);
        buffer_add(&sum, units[i]->face.unit);
        u64_put(buffer_extend(&sum, 8), said);
        buffer_add(&sum, hash_bytes(&digest));
    }
    free((void *)units);
    *out = hash_of(buffer_bytes(&sum));
}
