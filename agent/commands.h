/*
 * commands.h - what a clerk can ask for (shell). The same function runs in the daemon, over
 * A/agent.sock, and in the command itself when none runs (contract 5.1).
 */
#pragma once

#include "agent/courier.h"
#include "io/control.h"

struct desk { /* what a command may look at */
    struct home *home;
    const struct courier *courier; /* NULL: no daemon runs */
    int64_t clock_ms;
};

enum { COMMAND_NOT_YET = 75 }; /* of "wait": ask again */

/*
 * request->arguments: "join" FILE_NAME, "rejoin" FILE_NAME or "", "import" FILE_NAME dry|"" PERSON,
 * "submit", "status" json|prometheus|check|"", "refused" json|"", "wait". Input: the file, or
 * standard input.
 */
void agent_command(const struct desk *desk, const struct control_request *request,
                   struct control_answer *answer);

int agent_join(const struct desk *desk, struct bytes welcome, bool is_rejoin,
               struct control_answer *answer);
int agent_rejoin_request(const struct desk *desk, struct control_answer *answer);
int agent_submit(const struct desk *desk, struct bytes lines, struct control_answer *answer);
int agent_status(const struct desk *desk, const char *form, struct control_answer *answer);
struct agent_report { /* what status says */
    const struct home *home;
    struct courier_state link;
    struct store_state disk;
    bool is_full, is_running;
};
/* commands_metrics.c: the same for Prometheus. */
void agent_metrics(const struct agent_report *report, struct buffer *out);
int agent_refused(const struct desk *desk, bool is_json, struct control_answer *answer);
int agent_wait(const struct desk *desk, struct control_answer *answer);
/* Prints nothing but the request's path; problem says why not. */
struct init_plan {
    const char *directory, *unit, *name, *type;
};
MUST_CHECK enum err agent_init(const struct init_plan *plan, struct problem *problem);
/* A request for enrolment by the keys in DIRECTORY/keys, written to DIRECTORY/request. */
MUST_CHECK enum err agent_write_request(const char *directory, const struct enrolment_request *like,
                                        struct problem *problem);

/* For writing; waits a while for a command that has it open, refuses when an agent runs there. */
MUST_CHECK enum err agent_open_home(const char *directory, struct home *out,
                                    struct problem *problem);
/* In the daemon when one runs, else here. Appends to answer. */
void agent_ask(const char *directory, const struct control_request *request,
               struct control_answer *answer);
int agent_fail(const struct problem *problem); /* to standard error; gives 1 */
int agent_refuse(const struct problem *problem, struct control_answer *answer); /* gives 1 */
