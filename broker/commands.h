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

/* status.c. form: "json", "prometheus", "check" (nothing, or 1 and what is out of order) or "". */
int status_print(const struct desk *desk, const char *form, struct control_answer *answer);
struct unit_status {
    const struct roster_entry *entry;
    struct unit_row row; /* with what the session knows better */
    bool live;
};
void status_of_unit(const struct desk *desk, struct store_txn *txn,
                    const struct roster_entry *entry, struct unit_status *out);
uint64_t status_backlog(const struct unit_status *unit);

/* commands_metrics.c: the same figures for Prometheus. */
struct status_figures {
    struct log_head head;
    struct store_state store;
    uint64_t alarms;
};
void status_metrics(const struct desk *desk, struct store_txn *txn,
                    const struct status_figures *figures, struct buffer *out);
