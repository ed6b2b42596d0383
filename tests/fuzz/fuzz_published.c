/* fuzz_published.c - whatever a file of published figures holds: it is read or refused with a
 * remedy, and every figure that was read is judged. */
#include <assert.h>

#include "audit/report_published.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena;
    struct published published;
    struct problem problem = {0};
    struct bulletin_row row = {.code = bytes_of_text("341502"), .name = bytes_of_text("金安区")};
    struct bulletin bulletin = {.rows = &row, .row_count = 1};
    arena_init(&arena, 1 << 20);
    if (published_parse(bytes_of(data, size), definitions_shipped(), &arena, &published,
                        &problem) != OK) {
        assert(*problem.text && *problem.remedy);
        return 0;
    }
    assert(published.count > 0);
    published_sum(&published, &bulletin);
    for (size_t i = 0; i < published.count; i++) {
        char computed[FIGURE_TEXT_SIZE];
        enum published_verdict verdict =
            published_judge(&published.figures[i], &bulletin, computed);
        assert(strlen(computed) < sizeof computed);
        if (verdict == PUBLISHED_AGREES)
            assert(*computed);
        (void)published_is_misprint(&published.figures[i]);
    }
    return 0;
}
