/* store.c - opening, measuring and copying an LMDB directory; transactions are in store_txn.c. */
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/file.h"
#include "store/store_private.h"

enum err store_err_of(int code)
{
    switch (code) {
    case MDB_SUCCESS:
        return OK;
    case MDB_NOTFOUND:
        return ERR_NOT_FOUND;
    case MDB_MAP_FULL:
        return ERR_FULL;
    case MDB_TXN_FULL:
        return ERR_LIMIT;
    case MDB_READERS_FULL:
        return ERR_BUSY;
    case MDB_KEYEXIST: /* only MDB_APPEND says so: the key is not above the last one */
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
        return ERR_CORRUPT;
    case ENOMEM:
        abort();
    default:
        return code > 0 ? file_err(code) : ERR_IO;
    }
}

uint64_t store_disk_free_bytes(const struct store *store)
{
    struct statvfs disk;
    if (statvfs(store->directory, &disk) != 0)
        return 0;
    return (uint64_t)disk.f_bavail * disk.f_frsize;
}

enum err store_used_bytes(struct store *store, uint64_t *out)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(store, &txn));
    MDB_envinfo info;
    mdb_env_info(store->env, &info);
    MDB_cursor *cursor;
    int code = mdb_cursor_open(txn->handle, 0, &cursor); /* table 0 is LMDB's free list */
    if (code != 0)
        return store_err_of(code);
    uint64_t pages = (uint64_t)info.me_last_pgno + 1;
    MDB_val key;
    MDB_val value;
    while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        size_t free_pages;
        memcpy(&free_pages, value.mv_data, sizeof(free_pages));
        pages -= free_pages < pages ? free_pages : pages;
    }
    mdb_cursor_close(cursor);
    if (code != MDB_NOTFOUND)
        return store_err_of(code);
    *out = pages * store->page_bytes;
    return OK;
}

static enum err open_tables(struct store *store, const char *const *tables, struct problem *problem)
{
    MDB_txn *txn;
    int code = mdb_txn_begin(store->env, NULL, store->read_only ? MDB_RDONLY : 0, &txn);
    if (code != 0)
        return store_err_of(code);
    for (unsigned i = 0; tables[i] && code == 0; i++) {
        assert(i < STORE_TABLES_MAX);
        code = mdb_dbi_open(txn, tables[i], store->read_only ? 0 : MDB_CREATE, &store->tables[i]);
        store->tables_count = i + 1;
    }
    if (code == 0)
        code = mdb_txn_commit(txn);
    else
        mdb_txn_abort(txn);
    if (code == MDB_NOTFOUND) {
        problem_set(problem, "%s/data.mdb is a store of another kind: it has no table \"%s\"",
                    store->directory, tables[store->tables_count - 1]);
        problem_remedy(problem, "name the directory of the right store");
        return ERR_CORRUPT;
    }
    enum err err = store_err_of(code);
    if (err == ERR_CORRUPT)
        store_problem_damaged(problem, store->directory, mdb_strerror(code));
    else if (err != OK)
        problem_set(problem, "cannot open the tables of %s: %s", store->directory,
                    mdb_strerror(code));
    return err;
}

/* A failed mdb_env_open leaves an env that can only be closed, so each attempt starts from a new
 * one. */
static int open_env(struct store *store, const char *directory, unsigned flags)
{
    int code = mdb_env_create(&store->env);
    if (code == ENOMEM)
        abort();
    if (code == 0)
        code = mdb_env_set_mapsize(store->env, store->map_bytes);
    if (code == 0)
        code = mdb_env_set_maxreaders(store->env, STORE_READERS_MAX);
    if (code == 0)
        code = mdb_env_set_maxdbs(store->env, STORE_TABLES_MAX);
    if (code == 0)
        code = mdb_env_open(store->env, directory, flags, 0600);
    if (code != 0) {
        mdb_env_close(store->env);
        store->env = NULL;
    }
    return code;
}

static enum err open_lmdb(struct store *store, const char *directory, bool no_sync,
                          struct problem *problem)
{
    unsigned flags = MDB_NOTLS | (store->read_only ? MDB_RDONLY : 0U) | (no_sync ? MDB_NOSYNC : 0U);
    int code = open_env(store, directory, flags);
    if (store->read_only && (code == EACCES || code == EPERM || code == EROFS)) {
        /* lock.mdb cannot be made here: safe only where nobody writes */
        TRY(store_lock_probe(directory, problem));
        code = open_env(store, directory, flags | MDB_NOLOCK);
    }
    if (code == 0) {
        MDB_stat stat;
        mdb_env_stat(store->env, &stat);
        store->page_bytes = stat.ms_psize;
        return OK;
    }
    /* here ENOMEM is a map that does not fit the address space */
    enum err err = code == ENOMEM ? ERR_LIMIT : store_err_of(code);
    problem_set(problem, "cannot open %s/data.mdb: %s", directory, mdb_strerror(code));
    if (err == ERR_CORRUPT)
        store_problem_damaged(problem, directory, mdb_strerror(code));
    else
        problem_remedy(problem, "see that %s is readable, the disk has space and the map size fits",
                       directory);
    return err;
}

/* The files of making that may lie there from an attempt that was interrupted. */
static void remove_making(const char *making)
{
    char path[STORE_DIRECTORY_SIZE + 16];
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (file_path(making, names[i], path, sizeof(path)) == OK)
            unlink(path);
    rmdir(making);
}

/*
 * A new store comes into being by one rename, with its tables: an empty or headless data.mdb is
 * then always damage, and never the trace of a first start that was interrupted. The caller holds
 * the lock.
 */
static enum err make_new(struct store *store, const struct store_options *options,
                         struct problem *problem)
{
    char making[STORE_DIRECTORY_SIZE];
    char from[STORE_DIRECTORY_SIZE + 16];
    char to[STORE_DIRECTORY_SIZE + 16];
    TRY(file_path(options->directory, "making", making, sizeof(making)));
    TRY(file_path(making, "data.mdb", from, sizeof(from)));
    TRY(file_path(options->directory, "data.mdb", to, sizeof(to)));
    remove_making(making);
    TRY(store_directory_prepare(making, false, problem));
    enum err err = open_lmdb(store, making, options->no_sync, problem);
    if (err == OK)
        err = open_tables(store, options->tables, problem);
    if (store->env)
        mdb_env_close(TAKE(store->env));
    if (err == OK && rename(from, to) != 0)
        err = file_err(errno);
    remove_making(making);
    return err;
}

static enum err open_in(struct store *store, const struct store_options *options,
                        struct problem *problem)
{
    size_t length = strlen(options->directory);
    if (length >= sizeof(store->directory)) {
        problem_set(problem, "the path of the store is longer than %zu bytes",
                    sizeof(store->directory) - 1);
        return ERR_LIMIT;
    }
    memcpy(store->directory, options->directory, length + 1);
    TRY(store_directory_prepare(store->directory, store->read_only, problem));
    if (!store->read_only)
        TRY(store_lock_take(store->directory, &store->lock_fd, problem));
    if (!store->read_only && store_file_is_absent(store->directory))
        TRY(make_new(store, options, problem));
    TRY(store_file_check(store->directory, problem));
    TRY(open_lmdb(store, store->directory, options->no_sync, problem));
    TRY(store_length_check(store, problem));
    TRY(open_tables(store, options->tables, problem));
    if (!store->read_only)
        TRY(file_directory_sync(store->directory)); /* the names of new files, too, are durable */
    return OK;
}

enum err store_open(const struct store_options *options, struct store **out,
                    struct problem *problem)
{
    assert(options->map_bytes > options->reserve_bytes);
    struct store *store = calloc(1, sizeof(*store));
    if (!store)
        abort();
    *problem = (struct problem){0};
    store->lock_fd = -1;
    store->read_only = options->read_only;
    store->map_bytes = options->map_bytes;
    store->reserve_bytes = options->reserve_bytes;
    store->quota_bytes = options->map_bytes - options->reserve_bytes;
    if (options->quota_bytes != 0 && options->quota_bytes < store->quota_bytes)
        store->quota_bytes = options->quota_bytes;
    enum err err = open_in(store, options, problem);
    if (err != OK && problem->text[0] == '\0')
        problem_set(problem, "cannot open the store in %s: %s", options->directory, err_name(err));
    if (err != OK)
        store_close(store);
    else
        *out = store;
    return err;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    assert(!store->writer.handle);
    struct store_txn *idle = atomic_exchange(&store->idle_read, NULL);
    if (idle) {
        mdb_txn_abort(idle->handle);
        free(idle);
    }
    if (store->env)
        mdb_env_close(store->env);
    if (store->lock_fd >= 0)
        close(store->lock_fd); /* after LMDB has let go of its files */
    free(store);
}

/* mdb_reader_list hands over text: a heading, then a line a slot; an idle slot's line ends in "-".
 */
static int count_reader(const char *line, void *context)
{
    uint32_t *readers = context;
    size_t size = strlen(line);
    bool is_slot =
        size > 1 && line[size - 1] == '\n' && line[size - 2] >= '0' && line[size - 2] <= '9';
    *readers += is_slot;
    return 0;
}

enum err store_state(struct store *store, struct store_state *out)
{
    struct store_state state = {
        .quota_bytes = store->quota_bytes,
        .map_bytes = store->map_bytes,
        .disk_free_bytes = store_disk_free_bytes(store),
    };
    int dead = 0;
    int code = mdb_reader_check(store->env, &dead);
    if (code != 0)
        return store_err_of(code);
    state.stale_readers_cleared = (uint32_t)dead;
    if (mdb_reader_list(store->env, count_reader, &state.readers) < 0)
        return ERR_IO;
    TRY(store_used_bytes(store, &state.used_bytes));
    *out = state;
    return OK;
}

static enum err copy_to(struct store *store, const char *part)
{
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_err(errno);
    enum err err = store_err_of(mdb_env_copyfd(store->env, fd));
    if (err == OK && fsync(fd) != 0)
        err = file_err(errno);
    if (close(fd) != 0 && err == OK)
        err = file_err(errno);
    return err;
}

enum err store_backup(struct store *store, const char *directory, struct problem *problem)
{
    char path[STORE_DIRECTORY_SIZE + 16];
    char part[sizeof(path) + 8];
    *problem = (struct problem){0};
    TRY(file_path(directory, "data.mdb", path, sizeof(path)));
    (void)snprintf(part, sizeof(part), "%s.part", path);
    TRY(store_directory_prepare(directory, false, problem));
    if (access(path, F_OK) == 0) {
        problem_set(problem, "%s exists already", path);
        problem_remedy(problem, "name a fresh directory: a backup never replaces another");
        return ERR_DENIED;
    }
    /* copied beside its name, so that an interrupted copy is never taken for a backup */
    enum err err = copy_to(store, part);
    if (err == OK && rename(part, path) != 0)
        err = file_err(errno);
    if (err == OK)
        err = file_directory_sync(directory);
    if (err != OK) {
        unlink(part);
        problem_set(problem, "cannot copy the store to %s: %s", path, err_name(err));
        problem_remedy(problem, "see that the directory is writable and its disk has space");
    }
    return err;
}
