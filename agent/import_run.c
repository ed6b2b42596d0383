/* import_run.c - see import_run.h. A row's events are sealed before the first of them is taken. */
#include "agent/import_run.h"

#include "agent/import_report.h"
#include "agent/import_rows.h"
#include "agent/outbox_add.h"
#include "base/random.h"
#include "proto/wire.h"

enum { AGAIN_MAX = 10000 };

struct sealed { /* an event in job->envelopes */
    uint8_t event_id[EVENT_ID_SIZE];
    size_t at, size;
};

struct job {
    struct store *store;
    struct store_txn *txn;
    struct outbox_state state;
    bool is_dry_run;
    struct import_context context;
    struct arena arena; /* of one row */
    struct ledger_sheet sheet;
    struct import_rows rows;
    struct import_report report;
    struct import_counts durable; /* of the last commit */
    struct buffer envelopes, rows_before;
    uint64_t rows_per_commit, rows_in_txn;
    char file_name[IMPORT_FILE_NAME_MAX + 1];
};

static struct bytes id_bytes(const struct sealed *sealed)
{
    return bytes_of(sealed->event_id, EVENT_ID_SIZE);
}

static enum err begin(struct job *job)
{
    job->rows_in_txn = 0;
    if (job->is_dry_run)
        TRY(store_begin_read(job->store, &job->txn));
    else
        TRY(store_begin(job->store, &job->txn));
    return outbox_state_get(job->txn, &job->state);
}

static enum err commit(struct job *job)
{
    if (job->is_dry_run) {
        store_txn_abort(TAKE(job->txn));
    } else {
        TRY(outbox_state_put(job->txn, &job->state));
        TRY(store_commit(TAKE(job->txn)));
    }
    job->durable = job->report.counts;
    return OK;
}

static struct bytes rows_name(const struct job *job)
{
    return bytes_of_text(job->sheet.kind == LEDGER_TRIPS ? "rows.trips" : "rows.projects");
}

/* Copied: what LMDB lends does not outlive the next write. */
static enum err load_rows(struct job *job)
{
    struct bytes stored = BYTES_NONE;
    uint64_t seed = 0;
    enum err err = store_get(job->txn, OUTBOX_META, rows_name(job), &stored);
    if (err != ERR_NOT_FOUND)
        TRY(err);
    if (err == OK)
        buffer_add(&job->rows_before, stored);
    random_secret(&seed, sizeof(seed));
    import_rows_release(&job->rows);
    import_rows_init(&job->rows, buffer_bytes(&job->rows_before), seed);
    return OK;
}

static enum err save_rows(struct job *job)
{
    CLEANUP(buffer_release) struct buffer rows = {0};
    if (job->is_dry_run)
        return OK;
    import_rows_remember(&job->rows, job->context.file_name, &rows);
    return store_put(job->txn, OUTBOX_META, rows_name(job), buffer_bytes(&rows));
}

static void said_key(const struct job *job, const struct import_row *row,
                     const struct import_said *said, uint8_t key[OUTBOX_SAID_KEY_SIZE])
{
    outbox_said_key(bytes_of_text(import_kind_name(job->sheet.kind)), row->key,
                    bytes_of_text(said->field), key);
}

static enum err load_said(struct job *job, const struct import_row *row, struct import_said *said,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t key[OUTBOX_SAID_KEY_SIZE];
        said_key(job, row, &said[i], key);
        enum err err = outbox_said_get(job->txn, key, &said[i].value, &said[i].event_id);
        if (err == ERR_NOT_FOUND)
            continue;
        TRY(err);
        said[i].is_known = true;
        said[i].value = arena_copy(&job->arena, said[i].value);
        said[i].event_id = arena_copy(&job->arena, said[i].event_id);
    }
    return OK;
}

static enum err seal(struct job *job, struct event *event, struct sealed *out,
                     struct problem *problem)
{
    size_t at = job->envelopes.size;
    TRY(wire_event_seal(job->context.unit, event, &job->envelopes, problem));
    memcpy(out->event_id, event->envelope.event_id.data, EVENT_ID_SIZE);
    out->at = at;
    out->size = job->envelopes.size - at;
    return OK;
}

static enum err is_taken(struct job *job, const struct sealed *sealed, bool *out)
{
    uint32_t generation;
    uint64_t seq;
    enum err err = outbox_find(job->txn, id_bytes(sealed), &generation, &seq);
    *out = err == OK;
    return err == ERR_NOT_FOUND ? OK : err;
}

/*
 * A cell that was changed and is changed back: the assertion was made before and corrected since,
 * so that its id no longer counts. It is made once more, under an id worked out from the first.
 */
static enum err seal_again(struct job *job, struct event *event, struct sealed *sealed,
                           struct problem *problem)
{
    uint8_t first[EVENT_ID_SIZE], number[4];
    bool taken = true;
    memcpy(first, sealed->event_id, EVENT_ID_SIZE);
    for (uint32_t again = 1; taken && again < AGAIN_MAX; again++) {
        u32_put(number, again);
        struct bytes parts[] = {bytes_of_text("huoshui said again\n"),
                                bytes_of(first, EVENT_ID_SIZE), bytes_of(number, sizeof(number))};
        struct hash hash = hash_of_parts(parts, ARRAY_LENGTH(parts));
        memcpy(sealed->event_id, hash.bytes, EVENT_ID_SIZE);
        TRY(is_taken(job, sealed, &taken));
    }
    uint8_t chosen[EVENT_ID_SIZE];
    memcpy(chosen, sealed->event_id, EVENT_ID_SIZE);
    job->envelopes.size = sealed->at;
    event->envelope.event_id = bytes_of(chosen, EVENT_ID_SIZE);
    return seal(job, event, sealed, problem);
}

/* Its successor is new, and so is the correction that names it. */
static enum err seal_correction(struct job *job, const struct import_row *row,
                                const struct import_step *step, struct sealed *out,
                                struct problem *problem)
{
    struct event event;
    import_correction(&job->context, row, step, &job->arena, &event);
    TRY(event_check(&event, problem));
    return seal(job, &event, out, problem);
}

/* Two envelopes a step: the fact, and for a CORRECT step the correction after it. */
static enum err seal_step(struct job *job, const struct import_row *row, struct import_step *step,
                          struct sealed sealed[2], struct problem *problem)
{
    bool taken = false;
    sealed[0] = sealed[1] = (struct sealed){0};
    if (step->what == IMPORT_REMEMBER)
        return OK;
    TRY(seal(job, &step->event, &sealed[0], problem));
    if (step->what == IMPORT_SAY)
        return OK;
    /* Other words for the same: an added cell that the event does not hold. */
    if (bytes_equal(id_bytes(&sealed[0]), step->said->event_id)) {
        step->what = IMPORT_REMEMBER;
        return OK;
    }
    TRY(is_taken(job, &sealed[0], &taken));
    if (taken)
        TRY(seal_again(job, &step->event, &sealed[0], problem));
    step->successor = id_bytes(&sealed[0]);
    return seal_correction(job, row, step, &sealed[1], problem);
}

static enum err add(struct job *job, const struct sealed *sealed, bool *taken)
{
    enum outbox_verdict verdict = OUTBOX_KNOWN;
    uint64_t seq;
    if (job->is_dry_run) {
        bool was_taken = false;
        TRY(is_taken(job, sealed, &was_taken));
        *taken = !was_taken;
        return OK;
    }
    struct bytes envelope = bytes_of(job->envelopes.data + sealed->at, sealed->size);
    TRY(outbox_add(job->txn, &job->state, id_bytes(sealed), envelope, &verdict, &seq));
    *taken = verdict == OUTBOX_TAKEN;
    return OK;
}

static enum err take_step(struct job *job, const struct import_row *row,
                          const struct import_step *step, const struct sealed sealed[2],
                          bool *changed)
{
    uint8_t key[OUTBOX_SAID_KEY_SIZE];
    bool taken = false;
    struct bytes event_id = id_bytes(&sealed[0]); /* of a memo: zeros */
    if (step->what == IMPORT_REMEMBER && step->said->is_known)
        event_id = step->said->event_id;
    if (step->what != IMPORT_REMEMBER) {
        TRY(add(job, &sealed[0], &taken));
        job->report.counts.said += taken && step->what == IMPORT_SAY;
        *changed |= taken;
    }
    if (step->what == IMPORT_CORRECT) {
        TRY(add(job, &sealed[1], &taken));
        job->report.counts.corrected++;
        *changed = true;
    }
    if (job->is_dry_run)
        return OK;
    said_key(job, row, step->said, key);
    return outbox_said_put(job->txn, key, step->value, event_id);
}

/* Works out what is to be said; a failure is the store's alone. */
static enum err plan_row(struct job *job, struct import_row *row,
                         struct sealed sealed[IMPORT_FACTS_MAX][2],
                         struct import_said said[IMPORT_FACTS_MAX], struct import_plan *plan,
                         struct import_complaints *complaints)
{
    struct problem problem = {0};
    TRY(load_said(job, row, said, import_row_fields(row, said)));
    buffer_clear(&job->envelopes);
    if (import_plan(&job->context, row, said, &job->arena, plan, complaints) != OK)
        return OK;
    for (size_t i = 0; i < plan->count; i++) {
        enum err err = seal_step(job, row, &plan->steps[i], sealed[i], &problem);
        if (err == ERR_MALFORMED || err == ERR_LIMIT)
            import_complain(complaints, &problem);
        else
            TRY(err);
    }
    return OK;
}

/* Takes the row, unless there are complaints or come some: then nothing of it. */
static enum err take_row(struct job *job, struct import_row *row,
                         struct import_complaints *complaints)
{
    struct import_said said[IMPORT_FACTS_MAX];
    struct sealed sealed[IMPORT_FACTS_MAX][2];
    struct import_plan plan;
    bool changed = false;
    TRY(plan_row(job, row, sealed, said, &plan, complaints));
    if (complaints->count > 0)
        return OK;
    for (size_t i = 0; i < plan.count; i++)
        TRY(take_step(job, row, &plan.steps[i], sealed[i], &changed));
    for (size_t i = 0; i < plan.emptied_count; i++)
        import_report_emptied(&job->report, row, plan.emptied[i]);
    job->report.counts.unchanged += !changed;
    import_rows_took(&job->rows, row);
    return OK;
}

static void complain_twice(const struct import_row *row, uint64_t first,
                           struct import_complaints *complaints)
{
    struct problem problem = {0};
    problem_set(&problem, "与第%llu行是同一个项目“%.*s”", (unsigned long long)first,
                (int)row->key.size, (const char *)row->key.data);
    problem_remedy(&problem, "请合并为一行 (the same project as row %llu)",
                   (unsigned long long)first);
    import_complain(complaints, &problem);
}

static enum err on_data(struct job *job, const struct csv_row *csv_row)
{
    struct import_complaints complaints;
    struct import_row row;
    uint64_t first = 0;
    complaints.count = 0;
    job->report.counts.rows++;
    enum err err =
        import_row_read(&job->context, &job->sheet, csv_row, &job->arena, &row, &complaints);
    if (row.key.size > 0 && !import_rows_see(&job->rows, &row, &job->arena, &first))
        complain_twice(&row, first, &complaints);
    if (err == OK || row.key.size > 0) /* what a refused row lacks is named with the rest */
        TRY(take_row(job, &row, &complaints));
    if (complaints.count > 0)
        import_report_refuse(&job->report, csv_row->number, &complaints);
    if (++job->rows_in_txn < job->rows_per_commit)
        return OK;
    TRY(commit(job));
    return begin(job);
}

static enum err on_row(struct job *job, const struct csv_row *row)
{
    switch (ledger_sheet_on_row(&job->sheet, row)) {
    case SHEET_HEADER:
        import_report_columns(&job->report, &job->sheet);
        return load_rows(job);
    case SHEET_DATA:
        return on_data(job, row);
    case SHEET_TITLE:
    case SHEET_TOTAL:
    case SHEET_BLANK:
    case SHEET_NO_LEDGER:
        break;
    }
    job->report.counts.skipped++;
    return OK;
}

static void on_missing(void *context, struct bytes label, struct bytes file_name)
{
    import_report_missing(context, label, file_name);
}

static enum err take_file(struct job *job, struct bytes file)
{
    struct problem problem;
    struct csv csv;
    struct csv_row row;
    csv_init(&csv, file);
    TRY(begin(job));
    while (csv_next(&csv, &job->arena, &row, &problem) == OK) { /* inspect() has walked it once */
        TRY(on_row(job, &row));
        arena_reset(&job->arena);
    }
    import_rows_missing(&job->rows, job->context.file_name, on_missing, &job->report);
    TRY(save_rows(job));
    return commit(job);
}

/* Before the first row is taken: is it text, are its rows rows, is there a header? */
static enum err inspect(struct job *job, struct bytes file, struct problem *problem)
{
    struct ledger_sheet sheet;
    struct csv csv;
    struct csv_row row;
    uint64_t rows = 0;
    if (file.size > IMPORT_FILE_SIZE_MAX) {
        problem_set(problem, "文件超过 64 MiB (too large)");
        problem_remedy(problem, "请分成几个文件");
        return ERR_LIMIT;
    }
    TRY(csv_encoding_check(file, problem));
    ledger_sheet_init(&sheet);
    csv_init(&csv, file);
    for (enum err err; (err = csv_next(&csv, &job->arena, &row, problem)) != ERR_NOT_FOUND;) {
        TRY(err);
        arena_reset(&job->arena);
        if (sheet.kind == LEDGER_NONE && ledger_sheet_on_row(&sheet, &row) == SHEET_NO_LEDGER)
            break;
        rows++;
    }
    job->rows_per_commit = rows <= IMPORT_ROWS_AT_ONCE_MAX ? UINT64_MAX : IMPORT_ROWS_PER_COMMIT;
    if (sheet.kind != LEDGER_NONE)
        return OK;
    ledger_sheet_explain(&sheet, problem);
    return ERR_MALFORMED;
}

static void explain_failure(const struct job *job, enum err err, struct problem *problem)
{
    const char *what = err == ERR_FULL ? "磁盘或配额已满" : "本机存储出错";
    problem_set(problem, "%s,前%llu行已存入,其余没有 (%s)", what,
                (unsigned long long)job->durable.rows, err_name(err));
    problem_remedy(problem,
                   err == ERR_FULL
                       ? "腾出空间后再导入同一文件即可,已存入的不会重复 (free space, import again)"
                       : "请查看日志,再导入同一文件即可 (see the log, then import again)");
}

/* The last part of the path, without what could break a line or a text field. */
static void name_file(struct job *job, const char *path)
{
    const char *slash = strrchr(path, '/');
    bytes_to_text(bytes_of_text(slash ? slash + 1 : path), job->file_name, sizeof(job->file_name));
    bool is_text = bytes_are_utf8(bytes_of_text(job->file_name));
    for (char *at = job->file_name; *at; at++) {
        if ((*at > 0 && *at < ' ') || (*at < 0 && !is_text))
            *at = '?';
    }
    job->context.file_name = job->report.file_name = bytes_of_text(job->file_name);
}

static enum err prepare(struct job *job, const struct import_options *options, struct bytes file,
                        struct problem *problem)
{
    struct bytes person = options->person ? bytes_of_text(options->person) : job->context.unit;
    if (person.size == 0 || person.size > TEXT_LINE || !bytes_are_utf8(person)) {
        problem_set(problem, "--by 须是1到%d字节的姓名 (a name)", (int)TEXT_LINE);
        problem_remedy(problem, "如 --by 王科员");
        return ERR_MALFORMED;
    }
    job->context.person = person;
    job->context.clock_ms = options->clock_ms;
    job->is_dry_run = options->is_dry_run;
    return inspect(job, file, problem);
}

static void release(struct job *job)
{
    if (job->txn)
        store_txn_abort(TAKE(job->txn));
    arena_release(&job->arena);
    import_rows_release(&job->rows);
    import_report_release(&job->report);
    buffer_release(&job->envelopes);
    buffer_release(&job->rows_before);
}

int import_run(struct store *store, struct bytes unit, const struct import_options *options,
               struct bytes file, struct buffer *out, struct buffer *error)
{
    struct job job = {.store = store, .context = {.unit = unit}};
    struct problem problem = {0};
    arena_init(&job.arena, IMPORT_ARENA_SIZE_MAX);
    ledger_sheet_init(&job.sheet);
    import_rows_init(&job.rows, BYTES_NONE, 0);
    name_file(&job, options->file_name);
    enum err err = prepare(&job, options, file, &problem);
    if (err == OK) {
        err = take_file(&job, file);
        if (err != OK) {
            explain_failure(&job, err, &problem);
            job.report.counts = job.durable;
        }
        import_report_write(&job.report, job.is_dry_run, out, error);
    }
    if (err != OK)
        import_report_failure(job.context.file_name, &problem, error);
    int status = err != OK || job.report.counts.refused > 0 ? 1 : 0;
    release(&job);
    return status;
}
