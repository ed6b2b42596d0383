/* assignments.c - stints from what was said of them; see assignments.h. */
#include "ledger/lists/assignments.h"

#include <stdlib.h>

#include "ledger/fold/sayings.h"

enum {
    STINTS_LOOKED_BACK = 64, /* of one role: whoever held it before them is not spoken of again */
};

static bool has_one_holder(int32_t role)
{
    return role == ROLE_SPONSOR_LEADER || role == ROLE_LEAD || role == ROLE_OWNER_PERSON ||
           role == ROLE_RESPONSIBLE_UNIT || role == ROLE_FIRST_RESPONSIBLE;
}

/* The holders of a role that has one follow each other; else each person of a team has a sequence
 * of its own: role, team and name with their ends marked. */
static struct bytes key_of(const struct assignment_fact *fact, struct arena *arena)
{
    bool is_one = has_one_holder(fact->role);
    size_t size = 4 + (is_one ? 0 : fact->team.size + 1 + fact->name.size);
    uint8_t *key = arena_alloc(arena, size);
    if (!key)
        return BYTES_NONE;
    u32_put(key, (uint32_t)fact->role);
    if (!is_one && fact->team.size > 0)
        memcpy(key + 4, fact->team.data, fact->team.size);
    if (!is_one && fact->name.size > 0)
        memcpy(key + 4 + fact->team.size + 1, fact->name.data, fact->name.size);
    return bytes_of(key, size);
}

/* The stint it speaks of: the one that began that day, the newest when it lasts, the one it ends.
 */
static struct assignment *known_stint(struct assignment *rows, size_t count,
                                      const struct assignment_fact *fact)
{
    for (size_t back = 1; back <= count && back <= STINTS_LOOKED_BACK; back++) {
        struct assignment *row = &rows[count - back];
        if (!bytes_equal(row->name, fact->name) || !bytes_equal(row->team, fact->team))
            continue;
        if (fact->from != DAY_NONE && fact->from == row->from)
            return row;
        bool is_running =
            row->to == DAY_NONE && (fact->from == DAY_NONE || fact->from >= row->from);
        if (is_running && (back == 1 || fact->to != DAY_NONE))
            return row;
    }
    return NULL;
}

static size_t apply(struct assignment *rows, size_t count, const struct saying *saying)
{
    const struct assignment_fact *fact = &saying->event.assignment;
    struct assignment *known = known_stint(rows, count, fact);
    if (known) {
        if (fact->to != DAY_NONE)
            known->to = fact->to;
        return count;
    }
    int32_t from = fact->from != DAY_NONE ? fact->from : saying->day;
    if (fact->to != DAY_NONE && fact->to < from)
        from = fact->to; /* all that is known of it is that it ended */
    rows[count] = (struct assignment){.role = fact->role,
                                      .name = fact->name,
                                      .team = fact->team,
                                      .basis = fact->basis,
                                      .from = from,
                                      .to = fact->to,
                                      .unit = saying->unit,
                                      .position = saying->position};
    return count + 1;
}

static int compare_stints(const void *left_row, const void *right_row)
{
    const struct assignment *left = left_row, *right = right_row;
    int order = (left->role > right->role) - (left->role < right->role);
    if (order == 0)
        order = (left->from > right->from) - (left->from < right->from);
    if (order == 0)
        order = bytes_compare(left->name, right->name);
    return order == 0 ? bytes_compare(left->team, right->team) : order;
}

/* Sorted; the later follows the earlier of its role. Two named for the same day hold it together.
 */
static void succeed(struct assignments *out)
{
    const struct assignment *next = NULL; /* the first that begins later, of the same role */
    for (size_t i = out->count; i-- > 0;) {
        struct assignment *row = &out->rows[i];
        if (i + 1 < out->count && (row[1].role != row->role || row[1].from > row->from))
            next = row[1].role == row->role ? &row[1] : NULL;
        if (next && has_one_holder(row->role) && (row->to == DAY_NONE || row->to >= next->from))
            row->to = next->from - 1;
    }
}

static void make(struct ledger_walk walk, const struct view *view, struct arena *arena,
                 struct assignments *out)
{
    *out = (struct assignments){0};
    CLEANUP(sayings_release) struct sayings sayings = {0};
    sayings_collect(walk, EVENT_ASSIGNMENT, view->as_of, arena, &sayings);
    if (sayings.count == 0)
        return;
    for (size_t i = 0; i < sayings.count && !out->truncated; i++) {
        sayings.rows[i].key = key_of(&sayings.rows[i].event.assignment, arena);
        out->truncated = sayings.rows[i].key.size == 0;
    }
    sayings_sort(&sayings);
    out->rows = arena_alloc(arena, sayings.count * sizeof(*out->rows));
    if (out->truncated || !out->rows) {
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
    if (out->count > 1)
        qsort(out->rows, out->count, sizeof(*out->rows), compare_stints);
    succeed(out);
}

void assignments_of_subject(const struct ledger *ledger, size_t subject, const struct view *view,
                            struct arena *arena, struct assignments *out)
{
    make(ledger_walk_subject(ledger, subject, view->known_at), view, arena, out);
}

void assignments_of_unit(const struct ledger *ledger, size_t unit, const struct view *view,
                         struct arena *arena, struct assignments *out)
{
    make(ledger_walk_unit(ledger, unit, view->known_at), view, arena, out);
}

const struct assignment *assignment_on(const struct assignments *assignments, enum role role,
                                       int32_t day)
{
    for (size_t i = 0; i < assignments->count; i++) {
        const struct assignment *row = &assignments->rows[i];
        if (row->role == (int32_t)role && assignment_holds(row, day))
            return row;
    }
    return NULL;
}
