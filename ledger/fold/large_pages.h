/*
 * large_pages.h - memory for tables that are jumped through: the processor finds its way in pages
 * of two mebibytes several times faster than in pages of four kibibytes. Where the system has none
 * it is memory like any other.
 */
#pragma once

#include <stddef.h>

enum { LARGE_PAGE_SIZE = 2 << 20 };

/* Zeroed; aborts when out of memory. What is much smaller than a large page takes none. */
void *large_pages_alloc(size_t size);
/* One of a row of equal blocks: the first takes no large page, so that little stays little. */
void *large_pages_block(size_t number, size_t size);
void large_pages_free(void *memory, size_t size); /* of either; NULL: nothing */
