/* answer_lists.c - lines and days of the log, a unit's page, lists of projects, what is stuck, the
 * definitions in force. */
#include "display/answer_parts.h"

#include <stdlib.h>

#include "display/line.h"
#include "display/pages.h"
#include "display/timeline.h"
#include "reader/folding.h"
#include "report/report_gaps.h"
#include "report/report_json.h"

struct bytes record_about(const struct record *record, const struct event *event)
{
    bool is_said_of_another = event && event->envelope.about_unit.size > 0;
    return is_said_of_another ? event->envelope.about_unit : record->unit;
}

/* ---- lines ---- */

enum {
    LINES_CHUNK = 256,
    LINES_SCAN_MAX = 50000, /* for those of some units: further back nobody asks */
};

struct line_place { /* in lines.texts */
    size_t offset, size;
};

struct lines { /* of a chunk, oldest first */
    const struct inquiry *inquiry;
    struct arena arena; /* of one record */
    struct buffer texts;
    struct line_place places[LINES_CHUNK];
    size_t count;
    uint32_t left;
    bool is_first;
};

static bool is_wanted(const struct lines *lines, struct bytes unit)
{
    const struct inquiry *inquiry = lines->inquiry;
    const char *only = inquiry->route->unit;
    return (inquiry->visitor->scope != GRANT_UNIT || visitor_sees_unit(inquiry->visitor, unit)) &&
           (!*only || bytes_equal_text(unit, only));
}

static enum err take_line(void *context, const struct record *record, const struct hash *hash)
{
    struct lines *lines = context;
    struct event event;
    (void)hash;
    arena_reset(&lines->arena);
    const struct event *said = record_event(record, &lines->arena, &event);
    if (!is_wanted(lines, record_about(record, said)))
        return OK;
    enum line_scope scope = lines->inquiry->visitor->scope == GRANT_WALL ? LINE_WALL : LINE_OFFICE;
    size_t offset = lines->texts.size;
    line_json(lines->inquiry->source->ledger, record, said, scope, &lines->arena, &lines->texts);
    lines->places[lines->count++] = (struct line_place){offset, lines->texts.size - offset};
    return OK;
}

/* Newest first. */
static void add_lines(struct lines *lines, struct buffer *out)
{
    while (lines->count > 0 && lines->left > 0) {
        const struct line_place *place = &lines->places[--lines->count];
        buffer_add_text(out, lines->is_first ? "" : ",");
        buffer_add(out, bytes_of(lines->texts.data + place->offset, place->size));
        lines->is_first = false;
        lines->left--;
    }
    lines->count = 0;
    buffer_clear(&lines->texts);
}

static enum err walk_back(struct inquiry *inquiry, struct lines *lines, struct buffer *out)
{
    const struct answer_source *source = inquiry->source;
    uint64_t to = inquiry->view.known_at, scanned = 0;
    if (inquiry->route->before <= to)
        to = inquiry->route->before > 0 ? inquiry->route->before - 1 : 0;
    while (to > 0 && lines->left > 0 && scanned < LINES_SCAN_MAX) {
        uint64_t from = to > LINES_CHUNK ? to - LINES_CHUNK + 1 : 1;
        TRY(source->read(source->read_context, from, to, take_line, lines));
        scanned += to - from + 1;
        add_lines(lines, out);
        to = from - 1;
    }
    return OK;
}

enum err answer_lines(struct inquiry *inquiry, struct answer *out)
{
    enum { ARENA_MAX = 8 << 20 };
    struct lines lines = {.inquiry = inquiry, .left = inquiry->route->limit, .is_first = true};
    if (lines.left == 0 || lines.left > ROUTE_LIMIT_MAX)
        lines.left = ROUTE_LIMIT_MAX;
    arena_init(&lines.arena, ARENA_MAX);
    buffer_add_text(&out->body, "{\"lines\":[");
    enum err err = walk_back(inquiry, &lines, &out->body);
    buffer_add_text(&out->body, "]}\n");
    arena_release(&lines.arena);
    buffer_release(&lines.texts);
    out->status = 200;
    out->type = answer_json_type;
    return err;
}

/* ---- the days of the log ---- */

struct days { /* of the timeline's days, those that are wholly known, and one that is not */
    struct timeline timeline;
    const struct ledger *ledger;
};

static enum err take_day(void *context, const struct record *record, const struct hash *hash)
{
    struct days *days = context;
    (void)hash;
    timeline_add(&days->timeline, days->ledger, record);
    return OK;
}

static void timeline_keep(struct timeline *timeline, const struct timeline_day *day)
{
    if (timeline->count == timeline->capacity) {
        timeline->capacity = timeline->capacity > 0 ? 2 * timeline->capacity : 64;
        timeline->days = realloc(timeline->days, timeline->capacity * sizeof *timeline->days);
        if (!timeline->days)
            abort();
    }
    timeline->days[timeline->count++] = *day;
}

enum err answer_timeline(struct inquiry *inquiry, struct answer *out)
{
    const struct answer_source *source = inquiry->source;
    uint64_t known_at = inquiry->view.known_at, read_from = known_at + 1;
    CLEANUP(timeline_release) struct timeline past = {0};
    if (known_at == ledger_position(source->ledger)) {
        timeline_json(source->timeline, &out->body);
    } else {
        for (size_t i = 0; i < source->timeline->count; i++) {
            const struct timeline_day *day = &source->timeline->days[i];
            if (day->last > known_at && day->first <= known_at)
                read_from = day->first;
            if (day->last <= known_at)
                timeline_keep(&past, day);
        }
        struct days days = {.timeline = past, .ledger = source->ledger};
        enum err err = read_from > known_at ? OK
                                            : source->read(source->read_context, read_from,
                                                           known_at, take_day, &days);
        past = days.timeline;
        if (err != OK)
            return err;
        timeline_json(&past, &out->body);
    }
    buffer_add_text(&out->body, "\n");
    out->status = 200;
    out->type = answer_json_type;
    return OK;
}

/* ---- a unit, projects, what is stuck ---- */

static enum err too_large(struct inquiry *inquiry)
{
    problem_set(&inquiry->problem, "答案太大 (the answer is too large)");
    problem_remedy(&inquiry->problem, "ask for one unit");
    return ERR_LIMIT;
}

static enum err give(struct inquiry *inquiry, json_t *value, struct answer *out)
{
    if (!value)
        return too_large(inquiry);
    answer_json(out, value);
    return OK;
}

enum err answer_unit(struct inquiry *inquiry, struct answer *out)
{
    const struct answer_source *source = inquiry->source;
    struct standpoint standpoint = inquiry_standpoint(inquiry);
    struct bulletin bulletin;
    size_t unit;
    TRY(inquiry_unit(inquiry, inquiry->route->subject, &unit));
    bulletin_make(source->ledger, &inquiry->view, source->arena, &bulletin);
    if (bulletin.incomplete)
        return too_large(inquiry);
    struct unit_wish wish = {
        .bulletin = &bulletin,
        .unit = (uint16_t)unit,
        .ranked_by = source->ranked_by,
        .with_claims = inquiry->visitor->scope != GRANT_WALL,
    };
    return give(inquiry, unit_page_json(&standpoint, &wish), out);
}

enum err answer_projects(struct inquiry *inquiry, struct answer *out)
{
    const struct route *route = inquiry->route;
    struct standpoint standpoint = inquiry_standpoint(inquiry);
    struct project_wish wish = {
        .text = bytes_of_text(route->text),
        .stage = bytes_of_text(route->stage),
        .limit = route->limit > 0 ? route->limit : PROJECTS_SHOWN_MAX,
    };
    TRY(inquiry_unit(inquiry, route->unit, &wish.unit));
    if (*route->stage && !project_stage_is_known(wish.stage)) {
        problem_set(&inquiry->problem, "stage: 没有这个阶段 (no such stage)");
        problem_remedy(&inquiry->problem, "for example stage=STARTED");
        return ERR_MALFORMED;
    }
    return give(inquiry, project_list_json(&standpoint, &wish), out);
}

enum err answer_gaps(struct inquiry *inquiry, struct answer *out)
{
    const struct route *route = inquiry->route;
    struct standpoint standpoint = inquiry_standpoint(inquiry);
    size_t first = 0, end = GAP_CLASSES, unit;
    TRY(inquiry_unit(inquiry, route->unit, &unit));
    if (*route->class) {
        first = stuck_of_id(bytes_of_text(route->class));
        end = first + 1;
    }
    if (first == STUCK_CLASSES) {
        problem_set(&inquiry->problem, "class: 没有这类清单 (no such list)");
        problem_remedy(&inquiry->problem, "/api/v1/definitions names them in gaps and alerts");
        return ERR_MALFORMED;
    }
    return give(inquiry, stuck_to_json(&standpoint, first, end, unit), out);
}

enum err answer_definitions(struct inquiry *inquiry, struct answer *out)
{
    struct standpoint standpoint = inquiry_standpoint(inquiry);
    return give(inquiry, definitions_page_json(&standpoint, inquiry->source->lights), out);
}
