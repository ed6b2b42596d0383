/* list.h - an intrusive doubly linked list; the head is a struct list of its own. */
#pragma once

#include <stdbool.h>

#include "base/attr.h"

struct list {
    struct list *next, *before;
};

static inline void list_init(struct list *list)
{
    list->next = list->before = list;
}

static inline bool list_is_empty(const struct list *list)
{
    return list->next == list;
}

static inline void list_append(struct list *list, struct list *item)
{
    item->next = list;
    item->before = list->before;
    list->before->next = item;
    list->before = item;
}

static inline void
list_remove(struct list *item) /* leaves item a list of its own: removing twice is harmless */
{
    item->before->next = item->next;
    item->next->before = item->before;
    list_init(item);
}
