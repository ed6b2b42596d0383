/* fold.c - see fold.h. */
#include "audit/fold.h"

#include <inttypes.h>
#include <stdio.h>

#include "audit/child.h"
#include "reader/folding.h"

struct fold {
    struct folding folding;
    uint64_t known_at, tail_records;
    bool check_due; /* the first record to come is the one the snapshot ends with */
    bool is_stale, is_done;
    bool replaces; /* a snapshot that did not fit: what is there now must go */
};

static uint64_t position_of(const struct fold *fold)
{
    return ledger_position(fold->folding.ledger);
}

/* ERR_LIMIT ends the reading on purpose: is_stale or is_done says why. */
static enum err on_record(void *context, const struct record *record, const struct hash *hash)
{
    struct fold *fold = context;
    const struct event *event;
    if (fold->check_due) {
        fold->check_due = false;
        fold->is_stale =
            record->position != position_of(fold) || !hash_equal(hash, &fold->folding.last);
        return fold->is_stale ? ERR_LIMIT : OK;
    }
    if (record->position > fold->known_at) {
        fold->is_done = true;
        return ERR_LIMIT;
    }
    fold->tail_records++;
    return folding_take(&fold->folding, record, hash, &event);
}

static enum err on_turn(void *context, uint64_t scanned_to)
{
    (void)context;
    child_note_good(scanned_to);
    return OK;
}

static enum err read_log(struct fold *fold, const struct source *source, uint64_t from,
                         struct problem *problem)
{
    struct reading reading = {
        .from = from, .filter.all_records = true, .timeout_ms = FOLD_TIMEOUT_MS};
    struct reading_sink sink = {.context = fold, .on_record = on_record, .on_turn = on_turn};
    enum err err = source_read(source, &reading, &sink, problem);
    if (err == OK && child_is_stopped()) { /* what was read is not the log */
        problem_set(problem, "stopped after position %" PRIu64, position_of(fold));
        return ERR_BUSY;
    }
    return fold->is_done ? OK : err;
}

/* ---- the snapshot ---- */

/* What cannot be written costs time at the next start, and nothing else. */
static void save_snapshot(const struct fold *fold, const char *cache)
{
    enum err err = folding_save(&fold->folding, cache);
    if (err != OK)
        (void)fprintf(stderr,
                      "huoshui-audit: %s/%s cannot be written (%s): the next start reads the whole "
                      "log again\n",
                      cache, FOLDING_SNAPSHOT_NAME, err_name(err));
}

static void start_anew(struct fold *fold)
{
    folding_reset(&fold->folding);
    fold->check_due = fold->is_stale = fold->is_done = false;
    fold->tail_records = 0;
}

/* From the snapshot on. False: it does not fit the log. */
static bool read_tail(struct fold *fold, const struct source *source, const char *cache,
                      enum err *err, struct problem *problem)
{
    folding_load(&fold->folding, cache);
    if (position_of(fold) == 0)
        return false;
    fold->check_due = true;
    *err = read_log(fold, source, position_of(fold), problem);
    bool log_is_shorter = fold->check_due && (*err == OK || *err == ERR_NOT_FOUND);
    if (!fold->is_stale && !log_is_shorter)
        return true;
    (void)fprintf(stderr,
                  "huoshui-audit: %s/%s is of another log, or of this one before it was restored; "
                  "it is made anew\n",
                  cache, FOLDING_SNAPSHOT_NAME);
    *problem = (struct problem){0};
    fold->replaces = true;
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
    folding_init(&fold.folding);
    if (!cache || !read_tail(&fold, source, cache, &err, problem)) {
        start_anew(&fold);
        err = read_log(&fold, source, 1, problem);
    }
    if (err == OK && cache && (fold.replaces || fold.tail_records > FOLD_TAIL_RECORDS))
        save_snapshot(&fold, cache);
    if (err == OK)
        *out = folding_take_ledger(&fold.folding);
    folding_release(&fold.folding);
    return err;
}
