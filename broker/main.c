/* main.c - huoshui-broker: the city's log (README.md). Exit 0 done, 1 refused or failed, 2 wrong
 * usage. */
#include <stdio.h>
#include <stdlib.h>

#include "broker/backup.h"
#include "broker/commands.h"
#include "broker/server.h"
#include "io/command_line.h"
#include "io/daemon.h"

enum { REQUEST_SIZE_MAX = 64 << 10 };

static const struct args_command commands[] = {
    {.name = "init",
     .positional = {"B"},
     .options = {{"--name", "NAME", "the city's name", true},
                 {"--unit", "CODE", "its administrative code (GB/T 2260)", true},
                 {"--listen", "ADDRESS", "address to bind, tcp://127.0.0.1:0 by default", false},
                 {"--advertise", "ADDRESS", "tcp://HOST:PORT as the counties reach it", false}},
     .sentence = "Make a broker's directory: keys, settings and an empty log.",
     .example = "huoshui-broker init B --name 六安市 --unit 3415 --listen tcp://0.0.0.0:8500 "
                "--advertise tcp://10.1.2.3:8500"},
    {.name = "run",
     .positional = {"B"},
     .sentence = "Serve in the foreground; logs to standard error, prints the address, then READY.",
     .example = "huoshui-broker run B"},
    {.name = "enrol",
     .positional = {"B", "REQUEST"},
     .options = {{"--role", "ROLE", "agent, display, auditor or inspector; default: as requested",
                  false},
                 {"--replace", NULL, "the unit has a live key: end it, begin a new epoch", false}},
     .sentence = "Admit a key; prints the WELCOME file for the other side.",
     .example = "huoshui-broker enrol B request.txt > welcome.txt"},
    {.name = "revoke",
     .positional = {"B", "UNIT|NAME|KEYID"},
     .sentence = "End a key at once; its history stays.",
     .example = "huoshui-broker revoke B 341502"},
    {.name = "status",
     .positional = {"B"},
     .options = {{COMMAND_JSON}, {COMMAND_PROMETHEUS}, {COMMAND_CHECK}},
     .sentence = "Head, units, last contacts, backlogs, alarms, disk.",
     .example = "huoshui-broker status B --json"},
    {.name = "backup",
     .positional = {"B", "DIR"},
     .options = {{"--with-keys", NULL, "copy the secret keys too; keep that copy locked away",
                  false}},
     .sentence = "Copy the log while the broker runs; DIR is a SOURCE for huoshui-audit.",
     .example = "huoshui-broker backup B /backup/2022-09-30"},
    {0},
};

/* In the daemon when one runs, else here. */
static int ask(const char *directory, const struct control_request *request)
{
    CLEANUP(buffer_release) struct buffer out = {0}, error = {0};
    struct control_answer answer = {.out = &out, .error = &error};
    struct problem problem = {0};
    char path[OFFICE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/control.sock", directory);
    enum err err = control_call(path, request, &answer, &problem);
    if (err == OK)
        return command_print_answer(&answer);
    if (err != ERR_NOT_FOUND)
        return command_fail(&problem, COMMAND_REFUSED);
    static struct office office;
    problem = (struct problem){0};
    if (office_open(directory, &office, &problem) != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    struct desk desk = {.office = &office, .now_ms = clock_wall_ms()};
    broker_command(&desk, request, &answer);
    office_close(&office);
    return command_print_answer(&answer);
}

static int run_init(const struct args *args)
{
    struct problem problem = {0};
    struct office_plan plan = {
        .directory = args->positional[0],
        .name = args_value(args, "--name"),
        .unit = args_value(args, "--unit"),
        .listen = args_value(args, "--listen"),
        .advertise = args_value(args, "--advertise"),
    };
    if (office_create(&plan, &problem) != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    char *path = realpath(plan.directory, NULL);
    (void)printf("%s\n", path ? path : plan.directory);
    free(path);
    return command_finish(COMMAND_DONE);
}

static int run_server(const struct args *args)
{
    return server_run(args->positional[0]);
}

static int run_enrol(const struct args *args)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    struct problem problem = {0};
    if (file_read(args->positional[1], REQUEST_SIZE_MAX, &text, &problem) != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    const char *role = args_value(args, "--role");
    struct control_request request = {
        .arguments = {"enrol", role ? role : "", args_flag(args, "--replace") ? "replace" : ""},
        .argument_count = 3,
        .input = buffer_bytes(&text),
    };
    return ask(args->positional[0], &request);
}

static int run_backup(const struct args *args)
{
    struct problem problem = {0};
    uint64_t position = 0;
    if (backup_make(args->positional[0], args->positional[1], args_flag(args, "--with-keys"),
                    &position, &problem) != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)position);
    struct control_request request = {.arguments = {"note-backup", text}, .argument_count = 2};
    int status = ask(args->positional[0], &request);
    if (status == COMMAND_DONE)
        (void)printf("backed up to position %s in %s\n", text, args->positional[1]);
    return command_finish(status);
}

static int run_revoke(const struct args *args)
{
    struct control_request request = {.arguments = {"revoke", args->positional[1]},
                                      .argument_count = 2};
    return ask(args->positional[0], &request);
}

static int run_status(const struct args *args)
{
    struct control_request request = {.arguments = {"status", command_status_form(args)},
                                      .argument_count = 2};
    return ask(args->positional[0], &request);
}

static const struct command_action actions[] = {
    {"init", run_init},
    {"run", run_server},
    {"enrol", run_enrol},
    {"revoke", run_revoke},
    {"status", run_status},
    {"backup", run_backup},
    {0},
};

int main(int argc, char **argv)
{
    static const struct command_line line = {"huoshui-broker", commands, actions};
    return command_line_main(&line, argc, argv);
}
