#include "broker/commands.h"

#include <stdio.h>
#include <string.h>

#include "proto/wire.h"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, REQUEST_ARENA_MAX = 1 << 20 };

static int complain(struct control_answer *answer, const struct problem *problem)
{
    buffer_add_format(answer->error, "%s\n", problem->text);
    if (*problem->remedy)
        buffer_add_format(answer->error, "remedy: %s\n", problem->remedy);
    return EXIT_REFUSED;
}

static int store_failed(struct control_answer *answer, enum err err)
{
    struct problem problem = {0};
    problem_set(&problem, "the log took nothing: %s", err_name(err));
    problem_remedy(&problem, err == ERR_FULL ? "free disk space or raise store_map in huoshui.conf"
                                             : "see the broker's log on standard error");
    return complain(answer, &problem);
}

static const struct {
    const char *name;
    uint32_t role;
} roles[] = {
    {"agent", PEER_AGENT},
    {"display", PEER_DISPLAY},
    {"auditor", PEER_AUDITOR},
    {"inspector", PEER_INSPECTOR},
};

static bool role_of_name(const char *name, uint32_t *role)
{
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++) {
        if (strcmp(roles[i].name, name) == 0) {
            *role = roles[i].role;
            return true;
        }
    }
    return false;
}

/* ---- enrol ---- */

struct enrolment {
    struct roster_change change;
    uint8_t key_id[KEY_ID_SIZE];
    bool replace;
};

static void plan_enrolment(const struct desk *desk, const struct enrolment_request *request,
                           struct enrolment *enrolment)
{
    wire_key_id(request->curve_key, request->signing_key, enrolment->key_id);
    bool writes = request->role == PEER_AGENT || request->role == PEER_INSPECTOR;
    enrolment->change = (struct roster_change){
        .action = ROSTER_ENROL,
        .role = request->role,
        .unit = writes ? request->unit : BYTES_NONE,
        .name = request->name,
        .unit_type = request->unit_type,
        .epoch = writes ? roster_next_epoch(&desk->office->roster, request->unit) : 0,
        .curve_key = request->curve_key,
        .signing_key = request->signing_key,
        .key_id = bytes_of(enrolment->key_id, KEY_ID_SIZE),
    };
}

static int refuse_enrolment(const struct enrolment *enrolment, enum roster_request_verdict verdict,
                            struct control_answer *answer)
{
    struct problem problem = {0};
    char who[ROSTER_NAME_MAX + 1];
    const struct roster_change *change = &enrolment->change;
    bytes_to_text(change->unit.size > 0 ? change->unit : change->name, who, sizeof who);
    switch (verdict) {
    case ROSTER_KEY_IN_USE:
        problem_set(&problem, "%s: this very key is enrolled already", who);
        problem_remedy(&problem, "to give it a new epoch (rejoin), add --replace");
        break;
    case ROSTER_NEEDS_REPLACE:
        problem_set(&problem, "%s has a live key", who);
        problem_remedy(&problem,
                       "if the old machine is lost or reinstalled, add --replace: the old key "
                       "ends at once, history stays");
        break;
    case ROSTER_BAD_UNIT:
        problem_set(&problem, "%s: the unit or name in the request is not valid for its role", who);
        problem_remedy(&problem,
                       "make a new request with `init`; a unit is 2, 4 or 6 digits with an "
                       "optional -suffix");
        break;
    case ROSTER_FULL:
        problem_set(&problem, "the roster is full: %d enrolments", ROSTER_ENTRIES_MAX);
        break;
    case ROSTER_WELCOME:
        break;
    }
    return complain(answer, &problem);
}

static void add_change(const struct desk *desk, struct batch *batch,
                       const struct roster_change *change)
{
    struct buffer detail = {0};
    wire_roster_change_encode(change, &detail);
    batch_add_record(batch, RECORD_ROSTER, desk->office->city_unit, buffer_bytes(&detail));
    buffer_release(&detail);
}

static struct roster_change revocation(const struct roster_entry *entry, const char *reason)
{
    return (struct roster_change){
        .action = ROSTER_REVOKE,
        .role = entry->role,
        .unit = bytes_of_text(entry->unit),
        .name = bytes_of_text(entry->name),
        .unit_type = entry->unit_type,
        .epoch = entry->epoch,
        .curve_key = bytes_of(entry->curve_key, CURVE_KEY_SIZE),
        .signing_key = bytes_of(entry->signing_key, SIGNING_KEY_SIZE),
        .key_id = bytes_of(entry->key_id, KEY_ID_SIZE),
        .reason = bytes_of_text(reason),
    };
}

static enum err append_enrolment(const struct desk *desk, const struct enrolment *enrolment)
{
    struct batch batch;
    batch_init(&batch);
    const struct roster *roster = &desk->office->roster;
    const struct roster_change *change = &enrolment->change;
    const struct roster_entry *old = roster_holder(roster, change);
    const struct roster_entry *same = roster_by_key(roster, change->curve_key);
    struct roster_change revoke;
    if (old) {
        revoke = revocation(old, "replaced");
        add_change(desk, &batch, &revoke);
    }
    if (same && same != old) {
        revoke = revocation(same, "replaced");
        add_change(desk, &batch, &revoke);
    }
    add_change(desk, &batch, change);
    enum err err = office_append(desk->office, &batch);
    batch_release(&batch);
    return err;
}

static int write_welcome(const struct desk *desk, const struct enrolment *enrolment,
                         const char *address, struct control_answer *answer)
{
    const struct office *office = desk->office;
    const struct roster_change *change = &enrolment->change;
    struct enrolment_welcome welcome = {
        .address = bytes_of_text(address),
        .unit = change->unit,
        .name = change->name,
        .city_name = bytes_of_text(office->city_name),
        .city_unit = bytes_of_text(office->city_unit),
        .log_id = bytes_of(office->log_id, LOG_ID_SIZE),
        .role = change->role,
        .epoch = change->epoch,
        .key_id = change->key_id,
        .broker_curve_key = bytes_of(office->identity.curve_public, CURVE_KEY_SIZE),
        .broker_signing_key = bytes_of(office->identity.sign_public, SIGNING_KEY_SIZE),
    };
    enum err err = wire_welcome_seal(&welcome, office->identity.signer, answer->out);
    if (err != OK)
        return store_failed(answer, err);
    char key_id[2 * KEY_ID_SIZE + 1];
    hex_text(change->key_id, key_id, sizeof key_id);
    buffer_add_format(answer->error,
                      "enrolled, KEYID %s: compare it with the other side by telephone\n", key_id);
    return EXIT_DONE;
}

/* enrol ROLE|"" "replace"|"" ; input: the request's text */
static int enrol(const struct desk *desk, const struct control_request *request,
                 struct control_answer *answer)
{
    struct problem problem = {0};
    char address[SETTING_TEXT_MAX + 1];
    if (office_address(desk->office, address, sizeof address) != OK) {
        problem_set(&problem, "no address is known that a county could reach");
        problem_remedy(&problem,
                       "set `advertise = tcp://HOST:PORT` in huoshui.conf, or start the broker "
                       "once so that it binds a port");
        return complain(answer, &problem);
    }
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, REQUEST_ARENA_MAX);
    struct enrolment_request opened;
    if (wire_request_open(request->input, &arena, &opened, &problem) != OK)
        return complain(answer, &problem);
    const char *role = request->arguments[1];
    if (*role && !role_of_name(role, &opened.role)) {
        problem_set(&problem, "--role %s: not a role", role);
        problem_remedy(&problem, "one of agent, display, auditor, inspector");
        (void)complain(answer, &problem);
        return EXIT_USAGE;
    }
    struct enrolment enrolment = {.replace = *request->arguments[2] != 0};
    plan_enrolment(desk, &opened, &enrolment);
    enum roster_request_verdict verdict =
        roster_judge(&desk->office->roster, &enrolment.change, enrolment.replace);
    if (verdict != ROSTER_WELCOME)
        return refuse_enrolment(&enrolment, verdict, answer);
    enum err err = append_enrolment(desk, &enrolment);
    if (err != OK)
        return store_failed(answer, err);
    return write_welcome(desk, &enrolment, address, answer);
}

/* ---- revoke, note-backup ---- */

/* revoke UNIT|NAME|KEYID */
static int revoke_key(const struct desk *desk, const struct control_request *request,
                      struct control_answer *answer)
{
    const char *what = request->arguments[1];
    const struct roster_entry *entry = roster_find(&desk->office->roster, what);
    if (!entry) {
        struct problem problem = {0};
        problem_set(&problem, "%s: no key in force with this unit, name or KEYID", what);
        problem_remedy(
            &problem,
            "`huoshui-broker status B` lists them; a name that several share needs the KEYID");
        return complain(answer, &problem);
    }
    char name[ROSTER_NAME_MAX + 1];
    (void)snprintf(name, sizeof name, "%s", entry->name);
    struct roster_change change = revocation(entry, "revoked by the operator");
    struct batch batch;
    batch_init(&batch);
    add_change(desk, &batch, &change);
    enum err err = office_append(desk->office, &batch);
    batch_release(&batch);
    if (err != OK)
        return store_failed(answer, err);
    buffer_add_format(answer->out, "revoked %s (%s): its session has ended, history stays\n", what,
                      name);
    return EXIT_DONE;
}

/* From the store: while a daemon runs, office->commit is the writer's thread's. */
static enum err newest(const struct desk *desk, struct log_head *out)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(desk->office->store, &txn));
    return log_head(txn, out);
}

/* note-backup POSITION: a backup holds everything up to there; agents may drop history below it one
 * day */
static int note_backup(const struct desk *desk, const struct control_request *request,
                       struct control_answer *answer)
{
    struct log_head head;
    uint64_t position = 0;
    enum err err = newest(desk, &head);
    if (err != OK)
        return store_failed(answer, err);
    if (u64_parse(bytes_of_text(request->arguments[1]), head.position, &position) != OK)
        return EXIT_USAGE;
    struct batch batch;
    batch_init(&batch);
    batch_add(&batch, BATCH_SAFE, desk->office->city_unit)->seq = position;
    err = office_append(desk->office, &batch);
    batch_release(&batch);
    return err == OK ? EXIT_DONE : store_failed(answer, err);
}

/* status "json"|"prometheus"|"check"|"" */
static int status(const struct desk *desk, const struct control_request *request,
                  struct control_answer *answer)
{
    return status_print(desk, request->arguments[1], answer);
}

static const struct {
    const char *name;
    size_t argument_count;
    int (*run)(const struct desk *, const struct control_request *, struct control_answer *);
} commands[] = {
    {"enrol", 3, enrol},
    {"revoke", 2, revoke_key},
    {"note-backup", 2, note_backup},
    {"status", 2, status},
};

void broker_command(const struct desk *desk, const struct control_request *request,
                    struct control_answer *answer)
{
    answer->status = EXIT_USAGE;
    for (size_t i = 0; i < ARRAY_LENGTH(commands); i++) {
        if (request->argument_count == commands[i].argument_count &&
            strcmp(request->arguments[0], commands[i].name) == 0) {
            answer->status = commands[i].run(desk, request, answer);
            return;
        }
    }
    buffer_add_format(answer->error, "the daemon does not know the command %s\n",
                      request->argument_count > 0 ? request->arguments[0] : "");
}
