/* breakdown.c - every project into the rows of its values, and into the total; see breakdown.h. */
#include "ledger/figures/breakdown.h"

#include <stdio.h>
#include <stdlib.h>

#include "ledger/event/schema.h"
#include "ledger/figures/breakdown_teams.h"
#include "ledger/figures/bulletin_parts.h"
#include "ledger/lists/assignments.h"

enum { NUMBER_TEXT_SIZE = 16 };

static const struct dimension {
    const char *id, *name, *without;
    bool is_multiple;
} dimensions[BREAKDOWN_DIMENSIONS] = {
    [BREAKDOWN_PARK] = {"park", "园区", "未填报", false},
    [BREAKDOWN_INDUSTRY] = {"industry", "产业类别", "未填报", false},
    [BREAKDOWN_CHAIN] = {"chain", "产业链", "未填报", false},
    [BREAKDOWN_SIZE] = {"size", "投资规模", "未填报", false},
    [BREAKDOWN_ORIGIN] = {"origin", "资金来源", "未填报", false},
    [BREAKDOWN_INVESTOR_CLASS] = {"investor-class", "投资方类型", "未填报", true},
    [BREAKDOWN_CHANNEL] = {"channel", "招商方式", "未填报", false},
    [BREAKDOWN_COHORT] = {"cohort", "签约年份", "未签约", false},
    [BREAKDOWN_TEAM] = {"team", "招商小分队", "未填报", true},
    [BREAKDOWN_LEADER] = {"leader", "包抓领导", "未填报", true},
    [BREAKDOWN_FAIR] = {"fair", "招商活动", "未填报", false},
    [BREAKDOWN_LIST] = {"list", "清单", "未填报", true},
    [BREAKDOWN_TAG] = {"tag", "标签", "未填报", true},
};

static const char *const size_names[BULLETIN_SIZES + 1] = {
    "500万元以下", "500—5000万元", "5000万—1亿元", "1—5亿元", "5—10亿元", "10—50亿元", "50亿元以上",
};

const char *breakdown_id(enum breakdown_dimension dimension)
{
    return dimensions[dimension].id;
}

const char *breakdown_name(enum breakdown_dimension dimension)
{
    return dimensions[dimension].name;
}

const char *breakdown_without(enum breakdown_dimension dimension)
{
    return dimensions[dimension].without;
}

bool breakdown_is_multiple(enum breakdown_dimension dimension)
{
    return dimensions[dimension].is_multiple;
}

struct counted_row {
    struct breakdown_row row;
    size_t newest; /* 1 + the subject that was added last */
};

struct breakdown_work {
    const struct ledger *ledger;
    const struct view *view;
    struct arena *arena;
    struct arena scratch; /* one project's lists */
    struct breakdown *out;
    struct counted_row **rows; /* by value */
    size_t row_count;
    const struct project_view *project; /* that is being added */
    size_t project_rows;                /* it was added to so many */
    struct breakdown_teams teams;
};

/* Where the value's row stands, or is to stand. */
static size_t place_of(const struct breakdown_work *work, struct bytes value)
{
    size_t low = 0, high = work->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bytes_compare(work->rows[middle]->row.value, value) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* NULL: there is no room for another, and that is noted. */
static struct counted_row *row_of_value(struct breakdown_work *work, struct bytes value)
{
    size_t at = place_of(work, value);
    if (at < work->row_count && bytes_equal(work->rows[at]->row.value, value))
        return work->rows[at];
    if (work->row_count == BREAKDOWN_ROWS_MAX) {
        work->out->too_many = true;
        return NULL;
    }
    struct counted_row *row = arena_alloc(work->arena, sizeof(*row));
    if (row && value.size > 0)
        row->row.value = arena_copy(work->arena, value);
    if (!row || row->row.value.size != value.size || (value.size > 0 && !row->row.value.data)) {
        work->out->incomplete = true;
        return NULL;
    }
    memmove(&work->rows[at + 1], &work->rows[at],
            (work->row_count - at) * sizeof(struct counted_row *));
    work->rows[at] = row;
    work->row_count++;
    return row;
}

/* A value that is said twice counts once. */
static void add_to(struct breakdown_work *work, struct bytes value)
{
    struct counted_row *row = row_of_value(work, value);
    size_t mark = work->project->subject + 1;
    if (!row || row->newest == mark)
        return;
    row->newest = mark;
    row_add_project(&row->row.figures, work->project, work->view);
    work->project_rows++;
}

static void add_to_said(struct breakdown_work *work, struct bytes value)
{
    if (value.size > 0)
        add_to(work, value);
}

static void add_to_all(struct breakdown_work *work, struct texts values)
{
    for (size_t i = 0; i < values.count; i++)
        add_to_said(work, values.items[i]);
}

/* A number that this program has no word for stands as it is. */
static void add_to_word(struct breakdown_work *work, const char *words, int32_t number)
{
    const struct word *word = word_of_number(words_of_name(words), number);
    char text[NUMBER_TEXT_SIZE];
    if (number == 0)
        return;
    (void)snprintf(text, sizeof(text), "%d", number);
    add_to(work, bytes_of_text(word ? word->chinese : text));
}

static void add_to_size(struct breakdown_work *work)
{
    const struct project_view *project = work->project;
    bool is_by_total = !project->planned_fixed.known;
    const struct amount_view *amount =
        is_by_total ? &project->planned_total : &project->planned_fixed;
    size_t band = 0;
    if (!amount->known)
        return;
    while (band < BULLETIN_SIZES && amount->yuan >= bulletin_sizes[band])
        band++;
    work->out->sized_by_total += is_by_total;
    add_to(work, bytes_of_text(size_names[band]));
}

static void add_to_cohort(struct breakdown_work *work)
{
    int32_t day = work->project->milestones[MILESTONE_CONTRACT_SIGNED].day;
    int year = 0, month = 0, day_of_month = 0;
    char text[NUMBER_TEXT_SIZE];
    if (day == DAY_NONE)
        return;
    day_to_civil(day, &year, &month, &day_of_month);
    (void)snprintf(text, sizeof(text), "%d", year);
    add_to(work, bytes_of_text(text));
}

/* Those of one role that hold it on the day: two named for the same day hold it together. */
static void add_to_holders(struct breakdown_work *work, enum role role)
{
    struct assignments assignments;
    assignments_of_subject(work->ledger, work->project->subject, work->view, &work->scratch,
                           &assignments);
    work->out->incomplete |= assignments.truncated;
    for (size_t i = 0; i < assignments.count; i++) {
        const struct assignment *row = &assignments.rows[i];
        if (row->role == (int32_t)role && assignment_holds(row, work->view->as_of))
            add_to_said(work, role == ROLE_TEAM_MEMBER ? row->team : row->name);
    }
}

static void add_to_teams(struct breakdown_work *work)
{
    size_t first = 0;
    size_t count = breakdown_teams_of(&work->teams, work->project->subject, &first);
    for (size_t i = first; i < first + count; i++)
        add_to(work, work->teams.touches[i].team);
    add_to_holders(work, ROLE_TEAM_MEMBER);
}

static void add_to_values(struct breakdown_work *work)
{
    const struct project_view *project = work->project;
    switch (work->out->dimension) {
    case BREAKDOWN_PARK:
        add_to_said(work, project->park);
        break;
    case BREAKDOWN_INDUSTRY:
        add_to_said(work, project->industry);
        break;
    case BREAKDOWN_CHAIN:
        add_to_said(work, project->chain);
        break;
    case BREAKDOWN_SIZE:
        add_to_size(work);
        break;
    case BREAKDOWN_ORIGIN:
        add_to_word(work, "origin", (int32_t)origin_of_project(project));
        break;
    case BREAKDOWN_INVESTOR_CLASS:
        add_to_all(work, project->investor_classes);
        break;
    case BREAKDOWN_CHANNEL:
        add_to_word(work, "channel", project->channel);
        break;
    case BREAKDOWN_COHORT:
        add_to_cohort(work);
        break;
    case BREAKDOWN_TEAM:
        add_to_teams(work);
        break;
    case BREAKDOWN_LEADER:
        add_to_holders(work, ROLE_SPONSOR_LEADER);
        break;
    case BREAKDOWN_FAIR:
        add_to_said(work, project->fair);
        break;
    case BREAKDOWN_LIST:
        add_to_all(work, project->lists);
        break;
    case BREAKDOWN_TAG:
        add_to_all(work, project->tags);
        break;
    case BREAKDOWN_DIMENSIONS:
        break;
    }
}

static void add_project(struct breakdown_work *work, const struct project_view *project)
{
    work->project = project;
    work->project_rows = 0;
    add_to_values(work);
    if (work->project_rows == 0)
        add_to(work, BYTES_NONE);
    work->out->in_several_rows += work->project_rows > 1;
    row_add_project(&work->out->total, project, work->view);
    work->project = NULL;
}

static void add_trips(struct breakdown_work *work)
{
    for (size_t i = 0; i < work->teams.trip_count; i++) {
        const struct team_trip *trip = &work->teams.trips[i];
        struct counted_row *row = row_of_value(work, trip->team);
        struct bulletin_row one = {
            .trips = 1, .trips_without_lead = trip->is_without_lead, .firms_visited = trip->firms};
        if (row)
            row_add_row(&row->row.figures, &one);
        row_add_row(&work->out->total, &one);
    }
}

static void take_projects(struct breakdown_work *work)
{
    struct project_view project;
    bool is_by_team = work->out->dimension == BREAKDOWN_TEAM;
    for (size_t i = 0; i < ledger_subject_count(work->ledger); i++) {
        arena_reset(&work->scratch);
        if (!project_view_make(work->ledger, i, work->view, &work->scratch, &project) ||
            project.excluded)
            continue;
        if (is_by_team) { /* its trips are their teams', whoever else follows it */
            breakdown_teams_take_trips(&work->teams, i);
            project.trips = project.firms_visited = 0;
        }
        if (project.is_project)
            add_project(work, &project);
    }
}

static int compare_rows(const void *left_row, const void *right_row)
{
    const struct breakdown_row *left = left_row, *right = right_row;
    int order = (left->value.size == 0) - (right->value.size == 0);
    if (order == 0)
        order = (left->figures.signed_count < right->figures.signed_count) -
                (left->figures.signed_count > right->figures.signed_count);
    return order == 0 ? bytes_compare(left->value, right->value) : order;
}

static void finish(struct breakdown_work *work)
{
    struct breakdown *out = work->out;
    row_finish(&out->total, work->view, work->arena);
    out->incomplete |= !out->total.rates;
    if (out->too_many || out->incomplete)
        return;
    out->rows = arena_alloc(work->arena, (work->row_count + 1) * sizeof(*out->rows));
    out->incomplete = !out->rows;
    for (size_t i = 0; out->rows && i < work->row_count; i++) {
        struct breakdown_row *row = &out->rows[out->row_count++];
        *row = work->rows[i]->row;
        row_finish(&row->figures, work->view, work->arena);
        out->incomplete |= !row->figures.rates;
    }
    if (out->rows && out->row_count > 1)
        qsort(out->rows, out->row_count, sizeof(*out->rows), compare_rows);
}

void breakdown_make(const struct ledger *ledger, const struct view *view,
                    enum breakdown_dimension dimension, struct arena *arena, struct breakdown *out)
{
    struct breakdown_work work = {.ledger = ledger, .arena = arena, .out = out};
    *out = (struct breakdown){.view = *view, .dimension = dimension};
    if (!out->view.definitions)
        out->view.definitions =
            definitions_at(ledger, view->as_of, view->known_at, arena, &out->problem);
    work.view = &out->view;
    work.rows = arena_alloc(arena, BREAKDOWN_ROWS_MAX * sizeof(struct counted_row *));
    if (!work.rows) {
        out->incomplete = true;
        return;
    }
    arena_init(&work.scratch, BULLETIN_SCRATCH_BYTES);
    breakdown_teams_init(&work.teams, ledger, work.view, arena);
    if (dimension == BREAKDOWN_TEAM)
        breakdown_teams_gather(&work.teams);
    take_projects(&work);
    add_trips(&work);
    out->incomplete |= work.teams.is_short;
    finish(&work);
    breakdown_teams_release(&work.teams);
    arena_release(&work.scratch);
}
