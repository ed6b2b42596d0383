/*
 * path_board.c - path_board run -n EVENTS: what the wall's frame costs over a city's ledger: the
 * first one, and the next ones after one more event each (the middle one and the worst).
 */
#include "bench_broker.h"
#include "bench_city.h"

#include <stdlib.h>
#include <unistd.h>

#include "display/board.h"
#include "ledger/fold/assertions.h"

enum { NEXT_FRAMES = 41, ARENA_BYTES = 1 << 30 };

struct wall {
    struct ledger *ledger;
    struct board_memory *memory;
    struct arena arena;
    struct board board;
};

static double frame_ms(struct wall *wall)
{
    uint64_t position = ledger_position(wall->ledger);
    struct board_question question = {
        .city = bytes_of_text("六安市"),
        .as_of = day_of_instant(ledger_recorded_at_ms(wall->ledger, position)),
        .known_at = UINT64_MAX,
        .is_live = true,
    };
    uint64_t began_ns = now_ns();
    arena_reset(&wall->arena);
    board_make_with(wall->memory, wall->ledger, &question, &wall->arena, &wall->board);
    return (double)(now_ns() - began_ns) / (double)NS_PER_MS;
}

static int compare_times(const void *left, const void *right)
{
    double one = *(const double *)left, other = *(const double *)right;
    return (one > other) - (one < other);
}

static void die_if_it_differs(struct wall *wall)
{
    struct wall anew = {.ledger = wall->ledger};
    arena_init(&anew.arena, ARENA_BYTES);
    (void)frame_ms(&anew);
    if (board_changes(&anew.board, &wall->board) != 0)
        bench_die("the remembered frame is another one");
    board_release(&anew.board);
    arena_release(&anew.arena);
}

int main(int argc, char **argv)
{
    options_parse(argc, argv);
    if (options.count <= 0)
        bench_die("-n EVENTS, please");
    struct bench_city city;
    struct wall wall = {.ledger = ledger_new(7), .memory = board_memory_new()};
    double next_ms[NEXT_FRAMES];
    arena_init(&wall.arena, ARENA_BYTES);
    bench_city_init(&city, (uint64_t)options.count);
    (void)bench_city_fold(&city, wall.ledger, (uint64_t)options.count);
    long before_kib = bench_memory_kib(getpid(), "RssAnon");
    double first_ms = frame_ms(&wall);
    for (size_t i = 0; i < NEXT_FRAMES; i++) {
        (void)bench_city_fold(&city, wall.ledger, 1);
        next_ms[i] = frame_ms(&wall);
    }
    long after_kib = bench_memory_kib(getpid(), "RssAnon");
    die_if_it_differs(&wall);
    qsort(next_ms, NEXT_FRAMES, sizeof next_ms[0], compare_times);
    (void)printf("events=%ld projects=%zu frame_first_ms=%.1f frame_next_ms=%.2f "
                 "frame_next_worst_ms=%.2f memory_mib=%ld\n",
                 options.count, ledger_subject_count(wall.ledger), first_ms,
                 next_ms[NEXT_FRAMES / 2], next_ms[NEXT_FRAMES - 1],
                 (after_kib - before_kib) / 1024);
    board_memory_free(wall.memory);
    board_release(&wall.board);
    arena_release(&wall.arena);
    ledger_free(wall.ledger);
    return 0;
}
