/*
 * answer.h - what an API question is answered with (docs/display.md): from the ledger, the records
 * and the frame that is on the wall, by the visitor's scope. Pure; the same question as of the same
 * day and position has the same bytes.
 */
#pragma once

#include "display/board.h"
#include "display/grants.h"
#include "display/route.h"
#include "display/timeline.h"
#include "ledger/event/record.h"
#include "ledger/view/definitions.h"

enum { ANSWER_ARENA_MAX = 1 << 30, ANSWER_FILE_NAME_SIZE = 128 };

struct answer {
    int status;
    const char *type;                      /* static text */
    char file_name[ANSWER_FILE_NAME_SIZE]; /* sent as a download; empty: shown */
    bool is_private;
    struct buffer body;
};

typedef enum err record_visit(void *context, const struct record *record, const struct hash *hash);

struct answer_source {
    const struct ledger *ledger;
    const struct board *live;        /* the frame on the wall */
    const struct timeline *timeline; /* of the whole log */
    struct arena *arena;             /* is reset */
    const char *city;
    int32_t as_of; /* the display's day */
    int32_t from;  /* of the settings; DAY_NONE: 1 January */
    struct bytes lights, ranked_by;
    /* The records of the log from a position to another. */
    enum err (*read)(void *context, uint64_t from, uint64_t to, record_visit *visit, void *visitor);
    void *read_context;
};

/* Whom a record is about: the one it was said of, else who said it. event may be NULL. */
struct bytes record_about(const struct record *record, const struct event *event);

/* Whom and what is asked, its time made plain: of the same day and position. */
struct inquiry {
    const struct answer_source *source;
    const struct route *route;
    const struct visitor *visitor;
    struct view view; /* known_at is a position of the log */
    bool is_live;     /* no time was named */
    struct problem problem;
};

/* False: out is the refusal. */
bool inquiry_open(struct inquiry *inquiry, const struct answer_source *source,
                  const struct route *route, const struct visitor *visitor, struct answer *out);
/* What the answer depends on, as bytes; false: it is made anew each time. Appends. */
bool inquiry_key(const struct inquiry *inquiry, struct buffer *out);
/* out is empty before. Routes of pages, streams, health and metrics are not for here. */
void inquiry_answer(struct inquiry *inquiry, struct answer *out);

void answer_refuse(struct answer *out, int status, const char *code, const struct problem *problem);
void answer_release(struct answer *answer);
