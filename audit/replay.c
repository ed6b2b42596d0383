/* replay.c - `huoshui-audit replay`: records out, as JSON lines, as a table, or counted. */
#include "audit/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "audit/child.h"
#include "audit/directory.h"
#include "audit/replay_plan.h"
#include "io/daemon.h"
#include "proto/json.h"
#include "report/table.h"

enum { FLUSH_SIZE = 64 << 10, ARENA_SIZE_MAX = 8 << 20, FOUND_MAX = 8 };

struct replay {
    struct replay_plan plan;
    struct keyring names;
    struct arena arena;
    struct buffer out;
    struct problem problem;
    uint64_t records, events, head;
    /* projects that end in plan.bare_code */
    char found[FOUND_MAX][SUBJECT_TEXT_MAX + 1];
    size_t found_count;
};

static enum err flush(struct replay *replay)
{
    size_t done = 0;
    while (done < replay->out.size) {
        ssize_t written = write(STDOUT_FILENO, replay->out.data + done, replay->out.size - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            problem_set(&replay->problem, "standard output takes no more: %s", strerror(errno));
            return ERR_IO;
        }
        done += (size_t)written;
    }
    buffer_clear(&replay->out);
    return OK;
}

static void learn_name(struct replay *replay, const struct record *record)
{
    struct roster_change change;
    struct problem ignored = {0};
    if (record->kind != RECORD_ROSTER || wire_roster_change_decode(record->detail, &change) != OK)
        return;
    /* A roster that does not add up is for verify to report. */
    if (keyring_apply(&replay->names, record, &change, &ignored) != OK)
        return;
}

static enum err on_turn(void *context, uint64_t scanned_to)
{
    struct replay *replay = context;
    replay->head = scanned_to;
    enum err err = flush(replay);
    if (err == OK)
        child_note_good(scanned_to);
    return err;
}

static enum err flush_when_full(struct replay *replay)
{
    return replay->out.size >= FLUSH_SIZE ? flush(replay) : OK;
}

static enum err on_record_jsonl(void *context, const struct record *record, const struct hash *hash)
{
    struct replay *replay = context;
    (void)hash;
    arena_reset(&replay->arena);
    enum err err = json_record_write(record, &replay->arena, &replay->out);
    if (err != OK) {
        problem_set(&replay->problem, "position %" PRIu64 ": the record cannot be written (%s)",
                    record->position, err_name(err));
        problem_remedy(&replay->problem, "huoshui-audit verify says whether the log is whole");
        return err;
    }
    buffer_add_text(&replay->out, "\n");
    return flush_when_full(replay);
}

static enum err on_record_table(void *context, const struct record *record, const struct hash *hash)
{
    struct replay *replay = context;
    (void)hash;
    if (replay->plan.source.kind == SOURCE_NETWORK)
        learn_name(replay, record);
    if (record->kind != RECORD_EVENT && !replay->plan.all)
        return OK;
    arena_reset(&replay->arena);
    table_record(record, &replay->names, &replay->arena, &replay->out);
    return flush_when_full(replay);
}

static enum err on_record_count(void *context, const struct record *record, const struct hash *hash)
{
    struct replay *replay = context;
    struct envelope envelope;
    (void)hash;
    replay->records++;
    if (record->kind != RECORD_EVENT)
        return OK;
    replay->events++;
    if (wire_envelope_decode(record->envelope, &envelope, &replay->problem) == OK)
        return OK;
    problem_set(&replay->problem, "position %" PRIu64 ": the envelope is unreadable",
                record->position);
    return ERR_CORRUPT;
}

/* ---- a bare project code ---- */

static enum err on_record_find(void *context, const struct record *record, const struct hash *hash)
{
    struct replay *replay = context;
    struct bytes code = replay->plan.bare_code;
    struct envelope envelope;
    struct problem ignored = {0};
    (void)hash;
    if (record->kind != RECORD_EVENT ||
        wire_envelope_decode(record->envelope, &envelope, &ignored) != OK ||
        envelope.subject.size <= code.size)
        return OK;
    struct bytes subject = envelope.subject;
    size_t at = subject.size - code.size;
    if (subject.data[at - 1] != '/' || !bytes_equal(bytes_of(subject.data + at, code.size), code))
        return OK;
    for (size_t i = 0; i < replay->found_count; i++)
        if (bytes_equal_text(subject, replay->found[i]))
            return OK;
    if (replay->found_count < FOUND_MAX)
        bytes_to_text(subject, replay->found[replay->found_count++], sizeof replay->found[0]);
    return OK;
}

static enum err find_project(struct replay *replay)
{
    struct reading reading = {.from = 1,
                              .filter.units = replay->plan.reading.filter.units,
                              .timeout_ms = replay->plan.reading.timeout_ms};
    struct reading_sink sink = {.context = replay, .on_record = on_record_find};
    TRY(source_read(&replay->plan.source, &reading, &sink, &replay->problem));
    struct bytes code = replay->plan.bare_code;
    if (replay->found_count == 1) {
        replay->plan.projects[0] = bytes_of_text(replay->found[0]);
        replay->plan.reading.filter.projects.count = 1;
        return OK;
    }
    problem_set(&replay->problem, "--project %.*s: %s", (int)code.size, (const char *)code.data,
                replay->found_count == 0 ? "no event in this log names a project with this code"
                                         : "several units have a project with this code");
    if (replay->found_count > 1)
        problem_remedy(&replay->problem, "name the unit too, for example --project %s or %s",
                       replay->found[0], replay->found[1]);
    return ERR_NOT_FOUND;
}

/* ---- the whole ---- */

static enum err on_own_record(void *context, const struct record *record, const struct hash *hash)
{
    (void)hash;
    learn_name(context, record);
    return OK;
}

/* A directory tells all names at once; over the network they come by in an unfiltered table. */
static enum err learn_names(struct replay *replay)
{
    const struct replay_plan *plan = &replay->plan;
    struct filter *filter = &replay->plan.reading.filter;
    if (plan->format != REPLAY_TABLE)
        return OK;
    if (plan->source.kind == SOURCE_NETWORK) {
        filter->all_records = plan->all || (filter->units.count == 0 && filter->kind_count == 0 &&
                                            filter->projects.count == 0);
        return OK;
    }
    CLEANUP(store_close) struct store *store = NULL;
    struct reading_sink sink = {.context = replay, .on_record = on_own_record};
    enum err err = directory_open(plan->source.path, &store, &replay->problem);
    return err == OK ? directory_read_own(store, &sink, &replay->problem) : err;
}

static enum err read_all(struct replay *replay)
{
    static enum err (*const on_record[])(void *, const struct record *, const struct hash *) = {
        [REPLAY_JSONL] = on_record_jsonl,
        [REPLAY_TABLE] = on_record_table,
        [REPLAY_COUNT] = on_record_count,
    };
    struct reading_sink sink = {
        .context = replay, .on_record = on_record[replay->plan.format], .on_turn = on_turn};
    if (replay->plan.bare_code.size > 0)
        TRY(find_project(replay));
    TRY(learn_names(replay));
    if (replay->plan.format == REPLAY_TABLE)
        table_heading(&replay->out);
    uint64_t start_ms = clock_steady_ms();
    TRY(source_read(&replay->plan.source, &replay->plan.reading, &sink, &replay->problem));
    if (replay->plan.format == REPLAY_COUNT)
        buffer_add_format(&replay->out,
                          "{\"records\":%" PRIu64 ",\"events\":%" PRIu64 ",\"head\":%" PRIu64
                          ",\"seconds\":%.3f}\n",
                          replay->records, replay->events, replay->head,
                          (double)(clock_steady_ms() - start_ms) / 1000);
    return OK;
}

static int work(void *context)
{
    struct replay *replay = context;
    keyring_init(&replay->names);
    arena_init(&replay->arena, ARENA_SIZE_MAX);
    enum err err = read_all(replay);
    enum err flushed = flush(replay); /* what was read before the fault is shown */
    keyring_release(&replay->names);
    arena_release(&replay->arena);
    buffer_release(&replay->out);
    if (err == OK && flushed == OK)
        return EXIT_DONE;
    return complain(&replay->problem, EXIT_REFUSED);
}

int command_replay(const struct args *args)
{
    static struct replay replay;
    enum err err = replay_plan_make(args, &replay.plan, &replay.problem);
    if (err != OK)
        return complain(&replay.problem, err == ERR_MALFORMED ? EXIT_USAGE : EXIT_REFUSED);
    return source_run(&replay.plan.source, work, &replay, NULL);
}
