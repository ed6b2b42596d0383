/* pages_project.c - lists of projects: which ones, in which order, and a row of each. */
#include "display/pages_project.h"

#include <stdlib.h>

#include "ledger/event/schema.h"
#include "ledger/lists/assignments.h"
#include "ledger/view/obstacles.h"

enum { SCRATCH_BYTES = 64 << 20 };

/* ---- a row ---- */

static const char *milestone_id(enum milestone milestone)
{
    const struct word *word = word_of_number(words_of_name("milestone"), (int32_t)milestone);
    return word ? word->id : NULL;
}

static void set_amount(json_t *object, const char *key, const struct amount_view *amount)
{
    report_set(object, key, amount->known ? json_integer(amount->yuan) : json_null());
}

static void set_people(json_t *object, const struct standpoint *standpoint,
                       const struct project_view *project)
{
    struct assignments assignments;
    struct obstacle_list obstacles = {0};
    assignments_of_subject(standpoint->ledger, project->subject, standpoint->view,
                           standpoint->arena, &assignments);
    if (project->obstacles_open > 0)
        obstacle_list_make(standpoint->ledger, project->subject, standpoint->view,
                           standpoint->arena, &obstacles);
    const struct assignment *leader =
        assignment_on(&assignments, ROLE_SPONSOR_LEADER, standpoint->view->as_of);
    const struct obstacle_view *newest = obstacle_newest_open(&obstacles);
    set_person(object, "leader", leader ? leader->name : BYTES_NONE);
    set_text(object, "obstacle", newest ? obstacle_kind_text(newest) : NULL);
}

json_t *project_line_json(const struct standpoint *standpoint, const struct project_view *project)
{
    json_t *out = json_object(), *flags = json_array(), *gaps = json_array();
    int32_t since;
    report_set(out, "project", text_json(project->key));
    set_person(out, "name", project->name);
    report_set(out, "unit", text_json(ledger_unit(standpoint->ledger, project->unit)->unit));
    set_text(out, "stage", milestone_id(project_stage(project)));
    set_amount(out, "planned_yuan", &project->planned_total);
    set_amount(out, "received_yuan", &project->received[ORIGIN_NONE]);
    set_person(out, "investor", project->investor);
    set_shown(out, "industry", project->industry);
    set_people(out, standpoint, project);
    set_day(out, "last_day", project->last_day);
    for (uint32_t flag = 1; flag != 0 && flag <= project->anomalies; flag <<= 1) {
        if (project->anomalies & flag)
            report_append(flags, json_string(anomaly_id((enum anomaly)flag)));
    }
    for (size_t i = 0; i < GAP_CLASSES; i++) {
        if (gap_holds(project, (enum gap_class)i, &since))
            report_append(gaps, json_string(gap_id((enum gap_class)i)));
    }
    report_set(out, "flags", flags);
    report_set(out, "gaps", gaps);
    return out;
}

/* ---- which ---- */

/* Stages of the wall that are not a milestone's own id: from the first to the last of these. */
static const struct stage_range {
    const char *id;
    enum milestone first, last;
} ranges[] = {
    {"NEGOTIATING", MILESTONE_LEAD, MILESTONE_FRAMEWORK_SIGNED},
    {"SIGNED", MILESTONE_CONTRACT_SIGNED, MILESTONE_CONTRACT_SIGNED},
};

static bool range_of(struct bytes stage, struct stage_range *out)
{
    for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++) {
        if (bytes_equal_text(stage, ranges[i].id)) {
            *out = ranges[i];
            return true;
        }
    }
    const struct word *word = word_of_id(words_of_name("milestone"), stage);
    if (word)
        *out = (struct stage_range){word->id, (enum milestone)word->number,
                                    (enum milestone)word->number};
    return word != NULL;
}

bool project_stage_is_known(struct bytes stage)
{
    struct stage_range range;
    return stage.size == 0 || range_of(stage, &range);
}

static bool contains(struct bytes text, struct bytes part)
{
    return part.size == 0 ||
           (text.size >= part.size && memmem(text.data, text.size, part.data, part.size));
}

/* 落地, 搁置 and 终止 are no steps of the main line: who has reached them is there. */
static bool is_at(const struct project_view *project, const struct stage_range *range)
{
    enum milestone stage = project_stage(project);
    bool is_on_line = stage >= range->first && stage <= range->last;
    bool is_beside = range->first == MILESTONE_LANDED || range->first == MILESTONE_SHELVED ||
                     range->first == MILESTONE_TERMINATED;
    return is_on_line || (is_beside && view_reached(project, range->first));
}

static bool fits(const struct project_view *project, const struct project_wish *wish)
{
    struct stage_range range;
    if (wish->unit != LEDGER_UNITS_MAX && project->unit != wish->unit)
        return false;
    if (wish->stage.size > 0 && (!range_of(wish->stage, &range) || !is_at(project, &range)))
        return false;
    return contains(project->key, wish->text) || contains(project->name, wish->text) ||
           contains(project->investor, wish->text);
}

struct found {
    size_t subject;
    int32_t last_day;
    struct bytes key;
};

/* The newest word first, then by key. */
static int compare_found(const void *left_found, const void *right_found)
{
    const struct found *left = left_found, *right = right_found;
    if (left->last_day != right->last_day)
        return left->last_day > right->last_day ? -1 : 1;
    return bytes_compare(left->key, right->key);
}

static void find(const struct standpoint *standpoint, const struct project_wish *wish,
                 struct buffer *out)
{
    struct project_view project;
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    for (size_t i = 0; i < ledger_subject_count(standpoint->ledger); i++) {
        if (wish->unit != LEDGER_UNITS_MAX &&
            ledger_subject_unit(standpoint->ledger, i) != wish->unit)
            continue;
        arena_reset(&scratch);
        if (!project_view_make(standpoint->ledger, i, standpoint->view, &scratch, &project) ||
            !fits(&project, wish))
            continue;
        struct found found = {i, project.last_day, project.key};
        buffer_add(out, bytes_of(&found, sizeof(found)));
    }
    if (out->size > 0)
        qsort(out->data, out->size / sizeof(struct found), sizeof(struct found), compare_found);
}

json_t *project_list_json(const struct standpoint *standpoint, const struct project_wish *wish)
{
    struct project_view project;
    CLEANUP(buffer_release) struct buffer found = {0};
    json_t *out = json_object(), *rows = json_array();
    find(standpoint, wish, &found);
    const struct found *matches = (const void *)found.data;
    size_t count = found.size / sizeof(*matches);
    size_t limit = wish->limit < PROJECTS_SHOWN_MAX ? wish->limit : PROJECTS_SHOWN_MAX;
    for (size_t i = 0; i < count && i < limit; i++) {
        if (project_view_make(standpoint->ledger, matches[i].subject, standpoint->view,
                              standpoint->arena, &project))
            report_append(rows, project_line_json(standpoint, &project));
    }
    report_set(out, "projects", rows);
    set_count(out, "count", (int64_t)count);
    return out;
}
