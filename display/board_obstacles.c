/* board_obstacles.c - obstacles by kind and by owner. Of each project its own are kept; kinds and
 * owners have numbers, so that a frame adds up without comparing texts. */
#include <stdlib.h>

#include "display/board_parts.h"
#include "ledger/event/schema.h"
#include "ledger/view/obstacles.h"

struct part_obstacle {
    uint32_t number; /* of its kind and owner */
    int32_t days;
};

struct part_load {
    uint32_t number; /* of its owner */
    uint32_t open, overdue;
    int64_t days;
};

/* ---- sums ---- */

void obstacle_sums_init(struct obstacle_sums *sums)
{
    map_init(&sums->numbers, 0); /* no order of it is shown */
}

void obstacle_sums_release(struct obstacle_sums *sums)
{
    map_release(&sums->numbers);
    buffer_release(&sums->rows);
}

static struct obstacle_sum *sum_rows(const struct obstacle_sums *sums, size_t *count)
{
    *count = sums->rows.size / sizeof(struct obstacle_sum);
    return (struct obstacle_sum *)(void *)sums->rows.data;
}

static uint32_t number_of(struct obstacle_sums *sums, int32_t kind, struct bytes owner)
{
    CLEANUP(buffer_release) struct buffer key = {0};
    buffer_add(&key, bytes_of(&kind, sizeof(kind)));
    buffer_add(&key, owner);
    uintptr_t known = (uintptr_t)map_get(&sums->numbers, buffer_bytes(&key));
    if (known != 0)
        return (uint32_t)(known - 1);
    size_t count;
    struct obstacle_sum sum = {.owner = owner, .kind = kind};
    (void)sum_rows(sums, &count);
    buffer_add(&sums->rows, bytes_of(&sum, sizeof(sum)));
    map_put(&sums->numbers, buffer_bytes(&key), (void *)(uintptr_t)(count + 1));
    return (uint32_t)count;
}

static void clear(struct obstacle_sums *sums)
{
    size_t count;
    struct obstacle_sum *rows = sum_rows(sums, &count);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct obstacle_sum){.owner = rows[i].owner, .kind = rows[i].kind};
}

void obstacle_sums_clear(struct board_memory *memory)
{
    clear(&memory->kinds);
    clear(&memory->owners);
}

/* ---- a project's part ---- */

static void take_loads(struct board_work *work, const struct obstacle_view *obstacle,
                       struct board_part *part)
{
    CLEANUP(buffer_release) struct buffer loads = {0};
    obstacle_add_loads(obstacle, work->view.as_of, &loads);
    const struct owner_load *rows = (const struct owner_load *)(const void *)loads.data;
    for (size_t i = 0; i < loads.size / sizeof(*rows); i++) {
        struct part_load load = {.number = number_of(&work->memory->owners, 0, rows[i].owner),
                                 .open = (uint32_t)rows[i].open,
                                 .overdue = (uint32_t)rows[i].overdue,
                                 .days = rows[i].days};
        buffer_add(&part->loads, bytes_of(&load, sizeof(load)));
    }
}

void part_take_obstacles(struct board_work *work, size_t subject, struct arena *scratch,
                         struct board_part *part)
{
    struct obstacle_list list;
    obstacle_list_make(work->ledger, subject, &work->view, scratch, &list);
    part->is_short = list.truncated;
    for (size_t i = 0; i < list.count; i++) {
        const struct obstacle_view *obstacle = &list.rows[i];
        take_loads(work, obstacle, part);
        if (!part->counts || !obstacle_is_open(obstacle))
            continue;
        struct part_obstacle open = {
            number_of(&work->memory->kinds, obstacle->kind, obstacle->owner), obstacle->days_open};
        buffer_add(&part->obstacles, bytes_of(&open, sizeof(open)));
        part->obstacles_open++;
        part->obstacles_overdue += obstacle_is_overdue(obstacle, work->view.as_of);
    }
}

void part_add_obstacles(struct board_memory *memory, const struct board_part *part)
{
    size_t count;
    struct obstacle_sum *kinds = sum_rows(&memory->kinds, &count);
    struct obstacle_sum *owners = sum_rows(&memory->owners, &count);
    const struct part_obstacle *open = (const void *)part->obstacles.data;
    const struct part_load *loads = (const void *)part->loads.data;
    for (size_t i = 0; i < part->obstacles.size / sizeof(*open); i++) {
        struct obstacle_sum *sum = &kinds[open[i].number];
        sum->count++;
        sum->longest = open[i].days > sum->longest ? open[i].days : sum->longest;
    }
    for (size_t i = 0; i < part->loads.size / sizeof(*loads); i++) {
        struct obstacle_sum *sum = &owners[loads[i].number];
        sum->count++;
        sum->open += loads[i].open;
        sum->overdue += loads[i].overdue;
        sum->days += loads[i].days;
    }
}

/* ---- by kind ---- */

static int compare_by_kind(const void *left_sum, const void *right_sum)
{
    const struct obstacle_sum *left = left_sum, *right = right_sum;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return bytes_compare(left->owner, right->owner);
}

struct kind_sum {
    int32_t kind, longest;
    int64_t open;
    struct bytes owner; /* who has most of them; of several the first by name */
    int64_t owned;
};

static struct kind_sum sum_of_kind(const struct obstacle_sum *rows, size_t count)
{
    struct kind_sum sum = {.kind = rows->kind};
    for (size_t i = 0; i < count; i++) {
        sum.open += rows[i].count;
        sum.longest = rows[i].longest > sum.longest ? rows[i].longest : sum.longest;
        if (rows[i].owner.size > 0 && rows[i].count > sum.owned) {
            sum.owner = rows[i].owner;
            sum.owned = rows[i].count;
        }
    }
    return sum;
}

/* Most first, then by the kind's number. */
static int compare_kinds(const void *left_sum, const void *right_sum)
{
    const struct kind_sum *left = left_sum, *right = right_sum;
    if (left->open != right->open)
        return left->open > right->open ? -1 : 1;
    return (left->kind > right->kind) - (left->kind < right->kind);
}

/* Those that have any, in an order of the caller's. */
static struct obstacle_sum *sorted_sums(const struct obstacle_sums *sums,
                                        int (*compare)(const void *, const void *),
                                        struct buffer *out, size_t *left)
{
    size_t count;
    const struct obstacle_sum *rows = sum_rows(sums, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].count > 0)
            buffer_add(out, bytes_of(&rows[i], sizeof(rows[i])));
    }
    *left = out->size / sizeof(*rows);
    if (*left > 1)
        qsort(out->data, *left, sizeof(*rows), compare);
    return (struct obstacle_sum *)(void *)out->data;
}

static json_t *kinds_json(const struct board_memory *memory)
{
    json_t *out = json_array();
    size_t count;
    CLEANUP(buffer_release) struct buffer sums = {0}, sorted = {0};
    const struct obstacle_sum *rows = sorted_sums(&memory->kinds, compare_by_kind, &sorted, &count);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && rows[end].kind == rows[i].kind;)
            end++;
        struct kind_sum sum = sum_of_kind(&rows[i], end - i);
        buffer_add(&sums, bytes_of(&sum, sizeof(sum)));
    }
    struct kind_sum *kinds = (struct kind_sum *)(void *)sums.data;
    size_t kind_count = sums.size / sizeof(*kinds);
    if (kind_count > 1)
        qsort(kinds, kind_count, sizeof(*kinds), compare_kinds);
    for (size_t i = 0; i < kind_count; i++) {
        const struct word *word = word_of_number(words_of_name("obstacle"), kinds[i].kind);
        json_t *one = json_object();
        set_text(one, "id", word ? word->id : NULL);
        set_text(one, "kind", word ? word->chinese : "未说明");
        set_count(one, "open", kinds[i].open);
        set_person(one, "owner", kinds[i].owner);
        set_count(one, "longest_days", kinds[i].longest);
        report_append(out, one);
    }
    return out;
}

/* ---- by owner ---- */

/* Most days first, then by name. */
static int compare_by_days(const void *left_sum, const void *right_sum)
{
    const struct obstacle_sum *left = left_sum, *right = right_sum;
    if (left->days != right->days)
        return left->days > right->days ? -1 : 1;
    return bytes_compare(left->owner, right->owner);
}

static json_t *owners_json(const struct board_memory *memory)
{
    enum { OWNERS_SHOWN_MAX = 60 }; /* a city has forty departments (domain.md 9) */
    json_t *out = json_array();
    size_t count;
    CLEANUP(buffer_release) struct buffer sorted = {0};
    const struct obstacle_sum *rows =
        sorted_sums(&memory->owners, compare_by_days, &sorted, &count);
    for (size_t i = 0; i < count && i < OWNERS_SHOWN_MAX; i++) {
        json_t *one = json_object();
        set_person(one, "owner", rows[i].owner);
        set_count(one, "open", rows[i].open);
        set_count(one, "overdue", rows[i].overdue);
        set_count(one, "days", rows[i].days);
        report_append(out, one);
    }
    return out;
}

json_t *obstacles_json(struct board_work *work)
{
    json_t *out = json_object();
    set_count(out, "open", work->walk.obstacles_open);
    set_count(out, "overdue", work->walk.obstacles_overdue);
    set_count(out, "without_reason", work->walk.without_reason);
    report_set(out, "kinds", kinds_json(work->memory));
    report_set(out, "owners", owners_json(work->memory));
    set_text(out, "definition",
             "截至当日未销号的问题；未报：超过任一堵点时限而没有未销号问题的项目，每个项目计一次");
    return out;
}
