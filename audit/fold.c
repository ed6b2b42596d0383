/*
 * fold.c - see fold.h. The snapshot's file: the SHA-256 of the log's record at the ledger's
 * position, then the ledger's own bytes (ledger_save). The hash ties it to this log.
 */
#include "audit/fold.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/child.h"
#include "audit/directory.h"
#include "base/random.h"
#include "store/file.h"

enum { ARENA_MAX = 8 << 20 };

struct fold {
    struct ledger *ledger;
    uint64_t known_at, tail_records;
    struct hash last; /* of the record at the ledger's position */
    bool check_due;   /* the first record to come is the one the snapshot ends with */
    bool is_stale, is_done;
    struct arena arena;
};

/* NULL: it is counted as not understood. What is kept here had its form checked by an agent; a
 * broker does not open payloads (contract 2.1). */
static const struct event *open_event(struct fold *fold, const struct record *record,
                                      struct event *event)
{
    struct envelope envelope;
    struct problem ignored = {0};
    if (wire_envelope_decode(record->envelope, &envelope, &ignored) != OK ||
        wire_fact_decode(&envelope, &fold->arena, event, &ignored) != OK ||
        event_check(event, &ignored) != OK)
        return NULL;
    return event;
}

/* ERR_LIMIT ends the reading on purpose: is_stale or is_done says why. */
static enum err on_record(void *context, const struct record *record, const struct hash *hash)
{
    struct fold *fold = context;
    struct event event;
    struct roster_change change;
    struct ledger_input input = {.record = record};
    if (fold->check_due) {
        fold->check_due = false;
        fold->is_stale =
            record->position != ledger_position(fold->ledger) || !hash_equal(hash, &fold->last);
        return fold->is_stale ? ERR_LIMIT : OK;
    }
    if (record->position > fold->known_at) {
        fold->is_done = true;
        return ERR_LIMIT;
    }
    arena_reset(&fold->arena);
    if (record->kind == RECORD_EVENT)
        input.event = open_event(fold, record, &event);
    if (record->kind == RECORD_ROSTER && wire_roster_change_decode(record->detail, &change) == OK)
        input.change = &change;
    fold->last = *hash;
    fold->tail_records++;
    return ledger_apply(fold->ledger, &input);
}

static enum err on_turn(void *context, uint64_t scanned_to)
{
    (void)context;
    child_note_good(scanned_to);
    return OK;
}

static uint64_t new_seed(void)
{
    uint64_t seed;
    random_secret(&seed, sizeof seed);
    return seed;
}

static enum err read_log(struct fold *fold, const struct source *source, uint64_t from,
                         struct problem *problem)
{
    struct reading reading = {
        .from = from, .filter.all_records = true, .timeout_ms = FOLD_TIMEOUT_MS};
    struct reading_sink sink = {.context = fold, .on_record = on_record, .on_turn = on_turn};
    enum err err = source_read(source, &reading, &sink, problem);
    if (err == OK && child_is_stopped()) { /* what was read is not the log */
        problem_set(problem, "stopped after position %" PRIu64, ledger_position(fold->ledger));
        return ERR_BUSY;
    }
    return fold->is_done ? OK : err;
}

/* ---- the snapshot ---- */

/* False: there is none that this program reads. */
static bool load_snapshot(struct fold *fold, const char *cache)
{
    char path[DIRECTORY_PATH_MAX];
    struct stat status;
    if (file_path(cache, FOLD_SNAPSHOT_NAME, path, sizeof path) != OK)
        return false;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    void *memory = MAP_FAILED;
    size_t size = 0;
    if (fstat(file, &status) == 0 && status.st_size > HASH_SIZE) {
        size = (size_t)status.st_size;
        memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    }
    (void)close(file);
    if (memory == MAP_FAILED)
        return false;
    struct bytes bytes = bytes_of((const uint8_t *)memory + HASH_SIZE, size - HASH_SIZE);
    memcpy(fold->last.bytes, memory, HASH_SIZE);
    enum err err = ledger_load(bytes, new_seed(), &fold->ledger);
    (void)munmap(memory, size);
    return err == OK && ledger_position(fold->ledger) > 0;
}

/* What cannot be written costs time at the next start, and nothing else. */
static void save_snapshot(const struct fold *fold, const char *cache)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    buffer_add(&bytes, hash_bytes(&fold->last));
    ledger_save(fold->ledger, &bytes);
    enum err err = file_replace(cache, FOLD_SNAPSHOT_NAME, buffer_bytes(&bytes));
    if (err != OK)
        (void)fprintf(stderr,
                      "huoshui-audit: %s/%s cannot be written (%s): the next start reads the whole "
                      "log again\n",
                      cache, FOLD_SNAPSHOT_NAME, err_name(err));
}

static void start_anew(struct fold *fold)
{
    ledger_free(fold->ledger);
    fold->ledger = ledger_new(new_seed());
    fold->check_due = fold->is_stale = fold->is_done = false;
    fold->tail_records = 0;
}

/* From the snapshot on. False: it does not fit the log. */
static bool read_tail(struct fold *fold, const struct source *source, const char *cache,
                      enum err *err, struct problem *problem)
{
    if (!load_snapshot(fold, cache))
        return false;
    fold->check_due = true;
    *err = read_log(fold, source, ledger_position(fold->ledger), problem);
    bool log_is_shorter = fold->check_due && (*err == OK || *err == ERR_NOT_FOUND);
    if (!fold->is_stale && !log_is_shorter)
        return true;
    (void)fprintf(stderr,
                  "huoshui-audit: %s/%s is of another log, or of this one before it was restored; "
                  "it is made anew\n",
                  cache, FOLD_SNAPSHOT_NAME);
    *problem = (struct problem){0};
    return false;
}

enum err fold_source(const struct source *source, uint64_t known_at, const char *cache,
                     struct ledger **out, struct problem *problem)
{
    struct fold fold = {0};
    enum err err = OK;
    if (!cache && source->kind == SOURCE_NETWORK)
        cache = source->path;
    /* A snapshot is of the whole log: it answers for every position before as well. */
    fold.known_at = cache ? UINT64_MAX : known_at;
    arena_init(&fold.arena, ARENA_MAX);
    if (!cache || !read_tail(&fold, source, cache, &err, problem)) {
        start_anew(&fold);
        err = read_log(&fold, source, 1, problem);
    }
    arena_release(&fold.arena);
    if (err == OK && cache && fold.tail_records > FOLD_TAIL_RECORDS)
        save_snapshot(&fold, cache);
    if (err == OK)
        *out = fold.ledger;
    else
        ledger_free(fold.ledger);
    return err;
}
