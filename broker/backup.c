#include "broker/backup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/office.h"
#include "proto/wire.h"

enum { SMALL_FILE_MAX = 64 << 10 };
static const uint64_t READ_MAP_BYTES = UINT64_C(1)
                                       << 40; /* address space only; more than any log */

static enum err open_beside(const char *directory, struct store **out, struct problem *problem)
{
    char path[OFFICE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/store", directory);
    struct store_options options = {
        .directory = path,
        .map_bytes = READ_MAP_BYTES,
        .read_only = true,
        .tables = log_tables,
    };
    return store_open(&options, out, problem);
}

static enum err copy_file(const char *from, const char *to, const char *name,
                          struct problem *problem)
{
    char source[OFFICE_PATH_MAX], target[OFFICE_PATH_MAX];
    (void)snprintf(source, sizeof source, "%s/%s", from, name);
    (void)snprintf(target, sizeof target, "%s/%s", to, name);
    if (access(source, F_OK) != 0)
        return OK;
    CLEANUP(buffer_release) struct buffer content = {0};
    TRY(file_read(source, SMALL_FILE_MAX, &content, problem));
    return file_write(target, buffer_bytes(&content), problem);
}

static enum err make_directory(const char *path, struct problem *problem)
{
    if (mkdir(path, 0700) == 0)
        return OK;
    problem_set(problem, "%s: %s", path, strerror(errno));
    problem_remedy(problem, "a backup needs a directory that does not exist yet");
    return ERR_IO;
}

/* The copy is opened again: a backup that cannot be read is none. */
static enum err head_of_copy(const char *directory, uint64_t *position, struct problem *problem)
{
    CLEANUP(store_close) struct store *store = NULL;
    TRY(open_beside(directory, &store, problem));
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(store, &txn));
    struct log_head head;
    TRY(log_head(txn, &head));
    struct bytes row;
    if (head.position > 0)
        TRY(log_row(txn, head.position, &row));
    *position = head.position;
    return OK;
}

enum err backup_make(const char *broker, const char *directory, bool with_keys, uint64_t *position,
                     struct problem *problem)
{
    static const char *const keys[] = {"keys/curve.secret", "keys/curve.public", "keys/sign.secret",
                                       "keys/sign.public", "keys/token.secret"};
    CLEANUP(store_close) struct store *store = NULL;
    TRY(open_beside(broker, &store, problem));
    TRY(make_directory(directory, problem));
    char path[OFFICE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/store", directory);
    TRY(store_backup(store, path, problem));
    TRY(copy_file(broker, directory, "huoshui.conf", problem));
    TRY(copy_file(broker, directory, "address", problem));
    if (with_keys) {
        (void)snprintf(path, sizeof path, "%s/keys", directory);
        TRY(make_directory(path, problem));
        for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
            TRY(copy_file(broker, directory, keys[i], problem));
    }
    return head_of_copy(directory, position, problem);
}
