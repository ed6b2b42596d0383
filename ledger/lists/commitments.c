/* commitments.c - folds what was said of each promise; see commitments.h. */
#include "ledger/lists/commitments.h"

#include "ledger/fold/sayings.h"

static void apply_terms(struct commitment *commitment, const struct commitment_fact *fact)
{
    if (fact->basis.size > 0)
        commitment->basis = fact->basis;
    if (fact->review.size > 0) {
        commitment->review = fact->review;
        commitment->is_reviewed = true;
    }
    if (fact->amount.has_value) {
        commitment->amount_yuan = fact->amount.value;
        commitment->has_amount = true;
    }
    if (fact->due != DAY_NONE) {
        if (commitment->due != DAY_NONE && fact->due > commitment->due)
            commitment->postponed++;
        commitment->due = fact->due;
    }
}

/* Told again after it was honoured or cancelled, it stays so. */
static void apply(struct commitment *commitment, const struct saying *saying)
{
    const struct commitment_fact *fact = &saying->event.commitment;
    if (!commitment_is_open(commitment))
        return;
    apply_terms(commitment, fact);
    if (fact->action == COMMITMENT_ACTION_HONOURED)
        commitment->honoured = saying->day;
    else if (fact->action == COMMITMENT_ACTION_CANCELLED)
        commitment->cancelled = saying->day;
    else if (commitment->made == DAY_NONE)
        commitment->made = saying->day;
}

static struct bytes id_of(const struct event *event)
{
    return event->commitment.commitment_id;
}

static void make(struct ledger_walk walk, const struct view *view, struct arena *arena,
                 struct commitments *out)
{
    *out = (struct commitments){0};
    CLEANUP(sayings_release) struct sayings sayings = {0};
    sayings_gather(walk, EVENT_COMMITMENT, view->as_of, arena, id_of, &sayings);
    if (sayings.count == 0)
        return;
    out->rows = arena_alloc(arena, sayings.count * sizeof(*out->rows));
    if (!out->rows) {
        out->truncated = true;
        return;
    }
    for (size_t i = 0, end; i < sayings.count; i = end) {
        end = sayings_group_end(&sayings, i);
        struct commitment *row = &out->rows[out->count++];
        row->id = sayings.rows[i].key;
        row->unit = sayings.rows[i].unit;
        row->position = sayings.rows[i].position;
        for (size_t j = i; j < end; j++)
            apply(row, &sayings.rows[j]);
    }
}

void commitments_of_subject(const struct ledger *ledger, size_t subject, const struct view *view,
                            struct arena *arena, struct commitments *out)
{
    make(ledger_walk_subject(ledger, subject, view->known_at), view, arena, out);
}

void commitments_of_unit(const struct ledger *ledger, size_t unit, const struct view *view,
                         struct arena *arena, struct commitments *out)
{
    make(ledger_walk_unit(ledger, unit, view->known_at), view, arena, out);
}
