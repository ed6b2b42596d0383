/*
 * replay_plan.h - what `replay` was asked for, worked out from its options before anything is read.
 */
#pragma once

#include "audit/source.h"
#include "base/args.h"
#include "reader/reading.h"

enum replay_format { REPLAY_JSONL, REPLAY_TABLE, REPLAY_COUNT };
enum { REPLAY_ITEMS_MAX = 16 }; /* units and projects a broker's feed takes */

struct replay_plan {
    struct source source;
    struct reading reading; /* its filter's texts point into items */
    struct bytes units[REPLAY_ITEMS_MAX], projects[REPLAY_ITEMS_MAX];
    char project_text[SUBJECT_TEXT_MAX + 1]; /* UNIT/CODE made of --unit and a bare code */
    struct bytes bare_code; /* a code whose unit is to be found in the log first; or empty */
    enum replay_format format;
    bool all; /* other records than events are printed too */
};

/* ERR_MALFORMED: wrong usage; anything else is the source's fault. */
MUST_CHECK enum err replay_plan_make(const struct args *args, struct replay_plan *out,
                                     struct problem *problem);
