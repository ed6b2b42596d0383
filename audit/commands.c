/* commands.c - init, join, and what the commands share; replay and verify have their own files. */
#include "audit/commands.h"

#include <inttypes.h>
#include <stdio.h>

#include "audit/auditor.h"

int complain(const struct problem *problem, int status)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "huoshui-audit: %s\n", problem->text);
    if (*problem->remedy)
        (void)fprintf(stderr, "remedy: %s\n", problem->remedy);
    return status;
}

enum err option_number(const struct args *args, const char *option, uint64_t otherwise,
                       uint64_t max, uint64_t *out, struct problem *problem)
{
    const char *text = args_value(args, option);
    if (!text) {
        *out = otherwise;
        return OK;
    }
    if (u64_parse(bytes_of_text(text), max, out) == OK && *out > 0)
        return OK;
    problem_set(problem, "%s %s: a number from 1 to %" PRIu64 " is needed", option, text, max);
    problem_remedy(problem, "For example: %s", args->command->example);
    return ERR_MALFORMED;
}

int command_init(const struct args *args)
{
    struct problem problem = {0};
    char request[MEMBERSHIP_PATH_MAX];
    if (membership_create(&auditor_program, args->positional[0], args_value(args, "--name"),
                          request, &problem) != OK)
        return complain(&problem, EXIT_REFUSED);
    (void)printf("%s\n", request);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_REFUSED;
}

int command_join(const struct args *args)
{
    struct problem problem = {0};
    struct membership membership;
    if (membership_join(&auditor_program, args->positional[0], args->positional[1], &membership,
                        &problem) != OK)
        return complain(&problem, EXIT_REFUSED);
    char key_id[2 * KEY_ID_SIZE + 1], address[256];
    const struct enrolment_welcome *welcome = &membership.welcome;
    (void)printf("joined %.*s (%.*s) at %s, key %s\n", (int)welcome->city_name.size,
                 (const char *)welcome->city_name.data, (int)welcome->city_unit.size,
                 (const char *)welcome->city_unit.data,
                 membership_address(&membership, address, sizeof address),
                 hex_text(welcome->key_id, key_id, sizeof key_id));
    membership_close(&membership);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_REFUSED;
}
