/* command_line.c - see command_line.h. */
#include "io/command_line.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/day.h"
#include "io/identity.h"

static const char *running_program = "huoshui";

static int run_command(const struct command_line *line, const struct args *args)
{
    const struct command_action *action = line->actions;
    while (action->name && strcmp(action->name, args->command->name) != 0)
        action++;
    assert(action->name); /* a command without a function is a bug */
    return action->run(args);
}

int command_line_main(const struct command_line *line, int argc, char **argv)
{
    struct problem problem = {0};
    struct args args;
    identity_guard_process();
    running_program = line->program;
    if (args_parse(line->commands, argc, argv, &args, &problem) != OK)
        return command_fail(&problem, COMMAND_USAGE);
    if (!args.help)
        return run_command(line, &args);
    CLEANUP(buffer_release) struct buffer help = {0};
    args_help(line->program, line->commands, args.command, &help);
    (void)fwrite(help.data, 1, help.size, stdout);
    return command_finish(COMMAND_DONE);
}

int command_fail(const struct problem *problem, int status)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "%s: %s\n", running_program, problem->text);
    if (*problem->remedy)
        (void)fprintf(stderr, "remedy: %s\n", problem->remedy);
    return status;
}

int command_finish(int status)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? status : COMMAND_REFUSED;
}

int command_print_answer(const struct control_answer *answer)
{
    if (answer->out->size > 0)
        (void)fwrite(answer->out->data, 1, answer->out->size, stdout);
    int status = command_finish(answer->status);
    if (answer->error->size > 0)
        (void)fwrite(answer->error->data, 1, answer->error->size, stderr);
    return status;
}

static enum err wrong_value(const struct args *args, struct problem *problem)
{
    problem_remedy(problem, "For example: %s", args->command->example);
    return ERR_MALFORMED;
}

enum err command_number(const struct args *args, const char *option, struct command_range range,
                        uint64_t *out, struct problem *problem)
{
    uint64_t value;
    const char *text = args_value(args, option);
    if (!text)
        return OK;
    if (u64_parse(bytes_of_text(text), range.most, &value) == OK && value >= range.least) {
        *out = value;
        return OK;
    }
    problem_set(problem,
                "%s %s: 须是 %" PRIu64 " 到 %" PRIu64 " 的整数 (a whole number in that range)",
                option, text, range.least, range.most);
    return wrong_value(args, problem);
}

enum err command_day(const struct args *args, const char *option, int32_t *out,
                     struct problem *problem)
{
    int32_t day;
    const char *text = args_value(args, option);
    if (!text)
        return OK;
    if (day_parse(bytes_of_text(text), &day) == OK && day != DAY_NONE) {
        *out = day;
        return OK;
    }
    problem_set(problem, "%s %s: 须是日期 YYYY-MM-DD (a day)", option, text);
    return wrong_value(args, problem);
}

enum err command_choice(const struct args *args, const char *option, const char *const *choices,
                        size_t *out, struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer names = {0};
    const char *text = args_value(args, option);
    if (!text)
        return OK;
    for (size_t i = 0; choices[i]; i++) {
        if (strcmp(choices[i], text) == 0) {
            *out = i;
            return OK;
        }
        buffer_add_format(&names, "%s%s", i == 0 ? "" : ", ", choices[i]);
    }
    problem_set(problem, "%s %s: 须是其中之一 (one of): %.*s", option, text, (int)names.size,
                (const char *)names.data);
    return wrong_value(args, problem);
}

enum err command_write(const struct args *args, const char *option, struct bytes text,
                       struct problem *problem)
{
    const char *path = args_value(args, option);
    if (path && strcmp(path, "-") != 0)
        return file_write(path, text, problem);
    if (text.size > 0)
        (void)fwrite(text.data, 1, text.size, stdout);
    if (command_finish(COMMAND_DONE) == COMMAND_DONE)
        return OK;
    problem_set(problem, "cannot write to standard output: %s", strerror(errno));
    problem_remedy(problem, "write to a file on a disk that has room");
    return ERR_IO;
}

const char *command_status_form(const struct args *args)
{
    if (args_flag(args, "--check"))
        return "check";
    if (args_flag(args, "--prometheus"))
        return "prometheus";
    return args_flag(args, "--json") ? "json" : "";
}
