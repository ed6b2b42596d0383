/* sayings.c - gathers and orders them; see sayings.h. */
#include "ledger/fold/sayings.h"

#include <stdlib.h>

enum { FIRST_SAYINGS = 16 };

static struct saying *next_row(struct sayings *sayings)
{
    if (sayings->count == sayings->capacity) {
        size_t capacity = sayings->capacity > 0 ? sayings->capacity * 2 : FIRST_SAYINGS;
        struct saying *rows = reallocarray(sayings->rows, capacity, sizeof(*rows));
        if (!rows)
            abort();
        sayings->rows = rows;
        sayings->capacity = capacity;
    }
    return &sayings->rows[sayings->count++];
}

void sayings_free(struct saying *rows)
{
    free(rows);
}

void sayings_collect(struct ledger_walk walk, enum event_kind kind, int32_t as_of,
                     struct arena *arena, struct sayings *out)
{
    const struct assertion *assertion;
    while ((assertion = ledger_next(&walk))) {
        if (assertion->kind != kind || assertion->day > as_of)
            continue;
        struct ledger_fact fact;
        ledger_read(walk.ledger, assertion, arena, &fact);
        *next_row(out) =
            (struct saying){.unit_text = ledger_unit(walk.ledger, assertion->unit)->unit,
                            .position = assertion->position,
                            .long_given = fact.long_given,
                            .day = assertion->day,
                            .unit = assertion->unit,
                            .by_other = assertion->unit != assertion->about,
                            .event = fact.event};
    }
}

static int compare_sayings(const void *left_row, const void *right_row)
{
    const struct saying *left = left_row, *right = right_row;
    int order = bytes_compare(left->key, right->key);
    if (order == 0)
        order = (left->day > right->day) - (left->day < right->day);
    if (order == 0)
        order = (int)left->by_other - (int)right->by_other;
    if (order == 0)
        order = bytes_compare(left->unit_text, right->unit_text);
    if (order == 0)
        order = (left->position > right->position) - (left->position < right->position);
    return order;
}

void sayings_sort(struct sayings *sayings)
{
    if (sayings->count > 1)
        qsort(sayings->rows, sayings->count, sizeof(*sayings->rows), compare_sayings);
}

void sayings_gather(struct ledger_walk walk, enum event_kind kind, int32_t as_of,
                    struct arena *arena, struct bytes (*key_of)(const struct event *event),
                    struct sayings *out)
{
    sayings_collect(walk, kind, as_of, arena, out);
    for (size_t i = 0; i < out->count; i++)
        out->rows[i].key = key_of(&out->rows[i].event);
    sayings_sort(out);
}

size_t sayings_group_end(const struct sayings *sayings, size_t start)
{
    size_t end = start;
    while (end < sayings->count && bytes_equal(sayings->rows[end].key, sayings->rows[start].key))
        end++;
    return end;
}
