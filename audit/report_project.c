/* report_project.c - `huoshui-audit project`: one project, as it stands and how it came to stand
 * so: who said what and when, what was corrected, by whom and why. Every event is read again by its
 * position, so that names and long texts are those of the log. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/report.h"
#include "audit/report_commands.h"
#include "audit/report_lights.h"
#include "audit/report_reread.h"
#include "ledger/event/schema.h"
#include "report/table.h"

struct entry {
    const struct assertion *assertion, *correction; /* correction NULL: it holds */
    struct bytes content, json;                     /* empty: not in what the source let us read */
};

struct history {
    struct report *report;
    struct entry *entries; /* by position */
    size_t count;
};

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

/* ---- what was said ---- */

static void add_entry(struct history *history, const struct assertion *assertion)
{
    enum { FIRST = 64 };
    struct report *report = history->report;
    size_t count = history->count;
    if (count == 0 || (count >= FIRST && (count & (count - 1)) == 0)) { /* a power of two: full */
        size_t capacity = count == 0 ? FIRST : 2 * count;
        struct entry *entries = arena_alloc(&report->arena, capacity * sizeof *entries);
        if (!entries)
            return;
        if (count > 0)
            memcpy(entries, history->entries, count * sizeof *entries);
        history->entries = entries;
    }
    history->entries[history->count++] = (struct entry){
        .assertion = assertion,
        .correction = ledger_correction_of(report->ledger, assertion, report->view.known_at)};
}

static int compare_entries(const void *left, const void *right)
{
    uint64_t a = ((const struct entry *)left)->assertion->position;
    uint64_t b = ((const struct entry *)right)->assertion->position;
    return a < b ? -1 : a > b;
}

/* The corrections too, which need not name the project. */
static void collect(struct history *history, size_t subject)
{
    struct report *report = history->report;
    const struct assertion *assertion;
    struct ledger_walk walk = ledger_walk_subject(report->ledger, subject, report->view.known_at);
    walk.with_corrected = true;
    while ((assertion = ledger_next(&walk)))
        add_entry(history, assertion);
    for (size_t i = 0, count = history->count; i < count; i++)
        if (history->entries[i].correction)
            add_entry(history, history->entries[i].correction);
    if (history->count == 0)
        return;
    qsort(history->entries, history->count, sizeof *history->entries, compare_entries);
    size_t kept = 1;
    for (size_t i = 1; i < history->count; i++)
        if (compare_entries(&history->entries[i], &history->entries[kept - 1]) != 0)
            history->entries[kept++] = history->entries[i];
    history->count = kept;
}

/* ---- read again ---- */

static enum err read_again(struct history *history, size_t subject)
{
    struct report *report = history->report;
    struct bytes key = ledger_subject(report->ledger, subject);
    struct reread *rows = arena_alloc(&report->arena, history->count * sizeof *rows);
    if (!rows) {
        problem_set(&report->problem, "%s: 历史过长 (too long a history)",
                    report->args->positional[1]);
        return ERR_LIMIT;
    }
    for (size_t i = 0; i < history->count; i++)
        rows[i].position = history->entries[i].assertion->position;
    TRY(reread(report, rows, history->count, key));
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

static const char *milestone_id(int milestone)
{
    const struct word *word = word_of_number(words_of_name("milestone"), milestone);
    return word ? word->id : "";
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
    add_amount("到位资金", &project->received[0], out);
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
    report_lights_add(report, project, out);
}

static json_t *milestones_json(const struct report *report, const struct project_view *project)
{
    json_t *out = json_array();
    for (int i = 1; i < MILESTONES; i++) {
        const struct milestone_view *milestone = &project->milestones[i];
        if (milestone->day == DAY_NONE)
            continue;
        json_t *one = json_object();
        report_set(one, "milestone", json_string(milestone_id(i)));
        report_set(one, "day", report_day_json(milestone->day));
        report_set(one, "unit",
                   report_text_json(ledger_unit(report->ledger, milestone->unit)->unit));
        const struct word *body = word_of_number(words_body(), milestone->body);
        report_set(one, "body", json_string(body ? body->id : "INVESTMENT_BUREAU"));
        report_set(one, "position", json_integer((json_int_t)milestone->position));
        report_set(one, "disputed", json_boolean(milestone->disputed));
        report_set(one, "partial", json_boolean(milestone->partial));
        json_array_append_new(out, one);
    }
    return out;
}

static json_t *amount_json(const struct amount_view *amount)
{
    return amount->known ? json_integer(wan_of_yuan(amount->yuan)) : json_null();
}

static json_t *state_json(struct report *report, const struct project_view *project)
{
    json_t *out = json_object(), *anomalies = json_array(), *gaps = json_array();
    enum milestone stage = project_stage(project);
    int32_t since;
    report_set(out, "project", report_text_json(project->key));
    report_set(out, "name", report_text_json(project->name));
    report_set(out, "investor", report_text_json(project->investor));
    report_set(out, "industry", report_text_json(project->industry));
    report_set(out, "park", report_text_json(project->park));
    report_set(out, "as_of", report_day_json(report->view.as_of));
    report_set(out, "known_at", json_integer((json_int_t)report->view.known_at));
    report_set(out, "stage",
               stage == MILESTONE_NONE ? json_null() : json_string(milestone_id((int)stage)));
    report_set(out, "planned_total_wan", amount_json(&project->planned_total));
    report_set(out, "planned_fixed_wan", amount_json(&project->planned_fixed));
    report_set(out, "received_wan", amount_json(&project->received[0]));
    report_set(out, "excluded", json_boolean(project->excluded));
    report_set(out, "milestones", milestones_json(report, project));
    for (uint32_t flag = 1; flag != 0 && flag <= project->anomalies; flag <<= 1)
        if (project->anomalies & flag)
            json_array_append_new(anomalies, json_string(anomaly_id((enum anomaly)flag)));
    for (enum gap_class class = 0; class < GAP_CLASSES; class ++)
        if (gap_holds(project, class, &since))
            json_array_append_new(gaps, json_string(gap_id(class)));
    report_set(out, "anomalies", anomalies);
    report_set(out, "gaps", gaps);
    report_set(out, "lights", report_lights_json(report, project));
    return out;
}

/* ---- how it came to stand so ---- */

static struct correction_fact correction_of(const struct report *report,
                                            const struct assertion *correction)
{
    struct ledger_fact fact;
    ledger_read(report->ledger, correction, NULL, &fact);
    return fact.event.correction;
}

/* The correction's own words are among the entries. */
static const struct entry *entry_of(const struct history *history,
                                    const struct assertion *assertion)
{
    struct entry key = {.assertion = assertion};
    return bsearch(&key, history->entries, history->count, sizeof key, compare_entries);
}

static void add_entry_line(const struct history *history, const struct entry *entry, bool terminal,
                           struct buffer *out)
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
    table_cell(name_of_unit(history->report, assertion->unit, assertion->day), UNIT, false, out);
    buffer_add_text(out, "  ");
    table_cell(bytes_of_text(body_name(assertion->body)), BODY, false, out);
    buffer_add_text(out, "  ");
    table_cell(bytes_of_text(kind ? kind : "？"), KIND, false, out);
    buffer_add_text(out, !entry->correction ? "  " : terminal ? "  \033[9m" : "  ~~");
    table_cell(entry->content, table_text_width(entry->content), false, out);
    buffer_add_text(out, !entry->correction ? "\n" : terminal ? "\033[0m\n" : "~~\n");
    if (!entry->correction)
        return;
    struct correction_fact fact = correction_of(history->report, entry->correction);
    const struct entry *said = entry_of(history, entry->correction);
    buffer_add_format(out, "          ↳ 第 %" PRIu64 " 号%s：", entry->correction->position,
                      fact.action == CORRECTION_ACTION_WITHDRAWN ? "撤回" : "更正");
    if (said)
        table_cell(said->content, table_text_width(said->content), false, out);
    buffer_add_text(out, "\n");
}

static json_t *entry_json(const struct history *history, const struct entry *entry)
{
    json_error_t error;
    const struct assertion *correction = entry->correction;
    json_t *out = json_loadb((const char *)entry->json.data, entry->json.size, 0, &error);
    char instant[INSTANT_TEXT_SIZE];
    if (!out) { /* over the network only what names the project is read again */
        out = json_object();
        report_set(out, "position", json_integer((json_int_t)entry->assertion->position));
        report_set(out, "recorded_at",
                   json_string(instant_text(entry->assertion->recorded_at_ms, instant)));
    }
    report_set(out, "unit_name",
               report_text_json(
                   name_of_unit(history->report, entry->assertion->unit, entry->assertion->day)));
    if (!correction) {
        report_set(out, "corrected_by", json_null());
        return out;
    }
    const struct entry *said = entry_of(history, correction);
    struct correction_fact fact = correction_of(history->report, correction);
    json_t *by = json_object();
    report_set(by, "position", json_integer((json_int_t)correction->position));
    report_set(by, "action",
               json_string(fact.action == CORRECTION_ACTION_WITHDRAWN ? "WITHDRAWN" : "CORRECTED"));
    json_t *event = said && said->json.size > 0
                        ? json_loadb((const char *)said->json.data, said->json.size, 0, &error)
                        : NULL;
    json_t *words = json_object_get(event, "correction");
    json_t *reason = json_object_get(words, "reason"), *person = json_object_get(words, "person");
    report_set(by, "reason", reason ? json_incref(reason) : json_null());
    report_set(by, "person", person ? json_incref(person) : json_null());
    json_decref(event);
    report_set(out, "corrected_by", by);
    return out;
}

static enum err write_project(struct report *report)
{
    size_t subject;
    struct project_view project;
    struct history history = {.report = report};
    bool is_json = args_flag(report->args, "--json");
    TRY(find_project(report, &subject));
    bool is_known =
        project_view_make(report->ledger, subject, &report->view, &report->arena, &project);
    collect(&history, subject);
    if (history.count == 0) {
        problem_set(&report->problem, "%s: 到该记录号为止尚无记载 (not known by then)",
                    report->args->positional[1]);
        problem_remedy(&report->problem, "leave --known-at out for all that is known");
        return ERR_NOT_FOUND;
    }
    TRY(read_again(&history, subject));
    if (is_json) {
        json_t *out = is_known ? state_json(report, &project) : json_object();
        json_t *entries = json_array();
        for (size_t i = 0; i < history.count; i++)
            json_array_append_new(entries, entry_json(&history, &history.entries[i]));
        report_set(out, "history", entries);
        report_add_json(report, out);
        return OK;
    }
    if (is_known)
        add_state(report, &project, &report->out);
    buffer_add_text(&report->out, "\n    记录  录入时间          发生日      单位                "
                                  "口径  类别      内容\n");
    for (size_t i = 0; i < history.count; i++)
        add_entry_line(&history, &history.entries[i], isatty(STDOUT_FILENO), &report->out);
    return OK;
}

int command_project(const struct args *args)
{
    return report_run(args, write_project);
}
