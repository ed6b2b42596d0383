/*
 * commands_join.c - init, join and rejoin: keys, enrolment and epoch (contract 1.5, 4.5, 4.6). Each
 * step is durable before the next, and a join that was interrupted is finished by asking again.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/commands.h"

enum { NAME_TEXT_MAX = 120, FORMER_MAX = 1000 };

struct type_word {
    const char *word;
    enum unit_type type;
};
static const struct type_word types[] = {
    {"county", UNIT_COUNTY}, {"park", UNIT_PARK},           {"department", UNIT_DEPARTMENT},
    {"team", UNIT_TEAM},     {"committee", UNIT_COMMITTEE}, {"city", UNIT_CITY},
};

static char *path_in(const char *directory, const char *name, char out[HOME_PATH_MAX])
{
    (void)snprintf(out, HOME_PATH_MAX, "%s/%s", directory, name);
    return out;
}

static char *key_text(const struct identity *identity, char out[2 * KEY_ID_SIZE + 1])
{
    uint8_t key_id[KEY_ID_SIZE];
    home_key_id(identity, key_id);
    return hex_text(bytes_of(key_id, sizeof(key_id)), out, 2 * KEY_ID_SIZE + 1);
}

enum err agent_write_request(const char *directory, const struct enrolment_request *like,
                             struct problem *problem)
{
    char path[HOME_PATH_MAX];
    CLEANUP(buffer_release) struct buffer text = {0};
    struct identity identity = {0};
    TRY(identity_open(directory, &identity, problem));
    struct enrolment_request request = {
        .role = PEER_AGENT,
        .unit = like->unit,
        .name = like->name,
        .unit_type = like->unit_type,
        .curve_key = bytes_of(identity.curve_public, sizeof(identity.curve_public)),
        .signing_key = bytes_of(identity.sign_public, sizeof(identity.sign_public)),
    };
    enum err err = wire_request_seal(&request, identity.signer, &text);
    if (err == OK)
        err = file_write(path_in(directory, "request", path), buffer_bytes(&text), problem);
    identity_close(&identity);
    return err;
}

/* ---- init ---- */

static enum err check_plan(const struct init_plan *plan, enum unit_type *type,
                           struct problem *problem)
{
    struct bytes name = bytes_of_text(plan->name);
    if (!unit_is_valid(bytes_of_text(plan->unit))) {
        problem_set(problem, "--unit %s: 不是行政区划代码 (not an administrative code)",
                    plan->unit);
        problem_remedy(problem, "2、4 或 6 位数字，没有代码的单位加后缀: 341502, 3415-zsj");
        return ERR_MALFORMED;
    }
    if (name.size == 0 || name.size > NAME_TEXT_MAX || !bytes_are_utf8(name)) {
        problem_set(problem, "--name: 1 到 %d 字节的单位名称 (a name in UTF-8)", NAME_TEXT_MAX);
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        if (!plan->type || strcmp(plan->type, types[i].word) == 0) {
            *type = types[i].type;
            return OK;
        }
    }
    problem_set(problem, "--type %s: 没有这一类单位 (no such type)", plan->type);
    problem_remedy(problem, "county, park, department, team, committee, city");
    return ERR_MALFORMED;
}

static enum err write_settings(const char *directory, struct agent_settings *settings,
                               struct problem *problem)
{
    char path[HOME_PATH_MAX];
    CLEANUP(buffer_release) struct buffer text = {0};
    settings_default(&agent_settings_table, settings);
    settings_template(&agent_settings_table, settings, &text);
    return file_write(path_in(directory, "huoshui.conf", path), buffer_bytes(&text), problem);
}

enum err agent_init(const struct init_plan *plan, struct problem *problem)
{
    enum unit_type type = UNIT_COUNTY;
    struct agent_settings settings;
    struct identity identity = {0};
    char path[HOME_PATH_MAX], key[2 * KEY_ID_SIZE + 1];
    TRY(check_plan(plan, &type, problem));
    if (strlen(plan->directory) >= HOME_DIRECTORY_MAX) {
        problem_set(problem, "目录名太长 (the directory's path is too long)");
        return ERR_LIMIT;
    }
    TRY(identity_create(plan->directory, problem));
    TRY(write_settings(plan->directory, &settings, problem));
    TRY(home_make_outbox(plan->directory, &settings, problem));
    struct enrolment_request request = {
        .unit = bytes_of_text(plan->unit),
        .name = bytes_of_text(plan->name),
        .unit_type = type,
    };
    TRY(agent_write_request(plan->directory, &request, problem));
    TRY(identity_open(plan->directory, &identity, problem));
    key_text(&identity, key);
    identity_close(&identity);
    char *resolved = realpath(path_in(plan->directory, "request", path), NULL);
    (void)fprintf(stderr, "KEYID %s（入网时请与市里电话核对 / compare it by telephone）\n", key);
    (void)printf("%s\n", resolved ? resolved : path);
    free(resolved);
    return OK;
}

/* ---- rejoin: new keys beside the present ones, until the WELCOME for them is here ---- */

int agent_rejoin_request(const struct desk *desk, struct control_answer *answer)
{
    char next[HOME_PATH_MAX];
    struct problem problem = {0};
    home_path(desk->home, "next", next);
    if (strlen(next) >= HOME_DIRECTORY_MAX) {
        problem_set(&problem, "目录名太长 (the directory's path is too long)");
        return agent_refuse(&problem, answer);
    }
    enum err err = identity_create(next, &problem);
    if (err == ERR_BUSY) /* asked before: the same keys, the same request */
        err = OK;
    if (err == OK)
        err = agent_write_request(next, &desk->home->request, &problem);
    if (err != OK)
        return agent_refuse(&problem, answer);
    buffer_add_format(answer->out, "%s/request\n", next);
    return 0;
}

static enum err system_failed(struct problem *problem, const char *what, const char *path)
{
    problem_set(problem, "%s %s: %s", what, path, strerror(errno));
    return errno == ENOSPC ? ERR_FULL : ERR_IO;
}

static enum err sync_directory(const char *path, struct problem *problem)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        (void)close(descriptor);
    return is_synced ? OK : system_failed(problem, "cannot write", path);
}

/* The two sets change places in one step, so that there is a whole set of keys at every moment. */
static enum err swap_keys(struct home *home, struct problem *problem)
{
    char keys[HOME_PATH_MAX], next[HOME_PATH_MAX];
    struct identity fresh = {0};
    home_path(home, "keys", keys);
    home_path(home, "next/keys", next);
    if (renameat2(AT_FDCWD, next, AT_FDCWD, keys, RENAME_EXCHANGE) != 0)
        return system_failed(problem, "cannot rename", next);
    TRY(sync_directory(home->directory, problem));
    TRY(identity_open(home->directory, &fresh, problem));
    identity_close(&home->identity);
    home->identity = fresh;
    return OK;
}

/* What is left of the former keys stays: key material is never deleted. */
static void set_next_aside(const struct home *home)
{
    char next[HOME_PATH_MAX], former[HOME_PATH_MAX], name[32];
    home_path(home, "next", next);
    for (int i = 1; i <= FORMER_MAX; i++) {
        (void)snprintf(name, sizeof(name), "former.%d", i);
        home_path(home, name, former);
        if (access(former, F_OK) == 0)
            continue;
        (void)rename(next, former); /* when it fails, the next rejoin finds next and uses it */
        return;
    }
}

/* ---- join ---- */

static enum err check_welcome(const struct home *home, const struct enrolment_welcome *welcome,
                              struct problem *problem)
{
    char unit[UNIT_TEXT_MAX + 1], ours[UNIT_TEXT_MAX + 1];
    if (welcome->role != PEER_AGENT && welcome->role != PEER_INSPECTOR) {
        problem_set(problem, "这份 WELCOME 不是给 agent 的 (this WELCOME is for another role)");
        problem_remedy(problem, "请市里用 --role agent 重新登记 (enrol with --role agent)");
        return ERR_DENIED;
    }
    if (bytes_equal(welcome->unit, home->request.unit))
        return OK;
    problem_set(problem, "这份 WELCOME 是给 %s 的，本机是 %s (it is for another unit)",
                bytes_to_text(welcome->unit, unit, sizeof(unit)),
                bytes_to_text(home->request.unit, ours, sizeof(ours)));
    problem_remedy(problem, "请核对文件 (take the WELCOME made from this machine's request)");
    return ERR_DENIED;
}

static bool is_for(const struct enrolment_welcome *welcome, const struct identity *identity)
{
    uint8_t key_id[KEY_ID_SIZE];
    home_key_id(identity, key_id);
    return bytes_equal(welcome->key_id, bytes_of(key_id, sizeof(key_id)));
}

/* The next epoch's events are found out by the daemon; a fresh outbox has nothing to find out. */
static enum err put_epoch(struct home *home, uint32_t epoch, bool is_rejoin,
                          struct problem *problem)
{
    CLEANUP(home_abort) struct home_change change = {0};
    enum err err = home_begin_reserved(home, &change);
    if (err == OK) {
        change.state.token_size = 0;
        if (is_rejoin && (change.state.last_seq > 0 || change.state.generation > 1))
            change.state.rejoin_epoch = epoch;
        else
            change.state.epoch = epoch;
        err = home_commit(home, &change);
    }
    if (err != OK)
        home_explain(home, err, problem);
    return err;
}

static enum err set_epoch(struct home *home, uint32_t epoch, bool is_rejoin,
                          struct problem *problem)
{
    const struct outbox_state *state = &home->state;
    if (epoch == state->epoch || epoch == state->rejoin_epoch)
        return OK;
    if (is_rejoin || state->epoch == 0)
        return put_epoch(home, epoch, is_rejoin, problem);
    problem_set(problem,
                "本机已入网，第 %" PRIu32 " 期；这份 WELCOME 是第 %" PRIu32
                " 期 (already joined in another epoch)",
                state->epoch, epoch);
    problem_remedy(problem, "huoshui-agent rejoin %s WELCOME", home->directory);
    return ERR_DENIED;
}

/* The welcome names the keys it is for: the present ones, or those that rejoin has made. */
static enum err choose_keys(struct home *home, const struct enrolment_welcome *welcome,
                            bool is_rejoin, struct problem *problem)
{
    char next[HOME_PATH_MAX], text[2 * KEY_ID_SIZE + 1], ours[2 * KEY_ID_SIZE + 1];
    struct identity fresh = {0};
    struct problem ignored = {0};
    if (is_for(welcome, &home->identity))
        return OK;
    if (is_rejoin && identity_open(home_path(home, "next", next), &fresh, &ignored) == OK) {
        bool is_fresh = is_for(welcome, &fresh);
        identity_close(&fresh);
        /* A restored broker gives a number again: fresh keys are a fresh enrolment, whatever it
         * says. On disk before the keys, so that an interrupted rejoin still knows. */
        if (is_fresh)
            TRY(put_epoch(home, welcome->epoch, true, problem));
        if (is_fresh)
            return swap_keys(home, problem);
    }
    problem_set(problem, "这份 WELCOME 的 KEYID 是 %s，本机的是 %s (it was made for other keys)",
                hex_text(welcome->key_id, text, sizeof(text)), key_text(&home->identity, ours));
    problem_remedy(problem,
                   "请用本机 init 或 rejoin 给出的申请文件重新登记 (enrol the request that "
                   "this machine's init or rejoin has printed)");
    return ERR_DENIED;
}

static enum err join(struct home *home, struct bytes text, bool is_rejoin, struct problem *problem)
{
    char path[HOME_PATH_MAX];
    CLEANUP(arena_release) struct arena arena;
    struct enrolment_welcome welcome = {0};
    arena_init(&arena, HOME_FILE_SIZE_MAX);
    TRY(wire_welcome_open(text, &arena, &welcome, problem));
    TRY(check_welcome(home, &welcome, problem));
    if (!is_rejoin && home->state.epoch != 0 && welcome.epoch != home->state.epoch)
        return set_epoch(home, welcome.epoch, false, problem); /* says why not, changes nothing */
    TRY(choose_keys(home, &welcome, is_rejoin, problem));
    TRY(agent_write_request(home->directory, &home->request, problem));
    TRY(file_write(home_path(home, "welcome", path), text, problem));
    TRY(home_read_enrolment(home, problem));
    TRY(set_epoch(home, welcome.epoch, is_rejoin, problem));
    if (is_rejoin)
        set_next_aside(home);
    home->is_joined_anew = true;
    return OK;
}

int agent_join(const struct desk *desk, struct bytes welcome, bool is_rejoin,
               struct control_answer *answer)
{
    struct problem problem = {0};
    struct home *home = desk->home;
    char key[2 * KEY_ID_SIZE + 1];
    if (join(home, welcome, is_rejoin, &problem) != OK)
        return agent_refuse(&problem, answer);
    const struct enrolment_welcome *now = &home->welcome;
    buffer_add_text(answer->out, "已入网 joined: ");
    buffer_add(answer->out, now->unit);
    buffer_add_text(answer->out, " ");
    buffer_add(answer->out, now->name);
    buffer_add_text(answer->out, " → ");
    buffer_add(answer->out, now->city_name);
    buffer_add_format(answer->out, "，第 %" PRIu32 " 期 (epoch)，KEYID %s\n", now->epoch,
                      key_text(&home->identity, key));
    return 0;
}
