/*
 * board_walk.c - one walk over the projects for what no row of the bulletin has: twelve months
 * whatever the cohort, those in negotiation, ages of the gaps, obstacles by kind.
 */
#include <stdlib.h>

#include "display/board_limits.h"
#include "display/board_parts.h"
#include "ledger/view/calendar.h"
#include "ledger/view/obstacles.h"

/* ---- a project's part ---- */

struct walker {
    struct board_work *work;
    struct arena scratch;
    int32_t limits[GAP_CLASSES];
};

/* Index of the day's month in the trend; TREND_MONTHS: before it, or not reached. */
static size_t trend_at(const struct board_walk *walk, int32_t day)
{
    if (day == DAY_NONE || month_of_day(day) < walk->first_month)
        return TREND_MONTHS;
    return (size_t)(month_of_day(day) - walk->first_month); /* reached: not after as_of */
}

static void count_day(const struct board_walk *walk, int32_t day, int64_t counts[TREND_MONTHS])
{
    size_t at = trend_at(walk, day);
    if (at < TREND_MONTHS)
        counts[at]++;
}

static void add_received(struct board_walk *walk, const struct project_view *project, int32_t as_of)
{
    struct amount_view received[ORIGINS];
    if (!project->received[ORIGIN_NONE].known)
        return;
    project_received_at(project, month_first_day(walk->first_month) - 1, received);
    int64_t before = received[ORIGIN_NONE].yuan;
    for (int32_t i = 0; i < TREND_MONTHS; i++) {
        int32_t last = month_last_day(walk->first_month + i);
        project_received_at(project, last < as_of ? last : as_of, received);
        int64_t now = received[ORIGIN_NONE].yuan;
        walk->received_yuan[i] = sum_saturating(walk->received_yuan[i], now - before);
        before = now;
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

static void add_gaps(struct walker *walker, const struct project_view *project)
{
    struct board_walk *walk = &walker->work->walk;
    bool is_over = false;
    int32_t since = DAY_NONE;
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        if (!gap_holds(project, (enum gap_class)i, &since))
            continue;
        struct gap_sum *gap = &walk->gaps[i];
        int32_t age = walker->work->view.as_of - since;
        buffer_add(&gap->ages, bytes_of(&age, sizeof(age)));
        gap->count++;
        gap->over_limit += age > walker->limits[i];
        is_over = is_over || age > walker->limits[i];
        gap->longest = age > gap->longest ? age : gap->longest;
    }
    walk->without_reason += is_over && project->obstacles_open == 0;
}

static void add_obstacles(struct walker *walker, const struct project_view *project)
{
    struct board_walk *walk = &walker->work->walk;
    const struct view *view = &walker->work->view;
    struct obstacle_list list;
    if (project->obstacles_open == 0)
        return;
    obstacle_list_make(walker->work->ledger, project->subject, view, &walker->scratch, &list);
    walk->is_short = walk->is_short || list.truncated;
    for (size_t i = 0; i < list.count; i++) {
        const struct obstacle_view *obstacle = &list.rows[i];
        if (!obstacle_is_open(obstacle))
            continue;
        struct obstacle_sum sum = {obstacle->kind, obstacle->days_open, obstacle->owner};
        buffer_add(&walk->obstacles, bytes_of(&sum, sizeof(sum)));
        walk->obstacles_open++;
        walk->obstacles_overdue += obstacle_is_overdue(obstacle, view->as_of);
    }
}

static void see_project(void *context, const struct project_view *project)
{
    struct walker *walker = context;
    struct board_walk *walk = &walker->work->walk;
    arena_reset(&walker->scratch);
    count_day(walk, project->milestones[MILESTONE_CONTRACT_SIGNED].day, walk->signed_count);
    count_day(walk, project->milestones[MILESTONE_STARTED].day, walk->started);
    count_day(walk, project->milestones[MILESTONE_COMPLETED].day, walk->completed);
    add_received(walk, project, walker->work->view.as_of);
    walk->negotiating += is_negotiating(project);
    add_gaps(walker, project);
    add_obstacles(walker, project);
}

static int compare_ages(const void *left_age, const void *right_age)
{
    int32_t left = *(const int32_t *)left_age, right = *(const int32_t *)right_age;
    return (left < right) - (left > right);
}

void board_walk_make(struct board_work *work)
{
    struct walker walker = {.work = work};
    struct project_watch watch = {see_project, &walker};
    struct rule_moment moment = {work->view.as_of, work->view.known_at};
    work->walk.first_month = month_of_day(work->view.as_of) - (TREND_MONTHS - 1);
    board_gap_limits(work->ledger, moment, work->arena, walker.limits);
    arena_init(&walker.scratch, BOARD_SCRATCH_BYTES);
    alert_lists_make(work->ledger, &work->view, LEDGER_UNITS_MAX, &watch, work->arena,
                     work->alerts);
    arena_release(&walker.scratch);
    for (size_t i = 0; i < ALERT_CLASSES; i++)
        work->is_short = work->is_short || work->alerts[i].truncated;
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        struct gap_sum *gap = &work->walk.gaps[i];
        if (gap->count > 0)
            qsort(gap->ages.data, (size_t)gap->count, sizeof(int32_t), compare_ages);
    }
    work->is_short = work->is_short || work->walk.is_short;
}

void board_walk_release(struct board_walk *walk)
{
    for (size_t i = 0; i < GAP_CLASSES; i++)
        buffer_release(&walk->gaps[i].ages);
    buffer_release(&walk->obstacles);
}
