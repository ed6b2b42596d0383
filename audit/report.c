/* report.c - see report.h. */
#include "audit/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "audit/child.h"
#include "audit/commands.h"
#include "audit/fold.h"
#include "io/command_line.h"
#include "io/identity.h"
#include "ledger/view/calendar.h"

enum { ARENA_SIZE_MAX = 1 << 30 };

struct run {
    struct report report;
    enum err (*work)(struct report *report);
};

/* ---- options ---- */

const char *report_option(const struct args *args, const char *option)
{
    for (size_t i = 0; i < ARGS_OPTION_MAX && args->command->options[i].name; i++)
        if (strcmp(args->command->options[i].name, option) == 0)
            return args->values[i];
    return NULL;
}

const char *report_option_again(const struct args *args, const char *option)
{
    for (size_t i = 1; i < ARGS_OPTION_MAX && args->command->options[i].name; i++)
        if (strcmp(args->command->options[i].name, option) == 0 &&
            strcmp(args->command->options[i - 1].name, option) == 0)
            return args->values[i];
    return NULL;
}

static bool is_day(const char *text, int32_t *out)
{
    return day_parse(bytes_of_text(text), out) == OK && *out != DAY_NONE;
}

static enum err check_position(const struct args *args, const char *text, struct problem *problem)
{
    uint64_t position;
    int32_t day;
    if (!text || is_day(text, &day) ||
        (u64_parse(bytes_of_text(text), INT64_MAX, &position) == OK && position > 0))
        return OK;
    problem_set(
        problem,
        "--known-at %s: 须是记录号或日期 YYYY-MM-DD (a position, or a day: what was recorded "
        "by its end)",
        text);
    problem_remedy(problem, "For example: %s", args->command->example);
    return ERR_MALFORMED;
}

/* It says day and position, so that nothing else may. */
static enum err check_month(const struct args *args, int32_t *out, struct problem *problem)
{
    const char *text = report_option(args, "--month");
    if (!text)
        return OK;
    if (report_option(args, "--as-of") || report_option(args, "--known-at"))
        problem_set(problem,
                    "--month %s: 不能与 --as-of、--known-at 同用 (the month's close "
                    "says both)",
                    text);
    else if (month_parse(bytes_of_text(text), out) == OK)
        return OK;
    else
        problem_set(problem, "--month %s: 须是月份 YYYY-MM (a month)", text);
    problem_remedy(problem, "For example: huoshui-audit %s %s --month 2022-08", args->command->name,
                   args->positional[0]);
    return ERR_MALFORMED;
}

static enum err check_options(const struct args *args, struct report *report,
                              struct problem *problem)
{
    struct view *view = &report->view;
    *view = (struct view){.known_at = UINT64_MAX};
    TRY(check_month(args, &report->monthly.month, problem));
    if (report->monthly.month > 0)
        view->as_of = month_last_day(report->monthly.month);
    if (report_option(args, "--as-of"))
        TRY(command_day(args, "--as-of", &view->as_of, problem));
    if (report_option(args, "--from"))
        TRY(command_day(args, "--from", &view->from, problem));
    if (view->from != DAY_NONE && view->as_of != DAY_NONE && view->from > view->as_of) {
        char day[DAY_TEXT_SIZE];
        problem_set(problem, "--from %s: 晚于截止日 %s (lies behind the day of the report)",
                    report_option(args, "--from"), day_text(view->as_of, day));
        problem_remedy(problem, "For example: %s", args->command->example);
        return ERR_MALFORMED;
    }
    TRY(check_position(args, report_option(args, "--known-at"), problem));
    return check_position(args, report_option_again(args, "--known-at"), problem);
}

enum err report_position(struct report *report, const char *text, uint64_t *out)
{
    enum { MS_A_DAY = 86400000, MS_EAST = 8 * 3600000 };
    uint64_t head = ledger_position(report->ledger), position = 0;
    int32_t day;
    if (is_day(text, &day)) {
        *out = ledger_position_at(report->ledger, ((int64_t)day + 1) * MS_A_DAY - MS_EAST);
        return OK;
    }
    TRY(u64_parse(bytes_of_text(text), INT64_MAX, &position));
    if (position <= head) {
        *out = position;
        return OK;
    }
    problem_set(&report->problem, "--known-at %s: 日志到第 %" PRIu64 " 号为止 (the log ends there)",
                text, head);
    problem_remedy(&report->problem, "leave --known-at out for all that is known");
    return ERR_NOT_FOUND;
}

enum err report_unit(struct report *report, size_t *out)
{
    const char *text = report_option(report->args, "--unit");
    uint16_t unit;
    *out = LEDGER_UNITS_MAX;
    if (!text)
        return OK;
    if (ledger_find_unit(report->ledger, bytes_of_text(text), &unit)) {
        *out = unit;
        return OK;
    }
    CLEANUP(buffer_release) struct buffer known = {0};
    enum { SHOWN_MAX = 20 };
    for (size_t i = 0; i < ledger_unit_count(report->ledger) && i < SHOWN_MAX; i++) {
        buffer_add_text(&known, i > 0 ? ", " : "");
        buffer_add(&known, ledger_unit(report->ledger, i)->unit);
    }
    problem_set(&report->problem, "--unit %s: 日志中没有这个单位 (no such unit in this log)", text);
    problem_remedy(&report->problem, "one of: %.*s", (int)known.size, (const char *)known.data);
    return ERR_NOT_FOUND;
}

enum err report_take_scheme(struct report *report)
{
    const char *path = report_option(report->args, "--scheme");
    CLEANUP(buffer_release) struct buffer text = {0};
    if (!path)
        return OK;
    TRY(file_read(path, REPORT_DEFINITIONS_SIZE_MAX, &text, &report->problem));
    struct bytes kept = arena_copy(&report->arena, buffer_bytes(&text));
    enum err err = definitions_with(report->view.definitions, kept, &report->arena,
                                    &report->view.definitions, &report->problem);
    if (err != OK)
        problem_set(&report->problem, "%s: %s", path, report->problem.text);
    report->what_if = err == OK;
    return err;
}

/* ---- the city's name: the first record says it ---- */

static enum err on_first(void *context, const struct record *record, const struct hash *hash)
{
    struct report *report = context;
    struct setting_record setting;
    (void)hash;
    if (record->kind == RECORD_SETTING && wire_setting_decode(record->detail, &setting) == OK)
        bytes_to_text(setting.name, report->city, sizeof report->city);
    return OK;
}

static enum err read_city(struct report *report)
{
    enum { TIMEOUT_MS = 30000 };
    struct reading reading = {
        .from = 1, .to = 1, .filter.all_records = true, .timeout_ms = TIMEOUT_MS};
    struct reading_sink sink = {.context = report, .on_record = on_first};
    return source_read(&report->source, &reading, &sink, &report->problem);
}

/* ---- the whole ---- */

/* A definition that does not parse is named; the rest of them holds. */
static void name_passed_over(const struct problem *passed_over)
{
    if (*passed_over->text)
        (void)command_fail(passed_over, EXIT_DONE);
}

static void find_definitions(struct report *report)
{
    struct view *view = &report->view;
    struct problem passed_over = {0};
    view->definitions =
        definitions_at(report->ledger, view->as_of, view->known_at, &report->arena, &passed_over);
    name_passed_over(&passed_over);
}

void report_days(struct report *report, int32_t from, int32_t as_of)
{
    struct view *view = &report->view;
    if (from != DAY_NONE && !report_option(report->args, "--from"))
        view->from = from;
    if (as_of == DAY_NONE || report_option(report->args, "--as-of"))
        return;
    view->as_of = as_of;
    find_definitions(report);
}

enum err report_look_at(struct report *report, const struct view *view)
{
    uint64_t head = ledger_position(report->ledger);
    if (view->known_at > head) {
        problem_set(&report->problem,
                    "日志到第 %" PRIu64 " 号为止，不到第 %" PRIu64 " 号 (the log ends before)",
                    head, view->known_at);
        problem_remedy(&report->problem, "is this the log, and the newest backup of it?");
        return ERR_NOT_FOUND;
    }
    report->view = *view;
    find_definitions(report);
    return OK;
}

static enum err open_view(struct report *report)
{
    struct view *view = &report->view;
    const char *known_at = report_option(report->args, "--known-at");
    if (report->monthly.month > 0) {
        struct problem passed_over = {0};
        report->monthly = monthly_view(report->ledger, report->monthly.month, view->from,
                                       &report->arena, view, &passed_over);
        name_passed_over(&passed_over);
        return OK;
    }
    view->known_at = ledger_position(report->ledger);
    if (known_at)
        TRY(report_position(report, known_at, &view->known_at));
    if (view->as_of == DAY_NONE && view->known_at > 0)
        view->as_of = day_of_instant(ledger_recorded_at_ms(report->ledger, view->known_at));
    find_definitions(report);
    return OK;
}

/* No further than the one position that is asked for. */
static uint64_t read_to(const struct args *args)
{
    uint64_t position;
    const char *text = report_option(args, "--known-at");
    bool is_one = text && u64_parse(bytes_of_text(text), INT64_MAX, &position) == OK &&
                  !report_option_again(args, "--known-at");
    return is_one ? position : UINT64_MAX;
}

static enum err perform(struct run *run)
{
    struct report *report = &run->report;
    TRY(fold_source(&report->source, read_to(report->args), report_option(report->args, "--cache"),
                    &report->ledger, &report->problem));
    TRY(read_city(report));
    TRY(open_view(report));
    TRY(run->work(report));
    bool to_file = report_option(report->args, "--out");
    if (to_file)
        return command_write(report->args, "--out", buffer_bytes(&report->out), &report->problem);
    (void)fwrite(report->out.data, 1, report->out.size, stdout);
    return OK;
}

static int work_in_child(void *context)
{
    struct run *run = context;
    struct report *report = &run->report;
    arena_init(&report->arena, ARENA_SIZE_MAX);
    enum err err = perform(run);
    int status =
        err == OK ? command_finish(report->status) : command_fail(&report->problem, EXIT_REFUSED);
    ledger_free(report->ledger);
    arena_release(&report->arena);
    buffer_release(&report->out);
    return status;
}

int report_run(const struct args *args, enum err (*work)(struct report *report))
{
    static struct run run;
    struct report *report = &run.report;
    run = (struct run){.report.args = args, .work = work};
    if (check_options(args, report, &report->problem) != OK)
        return command_fail(&report->problem, EXIT_USAGE);
    if (source_find(args->positional[0], &report->source, &report->problem) != OK)
        return command_fail(&report->problem, EXIT_REFUSED);
    return source_run(&report->source, work_in_child, &run, NULL);
}

void report_bulletin(struct report *report, uint64_t known_at, struct bulletin *out,
                     struct bulletin_paper *paper)
{
    struct view view = report->view;
    view.known_at = known_at;
    bulletin_make(report->ledger, &view, &report->arena, out);
    *paper = (struct bulletin_paper){
        .bulletin = out,
        .city = report->city,
        .known_at = known_at,
        .recorded_at_ms = known_at > 0 ? ledger_recorded_at_ms(report->ledger, known_at) : 0,
        .what_if = report->what_if,
        .monthly = report->monthly,
    };
}

struct standpoint report_standpoint(struct report *report)
{
    return (struct standpoint){
        .ledger = report->ledger, .view = &report->view, .arena = &report->arena};
}

void report_add_json(struct report *report, json_t *value)
{
    report_json_write(value, &report->out);
    buffer_add_text(&report->out, "\n");
    json_decref(value);
}
