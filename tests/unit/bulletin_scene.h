/* bulletin_scene.h - a bulletin over a ledger_scene, and a row of it by its unit. */
#pragma once

#include "ledger/figures/bulletin.h"
#include "ledger_scene.h"

#define WAN 10000LL

static inline struct bulletin bulletin_known(struct ledger_scene *scene, const char *from,
                                             const char *as_of, uint64_t known_at)
{
    struct bulletin bulletin;
    struct view view = {
        .from = from ? scene_day(from) : DAY_NONE, .as_of = scene_day(as_of), .known_at = known_at};
    bulletin_make(scene->ledger, &view, &scene->arena, &bulletin);
    assert_false(bulletin.incomplete);
    return bulletin;
}

static inline struct bulletin bulletin_on(struct ledger_scene *scene, const char *from,
                                          const char *as_of)
{
    return bulletin_known(scene, from, as_of, UINT64_MAX);
}

static inline const struct bulletin_row *row_of(const struct bulletin *bulletin, const char *unit)
{
    for (size_t i = 0; i < bulletin->row_count; i++) {
        if (bytes_equal_text(bulletin->rows[i].code, unit))
            return &bulletin->rows[i];
    }
    return NULL;
}

static inline const char *rate_text(const struct bulletin_row *row, const char *id)
{
    for (size_t i = 0; i < row->rate_count; i++) {
        if (strcmp(row->rates[i].definition->id, id) == 0)
            return row->rates[i].has_percent ? row->rates[i].percent : NULL;
    }
    fail_msg("no rate %s", id);
    return NULL;
}

/* The one target of the metric; list NULL: any. */
static inline const struct bulletin_target *target_of(const struct bulletin_row *row,
                                                      const char *metric, const char *list)
{
    for (size_t i = 0; i < row->target_count; i++) {
        if (bytes_equal_text(row->targets[i].metric, metric) &&
            (!list || bytes_equal_text(row->targets[i].list, list)))
            return &row->targets[i];
    }
    fail_msg("no target %s", metric);
    return NULL;
}

/* signed on the day, started thirty days later when it is. */
static inline void scene_signed(struct ledger_scene *scene, const char *subject, const char *day)
{
    ledger_scene_project(scene, subject, 100 * WAN, day);
    ledger_scene_milestone(scene, subject, MILESTONE_CONTRACT_SIGNED, day);
}
