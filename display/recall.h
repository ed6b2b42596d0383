/*
 * recall.h - answers kept by their question: the past does not change, so neither do they. The
 * least lately asked goes first.
 */
#pragma once

#include "base/list.h"
#include "base/map.h"
#include "display/answer.h"

enum { RECALL_BYTES_MAX = 32 << 20, RECALL_ANSWERS_MAX = 512 };

struct recall {
    struct map answers; /* key -> struct recall_item */
    struct list order;  /* the next to go first */
    size_t used_bytes, limit_bytes;
};

void recall_init(struct recall *recall, uint64_t seed, size_t limit_bytes);
void recall_release(struct recall *recall);
/* Borrowed until the next call; NULL: not kept. */
const struct answer *recall_find(struct recall *recall, struct bytes key);
/* A copy; one that is larger than an eighth of the room is not kept. */
void recall_keep(struct recall *recall, struct bytes key, const struct answer *answer);
