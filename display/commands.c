/* commands.c - init, join, run and status; the grants have a file of their own. */
#include "display/commands.h"

#include <stdio.h>

#include "display/display_home.h"
#include "display/server.h"
#include "io/command_line.h"
#include "io/control.h"

int display_init(const struct args *args)
{
    struct problem problem = {0};
    char request[MEMBERSHIP_PATH_MAX];
    if (membership_create(&display_program, args->positional[0], args_value(args, "--name"),
                          request, &problem) != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    (void)printf("%s\n", request);
    return command_finish(COMMAND_DONE);
}

int display_join(const struct args *args)
{
    struct problem problem = {0};
    struct membership membership;
    if (membership_join(&display_program, args->positional[0], args->positional[1], &membership,
                        &problem) != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    char key_id[2 * KEY_ID_SIZE + 1], address[256];
    const struct enrolment_welcome *welcome = &membership.welcome;
    (void)printf("joined %.*s (%.*s) at %s, key %s\n", (int)welcome->city_name.size,
                 (const char *)welcome->city_name.data, (int)welcome->city_unit.size,
                 (const char *)welcome->city_unit.data,
                 membership_address(&membership, address, sizeof address),
                 hex_text(welcome->key_id, key_id, sizeof key_id));
    membership_close(&membership);
    return command_finish(COMMAND_DONE);
}

int display_run(const struct args *args)
{
    struct problem problem = {0};
    struct server_plan plan = {
        .directory = args->positional[0],
        .http = args_value(args, "--http"),
        .certificate_path = args_value(args, "--tls-cert"),
        .key_path = args_value(args, "--tls-key"),
        .insecure_http = args_flag(args, "--insecure-http"),
    };
    if ((plan.certificate_path == NULL) == (plan.key_path == NULL))
        return display_server_run(&plan);
    problem_set(&problem, "--tls-cert 与 --tls-key 须同时给出 (both, or neither)");
    problem_remedy(&problem, "For example: %s", args->command->example);
    return command_fail(&problem, COMMAND_USAGE);
}

int display_status(const struct args *args)
{
    CLEANUP(buffer_release) struct buffer out = {0}, error = {0};
    struct control_answer answer = {.out = &out, .error = &error};
    struct problem problem = {0};
    char path[DISPLAY_PATH_MAX];
    struct control_request request = {
        .arguments = {"status", args_flag(args, "--json") ? "json" : ""}, .argument_count = 2};
    display_home_path(args->positional[0], "display.sock", path);
    enum err err = control_call(path, &request, &answer, &problem);
    if (err == OK)
        return command_print_answer(&answer);
    if (err == ERR_NOT_FOUND) {
        problem_set(&problem, "%s: 大屏没有运行 (the display does not run)", args->positional[0]);
        problem_remedy(&problem, "start it: huoshui-display run %s", args->positional[0]);
    }
    return command_fail(&problem, COMMAND_REFUSED);
}
