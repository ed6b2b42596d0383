/* commands.h - the work behind huoshui-display's commands; each gives the exit status. */
#pragma once

#include "base/args.h"

int display_init(const struct args *args);
int display_join(const struct args *args);
int display_run(const struct args *args);
int display_status(const struct args *args);
/* commands_grants.c */
int display_grant(const struct args *args);
int display_list(const struct args *args);
int display_revoke(const struct args *args);
