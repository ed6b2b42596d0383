/* large_pages.c - see large_pages.h. */
#include "ledger/fold/large_pages.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

static bool is_small(size_t size)
{
    return size < LARGE_PAGE_SIZE / 2;
}

static size_t whole_pages(size_t size)
{
    return (size + LARGE_PAGE_SIZE - 1) / LARGE_PAGE_SIZE * LARGE_PAGE_SIZE;
}

/* On a boundary of large pages: mapped with one too many, and what stands over is given back. */
static void *map_pages(size_t whole)
{
    void *mapped = mmap(NULL, whole + LARGE_PAGE_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        abort();
    uint8_t *start = mapped;
    size_t before = (LARGE_PAGE_SIZE - (uintptr_t)start % LARGE_PAGE_SIZE) % LARGE_PAGE_SIZE;
    if (before > 0)
        (void)munmap(start, before);
    (void)munmap(start + before + whole, LARGE_PAGE_SIZE - before);
    return start + before;
}

void *large_pages_alloc(size_t size)
{
    if (!is_small(size)) {
        volatile uint8_t *memory = large_pages_block(0, size);
        (void)madvise((void *)memory, whole_pages(size), MADV_HUGEPAGE);
        for (size_t at = 0; at < size; at += LARGE_PAGE_SIZE)
            memory[at] =
                0; /* read first, it would be a page of zeros, to be replaced when written */
        return (void *)memory;
    }
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

void *large_pages_block(size_t number, size_t size)
{
    if (number > 0 || is_small(size))
        return large_pages_alloc(size);
    if (size > SIZE_MAX - 2 * LARGE_PAGE_SIZE)
        abort();
    return map_pages(whole_pages(size));
}

void large_pages_free(void *memory, size_t size)
{
    if (is_small(size))
        free(memory);
    else if (memory)
        (void)munmap(memory, whole_pages(size));
}
