/* line.c - a record's LINE; see line.h. What it says is in line_words.c and line_correction.c. */
#include "display/line.h"

#include "display/board_json.h"
#include "display/line_words.h"
#include "ledger/event/schema.h"
#include "report/table.h"

static const char *kind_id(const struct record *record, const struct event *event)
{
    const struct kind *kind = event ? kind_of_number(event->envelope.kind) : NULL;
    if (kind)
        return kind->id;
    switch ((enum record_kind)record->kind) {
    case RECORD_REFUSAL:
        return "REFUSAL";
    case RECORD_ROSTER:
        return "ROSTER";
    case RECORD_ALARM:
        return "ALARM";
    case RECORD_SETTING:
        return "SETTING";
    case RECORD_EVENT:
        break;
    }
    return "UNKNOWN";
}

/* The project of a correction need not be named by it: then it is its target's. */
static size_t find_subject(const struct ledger *ledger, const struct event *event)
{
    size_t subject = SIZE_MAX;
    if (!event || ledger_find_subject(ledger, event->envelope.subject, &subject))
        return subject;
    if (event->envelope.kind == EVENT_CORRECTION &&
        event->correction.target.size == EVENT_ID_SIZE) {
        const struct assertion *target = ledger_find_event(ledger, event->correction.target.data);
        if (target && target->subject > 0)
            return target->subject - 1;
    }
    return SIZE_MAX;
}

static struct bytes name_of_unit(const struct telling *telling, struct bytes code)
{
    uint16_t unit;
    return ledger_find_unit(telling->ledger, code, &unit)
               ? ledger_unit_name(telling->ledger, unit, telling->view.as_of,
                                  telling->view.known_at)
               : code;
}

/* Whom it concerns: the project's unit, the one it names, else who says it. */
static struct bytes unit_about(const struct telling *telling, const struct record *record,
                               const struct event *event)
{
    if (telling->subject != SIZE_MAX)
        return ledger_unit(telling->ledger, ledger_subject_unit(telling->ledger, telling->subject))
            ->unit;
    return event && event->envelope.about_unit.size > 0 ? event->envelope.about_unit : record->unit;
}

/* "金安区 发改": who says so; at the office the person who answers for a correction as well. */
static void set_by(json_t *object, const struct telling *telling, const struct record *record,
                   const struct event *event)
{
    CLEANUP(buffer_release) struct buffer by = {0};
    if (event || record->kind == RECORD_REFUSAL) /* the broker's own records are nobody's word */
        buffer_add(&by, name_of_unit(telling, record->unit));
    if (event) {
        uint32_t body = event->envelope.body ? event->envelope.body : BODY_INVESTMENT_BUREAU;
        const struct word *word = word_of_number(words_body(), (int32_t)body);
        buffer_add_format(&by, " %s", word ? word->chinese : "");
    }
    bool has_person = event && event->envelope.kind == EVENT_CORRECTION &&
                      event->correction.person.size > 0 && telling->scope == LINE_OFFICE;
    if (has_person) {
        buffer_add_text(&by, " ");
        buffer_add(&by, event->correction.person);
    }
    set_shown(object, "by", buffer_bytes(&by));
}

static struct bytes reason_of(const struct event *event)
{
    if (!event)
        return BYTES_NONE;
    if (event->envelope.kind == EVENT_CORRECTION)
        return event->correction.reason;
    return event->envelope.kind == EVENT_MILESTONE ? event->milestone.reason : BYTES_NONE;
}

static void set_words(json_t *object, const struct telling *telling, const struct record *record,
                      const struct event *event)
{
    CLEANUP(buffer_release)
    struct buffer words = {0}, before = {0}, after = {0}, why = {0}, shown = {0};
    bool is_correction = event && event->envelope.kind == EVENT_CORRECTION;
    if (is_correction)
        line_correction(telling, &event->correction, &words, &before, &after);
    else if (event)
        line_words(telling, event, &words);
    else
        line_record_words(record, &words);
    shown_add(buffer_bytes(&words), SHOWN_TEXT_MAX, &shown);
    if (shown.size == 0) /* a word that this program does not know */
        buffer_add_text(&shown, event ? table_kind_name(event->envelope.kind) : "记录");
    line_text(telling, reason_of(event), LINE_WHY_MAX, &why);
    report_set(object, "text", text_json(buffer_bytes(&shown)));
    report_set(object, "before", text_json(buffer_bytes(&before)));
    report_set(object, "after", text_json(buffer_bytes(&after)));
    set_by(object, telling, record, event);
    set_day(object, "day", event ? event->envelope.occurred_on : DAY_NONE);
    report_set(object, "is_correction", json_boolean(is_correction));
    report_set(object, "why", text_json(buffer_bytes(&why)));
}

/* As it is called now, whenever that was said. */
static struct bytes name_of_project(const struct telling *telling, const struct event *event)
{
    struct project_view project;
    struct view view = telling->view;
    if (telling->subject == SIZE_MAX)
        return BYTES_NONE;
    if (event && event->envelope.occurred_on > view.as_of)
        view.as_of = event->envelope.occurred_on;
    return project_view_make(telling->ledger, telling->subject, &view, telling->arena, &project)
               ? project.name
               : BYTES_NONE;
}

void line_json(const struct ledger *ledger, const struct record *record, const struct event *event,
               enum line_scope scope, struct arena *arena, struct buffer *out)
{
    json_t *object = json_object();
    struct telling telling = {
        .ledger = ledger,
        .subject = find_subject(ledger, event),
        .view = {.as_of = day_of_instant(record->recorded_at_ms), .known_at = record->position},
        .scope = scope,
        .arena = arena,
    };
    struct bytes unit = unit_about(&telling, record, event);
    bool has_project = telling.subject != SIZE_MAX;
    CLEANUP(buffer_release) struct buffer name = {0};
    line_text(&telling, name_of_project(&telling, event), SHOWN_NAME_MAX, &name);
    set_count(object, "position", (int64_t)record->position);
    set_instant(object, "recorded_at", record->recorded_at_ms);
    report_set(object, "unit", text_json(unit));
    set_shown(object, "unit_name", name_of_unit(&telling, unit));
    report_set(object, "project",
               has_project ? text_json(ledger_subject(ledger, telling.subject)) : json_null());
    report_set(object, "project_name", text_json(buffer_bytes(&name)));
    set_text(object, "kind", kind_id(record, event));
    set_words(object, &telling, record, event);
    json_take(object, out);
}
