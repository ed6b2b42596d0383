/*
 * store_check.c - what can be judged around the opening of an LMDB directory: its mode, its lock,
 * its header, its length. LMDB reads through a map, and a file shorter than its last page kills the
 * reader with SIGBUS; so the length is judged first.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/file.h"
#include "store/store_private.h"

enum {
    META_MAGIC_AT = 16, /* behind the page header of 64-bit LMDB; u32, then the version u32 */
    META_PAGE_SIZE_AT = 40,
    META_END = 44,
    META_VERSION = 1,
    PAGE_MIN = 512,
    PAGE_MAX = 32768,
};
static const uint32_t META_MAGIC = 0xBEEFC0DE;

void store_problem_damaged(struct problem *problem, const char *directory, const char *what)
{
    problem_set(problem, "%s/data.mdb is damaged: %s", directory, what);
    problem_remedy(problem,
                   "keep %s aside as it is, restore the newest backup in its place and start "
                   "again; what is newer than "
                   "the backup comes from the other side by itself",
                   directory);
}

static enum err problem_of_errno(struct problem *problem, const char *path, const char *action)
{
    enum err err = file_err(errno);
    problem_set(problem, "cannot %s %s: %s", action, path, strerror(errno));
    problem_remedy(problem,
                   "check that the path exists and belongs to the user who runs this program");
    return err;
}

enum err store_directory_prepare(const char *directory, bool read_only, struct problem *problem)
{
    struct stat status;
    if (!read_only && mkdir(directory, 0700) != 0 && errno != EEXIST)
        return problem_of_errno(problem, directory, "make");
    if (stat(directory, &status) != 0)
        return problem_of_errno(problem, directory, "open");
    if (!S_ISDIR(status.st_mode)) {
        problem_set(problem, "%s is not a directory", directory);
        problem_remedy(problem, "name the directory that holds data.mdb");
        return ERR_IO;
    }
    if (!read_only && (status.st_mode & 077) != 0) {
        problem_set(problem, "%s may be entered by others (mode %04o)", directory,
                    (unsigned)status.st_mode & 07777);
        problem_remedy(problem, "chmod 700 '%s'", directory);
        return ERR_DENIED;
    }
    return OK;
}

static void lock_problem(int fd, const char *path, struct problem *problem)
{
    char pid[24] = {0};
    ssize_t size = pread(fd, pid, sizeof(pid) - 1, 0);
    pid[size > 0 ? strcspn(pid, "\n") : 0] = '\0';
    problem_set(problem, "%s is held by process %s", path, pid[0] ? pid : "(not named yet)");
    problem_remedy(problem, "stop that process first, or speak to it over its socket");
}

enum err store_lock_take(const char *directory, int *lock_fd, struct problem *problem)
{
    char path[STORE_DIRECTORY_SIZE + 8];
    TRY(file_path(directory, "lock", path, sizeof(path)));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return problem_of_errno(problem, path, "open");
    char pid[24];
    int size = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
    enum err err = OK;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        bool is_held = errno == EWOULDBLOCK;
        err = is_held ? ERR_BUSY : problem_of_errno(problem, path, "lock");
        if (is_held)
            lock_problem(fd, path, problem);
    } else if (pwrite(fd, pid, (size_t)size, 0) == size) {
        /* The name is a help to people and the lock holds without it: a full disk must not stop an
         * opening. */
        (void)!ftruncate(fd, size);
    }
    if (err == OK)
        *lock_fd = fd;
    else
        close(fd);
    return err;
}

enum err store_lock_probe(const char *directory, struct problem *problem)
{
    char path[STORE_DIRECTORY_SIZE + 8];
    TRY(file_path(directory, "lock", path, sizeof(path)));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? OK : problem_of_errno(problem, path, "open");
    enum err err = OK;
    if (flock(fd, LOCK_SH | LOCK_NB) != 0) {
        err = ERR_BUSY;
        lock_problem(fd, path, problem);
    }
    close(fd);
    return err;
}

static bool header_is_sound(int fd, off_t at, uint32_t *page_size)
{
    uint8_t header[META_END];
    uint32_t magic;
    uint32_t version;
    if (pread(fd, header, sizeof(header), at) != (ssize_t)sizeof(header))
        return false;
    memcpy(&magic, header + META_MAGIC_AT, sizeof(magic));
    memcpy(&version, header + META_MAGIC_AT + sizeof(magic), sizeof(version));
    memcpy(page_size, header + META_PAGE_SIZE_AT, sizeof(*page_size));
    return magic == META_MAGIC && version == META_VERSION && *page_size >= PAGE_MIN &&
           *page_size <= PAGE_MAX && (*page_size & (*page_size - 1)) == 0;
}

bool store_file_is_absent(const char *directory)
{
    char path[STORE_DIRECTORY_SIZE + 16];
    return file_path(directory, "data.mdb", path, sizeof(path)) == OK && access(path, F_OK) != 0 &&
           errno == ENOENT;
}

/* LMDB would make an empty data.mdb anew without a word, and divides by a page size of zero. */
enum err store_file_check(const char *directory, struct problem *problem)
{
    char path[STORE_DIRECTORY_SIZE + 16];
    TRY(file_path(directory, "data.mdb", path, sizeof(path)));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return problem_of_errno(problem, path, "open");
    uint32_t first;
    uint32_t second;
    bool is_sound = header_is_sound(fd, 0, &first) && header_is_sound(fd, (off_t)first, &second) &&
                    first == second;
    close(fd);
    if (is_sound)
        return OK;
    store_problem_damaged(problem, directory, "its first pages are not those of a store");
    return ERR_CORRUPT;
}

/* Are all pages of the last (missing) ones in the free list? Run in a child: the list itself may
 * lie beyond the end. */
static bool missing_pages_are_free(MDB_txn *txn, uint64_t first_missing, uint64_t missing)
{
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    uint64_t found = 0;
    if (mdb_cursor_open(txn, 0, &cursor) != 0)
        return false;
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        const size_t *pages = value.mv_data; /* a count, then as many page numbers */
        for (size_t i = 1; i <= pages[0]; i++)
            found += pages[i] >= first_missing;
    }
    mdb_cursor_close(cursor);
    return found == missing;
}

static bool child_finds_them_free(MDB_txn *txn, uint64_t first_missing, uint64_t missing)
{
    pid_t child = fork();
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)signal(SIGBUS, SIG_DFL);
        (void)signal(SIGSEGV, SIG_DFL);
        _exit(missing_pages_are_free(txn, first_missing, missing) ? 0 : 1);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/*
 * The file may end before the last page only when the pages beyond its end are free ones: LMDB
 * numbers a page when it is wanted, and does not write one that is given back in the same
 * transaction.
 */
enum err store_length_check(struct store *store, struct problem *problem)
{
    MDB_txn *txn;
    MDB_envinfo info;
    struct stat status;
    int fd = -1;
    int code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    if (code != 0)
        return store_err_of(code);
    mdb_env_info(store->env, &info);
    mdb_env_get_fd(store->env, &fd);
    uint64_t pages = (uint64_t)info.me_last_pgno + 1;
    uint64_t pages_in_file = 0;
    if (fstat(fd, &status) == 0)
        pages_in_file = (uint64_t)status.st_size / store->page_bytes;
    bool is_whole =
        pages_in_file >= pages || child_finds_them_free(txn, pages_in_file, pages - pages_in_file);
    mdb_txn_abort(txn);
    if (is_whole)
        return OK;
    store_problem_damaged(problem, store->directory, "it ends before its last page");
    return ERR_CORRUPT;
}
