/*
 * notice.c - see notice.h. What a correction changed is found by looking at its project as known
 * before and after it; only then the county's count is made.
 */
#include "display/notice.h"

#include <stdlib.h>

#include "display/board_json.h"
#include "ledger/event/schema.h"
#include "ledger/view/calendar.h"
#include "ledger/view/definitions.h"
#include "report/privacy.h"

enum {
    CHANGES_MAX = 12, /* five milestones leave a month and enter another; funds */
    PAIR_MS = 600000, /* a correction and its successor are said in one breath */
    SCRATCH_BYTES = 64 << 20,
};
#define HOUR_MS 3600000LL

/* ---- one correction ---- */

struct change {
    enum milestone milestone; /* NONE: of the funds received */
    int32_t month;
    int64_t delta, after; /* of the whole county */
};

struct notice {
    const struct assertion *correction;
    struct correction_fact fact;
    size_t subject;
    struct view before, after;
    struct project_view project; /* after */
    struct change changes[CHANGES_MAX];
    size_t change_count;
};

/* What was corrected, at the end of a chain of corrections; NULL: it has not come. */
static const struct assertion *corrected(const struct ledger *ledger,
                                         const struct correction_fact *fact)
{
    struct ledger_fact read;
    const struct assertion *target = ledger_find_event(ledger, fact->target.data);
    for (int depth = 0; target && target->kind == EVENT_CORRECTION; depth++) {
        if (depth == CORRECTION_DEPTH_MAX)
            return NULL;
        ledger_read(ledger, target, NULL, &read);
        target = ledger_find_event(ledger, read.event.correction.target.data);
    }
    return target;
}

/* The position before the correction, or before its successor, which agents say first. */
static uint64_t position_before(const struct ledger *ledger, const struct assertion *correction,
                                const struct correction_fact *fact)
{
    const struct assertion *successor = fact->successor.size == EVENT_ID_SIZE
                                            ? ledger_find_event(ledger, fact->successor.data)
                                            : NULL;
    bool is_pair = successor && successor->position < correction->position &&
                   successor->unit == correction->unit &&
                   correction->recorded_at_ms - successor->recorded_at_ms <= PAIR_MS;
    return (is_pair ? successor->position : correction->position) - 1;
}

static void add_change(struct notice *notice, enum milestone milestone, int32_t month,
                       int64_t delta)
{
    if (notice->change_count < CHANGES_MAX)
        notice->changes[notice->change_count++] =
            (struct change){.milestone = milestone, .month = month, .delta = delta};
}

static int32_t month_reached(const struct project_view *project, enum milestone milestone)
{
    int32_t day = project->milestones[milestone].day;
    return day == DAY_NONE || project->excluded ? 0 : month_of_day(day);
}

static void compare(const struct project_view *before, struct notice *notice)
{
    static const enum milestone shown[] = {MILESTONE_CONTRACT_SIGNED, MILESTONE_LANDED,
                                           MILESTONE_STARTED, MILESTONE_COMPLETED,
                                           MILESTONE_PRODUCING};
    const struct project_view *after = &notice->project;
    for (size_t i = 0; i < ARRAY_LENGTH(shown); i++) {
        int32_t left = month_reached(before, shown[i]), entered = month_reached(after, shown[i]);
        if (left == entered)
            continue;
        if (left != 0)
            add_change(notice, shown[i], left, -1);
        if (entered != 0)
            add_change(notice, shown[i], entered, 1);
    }
    int64_t had = before->excluded ? 0 : before->received[ORIGIN_NONE].yuan;
    int64_t has = after->excluded ? 0 : after->received[ORIGIN_NONE].yuan;
    if (had != has)
        add_change(notice, MILESTONE_NONE, 0, has - had);
}

static int64_t part_of(const struct project_view *project, const struct change *change)
{
    if (project->excluded)
        return 0;
    if (change->milestone == MILESTONE_NONE)
        return project->received[ORIGIN_NONE].yuan;
    return month_reached(project, change->milestone) == change->month;
}

/* What the county's figures are after the correction. */
static void count_unit(const struct ledger *ledger, struct notice *notice, struct arena *scratch)
{
    struct project_view project;
    uint16_t unit = ledger_subject_unit(ledger, notice->subject);
    for (size_t i = 0; i < ledger_subject_count(ledger); i++) {
        if (ledger_subject_unit(ledger, i) != unit)
            continue;
        arena_reset(scratch);
        if (!project_view_make(ledger, i, &notice->after, scratch, &project))
            continue;
        for (size_t at = 0; at < notice->change_count; at++) {
            struct change *change = &notice->changes[at];
            change->after = sum_saturating(change->after, part_of(&project, change));
        }
    }
}

/* False: no figure changed. The project's texts are the ledger's. */
static bool notice_make(const struct ledger *ledger, const struct assertion *correction,
                        int32_t as_of, struct arena *arena, struct notice *out)
{
    struct ledger_fact read;
    struct problem problem;
    struct project_view before;
    CLEANUP(arena_release) struct arena scratch = {0};
    ledger_read(ledger, correction, NULL, &read);
    *out = (struct notice){.correction = correction, .fact = read.event.correction};
    const struct assertion *target = corrected(ledger, &out->fact);
    if (!target || target->subject == 0)
        return false;
    out->subject = target->subject - 1;
    out->after = (struct view){.as_of = as_of, .known_at = correction->position};
    out->after.definitions = definitions_at(ledger, as_of, correction->position, arena, &problem);
    out->before = out->after;
    out->before.known_at = position_before(ledger, correction, &out->fact);
    arena_init(&scratch, SCRATCH_BYTES);
    (void)project_view_make(ledger, out->subject, &out->before, &scratch, &before);
    (void)project_view_make(ledger, out->subject, &out->after, &scratch, &out->project);
    compare(&before, out);
    if (out->change_count > 0)
        count_unit(ledger, out, &scratch);
    return out->change_count > 0;
}

/* ---- told ---- */

static struct bytes unit_name(const struct ledger *ledger, const struct notice *notice, size_t unit)
{
    return ledger_unit_name(ledger, unit, notice->after.as_of, notice->after.known_at);
}

static void add_figure(const struct change *change, struct buffer *out)
{
    const struct word *word =
        word_of_number(words_of_name("milestone"), (int32_t)change->milestone);
    if (change->milestone == MILESTONE_NONE)
        buffer_add_text(out, "累计到位资金");
    else
        buffer_add_format(out, "%d年%d月%s", month_year(change->month),
                          month_of_year(change->month), word ? word->chinese : "");
}

static void add_value(const struct change *change, int64_t value, struct buffer *out)
{
    char text[PERCENT_TEXT_SIZE];
    if (change->milestone == MILESTONE_NONE)
        buffer_add_text(out, money_text(value, text));
    else
        buffer_add_format(out, "%lld", (long long)value);
}

static void set_change(json_t *object, const struct change *change, struct bytes unit_shown)
{
    CLEANUP(buffer_release) struct buffer figure = {0}, text = {0};
    int64_t before = change->after - change->delta;
    add_figure(change, &figure);
    shown_add(unit_shown, SHOWN_NAME_MAX, &text);
    buffer_add_text(&text, " ");
    buffer_add(&text, buffer_bytes(&figure));
    buffer_add_text(&text, " ");
    add_value(change, before, &text);
    buffer_add_text(&text, " → ");
    add_value(change, change->after, &text);
    report_set(object, "figure", text_json(buffer_bytes(&figure)));
    set_count(object, "before", before);
    set_count(object, "after", change->after);
    set_text(object, "counted_in", change->milestone == MILESTONE_NONE ? "yuan" : "projects");
    report_set(object, "text", text_json(buffer_bytes(&text)));
}

static void set_by(json_t *object, const struct ledger *ledger, const struct notice *notice)
{
    CLEANUP(buffer_release) struct buffer by = {0};
    const struct assertion *correction = notice->correction;
    const struct word *body =
        word_of_number(words_body(), correction->body ? correction->body : BODY_INVESTMENT_BUREAU);
    buffer_add(&by, unit_name(ledger, notice, correction->unit));
    if (body)
        buffer_add_format(&by, " %s", body->chinese);
    set_shown(object, "by", buffer_bytes(&by));
}

static void set_why(json_t *object, struct bytes reason)
{
    CLEANUP(buffer_release) struct buffer masked = {0}, shown = {0};
    privacy_mask(reason, &masked);
    shown_add(buffer_bytes(&masked), SHOWN_TEXT_MAX, &shown);
    report_set(object, "why", text_json(buffer_bytes(&shown)));
}

static void add_notice(const struct ledger *ledger, const struct notice *notice, struct buffer *out)
{
    json_t *object = json_object(), *also = json_array();
    uint16_t unit = ledger_subject_unit(ledger, notice->subject);
    struct bytes name = unit_name(ledger, notice, unit);
    set_count(object, "position", (int64_t)notice->correction->position);
    set_instant(object, "recorded_at", notice->correction->recorded_at_ms);
    report_set(object, "unit", text_json(ledger_unit(ledger, unit)->unit));
    set_shown(object, "unit_name", name);
    set_by(object, ledger, notice);
    set_change(object, &notice->changes[0], name);
    for (size_t i = 1; i < notice->change_count; i++) {
        json_t *one = json_object();
        set_change(one, &notice->changes[i], name);
        report_append(also, one);
    }
    report_set(object, "also", also);
    set_why(object, notice->fact.reason);
    report_set(object, "project", text_json(ledger_subject(ledger, notice->subject)));
    set_shown(object, "project_name", notice->project.name);
    json_take(object, out);
}

bool notice_json(const struct ledger *ledger, const struct record *record,
                 const struct event *event, const struct view *view, struct arena *arena,
                 struct buffer *out)
{
    struct notice notice;
    const struct assertion *correction = NULL;
    if (event && event->envelope.kind == EVENT_CORRECTION &&
        event->envelope.event_id.size == EVENT_ID_SIZE)
        correction = ledger_find_event(ledger, event->envelope.event_id.data);
    /* Said again it changes nothing: the assertion is where it was said first. */
    if (!correction || correction->position != record->position ||
        !notice_make(ledger, correction, view->as_of, arena, &notice))
        return false;
    add_notice(ledger, &notice, out);
    return true;
}

/* ---- those still announced ---- */

struct notice_entry { /* in order of positions */
    uint64_t position;
    bool is_made;
    size_t offset, size; /* size 0: it changed no figure */
};

void notice_memory_release(struct notice_memory *memory)
{
    buffer_release(&memory->entries);
    buffer_release(&memory->texts);
    *memory = (struct notice_memory){0};
}

/* The first position that is still announced. */
static uint64_t first_position(const struct ledger *ledger, const struct view *view)
{
    int64_t newest_ms = ledger_recorded_at_ms(ledger, view->known_at);
    return ledger_position_at(ledger, newest_ms - NOTICE_HOURS * HOUR_MS) + 1;
}

static int compare_entries(const void *left, const void *right)
{
    uint64_t one = ((const struct notice_entry *)left)->position;
    uint64_t other = ((const struct notice_entry *)right)->position;
    return (one > other) - (one < other);
}

/* The corrections of (after, known_at], behind the entries. */
static void scan(const struct ledger *ledger, uint64_t after, uint64_t known_at,
                 struct buffer *entries)
{
    size_t before = entries->size;
    const struct assertion *said = ledger_said_by(ledger, known_at);
    for (; said && said->position > after; said = ledger_said_by(ledger, said->position - 1)) {
        struct notice_entry entry = {.position = said->position};
        if (said->kind == EVENT_CORRECTION)
            buffer_add(entries, bytes_of(&entry, sizeof(entry)));
    }
    size_t count = (entries->size - before) / sizeof(struct notice_entry);
    if (count > 1)
        qsort(entries->data + before, count, sizeof(struct notice_entry), compare_entries);
}

/* What the memory holds of an earlier frame of the same day goes on; anything else is made anew. */
static void prepare(const struct ledger *ledger, const struct view *view,
                    struct notice_memory *memory)
{
    uint64_t first = first_position(ledger, view);
    bool goes_on = memory->as_of == view->as_of && first >= memory->from &&
                   view->known_at >= memory->to && memory->to > 0;
    if (!goes_on) {
        buffer_clear(&memory->entries);
        buffer_clear(&memory->texts);
        memory->as_of = view->as_of;
        memory->from = first;
        memory->to = first - 1;
    }
    scan(ledger, memory->to, view->known_at, &memory->entries);
    memory->to = view->known_at;
}

/* The notice's JSON; empty when it changed no figure. Valid until the next is asked for. */
static struct bytes text_of(const struct ledger *ledger, struct notice_entry *entry,
                            struct notice_memory *memory, struct arena *arena)
{
    struct notice notice;
    if (!entry->is_made) {
        entry->offset = memory->texts.size;
        if (notice_make(ledger, ledger_said_by(ledger, entry->position), memory->as_of, arena,
                        &notice))
            add_notice(ledger, &notice, &memory->texts);
        entry->size = memory->texts.size - entry->offset;
        entry->is_made = true;
    }
    return entry->size == 0 ? BYTES_NONE
                            : bytes_of(memory->texts.data + entry->offset, entry->size);
}

void notices_json(const struct ledger *ledger, const struct view *view,
                  struct notice_memory *memory, struct arena *arena, struct buffer *out)
{
    size_t shown = 0;
    prepare(ledger, view, memory);
    uint64_t first = first_position(ledger, view);
    struct notice_entry *entries = (struct notice_entry *)(void *)memory->entries.data;
    buffer_add_text(out, "[");
    for (size_t i = memory->entries.size / sizeof(*entries); i-- > 0 && shown < NOTICES_MAX;) {
        if (entries[i].position < first)
            break;
        struct bytes text = text_of(ledger, &entries[i], memory, arena);
        if (text.size == 0)
            continue;
        buffer_add_text(out, shown++ > 0 ? "," : "");
        buffer_add(out, text);
    }
    buffer_add_text(out, "]");
}
