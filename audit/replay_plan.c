/* replay_plan.c - see replay_plan.h: options of `replay` to a reading. */
#include <inttypes.h>
#include <stdio.h>

#include "audit/commands.h"
#include "audit/replay_plan.h"
#include "ledger/event/schema.h"

enum { TIMEOUT_DEFAULT_S = 30, TIMEOUT_MAX_S = 86400 };

static enum err wrong(struct problem *problem, const char *option, const char *value,
                      const char *what)
{
    problem_set(problem, "%s %s: %s", option, value, what);
    return ERR_MALFORMED;
}

/* Takes the text up to the next comma off the front. */
static struct bytes take_item(struct bytes *rest)
{
    const uint8_t *comma = rest->size > 0 ? memchr(rest->data, ',', rest->size) : NULL;
    size_t size = comma ? (size_t)(comma - rest->data) : rest->size;
    struct bytes item = bytes_of(rest->data, size);
    size_t used = size + (comma != NULL);
    *rest = bytes_of(rest->data + used, rest->size - used);
    return bytes_trim(item);
}

static enum err take_units(const char *text, struct replay_plan *plan, struct problem *problem)
{
    struct texts *units = &plan->reading.filter.units;
    struct bytes rest = bytes_of_text(text ? text : "");
    units->items = plan->units;
    while (rest.size > 0) {
        struct bytes unit = take_item(&rest);
        if (!unit_is_valid(unit) || units->count == REPLAY_ITEMS_MAX) {
            problem_remedy(problem,
                           "2, 4 or 6 digits, with -suffix for a body without a code; at "
                           "most %d, with commas: --unit 341502,341503",
                           REPLAY_ITEMS_MAX);
            return wrong(problem, "--unit", text, "not a list of administrative codes");
        }
        plan->units[units->count++] = unit;
    }
    return OK;
}

static enum err take_kinds(const char *text, struct filter *filter, struct problem *problem)
{
    struct bytes rest = bytes_of_text(text ? text : "");
    while (rest.size > 0) {
        struct bytes item = take_item(&rest);
        const struct kind *kind = kind_of_id(item);
        uint64_t number = kind ? kind->number : 0;
        if ((!kind && (u64_parse(item, UINT32_MAX, &number) != OK || number == 0)) ||
            filter->kind_count == FILTER_ITEMS_MAX) {
            CLEANUP(buffer_release) struct buffer names = {0};
            for (uint32_t i = 1; (kind = kind_of_number(i)); i++)
                buffer_add_format(&names, "%s%s", i > 1 ? " " : "", kind->id);
            problem_remedy(problem, "one or more, with commas, of: %.*s; or the number of one",
                           (int)names.size, (const char *)names.data);
            return wrong(problem, "--kind", text, "not a list of kinds of event");
        }
        filter->kinds[filter->kind_count++] = (uint32_t)number;
    }
    return OK;
}

/* UNIT/CODE, or a bare code where it is unambiguous (contract 1.2). */
static enum err take_projects(const char *text, struct replay_plan *plan, struct problem *problem)
{
    struct texts *projects = &plan->reading.filter.projects;
    const struct texts *units = &plan->reading.filter.units;
    struct bytes rest = bytes_of_text(text ? text : "");
    projects->items = plan->projects;
    if (rest.size > 0 && !memchr(rest.data, '/', rest.size)) {
        (void)snprintf(plan->project_text, sizeof plan->project_text, "%.*s/%s",
                       units->count == 1 ? (int)units->items[0].size : 4,
                       units->count == 1 ? (const char *)units->items[0].data : "3415", text);
        if (!subject_is_valid(bytes_of_text(plan->project_text)))
            return wrong(problem, "--project", text, "not a project's code");
        if (units->count == 1)
            plan->projects[projects->count++] = bytes_of_text(plan->project_text);
        else
            plan->bare_code = rest;
        return OK;
    }
    while (rest.size > 0) {
        struct bytes project = take_item(&rest);
        if (!subject_is_valid(project) || projects->count == REPLAY_ITEMS_MAX) {
            problem_remedy(problem, "for example --project 341502/341502-0001");
            return wrong(problem, "--project", text, "not a list of projects UNIT/CODE");
        }
        plan->projects[projects->count++] = project;
    }
    return OK;
}

static enum err take_format(const struct args *args, struct replay_plan *plan,
                            struct problem *problem)
{
    const char *format = args_value(args, "--format");
    bool is_table = format && strcmp(format, "table") == 0;
    if (format && !is_table && strcmp(format, "jsonl") != 0)
        return wrong(problem, "--format", format, "jsonl and table are known");
    plan->format = args_flag(args, "--count") ? REPLAY_COUNT
                   : is_table                 ? REPLAY_TABLE
                                              : REPLAY_JSONL;
    if (plan->format == REPLAY_COUNT && args_flag(args, "--follow"))
        return wrong(problem, "--count", "--follow", "a count needs an end; leave one of them out");
    return OK;
}

static enum err take_positions(const struct args *args, struct replay_plan *plan,
                               struct problem *problem)
{
    struct reading *reading = &plan->reading;
    uint64_t timeout_s = 0;
    TRY(option_number(args, "--from", 1, INT64_MAX, &reading->from, problem));
    TRY(option_number(args, "--to", 0, INT64_MAX, &reading->to, problem));
    TRY(option_number(args, "--timeout", TIMEOUT_DEFAULT_S, TIMEOUT_MAX_S, &timeout_s, problem));
    reading->timeout_ms = timeout_s * 1000;
    reading->follow = args_flag(args, "--follow");
    if (reading->to != 0 && reading->to < reading->from)
        return wrong(problem, "--to", args_value(args, "--to"), "lies before --from");
    return OK;
}

enum err replay_plan_make(const struct args *args, struct replay_plan *out, struct problem *problem)
{
    *out = (struct replay_plan){0};
    TRY(take_positions(args, out, problem));
    TRY(take_format(args, out, problem));
    TRY(take_units(args_value(args, "--unit"), out, problem));
    TRY(take_projects(args_value(args, "--project"), out, problem));
    TRY(take_kinds(args_value(args, "--kind"), &out->reading.filter, problem));
    out->all = args_flag(args, "--all");
    out->reading.filter.all_records = out->all;
    return source_find(args->positional[0], &out->source, problem);
}
