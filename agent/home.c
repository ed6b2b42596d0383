/* home.c - see home.h. */
#include "agent/home.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_LIMIT_BYTES = 4 * HOME_FILE_SIZE_MAX };

static char *path_in(const char *directory, const char *name, char out[HOME_PATH_MAX])
{
    (void)snprintf(out, HOME_PATH_MAX, "%s/%s", directory, name);
    return out;
}

char *home_path(const struct home *home, const char *name, char out[HOME_PATH_MAX])
{
    return path_in(home->directory, name, out);
}

enum err home_read_settings(const char *directory, struct agent_settings *out,
                            struct problem *problem)
{
    char path[HOME_PATH_MAX];
    CLEANUP(buffer_release) struct buffer text = {0};
    settings_default(&agent_settings_table, out);
    path_in(directory, "huoshui.conf", path);
    TRY(file_read(path, HOME_FILE_SIZE_MAX, &text, problem));
    return settings_parse(&agent_settings_table, path, buffer_bytes(&text), out, problem);
}

static enum err open_store(const char *directory, const struct agent_settings *settings,
                           enum home_mode mode, struct store **out, struct problem *problem)
{
    char path[HOME_PATH_MAX];
    uint64_t reserve = (uint64_t)settings->outbox_reserve_bytes;
    struct store_options options = {
        .directory = path_in(directory, "outbox", path),
        /* twice: while a transaction is written, the pages it replaces are still in use */
        .map_bytes = 2 * (uint64_t)settings->outbox_quota_bytes + 2 * reserve,
        .quota_bytes = (uint64_t)settings->outbox_quota_bytes,
        .reserve_bytes = reserve,
        .read_only = mode == HOME_READ,
        .tables = outbox_tables,
    };
    return store_open(&options, out, problem);
}

enum err home_make_outbox(const char *directory, const struct agent_settings *settings,
                          struct problem *problem)
{
    CLEANUP(store_close) struct store *store = NULL;
    return open_store(directory, settings, HOME_WRITE, &store, problem);
}

static enum err read_file(const struct home *home, const char *name, struct buffer *out,
                          struct problem *problem)
{
    char path[HOME_PATH_MAX];
    return file_read(home_path(home, name, path), HOME_FILE_SIZE_MAX, out, problem);
}

enum err home_read_enrolment(struct home *home, struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer request = {0}, welcome = {0};
    arena_reset(&home->arena);
    home->request = (struct enrolment_request){0};
    home->welcome = (struct enrolment_welcome){0};
    TRY(read_file(home, "request", &request, problem));
    TRY(wire_request_open(buffer_bytes(&request), &home->arena, &home->request, problem));
    enum err err = read_file(home, "welcome", &welcome, problem);
    if (err == ERR_NOT_FOUND)
        return OK;
    TRY(err);
    return wire_welcome_open(buffer_bytes(&welcome), &home->arena, &home->welcome, problem);
}

static enum err read_state(struct home *home, struct problem *problem)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    enum err err = store_begin_read(home->store, &txn);
    if (err == OK)
        err = outbox_state_get(txn, &home->state);
    if (err != OK)
        home_explain(home, err, problem);
    return err;
}

enum err home_refresh(struct home *home)
{
    const struct outbox_state ours = home->state;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(home->store, &txn));
    TRY(outbox_state_get(txn, &home->state));
    home->is_cursor_ahead = home->state.acked_seq != ours.acked_seq;
    home->state.acked_seq = ours.acked_seq;
    home->state.acked_position = ours.acked_position;
    return OK;
}

enum err home_open(const char *directory, enum home_mode mode, struct home *out,
                   struct problem *problem)
{
    char *resolved = realpath(directory, NULL);
    *out = (struct home){0};
    /* the name as it was given when it cannot be resolved: what follows says why */
    int size =
        snprintf(out->directory, sizeof(out->directory), "%s", resolved ? resolved : directory);
    free(resolved);
    if (size < 0 || (size_t)size >= sizeof(out->directory)) {
        problem_set(problem, "the path of the directory has more than %zu bytes",
                    sizeof(out->directory) - 1);
        return ERR_LIMIT;
    }
    arena_init(&out->arena, ARENA_LIMIT_BYTES);
    enum err err = identity_open(out->directory, &out->identity, problem);
    if (err == OK)
        err = home_read_settings(out->directory, &out->settings, problem);
    if (err == OK)
        err = home_read_enrolment(out, problem);
    if (err == OK)
        err = open_store(out->directory, &out->settings, mode, &out->store, problem);
    if (err == OK)
        err = read_state(out, problem);
    if (err != OK)
        home_close(out);
    return err;
}

void home_close(struct home *home)
{
    if (home->store)
        store_close(TAKE(home->store));
    identity_close(&home->identity);
    arena_release(&home->arena);
}

bool home_is_joined(const struct home *home)
{
    uint32_t epoch = home->state.rejoin_epoch != 0 ? home->state.rejoin_epoch : home->state.epoch;
    return home->welcome.role != 0 && epoch != 0 && epoch == home->welcome.epoch;
}

void home_key_id(const struct identity *identity, uint8_t out[KEY_ID_SIZE])
{
    wire_key_id(bytes_of(identity->curve_public, sizeof(identity->curve_public)),
                bytes_of(identity->sign_public, sizeof(identity->sign_public)), out);
}

uint64_t home_backlog_bytes(const struct home *home)
{
    uint64_t waiting = home->state.last_seq - home->state.acked_seq;
    uint64_t bytes = 0;
    struct outbox_rows sample;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    if (waiting == 0 || store_begin_read(home->store, &txn) != OK)
        return 0;
    struct outbox_room room = {.count = HASH_GROUP, .bytes = UINT64_MAX};
    if (outbox_read(txn, home->state.generation, home->state.acked_seq + 1, room, &sample) != OK)
        return 0;
    for (size_t i = 0; i < sample.count; i++)
        bytes += sample.envelopes[i].size;
    return sample.count > 0 ? bytes * waiting / sample.count : 0;
}

static enum err begin(struct home *home, enum err err, struct store_txn *txn,
                      struct home_change *out)
{
    TRY(err);
    *out = (struct home_change){.txn = txn, .state = home->state};
    return OK;
}

enum err home_begin(struct home *home, struct home_change *out)
{
    struct store_txn *txn = NULL;
    enum err err = store_begin(home->store, &txn);
    return begin(home, err, txn, out);
}

enum err home_begin_reserved(struct home *home, struct home_change *out)
{
    struct store_txn *txn = NULL;
    enum err err = store_begin_reserved(home->store, &txn);
    return begin(home, err, txn, out);
}

enum err home_commit(struct home *home, struct home_change *change)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = TAKE(change->txn);
    TRY(outbox_state_put(txn, &change->state));
    TRY(store_commit(TAKE(txn)));
    home->state = change->state;
    home->is_cursor_ahead = false;
    return OK;
}

void home_abort(struct home_change *change)
{
    if (change->txn)
        store_txn_abort(TAKE(change->txn));
}

void home_explain(const struct home *home, enum err err, struct problem *problem)
{
    if (err == ERR_FULL) {
        problem_set(problem,
                    "磁盘或配额已满，这次的内容没有接收，以前接收的都在 (the disk or the quota is "
                    "full: nothing of this was taken)");
        problem_remedy(
            problem,
            "腾出磁盘空间，或调大 %s/huoshui.conf 中的 outbox_quota_bytes，然后重新提交；"
            "不必重启 (make room, then hand it in again)",
            home->directory);
        return;
    }
    problem_set(problem, "本机存储出错 (the outbox of %s fails): %s", home->directory,
                err_name(err));
    problem_remedy(problem, "查看磁盘和系统日志 (look at the disk and at the system's log)");
}
