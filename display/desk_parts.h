/* desk_parts.h - the desk, as its files share it; all of it is the desk's thread's but the post. */
#pragma once

#include <pthread.h>

#include "display/contacts.h"
#include "display/desk.h"
#include "display/pace.h"
#include "display/recall.h"
#include "display/replica.h"
#include "reader/folding.h"
#include "reader/subscriber.h"

enum {
    DESK_BEHIND_RECORDS = 1000, /* further from the head than this, nothing is told line by line */
    DESK_CLOSE_RECORDS = 100,   /* nearer than this, it is again */
    DESK_COMMIT_MS = 50,        /* so long a record may wait for the disk */
    DESK_COMMIT_RECORDS = 4096, /* and so many at most */
    DESK_DISK_RETRY_MS = 2000,
    DESK_DENIED_RETRY_MS = 60000, /* it may have been enrolled again */
    DESK_JOBS_MS = 5,             /* on questions, before the feed is looked at again */
};

struct desk {
    struct post *post;
    struct desk_handlers handlers; /* the server's */
    pthread_t thread;
    struct display_home *home;
    const struct display_settings *settings;
    uv_loop_t loop;
    uv_timer_t beat, frame, disk, again;
    struct subscriber *subscriber; /* NULL: to be opened again */
    struct replica replica;
    struct folding folding;
    struct arena arena;
    struct board boards[2];      /* the one on the wall, and room for the next */
    struct board_memory *memory; /* of the ledger that is folded */
    int shown;                   /* index of the one on the wall */
    struct pace pace;
    struct contacts_seen contacts;
    struct recall recall;
    struct timeline timeline; /* made when it is first asked for */
    struct buffer text;       /* of what is told */
    struct vitals vitals;
    char city[SETTING_TEXT_MAX + 1];
    char snapshot_directory[DISPLAY_PATH_MAX];
    uint64_t missed; /* lines not told since the last one that was */
    int32_t shown_as_of;
    bool is_caught_up, frame_is_whole, has_timeline;
};

/* desk.c: the timers of the loop. */
void desk_frame_soon(struct desk *desk, uint64_t wait_ms);
void desk_write_soon(struct desk *desk, uint64_t wait_ms);
void desk_subscribe_later(struct desk *desk, uint64_t wait_ms);

/* desk_feed.c: what comes from the broker, and to the disk. */
void desk_subscribe(struct desk *desk);
void desk_write(struct desk *desk);
void desk_save_snapshot(struct desk *desk);
MUST_CHECK enum err desk_load(struct desk *desk, struct problem *problem);
/* desk_tell.c: what goes to the browsers. */
void desk_set_feed(struct desk *desk, enum feed_state feed, const char *reason);
void desk_tell_record(struct desk *desk, const struct record *record, const struct event *event);
void desk_tell_contacts(struct desk *desk);
void desk_tell_beat(struct desk *desk);
void desk_frame_when_due(struct desk *desk);
void desk_make_frame(struct desk *desk);
/* desk_answer.c */
void desk_answer_questions(struct desk *desk);
