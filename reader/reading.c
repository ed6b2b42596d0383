/* reading.c - see reading.h. */
#include "reader/reading.h"

#include <inttypes.h>

static bool texts_hold(const struct texts *texts, struct bytes text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (bytes_equal(texts->items[i], text))
            return true;
    return false;
}

static bool kinds_hold(const struct filter *filter, uint32_t kind)
{
    for (size_t i = 0; i < filter->kind_count; i++)
        if (filter->kinds[i] == kind)
            return true;
    return false;
}

bool filter_takes(const struct filter *filter, const struct record *record)
{
    if (record->kind != RECORD_EVENT && !filter->all_records)
        return false;
    if (filter->units.count > 0 && !texts_hold(&filter->units, record->unit))
        return false;
    if (filter->projects.count == 0 && filter->kind_count == 0)
        return true;
    struct envelope envelope;
    struct problem ignored = {0};
    if (record->envelope.size == 0 ||
        wire_envelope_decode(record->envelope, &envelope, &ignored) != OK)
        return false;
    return (filter->projects.count == 0 || texts_hold(&filter->projects, envelope.subject)) &&
           (filter->kind_count == 0 || kinds_hold(filter, envelope.kind));
}

void reading_beyond_end(uint64_t from, struct problem *problem)
{
    problem_set(problem, "the log ends before position %" PRIu64 ", where reading was to start",
                from);
    problem_remedy(problem,
                   "start at an earlier position; when this log had one so high before, it "
                   "was restored from a backup: replay it again from 1");
}
