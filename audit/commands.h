/* commands.h - the work behind huoshui-audit's commands; each gives the exit status. */
#pragma once

#include <stdint.h>

#include "base/args.h"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

int command_init(const struct args *args);
int command_join(const struct args *args);
int command_replay(const struct args *args);
int command_verify(const struct args *args);

/* Prints what is wrong and the remedy on standard error; gives status back. */
int complain(const struct problem *problem, int status);
/* A number option, or the value it has when it is not given. ERR_MALFORMED with a problem. */
MUST_CHECK enum err option_number(const struct args *args, const char *option, uint64_t otherwise,
                                  uint64_t max, uint64_t *out, struct problem *problem);
