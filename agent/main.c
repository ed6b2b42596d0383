/* main.c - huoshui-agent: a county's outbox (README.md). Exit 0 done, 1 refused or failed, 2 wrong
 * usage. */
#include <poll.h>
#include <unistd.h>

#include "agent/commands.h"
#include "agent/daemon.h"
#include "io/command_line.h"
#include "io/daemon.h"
#include "io/identity.h"

enum { WAIT_MAX_S = 31536000, WAIT_PAUSE_MS = 100 };

static const struct args_command commands[] = {
    {.name = "init",
     .positional = {"A"},
     .options = {{"--unit", "CODE", "行政区划代码 of this unit, as 341502 or 3415-zsj", true},
                 {"--name", "NAME", "its name, as 金安区", true},
                 {"--type", "TYPE", "county (default), park, department, team, committee or city",
                  false}},
     .sentence = "Make an agent's directory with its keys; prints the path of the request that the "
                 "city enrols.",
     .example = "huoshui-agent init A --unit 341502 --name 金安区"},
    {.name = "join",
     .positional = {"A", "WELCOME"},
     .sentence = "Take the city's answer to the request; events handed in before are sent then.",
     .example = "huoshui-agent join A welcome.txt"},
    {.name = "rejoin",
     .positional = {"A", "[WELCOME]"},
     .sentence =
         "Out of a fork, a clone or a revoked key, losing nothing: without WELCOME it makes "
         "new keys and prints the request; with the WELCOME for it (enrol --replace) it "
         "begins a new epoch and says again what the city lacks.",
     .example = "huoshui-agent rejoin A; huoshui-agent rejoin A welcome.txt"},
    {.name = "run",
     .positional = {"A"},
     .sentence = "Deliver in the foreground; logs to standard error, prints READY when it serves.",
     .example = "huoshui-agent run A"},
    {.name = "import",
     .positional = {"A", "FILE.csv"},
     .options = {{"--dry-run", NULL, "say what would be said, take nothing", false},
                 {"--by", "NAME", "经办人: who answers for corrections; default: the unit", false}},
     .sentence = "Take a ledger: rows become events, and a row taken before says only what is new. "
                 "Works joined or not, running or not.",
     .example = "huoshui-agent import A 341502.csv --by 王科员"},
    {.name = "submit",
     .positional = {"A"},
     .sentence = "Take events from standard input, one JSON object a line; prints a line for each: "
                 "accepted and its seq, or why not.",
     .example = "huoshui-agent submit A < events.jsonl"},
    {.name = "status",
     .positional = {"A"},
     .options = {{COMMAND_JSON},
                 {COMMAND_PROMETHEUS},
                 {COMMAND_CHECK},
                 {"--wait-empty", "SECONDS",
                  "return when everything is answered; fail after so long, or at once when that "
                  "cannot happen",
                  false}},
     .sentence = "Newest and acked seq, what waits, what was refused, the link, time to empty.",
     .example = "huoshui-agent status A --wait-empty 60"},
    {.name = "refused",
     .positional = {"A"},
     .options = {{"--json", NULL, "for scripts: one object a line", false}},
     .sentence = "What the city refused, and why.",
     .example = "huoshui-agent refused A"},
    {0},
};

static int ask(const char *directory, const struct control_request *request)
{
    CLEANUP(buffer_release) struct buffer out = {0}, error = {0};
    struct control_answer answer = {.out = &out, .error = &error};
    agent_ask(directory, request, &answer);
    return command_print_answer(&answer);
}

static int run_init(const struct args *args)
{
    struct problem problem = {0};
    struct init_plan plan = {
        .directory = args->positional[0],
        .unit = args_value(args, "--unit"),
        .name = args_value(args, "--name"),
        .type = args_value(args, "--type"),
    };
    if (agent_init(&plan, &problem) != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    return command_finish(COMMAND_DONE);
}

/* The file is read here: it may lie where the daemon may not look. */
static int run_with_file(const struct args *args, const struct control_request *like)
{
    CLEANUP(buffer_release) struct buffer content = {0};
    struct problem problem = {0};
    struct control_request request = *like;
    const char *path = request.arguments[1];
    if (*path && file_read(path, CONTROL_INPUT_SIZE_MAX, &content, &problem) != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    request.input = buffer_bytes(&content);
    return ask(args->positional[0], &request);
}

static int run_join(const struct args *args)
{
    const char *path = args->positional[1];
    struct control_request request = {
        .arguments = {args->command->name, path ? path : ""},
        .argument_count = 2,
    };
    return run_with_file(args, &request);
}

static int run_import(const struct args *args)
{
    const char *person = args_value(args, "--by");
    struct control_request request = {
        .arguments = {"import", args->positional[1], args_flag(args, "--dry-run") ? "dry" : "",
                      person ? person : ""},
        .argument_count = 4,
    };
    return run_with_file(args, &request);
}

static int run_submit(const struct args *args)
{
    CLEANUP(buffer_release) struct buffer lines = {0};
    struct problem problem = {0};
    if (file_read_stream(STDIN_FILENO, CONTROL_INPUT_SIZE_MAX, &lines, &problem) != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    struct control_request request = {
        .arguments = {"submit"}, .argument_count = 1, .input = buffer_bytes(&lines)};
    return ask(args->positional[0], &request);
}

static int wait_empty(const char *directory, uint64_t seconds)
{
    uint64_t give_up_ms = clock_steady_ms() + seconds * 1000;
    struct control_request request = {.arguments = {"wait"}, .argument_count = 1};
    for (;;) {
        CLEANUP(buffer_release) struct buffer out = {0}, error = {0};
        struct control_answer answer = {.out = &out, .error = &error};
        agent_ask(directory, &request, &answer);
        bool is_over = answer.status != COMMAND_NOT_YET || clock_steady_ms() >= give_up_ms;
        if (answer.status == COMMAND_NOT_YET)
            answer.status = COMMAND_REFUSED;
        if (is_over)
            return command_print_answer(&answer);
        (void)poll(NULL, 0, WAIT_PAUSE_MS);
    }
}

static int run_status(const struct args *args)
{
    bool waits = args_flag(args, "--wait-empty");
    uint64_t seconds = 0;
    struct problem problem = {0};
    struct command_range range = {0, WAIT_MAX_S};
    if (command_number(args, "--wait-empty", range, &seconds, &problem) != OK)
        return command_fail(&problem, COMMAND_USAGE);
    int status = waits ? wait_empty(args->positional[0], seconds) : COMMAND_DONE;
    const char *form = command_status_form(args);
    if (status != COMMAND_DONE || (waits && !*form))
        return status;
    struct control_request request = {.arguments = {"status", form}, .argument_count = 2};
    return ask(args->positional[0], &request);
}

static int run_refused(const struct args *args)
{
    struct control_request request = {
        .arguments = {"refused", args_flag(args, "--json") ? "json" : ""}, .argument_count = 2};
    return ask(args->positional[0], &request);
}

static int run_daemon(const struct args *args)
{
    return daemon_run(args->positional[0]);
}

static const struct command_action actions[] = {
    {"init", run_init},     {"join", run_join},       {"rejoin", run_join},
    {"run", run_daemon},    {"import", run_import},   {"submit", run_submit},
    {"status", run_status}, {"refused", run_refused}, {0},
};

int main(int argc, char **argv)
{
    static const struct command_line line = {"huoshui-agent", commands, actions};
    return command_line_main(&line, argc, argv);
}
