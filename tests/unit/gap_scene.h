/* gap_scene.h - lists as of a day in a ledger_scene, and asking them for a subject's row. */
#pragma once

#include "ledger/lists/gaps.h"
#include "ledger/view/definitions.h"
#include "ledger_scene.h"

static inline struct view gap_scene_view(const char *as_of)
{
    return (struct view){
        .as_of = scene_day(as_of), .known_at = UINT64_MAX, .definitions = definitions_shipped()};
}

static inline struct gap_list gap_scene_gaps(struct ledger_scene *scene, enum gap_class class,
                                             const char *as_of)
{
    struct gap_list list;
    struct view view = gap_scene_view(as_of);
    gap_list_make(scene->ledger, &view, class, LEDGER_UNITS_MAX, &scene->arena, &list);
    assert_false(list.truncated);
    return list;
}

static inline struct gap_list gap_scene_alerts(struct ledger_scene *scene, enum alert_class class,
                                               const char *as_of)
{
    struct gap_list list;
    struct view view = gap_scene_view(as_of);
    alert_list_make(scene->ledger, &view, class, LEDGER_UNITS_MAX, &scene->arena, &list);
    assert_false(list.truncated);
    return list;
}

static inline void assert_bytes(struct bytes bytes, const char *text)
{
    char shown[512];
    assert_string_equal(bytes_to_text(bytes, shown, sizeof(shown)), text);
}

/* Exactly one row; its reason. */
static inline struct gap_row assert_one_row(struct gap_list list, const char *why)
{
    assert_int_equal(list.count, 1);
    assert_bytes(list.rows[0].why, why);
    return list.rows[0];
}
