/* report_commands.h - the work behind huoshui-audit's reports; each gives the exit status. */
#pragma once

#include "base/args.h"

int command_bulletin(const struct args *args);
int command_gaps(const struct args *args);
int command_project(const struct args *args);
int command_compare(const struct args *args);
int command_diff(const struct args *args);
int command_assess(const struct args *args);
int command_claims(const struct args *args);
int command_snapshot(const struct args *args);
