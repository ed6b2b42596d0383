/* assess_values.c - see assess_values.h. */
#include "ledger/assess/assess_values.h"

enum { PROJECT_BYTES = 4 << 20 }; /* one project's view */

bool assess_is_signing(enum measure measure)
{
    return measure == MEASURE_SIGNED || measure == MEASURE_CONTRACT ||
           measure == MEASURE_NEW_PROJECTS || measure == MEASURE_ON_CHAIN;
}

bool assess_project_measures(const struct ledger *ledger, const struct view *view, size_t subject,
                             struct arena *scratch, struct project_view *project,
                             struct measures *measures)
{
    struct measure_period period = {view->from, view->as_of};
    arena_reset(scratch);
    if (!project_view_make(ledger, subject, view, scratch, project) || project->excluded)
        return false;
    *measures = (struct measures){0};
    measures_add(measures, project, &period);
    return true;
}

void assess_values_prepare(struct assess_work *work)
{
    CLEANUP(arena_release) struct arena scratch;
    arena_init(&scratch, PROJECT_BYTES);
    for (size_t i = 0; i < ledger_subject_count(work->ledger); i++) {
        struct project_view project;
        struct measures measures;
        if (!assess_project_measures(work->ledger, work->view, i, &scratch, &project, &measures))
            continue;
        uint32_t row = work->row_of_unit[project.unit];
        struct measure_period period = {work->view->from, work->view->as_of};
        if (row > 0 && measures.values[MEASURE_SIGNED] > 0 && measures.values[MEASURE_LANDED] == 0)
            measures_add(&work->unlanded[row - 1], &project, &period);
    }
}

static int64_t hundredths(int64_t value)
{
    return value > INT64_MAX / 100 ? INT64_MAX : value < 0 ? 0 : value * 100;
}

/* Un-landed signings stand in the value in full; what they do not weigh is taken off. */
static struct assess_number measure_number(const struct assess_work *work, enum measure measure,
                                           size_t row)
{
    int64_t value = work->bulletin->rows[work->figures[row]].measures.values[measure];
    struct assess_number number = {true, value, hundredths(value)};
    int64_t less = 100 - work->scheme->unlanded_signing_percent;
    int64_t unlanded = assess_is_signing(measure) ? work->unlanded[row].values[measure] : 0;
    __int128 weighted = (__int128)number.weighted - (__int128)unlanded * less;
    number.weighted = weighted < 0 ? 0 : (int64_t)weighted;
    return number;
}

static void count_one(struct assess_work *work, uint16_t unit, struct assess_number *numbers)
{
    uint32_t row = work->row_of_unit[unit];
    if (row == 0)
        return;
    numbers[row - 1].value++;
    numbers[row - 1].weighted += 100;
}

static void count_list(struct assess_work *work, const struct gap_list *list, int64_t older_than,
                       struct assess_number *numbers)
{
    for (size_t i = 0; i < list->count; i++) {
        if (older_than < 0 || list->rows[i].age_days > older_than)
            count_one(work, list->rows[i].unit, numbers);
    }
}

int64_t assess_denied(const struct ledger *ledger, const struct assertion *assertion,
                      const struct view *view)
{
    if (assertion->kind != EVENT_VERIFICATION || assertion->day > view->as_of ||
        (view->from != DAY_NONE && assertion->day < view->from))
        return 0;
    struct ledger_fact fact;
    ledger_read(ledger, assertion, NULL, &fact);
    return fact.event.verification.result == VERIFICATION_DENIED;
}

static void count_walk(struct assess_work *work, struct ledger_walk walk,
                       struct assess_number *numbers)
{
    const struct assertion *assertion = NULL;
    while ((assertion = ledger_next(&walk))) {
        if (assess_denied(work->ledger, assertion, work->view))
            count_one(work, assertion->about, numbers);
    }
}

static void count_denied(struct assess_work *work, struct assess_number *numbers)
{
    uint64_t known_at = work->view->known_at;
    for (size_t i = 0; i < ledger_subject_count(work->ledger); i++)
        count_walk(work, ledger_walk_subject(work->ledger, i, known_at), numbers);
    for (size_t i = 0; i < ledger_unit_count(work->ledger); i++)
        count_walk(work, ledger_walk_unit(work->ledger, i, known_at), numbers);
}

static struct assess_number target_number(const struct bulletin_row *figures,
                                          const struct assess_source *source, bool *is_amount)
{
    for (size_t i = 0; i < figures->target_count; i++) {
        const struct bulletin_target *target = &figures->targets[i];
        if (!bytes_equal(target->metric, source->metric))
            continue;
        int64_t value = source->kind == SOURCE_TARGET    ? target->base
                        : source->kind == SOURCE_STRETCH ? target->stretch
                                                         : target->actual;
        *is_amount = *is_amount || target->is_amount;
        return (struct assess_number){source->kind != SOURCE_STRETCH || target->has_stretch, value,
                                      hundredths(value)};
    }
    return (struct assess_number){0};
}

bool assess_values(struct assess_work *work, const struct assess_source *source,
                   struct assess_number *numbers, bool *is_amount)
{
    struct gap_list list = {0};
    size_t count = work->out->row_count;
    *is_amount = source->kind == SOURCE_MEASURE && measure_is_amount(source->measure);
    for (size_t i = 0; i < count; i++) {
        if (source->kind == SOURCE_MEASURE)
            numbers[i] = measure_number(work, source->measure, i);
        else if (source->kind == SOURCE_FIXED)
            numbers[i] = (struct assess_number){true, source->fixed, hundredths(source->fixed)};
        else if (source->kind == SOURCE_TARGET || source->kind == SOURCE_STRETCH ||
                 source->kind == SOURCE_ACTUAL)
            numbers[i] = target_number(&work->bulletin->rows[work->figures[i]], source, is_amount);
        else
            numbers[i] = (struct assess_number){.known = true};
    }
    if (source->kind == SOURCE_DENIED)
        count_denied(work, numbers);
    if (source->kind == SOURCE_GAP)
        gap_list_make(work->ledger, work->view, source->gap, LEDGER_UNITS_MAX, work->arena, &list);
    if (source->kind == SOURCE_ALERT)
        alert_list_make(work->ledger, work->view, source->alert, LEDGER_UNITS_MAX, work->arena,
                        &list);
    count_list(work, &list, source->older_than_days, numbers);
    return !list.truncated;
}
