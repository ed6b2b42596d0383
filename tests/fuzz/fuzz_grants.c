/* fuzz_grants.c - any bytes as a file of grants: read whole, and written as it will be read again;
 * or refused with its line, and nothing has changed. */
#include <assert.h>

#include "display/grants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(grants_free) struct grants *grants = grants_new();
    CLEANUP(grants_free) struct grants *again = grants_new();
    CLEANUP(buffer_release) struct buffer first = {0};
    CLEANUP(buffer_release) struct buffer second = {0};
    CLEANUP(buffer_release) struct buffer list = {0};
    struct problem problem = {0};
    if (grants_read(grants, bytes_of(data, size), &problem) != OK) {
        assert(problem.text[0] && problem.remedy[0]);
        grants_write(grants, &first);
        grants_write(again, &second);
        assert(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
        return 0;
    }
    grants_write(grants, &first);
    assert(grants_read(again, buffer_bytes(&first), &problem) == OK);
    grants_write(again, &second);
    assert(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    grants_list(grants, 1, &list);
    return 0;
}
