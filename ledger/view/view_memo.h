/*
 * view_memo.h - projects as they were seen last, for who asks after every event: only those that
 * something was said of since are looked at again, and all of them when the view changes or a word
 * may reach beyond its own project (ledger_rules_position). Nothing it gives differs from what
 * project_view_make gives. It costs one to two kilobytes a project.
 */
#pragma once

#include "ledger/view/definitions.h"
#include "ledger/view/view.h"

struct view_memo_row {
    struct project_view project;
    uint64_t last_position; /* of the subject when it was seen */
    uint64_t look;          /* its number, 0: not seen; another one: it may be seen otherwise */
    uint64_t round;         /* of the look */
    void *lists;            /* what project points to */
    bool is_shown;          /* as project_view_make said */
};

struct view_memo { /* zero: empty. Of one ledger */
    int32_t from, as_of;
    uint64_t known_at; /* UINT64_MAX: all that is known, however it is asked for */
    uint64_t rules_position;
    struct hash definitions; /* of all in them that a project is seen by */
    uint64_t looks, rounds;
    uint64_t resets;            /* another one: everything may be seen otherwise */
    struct view_memo_row *rows; /* by subject */
    size_t count, capacity;
};

/* It is empty then, for a ledger in place of this. */
void view_memo_release(struct view_memo *memo);
/* Before the projects of one view, and again when the ledger has grown. */
void view_memo_begin(struct view_memo *memo, const struct ledger *ledger, const struct view *view);
/* By view, whose definitions are those it began with. NULL: nothing was known of it. The project
 * stays until the next begin; arena is for its lists meanwhile. */
const struct project_view *view_memo_project(struct view_memo *memo, const struct ledger *ledger,
                                             size_t subject, const struct view *view,
                                             struct arena *arena);

static inline void view_memo_release_cleanup(struct view_memo *memo)
{
    view_memo_release(memo);
}
