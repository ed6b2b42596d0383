/* targets_settle.c - from what was done to rates, paces and the sums of a tree; see targets.h. */
#include <stdlib.h>

#include "ledger/figures/targets.h"

enum { BASIS_POINTS = 10000 };

static void settle_rate(struct target *target)
{
    const struct rate_definition *rate = target->rate;
    int64_t numerator = target->measures.values[rate->numerator];
    int64_t denominator = target->measures.values[rate->denominator];
    target->face.has_rate = denominator > 0 && target->face.base > 0;
    if (denominator > 0)
        target->face.actual = scale_half_up(numerator, BASIS_POINTS, denominator);
}

/* Base and actual are there: the texts follow. A rate has no pace: it does not fill up by month. */
static void write_texts(struct target *target, const struct view *view)
{
    struct bulletin_target *face = &target->face;
    const struct rate_definition *rate = definitions_find(view->definitions, "TARGET_RATE");
    const struct rate_definition *pace = definitions_find(view->definitions, "PACE_POINTS");
    face->rate_percent[0] = face->pace_points[0] = '\0';
    if (!face->has_rate)
        return;
    (void)percent_text(face->actual, face->base, rate->rounding, rate->digits, face->rate_percent);
    if (!target->rate)
        (void)pace_text(face->actual, face->base, period_pace(&target->period, view->as_of),
                        pace->rounding, pace->digits, face->pace_points);
}

static void settle(struct target *target, const struct view *view)
{
    if (target->rate)
        settle_rate(target);
    else
        target->face.has_rate = target->metric && target->face.base > 0;
    write_texts(target, view);
}

struct place { /* of a target, in the order of figures */
    struct target *target;
};

/* By figure; the city's first. The rows themselves stay in the order of their units. */
static int compare_places(const void *left_pointer, const void *right_pointer)
{
    const struct target *left = ((const struct place *)left_pointer)->target;
    const struct target *right = ((const struct place *)right_pointer)->target;
    int order = target_compare_figures(left, right);
    if (order == 0)
        order = (int)right->is_citys - (int)left->is_citys;
    return order != 0 ? order : (left > right) - (left < right);
}

static struct place *by_figure(struct targets *targets, struct arena *arena)
{
    struct place *sorted = arena_alloc(arena, (targets->count + 1) * sizeof(*sorted));
    for (size_t i = 0; sorted && i < targets->count; i++)
        sorted[i].target = &targets->rows[i];
    if (sorted)
        qsort(sorted, targets->count, sizeof(*sorted), compare_places);
    else
        targets->truncated = true;
    return sorted;
}

static size_t figure_end(const struct place *sorted, size_t start, size_t count)
{
    size_t end = start;
    while (end < count && target_compare_figures(sorted[start].target, sorted[end].target) == 0)
        end++;
    return end;
}

/* A part that names no whole is the city's. */
static bool is_part_of(const struct ledger *ledger, const struct target *part,
                       const struct target *whole)
{
    if (part->is_citys || part == whole)
        return false;
    return part->parent.size > 0 ? bytes_equal(part->parent, ledger_unit(ledger, whole->unit)->unit)
                                 : whole->is_citys;
}

static void add_parts(const struct ledger *ledger, const struct place *figure, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct bulletin_target *whole = &figure[i].target->face;
        for (size_t j = 0; j < count && !figure[i].target->rate; j++) {
            if (!is_part_of(ledger, figure[j].target, figure[i].target))
                continue;
            whole->children = sum_saturating(whole->children, figure[j].target->face.base);
            whole->has_children = true;
        }
        whole->sum_differs = whole->has_children && whole->children != whole->base;
    }
}

void targets_settle(struct targets *targets, const struct ledger *ledger, const struct view *view,
                    struct arena *arena)
{
    struct place *sorted = by_figure(targets, arena);
    for (size_t i = 0; i < targets->count; i++)
        settle(&targets->rows[i], view);
    for (size_t start = 0, end = 0; sorted && start < targets->count; start = end) {
        end = figure_end(sorted, start, targets->count);
        add_parts(ledger, &sorted[start], end - start);
    }
}

/* False: a rate, or a figure of no known metric: its units' targets have no sum. */
static bool sum_figure(const struct place *figure, size_t count, const struct view *view,
                       struct target *out)
{
    *out = *figure[0].target;
    for (size_t i = 1; i < count && !out->is_citys; i++) {
        const struct bulletin_target *face = &figure[i].target->face;
        out->face.base = sum_saturating(out->face.base, face->base);
        out->face.stretch = sum_saturating(out->face.stretch, face->stretch);
        out->face.actual = sum_saturating(out->face.actual, face->actual);
        out->face.has_stretch &= face->has_stretch;
        if (face->is_amount != out->face.is_amount)
            return false;
    }
    if (out->is_citys)
        return true;
    out->face.children = 0;
    out->face.has_children = out->face.sum_differs = false;
    out->face.has_rate = out->face.base > 0;
    out->face.document = BYTES_NONE;
    write_texts(out, view);
    return out->metric && !out->rate;
}

struct bulletin_target *targets_total(struct targets *targets, const struct view *view,
                                      struct arena *arena, size_t *count)
{
    struct place *sorted = by_figure(targets, arena);
    struct bulletin_target *faces = arena_alloc(arena, (targets->count + 1) * sizeof(*faces));
    *count = 0;
    targets->truncated |= !faces;
    for (size_t start = 0, end = 0; sorted && faces && start < targets->count; start = end) {
        struct target sum;
        end = figure_end(sorted, start, targets->count);
        if (sum_figure(&sorted[start], end - start, view, &sum))
            faces[(*count)++] = sum.face;
    }
    return faces;
}
