/*
 * commands.h - enrol, revoke, status and the note after a backup: the same functions run in the
 * daemon (over control.sock) and, when none runs, in the command itself (shell). Arguments: see
 * each function in commands.c.
 */
#pragma once

#include "broker/hub.h"
#include "broker/office.h"
#include "io/control.h"

struct desk { /* what a command may look at */
    struct office *office;
    const struct hub *hub; /* NULL: no daemon runs */
    const char *address;   /* where it is bound; NULL likewise */
    int64_t now_ms;
};

/* request->arguments[0] names the command; an unknown one is answered with status 2. */
void broker_command(const struct desk *desk, const struct control_request *request,
                    struct control_answer *answer);
/* status.c */
int status_print(const struct desk *desk, bool json, struct buffer *out);
