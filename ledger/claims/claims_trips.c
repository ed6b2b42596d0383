/*
 * claims_trips.c - planned trips of different units to one firm or one region in overlapping days
 * (R88). A sweep over days sorted by their first: trips that hang together are one clash.
 */
#include <stdlib.h>

#include "ledger/claims/claims_book.h"

struct visit { /* a trip's call at a firm or a region */
    uint32_t place, trip, mention;
    bool is_firm;
};

static const struct planned_trip *trip_of(const struct claim_book *book, uint32_t index)
{
    return &BOOK_ITEMS(const struct planned_trip, book->trips)[index];
}

static int compare_visits(const void *left, const void *right, void *context)
{
    const struct claim_book *book = context;
    const struct visit *a = left, *b = right;
    if (a->is_firm != b->is_firm)
        return a->is_firm ? -1 : 1;
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    const struct clash_trip *x = &trip_of(book, a->trip)->trip, *y = &trip_of(book, b->trip)->trip;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

static void gather(struct claim_book *book, struct buffer *visits)
{
    const struct mention *mentions = BOOK_ITEMS(const struct mention, book->mentions);
    for (uint32_t i = 0; i < BOOK_COUNT(struct mention, book->mentions); i++) {
        if (mentions[i].trip == 0)
            continue;
        struct visit visit = {mention_root(book, i), mentions[i].trip - 1, i, true};
        buffer_add(visits, bytes_of(&visit, sizeof(visit)));
    }
    claim_book_sort_keys(book, &book->places);
    const struct mention_key *keys = BOOK_ITEMS(const struct mention_key, book->places);
    size_t count = BOOK_COUNT(struct mention_key, book->places);
    for (size_t start = 0, end = 0; start < count; start = end) {
        end = claim_book_run(book, &book->places, start);
        for (size_t i = start; i < end; i++) {
            struct visit visit = {(uint32_t)start, keys[i].mention, 0, false};
            buffer_add(visits, bytes_of(&visit, sizeof(visit)));
        }
    }
    if (visits->size > 0)
        qsort_r(visits->data, BOOK_COUNT(struct visit, *visits), sizeof(struct visit),
                compare_visits, book);
}

/* The visits [0, count) hang together; two units at least make a clash of them. */
static void add_clash(struct claim_book *book, const struct visit *visits, size_t count,
                      struct claims *out)
{
    const struct planned_trip *first = trip_of(book, visits[0].trip);
    bool several = false;
    for (size_t i = 1; i < count; i++)
        several = several || trip_of(book, visits[i].trip)->trip.unit != first->trip.unit;
    if (!several)
        return;
    if (out->clash_count == CLASHES_MAX) {
        out->clashes_left_out++;
        return;
    }
    struct bytes what =
        visits[0].is_firm ? BOOK_ITEMS(struct mention, book->mentions)[visits[0].mention].event.firm
                          : first->destination;
    struct trip_clash clash = {.is_firm = visits[0].is_firm,
                               .what = arena_copy(book->arena, what),
                               .from = first->trip.from,
                               .to = first->trip.to};
    size_t room = count < CLASH_TRIPS_MAX ? count : CLASH_TRIPS_MAX;
    clash.trips = arena_alloc(book->arena, room * sizeof(*clash.trips));
    if (!clash.trips || !clash.what.data) {
        out->incomplete = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct clash_trip *trip = &trip_of(book, visits[i].trip)->trip;
        if (trip->to > clash.to)
            clash.to = trip->to;
        bool is_same = i > 0 && visits[i].trip == visits[i - 1].trip; /* it named the firm twice */
        if (is_same)
            continue;
        if (clash.trip_count < room)
            clash.trips[clash.trip_count++] = *trip;
        else
            clash.trips_left_out++;
    }
    out->clashes[out->clash_count++] = clash;
}

static void sweep(struct claim_book *book, const struct visit *visits, size_t count,
                  struct claims *out)
{
    for (size_t start = 0, end = 0; start < count; start = end) {
        int32_t to = trip_of(book, visits[start].trip)->trip.to;
        for (end = start + 1; end < count; end++) {
            const struct clash_trip *trip = &trip_of(book, visits[end].trip)->trip;
            if (visits[end].is_firm != visits[start].is_firm ||
                visits[end].place != visits[start].place || trip->from > to)
                break;
            to = trip->to > to ? trip->to : to;
        }
        add_clash(book, visits + start, end - start, out);
    }
}

static int compare_clashes(const void *left, const void *right)
{
    const struct trip_clash *a = left, *b = right;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->trips[0].position != b->trips[0].position)
        return a->trips[0].position < b->trips[0].position ? -1 : 1;
    return a->is_firm != b->is_firm ? (a->is_firm ? -1 : 1) : bytes_compare(a->what, b->what);
}

void trip_clashes_make(struct claim_book *book, struct claims *out)
{
    CLEANUP(buffer_release) struct buffer visits = {0};
    gather(book, &visits);
    size_t count = BOOK_COUNT(struct visit, visits);
    size_t room = count < CLASHES_MAX ? count : CLASHES_MAX;
    out->clashes = arena_alloc(book->arena, room * sizeof(*out->clashes));
    if (!out->clashes) {
        out->incomplete = true;
        return;
    }
    sweep(book, BOOK_ITEMS(const struct visit, visits), count, out);
    qsort(out->clashes, out->clash_count, sizeof(*out->clashes), compare_clashes);
}
