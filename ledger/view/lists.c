/* lists.c - joins and leaves, folded list by list; see lists.h. */
#include "ledger/view/lists.h"

#include "ledger/fold/sayings.h"

enum { REASON_NUMBER = 5 }; /* field number of list.reason */

static void leave(struct list_membership *membership, const struct saying *saying)
{
    membership->left = saying->day;
    membership->left_without_reason =
        !saying_has_long(saying, saying->event.list.reason, REASON_NUMBER);
    membership->position = saying->position;
}

static void join(struct list_membership *membership, const struct saying *saying)
{
    const struct list_fact *fact = &saying->event.list;
    *membership = (struct list_membership){.list = fact->list,
                                           .level = fact->level,
                                           .basis = fact->basis,
                                           .since = saying->day,
                                           .position = saying->position};
}

/* Said again while it is on the list: it has been on it since the first time. */
static size_t apply(struct list_membership *rows, size_t count, const struct saying *saying)
{
    const struct list_fact *fact = &saying->event.list;
    bool is_join = fact->action == LIST_ACTION_JOINED;
    for (size_t i = 0; i < count; i++) {
        bool is_same = bytes_equal(rows[i].level, fact->level);
        if (is_join && is_same) {
            if (rows[i].left != DAY_NONE)
                join(&rows[i], saying);
            return count;
        }
        if (fact->action == LIST_ACTION_LEFT && rows[i].left == DAY_NONE &&
            (is_same || fact->level.size == 0))
            leave(&rows[i], saying);
    }
    if (is_join && count < LIST_LEVELS_MAX)
        join(&rows[count++], saying);
    return count;
}

static struct bytes name_of(const struct event *event)
{
    return event->list.list;
}

void list_memberships_make(const struct ledger *ledger, size_t subject, const struct view *view,
                           struct arena *arena, struct list_memberships *out)
{
    *out = (struct list_memberships){0};
    CLEANUP(sayings_release) struct sayings sayings = {0};
    sayings_gather(ledger_walk_subject(ledger, subject, view->known_at), EVENT_LIST, view->as_of,
                   arena, name_of, &sayings);
    if (sayings.count == 0)
        return;
    out->rows = arena_alloc(arena, sayings.count * sizeof(*out->rows));
    if (!out->rows) {
        out->truncated = true;
        return;
    }
    for (size_t i = 0, end; i < sayings.count; i = end) {
        end = sayings_group_end(&sayings, i);
        size_t count = 0;
        for (size_t j = i; j < end; j++)
            count = apply(&out->rows[out->count], count, &sayings.rows[j]);
        out->count += count;
    }
}

bool list_holds(const struct list_memberships *memberships, struct bytes list, int32_t *since)
{
    bool holds = false;
    for (size_t i = 0; i < memberships->count; i++) {
        const struct list_membership *row = &memberships->rows[i];
        if (row->left != DAY_NONE || !bytes_equal(row->list, list))
            continue;
        if (!holds || row->since < *since)
            *since = row->since;
        holds = true;
    }
    return holds;
}

bool list_is_supervised(struct bytes list)
{
    static const char word[] = "督办";
    return bytes_equal_text(list, "SUPERVISED") ||
           (list.size > 0 && memmem(list.data, list.size, word, strlen(word)) != NULL);
}
