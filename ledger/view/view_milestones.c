/*
 * view_milestones.c - whose day of a milestone counts: the authority that the definitions name
 * first, by its latest uncorrected word (contract 1.3). A document or a land step implies a
 * milestone only where the same authority has not said its day: ledgers give both for one signing.
 */
#include "ledger/view/view_parts.h"

static struct authority_day *authority_of(struct view_work *work, struct milestone_words *words,
                                          const struct assertion *assertion)
{
    uint8_t body = assertion->body == BODY_NONE ? BODY_INVESTMENT_BUREAU : assertion->body;
    for (size_t i = 0; i < words->count; i++) {
        if (words->rows[i].unit == assertion->unit && words->rows[i].body == body)
            return &words->rows[i];
    }
    if (words->count == AUTHORITIES_MAX) {
        view_flag(work, ANOMALY_TOO_MANY);
        return NULL;
    }
    struct authority_day *row = &words->rows[words->count++];
    *row = (struct authority_day){.unit = assertion->unit, .body = body, .implied = true};
    return row;
}

void milestone_say(struct view_work *work, const struct assertion *assertion,
                   enum milestone milestone, bool partial, bool implied)
{
    struct authority_day *row = authority_of(work, &work->milestones[milestone], assertion);
    if (!row)
        return;
    bool is_first = row->day == DAY_NONE;
    /* Of several contracts the first signing counts (domain.md 3.4); of several words the last. */
    if (implied && (!row->implied || (!is_first && assertion->day >= row->day)))
        return;
    row->day = assertion->day;
    row->position = assertion->position;
    row->partial = partial;
    row->implied = implied;
}

static const struct authority_day *believed(const struct view_work *work,
                                            const struct milestone_words *words)
{
    const struct authority_day *best = &words->rows[0];
    for (size_t i = 1; i < words->count; i++) {
        const struct authority_day *row = &words->rows[i];
        if (view_compare_authorities(work, row->body, row->unit, best->body, best->unit) < 0)
            best = row;
    }
    return best;
}

static void settle(struct view_work *work, struct milestone_words *words,
                   struct milestone_view *out)
{
    const struct authority_day *best = believed(work, words);
    int32_t first = best->day;
    bool differs = false;
    for (size_t i = 0; i < words->count; i++) {
        differs |= words->rows[i].day != best->day;
        if (words->rows[i].day < first)
            first = words->rows[i].day;
    }
    out->disputed = differs && first <= work->view->as_of;
    if (out->disputed)
        view_flag(work, ANOMALY_DISPUTED_MILESTONE);
    if (best->day > work->view->as_of)
        return;
    out->day = best->day;
    out->body = best->body;
    out->unit = best->unit;
    out->partial = best->partial;
    out->position = best->position;
}

void milestones_settle(struct view_work *work)
{
    struct milestone_view *milestones = work->out->milestones;
    for (size_t i = 0; i < MILESTONES; i++) {
        if (work->milestones[i].count > 0)
            settle(work, &work->milestones[i], &milestones[i]);
    }
    if (work->definitions->landed_milestone != MILESTONE_LANDED) /* 落地 has no common meaning */
        milestones[MILESTONE_LANDED] = milestones[work->definitions->landed_milestone];
}

enum milestone project_stage(const struct project_view *project)
{
    static const enum milestone line[] = {
        MILESTONE_LEAD,          MILESTONE_PLANNED,          MILESTONE_NEGOTIATING,
        MILESTONE_INTENT_SIGNED, MILESTONE_FRAMEWORK_SIGNED, MILESTONE_CONTRACT_SIGNED,
        MILESTONE_STARTED,       MILESTONE_COMPLETED,        MILESTONE_PRODUCING,
        MILESTONE_ABOVE_SCALE,   MILESTONE_FULL_CAPACITY,
    };
    size_t at = ARRAY_LENGTH(line);
    while (at > 0 && !view_reached(project, line[at - 1]))
        at--;
    return at > 0 ? line[at - 1] : MILESTONE_NONE;
}
