/* report_claims.c - `huoshui-audit claims`: 首报首谈 (R88). Which units court one firm, who was
 * first by the log and by the agents' own clocks, what stands behind it, the verdict, and planned
 * trips that meet. */
#include <inttypes.h>

#include "audit/report.h"
#include "audit/report_commands.h"
#include "ledger/claims/claims.h"
#include "ledger/event/schema.h"
#include "report/report_grid.h"
#include "report/table.h"

enum { COLUMNS_MAX = 9 };

/* ---- words ---- */

static struct bytes name_of(const struct report *report, size_t unit)
{
    return ledger_unit_name(report->ledger, unit, report->view.as_of, report->view.known_at);
}

/* A verdict may name a unit that the log has never met. */
static struct bytes winner_name(const struct report *report, struct bytes code)
{
    uint16_t unit;
    return ledger_find_unit(report->ledger, code, &unit) ? name_of(report, unit) : code;
}

static struct bytes subject_text(const struct report *report, size_t subject)
{
    return subject == SIZE_MAX ? BYTES_NONE : ledger_subject(report->ledger, subject);
}

static const struct word *stage_word(enum milestone stage)
{
    return stage == MILESTONE_NONE ? NULL
                                   : word_of_number(words_of_name("milestone"), (int32_t)stage);
}

/* ---- whose ---- */

static bool claim_is_of(const struct claim *claim, size_t unit)
{
    for (size_t i = 0; i < claim->unit_count; i++)
        if (claim->units[i].unit == unit)
            return true;
    return unit == LEDGER_UNITS_MAX;
}

static bool clash_is_of(const struct trip_clash *clash, size_t unit)
{
    for (size_t i = 0; i < clash->trip_count; i++)
        if (clash->trips[i].unit == unit)
            return true;
    return unit == LEDGER_UNITS_MAX;
}

/* What the option --unit leaves, in the same order. */
static void keep_units(struct claims *claims, size_t unit)
{
    size_t kept = 0;
    for (size_t i = 0; i < claims->claim_count; i++)
        if (claim_is_of(&claims->claims[i], unit))
            claims->claims[kept++] = claims->claims[i];
    claims->claim_count = kept;
    kept = 0;
    for (size_t i = 0; i < claims->clash_count; i++)
        if (clash_is_of(&claims->clashes[i], unit))
            claims->clashes[kept++] = claims->clashes[i];
    claims->clash_count = kept;
}

/* ---- the table ---- */

/* Never raw: what a unit wrote must not move the terminal. */
static void add_text(struct bytes text, struct buffer *out)
{
    table_cell(text, table_text_width(text), false, out);
}

static void add_left_out(struct report *report, size_t left_out)
{
    if (left_out > 0)
        buffer_add_format(&report->out, "  另有 %zu 条未列\n", left_out);
}

/* headings: NULL-ended; the first is empty, which moves the rest in. */
static void begin_grid(struct report *report, struct grid *grid, const char *const *headings,
                       uint64_t right)
{
    size_t columns = 0;
    while (columns < COLUMNS_MAX && headings[columns])
        columns++;
    grid_init(grid, &report->arena, columns, right);
    for (size_t i = 0; i < columns; i++)
        grid_add_text(grid, headings[i]);
    grid_end_headings(grid);
}

/* "2022-03-01 10:00:07", or a dash for none. */
static void add_instant(struct grid *grid, int64_t unix_ms)
{
    enum { DAY_END = 10, SECOND_END = 19 };
    char text[INSTANT_TEXT_SIZE];
    (void)instant_text(unix_ms, text);
    if (unix_ms != 0 && text[0] != '?') {
        text[DAY_END] = ' ';
        text[SECOND_END] = '\0';
    }
    grid_add_text(grid, unix_ms == 0 ? "—" : text);
}

static void add_units(struct report *report, const struct claim *claim)
{
    static const char *const headings[] = {"",     "单位",     "首报记录", "录入时间", "单位自报",
                                           "条数", "项目编号", "进度",     NULL};
    struct grid grid;
    begin_grid(report, &grid, headings, 1 << 2 | 1 << 5);
    for (size_t i = 0; i < claim->unit_count; i++) {
        const struct claim_unit *unit = &claim->units[i];
        const struct word *stage = stage_word(unit->stage);
        grid_add_text(&grid, "");
        grid_add(&grid, name_of(report, unit->unit));
        grid_add_number(&grid, (int64_t)unit->first.position);
        add_instant(&grid, unit->first.recorded_at_ms);
        add_instant(&grid, unit->first_clock_ms);
        grid_add_number(&grid, (int64_t)unit->events);
        grid_add(&grid, subject_text(report, unit->subject));
        grid_add_text(&grid, stage ? stage->chinese : "");
    }
    grid_print(&grid, &report->out);
    add_left_out(report, claim->units_left_out);
}

static void add_evidence(struct report *report, const struct claim *claim)
{
    static const char *const headings[] = {"",     "依据", "发生日", "类别",
                                           "单位", "企业", "备注",   NULL};
    struct grid grid;
    char day[DAY_TEXT_SIZE];
    begin_grid(report, &grid, headings, 1 << 1);
    for (size_t i = 0; i < claim->event_count; i++) {
        const struct claim_event *event = &claim->events[i];
        const char *kind = table_kind_name(event->kind);
        grid_add_text(&grid, "");
        grid_add_number(&grid, (int64_t)event->position);
        grid_add_text(&grid, day_text(event->day, day));
        grid_add_text(&grid, kind ? kind : "？");
        grid_add(&grid, name_of(report, event->unit));
        grid_add(&grid, event->firm);
        grid_add_text(&grid, event->replaced ? "已更正" : event->planned ? "计划" : "");
    }
    grid_print(&grid, &report->out);
    add_left_out(report, claim->events_left_out);
}

static void add_verdict(struct report *report, const struct claim_verdict *verdict)
{
    struct buffer *out = &report->out;
    char day[DAY_TEXT_SIZE];
    if (verdict->position == 0) {
        buffer_add_text(out, "  裁定：尚无\n");
        return;
    }
    buffer_add_format(out, "  裁定：%s ", day_text(verdict->day, day));
    add_text(name_of(report, verdict->unit), out);
    buffer_add_text(out, "裁定归");
    add_text(winner_name(report, verdict->winner_unit), out);
    if (verdict->reason.size > 0)
        buffer_add_text(out, "，理由：");
    add_text(verdict->reason, out);
    if (verdict->person.size > 0)
        buffer_add_text(out, "，经办：");
    add_text(verdict->person, out);
    buffer_add_format(out, "（第 %" PRIu64 " 号）\n", verdict->position);
}

static void add_claim(struct report *report, const struct claim *claim)
{
    struct buffer *out = &report->out;
    buffer_add_text(out, "\n");
    add_text(claim->firm, out);
    if (claim->credit_code.size > 0)
        buffer_add_text(out, " ");
    add_text(claim->credit_code, out);
    buffer_add_format(out, "（%s）首报：", claim_match_name(claim->match));
    add_text(name_of(report, claim->first_by_log), out);
    buffer_add_text(out, "\n");
    if (claim->orders_differ) {
        buffer_add_text(out, "  注意：按各单位自报时间，先报的是");
        add_text(name_of(report, claim->first_by_clock), out);
        buffer_add_text(out, "\n");
    }
    if (claim->codes_differ)
        buffer_add_text(out, "  注意：统一社会信用代码不同，或为两家企业，或有笔误\n");
    if (claim->same_project)
        buffer_add_text(out, "  注意：产业相同、金额相近，可能是同一个项目\n");
    add_units(report, claim);
    add_evidence(report, claim);
    add_verdict(report, &claim->verdict);
}

static void add_clash(struct report *report, const struct trip_clash *clash)
{
    static const char *const headings[] = {"", "记录", "单位", "出发", "返回", NULL};
    struct grid grid;
    char day[DAY_TEXT_SIZE];
    buffer_add_text(&report->out, clash->is_firm ? "\n行程重叠，同访企业：" : "\n行程重叠，同赴：");
    add_text(clash->what, &report->out);
    buffer_add_text(&report->out, "\n");
    begin_grid(report, &grid, headings, 1 << 1);
    for (size_t i = 0; i < clash->trip_count; i++) {
        const struct clash_trip *trip = &clash->trips[i];
        grid_add_text(&grid, "");
        grid_add_number(&grid, (int64_t)trip->position);
        grid_add(&grid, name_of(report, trip->unit));
        grid_add_text(&grid, day_text(trip->from, day));
        grid_add_text(&grid, day_text(trip->to, day));
    }
    grid_print(&grid, &report->out);
    add_left_out(report, clash->trips_left_out);
}

static void write_table(struct report *report, const struct claims *claims)
{
    char day[DAY_TEXT_SIZE];
    buffer_add_text(&report->out, report->city);
    buffer_add_format(&report->out,
                      "首报首谈 截至 %s，据第 %" PRIu64
                      " 号记录以前：%zu 家企业，行程重叠 %zu 处\n",
                      day_text(report->view.as_of, day), report->view.known_at, claims->claim_count,
                      claims->clash_count);
    for (size_t i = 0; i < claims->claim_count; i++)
        add_claim(report, &claims->claims[i]);
    add_left_out(report, claims->claims_left_out);
    for (size_t i = 0; i < claims->clash_count; i++)
        add_clash(report, &claims->clashes[i]);
    add_left_out(report, claims->clashes_left_out);
}

/* ---- JSON ---- */

static void set_unit(const struct report *report, json_t *out, uint16_t unit)
{
    report_set(out, "unit", report_text_json(ledger_unit(report->ledger, unit)->unit));
    report_set(out, "unit_name", report_text_json(name_of(report, unit)));
}

static json_t *instant_json(int64_t unix_ms)
{
    char text[INSTANT_TEXT_SIZE];
    return unix_ms == 0 ? json_null() : json_string(instant_text(unix_ms, text));
}

static json_t *count_json(uint64_t count)
{
    return json_integer((json_int_t)count);
}

static json_t *unit_json(const struct report *report, const struct claim_unit *unit)
{
    const struct word *stage = stage_word(unit->stage);
    json_t *out = json_object();
    set_unit(report, out, unit->unit);
    report_set(out, "position", count_json(unit->first.position));
    report_set(out, "recorded_at", instant_json(unit->first.recorded_at_ms));
    report_set(out, "first_clock", instant_json(unit->first_clock_ms));
    report_set(out, "events", count_json(unit->events));
    report_set(out, "project", report_text_json(subject_text(report, unit->subject)));
    report_set(out, "stage", stage ? json_string(stage->id) : json_null());
    return out;
}

static json_t *event_json(const struct report *report, const struct claim_event *event)
{
    const struct kind *kind = kind_of_number(event->kind);
    json_t *out = json_object();
    report_set(out, "position", count_json(event->position));
    set_unit(report, out, event->unit);
    report_set(out, "kind", kind ? json_string(kind->id) : json_null());
    report_set(out, "day", report_day_json(event->day));
    report_set(out, "recorded_at", instant_json(event->recorded_at_ms));
    report_set(out, "agent_clock", instant_json(event->agent_clock_ms));
    report_set(out, "firm", report_text_json(event->firm));
    report_set(out, "project", report_text_json(subject_text(report, event->subject)));
    report_set(out, "planned", json_boolean(event->planned));
    report_set(out, "replaced", json_boolean(event->replaced));
    return out;
}

static json_t *verdict_json(const struct report *report, const struct claim_verdict *verdict)
{
    if (verdict->position == 0)
        return json_null();
    json_t *out = json_object();
    report_set(out, "position", count_json(verdict->position));
    report_set(out, "day", report_day_json(verdict->day));
    set_unit(report, out, verdict->unit);
    report_set(out, "winner", report_text_json(verdict->winner_unit));
    report_set(out, "winner_name", report_text_json(winner_name(report, verdict->winner_unit)));
    report_set(out, "reason", report_text_json(verdict->reason));
    report_set(out, "person", report_text_json(verdict->person));
    return out;
}

static json_t *claim_json(const struct report *report, const struct claim *claim)
{
    json_t *out = json_object(), *units = json_array(), *evidence = json_array();
    for (size_t i = 0; i < claim->unit_count; i++)
        json_array_append_new(units, unit_json(report, &claim->units[i]));
    for (size_t i = 0; i < claim->event_count; i++)
        json_array_append_new(evidence, event_json(report, &claim->events[i]));
    struct bytes by_log = ledger_unit(report->ledger, claim->first_by_log)->unit;
    struct bytes by_clock = ledger_unit(report->ledger, claim->first_by_clock)->unit;
    report_set(out, "firm", report_text_json(claim->firm));
    report_set(out, "credit_code", report_text_json(claim->credit_code));
    report_set(out, "match", json_string(claim_match_id(claim->match)));
    report_set(out, "codes_differ", json_boolean(claim->codes_differ));
    report_set(out, "same_project", json_boolean(claim->same_project));
    report_set(out, "first_by_log", report_text_json(by_log));
    report_set(out, "first_by_clock", report_text_json(by_clock));
    report_set(out, "orders_differ", json_boolean(claim->orders_differ));
    report_set(out, "clocks_missing", json_boolean(claim->clocks_missing));
    report_set(out, "units", units);
    report_set(out, "units_left_out", count_json(claim->units_left_out));
    report_set(out, "evidence", evidence);
    report_set(out, "evidence_left_out", count_json(claim->events_left_out));
    report_set(out, "verdict", verdict_json(report, &claim->verdict));
    return out;
}

static json_t *clash_json(const struct report *report, const struct trip_clash *clash)
{
    json_t *out = json_object(), *trips = json_array();
    for (size_t i = 0; i < clash->trip_count; i++) {
        json_t *trip = json_object();
        report_set(trip, "position", count_json(clash->trips[i].position));
        set_unit(report, trip, clash->trips[i].unit);
        report_set(trip, "from", report_day_json(clash->trips[i].from));
        report_set(trip, "to", report_day_json(clash->trips[i].to));
        json_array_append_new(trips, trip);
    }
    report_set(out, clash->is_firm ? "firm" : "region", report_text_json(clash->what));
    report_set(out, "from", report_day_json(clash->from));
    report_set(out, "to", report_day_json(clash->to));
    report_set(out, "trips", trips);
    report_set(out, "trips_left_out", count_json(clash->trips_left_out));
    return out;
}

static void write_json(struct report *report, const struct claims *claims)
{
    json_t *out = json_object(), *firms = json_array(), *clashes = json_array();
    for (size_t i = 0; i < claims->claim_count; i++)
        json_array_append_new(firms, claim_json(report, &claims->claims[i]));
    for (size_t i = 0; i < claims->clash_count; i++)
        json_array_append_new(clashes, clash_json(report, &claims->clashes[i]));
    report_set(out, "as_of", report_day_json(report->view.as_of));
    report_set(out, "known_at", count_json(report->view.known_at));
    report_set(out, "claims", firms);
    report_set(out, "claims_left_out", count_json(claims->claims_left_out));
    report_set(out, "clashes", clashes);
    report_set(out, "clashes_left_out", count_json(claims->clashes_left_out));
    report_add_json(report, out);
}

/* ---- the whole ---- */

static enum err write_claims(struct report *report)
{
    struct claims claims;
    size_t unit;
    TRY(report_unit(report, &unit));
    claims_make(report->ledger, &report->view, &report->arena, &claims);
    if (claims.incomplete) {
        problem_set(&report->problem, "首报首谈所需内存超限 (too many claims at once)");
        problem_remedy(&report->problem, "ask for an earlier day with --as-of");
        return ERR_LIMIT;
    }
    keep_units(&claims, unit);
    if (args_flag(report->args, "--json"))
        write_json(report, &claims);
    else
        write_table(report, &claims);
    return OK;
}

int command_claims(const struct args *args)
{
    return report_run(args, write_claims);
}
