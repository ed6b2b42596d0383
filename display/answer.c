/* answer.c - see answer.h. Time, scope and refusals; what is told stands in answer_*.c. */
#include "display/answer.h"

#include <inttypes.h>
#include <stdio.h>

#include "display/answer_parts.h"
#include "report/report_json.h"

const char *const answer_json_type = "application/json; charset=utf-8";

void answer_release(struct answer *answer)
{
    buffer_release(&answer->body);
}

void answer_json(struct answer *out, json_t *value)
{
    out->status = 200;
    out->type = answer_json_type;
    report_json_write(value, &out->body);
    buffer_add_text(&out->body, "\n");
    json_decref(value);
}

void answer_refuse(struct answer *out, int status, const char *code, const struct problem *problem)
{
    json_t *error = json_object(), *whole = json_object();
    report_set(error, "code", json_string(code));
    report_set(error, "text", report_text_json(bytes_of_text(problem->text)));
    report_set(error, "remedy", report_text_json(bytes_of_text(problem->remedy)));
    report_set(whole, "error", error);
    buffer_clear(&out->body);
    out->file_name[0] = '\0';
    answer_json(out, whole);
    out->status = status;
    out->is_private = true;
}

static void refuse_for(struct answer *out, enum err err, struct problem *problem)
{
    if (!*problem->text)
        problem_set(problem, "答不出来 (cannot be answered: %s)", err_name(err));
    if (err == ERR_NOT_FOUND)
        answer_refuse(out, 404, "NOT_FOUND", problem);
    else if (err == ERR_DENIED)
        answer_refuse(out, 403, "DENIED", problem);
    else if (err == ERR_MALFORMED)
        answer_refuse(out, 400, "MALFORMED", problem);
    else
        answer_refuse(out, 503, err == ERR_LIMIT ? "TOO_MUCH" : "FAILED", problem);
}

/* ---- time ---- */

static int32_t first_day(const struct answer_source *source, int32_t as_of)
{
    int32_t day;
    int year, month, day_of_month;
    if (source->from != DAY_NONE && source->from <= as_of)
        return source->from;
    day_to_civil(as_of, &year, &month, &day_of_month);
    return day_from_civil(year, 1, 1, &day) == OK ? day : as_of;
}

static enum err find_time(struct inquiry *inquiry)
{
    const struct route *route = inquiry->route;
    const struct answer_source *source = inquiry->source;
    uint64_t head = ledger_position(source->ledger);
    struct view *view = &inquiry->view;
    *view = (struct view){.as_of = route->as_of, .from = route->from, .known_at = route->known_at};
    inquiry->is_live =
        route->as_of == DAY_NONE && route->known_at == UINT64_MAX && route->at_ms < 0;
    if (route->at_ms >= 0) {
        uint64_t position = ledger_position_at(source->ledger, route->at_ms);
        view->known_at = position < view->known_at ? position : view->known_at;
        if (view->as_of == DAY_NONE)
            view->as_of = day_of_instant(route->at_ms);
    }
    if (view->known_at == UINT64_MAX)
        view->known_at = head;
    if (view->as_of == DAY_NONE)
        view->as_of = source->as_of;
    if (view->from == DAY_NONE)
        view->from = first_day(source, view->as_of);
    if (view->from > view->as_of) {
        problem_set(&inquiry->problem, "from 晚于 as_of (lies behind the day that is asked for)");
        problem_remedy(&inquiry->problem, "leave from out for 1 January");
        return ERR_MALFORMED;
    }
    if (view->known_at <= head)
        return OK;
    problem_set(&inquiry->problem, "known_at: 日志到第 %" PRIu64 " 号为止 (the log ends there)",
                head);
    problem_remedy(&inquiry->problem, "leave known_at out for all that is known");
    return ERR_NOT_FOUND;
}

bool inquiry_open(struct inquiry *inquiry, const struct answer_source *source,
                  const struct route *route, const struct visitor *visitor, struct answer *out)
{
    *inquiry = (struct inquiry){.source = source, .route = route, .visitor = visitor};
    enum err err = find_time(inquiry);
    if (err != OK)
        refuse_for(out, err, &inquiry->problem);
    return err == OK;
}

void inquiry_find_definitions(struct inquiry *inquiry)
{
    const struct answer_source *source = inquiry->source;
    struct problem passed_over = {0}; /* the frame's head names it */
    inquiry->view.definitions = definitions_at(source->ledger, inquiry->view.as_of,
                                               inquiry->view.known_at, source->arena, &passed_over);
}

struct standpoint inquiry_standpoint(const struct inquiry *inquiry)
{
    return (struct standpoint){
        .ledger = inquiry->source->ledger,
        .view = &inquiry->view,
        .arena = inquiry->source->arena,
        .for_wall = inquiry->visitor->scope == GRANT_WALL,
    };
}

struct board_question inquiry_question(const struct inquiry *inquiry)
{
    const struct answer_source *source = inquiry->source;
    return (struct board_question){
        .city = bytes_of_text(source->city),
        .from = inquiry->view.from,
        .as_of = inquiry->view.as_of,
        .known_at = inquiry->view.known_at,
        .is_live = inquiry->is_live,
        .lights = source->lights,
        .ranked_by = source->ranked_by,
    };
}

/* ---- scope ---- */

enum err inquiry_unit(struct inquiry *inquiry, const char *name, size_t *out)
{
    uint16_t unit;
    *out = LEDGER_UNITS_MAX;
    if (!*name && inquiry->visitor->unit_count == 1)
        name = inquiry->visitor->units[0];
    if (!*name)
        return inquiry_needs_whole(inquiry);
    if (inquiry->visitor->scope == GRANT_UNIT &&
        !visitor_sees_unit(inquiry->visitor, bytes_of_text(name))) {
        problem_set(&inquiry->problem, "无权查看该单位 (this token does not show that unit)");
        problem_remedy(&inquiry->problem, "ask the city for a token with --units");
        return ERR_DENIED;
    }
    if (!ledger_find_unit(inquiry->source->ledger, bytes_of_text(name), &unit)) {
        problem_set(&inquiry->problem, "日志中没有这个单位 (no such unit in this log)");
        problem_remedy(&inquiry->problem, "/api/v1/wall names all of them in units");
        return ERR_NOT_FOUND;
    }
    *out = unit;
    return OK;
}

enum err inquiry_needs_whole(struct inquiry *inquiry)
{
    if (inquiry->visitor->scope != GRANT_UNIT)
        return OK;
    problem_set(&inquiry->problem, "此令牌只看本单位 (this token shows its own units only)");
    problem_remedy(&inquiry->problem, "ask for /api/v1/units/UNIT, or add unit=UNIT");
    return ERR_DENIED;
}

/* ---- the same question ---- */

static void add_text(struct buffer *out, const char *text)
{
    buffer_add(out, bytes_of(text, strlen(text) + 1));
}

bool inquiry_key(const struct inquiry *inquiry, struct buffer *out)
{
    const struct route *route = inquiry->route;
    const struct visitor *visitor = inquiry->visitor;
    const struct view *view = &inquiry->view;
    if (route->kind == ROUTE_SESSION || (inquiry->is_live && route->kind == ROUTE_WALL))
        return false;
    const uint64_t numbers[] = {
        route->kind,   (uint64_t)view->as_of, (uint64_t)view->from, view->known_at,
        route->before, route->limit,          inquiry->is_live,     visitor->scope,
    };
    buffer_add(out, bytes_of(numbers, sizeof numbers));
    add_text(out, route->subject);
    add_text(out, route->unit);
    add_text(out, route->class);
    add_text(out, route->text);
    add_text(out, route->stage);
    if (visitor->scope == GRANT_UNIT)
        for (size_t i = 0; i < visitor->unit_count; i++)
            add_text(out, visitor->units[i]);
    return true;
}

/* ---- the whole ---- */

static enum err answer_by_route(struct inquiry *inquiry, struct answer *out)
{
    switch (inquiry->route->kind) {
    case ROUTE_WALL:
        return answer_frame(inquiry, out);
    case ROUTE_LEDGER:
        return answer_ledger(inquiry, out);
    case ROUTE_LINES:
        return answer_lines(inquiry, out);
    case ROUTE_TIMELINE:
        return answer_timeline(inquiry, out);
    case ROUTE_UNIT:
        return answer_unit(inquiry, out);
    case ROUTE_PROJECTS:
        return answer_projects(inquiry, out);
    case ROUTE_PROJECT:
        return answer_project(inquiry, out);
    case ROUTE_GAPS:
        return answer_gaps(inquiry, out);
    case ROUTE_BULLETIN:
    case ROUTE_BULLETIN_CSV:
    case ROUTE_BULLETIN_XLSX:
        return answer_bulletin(inquiry, out);
    case ROUTE_DEFINITIONS:
        return answer_definitions(inquiry, out);
    case ROUTE_SESSION:
        return answer_session(inquiry, out);
    case ROUTE_PAGE:
    case ROUTE_STREAM:
    case ROUTE_HEALTH:
    case ROUTE_METRICS:
    case ROUTE_KINDS:
        break;
    }
    problem_set(&inquiry->problem, "没有这样的问题 (nothing is asked here)");
    return ERR_NOT_FOUND;
}

void inquiry_answer(struct inquiry *inquiry, struct answer *out)
{
    inquiry_find_definitions(inquiry);
    enum err err = answer_by_route(inquiry, out);
    if (err != OK)
        refuse_for(out, err, &inquiry->problem);
}
