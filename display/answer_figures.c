/* answer_figures.c - the frame, the ledger's own figures, the bulletin, the definitions in force,
 * and what a visitor may see. */
#include "display/answer_parts.h"

#include <stdio.h>

#include "report/report_bulletin.h"
#include "report/report_gaps.h"
#include "report/report_json.h"

/* ---- the frame ---- */

/* Visitors of some units see of the others only how they rank. */
static bool is_for_units(enum board_section section)
{
    return section == BOARD_HEAD || section == BOARD_UNITS || section == BOARD_RANKING;
}

static void add_section(const struct board *board, enum board_section section, bool is_first,
                        struct buffer *out)
{
    buffer_add_format(out, "%s\"%s\":", is_first ? "{" : ",", board_section_name(section));
    buffer_add(out, buffer_bytes(&board->sections[section]));
}

/* The one on the wall, where that is asked for; else made in spare. */
static const struct board *find_board(struct inquiry *inquiry, struct board *spare)
{
    const struct board *live = inquiry->source->live;
    if (inquiry->is_live && inquiry->route->kind == ROUTE_WALL && live)
        return live;
    struct board_question question = inquiry_question(inquiry);
    board_make(inquiry->source->ledger, &question, inquiry->source->arena, spare);
    return spare;
}

enum err answer_frame(struct inquiry *inquiry, struct answer *out)
{
    struct board spare = {0};
    const struct board *board = find_board(inquiry, &spare);
    out->status = 200;
    out->type = answer_json_type;
    if (inquiry->visitor->scope != GRANT_UNIT) {
        board_wall_json(board, &out->body);
    } else {
        for (enum board_section section = 0; section < BOARD_SECTIONS; section++)
            if (is_for_units(section))
                add_section(board, section, section == BOARD_HEAD, &out->body);
        buffer_add_text(&out->body, "}");
    }
    buffer_add_text(&out->body, "\n");
    board_release(&spare);
    return OK;
}

/* ---- the ledger ---- */

static json_t *section_json(const struct board *board, enum board_section section)
{
    json_error_t error;
    struct bytes text = buffer_bytes(&board->sections[section]);
    json_t *value = json_loadb((const char *)text.data, text.size, JSON_DECODE_ANY, &error);
    return value ? value : json_null();
}

static json_t *day_recorded(const struct ledger *ledger, uint64_t position)
{
    return position > 0 ? report_day_json(day_of_instant(ledger_recorded_at_ms(ledger, position)))
                        : json_null();
}

enum err answer_ledger(struct inquiry *inquiry, struct answer *out)
{
    const struct ledger *ledger = inquiry->source->ledger;
    uint64_t known_at = inquiry->view.known_at;
    struct board board = {0};
    struct ledger_counts counts;
    json_t *whole = json_object();
    (void)find_board(inquiry, &board);
    ledger_counts(ledger, known_at, &counts);
    report_set(whole, "head", section_json(&board, BOARD_HEAD));
    report_set(whole, "units", section_json(&board, BOARD_UNITS));
    report_set(whole, "events", report_count_json(counts.events));
    report_set(whole, "duplicates", report_count_json(counts.duplicates));
    report_set(whole, "refusals", report_count_json(counts.refusals));
    report_set(whole, "corrections", report_count_json(counts.corrections));
    report_set(whole, "not_understood", report_count_json(counts.not_understood));
    report_set(whole, "orphans", report_count_json(counts.orphans));
    report_set(whole, "first_day", day_recorded(ledger, known_at > 0 ? 1 : 0));
    report_set(whole, "last_day", day_recorded(ledger, known_at));
    board_release(&board);
    answer_json(out, whole);
    return OK;
}

/* ---- the bulletin ---- */

static void name_file(struct inquiry *inquiry, const char *ending, struct answer *out)
{
    char day[DAY_TEXT_SIZE];
    (void)snprintf(out->file_name, sizeof out->file_name, "%.60s通报%s.%s", inquiry->source->city,
                   day_text(inquiry->view.as_of, day), ending);
}

enum err answer_bulletin(struct inquiry *inquiry, struct answer *out)
{
    const struct answer_source *source = inquiry->source;
    const struct view *view = &inquiry->view;
    struct bulletin bulletin;
    TRY(inquiry_needs_whole(inquiry));
    bulletin_make(source->ledger, view, source->arena, &bulletin);
    if (bulletin.incomplete) {
        problem_set(&inquiry->problem, "通报放不下 (the bulletin is too large)");
        return ERR_LIMIT;
    }
    struct bulletin_paper paper = {
        .bulletin = &bulletin,
        .city = source->city,
        .known_at = view->known_at,
        .recorded_at_ms =
            view->known_at > 0 ? ledger_recorded_at_ms(source->ledger, view->known_at) : 0,
    };
    if (inquiry->route->kind == ROUTE_BULLETIN) {
        answer_json(out, bulletin_to_json(&paper));
        return OK;
    }
    out->status = 200;
    if (inquiry->route->kind == ROUTE_BULLETIN_CSV) {
        out->type = "text/csv; charset=utf-8";
        name_file(inquiry, "csv", out);
        bulletin_to_csv(&paper, &out->body);
        return OK;
    }
    out->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    name_file(inquiry, "xlsx", out);
    return bulletin_to_xlsx(&paper, &out->body, &inquiry->problem);
}

/* ---- what a visitor may see ---- */

enum err answer_session(struct inquiry *inquiry, struct answer *out)
{
    const struct visitor *visitor = inquiry->visitor;
    json_t *whole = json_object(), *units = json_array();
    for (size_t i = 0; i < visitor->unit_count; i++)
        report_append(units, json_string(visitor->units[i]));
    report_set(whole, "scope", json_string(grant_scope_text(visitor->scope)));
    report_set(whole, "units", units);
    report_set(whole, "name", report_text_json(bytes_of_text(visitor->name)));
    report_set(whole, "expires_at",
               visitor->expires_ms > 0 ? json_integer(visitor->expires_ms) : json_null());
    report_set(whole, "city", json_string(inquiry->source->city));
    answer_json(out, whole);
    out->is_private = true;
    return OK;
}
