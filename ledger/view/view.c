/* view.c - one walk over what was said of a project, and what it comes to; see view.h. */
#include "ledger/view/view.h"

#include "ledger/event/schema.h"
#include "ledger/view/lists.h"
#include "ledger/view/obstacles.h"
#include "ledger/view/view_parts.h"

enum { FAIR_NUMBER = 7 }; /* field number of document.fair */

int view_compare_units(const struct view_work *work, uint16_t left, uint16_t right)
{
    uint16_t own = work->out->unit;
    if (left == right)
        return 0;
    if (left == own || right == own)
        return left == own ? -1 : 1;
    return bytes_compare(ledger_unit(work->ledger, left)->unit,
                         ledger_unit(work->ledger, right)->unit);
}

int view_compare_authorities(const struct view_work *work, uint8_t left_body, uint16_t left_unit,
                             uint8_t right_body, uint16_t right_unit)
{
    int left_rank = definitions_body_rank(work->definitions, left_body);
    int right_rank = definitions_body_rank(work->definitions, right_body);
    if (left_rank != right_rank)
        return left_rank < right_rank ? -1 : 1;
    return view_compare_units(work, left_unit, right_unit);
}

void view_flag(struct view_work *work, enum anomaly anomaly)
{
    work->out->anomalies |= anomaly;
}

struct amount_view view_amount(struct view_work *work, const struct money *money, int32_t day)
{
    struct amount_view amount = {0};
    if (!money->has_value) {
        amount.masked = money->text.size > 0;
        if (amount.masked)
            view_flag(work, ANOMALY_MASKED_AMOUNT);
    } else if (money->value < 0 || money->value > AMOUNT_LARGEST) {
        view_flag(work, ANOMALY_AMOUNT_OUT_OF_RANGE);
    } else if (!definitions_yuan(work->definitions, money, day, &amount.yuan)) {
        view_flag(work, ANOMALY_NO_EXCHANGE_RATE);
    } else if (amount.yuan > AMOUNT_LARGEST) {
        view_flag(work, ANOMALY_AMOUNT_OUT_OF_RANGE);
        amount.yuan = 0;
    } else {
        amount.known = true;
    }
    return amount;
}

static void document_say(struct view_work *work, const struct assertion *assertion,
                         const struct document_fact *fact)
{
    switch ((enum document)fact->document) {
    case DOCUMENT_INTENT:
        milestone_say(work, assertion, MILESTONE_INTENT_SIGNED, false, true);
        break;
    case DOCUMENT_FRAMEWORK:
        milestone_say(work, assertion, MILESTONE_FRAMEWORK_SIGNED, false, true);
        break;
    case DOCUMENT_CONTRACT:
        milestone_say(work, assertion, MILESTONE_CONTRACT_SIGNED, false, true);
        break;
    case DOCUMENT_NONE:
    case DOCUMENT_SUPPLEMENT:
    case DOCUMENT_OTHER:
        break;
    }
    bool is_first = work->out->fair.size == 0 || assertion->day < work->fair_day;
    if (fact->fair.size > 0 && assertion->day <= work->view->as_of && is_first) {
        work->out->fair = fact->fair;
        work->fair_day = assertion->day;
    }
}

static bool is_needed_before_start(const struct view_work *work, struct bytes step)
{
    const struct definitions *definitions = work->definitions;
    for (size_t i = 0; i < definitions->approval_count; i++) {
        struct bytes word = definitions->approvals[i];
        if (step.size >= word.size && memmem(step.data, step.size, word.data, word.size))
            return true;
    }
    return false;
}

static void approval_say(struct view_work *work, const struct assertion *assertion,
                         const struct approval_fact *fact)
{
    size_t at = 0;
    if (assertion->day > work->view->as_of || !is_needed_before_start(work, fact->step))
        return;
    while (at < work->approval_count && !bytes_equal(work->approvals[at].step, fact->step))
        at++;
    if (at == APPROVAL_STEPS_MAX) {
        view_flag(work, ANOMALY_TOO_MANY);
        return;
    }
    struct approval_step *step = &work->approvals[at];
    if (at == work->approval_count) {
        *step = (struct approval_step){.step = fact->step};
        work->approval_count++;
    }
    if (fact->result == APPROVAL_RESULT_PASSED &&
        (step->passed == DAY_NONE || assertion->day < step->passed))
        step->passed = assertion->day;
}

static void land_say(struct view_work *work, const struct assertion *assertion,
                     const struct land_fact *fact)
{
    if (fact->land == LAND_AUCTIONED || fact->land == LAND_CONTRACTED)
        milestone_say(work, assertion, MILESTONE_LAND_ACQUIRED, false, true);
}

static void contact_say(struct view_work *work, const struct assertion *assertion,
                        const struct contact_fact *fact)
{
    const struct view *view = work->view;
    int32_t day = fact->from != DAY_NONE ? fact->from : assertion->day;
    bool is_in_period = day <= view->as_of && (view->from == DAY_NONE || day >= view->from);
    if (fact->state != CONTACT_STATE_DONE)
        return;
    work->out->contacts += assertion->day <= view->as_of;
    if (fact->contact != CONTACT_TRIP || !is_in_period)
        return;
    work->out->trips++;
    work->out->firms_visited += (int64_t)fact->firms.count;
}

static int year_of(int32_t day)
{
    int year = 0, month = 0, day_of_month = 0;
    day_to_civil(day, &year, &month, &day_of_month);
    return year;
}

/* The newest plan for as_of's year; of one day's the project's own unit's. */
static void plan_say(struct view_work *work, const struct assertion *assertion,
                     const struct plan_fact *fact)
{
    int32_t from = fact->from != DAY_NONE ? fact->from : assertion->day;
    struct amount_view *plan = &work->out->year_plan;
    if (fact->plan != PLAN_YEAR || assertion->day > work->view->as_of ||
        year_of(from) != year_of(work->view->as_of))
        return;
    if (plan->known && (assertion->day < work->plan_day ||
                        (assertion->day == work->plan_day &&
                         view_compare_units(work, assertion->unit, work->plan_unit) > 0)))
        return;
    struct amount_view amount = view_amount(work, &fact->amount, assertion->day);
    if (!amount.known)
        return;
    *plan = amount;
    work->plan_day = assertion->day;
    work->plan_unit = assertion->unit;
}

static void say(struct view_work *work, const struct assertion *assertion, struct event *event)
{
    switch (assertion->kind) {
    case EVENT_PROJECT:
        project_say(work, assertion, &event->project);
        break;
    case EVENT_DOCUMENT:
        document_say(work, assertion, &event->document);
        break;
    case EVENT_MILESTONE:
        if (event->milestone.milestone > 0 && event->milestone.milestone < MILESTONES)
            milestone_say(work, assertion, (enum milestone)event->milestone.milestone,
                          event->milestone.partial, false);
        break;
    case EVENT_FUNDS:
        funds_say(work, assertion, &event->funds);
        break;
    case EVENT_VERIFICATION:
        verification_say(work, assertion, &event->verification);
        break;
    case EVENT_APPROVAL:
        approval_say(work, assertion, &event->approval);
        break;
    case EVENT_LAND:
        land_say(work, assertion, &event->land);
        break;
    case EVENT_CONTACT:
        contact_say(work, assertion, &event->contact);
        break;
    case EVENT_PLAN:
        plan_say(work, assertion, &event->plan);
        break;
    default: /* it is read by the lists that are about it */
        break;
    }
}

static bool is_read(struct view_work *work, uint8_t kind)
{
    work->has_lists |= kind == EVENT_LIST;
    work->has_obstacles |= kind == EVENT_OBSTACLE;
    return kind == EVENT_PROJECT || kind == EVENT_DOCUMENT || kind == EVENT_MILESTONE ||
           kind == EVENT_FUNDS || kind == EVENT_VERIFICATION || kind == EVENT_APPROVAL ||
           kind == EVENT_LAND || kind == EVENT_CONTACT || kind == EVENT_PLAN;
}

/* The texts that say() looks at, by bits of field numbers: most are never, and each is a jump. */
static uint64_t texts_wanted(uint8_t kind)
{
    if (kind == EVENT_DOCUMENT)
        return (uint64_t)1 << FAIR_NUMBER;
    return kind == EVENT_PROJECT || kind == EVENT_APPROVAL ? UINT64_MAX : 0;
}

static void note(struct view_work *work, const struct assertion *assertion)
{
    struct project_view *out = work->out;
    const struct kind *kind = kind_of_number(assertion->kind);
    bool is_substantive = assertion->kind == EVENT_MILESTONE || assertion->kind == EVENT_DOCUMENT ||
                          assertion->kind == EVENT_FUNDS;
    out->is_project |= kind && kind->needs_subject;
    if (out->first_position == 0)
        out->first_position = assertion->position;
    out->last_position = assertion->position;
    if (assertion->day > day_of_instant(assertion->recorded_at_ms))
        view_flag(work, ANOMALY_DAY_IN_FUTURE);
    if (assertion->flags & ASSERTION_MISPLACED)
        view_flag(work, ANOMALY_MISPLACED);
    if (is_substantive && assertion->day <= work->view->as_of && assertion->day > out->last_day)
        out->last_day = assertion->day;
}

/* Names of the lists it is on, each once: they come in order of the name. */
static void take_lists(struct view_work *work)
{
    struct list_memberships memberships = {0};
    struct texts *lists = &work->out->lists;
    list_memberships_make(work->ledger, work->out->subject, work->view, work->arena, &memberships);
    if (memberships.count > 0)
        lists->items = arena_alloc(work->arena, memberships.count * sizeof(*lists->items));
    for (size_t i = 0; lists->items && i < memberships.count; i++) {
        struct bytes list = memberships.rows[i].list;
        bool is_on = memberships.rows[i].left == DAY_NONE;
        if (is_on && (lists->count == 0 || !bytes_equal(lists->items[lists->count - 1], list)))
            lists->items[lists->count++] = list;
    }
    if (memberships.truncated || (memberships.count > 0 && !lists->items))
        view_flag(work, ANOMALY_TOO_MANY);
}

static void take_obstacles(struct view_work *work)
{
    struct obstacle_list obstacles = {0};
    obstacle_list_make(work->ledger, work->out->subject, work->view, work->arena, &obstacles);
    for (size_t i = 0; i < obstacles.count; i++)
        work->out->obstacles_open += obstacle_is_open(&obstacles.rows[i]);
    if (obstacles.truncated)
        view_flag(work, ANOMALY_TOO_MANY);
}

/* True: something had happened by as_of. */
static bool walk_all(struct view_work *work)
{
    bool has_happened = false;
    struct ledger_fact read;
    const struct assertion *assertion = NULL;
    struct ledger_walk walk =
        ledger_walk_subject(work->ledger, work->out->subject, work->view->known_at);
    while ((assertion = ledger_next(&walk)) != NULL) {
        has_happened |= assertion->day <= work->view->as_of;
        note(work, assertion);
        if (!is_read(work, assertion->kind))
            continue;
        ledger_read_fields(work->ledger, assertion, texts_wanted(assertion->kind), work->arena,
                           &read);
        say(work, assertion, &read.event);
    }
    return has_happened;
}

bool project_view_make(const struct ledger *ledger, size_t subject, const struct view *view,
                       struct arena *arena, struct project_view *out)
{
    struct view_work work;
    memset(&work, 0, offsetof(struct view_work, approvals));
    for (size_t i = 0; i < MILESTONES; i++)
        work.milestones[i].count = 0;
    work.ledger = ledger;
    work.view = view;
    work.definitions = view->definitions ? view->definitions : definitions_shipped();
    work.arena = arena;
    work.out = out;
    *out = (struct project_view){.subject = subject,
                                 .key = ledger_subject(ledger, subject),
                                 .unit = ledger_subject_unit(ledger, subject)};
    if (!walk_all(&work))
        return false;
    project_settle(&work);
    milestones_settle(&work);
    funds_settle(&work);
    if (work.has_lists)
        take_lists(&work);
    if (work.has_obstacles)
        take_obstacles(&work);
    anomalies_settle(&work);
    return true;
}
