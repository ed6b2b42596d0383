/* source.c - see source.h. */
#include "audit/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/auditor.h"
#include "audit/child.h"
#include "audit/directory.h"
#include "audit/network.h"

enum { EXIT_REFUSED = 1, EXIT_SIGNAL = 128 };

static bool has(const char *directory, const char *name)
{
    char path[DIRECTORY_PATH_MAX];
    return snprintf(path, sizeof path, "%s/%s", directory, name) < (int)sizeof path &&
           access(path, F_OK) == 0;
}

enum err source_find(const char *path, struct source *out, struct problem *problem)
{
    out->path = path;
    if (has(path, "store/data.mdb")) {
        out->kind = SOURCE_DIRECTORY;
        return OK;
    }
    if (has(path, "welcome.txt") || has(path, "request.txt")) {
        out->kind = SOURCE_NETWORK;
        return OK;
    }
    if (access(path, F_OK) != 0) {
        problem_set(problem, "%s does not exist or cannot be entered", path);
        problem_remedy(problem, "check the path, and that it belongs to the user who runs this");
    } else if (has(path, "data.mdb")) {
        problem_set(problem, "%s is the store inside a broker's directory", path);
        problem_remedy(problem, "name the directory above it");
    } else {
        problem_set(problem,
                    "%s is neither a broker's directory or a backup of one (no store/data.mdb) nor "
                    "an auditor's directory (no request.txt)",
                    path);
        problem_remedy(problem, "for an auditor's: huoshui-audit init %s --name 审计局", path);
    }
    return ERR_NOT_FOUND;
}

static enum err read_directory(const char *path, const struct reading *reading,
                               const struct reading_sink *sink, struct problem *problem)
{
    CLEANUP(store_close) struct store *store = NULL;
    enum err err = directory_open(path, &store, problem);
    return err == OK ? directory_read(store, reading, sink, problem) : err;
}

enum err source_read(const struct source *source, const struct reading *reading,
                     const struct reading_sink *sink, struct problem *problem)
{
    if (source->kind == SOURCE_DIRECTORY)
        return read_directory(source->path, reading, sink, problem);
    struct membership membership;
    enum err err = membership_open(&auditor_program, source->path, &membership, problem);
    if (err != OK)
        return err;
    err = network_read(&membership, reading, sink, problem);
    membership_close(&membership);
    return err;
}

int source_run(const struct source *source, int (*work)(void *context), void *context,
               void (*found_dead)(void *context, int signal_number, uint64_t good_position))
{
    if (source->kind == SOURCE_NETWORK)
        return work(context);
    uint64_t good_position = 0;
    int status = child_run(work, context, &good_position);
    if (status < EXIT_SIGNAL)
        return status;
    int number = status - EXIT_SIGNAL;
    (void)fprintf(stderr,
                  "huoshui-audit: %s/store/data.mdb: page structure damaged, last good position "
                  "%" PRIu64 " (the reader died: %s)\n"
                  "remedy: keep it aside as it is and restore a backup; the agents send again what "
                  "it lacks\n",
                  source->path, good_position, strsignal(number));
    if (found_dead)
        found_dead(context, number, good_position);
    return EXIT_REFUSED;
}
