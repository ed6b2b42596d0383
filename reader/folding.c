/* folding.c - see folding.h. */
#include "reader/folding.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "store/file.h"

enum { ARENA_SIZE_MAX = 8 << 20, PATH_SIZE = 4096 };

static uint64_t new_seed(void)
{
    uint64_t seed;
    random_secret(&seed, sizeof seed);
    return seed;
}

void folding_init(struct folding *folding)
{
    *folding = (struct folding){.ledger = ledger_new(new_seed())};
    arena_init(&folding->arena, ARENA_SIZE_MAX);
}

void folding_release(struct folding *folding)
{
    ledger_free(folding->ledger);
    folding->ledger = NULL;
    arena_release(&folding->arena);
}

void folding_reset(struct folding *folding)
{
    ledger_free(folding->ledger);
    folding->ledger = ledger_new(new_seed());
    folding->last = (struct hash){0};
    arena_reset(&folding->arena);
}

struct ledger *folding_take_ledger(struct folding *folding)
{
    struct ledger *ledger = folding->ledger;
    folding->ledger = NULL;
    return ledger;
}

/* What is in the log had its form checked by an agent; a broker does not open payloads (contract
 * 2.1). */
const struct event *record_event(const struct record *record, struct arena *arena,
                                 struct event *out)
{
    struct envelope envelope;
    struct problem ignored = {0};
    if (record->kind != RECORD_EVENT ||
        wire_envelope_decode(record->envelope, &envelope, &ignored) != OK ||
        wire_fact_decode(&envelope, arena, out, &ignored) != OK || event_check(out, &ignored) != OK)
        return NULL;
    return out;
}

enum err folding_take(struct folding *folding, const struct record *record, const struct hash *hash,
                      const struct event **event)
{
    struct roster_change change;
    struct ledger_input input = {.record = record};
    *event = NULL;
    arena_reset(&folding->arena);
    input.event = record_event(record, &folding->arena, &folding->event);
    if (record->kind == RECORD_ROSTER && wire_roster_change_decode(record->detail, &change) == OK)
        input.change = &change;
    TRY(ledger_apply(folding->ledger, &input));
    folding->last = *hash;
    *event = input.event;
    return OK;
}

/* ---- the snapshot ---- */

/* MAP_FAILED: none, or too short to be one. */
static void *map_file(const char *path, size_t *size)
{
    struct stat status;
    void *memory = MAP_FAILED;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return memory;
    if (fstat(file, &status) == 0 && status.st_size > HASH_SIZE) {
        *size = (size_t)status.st_size;
        memory = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, file, 0);
    }
    (void)close(file);
    return memory;
}

void folding_load(struct folding *folding, const char *directory)
{
    char path[PATH_SIZE];
    size_t size = 0;
    struct ledger *ledger = NULL;
    folding_reset(folding);
    void *memory = file_path(directory, FOLDING_SNAPSHOT_NAME, path, sizeof path) == OK
                       ? map_file(path, &size)
                       : MAP_FAILED;
    if (memory == MAP_FAILED)
        return;
    struct bytes bytes = bytes_of((const uint8_t *)memory + HASH_SIZE, size - HASH_SIZE);
    if (ledger_load(bytes, new_seed(), &ledger) == OK && ledger_position(ledger) > 0) {
        ledger_free(folding->ledger);
        folding->ledger = ledger;
        memcpy(folding->last.bytes, memory, HASH_SIZE);
    } else {
        ledger_free(ledger);
    }
    (void)munmap(memory, size);
}

enum err folding_save(const struct folding *folding, const char *directory)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    buffer_add(&bytes, hash_bytes(&folding->last));
    ledger_save(folding->ledger, &bytes);
    return file_replace(directory, FOLDING_SNAPSHOT_NAME, buffer_bytes(&bytes));
}
