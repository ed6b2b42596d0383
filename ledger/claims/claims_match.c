/*
 * claims_match.c - which mentions are of one firm: those that share a key, directly or by way of
 * others. Runs of sorted keys and a union of indexes: n log n, however the firms are spread.
 */
#include <stdlib.h>

#include "ledger/claims/claims_book.h"

struct bytes claim_book_key(const struct claim_book *book, const struct mention_key *key)
{
    return bytes_of(book->texts.data + key->offset, key->size);
}

struct sorting {
    const struct claim_book *book;
};

static int compare_keys(const void *left, const void *right, void *context)
{
    const struct sorting *sorting = context;
    const struct mention_key *a = left, *b = right;
    int order = bytes_compare(claim_book_key(sorting->book, a), claim_book_key(sorting->book, b));
    return order != 0 ? order : (a->mention > b->mention) - (a->mention < b->mention);
}

void claim_book_sort_keys(const struct claim_book *book, struct buffer *keys)
{
    struct sorting sorting = {book};
    if (keys->size > 0)
        qsort_r(keys->data, BOOK_COUNT(struct mention_key, *keys), sizeof(struct mention_key),
                compare_keys, &sorting);
}

size_t claim_book_run(const struct claim_book *book, const struct buffer *keys, size_t start)
{
    const struct mention_key *items = BOOK_ITEMS(const struct mention_key, *keys);
    size_t end = start + 1;
    while (end < BOOK_COUNT(struct mention_key, *keys) &&
           bytes_equal(claim_book_key(book, &items[start]), claim_book_key(book, &items[end])))
        end++;
    return end;
}

static struct mention *mention_at(const struct claim_book *book, uint32_t index)
{
    return &BOOK_ITEMS(struct mention, book->mentions)[index];
}

uint32_t mention_root(const struct claim_book *book, uint32_t mention)
{
    for (;;) {
        struct mention *at = mention_at(book, mention);
        if (at->parent == mention)
            return mention;
        at->parent = mention_at(book, at->parent)->parent; /* halves the way for the next */
        mention = at->parent;
    }
}

static void join(const struct claim_book *book, uint32_t left, uint32_t right)
{
    uint32_t a = mention_root(book, left), b = mention_root(book, right);
    if (a < b)
        mention_at(book, b)->parent = a;
    else
        mention_at(book, a)->parent = b;
}

static int compare_amounts(const void *left, const void *right, void *context)
{
    const struct sorting *sorting = context;
    const struct mention_key *a = left, *b = right;
    int64_t x = mention_at(sorting->book, a->mention)->amount_yuan;
    int64_t y = mention_at(sorting->book, b->mention)->amount_yuan;
    return x != y ? (x > y) - (x < y) : (a->mention > b->mention) - (a->mention < b->mention);
}

/* less <= more; apart by at most CLAIM_AMOUNT_PERCENT of the larger. */
static bool amounts_are_near(int64_t less, int64_t more)
{
    return (__int128)(more - less) * 100 <= (__int128)more * CLAIM_AMOUNT_PERCENT;
}

/*
 * Sorted by amount, any two that are near have only near ones between them, so looking at
 * neighbours finds every pair.
 */
static void match_like_run(struct claim_book *book, struct mention_key *keys, size_t count)
{
    struct sorting sorting = {book};
    qsort_r(keys, count, sizeof(*keys), compare_amounts, &sorting);
    for (size_t i = 1; i < count; i++) {
        struct mention *less = mention_at(book, keys[i - 1].mention);
        struct mention *more = mention_at(book, keys[i].mention);
        if (!amounts_are_near(less->amount_yuan, more->amount_yuan))
            continue;
        if (mention_root(book, keys[i - 1].mention) != mention_root(book, keys[i].mention))
            less->linked_by_likeness = true;
        join(book, keys[i - 1].mention, keys[i].mention);
        if (less->claims && more->claims && less->event.unit != more->event.unit)
            less->alike = more->alike = true;
    }
}

void claim_book_match(struct claim_book *book)
{
    claim_book_sort_keys(book, &book->keys);
    claim_book_sort_keys(book, &book->likeness);
    struct mention_key *keys = BOOK_ITEMS(struct mention_key, book->keys);
    size_t count = BOOK_COUNT(struct mention_key, book->keys);
    for (size_t i = 1; i < count; i++) {
        if (bytes_equal(claim_book_key(book, &keys[i - 1]), claim_book_key(book, &keys[i])))
            join(book, keys[i - 1].mention, keys[i].mention);
    }
    keys = BOOK_ITEMS(struct mention_key, book->likeness);
    count = BOOK_COUNT(struct mention_key, book->likeness);
    for (size_t start = 0, end = 0; start < count; start = end) {
        end = claim_book_run(book, &book->likeness, start);
        match_like_run(book, keys + start, end - start);
    }
}
