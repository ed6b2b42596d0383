/* fuzz_csv.c - any bytes as a CSV file: rows count up, cells stay within limits, nothing is lost.
 */
#include <assert.h>
#include <stdlib.h>

#include "agent/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct csv csv;
    struct bytes file = bytes_of(data, size);
    struct problem problem = {0};
    struct arena arena;
    struct csv_row row = {0};
    uint64_t number = 0, line = 0;
    enum err err;
    (void)!csv_encoding_check(file, &problem);
    arena_init(&arena, 32 << 20);
    csv_init(&csv, file);
    while ((err = csv_next(&csv, &arena, &row, &problem)) == OK) {
        assert(row.number == number + 1 && row.line > line);
        assert(row.count >= 1 && row.count <= CSV_CELLS_MAX);
        for (size_t i = 0; i < row.count; i++)
            assert(row.cells[i].size <= CSV_CELL_SIZE_MAX + 1);
        number = row.number;
        line = row.line;
        arena_reset(&arena);
    }
    assert(err == ERR_NOT_FOUND ? csv.rest.size == 0 : problem.text[0] && problem.remedy[0]);
    arena_release(&arena);
    return 0;
}
