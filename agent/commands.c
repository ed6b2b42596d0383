/* commands.c - see commands.h: where a command runs, and the import. */
#include "agent/commands.h"

#include <poll.h>
#include <stdio.h>

#include "agent/import_run.h"
#include "io/daemon.h"

enum { STATUS_USAGE = 2, LOCK_PAUSE_MS = 50, LOCK_PATIENCE_MS = 10000 };

int agent_fail(const struct problem *problem)
{
    (void)fprintf(stderr, "huoshui-agent: %s\n", problem->text);
    if (*problem->remedy)
        (void)fprintf(stderr, "  %s\n", problem->remedy);
    return 1;
}

int agent_refuse(const struct problem *problem, struct control_answer *answer)
{
    buffer_add_format(answer->error, "huoshui-agent: %s\n", problem->text);
    if (*problem->remedy)
        buffer_add_format(answer->error, "  %s\n", problem->remedy);
    return 1;
}

static int agent_import(const struct desk *desk, const struct control_request *request,
                        struct control_answer *answer)
{
    const char *person = request->arguments[3];
    struct import_options options = {
        .file_name = request->arguments[1],
        .person = *person ? person : NULL,
        .is_dry_run = *request->arguments[2] != '\0',
        .clock_ms = desk->clock_ms,
    };
    int status = import_run(desk->home->store, desk->home->request.unit, &options, request->input,
                            answer->out, answer->error);
    enum err err = home_refresh(desk->home);
    if (err == OK)
        return status;
    struct problem problem = {0};
    home_explain(desk->home, err, &problem);
    return agent_refuse(&problem, answer);
}

static bool is_named(const struct control_request *request, const char *name, size_t arguments)
{
    return request->argument_count == arguments + 1 && strcmp(request->arguments[0], name) == 0;
}

void agent_command(const struct desk *desk, const struct control_request *request,
                   struct control_answer *answer)
{
    if (is_named(request, "join", 1))
        answer->status = agent_join(desk, request->input, false, answer);
    else if (is_named(request, "rejoin", 1) && *request->arguments[1])
        answer->status = agent_join(desk, request->input, true, answer);
    else if (is_named(request, "rejoin", 1))
        answer->status = agent_rejoin_request(desk, answer);
    else if (is_named(request, "import", 3))
        answer->status = agent_import(desk, request, answer);
    else if (is_named(request, "submit", 0))
        answer->status = agent_submit(desk, request->input, answer);
    else if (is_named(request, "status", 1))
        answer->status = agent_status(desk, request->arguments[1], answer);
    else if (is_named(request, "refused", 1))
        answer->status = agent_refused(desk, *request->arguments[1] != '\0', answer);
    else if (is_named(request, "wait", 0))
        answer->status = agent_wait(desk, answer);
    else
        answer->status = STATUS_USAGE;
}

/* ---- where ---- */

static enum err ask_daemon(const char *directory, const struct control_request *request,
                           struct control_answer *answer, struct problem *problem)
{
    char path[HOME_PATH_MAX];
    (void)snprintf(path, sizeof(path), "%s/agent.sock", directory);
    return control_call(path, request, answer, problem);
}

/* Is an agent there that answers? "wait" is the cheapest thing to ask. */
static bool is_served(const char *directory)
{
    CLEANUP(buffer_release) struct buffer out = {0}, error = {0};
    struct control_answer answer = {.out = &out, .error = &error};
    struct control_request request = {.arguments = {"wait"}, .argument_count = 1};
    struct problem problem = {0};
    return ask_daemon(directory, &request, &answer, &problem) != ERR_NOT_FOUND;
}

enum err agent_open_home(const char *directory, struct home *out, struct problem *problem)
{
    uint64_t give_up_ms = clock_steady_ms() + LOCK_PATIENCE_MS;
    for (;;) {
        enum err err = home_open(directory, HOME_WRITE, out, problem);
        if (err != ERR_BUSY)
            return err;
        if (is_served(directory)) {
            problem_set(problem, "%s: 已有一个 agent 在运行 (an agent runs there already)",
                        directory);
            problem_remedy(problem, "先停止它，或者用另一个目录 (stop it first)");
            return ERR_BUSY;
        }
        if (clock_steady_ms() > give_up_ms)
            return err;
        (void)poll(NULL, 0, LOCK_PAUSE_MS); /* a command has it: it takes a moment */
    }
}

static bool only_reads(const struct control_request *request)
{
    const char *name = request->arguments[0];
    return strcmp(name, "status") == 0 || strcmp(name, "refused") == 0 || strcmp(name, "wait") == 0;
}

static enum err run_here(const char *directory, const struct control_request *request,
                         struct control_answer *answer, struct problem *problem)
{
    static struct home home;
    enum home_mode mode = only_reads(request) ? HOME_READ : HOME_WRITE;
    TRY(home_open(directory, mode, &home, problem));
    struct desk desk = {.home = &home, .clock_ms = clock_wall_ms()};
    agent_command(&desk, request, answer);
    home_close(&home);
    return OK;
}

void agent_ask(const char *directory, const struct control_request *request,
               struct control_answer *answer)
{
    struct problem problem = {0};
    uint64_t give_up_ms = clock_steady_ms() + LOCK_PATIENCE_MS;
    for (;;) {
        enum err err = ask_daemon(directory, request, answer, &problem);
        if (err == OK)
            return;
        if (err != ERR_NOT_FOUND)
            break;
        problem = (struct problem){0};
        err = run_here(directory, request, answer, &problem);
        if (err == OK)
            return;
        /* An agent is starting, or another command has the directory for a moment. */
        if (err != ERR_BUSY || clock_steady_ms() > give_up_ms)
            break;
        (void)poll(NULL, 0, LOCK_PAUSE_MS);
    }
    answer->status = agent_refuse(&problem, answer);
}
