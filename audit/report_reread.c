/* report_reread.c - see report_reread.h. */
#include "audit/report_reread.h"

#include <stdlib.h>

#include "audit/directory.h"
#include "proto/json.h"
#include "report/table.h"

struct rows {
    struct report *report;
    struct reread *rows;
    size_t count;
    struct arena turn; /* for decoding one record */
};

static int compare_positions(const void *left, const void *right)
{
    uint64_t a = ((const struct reread *)left)->position;
    uint64_t b = ((const struct reread *)right)->position;
    return a < b ? -1 : a > b;
}

static enum err on_record(void *context, const struct record *record, const struct hash *hash)
{
    struct rows *rows = context;
    struct arena *arena = &rows->report->arena;
    CLEANUP(buffer_release) struct buffer text = {0};
    struct envelope envelope;
    struct problem ignored = {0};
    struct reread key = {.position = record->position};
    (void)hash;
    struct reread *row = bsearch(&key, rows->rows, rows->count, sizeof key, compare_positions);
    if (!row || wire_envelope_decode(record->envelope, &envelope, &ignored) != OK)
        return OK;
    arena_reset(&rows->turn);
    table_fact(&envelope, &rows->turn, &text);
    row->content = arena_copy(arena, buffer_bytes(&text));
    buffer_clear(&text);
    arena_reset(&rows->turn);
    TRY(json_record_write(record, &rows->turn, &text));
    row->json = arena_copy(arena, buffer_bytes(&text));
    return OK;
}

static enum err read_directory(struct rows *rows, const struct reading_sink *sink)
{
    struct problem *problem = &rows->report->problem;
    CLEANUP(store_close) struct store *store = NULL;
    TRY(directory_open(rows->report->source.path, &store, problem));
    for (size_t i = 0; i < rows->count; i++) {
        uint64_t position = rows->rows[i].position;
        struct reading reading = {.from = position, .to = position};
        TRY(directory_read(store, &reading, sink, problem));
    }
    return OK;
}

static enum err read_network(struct rows *rows, const struct reading_sink *sink,
                             struct bytes project)
{
    enum { TIMEOUT_MS = 30000 };
    struct reading reading = {.from = rows->rows[0].position,
                              .to = rows->rows[rows->count - 1].position,
                              .filter.projects = {&project, project.size > 0},
                              .timeout_ms = TIMEOUT_MS};
    return source_read(&rows->report->source, &reading, sink, &rows->report->problem);
}

enum err reread(struct report *report, struct reread *rows, size_t count, struct bytes project)
{
    enum { TURN_ARENA = 8 << 20 };
    struct rows all = {.report = report, .rows = rows, .count = count};
    struct reading_sink sink = {.context = &all, .on_record = on_record};
    if (count == 0)
        return OK;
    arena_init(&all.turn, TURN_ARENA);
    enum err err = report->source.kind == SOURCE_DIRECTORY ? read_directory(&all, &sink)
                                                           : read_network(&all, &sink, project);
    arena_release(&all.turn);
    return err;
}

json_t *reread_object(const struct reread *row)
{
    json_error_t error;
    return row->json.size > 0 ? json_loadb((const char *)row->json.data, row->json.size, 0, &error)
                              : NULL;
}
