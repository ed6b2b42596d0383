/* board_head.c - what the frame is of, and how far each unit's data are complete. */
#include "display/board_parts.h"
#include "ledger/view/calendar.h"

static const char *type_id(uint32_t type)
{
    switch ((enum unit_type)type) {
    case UNIT_COUNTY:
        return "COUNTY";
    case UNIT_PARK:
        return "PARK";
    case UNIT_DEPARTMENT:
        return "DEPARTMENT";
    case UNIT_TEAM:
        return "TEAM";
    case UNIT_COMMITTEE:
        return "COMMITTEE";
    case UNIT_CITY:
        return "CITY";
    }
    return NULL; /* only spoken about */
}

json_t *head_json(const struct board_work *work)
{
    enum { MONTHS_A_YEAR = 12 };
    json_t *out = json_object();
    const struct view *view = &work->view;
    struct ledger_counts counts;
    char pace[PERCENT_TEXT_SIZE];
    uint64_t position = view->known_at;
    ledger_counts(work->ledger, position, &counts);
    (void)percent_text(months_done(view->as_of), MONTHS_A_YEAR, ROUND_HALF_UP, 1, pace);
    set_shown(out, "city", work->question->city);
    set_count(out, "position", (int64_t)position);
    set_instant(out, "recorded_at",
                position > 0 ? ledger_recorded_at_ms(work->ledger, position) : 0);
    set_day(out, "as_of", view->as_of);
    set_day(out, "from", view->from);
    report_set(out, "is_live", json_boolean(work->question->is_live));
    report_set(out, "facts", hash_json(&work->bulletin.facts));
    report_set(out, "frame", hash_json(&work->bulletin.frame));
    set_count(out, "days_left", year_of_day(view->as_of).last - view->as_of);
    set_text(out, "time_pace", pace);
    /* Not in a replay: the log grows, and the same question gives the same bytes. */
    report_set(out, "last_position",
               work->question->is_live ? json_integer((json_int_t)ledger_position(work->ledger))
                                       : json_null());
    set_count(out, "not_understood", (int64_t)counts.not_understood);
    set_text(out, "problem", work->bulletin.problem.text);
    report_set(out, "incomplete", json_boolean(work->is_short));
    return out;
}

json_t *units_json(const struct board_work *work)
{
    json_t *out = json_array();
    for (size_t i = 0; i < work->bulletin.row_count; i++) {
        const struct bulletin_row *row = &work->bulletin.rows[i];
        json_t *one = json_object();
        report_set(one, "unit", text_json(row->code));
        set_shown(one, "name", row->name);
        set_text(one, "type", type_id(ledger_unit(work->ledger, row->unit)->type));
        set_instant(one, "complete_to", row->complete_to_ms);
        report_append(out, one);
    }
    return out;
}
