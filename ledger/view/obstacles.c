/* obstacles.c - folds what was said of each obstacle; see obstacles.h. */
#include "ledger/view/obstacles.h"

#include <stdlib.h>

#include "ledger/event/schema.h"
#include "ledger/fold/sayings.h"

enum { SOLUTION_NUMBER = 5 }; /* field number of obstacle.solution */

const char *obstacle_kind_text(const struct obstacle_view *obstacle)
{
    const struct word *word = word_of_number(words_of_name("obstacle"), obstacle->kind);
    return word ? word->chinese : "未说明";
}

static void end_holding(struct obstacle_view *obstacle, int32_t day)
{
    if (obstacle->holding_count > 0) {
        struct obstacle_holding *last = &obstacle->holdings[obstacle->holding_count - 1];
        last->days = day - last->from;
    }
}

static void start_holding(struct obstacle_view *obstacle, struct bytes owner, int32_t day)
{
    obstacle->owner = owner;
    obstacle->holdings[obstacle->holding_count++] = (struct obstacle_holding){owner, day, 0};
}

/* Only a department that is named takes it over; one that is not named counts as a transfer, and
 * the days stay with the last that was. */
static void apply_owner(struct obstacle_view *obstacle, const struct obstacle_fact *fact,
                        int32_t day)
{
    bool is_named = fact->owner.size > 0;
    if (fact->action == OBSTACLE_ACTION_TRANSFERRED &&
        (!is_named || !bytes_equal(fact->owner, obstacle->owner)))
        obstacle->transfers++;
    if (is_named && !bytes_equal(fact->owner, obstacle->owner)) {
        end_holding(obstacle, day);
        start_holding(obstacle, fact->owner, day);
    }
}

static void raise_obstacle(struct obstacle_view *obstacle, const struct saying *saying)
{
    bool is_again = obstacle->closed != DAY_NONE;
    obstacle->raised = saying->day;
    obstacle->closed = DAY_NONE;
    obstacle->position = saying->position;
    obstacle->unit = saying->unit;
    if (is_again && obstacle->owner.size > 0) /* the time between is nobody's */
        start_holding(obstacle, obstacle->owner, saying->day);
}

static void close_obstacle(struct obstacle_view *obstacle, int32_t day)
{
    obstacle->closed = day;
    end_holding(obstacle, day);
}

static void apply(struct obstacle_view *obstacle, const struct saying *saying)
{
    const struct obstacle_fact *fact = &saying->event.obstacle;
    if (obstacle->raised == DAY_NONE ||
        (obstacle->closed != DAY_NONE && fact->action == OBSTACLE_ACTION_RAISED))
        raise_obstacle(obstacle, saying);
    if (fact->obstacle != OBSTACLE_NONE)
        obstacle->kind = fact->obstacle;
    if (fact->due != DAY_NONE)
        obstacle->due = fact->due;
    if (saying_has_long(saying, fact->solution, SOLUTION_NUMBER))
        obstacle->has_solution = true;
    obstacle->state = fact->action;
    if (obstacle->closed != DAY_NONE)
        return; /* what is said after the closing changes nobody's task */
    apply_owner(obstacle, fact, saying->day);
    if (fact->action == OBSTACLE_ACTION_CLOSED)
        close_obstacle(obstacle, saying->day);
}

static bool fold(const struct saying *rows, size_t count, int32_t as_of, struct arena *arena,
                 struct obstacle_view *out)
{
    *out = (struct obstacle_view){.id = rows->key};
    /* A step adds one holding at most, and raising it anew one more. */
    out->holdings = arena_alloc(arena, 2 * count * sizeof(*out->holdings));
    if (!out->holdings)
        return false;
    for (size_t i = 0; i < count; i++)
        apply(out, &rows[i]);
    int32_t until = obstacle_is_open(out) ? as_of : out->closed;
    out->days_open = until - out->raised;
    if (obstacle_is_open(out))
        end_holding(out, as_of);
    return true;
}

static struct bytes id_of(const struct event *event)
{
    return event->obstacle.obstacle_id;
}

void obstacle_list_make(const struct ledger *ledger, size_t subject, const struct view *view,
                        struct arena *arena, struct obstacle_list *out)
{
    *out = (struct obstacle_list){0};
    CLEANUP(sayings_release) struct sayings sayings = {0};
    sayings_gather(ledger_walk_subject(ledger, subject, view->known_at), EVENT_OBSTACLE,
                   view->as_of, arena, id_of, &sayings);
    if (sayings.count == 0)
        return;
    size_t groups = 0;
    for (size_t i = 0; i < sayings.count; i = sayings_group_end(&sayings, i))
        groups++;
    out->rows = arena_alloc(arena, groups * sizeof(*out->rows));
    out->truncated = !out->rows;
    for (size_t i = 0, end; i < sayings.count && !out->truncated; i = end) {
        end = sayings_group_end(&sayings, i);
        if (fold(&sayings.rows[i], end - i, view->as_of, arena, &out->rows[out->count]))
            out->count++;
        else
            out->truncated = true;
    }
}

const struct obstacle_view *obstacle_newest_open(const struct obstacle_list *list)
{
    const struct obstacle_view *newest = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct obstacle_view *row = &list->rows[i];
        if (obstacle_is_open(row) && (!newest || row->raised > newest->raised))
            newest = row;
    }
    return newest;
}

void obstacle_add_loads(const struct obstacle_view *obstacle, int32_t as_of, struct buffer *out)
{
    for (size_t i = 0; i < obstacle->holding_count; i++) {
        const struct obstacle_holding *holding = &obstacle->holdings[i];
        bool is_last = i + 1 == obstacle->holding_count;
        bool is_mine = is_last && obstacle_is_open(obstacle);
        struct owner_load load = {
            .owner = holding->owner,
            .open = is_mine,
            .overdue = is_mine && obstacle_is_overdue(obstacle, as_of),
            .days = holding->days,
            .passed_on = !is_last && !bytes_equal(holding->owner, obstacle->holdings[i + 1].owner)};
        buffer_add(out, bytes_of(&load, sizeof(load)));
    }
}

static int compare_owners(const void *left, const void *right)
{
    return bytes_compare(((const struct owner_load *)left)->owner,
                         ((const struct owner_load *)right)->owner);
}

static int compare_loads(const void *left_row, const void *right_row)
{
    const struct owner_load *left = left_row, *right = right_row;
    if (left->days != right->days)
        return left->days > right->days ? -1 : 1;
    return compare_owners(left, right);
}

/* Rows of one owner become one; returns how many are left. */
static size_t merge_loads(struct owner_load *rows, size_t count)
{
    size_t merged = 0;
    qsort(rows, count, sizeof(*rows), compare_owners);
    for (size_t i = 0; i < count; i++) {
        if (merged == 0 || !bytes_equal(rows[merged - 1].owner, rows[i].owner)) {
            rows[merged++] = rows[i];
            continue;
        }
        rows[merged - 1].open += rows[i].open;
        rows[merged - 1].overdue += rows[i].overdue;
        rows[merged - 1].days += rows[i].days;
        rows[merged - 1].passed_on += rows[i].passed_on;
    }
    qsort(rows, merged, sizeof(*rows), compare_loads);
    return merged;
}

void owner_load_make(const struct ledger *ledger, const struct view *view, size_t unit,
                     struct arena *arena, struct owner_load_list *out)
{
    *out = (struct owner_load_list){0};
    CLEANUP(buffer_release) struct buffer loads = {0};
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SAYINGS_SCRATCH_BYTES);
    for (size_t i = 0; i < ledger_subject_count(ledger); i++) {
        if (unit != LEDGER_UNITS_MAX && ledger_subject_unit(ledger, i) != unit)
            continue;
        arena_reset(&scratch);
        struct obstacle_list list;
        obstacle_list_make(ledger, i, view, &scratch, &list);
        out->truncated = out->truncated || list.truncated;
        for (size_t j = 0; j < list.count; j++)
            obstacle_add_loads(&list.rows[j], view->as_of, &loads);
    }
    if (loads.size == 0)
        return;
    struct owner_load *rows = (struct owner_load *)(void *)loads.data;
    size_t count = merge_loads(rows, loads.size / sizeof(*rows));
    out->rows = arena_alloc(arena, count * sizeof(*rows));
    if (!out->rows) {
        out->truncated = true;
        return;
    }
    memcpy(out->rows, rows, count * sizeof(*rows));
    out->count = count;
}
