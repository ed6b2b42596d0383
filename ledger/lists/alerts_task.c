/* alerts_task.c - the rules about tasks with a day: promises, obstacles, instructions, and what is
 * supervised. They hold for terminated and excluded projects too: a promise is still one. */
#include "ledger/event/schema.h"
#include "ledger/fold/sayings.h"
#include "ledger/lists/alerts.h"
#include "ledger/lists/commitments.h"
#include "ledger/view/lists.h"

/* "约谈 2022-05-01" of the newest step of supervision, after the reason's text. */
static void add_last_step(struct gap_scan *scan, size_t subject)
{
    CLEANUP(sayings_release) struct sayings sayings = {0};
    sayings_collect(ledger_walk_subject(scan->ledger, subject, scan->view->known_at),
                    EVENT_SUPERVISION, scan->view->as_of, &scan->scratch, &sayings);
    sayings_sort(&sayings);
    if (sayings.count == 0) {
        buffer_add_text(&scan->why, "，尚无督办记录");
        return;
    }
    const struct saying *last = &sayings.rows[sayings.count - 1];
    const struct word *word =
        word_of_number(words_of_name("supervision"), last->event.supervision.step);
    char day[DAY_TEXT_SIZE];
    buffer_add_format(&scan->why, "，最近一次%s在 %s", word ? word->chinese : "督办",
                      day_text(last->day, day));
}

void alert_supervised(struct gap_scan *scan, size_t subject)
{
    struct list_memberships memberships;
    list_memberships_make(scan->ledger, subject, scan->view, &scan->scratch, &memberships);
    for (size_t i = 0; i < memberships.count; i++) {
        const struct list_membership *row = &memberships.rows[i];
        bool is_on = row->left == DAY_NONE;
        char day[DAY_TEXT_SIZE];
        if (!list_is_supervised(row->list) || (!is_on && !row->left_without_reason))
            continue;
        GAP_WHY(scan, "%s %s“%.*s”%s%.*s%s", day_text(is_on ? row->since : row->left, day),
                is_on ? "列入" : "移出", TEXT_ARGUMENTS(row->list), row->level.size > 0 ? "（" : "",
                TEXT_ARGUMENTS(row->level), row->level.size > 0 ? "）" : "");
        if (is_on)
            add_last_step(scan, subject);
        else
            buffer_add_text(&scan->why, "，未说明原因");
        alert_add_subject(scan, subject, is_on ? row->since : row->left, row->position);
    }
}

/* scan->why is its reason. */
static void add_obstacle(struct gap_scan *scan, size_t subject,
                         const struct obstacle_view *obstacle, int32_t since)
{
    uint16_t unit = ledger_subject_unit(scan->ledger, subject);
    struct gap_row row = {.subject = subject,
                          .unit = unit,
                          .since = since,
                          .obstacle = bytes_of_text(obstacle_kind_text(obstacle)),
                          .owner = obstacle->owner.size > 0 ? obstacle->owner
                                                            : gap_unit_name(scan, unit),
                          .transfers = obstacle->transfers,
                          .position = obstacle->position};
    gap_scan_add(scan, &row);
}

void alert_obstacle_overdue(struct gap_scan *scan, size_t subject)
{
    struct obstacle_list obstacles;
    obstacle_list_make(scan->ledger, subject, scan->view, &scan->scratch, &obstacles);
    for (size_t i = 0; i < obstacles.count; i++) {
        const struct obstacle_view *obstacle = &obstacles.rows[i];
        if (!obstacle_is_overdue(obstacle, scan->view->as_of))
            continue;
        char due[DAY_TEXT_SIZE], raised[DAY_TEXT_SIZE];
        GAP_WHY(scan, "问题“%.*s”%s 提出，应于 %s 前解决，至今未销号%s",
                TEXT_ARGUMENTS(obstacle->id), day_text(obstacle->raised, raised),
                day_text(obstacle->due, due), obstacle->has_solution ? "" : "，未提出解决办法");
        add_obstacle(scan, subject, obstacle, obstacle->due);
    }
}

void alert_obstacle_no_solution(struct gap_scan *scan, size_t subject)
{
    struct obstacle_list obstacles;
    obstacle_list_make(scan->ledger, subject, scan->view, &scan->scratch, &obstacles);
    for (size_t i = 0; i < obstacles.count; i++) {
        const struct obstacle_view *obstacle = &obstacles.rows[i];
        if (!obstacle_is_open(obstacle) || obstacle->has_solution)
            continue;
        char raised[DAY_TEXT_SIZE];
        GAP_WHY(scan, "问题“%.*s”%s 提出，至今无人提出解决办法", TEXT_ARGUMENTS(obstacle->id),
                day_text(obstacle->raised, raised));
        add_obstacle(scan, subject, obstacle, obstacle->raised);
    }
}

static void add_commitments(struct gap_scan *scan, const struct commitments *commitments,
                            size_t subject, uint16_t unit)
{
    for (size_t i = 0; i < commitments->count; i++) {
        const struct commitment *commitment = &commitments->rows[i];
        if (!commitment_is_overdue(commitment, scan->view->as_of))
            continue;
        char due[DAY_TEXT_SIZE];
        struct gap_row row = {.subject = subject,
                              .unit = unit,
                              .since = commitment->due,
                              .owner = gap_unit_name(scan, unit),
                              .position = commitment->position};
        GAP_WHY(scan, "承诺“%.*s”应于 %s 前兑现，至今未兑现%s", TEXT_ARGUMENTS(commitment->id),
                day_text(commitment->due, due),
                commitment->is_reviewed ? "" : "，无公平竞争审查结论");
        gap_scan_add(scan, &row);
    }
}

void alert_commitment_of_subject(struct gap_scan *scan, size_t subject)
{
    struct commitments commitments;
    commitments_of_subject(scan->ledger, subject, scan->view, &scan->scratch, &commitments);
    add_commitments(scan, &commitments, subject, ledger_subject_unit(scan->ledger, subject));
}

void alert_commitment_of_unit(struct gap_scan *scan, size_t unit)
{
    struct commitments commitments;
    commitments_of_unit(scan->ledger, unit, scan->view, &scan->scratch, &commitments);
    add_commitments(scan, &commitments, SIZE_MAX, (uint16_t)unit);
}

/* One instruction: due, and whether it was answered or closed. An answer after the due day ends it
 * as well: the list is of what is owed now. */
static void add_instruction(struct gap_scan *scan, const struct saying *rows, size_t count,
                            const struct gap_row *about)
{
    int32_t due = DAY_NONE;
    int32_t given = DAY_NONE, answered = DAY_NONE;
    struct gap_row row = *about;
    struct bytes leader = BYTES_NONE;
    row.position = rows[0].position;
    for (size_t i = 0; i < count; i++) {
        const struct instruction_fact *fact = &rows[i].event.instruction;
        due = fact->due != DAY_NONE ? fact->due : due;
        leader = fact->leader.size > 0 ? fact->leader : leader;
        row.owner = fact->to.size > 0 ? fact->to : row.owner;
        if (fact->action == INSTRUCTION_ACTION_GIVEN)
            given = rows[i].day;
        else
            answered = rows[i].day;
    }
    /* Given by the city and answered by the county on one day, it is answered. */
    bool is_answered = answered != DAY_NONE && (given == DAY_NONE || answered >= given);
    if (is_answered || due == DAY_NONE || scan->view->as_of <= due)
        return;
    char day[DAY_TEXT_SIZE];
    row.since = due;
    GAP_WHY(scan, "%.*s批示“%.*s”应于 %s 前反馈，至今未反馈", TEXT_ARGUMENTS(leader),
            TEXT_ARGUMENTS(rows[0].key), day_text(due, day));
    gap_scan_add(scan, &row);
}

static struct bytes instruction_of(const struct event *event)
{
    return event->instruction.instruction_id;
}

static void add_instructions(struct gap_scan *scan, struct ledger_walk walk,
                             const struct gap_row *about)
{
    CLEANUP(sayings_release) struct sayings sayings = {0};
    sayings_gather(walk, EVENT_INSTRUCTION, scan->view->as_of, &scan->scratch, instruction_of,
                   &sayings);
    for (size_t i = 0, end; i < sayings.count; i = end) {
        end = sayings_group_end(&sayings, i);
        add_instruction(scan, &sayings.rows[i], end - i, about);
    }
}

void alert_instruction_of_subject(struct gap_scan *scan, size_t subject)
{
    struct gap_row about = {.subject = subject, .unit = ledger_subject_unit(scan->ledger, subject)};
    about.owner = gap_unit_name(scan, about.unit);
    add_instructions(scan, ledger_walk_subject(scan->ledger, subject, scan->view->known_at),
                     &about);
}

void alert_instruction_of_unit(struct gap_scan *scan, size_t unit)
{
    struct gap_row about = {.subject = SIZE_MAX, .unit = (uint16_t)unit};
    about.owner = gap_unit_name(scan, unit);
    add_instructions(scan, ledger_walk_unit(scan->ledger, unit, scan->view->known_at), &about);
}
