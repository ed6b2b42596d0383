/*
 * board_walk.c - what no row of the bulletin has: twelve months whatever the cohort, those in
 * negotiation, ages of the gaps. Each project's part is kept until it is seen otherwise, and all of
 * them are added up for each frame: sums that saturate cannot be taken apart again.
 */
#include <stdlib.h>

#include "display/board_limits.h"
#include "display/board_parts.h"
#include "ledger/fold/byte_store.h"
#include "ledger/view/calendar.h"

/* ---- a project's part ---- */

/* Index of the day's month in the trend; TREND_MONTHS: before it, or not reached. */
static uint8_t trend_at(const struct board_walk *walk, int32_t day)
{
    if (day == DAY_NONE || month_of_day(day) < walk->first_month)
        return TREND_MONTHS;
    return (uint8_t)(month_of_day(day) - walk->first_month); /* reached: not after as_of */
}

static void take_received(const struct board_work *work, const struct project_view *project,
                          struct board_part *part)
{
    struct amount_view received[ORIGINS];
    int32_t first_month = work->walk.first_month, as_of = work->view.as_of;
    if (!project->received[ORIGIN_NONE].known)
        return;
    project_received_at(project, month_first_day(first_month) - 1, received);
    int64_t before = received[ORIGIN_NONE].yuan;
    for (int32_t i = 0; i < TREND_MONTHS; i++) {
        int32_t last = month_last_day(first_month + i);
        project_received_at(project, last < as_of ? last : as_of, received);
        part->received_yuan[i] = received[ORIGIN_NONE].yuan - before;
        before = received[ORIGIN_NONE].yuan;
    }
}

/* 在谈储备, as the target metric "reserve" counts it (R60): some step before the signing taken, the
 * signing not, and alive. */
static bool is_negotiating(const struct project_view *project)
{
    enum milestone stage = project_stage(project);
    return stage >= MILESTONE_LEAD && stage <= MILESTONE_FRAMEWORK_SIGNED &&
           !view_reached(project, MILESTONE_TERMINATED);
}

static void take_project(struct board_work *work, const struct project_view *project,
                         struct board_part *part)
{
    const struct board_walk *walk = &work->walk;
    part->counts = true;
    part->signed_at = trend_at(walk, project->milestones[MILESTONE_CONTRACT_SIGNED].day);
    part->started_at = trend_at(walk, project->milestones[MILESTONE_STARTED].day);
    part->completed_at = trend_at(walk, project->milestones[MILESTONE_COMPLETED].day);
    part->is_negotiating = is_negotiating(project);
    take_received(work, project, part);
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        if (!gap_holds(project, (enum gap_class)i, &part->since[i]))
            part->since[i] = DAY_NONE;
    }
}

static void look_at(struct board_work *work, size_t subject, struct arena *scratch)
{
    struct board_memory *memory = work->memory;
    struct board_part *part = &memory->parts[subject];
    arena_reset(scratch);
    const struct project_view *project =
        view_memo_project(&memory->now, work->ledger, subject, &work->view, scratch);
    uint64_t look = memory->now.rows[subject].look;
    if (part->look == look)
        return;
    struct buffer obstacles = part->obstacles, loads = part->loads;
    buffer_clear(&obstacles);
    buffer_clear(&loads);
    *part = (struct board_part){.look = look, .obstacles = obstacles, .loads = loads};
    if (project && !project->excluded)
        take_project(work, project, part);
    part_take_obstacles(work, subject, scratch, part);
}

/* ---- all of them ---- */

static void add_gaps(struct board_work *work, const struct board_part *part,
                     const int32_t limits[GAP_CLASSES])
{
    struct board_walk *walk = &work->walk;
    bool is_over = false;
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        struct gap_sum *gap = &walk->gaps[i];
        int32_t age = work->view.as_of - part->since[i];
        if (part->since[i] == DAY_NONE)
            continue;
        buffer_add(&gap->ages, bytes_of(&age, sizeof(age)));
        gap->count++;
        gap->over_limit += age > limits[i];
        is_over = is_over || age > limits[i];
        gap->longest = age > gap->longest ? age : gap->longest;
    }
    walk->without_reason += is_over && part->obstacles_open == 0;
}

static void count_month(uint8_t at, int64_t counts[TREND_MONTHS])
{
    if (at < TREND_MONTHS)
        counts[at]++;
}

static void add_part(struct board_work *work, const struct board_part *part,
                     const int32_t limits[GAP_CLASSES])
{
    struct board_walk *walk = &work->walk;
    part_add_obstacles(work->memory, part);
    walk->is_short = walk->is_short || part->is_short;
    if (!part->counts)
        return;
    count_month(part->signed_at, walk->signed_count);
    count_month(part->started_at, walk->started);
    count_month(part->completed_at, walk->completed);
    for (size_t i = 0; i < TREND_MONTHS; i++)
        walk->received_yuan[i] = sum_saturating(walk->received_yuan[i], part->received_yuan[i]);
    walk->negotiating += part->is_negotiating;
    walk->obstacles_open += part->obstacles_open;
    walk->obstacles_overdue += part->obstacles_overdue;
    add_gaps(work, part, limits);
}

static int compare_ages(const void *left_age, const void *right_age)
{
    int32_t left = *(const int32_t *)left_age, right = *(const int32_t *)right_age;
    return (left < right) - (left > right);
}

void board_walk_make(struct board_work *work)
{
    struct board_memory *memory = work->memory;
    int32_t limits[GAP_CLASSES];
    CLEANUP(arena_release) struct arena scratch;
    struct rule_moment moment = {work->view.as_of, work->view.known_at};
    work->walk.first_month = month_of_day(work->view.as_of) - (TREND_MONTHS - 1);
    board_gap_limits(work->ledger, moment, work->arena, limits);
    arena_init(&scratch, BOARD_SCRATCH_BYTES);
    obstacle_sums_clear(memory);
    for (size_t i = 0; i < ledger_subject_count(work->ledger); i++) {
        if (i == memory->part_count) {
            memory->parts =
                array_grown(memory->parts, i, &memory->part_capacity, sizeof(*memory->parts));
            memory->parts[memory->part_count++] = (struct board_part){0};
        }
        look_at(work, i, &scratch);
        add_part(work, &memory->parts[i], limits);
    }
    alert_tally_make(memory->alerts, &memory->now, work->ledger, &work->view, work->arena,
                     &work->alerts);
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        struct gap_sum *gap = &work->walk.gaps[i];
        if (gap->count > 0)
            qsort(gap->ages.data, (size_t)gap->count, sizeof(int32_t), compare_ages);
    }
    work->is_short = work->is_short || work->walk.is_short || work->alerts.incomplete;
}

void board_walk_release(struct board_walk *walk)
{
    for (size_t i = 0; i < GAP_CLASSES; i++)
        buffer_release(&walk->gaps[i].ages);
}
