/*
 * import_scene.h - for the tests of the import: a real outbox in a directory of its own, and what
 * an import said about a file.
 */
#pragma once

#include "agent/import_run.h"
#include "store/outbox.h"
#include "store_scene.h"

struct outbox {
    void *scene;
    struct store *store;
    struct buffer out, error; /* of the last import, with a NUL */
};

static inline void outbox_open(struct outbox *outbox, uint64_t map_bytes)
{
    struct store_options options = scene_options(outbox->scene);
    options.map_bytes = map_bytes;
    options.reserve_bytes = 64 << 10;
    options.tables = outbox_tables;
    outbox->store = scene_open(&options);
}

static inline int setup(void **state)
{
    struct outbox *outbox = calloc(1, sizeof(*outbox));
    assert_non_null(outbox);
    scene_setup(&outbox->scene);
    outbox_open(outbox, 64 << 20);
    *state = outbox;
    return 0;
}

static inline int teardown(void **state)
{
    struct outbox *outbox = *state;
    store_close(outbox->store);
    buffer_release(&outbox->out);
    buffer_release(&outbox->error);
    int result = scene_teardown(&outbox->scene);
    free(outbox);
    return result;
}

static inline int import(struct outbox *outbox, const char *unit,
                         const struct import_options *options, struct bytes file)
{
    buffer_clear(&outbox->out);
    buffer_clear(&outbox->error);
    int status =
        import_run(outbox->store, bytes_of_text(unit), options, file, &outbox->out, &outbox->error);
    buffer_add(&outbox->out, bytes_of("", 1));
    buffer_add(&outbox->error, bytes_of("", 1));
    return status;
}

static inline int import_as(struct outbox *outbox, const char *name, const char *text)
{
    struct import_options options = {.file_name = name, .clock_ms = 1700000000000};
    return import(outbox, "341502", &options, bytes_of_text(text));
}

static inline int import_text(struct outbox *outbox, const char *text)
{
    return import_as(outbox, "/tmp/台账.csv", text);
}

static inline void assert_says(const struct buffer *text, const char *part)
{
    if (!strstr((const char *)text->data, part))
        fail_msg("“%s” does not say “%s”", (const char *)text->data, part);
}

#define IMPORT_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
