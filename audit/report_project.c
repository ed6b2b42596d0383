/* report_project.c - `huoshui-audit project`: one project, as it stands and how it came to stand
 * so: who said what and when, what was corrected, by whom and why. Every event is read again by its
 * position, so that names and long texts are those of the log. */
#include <inttypes.h>
#include <unistd.h>

#include "audit/report.h"
#include "audit/report_commands.h"
#include "audit/report_reread.h"
#include "ledger/event/schema.h"
#include "report/report_lights.h"
#include "report/report_project.h"
#include "report/table.h"

/* ---- which project ---- */

static bool ends_with_code(struct bytes subject, struct bytes code)
{
    return subject.size > code.size && subject.data[subject.size - code.size - 1] == '/' &&
           bytes_equal(bytes_of(subject.data + subject.size - code.size, code.size), code);
}

static enum err find_project(struct report *report, size_t *out)
{
    const char *text = report->args->positional[1];
    struct bytes id = bytes_of_text(text), other = BYTES_NONE;
    size_t found = 0;
    if (ledger_find_subject(report->ledger, id, out))
        return OK;
    for (size_t i = 0; i < ledger_subject_count(report->ledger); i++) {
        struct bytes subject = ledger_subject(report->ledger, i);
        if (!ends_with_code(subject, id))
            continue;
        if (found++ == 0)
            *out = i;
        else
            other = subject;
    }
    if (found == 1)
        return OK;
    if (found > 1) {
        struct bytes first = ledger_subject(report->ledger, *out);
        problem_set(&report->problem, "%s: 有 %zu 个单位用这个编号 (several units have this code)",
                    text, found);
        problem_remedy(&report->problem, "name the unit too: %.*s or %.*s", (int)first.size,
                       (const char *)first.data, (int)other.size, (const char *)other.data);
    } else {
        problem_set(&report->problem, "%s: 日志中没有这个项目 (no such project in this log)", text);
        problem_remedy(&report->problem, "UNIT/CODE as in the ledgers, for example "
                                         "341502/341502-0001; huoshui-audit gaps lists some");
    }
    return ERR_NOT_FOUND;
}

/* ---- read again ---- */

static enum err too_long(struct report *report)
{
    problem_set(&report->problem, "%s: 历史过长 (too long a history)", report->args->positional[1]);
    return ERR_LIMIT;
}

static enum err read_again(struct report *report, struct project_history *history)
{
    struct reread *rows = arena_alloc(&report->arena, history->count * sizeof *rows);
    if (!rows)
        return too_long(report);
    for (size_t i = 0; i < history->count; i++)
        rows[i].position = history->entries[i].assertion->position;
    TRY(reread(report, rows, history->count, ledger_subject(report->ledger, history->subject)));
    for (size_t i = 0; i < history->count; i++) {
        history->entries[i].content = rows[i].content;
        history->entries[i].json = rows[i].json;
    }
    return OK;
}

/* ---- as it stands ---- */

static const char *milestone_name(int milestone)
{
    const struct word *word = word_of_number(words_of_name("milestone"), milestone);
    return word ? word->chinese : "";
}

static const char *body_name(uint32_t body)
{
    const struct word *word = word_of_number(words_body(), (int32_t)(body ? body : 1));
    return word ? word->chinese : "";
}

static struct bytes name_of_unit(const struct report *report, size_t unit, int32_t day)
{
    return ledger_unit_name(report->ledger, unit, day, report->view.known_at);
}

static void add_line(const char *title, struct bytes text, struct buffer *out)
{
    if (text.size == 0)
        return;
    buffer_add_format(out, "%s：", title);
    table_cell(text, table_text_width(text), false, out);
    buffer_add_text(out, "\n");
}

static void add_amount(const char *title, const struct amount_view *amount, struct buffer *out)
{
    if (amount->known)
        buffer_add_format(out, "%s：%" PRId64 " 万元\n", title, wan_of_yuan(amount->yuan));
    else if (amount->masked)
        buffer_add_format(out, "%s：未公开\n", title);
}

/* Verified beside claimed: nobody takes the one for the other. */
static void add_received(const struct project_view *project, struct buffer *out)
{
    const struct amount_view *received = &project->received[0], *verified = &project->verified;
    add_amount("到位资金", received, out);
    add_amount("核实到位", verified, out);
    if (received->known && !verified->known && !verified->masked)
        buffer_add_text(out, "核实到位：未核实\n");
}

static void add_state(struct report *report, const struct project_view *project, struct buffer *out)
{
    char day[DAY_TEXT_SIZE];
    add_line("项目", project->key, out);
    add_line("名称", project->name, out);
    add_line("投资方", project->investor, out);
    add_line("产业", project->industry, out);
    add_line("园区", project->park, out);
    add_amount("总投资", &project->planned_total, out);
    add_amount("固定资产投资", &project->planned_fixed, out);
    add_received(project, out);
    buffer_add_format(out, "截至 %s：", day_text(report->view.as_of, day));
    enum milestone stage = project_stage(project);
    buffer_add_text(out, stage == MILESTONE_NONE ? "未有节点" : milestone_name((int)stage));
    buffer_add_text(out, "\n");
    for (int i = 1; i < MILESTONES; i++) {
        const struct milestone_view *milestone = &project->milestones[i];
        if (milestone->day == DAY_NONE)
            continue;
        struct bytes unit = name_of_unit(report, milestone->unit, milestone->day);
        buffer_add_format(out, "  %s %s（%.*s %s，第 %" PRIu64 " 号%s%s）\n", milestone_name(i),
                          day_text(milestone->day, day), (int)unit.size, (const char *)unit.data,
                          body_name(milestone->body), milestone->position,
                          milestone->partial ? "，部分" : "",
                          milestone->disputed ? "，另有部门所报日期不同" : "");
    }
    for (uint32_t flag = 1; flag != 0 && flag <= project->anomalies; flag <<= 1)
        if (project->anomalies & flag)
            buffer_add_format(out, "  存疑：%s（%s）\n", anomaly_text((enum anomaly)flag),
                              anomaly_id((enum anomaly)flag));
    struct standpoint standpoint = report_standpoint(report);
    report_lights_add(&standpoint, project, out);
}

/* ---- how it came to stand so ---- */

static void add_entry_line(const struct report *report, const struct project_history *history,
                           const struct project_entry *entry, bool terminal, struct buffer *out)
{
    enum { POSITION = 8, DAY = 10, UNIT = 18, BODY = 4, KIND = 8 };
    const struct assertion *assertion = entry->assertion;
    char text[INSTANT_TEXT_SIZE], day[DAY_TEXT_SIZE];
    const char *kind = table_kind_name(assertion->kind);
    (void)snprintf(text, sizeof text, "%" PRIu64, assertion->position);
    table_cell(bytes_of_text(text), POSITION, true, out);
    (void)instant_text(assertion->recorded_at_ms, text);
    buffer_add_format(out, "  %.10s %.5s  %s  ", text, text + strlen("2022-01-01T"),
                      day_text(assertion->day, day));
    table_cell(name_of_unit(report, assertion->unit, assertion->day), UNIT, false, out);
    buffer_add_text(out, "  ");
    table_cell(bytes_of_text(body_name(assertion->body)), BODY, false, out);
    buffer_add_text(out, "  ");
    table_cell(bytes_of_text(kind ? kind : "？"), KIND, false, out);
    buffer_add_text(out, !entry->correction ? "  " : terminal ? "  \033[9m" : "  ~~");
    table_cell(entry->content, table_text_width(entry->content), false, out);
    buffer_add_text(out, !entry->correction ? "\n" : terminal ? "\033[0m\n" : "~~\n");
    if (!entry->correction)
        return;
    struct correction_fact fact = project_correction(history->standpoint, entry->correction);
    const struct project_entry *said = project_history_find(history, entry->correction->position);
    buffer_add_format(out, "          ↳ 第 %" PRIu64 " 号%s：", entry->correction->position,
                      fact.action == CORRECTION_ACTION_WITHDRAWN ? "撤回" : "更正");
    if (said)
        table_cell(said->content, table_text_width(said->content), false, out);
    buffer_add_text(out, "\n");
}

static void write_table(struct report *report, const struct project_history *history)
{
    struct project_view project;
    if (project_view_make(report->ledger, history->subject, &report->view, &report->arena,
                          &project))
        add_state(report, &project, &report->out);
    buffer_add_text(&report->out, "\n    记录  录入时间          发生日      单位                "
                                  "口径  类别      内容\n");
    for (size_t i = 0; i < history->count; i++)
        add_entry_line(report, history, &history->entries[i], isatty(STDOUT_FILENO), &report->out);
}

static enum err write_project(struct report *report)
{
    size_t subject;
    struct project_history history;
    struct standpoint standpoint = report_standpoint(report);
    TRY(find_project(report, &subject));
    if (project_history_make(&standpoint, subject, &history) != OK)
        return too_long(report);
    if (history.count == 0) {
        problem_set(&report->problem, "%s: 到该记录号为止尚无记载 (not known by then)",
                    report->args->positional[1]);
        problem_remedy(&report->problem, "leave --known-at out for all that is known");
        return ERR_NOT_FOUND;
    }
    TRY(read_again(report, &history));
    if (args_flag(report->args, "--json"))
        report_add_json(report, project_to_json(&history));
    else
        write_table(report, &history);
    return OK;
}

int command_project(const struct args *args)
{
    return report_run(args, write_project);
}
