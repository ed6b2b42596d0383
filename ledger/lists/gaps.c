/*
 * gaps.c - the six gap classes, on the highest milestone of the main line that was reached: who
 * produces before the completion is certified is 投产未上规, and nothing before (domain.md 3.2).
 */
#include "ledger/lists/gaps.h"

#include "ledger/lists/gap_scan.h"

enum { LIBRARY_YUAN = 5000000 }; /* 500 万元 and above belong into the library (domain.md 3.1) */

struct gap {
    const char *id, *name;
    enum milestone opened_by, missing;
    const char *opened_word, *missing_word;
};

static const struct gap gaps[GAP_CLASSES] = {
    [GAP_SIGNED_NOT_STARTED] = {"SIGNED_NOT_STARTED", "签约未开工", MILESTONE_CONTRACT_SIGNED,
                                MILESTONE_STARTED, "签约", "开工"},
    [GAP_STARTED_NOT_COMPLETED] = {"STARTED_NOT_COMPLETED", "开工未竣工", MILESTONE_STARTED,
                                   MILESTONE_COMPLETED, "开工", "竣工"},
    [GAP_COMPLETED_NOT_PRODUCING] = {"COMPLETED_NOT_PRODUCING", "竣工未投产", MILESTONE_COMPLETED,
                                     MILESTONE_PRODUCING, "竣工", "投产"},
    [GAP_PRODUCING_NOT_ABOVE_SCALE] = {"PRODUCING_NOT_ABOVE_SCALE", "投产未上规",
                                       MILESTONE_PRODUCING, MILESTONE_ABOVE_SCALE, "投产", "上规"},
    [GAP_ABOVE_SCALE_NOT_FULL] = {"ABOVE_SCALE_NOT_FULL", "上规未达产", MILESTONE_ABOVE_SCALE,
                                  MILESTONE_FULL_CAPACITY, "上规", "达产"},
    [GAP_UNDER_CONSTRUCTION_NOT_IN_LIBRARY] = {"UNDER_CONSTRUCTION_NOT_IN_LIBRARY", "在建未入库",
                                               MILESTONE_STARTED, MILESTONE_IN_LIBRARY, "开工",
                                               "入库"},
};

const char *gap_id(enum gap_class class)
{
    return gaps[class].id;
}

const char *gap_name(enum gap_class class)
{
    return gaps[class].name;
}

bool gap_of_id(struct bytes id, enum gap_class *out)
{
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        if (bytes_equal_text(id, gaps[i].id)) {
            *out = (enum gap_class)i;
            return true;
        }
    }
    return false;
}

static const enum milestone main_line[] = {MILESTONE_CONTRACT_SIGNED, MILESTONE_STARTED,
                                           MILESTONE_COMPLETED,       MILESTONE_PRODUCING,
                                           MILESTONE_ABOVE_SCALE,     MILESTONE_FULL_CAPACITY};

static enum milestone highest(const struct project_view *project)
{
    for (size_t i = ARRAY_LENGTH(main_line); i-- > 0;) {
        if (view_reached(project, main_line[i]))
            return main_line[i];
    }
    return MILESTONE_NONE;
}

bool gap_is_beyond(const struct project_view *project, enum milestone milestone)
{
    bool is_later = false;
    for (size_t i = 0; i < ARRAY_LENGTH(main_line); i++) {
        if (is_later && view_reached(project, main_line[i]))
            return true;
        is_later = is_later || main_line[i] == milestone;
    }
    return false;
}

static bool is_missing_from_library(const struct project_view *project)
{
    return view_reached(project, MILESTONE_STARTED) &&
           !view_reached(project, MILESTONE_COMPLETED) &&
           !view_reached(project, MILESTONE_IN_LIBRARY) && project->planned_total.known &&
           project->planned_total.yuan >= LIBRARY_YUAN;
}

bool gap_holds(const struct project_view *project, enum gap_class class, int32_t *since)
{
    if (view_reached(project, MILESTONE_TERMINATED))
        return false;
    bool holds = class == GAP_UNDER_CONSTRUCTION_NOT_IN_LIBRARY
                     ? is_missing_from_library(project)
                     : highest(project) == gaps[class].opened_by;
    if (holds)
        *since = project->milestones[gaps[class].opened_by].day;
    return holds;
}

static void list_gap(struct gap_scan *scan, const struct project_view *project)
{
    const struct gap *gap = &gaps[scan->gap];
    int32_t since;
    if (!gap_holds(project, scan->gap, &since))
        return;
    char day[DAY_TEXT_SIZE];
    GAP_WHY(scan, "%s于 %s，至今未%s", gap->opened_word, day_text(since, day), gap->missing_word);
    if (view_reached(project, MILESTONE_SHELVED))
        buffer_add_format(&scan->why, "（%s 搁置）",
                          day_text(project->milestones[MILESTONE_SHELVED].day, day));
    gap_scan_add_project(scan, project, since, project->milestones[gap->opened_by].position);
}

void gap_list_make(const struct ledger *ledger, const struct view *view, enum gap_class class,
                   size_t unit, struct arena *arena, struct gap_list *out)
{
    struct gap_scan scan;
    gap_scan_init(&scan, ledger, view, unit, arena);
    scan.gap = class;
    gap_scan_projects(&scan, list_gap);
    gap_scan_end(&scan, out);
}
