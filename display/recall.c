/* recall.c - see recall.h. */
#include "display/recall.h"

#include <stdlib.h>

struct recall_item {
    struct list order;
    struct answer answer;
    struct buffer key;
};

static size_t size_of(const struct recall_item *item)
{
    return sizeof *item + item->answer.body.size + 2 * item->key.size;
}

static void forget(struct recall *recall, struct recall_item *item)
{
    recall->used_bytes -= size_of(item);
    (void)map_remove(&recall->answers, buffer_bytes(&item->key));
    list_remove(&item->order);
    answer_release(&item->answer);
    buffer_release(&item->key);
    free(item);
}

static struct recall_item *first_of(struct recall *recall)
{
    return list_is_empty(&recall->order)
               ? NULL
               : CONTAINER_OF(recall->order.next, struct recall_item, order);
}

void recall_init(struct recall *recall, uint64_t seed, size_t limit_bytes)
{
    *recall = (struct recall){.limit_bytes = limit_bytes};
    map_init(&recall->answers, seed);
    list_init(&recall->order);
}

void recall_release(struct recall *recall)
{
    struct recall_item *item;
    while ((item = first_of(recall)))
        forget(recall, item);
    map_release(&recall->answers);
}

const struct answer *recall_find(struct recall *recall, struct bytes key)
{
    struct recall_item *item = map_get(&recall->answers, key);
    if (!item)
        return NULL;
    list_remove(&item->order);
    list_append(&recall->order, &item->order);
    return &item->answer;
}

void recall_keep(struct recall *recall, struct bytes key, const struct answer *answer)
{
    struct recall_item *item = map_get(&recall->answers, key);
    if (item)
        forget(recall, item);
    if (answer->body.size > recall->limit_bytes / 8)
        return;
    item = calloc(1, sizeof *item);
    if (!item)
        abort();
    item->answer = *answer;
    item->answer.body = (struct buffer){0};
    buffer_add(&item->answer.body, buffer_bytes(&answer->body));
    buffer_add(&item->key, key);
    list_init(&item->order);
    list_append(&recall->order, &item->order);
    map_put(&recall->answers, key, item);
    recall->used_bytes += size_of(item);
    while (recall->used_bytes > recall->limit_bytes || recall->answers.count > RECALL_ANSWERS_MAX)
        forget(recall, first_of(recall));
}
