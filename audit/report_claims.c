/* report_claims.c - `huoshui-audit claims`: 首报首谈 (R88). Which units court one firm, who was
 * first by the log and by the agents' own clocks, what stands behind it, the verdict, and planned
 * trips that meet. */
#include <inttypes.h>

#include "audit/report.h"
#include "audit/report_commands.h"
#include "ledger/event/schema.h"
#include "report/report_claims.h"
#include "report/report_grid.h"
#include "report/table.h"

enum { COLUMNS_MAX = 9 };

/* ---- words ---- */

static struct bytes name_of(const struct report *report, size_t unit)
{
    return ledger_unit_name(report->ledger, unit, report->view.as_of, report->view.known_at);
}

static const struct word *stage_word(enum milestone stage)
{
    return stage == MILESTONE_NONE ? NULL
                                   : word_of_number(words_of_name("milestone"), (int32_t)stage);
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
    struct standpoint standpoint = report_standpoint(report);
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
        grid_add(&grid, standpoint_subject(&standpoint, unit->subject));
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
    struct standpoint standpoint = report_standpoint(report);
    struct buffer *out = &report->out;
    char day[DAY_TEXT_SIZE];
    if (verdict->position == 0) {
        buffer_add_text(out, "  裁定：尚无\n");
        return;
    }
    buffer_add_format(out, "  裁定：%s ", day_text(verdict->day, day));
    add_text(name_of(report, verdict->unit), out);
    buffer_add_text(out, "裁定归");
    add_text(claims_winner_name(&standpoint, verdict->winner_unit), out);
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
    claims_keep_unit(&claims, unit);
    struct standpoint standpoint = report_standpoint(report);
    if (args_flag(report->args, "--json"))
        report_add_json(report, claims_to_json(&standpoint, &claims));
    else
        write_table(report, &claims);
    return OK;
}

int command_claims(const struct args *args)
{
    return report_run(args, write_claims);
}
