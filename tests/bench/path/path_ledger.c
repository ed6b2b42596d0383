/*
 * path_ledger.c - path_ledger run -n EVENTS: folds decoded events of a city's usual mix into a
 * ledger: how many a second, how many bytes each; how long a walk over all of them, over one
 * project, a digest, a snapshot out and in take; a bulletin from a snapshot just read, and again.
 */
#include "bench_broker.h"
#include "bench_city.h"

#include <unistd.h>

#include "ledger/figures/bulletin.h"
#include "ledger/fold/assertions.h"

/* Reads every fact of a project; gives how many. */
static uint64_t read_project(const struct ledger *ledger, size_t subject, struct arena *arena)
{
    struct ledger_walk walk = ledger_walk_subject(ledger, subject, UINT64_MAX);
    const struct assertion *assertion;
    uint64_t count = 0;
    while ((assertion = ledger_next(&walk))) {
        struct ledger_fact fact;
        arena_reset(arena);
        ledger_read(ledger, assertion, arena, &fact);
        count += fact.event.envelope.kind != EVENT_NONE;
    }
    return count;
}

static double since_ms(uint64_t began_ns)
{
    return (double)(now_ns() - began_ns) / (double)NS_PER_MS;
}

static double bulletin_ms(const struct ledger *ledger, uint64_t known_at)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 30);
    struct view view = {.as_of = day_of_instant(ledger_recorded_at_ms(ledger, known_at)),
                        .known_at = known_at};
    struct bulletin bulletin;
    uint64_t began_ns = now_ns();
    bulletin_make(ledger, &view, &arena, &bulletin);
    double spent_ms = since_ms(began_ns);
    if (bulletin.incomplete || bulletin.total.projects == 0)
        bench_die("the bulletin shows nothing");
    return spent_ms;
}

int main(int argc, char **argv)
{
    options_parse(argc, argv);
    if (options.count <= 0)
        bench_die("-n EVENTS, please");
    struct ledger *ledger = ledger_new(7), *again = NULL;
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    struct bench_city city;
    bench_city_init(&city, (uint64_t)options.count);
    long before_kib = bench_memory_kib(getpid(), "RssAnon");
    double fold_s =
        (double)bench_city_fold(&city, ledger, (uint64_t)options.count) / (double)NS_PER_S;
    long after_kib = bench_memory_kib(getpid(), "RssAnon");

    uint64_t began_ns = now_ns(), walked = 0;
    for (size_t i = 0; i < ledger_subject_count(ledger); i++)
        walked += read_project(ledger, i, &arena);
    double walk_ms = since_ms(began_ns);
    began_ns = now_ns();
    (void)read_project(ledger, ledger_subject_count(ledger) / 2, &arena);
    double project_ms = since_ms(began_ns);
    if (walked != (uint64_t)options.count)
        bench_die("%lu events of %ld were walked", (unsigned long)walked, options.count);
    struct hash digest, loaded_digest;
    began_ns = now_ns();
    ledger_facts_digest(ledger, (uint64_t)options.count / 2, &digest);
    double digest_ms = since_ms(began_ns);

    CLEANUP(buffer_release) struct buffer snapshot = {0};
    began_ns = now_ns();
    ledger_save(ledger, &snapshot);
    double save_ms = since_ms(began_ns);
    began_ns = now_ns();
    if (ledger_load(buffer_bytes(&snapshot), 8, &again) != OK)
        bench_die("the snapshot does not load");
    double load_ms = since_ms(began_ns);
    ledger_facts_digest(again, (uint64_t)options.count / 2, &loaded_digest);
    if (!hash_equal(&digest, &loaded_digest))
        bench_die("the snapshot is of another ledger");
    double cold_ms = bulletin_ms(again, UINT64_MAX);
    double warm_ms = bulletin_ms(again, UINT64_MAX);
    double past_ms = bulletin_ms(again, (uint64_t)options.count / 2);
    (void)printf("events=%ld rate=%.0f bytes_per_event=%.1f walk_ms=%.1f project_ms=%.3f "
                 "digest_ms=%.2f snapshot_bytes_per_event=%.1f save_ms=%.0f load_ms=%.0f "
                 "bulletin_cold_ms=%.0f bulletin_ms=%.0f bulletin_past_ms=%.0f\n",
                 options.count, (double)options.count / fold_s,
                 (double)(after_kib - before_kib) * 1024 / (double)options.count, walk_ms,
                 project_ms, digest_ms, (double)snapshot.size / (double)options.count, save_ms,
                 load_ms, cold_ms, warm_ms, past_ms);
    ledger_free(again);
    ledger_free(ledger);
    return 0;
}
