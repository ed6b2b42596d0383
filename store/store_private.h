/* store_private.h - what the files of the store share; nobody else includes it. */
#pragma once

#include <lmdb.h>
#include <stdatomic.h>

#include "store/store.h"

enum { STORE_DIRECTORY_SIZE = 4096 };

struct store_txn {
    struct store *store;
    MDB_txn *handle;
    uint64_t room_bytes;    /* what may still be written below quota and reserve */
    uint64_t written_bytes; /* keys and values handed over so far, in whole pages when large */
    enum err failure;       /* the first failed write; a txn that has one is not committed */
    bool is_write;
};

struct store {
    MDB_env *env;
    int lock_fd; /* -1 when read-only */
    bool read_only;
    uint32_t page_bytes;
    uint64_t map_bytes, quota_bytes, reserve_bytes;
    /* LMDB has one write transaction at a time, and one finished read transaction is kept to be
     * renewed: neither is allocated anew. */
    struct store_txn writer;
    _Atomic(struct store_txn *) idle_read;
    MDB_dbi tables[STORE_TABLES_MAX];
    unsigned tables_count;
    char directory[STORE_DIRECTORY_SIZE];
};

enum err store_err_of(int code); /* LMDB's or the system's; out of memory aborts */

/* Pages that hold something, from the file's end and LMDB's free list. */
MUST_CHECK enum err store_used_bytes(struct store *store, uint64_t *out);
uint64_t store_disk_free_bytes(const struct store *store);

/* The directory, its lock and its file: what can be judged before and right after LMDB opens it. */
MUST_CHECK enum err store_directory_prepare(const char *directory, bool read_only,
                                            struct problem *problem);
MUST_CHECK enum err store_lock_take(const char *directory, int *lock_fd, struct problem *problem);
/* ERR_BUSY while a writer holds the lock; keeps nothing. */
MUST_CHECK enum err store_lock_probe(const char *directory, struct problem *problem);
bool store_file_is_absent(const char *directory);
MUST_CHECK enum err store_file_check(const char *directory, struct problem *problem);
MUST_CHECK enum err store_length_check(struct store *store, struct problem *problem);
void store_problem_damaged(struct problem *problem, const char *directory, const char *what);
