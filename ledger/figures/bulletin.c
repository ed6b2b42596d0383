/* bulletin.c - all projects and units once, then rates, ranks and digests; see bulletin.h. */
#include "ledger/figures/bulletin.h"

#include <stdlib.h>

#include "ledger/figures/bulletin_parts.h"

static const char frame_domain[] = "huoshui frame 1";

static void feed(struct bulletin_work *work, uint16_t unit, const struct project_view *project)
{
    size_t first = 0;
    size_t count = targets_of(&work->targets, unit, &first);
    for (size_t i = first; i < first + count; i++)
        target_add_project(&work->targets.rows[i], project, &work->view);
}

/* Toward its unit's targets, and the city's. */
static void feed_targets(struct bulletin_work *work, const struct project_view *project)
{
    bool is_citys = false;
    for (size_t i = 0; i < work->city_count; i++) {
        feed(work, work->cities[i], project);
        is_citys |= work->cities[i] == project->unit;
    }
    if (!is_citys)
        feed(work, project->unit, project);
}

static const struct project_view *project_of(struct bulletin_work *work, size_t subject,
                                             struct project_view *place)
{
    if (work->memo)
        return view_memo_project(work->memo, work->ledger, subject, &work->view, &work->scratch);
    return project_view_make(work->ledger, subject, &work->view, &work->scratch, place) ? place
                                                                                        : NULL;
}

static void take_projects(struct bulletin_work *work)
{
    struct project_view place;
    for (size_t i = 0; i < ledger_subject_count(work->ledger); i++) {
        arena_reset(&work->scratch);
        const struct project_view *project = project_of(work, i, &place);
        if (!project || project->excluded || project->unit >= work->unit_count)
            continue;
        row_add_project(&work->rows[project->unit], project, &work->view);
        feed_targets(work, project);
    }
    arena_reset(&work->scratch);
}

/* Enrolled by then, heard from, or spoken about by a project; the city only with its own. */
static bool has_row(const struct bulletin_work *work, const struct bulletin_row *row)
{
    uint64_t known_at = work->view.known_at;
    const struct ledger_unit *unit = ledger_unit(work->ledger, row->unit);
    bool is_named = !bytes_equal(row->name, row->code) || known_at >= ledger_position(work->ledger);
    bool is_enrolled = unit->type != 0 && is_named;
    if (ledger_unit_is_city(work->ledger, row->unit, known_at))
        return row->projects > 0;
    return is_enrolled || row->projects > 0 || row->complete_to_ms > 0;
}

static bool begin_rows(struct bulletin_work *work)
{
    work->unit_count = ledger_unit_count(work->ledger);
    work->rows = arena_alloc(work->arena, (work->unit_count + 1) * sizeof(*work->rows));
    for (size_t i = 0; work->rows && i < work->unit_count; i++) {
        struct bulletin_row *row = &work->rows[i];
        row->unit = (uint16_t)i;
        row->code = ledger_unit(work->ledger, i)->unit;
        row->name = ledger_unit_name(work->ledger, i, work->view.as_of, work->view.known_at);
        if (ledger_unit_is_city(work->ledger, i, work->view.known_at) &&
            work->city_count < BULLETIN_CITIES_MAX)
            work->cities[work->city_count++] = row->unit;
        row->complete_to_ms = ledger_unit_complete_to_ms(work->ledger, i, work->view.known_at);
    }
    return work->rows != NULL;
}

static void take_row_targets(struct bulletin_work *work, struct bulletin_row *row)
{
    size_t first = 0;
    row->target_count = targets_of(&work->targets, row->unit, &first);
    row->targets = arena_alloc(work->arena, row->target_count * sizeof(*row->targets));
    if (!row->targets) {
        row->target_count = 0;
        work->is_short = true;
    }
    for (size_t i = 0; i < row->target_count; i++)
        row->targets[i] = work->targets.rows[first + i].face;
}

static const struct bulletin_rate *headline_start(const struct bulletin_row *row)
{
    for (size_t i = 0; i < row->rate_count; i++) {
        const struct rate_definition *definition = row->rates[i].definition;
        if (definition->headline && strcmp(definition->name, "开工率") == 0)
            return row->rates[i].has_percent ? &row->rates[i] : NULL;
    }
    return NULL;
}

struct place { /* in the ranking */
    struct bulletin_row *row;
    const struct bulletin_rate *rate; /* NULL: nothing to be ranked by */
};

/* Highest first; those without a rate last. */
static int compare_places(const void *left_pointer, const void *right_pointer)
{
    const struct bulletin_rate *left = ((const struct place *)left_pointer)->rate;
    const struct bulletin_rate *right = ((const struct place *)right_pointer)->rate;
    if (!left || !right)
        return (left == NULL) - (right == NULL);
    __int128 cross_left = (__int128)left->numerator * right->denominator;
    __int128 cross_right = (__int128)right->numerator * left->denominator;
    return (cross_left < cross_right) - (cross_left > cross_right);
}

/* Ties share a rank, and the next one counts them all; without a rate no rank. */
static void rank_rows(struct bulletin_work *work, struct bulletin *out)
{
    struct place *places = arena_alloc(work->arena, out->row_count * sizeof(*places));
    work->is_short |= !places;
    if (!places)
        return;
    for (size_t i = 0; i < out->row_count; i++)
        places[i] = (struct place){&out->rows[i], headline_start(&out->rows[i])};
    qsort(places, out->row_count, sizeof(*places), compare_places);
    for (size_t i = 0; i < out->row_count && places[i].rate; i++) {
        bool is_tie = i > 0 && compare_places(&places[i - 1], &places[i]) == 0;
        places[i].row->rank = is_tie ? places[i - 1].row->rank : (int64_t)i + 1;
    }
}

static int compare_rows(const void *left, const void *right)
{
    return bytes_compare(((const struct bulletin_row *)left)->code,
                         ((const struct bulletin_row *)right)->code);
}

static void take_plans_of_city(const struct bulletin_work *work, struct measures *total)
{
    static const enum measure planned[] = {MEASURE_PLANNED_STARTS, MEASURE_YEAR_PLAN};
    for (size_t i = 0; i < ARRAY_LENGTH(planned); i++) {
        int64_t own = work->city_plans.values[planned[i]];
        if (own > 0)
            total->values[planned[i]] = own;
    }
}

static void finish(struct bulletin_work *work, struct bulletin *out)
{
    out->rows = work->rows;
    for (size_t i = 0; i < work->unit_count; i++) {
        struct bulletin_row *row = &work->rows[i];
        row_add_row(&out->total, row); /* the city's trips count in the total without a row */
        if (!has_row(work, row))
            continue;
        row_finish(row, &work->view, work->arena);
        take_row_targets(work, row);
        work->is_short |= !row->rates;
        out->rows[out->row_count++] = *row;
    }
    qsort(out->rows, out->row_count, sizeof(*out->rows), compare_rows);
    take_plans_of_city(work, &out->total.measures);
    row_finish(&out->total, &work->view, work->arena);
    out->total.targets =
        targets_total(&work->targets, &work->view, work->arena, &out->total.target_count);
    rank_rows(work, out);
    out->incomplete = work->is_short || work->targets.truncated || !out->total.rates;
}

static void make_digests(const struct bulletin_work *work, struct bulletin *out)
{
    const struct view *view = &work->view;
    uint64_t newest = ledger_position(work->ledger);
    uint64_t known_at = view->known_at < newest ? view->known_at : newest;
    uint8_t days[8], position[8];
    ledger_facts_digest(work->ledger, view->known_at, &out->facts);
    u32_put(days, (uint32_t)view->as_of);
    u32_put(days + 4, (uint32_t)view->from);
    u64_put(position, known_at);
    struct bytes parts[] = {bytes_of(frame_domain, sizeof(frame_domain)), hash_bytes(&out->facts),
                            bytes_of(days, sizeof(days)), bytes_of(position, sizeof(position)),
                            view->definitions->versions};
    out->frame = hash_of_parts(parts, ARRAY_LENGTH(parts));
}

void bulletin_make(const struct ledger *ledger, const struct view *view, struct arena *arena,
                   struct bulletin *out)
{
    bulletin_make_with(NULL, ledger, view, arena, out);
}

void bulletin_make_with(struct view_memo *memo, const struct ledger *ledger,
                        const struct view *view, struct arena *arena, struct bulletin *out)
{
    struct bulletin_work work = {.ledger = ledger, .view = *view, .arena = arena, .memo = memo};
    *out = (struct bulletin){.view = *view};
    if (!work.view.definitions)
        work.view.definitions =
            definitions_at(ledger, view->as_of, view->known_at, arena, &out->problem);
    out->view = work.view;
    if (memo)
        view_memo_begin(memo, ledger, &work.view);
    if (!begin_rows(&work)) {
        out->incomplete = true;
        return;
    }
    arena_init(&work.scratch, BULLETIN_SCRATCH_BYTES);
    unit_take_targets(&work);
    take_projects(&work);
    for (size_t unit = 0; unit < work.unit_count; unit++)
        unit_take_words(&work, (uint16_t)unit);
    targets_settle(&work.targets, ledger, &work.view, arena);
    finish(&work, out);
    arena_release(&work.scratch);
    make_digests(&work, out);
}
