/*
 * server.h - `huoshui-display run`: the loop of the browsers, the desk's thread beside it (desk.h),
 * and the supervisor (shell). SIGTERM stops it; what it shows is on disk or comes again.
 */
#pragma once

#include <stdbool.h>

struct server_plan { /* from the command line; NULL: as the settings say */
    const char *directory, *http;
    const char *certificate_path, *key_path;
    bool insecure_http;
};

/* Foreground, until SIGTERM or SIGINT. Gives the exit status. */
int display_server_run(const struct server_plan *plan);
